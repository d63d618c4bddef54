"""What every way of showing a report needs: counts by family, what to do next, the verdict in one line."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import dedent

from conformance.contract.clauses import Level, load_contract
from conformance.report.model import KEPT, LEVELS, NOT_JUDGED, TO_BE_KEPT, ClauseResult, FindingResult, Report, Verdict
from conformance.report.text import listed, plural, printable

VERDICT_WORDS: dict[Verdict, str] = {
    "conforms": "conforms",
    "violated": "violated",
    "observed": "observed",
    "inconsistent": "inconsistent",
    "not_exercised": "not exercised",
    "not_testable": "not testable",
    "harness_error": "harness error",
}
_NO_CLASS = frozenset({"", "all"})


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """The clauses of one family."""

    family: str
    clauses: tuple[ClauseResult, ...]

    def count(self, *verdicts: Verdict) -> int:
        """Count the clauses of some verdicts."""
        return sum(clause.verdict in verdicts for clause in self.clauses)

    def of(self, level: Level) -> tuple[int, int]:
        """Return how many of a level were kept (or observed), and how many there are."""
        of_level = [clause for clause in self.clauses if clause.level == level]
        return sum(clause.verdict in KEPT for clause in of_level), len(of_level)

    def cell(self, level: Level) -> str:
        """Return `5/6`, or `-` where the family has no clause of the level."""
        kept, count = self.of(level)
        return f"{kept}/{count}" if count else "-"

    @property
    def not_judged(self) -> int:
        """Count the clauses that the run says nothing of."""
        return self.count(*NOT_JUDGED)


def families(report: Report) -> list[FamilyRow]:
    """Part the clauses by family, in the order of the contract."""
    names = dict.fromkeys(clause.family for clause in report.clauses)
    return [FamilyRow(name, tuple(each for each in report.clauses if each.family == name)) for name in names]


# ---------------------------------------------------------------------- what stands where, and what to do
def source_of(clause_id: str) -> str:
    """Return where a clause stands in the contract, or nothing where today's contract does not hold it."""
    clause = load_contract().clauses.get(clause_id)
    return clause.source if clause else ""


def hint(need: str) -> str:
    """Return what the user does to give what is missing."""
    cause, _, kept = need.rpartition(" ")
    if kept == TO_BE_KEPT:
        return f"mend {cause} first: the one thing found of each of these may come of it"
    return load_contract().needs.get(need, f"give the run: {need}")


def missing_needs(report: Report) -> dict[tuple[str, ...], list[ClauseResult]]:
    """Group what is not testable by what is missing: needs -> clauses."""
    groups: dict[tuple[str, ...], list[ClauseResult]] = {}
    for clause in report.of_verdict("not_testable"):
        groups.setdefault(tuple(sorted(clause.needs)), []).append(clause)
    return groups


def exercise_hint(report: Report) -> str:
    """Return what makes a run put more clauses to the test."""
    if report.target.kind == "recording":
        return "the recording does not put them to the test; record again, with a larger profile or more keys"
    if report.profile == "thorough":
        return "no answer put them to the test; run each alone with --clause ID to see what its story meets"
    larger = "standard" if report.profile == "smoke" else "thorough"
    return f"--conformance-profile {larger} puts more to the test; why a story was skipped stands in the list of skips"


def rerun(report: Report, clause: ClauseResult, finding: FindingResult) -> str:
    """Return the command by which a finding shows again; keys come from the environment.

    Where the story in which it showed does not claim the clause, one that it claims is selected too.
    """
    if report.target.kind == "recording":
        return ""
    words = ["pytest", *(shlex.quote(printable(word)) for word in report.target.options)]
    if report.target.kind == "url" and report.target.url:
        words += ["--target-url", shlex.quote(printable(report.target.url))]
        words += [f"--virtual-number {number}" for number in report.target.virtual_numbers]
    if report.profile not in {"standard", None}:
        words.append(f"--conformance-profile {report.profile}")
    words += [f"--clause {shlex.quote(printable(each))}" for each in finding.selection or (clause.id,)]
    if report.seed is not None:
        words.append(f"--hypothesis-seed={report.seed}")
    return " ".join(words)


def request_again(report: Report, finding: FindingResult) -> str:
    """Return the command that sends the guilty request again; none to the embedded mock, which is gone with its run."""
    return "" if report.target.kind == "mock" else printable(finding.curl)


def by_reading(clause: ClauseResult) -> dict[str, list[str]]:
    """Turn the readings round: reading -> the input classes that showed it; none where the clause has none."""
    turned: dict[str, list[str]] = {}
    for input_class, reading in clause.readings.items():
        turned.setdefault(reading, []).extend([] if input_class in _NO_CLASS else [input_class])
    return turned or {"inside its readings": []}


def readings_text(clause: ClauseResult) -> str:
    """Return `refused`, or `read (text, float); refused (hex)`."""
    parts = []
    for reading, classes in by_reading(clause).items():
        named = ", ".join(map(printable, classes))
        parts.append(printable(reading) + (f" ({named})" if named else ""))
    return "; ".join(parts)


# ---------------------------------------------------------------------- in one line
def violated(report: Report, *levels: Level) -> list[ClauseResult]:
    """Return the violated clauses of some levels; an open clause is violated at its edge, which is a must."""
    return [clause for clause in report.of_verdict("violated") if clause.level in levels]


def violations(report: Report) -> list[ClauseResult]:
    """Return the violated clauses, what weighs most first: what is known and what is a should come last."""
    return sorted(report.of_verdict("violated"), key=lambda clause: (clause.known_failure, clause.level == "should"))


def conversation(finding: FindingResult) -> list[str]:
    """Return the lines of a conversation, made printable, without the space that they share on the left."""
    return dedent("\n".join(printable(line).rstrip() for line in finding.conversation)).splitlines()


def stale_known_failures(report: Report) -> list[ClauseResult]:
    """Return the known failures that fail no longer."""
    return [clause for clause in report.clauses if clause.known_failure and clause.verdict in {*KEPT, "inconsistent"}]


def judged_little(report: Report) -> bool:
    """Tell whether a harness error ended a run so early that what it did not judge says nothing."""
    unjudged = report.of_verdict(*NOT_JUDGED)
    return report.verdict == "harness_error" and 2 * len(unjudged) > len(report.clauses)


def verdict_reason(report: Report) -> str:
    """Return why the run has its verdict, in a few words."""
    musts = violated(report, "must", "open")
    shoulds = violated(report, "should")
    if report.verdict == "harness_error":
        errors = len(report.harness_errors) or len(report.of_verdict("harness_error"))
        return f"{plural(errors, 'error')} of the suite or the way to the server; judge nothing by this run"
    lost = Counter(clause.verdict for clause in report.of_level("must") if clause.verdict in NOT_JUDGED)
    unjudged = [f"{lost[each]} must {VERDICT_WORDS[each]}" for each in sorted(lost)]
    known = sum(clause.known_failure for clause in (*musts, *shoulds))
    counts = ((len(musts), "must violated"), (len(shoulds), "should violated"), (known, "of them known"))
    broken = [f"{count} {words}" for count, words in counts if count]
    if report.verdict == "violates":
        return ", ".join([*broken, *unjudged])
    if report.verdict == "incomplete":
        return ", ".join([*(unjudged or ["a part of the suite was left out"]), *broken])
    kept = [f"{sum(each.verdict in KEPT for each in report.of_level(level))} {level}" for level in LEVELS[:2]]
    return ", ".join([f"{listed(kept)} kept, {len(report.of_verdict('observed'))} open observed", *broken])


def verdict_line(report: Report) -> str:
    """Return the verdict of the run and its reason, in one line."""
    return f"verdict: {report.verdict} - {verdict_reason(report)}"


def circumstances(report: Report) -> list[str]:
    """Return what the run was: target, requests, profile, seed, versions; one short text each."""
    target = report.target
    where = {"mock": "the embedded mock", "url": "a server", "recording": "a recording"}[target.kind]
    requests = report.requests
    limit = f" of {requests.budget:,}" if requests.budget is not None else ""
    retried = f", {requests.retried} again" if requests.retried else ""
    numbers = ", ".join(map(str, target.virtual_numbers))
    return [
        printable(f"{where}{f' at {target.url}' if target.url else ''}"),
        f"numbers {numbers}" if numbers else "no number written to",
        f"keys {', '.join(map(printable, target.actors)) or 'none'}",
        f"{requests.sent:,}{limit} requests{retried} in {report.duration_s:.1f} s",
        *([f"profile {report.profile}"] if report.profile else []),
        *([f"seed {report.seed}"] if report.seed is not None else []),
    ]


def left_behind(report: Report) -> Iterable[str]:
    """Return what the run did not undo, a line each."""
    if report.restored is False and not report.not_restored:
        yield "not everything was undone; identitycall-conformance restore finishes it from the journal"
    yield from map(printable, report.not_restored)
