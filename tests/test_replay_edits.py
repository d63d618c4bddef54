"""Edits of a recording: each is noticed by the digest, and what breaks a clause is found where the digest is right."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.recording.cassette import write_yaml
from conformance.recording.replay import Replay
from conformance.recording.shelf import RUN_FILE, read, seal
from tests.running import run

EDITS = 200
Document = dict[str, Any]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("original") / "cassettes"
    run(f"--cassettes={directory}", "--record-mode=rewrite", "--conformance-profile=smoke")
    return directory


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "cassettes"))


def judged(directory: Path) -> dict[str, Any]:
    replay = Replay(read(directory))
    replay.play_alone()
    return replay.report()


def violated(report: dict[str, Any]) -> set[str]:
    return {each["id"] for each in report["clauses"] if each["verdict"] == "violated"}


# ---------------------------------------------------------------------- random edits
def of_a_byte(document: Document, chance: random.Random) -> None:
    answers = [each["response"]["body"] for each in document["interactions"] if each["response"]]
    body = chance.choice([each for each in answers if each["string"]])
    place = chance.randrange(len(body["string"]))
    body["string"] = body["string"][:place] + chance.choice('x"0}é') + body["string"][place + 1 :]


def of_a_drop(document: Document, chance: random.Random) -> None:
    document["interactions"].pop(chance.randrange(len(document["interactions"])))


def of_a_swap(document: Document, chance: random.Random) -> None:
    interactions = document["interactions"]
    one, another = chance.sample(range(len(interactions)), 2) if len(interactions) > 1 else (0, 0)
    interactions[one], interactions[another] = interactions[another], interactions[one]
    if one == another:
        interactions[0]["number"] += 1


def of_a_request(document: Document, chance: random.Random) -> None:
    request = chance.choice(document["interactions"])["request"]
    request["body"] = chance.choice(['{"operator_id": 1}', "", "{}", '{"phone_number": "+12025550199"}', "[]"])


KINDS: tuple[Callable[[Document, random.Random], None], ...] = (of_a_byte, of_a_drop, of_a_swap, of_a_request)


def edited(directory: Path, chance: random.Random, number: int) -> tuple[Path, bytes]:
    """Make one edit, and return the file and what it held."""
    files = [path for path in sorted(directory.rglob("*.yaml")) if "number:" in path.read_text()]
    path = chance.choice(files)
    before = path.read_bytes()
    document = yaml.load(before, Loader=yaml.CSafeLoader)
    KINDS[number % len(KINDS)](document, chance)
    path.write_text(write_yaml(document))
    return path, before


def test_two_hundred_random_edits(copy: Path) -> None:
    chance, kept = random.Random(7), (copy / RUN_FILE).read_bytes()  # noqa: S311 - no secret
    unnoticed, said = [], []
    for number in range(EDITS):
        path, before = edited(copy, chance, number)
        report = judged(copy)
        if path.read_bytes() != before and report["verdict"] != "harness_error":
            unnoticed.append((number, path.name))
        said += [each["message"] for each in report["harness_errors"] if path.name not in each["message"]]
        path.write_bytes(before)
        (copy / RUN_FILE).write_bytes(kept)
    assert unnoticed == []
    assert said == []


def test_random_edits_with_the_digest_made_right(copy: Path) -> None:
    chance, kept = random.Random(11), (copy / RUN_FILE).read_bytes()  # noqa: S311 - to be repeated, not to be secret
    sound = Replay(read(copy)).judge
    quiet = []
    for number in range(EDITS):
        path, before = edited(copy, chance, number)
        seal(copy)
        replay = Replay(read(copy))
        told = replay.shelf.problems or replay.judge.findings or replay.judge.exercised != sound.exercised
        if not told:
            quiet.append((number, path.name))
        if number % 10 == 0:
            assert replay.report()["verdict"] in {"violates", "incomplete", "harness_error"}
        path.write_bytes(before)
        (copy / RUN_FILE).write_bytes(kept)
    assert len(quiet) < EDITS // 3, "most edits have to be told; the rest are of no clause, as a letter in a name"


# ---------------------------------------------------------------------- edits that break a clause
def change(directory: Path, old: str, new: str, *, only: str = "") -> None:
    """Replace a text wherever it stands in answers, and make the digests right."""
    for path in directory.rglob("*.yaml"):
        document = yaml.safe_load(path.read_text())
        for each in document["interactions"]:
            if each["response"] and only in each["request"]["uri"]:
                body = each["response"]["body"]
                body["string"] = body["string"].replace(old, new)
        path.write_text(write_yaml(document))
    seal(directory)


@pytest.mark.parametrize(
    ("old", "new", "only", "clause"),
    [
        ("operator_id or phone_number is required", "is required", "add_operator", "MISSING-BOTH"),
        ("Resource not found", "Not here", "add_operator", "NOT-FOUND-OPERATOR"),
        ('"initials":"', '"initials":"x', "add_operator", "PAYLOAD-INITIALS"),
    ],
)
def test_a_broken_clause_is_found(copy: Path, old: str, new: str, only: str, clause: str) -> None:
    change(copy, old, new, only=only)
    report = judged(copy)
    assert report["verdict"] in {"violates", "incomplete"}
    assert clause in violated(report)


# ---------------------------------------------------------------------- whole files
def test_a_missing_file(copy: Path) -> None:
    path = copy / "test_smoke" / "test_what_is_there.yaml"
    path.unlink()
    report = judged(copy)
    assert report["verdict"] == "harness_error"
    assert report["harness_errors"][0]["message"].startswith(f"{path}: the file is missing; record again")


def test_files_cut_off(copy: Path) -> None:
    path = copy / "test_smoke" / "test_what_is_there.yaml"
    text = path.read_text()
    for share in range(1, 20):
        path.write_text(text[: len(text) * share // 20])
        report = judged(copy)
        assert report["verdict"] == "harness_error"
        assert str(path) in report["harness_errors"][0]["message"]


def test_a_file_of_another_recording(copy: Path) -> None:
    path = copy / "test_smoke" / "test_what_is_there.yaml"
    path.write_text(path.read_text().replace("recorded: '20", "recorded: '19"))
    seal(copy)
    assert "of another recording" in judged(copy)["harness_errors"][0]["message"]


def test_a_file_that_nobody_plays(copy: Path) -> None:
    shutil.copy(copy / "test_smoke" / "test_what_is_there.yaml", copy / "test_smoke" / "test_more.yaml")
    assert "would not be played" in judged(copy)["harness_errors"][0]["message"]


def test_the_gate_says_where_and_what_to_do(copy: Path) -> None:
    path = copy / "test_smoke" / "test_what_is_there.yaml"
    path.write_text(path.read_text().replace("actor: account", "actor: project", 1))
    outcome = run(f"--cassettes={copy}", "--record-mode=none", "--block-network")
    assert (outcome.code, outcome.verdict) == (2, "harness_error")
    assert "test_what_is_there.yaml: it was changed since it was recorded" in outcome.output
    assert "record again with --record-mode=rewrite" in outcome.output


def test_nothing_was_recorded(tmp_path: Path) -> None:
    outcome = run(f"--cassettes={tmp_path}", "--record-mode=none", "--block-network")
    assert outcome.code == 2
    assert "run.yaml: the file is missing; record again" in outcome.output


def test_a_story_that_does_not_exercise_its_clauses_any_more(copy: Path) -> None:
    path = copy / "test_smoke" / "test_what_is_refused.yaml"
    document = yaml.safe_load(path.read_text())
    document["interactions"] = []
    path.write_text(write_yaml(document))
    seal(copy)
    outcome = run(f"--cassettes={copy}", "--record-mode=none", "--block-network")
    assert outcome.code == 2
    assert "test_what_is_refused" in outcome.output
    assert "record again" in outcome.output


def test_a_target_and_a_recording_at_once_is_a_usage_error(copy: Path) -> None:
    outcome = run(f"--cassettes={copy}", "--record-mode=none", "--mock-fault=neither-is-400")
    assert outcome.code == 4
    assert "leave out --mock-fault" in outcome.output
