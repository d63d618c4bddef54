"""The gate: exit codes, bad options in one line, what is counted and what is kept to."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import jsonschema_rs
import pytest

from conformance import gate
from conformance.contract.files import specification
from conformance.mock.server import KEY_VARIABLES, MockServer
from conformance.target.settings import BUDGETS, PROFILES
from tests.running import ROOT, clean_environment, plain, run
from tests.test_report import example

SMOKE = "--conformance-profile=smoke"
NOBODY_LISTENS = "--target-url=http://127.0.0.1:9/api/v1/public"
NUMBER = "--virtual-number=7"
KEY = {"IDENTITYCALL_API_KEY": "idc_" + "k" * 32}


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    """A server on a socket, for runs with a URL."""
    with MockServer() as server:
        yield server


# ---------------------------------------------------------------------- bad options
@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["--clause=ORDER-APPENDIX"], {}, "ORDER-APPENDIX"),
        (["--family=ordering"], {}, "order"),
        (["--mock-fault=phone-win"], {}, "phone-wins"),
        (["--mock-variant=lenint"], {}, "lenient"),
        (["--virtual-number=abc"], {}, "--virtual-number abc: give a whole number"),
        (["--other-account-operator="], {}, "--other-account-operator"),
        (["--timeout=soon"], {}, "--timeout soon: give a number of seconds"),
        (["--conformance-profile=huge"], {}, "smoke, standard, thorough"),
        (["--request-budget=0"], {}, "at least 1"),
        (["--request-budget=-1"], {}, "at least 1"),
        (["--timeout=0"], {}, "above 0"),
        (["--timeout=nan"], {}, "above 0"),
        (["--max-wait=-1"], {}, "from 0"),
        (["--rate=60"], {}, "60/m"),
        (["--phone-number=2025550150"], {}, "E.164"),
        ([NOBODY_LISTENS], KEY, "--virtual-number"),
        ([NOBODY_LISTENS, NUMBER], {}, "IDENTITYCALL_API_KEY"),
        (["--target-url=localhost:8080", NUMBER], KEY, "--target-url"),
        ([NOBODY_LISTENS, NUMBER, "--mock-fault=phone-wins"], KEY, "--target-url"),
        (["--virtual-number=4711"], {}, "4711"),
        (["--known-failures=/nowhere/known.toml"], {}, "/nowhere/known.toml"),
        (["--ca-bundle=/nowhere/ca.pem"], {}, "/nowhere/ca.pem"),
        (["--conformance-html=/proc/nowhere/report.html"], {}, "/proc/nowhere/report.html"),
    ],
    ids=lambda value: value[0].split("=")[0].strip("-") if isinstance(value, list) else "",
)
def test_a_bad_option_is_told_in_one_line(arguments: list[str], environment: dict[str, str], words: str) -> None:
    """Exit 4, one line that says what to do, nothing else, and no report."""
    outcome = run(SMOKE, *arguments, environment=environment)
    told = [line for line in outcome.output.splitlines() if "error: " in line.lower()]
    assert (outcome.code, outcome.report) == (4, None), outcome.output
    assert len(told) == 1, outcome.output
    assert words in told[0]
    assert "Traceback" not in outcome.output
    assert "rootdir: /" not in outcome.output.partition(told[0])[2]


def test_a_number_that_the_account_does_not_hold_is_told_by_a_url_too(mock: MockServer, tmp_path: Path) -> None:
    """The list is read first, and nothing is written."""
    before = mock.snapshot()
    outcome = run(
        SMOKE,
        f"--target-url={mock.base_url}",
        NUMBER,
        "--virtual-number=4711",
        f"--journal={tmp_path / 'j.jsonl'}",
        environment={KEY_VARIABLES["account"]: mock.keys["account"]},
    )
    assert outcome.code == 4, outcome.output
    assert "--virtual-number 4711" in outcome.output
    assert mock.snapshot() == before


def test_a_report_that_cannot_be_written_any_more_is_told_at_the_end(tmp_path: Path) -> None:
    """What was found is shown all the same, and the other reports are written."""
    wanted = {"--conformance-html": tmp_path / "report.html", "--conformance-markdown": tmp_path / "report.md"}
    wanted["--conformance-html"].mkdir()
    config = cast("pytest.Config", SimpleNamespace(getoption=wanted.get, stash=pytest.Stash()))
    with pytest.raises(pytest.UsageError, match=r"report\.html: cannot be written"):
        gate.write_reports(config, example())
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("#")


def test_the_command_that_runs_it_again_is_red_again() -> None:
    """As it is printed, it names the same fault."""
    outcome = run(SMOKE, "--mock-fault=again-moves-to-the-end", "--mock-variant=lenient")
    again = next(line for line in outcome.output.splitlines() if line.strip().startswith("again:"))
    assert "REATTACH-NOOP" in again
    repeated = run(*shlex.split(again)[2:])
    assert repeated.verdicts["REATTACH-NOOP"] == "violated", repeated.output


def test_a_junit_report_tells_of_each_clause(tmp_path: Path) -> None:
    """As properties of the suite."""
    path = tmp_path / "junit.xml"
    run(SMOKE, f"--junitxml={path}", "--mock-fault=again-moves-to-the-end")
    properties = ET.parse(path).getroot().iter("property")  # noqa: S314 - our own file
    verdicts = {each.get("name"): each.get("value") for each in properties}
    assert verdicts["clause.REATTACH-NOOP"] == "violated"
    assert verdicts["clause.MISSING-BOTH"] == "conforms"


# ---------------------------------------------------------------------- exit codes
def test_smoke_is_incomplete_and_exits_0() -> None:
    """What smoke leaves out it calls not exercised, and that is no failure."""
    outcome = plain("smoke")
    assert (outcome.code, outcome.verdict) == (0, "incomplete"), outcome.output
    assert "not_exercised" in outcome.verdicts.values()


@pytest.mark.parametrize("profile", ["standard", "thorough"])
def test_the_longer_profiles_conform_and_exit_0(profile: str) -> None:
    """Every must and should is exercised, and kept."""
    outcome = plain(profile)
    assert (outcome.code, outcome.verdict) == (0, "conforms"), outcome.output
    assert {each["verdict"] for each in outcome.clauses if each["level"] != "open"} == {"conforms"}


def test_standard_has_requests_to_spare_for_generated_ones() -> None:
    """On the plain mock no story before them takes what they need."""
    assert "nothing is left of the request budget" not in plain("standard").output


@pytest.mark.parametrize(
    ("arguments", "code", "verdict"),
    [
        (["--require-complete"], 1, "incomplete"),
        (["--mock-fault=phone-wins"], 1, "violates"),
        (["--mock-fault=phone-wins", "-x"], 1, "violates"),
        (["--mock-variant=array-by-id"], 0, "incomplete"),
        (["--mock-variant=array-by-id", "--strict"], 1, "violates"),
        (["--mock-variant=lenient"], 0, "incomplete"),
        (["--request-budget=20"], 0, "incomplete"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_exit_code_is_the_verdicts(arguments: list[str], code: int, verdict: str) -> None:
    """A violated should fails strict runs only, an incomplete run where it has to be complete."""
    outcome = run(SMOKE, *arguments)
    assert (outcome.code, outcome.verdict) == (code, verdict), outcome.output


def test_a_budget_that_ends_after_every_must_is_enough() -> None:
    """The last stories are left out, and it is said which; what they would have shown was shown before."""
    outcome = run("--request-budget=280", "--require-complete", "-rs")
    assert "the request budget of 280 is used up" in outcome.output
    assert (outcome.code, outcome.verdict) == (0, "conforms"), outcome.output


def test_a_target_that_is_not_there_is_a_harness_error(tmp_path: Path) -> None:
    """Exit 2: nothing was judged."""
    outcome = run(SMOKE, NOBODY_LISTENS, NUMBER, f"--journal={tmp_path / 'j.jsonl'}", environment=KEY)
    assert (outcome.code, outcome.verdict) == (2, "harness_error"), outcome.output


@pytest.mark.parametrize("selection", [["-k", "test_opening"], ["--maxfail=3"]], ids=" ".join)
def test_a_part_of_the_stories_is_incomplete(selection: list[str]) -> None:
    """Whoever leaves out stories by pytest's own means never reads that the target conforms."""
    outcome = run(*selection, "--clause=PAYLOAD-JSON")
    assert (outcome.code, outcome.verdict) == (0, "incomplete"), outcome.output


def test_a_selection_of_clauses_judges_those_alone() -> None:
    """The report holds what was asked for."""
    outcome = run(SMOKE, "--clause=REATTACH-NOOP", "--family=missing")
    families = {each["family"] for each in outcome.clauses if each["id"] != "REATTACH-NOOP"}
    assert outcome.code == 0, outcome.output
    assert outcome.verdicts["REATTACH-NOOP"] == "conforms"
    assert families == {"missing"}


def test_a_crash_is_told_whichever_row_was_asked_for() -> None:
    """The open row does not conform by it: it is not testable until the server error is gone, and the run is red."""
    outcome = run("--mock-fault=list-as-id-is-500", "--clause=OPERATOR-ID-NOBODY")
    assert (outcome.code, outcome.verdict) == (1, "violates"), outcome.output
    assert outcome.verdicts == {"ROBUST-NO-SERVER-ERROR": "violated", "OPERATOR-ID-NOBODY": "not_testable"}


def test_what_was_not_asked_for_fails_no_story() -> None:
    """A fault that shows while the numbers are arranged is not told where another clause is selected."""
    outcome = run("--mock-fault=namesakes-refused", "--clause=REATTACH-AFTER-REMOVAL")
    assert (outcome.code, outcome.verdict) == (0, "conforms"), outcome.output
    assert "FAILED" not in outcome.output


def test_the_command_of_a_finding_shows_it_again() -> None:
    """Also where it showed in a story that claims other clauses: one of those is selected too."""
    found = run("--mock-fault=removal-turns-the-rest-round")
    finding = next(each for each in found.clauses if each["id"] == "ORDER-REST-STANDS")["findings"][0]
    assert finding["selection"][0] == "ORDER-REST-STANDS"
    assert len(finding["selection"]) == 2
    assert "--clause " + " --clause ".join(finding["selection"]) in found.output
    again = run("--mock-fault=removal-turns-the-rest-round", *(f"--clause={each}" for each in finding["selection"]))
    assert "ORDER-REST-STANDS" in again.violated()
    assert again.sent < found.sent


def test_known_failures_are_excused_and_stale_ones_are_not(tmp_path: Path) -> None:
    """An entry that fails is no failure; one that fails no longer is."""
    known = tmp_path / "known.toml"
    entry = '[[known_failure]]\nclause = "{}"\ncause = "c"\nlink = "https://x.example/1"\nuntil = 2999-01-01\n'
    known.write_text(entry.format("PRECEDENCE-CREATES-NOBODY"))
    excused = run(SMOKE, "--mock-fault=phone-wins", f"--known-failures={known}")
    stale = run(SMOKE, f"--known-failures={known}")
    assert "PRECEDENCE-CREATES-NOBODY" in excused.violated()
    assert next(each for each in excused.clauses if each["id"] == "PRECEDENCE-CREATES-NOBODY")["known_failure"] is True
    assert stale.code == 1, stale.output


def test_the_projects_own_tests_know_nothing_of_the_gate() -> None:
    """No story, no verdict, no report."""
    command = [sys.executable, "-m", "pytest", str(ROOT / "tests" / "test_explain.py"), "-q"]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "verdict:" not in done.stdout


# ---------------------------------------------------------------------- the report, and what is counted
@pytest.mark.parametrize("profile", PROFILES)
def test_the_report_keeps_to_its_schema(profile: str) -> None:
    """What was written is valid, and holds every clause once."""
    validator = jsonschema_rs.Draft202012Validator(json.loads(specification("report.schema.json")))
    outcome = plain(profile)
    assert [error.message for error in validator.iter_errors(outcome.report)] == []
    assert len(outcome.verdicts) == len(outcome.clauses)


@pytest.mark.parametrize("profile", PROFILES)
def test_requests_are_counted_as_the_server_counts_them(profile: str) -> None:
    """Undo included, and never more than the profile may send."""
    outcome = plain(profile)
    assert outcome.sent == outcome.received == len(outcome.requests) <= BUDGETS[profile]
    assert outcome.report is not None
    assert outcome.report["restored"] is True


@pytest.mark.parametrize("budget", [1, 9, 25])
def test_a_smaller_budget_is_kept(budget: int) -> None:
    """Also where it is far too small; what was written is put back within it."""
    outcome = run(f"--request-budget={budget}")
    assert outcome.received is not None
    assert outcome.sent == outcome.received <= budget
    assert outcome.report is not None
    assert outcome.report["restored"] is not False
    assert outcome.verdict == "incomplete", outcome.output


def test_what_was_there_is_there_again(mock: MockServer, tmp_path: Path) -> None:
    """After a run the account is as it was before, by the server's own word."""
    before = mock.snapshot()
    keys = {KEY_VARIABLES[actor]: key for actor, key in mock.keys.items()}
    numbers = [f"--virtual-number={number}" for number in mock.virtual_numbers]
    outcome = run(
        SMOKE, f"--target-url={mock.base_url}", *numbers, f"--journal={tmp_path / 'j.jsonl'}", environment=keys
    )
    assert (outcome.code, outcome.verdict) == (0, "incomplete"), outcome.output
    assert _without_counters(mock.snapshot()) == _without_counters(before)


def _without_counters(snapshot: dict[str, object]) -> dict[str, object]:
    """Leave out what only ever grows, such as the next id."""
    return {name: value for name, value in snapshot.items() if isinstance(value, list)}
