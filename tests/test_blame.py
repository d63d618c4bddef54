"""Who is blamed for somebody on a list that nobody put there: a removal that did not last, or an attempt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from conformance.contract.clauses import load_contract
from conformance.mock.server import MockServer
from conformance.oracle import learning
from conformance.oracle.differences import show
from conformance.report import verdicts
from conformance.suite.number import Number
from conformance.suite.scene import Scene
from tests.kit import running, seven


def found_after_a_removal(fault: str) -> set[str]:
    """Take the first off, refer to them by a key that nobody has, read; return the clauses that were found violated."""
    with MockServer(faults=(fault,)) as server, running(server) as run:
        number = seven(run.scene)
        number.create()
        number.create()
        number.read()
        operator = number.operator("first")
        number.remove(operator)
        number.attach(operator, actor="unknown")
        number.read()
        run.judge.finish()
        return {finding.clause for finding in run.judge.findings}


def test_somebody_at_the_old_place_was_not_taken_off() -> None:
    """An attempt would have put them behind the others."""
    assert found_after_a_removal("page-cached-until-an-attachment") == {"REMOVE-TAKES-OFF"}


def test_somebody_at_the_end_was_attached_by_an_attempt() -> None:
    """It was refused, and done all the same."""
    assert found_after_a_removal("attached-without-a-key") == {"AUTH-CHANGES-NOTHING"}


def test_a_page_that_does_not_show_a_removal_is_blamed_on_it_alone() -> None:
    """The whole page is as it was: nobody came back, nobody moved."""
    with MockServer(["renumbering"], faults=("page-cached-until-an-attachment",)) as server, running(server) as run:
        number = seven(run.scene)
        for _ in range(3):
            number.create()
        number.read()
        number.remove(number.operator("first"))
        number.read()
        run.judge.finish()
        assert {finding.clause for finding in run.judge.findings} == {"REMOVE-TAKES-OFF"}


def test_whoever_is_gone_when_they_are_to_be_deleted_went_with_the_other_deleted() -> None:
    """Namesakes go together: the second deletion finds nobody."""
    with MockServer(faults=("deletion-takes-namesakes",)) as server, running(server) as run:
        number = seven(run.scene)
        first, second = number.create(name="Same Name"), number.create(name="Same Name")
        run.scene.delete_operator(first)
        run.scene.delete_operator(second)
        number.read()
        run.judge.finish()
        assert {finding.clause for finding in run.judge.findings} == {"OPERATOR-DELETE-TAKES"}


def found_by(fault: str, story: Callable[[Scene, Number], None]) -> set[str]:
    """Play a story on number 7; return the clauses that were found violated."""
    with MockServer(faults=(fault,)) as server, running(server) as run:
        number = seven(run.scene)
        number.read()
        story(run.scene, number)
        run.judge.finish()
        return {finding.clause for finding in run.judge.findings}


def test_whoever_a_removal_deleted_is_missed_by_that_clause_alone() -> None:
    """On a project's list, by an attachment, on their own page, in an update, and by requests that overlap."""

    def story(scene: Scene, number: Number) -> None:
        first = number.create(actor="project")
        second, third, fourth = number.create(), number.create(), number.create()
        for operator in (first, second, third, fourth):
            number.remove(operator)
        scene.list_operators("project")
        number.attach(second)
        scene.together([number.adding({"operator_id": each}) for each in (third, fourth)])
        scene.read_operator(third)
        scene.update_operator(fourth, name=scene.name())

    assert found_by("removal-deletes", story) == {"REMOVE-KEEPS-OPERATOR"}


def test_attachments_that_do_not_last_are_not_blamed_on_refusals_between() -> None:
    """Once it was seen that nothing else came between, nothing else is blamed where it did."""

    def story(scene: Scene, number: Number) -> None:
        people = [scene.post_operator() for _ in range(3)]
        number.attach(people[0])
        number.read()
        number.attach(people[1])
        number.post({"name": scene.name()})
        number.read()
        number.attach(people[2])
        number.remove(people[2])

    assert found_by("attachment-not-saved", story) == {"ATTACH-STANDS"}


def test_an_update_without_an_answer_is_not_missed_where_it_took() -> None:
    """What it changed is not known until the number is read."""

    def story(_: Scene, number: Number) -> None:
        number.update(routing_strategy="round_robin", recording=False)
        number.read()
        number.update(routing_strategy="priority")
        number.read()

    assert found_by("update-is-204", story) == {"UPDATE-NUMBER-ANSWERS"}


def test_an_update_that_was_listed_since_took() -> None:
    """What a number's list shows of the time before is that list's own fault."""

    def story(scene: Scene, number: Number) -> None:
        operator = number.create()
        scene.update_operator(operator, name=scene.name())
        scene.list_operators()
        number.create()

    assert "PAYLOAD-OPERATOR-RECORD" in found_by("names-kept-at-attaching", story)


def test_a_phone_number_refused_beside_an_id_is_no_limit() -> None:
    """Shorter lists took somebody beside a good number, longer ones somebody without: the number was the reason."""

    def story(scene: Scene, number: Number) -> None:
        first, last = scene.post_operator(), scene.post_operator()
        number.attach(first, phone_number=scene.phone())
        for _ in range(10):
            number.attach(scene.post_operator())
        number.attach(last, phone_number="+0")
        number.create()
        number.create()

    assert found_by("phone-validated-beside-an-id", story) == {"PRECEDENCE-WINS"}


def test_an_update_that_shows_the_removed_in_their_place_did_not_bring_them_back() -> None:
    """The removal did not last."""

    def story(_: Scene, number: Number) -> None:
        number.create()
        number.create()
        number.remove(number.operator("first"))
        number.update(recording=False)

    assert found_by("removal-not-stored", story) == {"REMOVE-TAKES-OFF"}


def test_somebody_put_where_a_key_may_not_is_the_refusals_and_not_late() -> None:
    """Nothing ever put them there: no read that lags shows it, and no second look is needed."""

    def story(scene: Scene, number: Number) -> None:
        operator = number.create(actor="project")
        foreign = Number(scene, scene.foreign_numbers[0])
        foreign.attach(operator, actor="project")
        scene.update_operator(operator, name=scene.name())
        scene.read_operator(operator)

    assert found_by("foreign-number-attached-anyway", story) == {"SCOPE-CHANGES-NOTHING"}


def test_whoever_was_never_there_is_missed_by_the_clause_of_their_making_alone() -> None:
    """On both lists, by another number, and when they are to be deleted."""

    def story(scene: Scene, number: Number) -> None:
        first, second, third = number.create(), number.create(), number.create(actor="project")
        scene.list_operators()
        scene.list_operators("project")
        Number(scene, 15).attach(first)
        number.remove(second)
        scene.list_operators()
        scene.delete_operator(third)

    assert found_by("made-and-hidden", story) == {"CREATE-MAKES-ONE"}


def test_an_attribute_is_judged_by_writes_that_could_have_changed_it() -> None:
    """Attachments to a number that is switched off already say nothing of what they do to one that is on."""

    def story(scene: Scene, number: Number) -> None:
        for _ in range(6):
            number.attach(scene.post_operator())
        spare = Number(scene, 15)
        spare.post({"name": scene.name()})
        spare.attach(number.operator("last"))
        spare.read()

    assert found_by("receptionist-switched-off", story) == {"EFFECTS-NUMBER-ATTRIBUTES"}


def test_an_update_that_is_not_stored_is_missed_by_its_own_clause_alone() -> None:
    """The attachment that is the first to show it did not change it back."""

    def story(_: Scene, number: Number) -> None:
        number.update(routing_strategy="simultaneous")
        number.read()
        number.update(routing_strategy="round_robin")
        number.create()

    assert found_by("update-shown-and-not-stored", story) == {"UPDATE-NUMBER-TAKES"}


def test_whoever_a_project_does_not_have_was_not_to_be_shown_before() -> None:
    """Its own list, read since, lacks them: what shows them no more is right."""

    def story(scene: Scene, number: Number) -> None:
        scene.list_operators("project")
        operator = number.create(actor="project")
        scene.post_operator()
        number.remove(operator, actor="project")
        scene.list_operators("project")
        number.attach(operator, actor="project")

    assert found_by("removal-shows-everybody-to-a-project", story) == {"SCOPE-AVAILABLE"}


def test_whoever_was_not_deleted_has_a_page_too() -> None:
    """It is the deletion that failed, once."""

    def story(scene: Scene, number: Number) -> None:
        operator = number.create()
        scene.delete_operator(operator)
        number.read()
        scene.read_operator(operator)

    assert found_by("attached-one-only-switched-off", story) == {"OPERATOR-DELETE-TAKES"}


def test_a_record_that_is_as_sent_elsewhere_was_shown_wrong_at_first() -> None:
    """Nobody changed it since."""

    def story(scene: Scene, number: Number) -> None:
        number.create()
        number.create()
        scene.list_operators()

    assert found_by("phone-of-the-line", story) == {"PHONE-STORED"}


def test_odd_json_that_does_nothing_breaks_its_own_row() -> None:
    """200 and nobody made is no reading of text that is not UTF-8."""

    def story(scene: Scene, number: Number) -> None:
        number.post(json.dumps({"phone_number": scene.phone(), "name": "?"}).encode().replace(b"?", b"Bad \xff\xfe"))

    assert found_by("malformed-json-is-200", story) == {"JSON-ODDITIES"}


def test_who_stands_there_is_not_known_after_an_answer_from_before() -> None:
    """Nobody came from nowhere: the answers are late by one."""

    def story(scene: Scene, number: Number) -> None:
        for _ in range(3):
            number.attach(scene.post_operator())
        number.read()

    assert found_by("answer-from-before", story) == {"ATTACH-LISTED"}


def test_whoever_is_listed_twice_stands_there_once() -> None:
    """The next answer moves nobody, and the attachment tells it."""

    def story(scene: Scene, number: Number) -> None:
        for _ in range(2):
            number.attach(scene.post_operator())
        number.read()
        number.attach(number.operator("first"))

    assert found_by("listed-twice-in-the-answer", story) == {"ATTACH-LISTED"}


def test_a_refusal_that_overlapping_made_is_told_beside_what_is_wrong_alone() -> None:
    """That a project's key finds nobody is one matter; that it is refused beside another request, a second."""
    faults = ("project-key-attaches-the-idle-only", "overlap-is-409")
    with MockServer(faults=faults) as server, running(server) as run:
        number, scene = seven(run.scene), run.scene
        busy, *idle = (scene.post_operator("project") for _ in range(3))
        number.attach(busy, actor="project")
        scene.list_numbers("project")
        scene.list_operators("project")
        number.attach(busy, actor="project")
        scene.together([number.adding({"operator_id": each}, actor="project") for each in idle])
        run.judge.finish()
        assert {each.clause for each in run.judge.findings} == {"SCOPE-PROJECT-ATTACH", "CONCURRENT-ANSWERS"}


def test_one_operator_alone_is_listed_once_too() -> None:
    """Whoever has a row for each number stands twice on a list of their own."""
    with MockServer(faults=("who-is-at-several-numbers-is-listed-as-often",)) as server, running(server) as run:
        operator = run.scene.post_operator()
        seven(run.scene).attach(operator)
        Number(run.scene, 15).attach(operator)
        Number(run.scene, 15).read()
        run.judge.finish()
        told = {(finding.clause, finding.difference.message) for finding in run.judge.findings}
        assert ("ORDER-DISTINCT", f"operator {operator} is listed 2 times") in told


def test_a_number_that_is_free_again_blames_no_name() -> None:
    """It was refused while somebody had it, and goes through with another name when they are deleted."""
    with MockServer(["phone-of-existing-refused"]) as server, running(server) as run:
        number, phone = seven(run.scene), server.phone_numbers[0]
        number.post({"phone_number": phone, "name": run.scene.name()})
        number.post({"phone_number": phone, "name": run.scene.name()})
        run.scene.delete_operator(number.newest)
        for _ in range(3):
            number.create()  # a list, or an account, with more room than then is no reason
        number.post({"phone_number": phone, "name": run.scene.name()})
        run.judge.finish()
        assert run.judge.findings == []


def test_an_assignment_is_remembered_however_many_writes_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project may have whoever stands at its numbers; the write that put them there is forgotten before it tells."""
    monkeypatch.setattr(learning, "_WRITES_KEPT", 5)
    with MockServer(["linked-by-assignments"]) as server, running(server) as run:
        seven(run.scene).attach(run.scene.post_operator())
        somebody = {"name": run.scene.name(), "phone_number": run.scene.phone()}
        for _ in range(10):
            run.scene.send("POST", "/operators", somebody, actor="anonymous")
        run.scene.list_operators("project")
        run.judge.finish()
        assert run.judge.findings == []


def of_a_stale_page() -> tuple[dict[str, Any], int]:
    """Return the finding of a page that shows who was removed, and how many requests there were."""
    with MockServer(faults=("page-cached-until-an-attachment",)) as server, running(server) as run:
        number = seven(run.scene)
        number.create()
        number.read()
        number.remove(number.newest)
        number.read()
        run.judge.finish()
        said = run.client.conversation
        told = verdicts.clause_results(load_contract(), run.judge, said, run.judge.world.setting, verdicts.Facts())
    (finding,) = next(each["findings"] for each in told if each["id"] == "REMOVE-TAKES-OFF")
    return finding, len(said)


def test_what_cannot_be_shortened_is_told_at_length_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finding stands; that the suite has a bug is said beside it."""

    def fails(*_: object) -> NoReturn:
        raise IndexError("no such exchange")

    monkeypatch.setattr(verdicts, "shortest", fails)
    finding, _ = of_a_stale_page()
    assert finding["message"].endswith("(not shortened, a bug of the suite: IndexError: no such exchange)")
    assert finding["conversation"]


def test_what_is_too_long_to_read_is_told_by_what_it_is_held_against(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation that was not cut down in time is not printed whole."""
    monkeypatch.setattr(verdicts, "shortest", lambda conversation, *_: (tuple(conversation) * 40, False))
    finding, sent = of_a_stale_page()
    assert not finding["is_shortest"]
    assert 0 < len(finding["conversation"]) <= sent


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "nobody"), (3, "0 1 2"), (40, "0 1 2 3 4 5 6 7 (28 more) 36 37 38 39")]
)
def test_a_long_list_is_shown_by_its_ends(count: int, shown: str) -> None:
    """Who was attached last stands at the end."""
    assert show(tuple(range(count))) == shown
