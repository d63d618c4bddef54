"""The contract as clauses: shape, words, and nothing left over."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from conformance import oracle
from conformance.contract.clauses import Clause, load_contract
from conformance.contract.files import specification

RAW: dict[str, Any] = yaml.safe_load(specification("clauses.yaml"))
SCHEMA: dict[str, Any] = json.loads(specification("clauses.schema.json"))
FAMILIES = frozenset(
    {
        *("attach", "create", "order", "reattach", "precedence", "missing", "validation", "not-found", "payload"),
        *("effects", "scope", "permission", "auth", "phone", "name", "neighbours", "robustness", "concurrency"),
    }
)
MODAL = re.compile(r"\b(must|should|shall|may|can|will)\b", re.IGNORECASE)
CLAUSES = load_contract().clauses


@cache
def names_in_the_oracle() -> frozenset[str]:
    """Return every text that the source of the oracle holds."""
    return frozenset(
        node.value
        for place in oracle.__path__
        for path in Path(place).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_shape() -> None:
    """The file keeps to its schema."""
    jsonschema_rs.meta.validate(SCHEMA)
    jsonschema_rs.Draft202012Validator(SCHEMA).validate(RAW)


@pytest.mark.parametrize(
    "change",
    [
        {"level": "perhaps"},
        {"id": "No-Id"},
        {"answer": []},
        {"readings": {"one": ["ok"]}},
        {"level": "open"},
        {"level": "open", "readings": {"one": ["ok"]}, "edge": "x y", "answer": ["ok"]},
        {"surprise": 1},
        {"title": "two\nlines"},
    ],
)
def test_the_schema_refuses(change: dict[str, Any]) -> None:
    """What is no clause is none."""
    clause = {"id": "AN-ID", "family": "attach", "level": "must", "title": "It is", "source": "contract 1"}
    validator = jsonschema_rs.Draft202012Validator(SCHEMA)
    assert validator.is_valid({**RAW, "clauses": [clause]})
    assert not validator.is_valid({**RAW, "clauses": [{**clause, **change}]})


@pytest.mark.parametrize(
    "answer", [{"status": [500]}, {"status": [404], "error": "documented"}, {"status": [404], "text": "x y"}, {}]
)
def test_the_schema_refuses_answers(answer: dict[str, Any]) -> None:
    """A server error conforms to nothing; a documented text is documented."""
    assert not jsonschema_rs.Draft202012Validator(SCHEMA).is_valid({**RAW, "answers": {"odd": answer}})


def test_no_clause_stands_twice() -> None:
    """Neither an id nor a title is given twice."""
    for key in ("id", "title"):
        assert [text for text, count in Counter(each[key] for each in RAW["clauses"]).items() if count > 1] == []


def test_titles_say_what_happens() -> None:
    """No modal verbs: the level says how firm a clause is."""
    assert [clause.title for clause in CLAUSES.values() if MODAL.search(clause.title)] == []


def test_families() -> None:
    """All that were asked for are there, and each stands together."""
    in_order = [clause.family for clause in CLAUSES.values()]
    assert set(in_order) >= FAMILIES
    assert in_order == [family for family in dict.fromkeys(in_order) for _ in range(in_order.count(family))]


def test_answers_and_needs_exist_and_are_used() -> None:
    """No clause points nowhere, and nothing is left over."""
    clauses = RAW["clauses"]
    readings = [names for each in clauses for names in (each.get("answer", []), *each.get("readings", {}).values())]
    assert {name for names in readings for name in names} == set(RAW["answers"])
    assert {need for each in RAW["clauses"] for need in each.get("needs", [])} == set(RAW["needs"])


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=CLAUSES)
def test_every_clause_is_judged(clause: Clause) -> None:
    """The oracle names it, or it decides an answer."""
    assert clause.id in names_in_the_oracle() or clause.readings


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=CLAUSES)
def test_a_reading_is_told_from_the_others(clause: Clause) -> None:
    """Readings that have the same answers are told apart by the oracle, which names them."""
    answers = Counter(tuple(sorted(answer.name for answer in reading)) for reading in clause.readings.values())
    assert max(answers.values(), default=0) <= 1 or clause.id in names_in_the_oracle()


def test_general_cases_are_other_clauses() -> None:
    """A special case names the clauses of the general one by their ids."""
    clauses = load_contract().clauses
    for name, clause in clauses.items():
        assert clause.general <= clauses.keys() - {name}, name
