"""A server that conforms is green whatever the run is given: one number or three, one key or four."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import httpx
import pytest

from conformance.mock.server import KEY_VARIABLES, MockServer
from tests.running import Outcome, run

SOMEBODYS = "+13105550000"  # not reserved for fiction
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


def test_creating_is_testable_without_a_phone_number_to_vouch_for(server: MockServer, tmp_path: Path) -> None:
    """Where some of the numbers tried are taken, all of the contract is put to the test."""
    more = ["--foreign-virtual-number=9", "--other-account-virtual-number=40", "--other-account-operator=50"]
    outcome = play(server, "7,15,9", ALL_KEYS, *more, f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.code, outcome.verdict, outcome.violated()) == (0, "conforms", [])
    assert outcome.verdicts["CREATE-ANSWERS"] == "conforms"


@pytest.mark.parametrize("fault", ["creating-is-201", "creating-answers-with-the-operator"])
def test_creating_is_judged_without_a_phone_number_to_vouch_for(tmp_path: Path, fault: str) -> None:
    """What may be refused is, where it is not, answered as documented all the same."""
    with MockServer(faults=[fault]) as server:
        outcome = play(server, "7,15", "account", "--clause=CREATE-ANSWERS", f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.code, outcome.violated("must")) == (1, ["CREATE-ANSWERS"])


def test_the_command_of_a_finding_leaves_open_whose_phone_number_was_vouched_for(tmp_path: Path) -> None:
    """A fictional one is nobody's; without the others, what was refused would only be said to be not testable."""
    with MockServer(faults=["creating-is-201"]) as server:
        more = ["--clause=CREATE-ANSWERS", f"--journal={tmp_path / 'journal.jsonl'}"]
        vouched = [f"--phone-number={each}" for each in ("+12025550150", SOMEBODYS)]
        outcome = play(server, "7", "account", *more, *vouched)
    assert "pytest --phone-number=+12025550150 --phone-number=+... --target-url" in outcome.output
    assert SOMEBODYS not in outcome.output


@pytest.mark.parametrize("profile", ["smoke", "standard"])
@pytest.mark.parametrize("actor", ["account", "project"])
def test_a_key_that_opens_nothing_is_no_fault_of_the_server(
    server: MockServer, tmp_path: Path, actor: str, profile: str
) -> None:
    """Wrong, revoked or expired: the run ends where it is first used, names the variable, and leaves nothing behind."""
    more = ["--virtual-number=7", f"--conformance-profile={profile}", f"--journal={tmp_path / 'journal.jsonl'}"]
    keys = {KEY_VARIABLES[each]: server.keys["expired" if each == actor else each] for each in ("account", "project")}
    outcome = run(f"--target-url={server.base_url}", *more, environment=keys)
    assert (outcome.code, outcome.verdict) == (2, "harness_error")
    assert f"the key in {KEY_VARIABLES[actor]}" in outcome.output
    assert outcome.report
    assert outcome.report["restored"] is True


@pytest.mark.parametrize("numbers", ["7,15", "15,7"])
def test_a_number_that_is_switched_off_from_the_start(server: MockServer, tmp_path: Path, numbers: str) -> None:
    """Whoever stands at it is attached again as ever, also with something beside the id: nobody is blamed."""
    key = {"authorization": f"Bearer {server.keys['account']}"}
    httpx.patch(f"{server.base_url}/virtual_numbers/7", json={"active": False}, headers=key).raise_for_status()
    outcome = play(server, numbers, ALL_KEYS, f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.code, outcome.violated(), outcome.report and outcome.report["restored"]) == (0, [], True)


@pytest.mark.parametrize("profile", ["smoke", "standard"])
def test_a_number_that_is_not_foreign_is_left_alone(server: MockServer, tmp_path: Path, profile: str) -> None:
    """The project's own list has it, which is a violation, as the user says otherwise: nothing is attached to it."""
    more = ["--foreign-virtual-number=8", f"--conformance-profile={profile}", f"--journal={tmp_path / 'journal.jsonl'}"]
    outcome = play(server, "7,15", ALL_KEYS, *more)
    assert outcome.violated("must") == ["SCOPE-LIST-NUMBERS"]
    assert outcome.report
    assert outcome.report["restored"] is True
    assert not any("/virtual_numbers/8" in line and '"POST"' in line for line in outcome.requests)


def test_a_foreign_number_that_there_is_not_blames_nobody(server: MockServer, tmp_path: Path) -> None:
    """The account's list does not have it, and its page is 404 to either key: the user was mistaken."""
    more = ["--foreign-virtual-number=4242", "--foreign-virtual-number=4243", f"--journal={tmp_path / 'journal.jsonl'}"]
    outcome = play(server, "7,15", ALL_KEYS, *more)
    assert (outcome.code, outcome.violated("must")) == (0, [])


def test_smoke_with_a_key_of_a_project_without_numbers(tmp_path: Path) -> None:
    """No designated number is the project's: what the account's key sees is judged all the same."""
    with MockServer() as server:
        more = ["--conformance-profile=smoke", f"--journal={tmp_path / 'journal.jsonl'}"]
        outcome = play(server, "9", ALL_KEYS, *more)
    assert (outcome.code, outcome.violated("must"), outcome.report and outcome.report["restored"]) == (0, [], True)


def test_two_phone_numbers_go_a_long_way(tmp_path: Path) -> None:
    """Where no other is taken, one makes the account's operator, one the project's, and both are used again."""
    outcome = run("--mock-variant=two-phones-found", f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.code, outcome.violated("must"), outcome.report and outcome.report["restored"]) == (0, [], True)
    left = {each["id"] for each in outcome.clauses if each["level"] == "must" and each["verdict"] == "not_exercised"}
    assert left <= {"SCOPE-LIST-OPERATORS"}  # whoever an account's key makes at a number may be its project's


def test_a_number_that_is_full_from_the_start_leaves_the_others(tmp_path: Path) -> None:
    """The stories turn to numbers that take somebody; what a full list refuses says nothing of phone numbers."""
    outcome = run("--mock-variant=full-from-the-start", f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.code, outcome.violated("must"), outcome.report and outcome.report["restored"]) == (0, [], True)
    left = [each["id"] for each in outcome.clauses if each["level"] == "must" and each["verdict"] == "not_exercised"]
    assert left == []
    assert outcome.sent > 200


def test_a_short_list_may_be_full_from_the_start_too(tmp_path: Path) -> None:
    """Nobody is taken on the first number, whatever the phone number: an emptier one is asked before giving up."""
    outcome = run("--mock-fault=two-at-most", f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.violated("must"), outcome.violated("should")) == ([], ["ATTACH-LIMIT-BELOW-TEN"])
    assert outcome.report is not None
    assert outcome.report["restored"]
    assert outcome.sent > 200


def test_a_long_list_that_takes_one_country_is_not_full(tmp_path: Path) -> None:
    """Numbers of other countries are refused first: the list is not why."""
    outcome = run("--mock-variant=crowded", "--mock-variant=us-only", f"--journal={tmp_path / 'journal.jsonl'}")
    assert (outcome.code, outcome.violated("must")) == (0, [])
    assert "takes nobody" not in outcome.output
