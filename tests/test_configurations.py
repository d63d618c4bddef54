"""A server that conforms is green whatever the run is given: one number or three, one key or four."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from conformance.mock.server import KEY_VARIABLES, MockServer
from tests.running import Outcome, run

ALL_KEYS = "account,project,read_only,expired"
GIVEN = [
    *product(("7", "15", "9", "7,15", "15,9", "9,7,15"), ("account", ALL_KEYS)),
    ("7", "account,project"),
    ("7", "account,read_only,expired"),
]


@pytest.fixture
def server() -> Iterator[MockServer]:
    """Serve the mock as a target like any other."""
    with MockServer() as running:
        yield running


def play(server: MockServer, numbers: str, keys: str, *more: str) -> Outcome:
    """Run standard with some of the numbers and keys that there are."""
    given = {KEY_VARIABLES[actor]: server.keys[actor] for actor in keys.split(",")}
    named = [f"--virtual-number={number}" for number in numbers.split(",")]
    return run(f"--target-url={server.base_url}", *named, *more, environment=given)


@pytest.mark.parametrize(("numbers", "keys"), GIVEN)
def test_what_is_given_decides_what_is_testable(server: MockServer, tmp_path: Path, numbers: str, keys: str) -> None:
    """No must is violated, no story claims what it cannot test, and all is put back."""
    outcome = play(server, numbers, keys, f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.code, outcome.violated("must"), outcome.report and outcome.report["restored"]) == (0, [], True)
    assert outcome.verdict == "incomplete"
