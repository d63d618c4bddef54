"""Clauses: one requirement each, loaded from specs/clauses.yaml."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from conformance.contract.files import load_yaml, specification

Level = Literal["must", "should", "open"]
ErrorBody = Literal["any", "documented", "messages"]
EffectName = Literal["nothing", "attaches", "creates", "attaches-owner", "any"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One named answer that can conform: a status, an error body and an effect together."""

    name: str
    status: frozenset[int]
    error: ErrorBody = "any"
    text: str | None = None
    effect: EffectName = "nothing"


@dataclass(frozen=True, slots=True)
class Clause:
    """One requirement of the contract.

    Args:
        id: stable for ever.
        family: the group it is reported under.
        level: must, should or open.
        title: what happens, in our words.
        source: where it stands in the contract.
        needs: what a run has to be given for it to be testable.
        readings: for a clause that decides answers: reading -> answers; a must or should has the one reading "".
        edge: what lies outside every reading, in words.
        general: the clauses of the general case, which tell all where the same answer breaks them too.
        depends: what it is judged by beside the answer: lists, names or phone numbers; "" for nothing.
    """

    id: str
    family: str
    level: Level
    title: str
    source: str
    needs: tuple[str, ...] = ()
    readings: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    edge: str = ""
    general: frozenset[str] = frozenset()
    depends: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """All clauses, by id, and what the words in `needs` ask of the user."""

    clauses: Mapping[str, Clause]
    answers: Mapping[str, Answer]
    needs: Mapping[str, str]

    def depending_on(self, what: str) -> frozenset[str]:
        """Return the clauses that are judged by lists, names or phone numbers."""
        return frozenset(name for name, clause in self.clauses.items() if clause.depends == what)

    @property
    def families(self) -> tuple[str, ...]:
        """Return the families in the order of the file."""
        return tuple(dict.fromkeys(clause.family for clause in self.clauses.values()))


def _answer(name: str, raw: Mapping[str, Any]) -> Answer:
    return Answer(
        name,
        frozenset(raw["status"]),
        raw.get("error", "any"),
        raw.get("text"),
        raw.get("effect", "nothing"),
    )


@cache
def load_contract() -> Contract:
    """Read specs/clauses.yaml."""
    raw = load_yaml("clauses.yaml")
    answers = {name: _answer(name, entry) for name, entry in raw["answers"].items()}
    clauses = {}
    for entry in raw["clauses"]:
        readings = {name: tuple(answers[each] for each in names) for name, names in entry.get("readings", {}).items()}
        if "answer" in entry:
            readings = {"": tuple(answers[each] for each in entry["answer"])}
        clauses[entry["id"]] = Clause(
            entry["id"],
            entry["family"],
            entry["level"],
            entry["title"],
            entry["source"],
            tuple(entry.get("needs", ())),
            readings,
            entry.get("edge", ""),
            frozenset(entry.get("general", ())),
            entry.get("depends", ""),
        )
    return Contract(clauses, answers, raw["needs"])


def contract_sha256() -> str:
    """Return the digest of clauses.yaml and openapi.yaml that reports and recordings carry."""
    return hashlib.sha256(specification("clauses.yaml") + specification("openapi.yaml")).hexdigest()
