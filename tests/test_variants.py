"""Servers that conform, each in its own way, stay green: the personalities here, every variant in tests.matrix."""

from __future__ import annotations

import os

import pytest

from conformance.mock.personalities import PERSONALITIES
from tests.matrix import Case, Row, row_of
from tests.running import together

# several silences at once, that were blamed once
PAIRS = (
    "created-unlinked+linked-by-assignments",
    "twelve-operators+linked-by-assignments",
    "linked-by-assignments+available-of-the-project",
)
_SEVERAL = "+"
CASES = [Case("variant", name) for name in (*(variant.name for variant in PERSONALITIES), *PAIRS)]


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    """Judge all of them, several at a time."""
    profiles = ["standard" if _SEVERAL in case.name else "smoke" for case in CASES]
    told = [case.arguments(profile) for case, profile in zip(CASES, profiles, strict=True)]
    runs = together(told, os.cpu_count() or 1)
    return {CASES[place].name: row_of(CASES[place], outcome, profiles[place]) for place, outcome in runs}


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_a_personality_stays_green(name: str, rows: dict[str, Row]) -> None:
    """No must is violated, no should but those it is listed with, and it exits 0."""
    assert rows[name].right, rows[name].why


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_it_is_left_as_it_was(name: str, rows: dict[str, Row]) -> None:
    """Whatever it is like, what the run did is undone."""
    assert rows[name].restored is not False
