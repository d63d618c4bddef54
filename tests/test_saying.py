"""What a run prints: the cause first where it judged nothing, what was found once, and the verdict at the end."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.mock.server import KEY_VARIABLES, MockServer
from tests.running import Outcome, plain, run

SMOKE = "--conformance-profile=smoke"
FAULT = "--mock-fault=again-moves-to-the-end"
WRONG = {KEY_VARIABLES["account"]: "idc_" + "w" * 32}
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    """A server on a socket, for runs with a URL."""
    with MockServer() as server:
        yield server


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """A run of a fault that shows in many stories, and its JUnit report."""
    path = tmp_path_factory.mktemp("faulty") / "junit.xml"
    return run(FAULT, f"--junitxml={path}"), path


def summary(outcome: Outcome) -> list[str]:
    """Return the lines of the last section, without pytest's own last line."""
    return outcome.output.partition("= conformance =")[2].splitlines()[1:-1]


# ---------------------------------------------------------------------- nothing was judged
def test_a_target_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    """Verdict and cause first, each once, and nothing of all that was not judged."""
    url = "--target-url=http://127.0.0.1:9/api/v1/public"
    outcome = run(url, "--virtual-number=7", f"--journal={tmp_path / 'j.jsonl'}", environment=WRONG)
    lines = summary(outcome)
    assert (outcome.code, outcome.verdict) == (2, "harness_error"), outcome.output
    assert lines[0].startswith("verdict: harness_error")
    assert lines[2].startswith("  the target cannot be reached: nothing listens there")
    assert "clauses not judged for that: GET-NUMBER-ANSWERS" in outcome.output
    assert "During handling" not in outcome.output
    assert "not exercised" not in outcome.output
    assert len(lines) < 12, outcome.output


def test_after_a_target_is_lost_every_story_is_skipped_for_that(mock: MockServer, tmp_path: Path) -> None:
    """A wrong key: no story finds a reason of its own, such as a number that is inactive, and nothing is violated."""
    journal = f"--journal={tmp_path / 'j.jsonl'}"
    outcome = run(f"--target-url={mock.base_url}", "--virtual-number=7", journal, "-rs", environment=WRONG)
    skips = [line for line in outcome.output.splitlines() if line.startswith("SKIPPED")]
    cause = "every read answers 401 to the key in IDENTITYCALL_API_KEY: give one that is valid"
    assert (outcome.code, outcome.verdict) == (2, "harness_error"), outcome.output
    assert len(skips) == 1, outcome.output
    assert f"not run: {cause}" in skips[0]
    assert cause in " ".join(" ".join(summary(outcome)).split())
    assert "LIST-NUMBERS-ANSWERS violated" not in outcome.output


@pytest.mark.parametrize(("name", "advice"), [("README.md", "give a VCR cassette"), ("cut.yaml", "record again")])
def test_a_file_that_is_no_recording_is_told_in_one_line(
    name: str, advice: str, tmp_path: Path, capsys: Captured
) -> None:
    """The cause, and the verdict; what to do depends on whether it was a recording once."""
    path = tmp_path / name
    ours = "metadata:\n  recorder: identitycall-conformance\n" if name == "cut.yaml" else "Try it:\n"
    path.write_text(f"{ours}\nit: ends: here\n")
    assert main(["judge", str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == printed.out.count("\n") == 1
    assert f"{path}: it is not YAML" in printed.err
    assert advice in printed.err
    assert printed.out.startswith("verdict: harness_error")


# ---------------------------------------------------------------------- what was found
def test_a_story_says_in_one_line_what_the_summary_tells_in_full(faulty: tuple[Outcome, Path]) -> None:
    """A fault that ten stories meet is no page of text for each of them."""
    output = faulty[0].output
    failures, _, rest = output.partition("short test summary")
    lines = [line for line in failures.splitlines() if line.startswith("REATTACH-NOOP violated: ")]
    assert len(lines) > 3
    assert all(line.endswith("; details below)") and "(request " in line for line in lines)
    assert "conforms:" not in failures
    assert rest.count("Attaching an operator that is attached already changes nothing.") == 1
    assert rest.count("conforms:") == rest.count("again:") == 3


def test_a_junit_report_says_what_a_story_met(faulty: tuple[Outcome, Path]) -> None:
    """Whoever sees that file alone: clause, what is wrong, and at which request."""
    failures = list(ET.parse(faulty[1]).getroot().iter("failure"))  # noqa: S314 - our own file
    assert failures
    for each in failures:
        assert "REATTACH-NOOP violated: those on the list before changed" in str(each.get("message"))
        assert "POST /virtual_numbers/" in str(each.get("message"))


def test_nothing_is_to_be_sent_to_a_mock_that_is_gone(faulty: tuple[Outcome, Path]) -> None:
    """The command that runs the clause again starts one of its own."""
    assert "curl" not in faulty[0].output
    assert "again:     pytest --mock-fault again-moves-to-the-end --clause REATTACH-NOOP" in faulty[0].output


def test_the_verdict_is_the_last_thing_said() -> None:
    """Only pytest's own last line stands below it; what was drawn is for those who ask for more."""
    output = plain("standard").output
    assert output.splitlines()[-2].startswith("verdict: conforms - ")
    assert "sequences of changes" not in output
    assert "drawn sequences of changes that were played: " in run("-v").output


def test_advice_names_only_what_was_given() -> None:
    """Nobody who gave no -k is told to leave it out."""
    assert "-k" not in plain("smoke").output
    assert "only some stories were told (-k)" in run(SMOKE, "-k", "test_smoke").output


def test_the_worst_case_of_the_plan_says_how_it_comes_about() -> None:
    """An hour for 300 requests is no estimate."""
    output = " ".join(run("--dry-run").output.split())
    assert "(that is 300 requests of 10 s (--timeout) and two waits of 300 s (--max-wait)" in output
    assert "300 requests at 2 a minute (--rate)" in " ".join(run("--dry-run", "--rate=2/m").output.split())


# ---------------------------------------------------------------------- what pytest misread
def test_a_path_that_pytest_took_for_tests_is_told_in_one_line(tmp_path: Path) -> None:
    """One that is there already, outside the project: pytest looks for its settings beside it."""
    path = tmp_path / "report.html"
    path.touch()
    outcome = run("--conformance-html", str(path), suite=False)
    assert outcome.code == 4, outcome.output
    assert outcome.output.strip().endswith(f"write --conformance-html={path}")
    assert len(outcome.output.strip().splitlines()) == 1


def test_a_run_without_stories_says_so() -> None:
    """Tests of something else, and a target for nobody: one line in place of a green run."""
    outcome = run("tests/test_explain.py", FAULT, suite=False)
    assert (outcome.code, outcome.report) == (4, None), outcome.output
    assert "no story of the suite was collected" in outcome.output.strip().splitlines()[-1]


@pytest.mark.parametrize("word", ["REATTACH-NOOP", "renumber"])
def test_the_catalogue_can_be_searched(word: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name, clause or title, and no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["mock", "--list"]) == 0
    everything = capsys.readouterr().out
    assert main(["mock", "--list", word]) == 0
    some = capsys.readouterr().out
    assert max(map(len, everything.splitlines())) <= 80
    assert 0 < len(some) < len(everything) / 4
    assert word in some


def test_a_name_that_is_not_in_the_catalogue_is_told_with_where_all_are(capsys: Captured) -> None:
    """And with the nearest ones, where there are some."""
    assert main(["mock", "--variant", "xyzzy"]) == 4
    assert "no variant is called 'xyzzy': `identitycall-conformance mock --list` shows" in capsys.readouterr().err
    assert main(["mock", "--fault", "again-moves-to-front"]) == 4
    assert "did you mean again-moves-to-the-front" in capsys.readouterr().err
    assert main(["mock", "--list", "xyzzy"]) == 4
