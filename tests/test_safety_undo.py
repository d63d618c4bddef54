"""Whatever a run does, it puts the account back, and touches nothing that is not its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.mock.records import VirtualNumber
from conformance.mock.rules import Call, invalid
from conformance.mock.server import MockServer
from conformance.run import Run
from conformance.suite.number import Number
from conformance.target.stops import NotTestable, OutOfBudget, TargetLost
from tests.kit import Colleague, running, seven
from tests.safety import differences, play

SAMPLE = (
    "removal-not-stored",
    "last-one-removed",
    "removal-stops-the-recording",
    "attached-one-only-switched-off",
    "created-ones-not-listed",
    "attaching-copies-the-operator",
    "deletion-takes-the-neighbour",
    "foreign-number-leaves-an-operator",
    "made-without-a-key",
    "again-takes-off",
    "unknown-operator-is-made-up",
    "other-accounts-numbers-written",
    "attached-ones-not-deleted",
)


@pytest.mark.parametrize("fault", SAMPLE)
def test_faults_are_undone_or_named(fault: str, tmp_path: Path) -> None:
    """The account is as it was, or the report names each thing that is not."""
    with MockServer(faults=(fault,)) as server:
        outcome = play(server, tmp_path)
    assert outcome.is_honest
    assert outcome.leaks == ()
    assert outcome.report["requests"]["sent"] <= outcome.report["requests"]["budget"]


def test_who_was_made_under_the_default_name_is_known_again(tmp_path: Path) -> None:
    """A server that does not read names shows the number that was sent, in the answer to the request that sent it."""
    with MockServer(faults=("name-not-read",)) as server:
        outcome = play(server, tmp_path)
    assert outcome.report["restored"] is True
    assert outcome.leaks == ()
    assert {"NAME-KEPT"} == {each["id"] for each in outcome.report["clauses"] if each["verdict"] == "violated"}


def test_a_namesake_and_a_shared_number_are_left_alone() -> None:
    """A colleague's operator may have the run's phone number, or somebody's name: it is still the colleague's."""
    with MockServer() as server:
        colleague = Colleague(server)
        with running(server) as run:
            operator = seven(run.scene).create(name="Ann Carter")
            phone = run.judge.world.operator(operator).record["phone_number"]
            theirs = {colleague.makes("Bob Marsh", phone), colleague.makes("Ann Carter", "+12025550177")}
        assert run.restored is False
        assert theirs <= colleague.names().keys()
        assert operator not in colleague.names()
        assert any("Bob Marsh" in each for each in run.undo.not_restored)


def test_what_was_changed_goes_back_where_pages_cannot_be_read() -> None:
    """The run knows what it sent, and how the number was found; that it could not look is named."""
    with MockServer() as server:
        with running(server) as run:
            seven(run.scene).read()
            number = server.application.store.own.numbers[7]
            was = number.routing_strategy
            seven(run.scene).update(routing_strategy="simultaneous")
            server.application.rules.show_detail = lambda _call, _number: {}
        assert number.routing_strategy == was != "simultaneous"
        assert run.undo.not_restored == ["virtual number 7 could not be read back"]


def test_what_a_colleague_does_on_the_number_stands() -> None:
    """Attached and renamed by somebody else meanwhile: left, and named."""
    with MockServer() as server:
        colleague = Colleague(server)
        with running(server) as run:
            seven(run.scene).create()
            colleague.ask("POST", "/virtual_numbers/7/add_operator", {"operator_id": 31})
            colleague.ask("PATCH", "/virtual_numbers/7", {"name": "Renamed Line"})
            seven(run.scene).read()
        assert colleague.on_seven() == [12, 22, 31]
        assert colleague.ask("GET", "/virtual_numbers/7")["name"] == "Renamed Line"
        assert run.restored is False


@pytest.mark.parametrize(
    ("faults", "whom", "restored"),
    [((), 14, True), (("unknown-operator-is-200",), 14, False), ((), 22, False)],
    ids=["of another number", "of another number, where a must is broken", "of a designated number"],
)
def test_whom_a_colleague_deletes_stays_deleted(faults: tuple[str, ...], whom: int, *, restored: bool) -> None:
    """Nobody of a designated number is gone but for a reason; others are, if the server does as it says."""
    with MockServer(faults=faults) as server:
        colleague = Colleague(server)
        with running(server) as run:
            seven(run.scene).create()
            seven(run.scene).attach(run.scene.nobody)
            colleague.ask("DELETE", f"/operators/{whom}")
        assert run.restored is restored
        assert any(f"operator {whom} is not listed" in each for each in run.undo.not_restored) is not restored


def test_changed_attributes_go_back() -> None:
    """Routing strategy and flags that the run changed are as they were."""
    with MockServer() as server:
        before = server.snapshot()
        with running(server) as run:
            seven(run.scene).update(routing_strategy="simultaneous", recording=False)
            seven(run.scene).create()
        assert (run.restored, list(differences(before, server.snapshot()))) == (True, [])


def test_settings_go_back_before_anybody_is_deleted() -> None:
    """Where the requests do not last, a number that is switched off is worse than an operator left over."""
    with MockServer() as server, running(server) as run:
        seven(run.scene).create()
        seven(run.scene).update(active=False)
        before = len(run.client.conversation)
    undone = [each.request.method for each in run.client.conversation[before:] if each.request.method != "GET"]
    assert undone == ["PATCH", "DELETE"]


def test_one_that_cannot_go_back_does_not_keep_the_others() -> None:
    """A number was found without a name, and a name of nothing is refused: the rest goes back by itself."""
    with MockServer() as server:
        server.application.store.own.numbers[7].name = ""
        update = server.application.rules.update_number

        def strictly(call: Call, number: VirtualNumber, changes: dict[str, Any]) -> None:
            if changes.get("name") == "":
                raise invalid(call, "Name can't be blank")
            update(call, number, changes)

        server.application.rules.update_number = strictly
        with running(server) as run:
            seven(run.scene).update(routing_strategy="simultaneous", recording=False, name="A Name")
        assert run.restored is False
        assert [each for each in run.undo.not_restored if "name is" not in each] == []


def _make_many(run: Run) -> None:
    for _ in range(40):
        seven(run.scene).post({"phone_number": run.scene.phone(), "name": run.scene.name()})


@pytest.mark.parametrize("budget", [9, 12, 17, 30])
@pytest.mark.parametrize(
    "faults",
    [
        (),
        ("attaching-copies-the-operator",),
        ("created-not-attached", "made-by-a-phone-number-never-available"),
        ("creating-answers-with-a-redirect",),
        ("making-crashes-when-all-is-done",),
    ],
)
def test_the_budget_always_holds_the_undo(faults: tuple[str, ...], budget: int) -> None:
    """However small the budget, and however many operators a server makes, nothing stays for want of requests."""
    with MockServer(faults=faults) as server:
        before = server.snapshot()
        with running(server, budget=budget) as run, pytest.raises(OutOfBudget):
            _make_many(run)
        assert run.client.count.sent <= budget
        assert (run.restored, list(differences(before, server.snapshot()))) == (True, [])


def test_a_key_that_may_not_delete_is_said_before_anybody_is_made() -> None:
    """The operators are taken off the number, stay on the account, and are named."""
    with MockServer(variants=("no-delete-permission",)) as server:
        said: list[str] = []
        with running(server) as run:
            run.client.say = said.append
            operator = seven(run.scene).create()
        assert [line for line in said if "may not delete operators" in line]
        assert Colleague(server).on_seven() == [12, 22]
        assert [each for each in run.undo.not_restored if f"still there: {operator} (the key may not delete" in each]


def test_nothing_is_written_to_a_number_that_cannot_be_read() -> None:
    """What was there could not be put back."""
    with MockServer(faults=("empty-number-not-found",)) as server:
        before = server.snapshot()
        with running(server) as run, pytest.raises(NotTestable, match="could not be read"):
            Number(run.scene, 15).create()
        assert list(differences(before, server.snapshot())) == []


def test_a_foreign_mark_stops_the_run() -> None:
    """Two runs on one number would blame the server for each other: the second one says so."""
    with MockServer() as server:
        with running(server) as first:
            seven(first.scene).create()
            said = f"mark {first.scene.mark} of another run"
            with running(server) as second, pytest.raises(TargetLost, match=said):
                seven(second.scene).read()
        assert first.restored is True
