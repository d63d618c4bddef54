"""The repository's own cassettes: what the mock was recorded saying conforms, what its faults said does not."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from conformance.mock.faults import FAULTS as REGISTERED
from conformance.recording.replay import Replay, story_name
from conformance.recording.shelf import read
from tests.record_cassettes import FAULTS, OF_FAULTS
from tests.running import ROOT, run

CASSETTES = ROOT / "cassettes"


def test_what_is_recorded_conforms() -> None:
    outcome = run("--record-mode=none", "--block-network")
    assert (outcome.code, outcome.verdict) == (0, "conforms"), outcome.output[-2000:]
    assert outcome.sent > 200


@pytest.mark.parametrize("fault", FAULTS)
def test_a_recorded_fault_is_red(fault: str) -> None:
    outcome = run(f"--cassettes={OF_FAULTS / fault}", "--record-mode=none", "--block-network")
    assert (outcome.code, outcome.verdict) == (1, "violates"), outcome.output[-2000:]
    assert REGISTERED[fault].clause in outcome.violated()


def test_a_replay_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "a replay opened a socket"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "socket", refuse)
    replay = Replay(read(CASSETTES))
    replay.play_alone()
    assert replay.report()["verdict"] == "conforms"


def test_a_selection_is_judged_as_a_part(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    outcome = run("--record-mode=none", "--clause=REATTACH-NOOP", f"--conformance-json={report}")
    assert [each["id"] for each in json.loads(report.read_text())["clauses"]] == ["REATTACH-NOOP"]
    assert outcome.code == 0
    assert run("--record-mode=none", "-k", "attaching").verdict == "incomplete"


def test_a_story_that_no_test_plays_any_more() -> None:
    replay = Replay(read(CASSETTES))
    name = next(iter(replay.shelf.files))
    replay.close(frozenset(replay.shelf.files) - {name})
    assert [story for story, _ in replay.facts.harness_errors] == [name]
    assert "delete it and record again" in replay.facts.harness_errors[0][1]


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("conformance/suite/test_names.py::test_a", "test_names::test_a"),
        ("../lib/site-packages/conformance/suite/test_names.py::test_a[x::y]", "test_names::test_a[x::y]"),
        ("putting everything back", "putting everything back"),
    ],
)
def test_stories_have_the_same_name_wherever_the_suite_is(test: str, name: str) -> None:
    assert story_name(test) == name
