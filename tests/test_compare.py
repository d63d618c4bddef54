"""Two reports side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.report.compare import Change, Comparison, compare
from conformance.report.model import ClauseResult, Report, RequestCount, TargetResult, Verdict

UNKNOWN: tuple[Verdict, ...] = ("not_exercised", "not_testable", "harness_error")


def clause(verdict: Verdict, clause_id: str = "A-CLAUSE", **readings: str) -> ClauseResult:
    """Return a clause with a verdict and its readings."""
    return ClauseResult(clause_id, "attach", "open", "What happens", verdict, exercised=1, readings=readings)


def report(*clauses: ClauseResult) -> Report:
    """Return a report of some clauses."""
    target = TargetResult("mock", None, (), ())
    started = "2026-11-23T16:04:12Z"
    return Report("conforms", "0", "0" * 64, target, "standard", 1, started, 0.1, RequestCount(1, 1), None, (), clauses)


def group_of(old: ClauseResult, new: ClauseResult) -> str:
    """Name the one group that the clause stands in."""
    comparison = compare(report(old), report(new))
    names = ("worse", "better", "reading_changed", "same", "added", "removed")
    [name] = [each for each in names if getattr(comparison, each)]
    return name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("conforms", "violated"),
        ("observed", "inconsistent"),
        ("observed", "violated"),
        ("inconsistent", "violated"),
        *((judged, unknown) for judged in ("conforms", "observed", "inconsistent", "violated") for unknown in UNKNOWN),
        *((unknown, "violated") for unknown in UNKNOWN),
        ("not_exercised", "harness_error"),
    ],
)
def test_worse(old: Verdict, new: Verdict) -> None:
    """What breaks, and what is judged no longer, even if it was broken."""
    assert group_of(clause(old), clause(new)) == "worse"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("violated", "conforms"),
        ("violated", "inconsistent"),
        ("inconsistent", "observed"),
        *((unknown, good) for unknown in UNKNOWN for good in ("conforms", "observed", "inconsistent")),
        ("harness_error", "not_exercised"),
    ],
)
def test_better(old: Verdict, new: Verdict) -> None:
    """What is mended, and what is judged at last."""
    assert group_of(clause(old), clause(new)) == "better"


@pytest.mark.parametrize("verdict", ["conforms", "violated", "observed", "inconsistent", *UNKNOWN])
def test_same(verdict: Verdict) -> None:
    """A report is the same as itself."""
    assert group_of(clause(verdict, text="read"), clause(verdict, text="read")) == "same"


def test_ways_not_to_be_judged_are_the_same() -> None:
    """A key that was taken away changes nothing for a clause that was not exercised."""
    assert group_of(clause("not_exercised"), clause("not_testable")) == "same"


def test_readings() -> None:
    """Only what both runs sent is compared."""
    old = clause("observed", text="read", hexadecimal="refused")
    assert group_of(old, clause("observed", text="read", float="refused")) == "same"
    new = clause("observed", text="read", hexadecimal="read")
    change = Change("A-CLAUSE", "open", "observed", "observed", (("hexadecimal", "refused", "read"),))
    assert compare(report(old), report(new)).reading_changed == (change,)


def test_added_and_removed() -> None:
    """A clause that only one contract has is neither better nor worse."""
    comparison = compare(report(clause("conforms", "OLD")), report(clause("violated", "NEW")))
    assert [each.clause for each in comparison.added] == ["NEW"]
    assert [each.clause for each in comparison.removed] == ["OLD"]
    assert not comparison.worse


def test_text() -> None:
    """Each clause that differs has a line, the counts come last, and 80 columns are enough."""
    old = report(clause("conforms", "BROKEN"), clause("violated", "MENDED"), clause("observed", "OTHER", text="read"))
    new = report(clause("violated", "BROKEN"), clause("conforms", "MENDED"), clause("observed", "OTHER", text="\x1b"))
    new = replace(new, profile="smoke", contract_sha256="1" * 64)
    text = compare(old, new).text()
    assert text.splitlines() == [
        "note: the two were judged by different contracts",
        "",
        "note: the profiles differ: standard, now smoke",
        "",
        "worse: 1 clause",
        "  BROKEN  open    conforms -> violated",
        "",
        "better: 1 clause",
        "  MENDED  open    violated -> conforms",
        "",
        "reading changed: 1 clause",
        "  OTHER  open    observed",
        r"      text: read -> \x1b",
        "",
        "something got worse: 1 worse, 1 better, 1 reading changed",
    ]
    assert Comparison().text() == "nothing got worse: no clause in either"
