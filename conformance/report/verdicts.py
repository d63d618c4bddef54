"""From what the judge heard to report.json: a verdict for each clause, and one for the run."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from conformance.actors import ACTORS
from conformance.contract.clauses import Clause, Contract
from conformance.exchange import Exchange
from conformance.oracle import calls
from conformance.oracle.answers import read_answer
from conformance.oracle.calls import read_call
from conformance.oracle.differences import show
from conformance.oracle.judge import Finding, Judge
from conformance.oracle.shorten import shortest
from conformance.oracle.world import Place, Setting
from conformance.report.model import TO_BE_KEPT

SCHEMA_VERSION = 1
_MOST_FINDINGS = 3
_MOST_SHORTENED = 6
_LONGEST_BODY = 160
_LONGEST_QUOTED = 640
_MOST_READ = 60  # exchanges
_PLAIN_FIRST, _PLAIN_END = 0x20, 0x7F


@dataclass(slots=True)
class Facts:
    """What a run knows beside the conversation.

    Args:
        unmet: the needs that were not met.
        selected: the clauses that count; all where no selection was made.
        partial: whether the user left stories of the profile out, by -k, -x and the like.
        harness_errors: (story, message).
        harness_clauses: clauses that the stories with harness errors claim.
        known_failures: clauses that are known to fail.
        options: what the run was told of its target, as options of pytest.
        claims: story -> the clauses that it claims; a finding in it comes up again where one of them is selected.
    """

    unmet: frozenset[str] = frozenset()
    selected: frozenset[str] | None = None
    partial: bool = False
    strict: bool = False
    harness_errors: list[tuple[str, str]] = field(default_factory=list)
    harness_clauses: frozenset[str] = frozenset()
    known_failures: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    claims: Mapping[str, Sequence[str]] = field(default_factory=dict)


def clause_verdict(clause: Clause, judge: Judge, violated: Collection[str], facts: Facts) -> str:
    """Return the verdict of one clause."""
    if clause.id in violated:
        return "violated"
    if clause.id in judge.consequences:
        return "not_testable"
    if judge.exercised[clause.id]:
        if clause.level != "open":
            return "conforms"
        readings = judge.readings(clause.id)
        return "inconsistent" if any(len(each) > 1 for each in readings.values()) else "observed"
    if clause.id in facts.harness_clauses:
        return "harness_error"
    return "not_testable" if facts.unmet & set(clause.needs) else "not_exercised"


def _shortest(
    conversation: Sequence[Exchange], finding: Finding, contract: Contract, setting: Setting
) -> tuple[tuple[Exchange, ...], bool, str]:
    """Shorten a conversation, or say why that failed: what the judge found stands all the same.

    One that could not be cut to what a person reads is told by what the finding is held against.
    """
    try:
        part, is_shortest = shortest(conversation, finding, contract, setting)
        return (part, is_shortest, "") if len(part) <= _MOST_READ else (around(conversation, finding), False, "")
    except Exception as error:  # noqa: BLE001 - whatever it is, a report that is not written helps nobody
        trouble = f" (not shortened, a bug of the suite: {type(error).__name__}: {error})"
        return around(conversation, finding), False, trouble


def clause_results(
    contract: Contract, judge: Judge, conversation: Sequence[Exchange], setting: Setting, facts: Facts
) -> list[dict[str, Any]]:
    """Return the `clauses` of report.json."""
    by_clause: dict[str, list[Finding]] = {}
    spoilt = judge.consequences
    selected = facts.selected
    if selected is not None:
        selected |= {spoilt[each] for each in selected & spoilt.keys()}  # told by a clause that was not asked for
    for finding in judge.findings:
        if finding.clause not in spoilt:
            by_clause.setdefault(finding.clause, []).append(finding)
    shortened = 0
    results = []
    for clause in contract.clauses.values():
        if selected is not None and clause.id not in selected:
            continue
        verdict = clause_verdict(clause, judge, by_clause, facts)
        findings: list[dict[str, Any]] = []
        for finding in by_clause.get(clause.id, [])[:_MOST_FINDINGS]:
            brief = shortened >= _MOST_SHORTENED or bool(findings)
            shortened += not brief
            part, is_shortest, trouble = around(conversation, finding), False, ""
            if not brief:
                part, is_shortest, trouble = _shortest(conversation, finding, contract, setting)
            result = finding_result(finding, part, conversation, trouble)
            again = _selection(finding, conversation, facts.claims)
            findings.append({**result, "is_shortest": is_shortest, "selection": again})
        results.append(
            {
                "id": clause.id,
                "family": clause.family,
                "level": clause.level,
                "title": clause.title,
                "verdict": verdict,
                "known_failure": facts.known_failures.get(clause.id) is not None,
                "exercised": judge.exercised[clause.id],
                "readings": _readings(judge, clause),
                "needs": _needs(clause, facts, spoilt) if verdict == "not_testable" else [],
                "findings": findings,
            }
        )
    return results


def _selection(finding: Finding, conversation: Sequence[Exchange], claims: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what to select for the same story: the clause, and where the story does not claim it one that it claims.

    Of those it is the one that the fewest stories claim: the fewest requests show it again. Nothing where the stories
    are not known: a recording is not run again.
    """
    story = next((each.story for each in conversation if each.number == finding.exchange), "")
    own = claims.get(story, ())
    if not own:
        return []
    if finding.clause in own:
        return [finding.clause]
    often = Counter(clause for each in claims.values() for clause in each)
    return [finding.clause, min(own, key=lambda clause: often[clause])]


def _needs(clause: Clause, facts: Facts, spoilt: Mapping[str, str]) -> list[str]:
    """Return what a clause wants to be testable: what was not given, or that another one is kept."""
    cause = spoilt.get(clause.id)
    return sorted(facts.unmet & set(clause.needs)) if cause is None else [f"{cause} {TO_BE_KEPT}"]


def _readings(judge: Judge, clause: Clause) -> dict[str, str]:
    if clause.level != "open":
        return {}
    readings = judge.readings(clause.id)
    return {kind or "all": " and ".join(sorted(each)) for kind, each in sorted(readings.items())}


def run_verdict(clauses: Iterable[Mapping[str, Any]], facts: Facts) -> str:
    """Return the verdict of the run: the first that fits."""
    results = list(clauses)
    if facts.harness_errors:
        return "harness_error"
    counts = {"must", "open"} | ({"should"} if facts.strict else set())
    if any(each["verdict"] == "violated" and each["level"] in counts and not each["known_failure"] for each in results):
        return "violates"
    # What a known failure hides is excused with it.
    hidden = {f"{each['id']} {TO_BE_KEPT}" for each in results if each["known_failure"]}
    musts = [
        each for each in results if each["level"] == "must" and not (each["needs"] and hidden.issuperset(each["needs"]))
    ]
    if facts.partial or any(each["verdict"] in {"not_exercised", "not_testable", "harness_error"} for each in musts):
        return "incomplete"
    return "conforms"


def finding_result(
    finding: Finding, part: Sequence[Exchange], conversation: Sequence[Exchange], trouble: str = ""
) -> dict[str, Any]:
    """Return one finding of report.json."""
    guilty = next((each for each in conversation if each.number == finding.exchange), None)
    difference = finding.difference
    return {
        "message": f"{difference.message}{trouble}",
        "expected": difference.expected,
        "actual": difference.actual,
        "conversation": [line(each, guilty=each.number == finding.exchange) for each in part],
        "curl": curl(_to_repeat(guilty, difference.culprits, conversation)),
    }


def around(conversation: Sequence[Exchange], finding: Finding) -> tuple[Exchange, ...]:
    """Return the exchange of a finding, those it is held against, and the last one that showed the same number before.

    It is quick, where `shortest` takes time; a person sees what was there and what came.
    """
    wanted = {finding.exchange, *finding.difference.culprits}
    guilty = next((each for each in conversation if each.number == finding.exchange), None)
    number = read_call(guilty.request).number if guilty is not None else None
    earlier = (each for each in reversed(conversation) if each.number < min(wanted))
    shown = (each.number for each in earlier if number is not None and _shows(each, number))
    wanted |= set(islice(shown, 1))
    return tuple(each for each in conversation if each.number in wanted)


def _shows(exchange: Exchange, number: str) -> bool:
    call = read_call(exchange.request)
    if call.number != number or call.operation not in calls.DETAIL_CALLS or exchange.response is None:
        return False
    return read_answer(exchange.response, is_detail=True).detail is not None


def _to_repeat(guilty: Exchange | None, culprits: Sequence[int], conversation: Sequence[Exchange]) -> Exchange | None:
    """Return the write that a read only showed, else the guilty exchange itself."""
    written = [each for each in conversation if each.number in culprits]
    return written[-1] if written else guilty


def line(exchange: Exchange, *, guilty: bool = False) -> str:
    """Write an exchange as one line: number, actor, request, status, and the list that came."""
    request = exchange.request
    parts = [f"{exchange.number:>4}", f"{request.actor:<9}", request.method, request.target]
    if request.body is not None:
        parts.append(_short(request.body))
    parts.append(_came(exchange))
    return "  ".join(parts) + ("   <-- here" if guilty else "")


def _short(body: bytes) -> str:
    text = body.decode("utf-8", "backslashreplace")
    return text if len(text) <= _LONGEST_BODY else f"{text[:_LONGEST_BODY]}... ({len(body)} bytes)"


def _came(exchange: Exchange) -> str:
    if exchange.response is None:
        return f"no answer ({exchange.failure})"
    call = read_call(exchange.request)
    answered = read_answer(exchange.response, is_detail=call.operation in calls.DETAIL_CALLS)
    if answered.detail is not None:
        in_their_order = tuple(Place(each["id"], each["priority"]) for each in answered.detail.data["operators"])
        return f"{answered.status}   {show(in_their_order)}"
    return f"{answered.status}" + (f"   {'; '.join(answered.errors)[:_LONGEST_BODY]}" if answered.errors else "")


def curl(exchange: Exchange | None) -> str:
    """Return a curl command that repeats a request, its key named by its environment variable."""
    if exchange is None:
        return ""
    request = exchange.request
    parts = ["curl", "-X", shlex.quote(request.method), f'"$IDENTITYCALL_BASE_URL"{shlex.quote(request.target)}']
    actor = ACTORS.get(request.actor)
    if actor is not None and (header := actor.header_in_a_shell):
        parts += ["-H", header]
    quoted = [("-H", f"{name}: {value}".encode("utf-8", "surrogateescape")) for name, value in request.headers]
    if request.body is not None:
        quoted.append(("--data-binary", request.body))
    for option, value in quoted:
        parts += [option, _quoted(value[:_LONGEST_QUOTED])]
    cut = [f"{len(value)} bytes in all" for _, value in quoted if len(value) > _LONGEST_QUOTED]
    return " ".join([*parts, *(["# cut:", *cut] if cut else [])])


def _quoted(raw: bytes) -> str:
    """Quote bytes for a shell: plain text as it is, control characters and what is not UTF-8 as escapes."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and (text or not raw):
        return shlex.quote(text)
    escaped = "".join(
        chr(each) if _PLAIN_FIRST <= each < _PLAIN_END and each not in b"\\'" else f"\\x{each:02x}" for each in raw
    )
    return f"$'{escaped}'"


def totals(clauses: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Count verdicts by level."""
    counted: dict[str, Counter[str]] = {"must": Counter(), "should": Counter(), "open": Counter()}
    for each in clauses:
        counted[each["level"]][each["verdict"]] += 1
    return {level: dict(sorted(verdicts.items())) for level, verdicts in counted.items()}
