"""The report of a run, as report.json version 1 holds it (specs/report.schema.json)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal, cast

import jsonschema_rs

from conformance.contract.clauses import Level
from conformance.contract.files import specification

Verdict = Literal["conforms", "violated", "observed", "inconsistent", "not_exercised", "not_testable", "harness_error"]
RunVerdict = Literal["conforms", "violates", "incomplete", "harness_error"]
TargetKind = Literal["mock", "url", "recording"]
Profile = Literal["smoke", "standard", "thorough"]

SCHEMA_VERSION = 1
LEVELS: tuple[Level, ...] = ("must", "should", "open")
KEPT: frozenset[Verdict] = frozenset({"conforms", "observed"})
NOT_JUDGED: frozenset[Verdict] = frozenset({"not_exercised", "not_testable", "harness_error"})
TO_BE_KEPT = "kept"  # the last word of a need: another clause, of whose violation this one's may be a consequence
HERE = "<-- here"


class ReportError(ValueError):
    """A text or a mapping that is no report of version 1."""


@dataclass(frozen=True, slots=True)
class FindingResult:
    """A clause violated at an exchange, in words.

    Args:
        message: what is wrong, in one line.
        expected: what would have conformed.
        actual: what came.
        conversation: one that shows it, a line for each exchange, such as
            `1  account  POST /virtual_numbers/7/add_operator {"operator_id": 22}   200   12@0 22@1`;
            the guilty one ends in `   <-- here`.
        curl: a command that sends the guilty request again, in one line.
        is_shortest: whether the conversation was tried without each of its requests, and needed them.
        selection: the clauses that --clause has to select for the same story; none where that is not known.
    """

    message: str
    expected: str
    actual: str
    conversation: tuple[str, ...]
    curl: str
    is_shortest: bool = False
    selection: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """What became of one clause.

    Args:
        known_failure: whether --known-failures names it.
        exercised: how often it was put to the test, counted by the judge.
        readings: input class -> the reading that the target chose; several of one class stand together,
            joined by ` and `. A clause without input classes has the one class `all`.
        needs: what the run was not given, where the clause is not testable.
    """

    id: str
    family: str
    level: Level
    title: str
    verdict: Verdict
    known_failure: bool = False
    exercised: int = 0
    readings: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    findings: tuple[FindingResult, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetResult:
    """Who was spoken to, by which keys (their names), and where the run was allowed to write.

    Args:
        options: what else the run was told of its target, as options of pytest.
    """

    kind: TargetKind
    url: str | None
    actors: tuple[str, ...]
    virtual_numbers: tuple[int, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestCount:
    """Requests sent, the most that the run was allowed, and how many were sent again."""

    sent: int
    budget: int | None
    retried: int = 0


@dataclass(frozen=True, slots=True)
class HarnessError:
    """Something that kept the suite itself from judging."""

    test: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run.

    Args:
        contract_sha256: the digest of the contract that it was judged by.
        profile: None where traffic from elsewhere was judged.
        started: RFC 3339.
        restored: whether everything was undone; None where there was nothing to undo.
        not_restored: what is not as the run found it on the server, a line each.
        versions: python, pytest, hypothesis, schemathesis, httpx -> version.
    """

    verdict: RunVerdict
    suite_version: str
    contract_sha256: str
    target: TargetResult
    profile: Profile | None
    seed: int | None
    started: str
    duration_s: float
    requests: RequestCount
    restored: bool | None
    not_restored: tuple[str, ...]
    clauses: tuple[ClauseResult, ...]
    harness_errors: tuple[HarnessError, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def totals(self) -> dict[Level, dict[Verdict, int]]:
        """Count the clauses: level -> verdict -> how many."""
        counts = {level: Counter(clause.verdict for clause in self.of_level(level)) for level in LEVELS}
        return {level: dict(sorted(count.items())) for level, count in counts.items()}

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Return clause -> verdict."""
        return {clause.id: clause.verdict for clause in self.clauses}

    def of_level(self, level: Level) -> list[ClauseResult]:
        """Return the clauses of one level, in the order of the contract."""
        return [clause for clause in self.clauses if clause.level == level]

    def of_verdict(self, *verdicts: Verdict) -> list[ClauseResult]:
        """Return the clauses of some verdicts, in the order of the contract."""
        return [clause for clause in self.clauses if clause.verdict in verdicts]

    def to_json(self) -> dict[str, Any]:
        """Return report.json as plain dicts, lists and scalars."""
        plain = _plain(asdict(self))
        return {"schema_version": SCHEMA_VERSION, **plain, "totals": self.totals}

    def dumps(self) -> str:
        """Return the text of report.json, in ASCII."""
        return json.dumps(self.to_json(), indent=2) + "\n"

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Report:
        """Read report.json; `totals` is not read but counted again.

        Raises:
            ReportError: it does not keep to specs/report.schema.json.
        """
        error = next(iter(_validator().iter_errors(dict(raw))), None)
        if error is not None:
            place = "/".join(map(str, error.instance_path)) or "its top level"
            message = f"not a report of version {SCHEMA_VERSION}: at {place}: {error.message}"
            raise ReportError(message)
        known = {key: value for key, value in raw.items() if key not in {"schema_version", "totals"}}
        target = raw["target"]
        known |= {
            "target": TargetResult(**{key: _frozen(value) for key, value in target.items()}),
            "requests": RequestCount(**raw["requests"]),
            "not_restored": tuple(raw["not_restored"]),
            "clauses": tuple(map(_clause, raw["clauses"])),
            "harness_errors": tuple(HarnessError(**each) for each in raw.get("harness_errors", ())),
            "versions": dict(raw.get("versions", {})),
        }
        return cls(**known)

    @classmethod
    def loads(cls, text: str | bytes) -> Report:
        """Read the text of report.json.

        Raises:
            ReportError: it is not JSON, or not a report of version 1.
        """
        try:
            raw = json.loads(text)
        except ValueError as error:
            message = f"not a report: {error}"
            raise ReportError(message) from error
        if not isinstance(raw, dict):
            message = "not a report: no JSON object"
            raise ReportError(message)
        return cls.from_json(raw)


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(specification("report.schema.json")))


def _frozen(value: Any) -> Any:  # noqa: ANN401 - JSON is what it is
    return tuple(value) if isinstance(value, list) else value


def _clause(raw: Mapping[str, Any]) -> ClauseResult:
    findings = tuple(
        FindingResult(**{key: _frozen(value) for key, value in finding.items()}) for finding in raw["findings"]
    )
    return ClauseResult(
        **{**raw, "needs": tuple(raw["needs"]), "readings": dict(raw["readings"]), "findings": findings}
    )


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON is what it is
    """Turn tuples to lists, whatever holds them."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return cast("Any", value)
