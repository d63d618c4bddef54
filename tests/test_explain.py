"""The contract, as `explain` shows it."""

from __future__ import annotations

import pytest

from conformance.contract.clauses import load_contract
from conformance.report.explain import UnknownClauseError, explain, explain_all

CONTRACT = load_contract()


def test_one_clause_in_full() -> None:
    """What it says, where it stands, what it needs and what conforms."""
    assert explain(CONTRACT, "scope-number").splitlines() == [
        "SCOPE-NUMBER   must, family scope",
        "  A project key is answered 404 for a virtual number outside its project.",
        "",
        "  level     must: a page of the documentation states it",
        "  source    contract 1, key scopes",
        "  needs     project key (set IDENTITYCALL_PROJECT_API_KEY)",
        "            foreign number (give --foreign-virtual-number, a number outside the",
        "            project key's project)",
        '  conforms  404 "Resource not found", changes nothing',
        "  page      docs/contract.md: 1. The call, key scopes",
    ]


def test_readings_and_edge() -> None:
    """An open clause shows each reading with its answers, and what lies outside."""
    shown = explain(CONTRACT, "PHONE-OF-OTHER-TYPE")
    assert "  reading   invalid: 422 with error or errors, changes nothing\n" in shown
    assert "            or 400, changes nothing\n" in shown
    assert "  violated  another answer" in shown


@pytest.mark.parametrize("clause_id", CONTRACT.clauses)
def test_every_clause_fits(clause_id: str) -> None:
    """80 columns are enough."""
    assert all(len(line) <= 80 for line in explain(CONTRACT, clause_id).splitlines())


@pytest.mark.parametrize("width", [60, 80, 200])
def test_all_of_them(width: int) -> None:
    """One line for each clause, under the heading of its family."""
    lines = explain_all(CONTRACT, width).splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(CONTRACT.clauses)
    assert [line.split()[0] for line in lines if line and not line.startswith(" ")] == list(CONTRACT.families)
    assert max(map(len, lines)) <= width


def test_an_unknown_clause() -> None:
    """The message says what may have been meant."""
    with pytest.raises(UnknownClauseError, match="no clause 'REATTACH-NOP'; did you mean REATTACH-NOOP"):
        explain(CONTRACT, "REATTACH-NOP")
    with pytest.raises(UnknownClauseError, match="lists them all"):
        explain(CONTRACT, "1234")
