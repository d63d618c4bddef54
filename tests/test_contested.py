"""A list that an answer shows wrong: the number's page, asked for, says whether the write did it or only told so."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from conformance.contract.clauses import load_contract
from conformance.mock.server import MockServer
from conformance.oracle.judge import Judge
from conformance.run import Run
from conformance.suite.number import Number
from tests.kit import running, seven

_MORE_THAN_THE_LAG = 0.5  # seconds; the variant's is a third of one


def with_a_gap(number: Number) -> None:
    """Make three, take the second off and attach somebody again: priorities and places differ."""
    for _ in range(3):
        number.create()
    number.remove(number.operator("middle"))
    number.attach(number.operator("last"))
    number.create()


def renamed(number: Number) -> None:
    """Leave everybody where they are."""
    with_a_gap(number)
    number.update(recording=True)


def played(faults: str, story: Callable[[Number], None], variant: str = "") -> Run:
    """Play a story at a number where faults are, and read it at the end."""
    variants = [variant] if variant else []
    with MockServer(variants, faults=tuple(faults.split())) as server, running(server) as run:
        number = seven(run.scene)
        story(number)
        number.read()
        run.judge.finish()
        return run


def clauses(judge: Judge) -> set[str]:
    """Return what was found."""
    return {finding.clause for finding in judge.findings}


@pytest.mark.parametrize("story", [with_a_gap, renamed])
@pytest.mark.parametrize("fault", ["write-shows-places", "write-counts-from-one"])
def test_an_answer_that_only_tells_otherwise_is_not_the_page(fault: str, story: Callable[[Number], None]) -> None:
    """Nobody moved: the page after it has everybody where they were."""
    assert clauses(played(fault, story).judge) == {"PAYLOAD-SAME-AS-GET"}


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("first-two-swapped", "ORDER-STANDS"),
        ("again-from-the-middle-moves-to-the-end", "REATTACH-NOOP"),
        ("removal-turns-the-rest-round", "ORDER-REST-STANDS"),
    ],
)
def test_what_the_page_shows_as_well_was_done(fault: str, clause: str) -> None:
    """It is found by its own clause, at the write, and the page is asked for in between."""

    def story(number: Number) -> None:
        for _ in range(4):
            number.create()
        number.attach(number.operator("middle"))
        number.remove(number.operator("first"))

    run = played(fault, story)
    assert clauses(run.judge) == {clause}
    asked = [each.number for each in run.client.conversation if each.request.method == "GET"]
    assert run.judge.findings[0].exchange + 1 in asked


def test_what_no_page_decides_stands() -> None:
    """A recording ends, or the budget does, before the number is read again."""
    run = played("write-shows-places", renamed)
    read_at_first = [each for each in run.client.conversation if each.request.method == "GET"][:3]
    unread = [each for each in run.client.conversation if each.request.method != "GET" or each in read_at_first]
    judge = Judge(load_contract(), run.judge.world.setting).hear_all(unread)
    assert clauses(judge) == {"REATTACH-NOOP", "UPDATE-NUMBER-KEEPS"}


def test_an_attachment_that_was_not_done_is_told_as_that() -> None:
    """The answer of the time before came, whoever was removed since; the page is as before the request."""

    def story(number: Number) -> None:
        number.create()
        second = number.create()
        number.remove(second)
        number.attach(second)
        number.remove(second)
        number.create()
        number.attach(second)

    assert clauses(played("attachment-remembered", story).judge) == {"ATTACH-STANDS"}


def test_whoever_the_list_is_too_short_for_is_attached_all_the_same() -> None:
    """Their own page says so: it is the list that does not hold them, whatever else looks odd."""

    def story(number: Number) -> None:
        for _ in range(8):
            number.create()
        number.read()
        late = number.scene.post_operator()
        number.read()
        number.attach(late)
        number.read()
        number.post({"phone_number": number.scene.phone(), "name": number.scene.name()})
        number.remove(late)
        number.remove(number.operator("first"))
        number.attach(number.operator("middle"))

    assert clauses(played("lists-end-at-ten", story).judge) == {"ATTACH-LISTED", "CREATE-LISTED"}


@pytest.mark.parametrize("between", [(), ({"name": "Nobody"},)])
def test_a_page_that_shows_what_was_is_no_read_of_the_number(between: tuple[dict[str, str], ...]) -> None:
    """Answers to writes go on from what is: after two such pages none of them is held against anything else."""

    def story(number: Number) -> None:
        late, other = number.scene.post_operator(), number.scene.other
        other.read()
        other.create()
        other.create()
        for refused in between:
            other.post(refused)
        other.read()
        other.attach(late)
        other.read()
        other.update(recording=True)
        other.read()

    assert clauses(played("page-cached-until-a-removal", story).judge) == {"ATTACH-STANDS"}


def test_a_page_that_comes_late_decides_a_second_later() -> None:
    """What it shows at first is what was, and what had to be: the write moved somebody all the same."""

    def story(number: Number) -> None:
        for _ in range(3):
            number.create()
        time.sleep(_MORE_THAN_THE_LAG)
        number.read()
        number.attach(number.operator("first"))

    found = clauses(played("again-moves-to-the-end", story, "lagging").judge)
    assert found == {"READ-YOUR-WRITES", "REATTACH-NOOP"}


def test_who_only_tells_otherwise_may_move_people_as_well() -> None:
    """One page said that an answer was wrong, and the next that a write was."""

    def story(number: Number) -> None:
        with_a_gap(number)
        for _ in range(4):
            number.update(recording=True)
        number.attach(number.operator("first"))

    faults = "write-counts-from-one again-moves-to-the-end"
    assert clauses(played(faults, story).judge) == {"PAYLOAD-SAME-AS-GET", "REATTACH-NOOP"}


def test_a_page_that_shows_what_was_may_show_too_much_besides() -> None:
    """Who is available to a project's key has nothing to do with how old a page is."""

    def story(number: Number) -> None:
        late, other = number.scene.post_operator(), number.scene.other
        other.read()
        other.create()
        other.create()
        other.read()
        other.attach(late)
        other.read()
        number.scene.list_operators("project")
        number.read("project")

    found = clauses(played("page-cached-until-a-removal everybody-available-to-a-project", story).judge)
    assert found == {"ATTACH-STANDS", "SCOPE-AVAILABLE"}


def test_who_was_a_projects_by_where_they_stood_is_not_available_to_it_after() -> None:
    """Somebody of no project, taken off its number."""

    def story(number: Number) -> None:
        other = number.scene.other
        number.read("project")
        other.create()
        number.read()
        number.read("project")
        other.remove(other.ours[0])
        number.read("project")

    assert clauses(played("", story, "linked-by-assignments").judge) == set()


@pytest.mark.parametrize(
    ("fault", "found"),
    [("readers-see-nobody-attached", {"PERMISSION-READS"}), ("created-not-saved-on-the-list", {"ATTACH-STANDS"})],
)
def test_what_one_key_is_shown_is_told_from_what_is_there(fault: str, found: set[str]) -> None:
    """The account's key is asked: the next attachments go by what it is shown."""

    def story(number: Number) -> None:
        number.read()
        number.create()
        number.read("read_only")
        number.create()

    assert clauses(played(fault, story).judge) == found


def test_a_page_that_is_none_is_asked_for_once() -> None:
    """An inactive number has none: what the answer shows stands."""

    def story(number: Number) -> None:
        for _ in range(3):
            number.create()
        number.update(active=False)
        number.attach(number.operator("first"))
        for _ in range(3):
            number.attach(number.scene.nobody)

    run = played("again-moves-to-the-end inactive-number-has-no-page", story)
    assert "REATTACH-NOOP" in clauses(run.judge)
    methods = [each.request.method for each in run.client.conversation]
    again = run.judge.findings[0].exchange
    assert methods[again : again + 5] == ["GET", "GET", "POST", "POST", "POST"]  # a 404 is looked at twice
