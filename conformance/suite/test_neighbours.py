"""The neighbours: their own rules, as far as attaching refers to them."""

from __future__ import annotations

from http import HTTPStatus

from conformance.strategies.phone_numbers import in_form
from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene

_STRATEGIES = ("round_robin", "simultaneous", "priority")


@exercises("UPDATE-NUMBER-ANSWERS", "UPDATE-NUMBER-TAKES", "UPDATE-NUMBER-KEEPS")
def test_a_number_is_updated(scene: Scene) -> None:
    """One field at a time; the others keep their values, and an attachment leaves them alone."""
    number = scene.main
    known = scene.world.number(number.id).attributes
    strategies = [each for each in _STRATEGIES if each != known.get("routing_strategy")]
    number.update(routing_strategy=strategies[0])
    number.read()
    number.read()
    number.attach(scene.operator_off(number))
    number.attach(number.operator("first"))
    number.read()
    number.update(recording=not known.get("recording"), routing_strategy=strategies[1])


@exercises("UPDATE-NUMBER-INVALID")
def test_an_unknown_strategy(scene: Scene) -> None:
    """422, and nothing changed."""
    scene.main.update(routing_strategy="alphabetical")
    if scene.profile == "thorough":
        scene.main.read()


@exercises("OPERATOR-CREATE-ANSWERS")
def test_an_operator_with_an_address(scene: Scene) -> None:
    """Made with an e-mail address and a phone number in another form, and attached; the next story reads the page."""
    scene.main.attach(scene.post_operator(email="nobody@example.com", phone_form="parentheses"))


@exercises("ATTACH-INACTIVE-NUMBER", "OPERATOR-PAGE-AGREES")
def test_an_inactive_number(scene: Scene) -> None:
    """Listed and attached to as ever, or refused; switched off and on again, it keeps what was updated before."""
    number = scene.main
    if scene.world.number(number.id).attributes.get("active") is not True:
        scene.leave_out("the number was found inactive, and stays so")
    newest = number.newest
    number.update(active=False)
    scene.list_numbers()
    scene.read_operator(newest)
    number.attach(scene.operator_off(number))
    number.update(active=True)


@exercises("OPERATOR-UPDATE-TAKES")
def test_an_operator_is_updated(scene: Scene) -> None:
    """Renamed, the address cleared, a phone number in another form; the places stand."""
    newest = scene.main.newest
    scene.update_operator(newest, name=scene.name())
    fields = {"email": None, "active": False}
    answer = scene.update_operator(newest, phone_number=in_form(scene.phone(), "dashed"), **fields)
    if answer.response is not None and answer.response.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        scene.update_operator(newest, **fields)


@exercises("ATTACH-INACTIVE-OPERATOR")
def test_an_inactive_operator(scene: Scene) -> None:
    """Attached, or refused; the activity stays as it was."""
    scene.main.attach(scene.post_operator(active=False))
    scene.main.read()


@exercises("LIST-NUMBERS-AGREES", "LIST-NUMBERS-FIRST-THREE", "OPERATORS-COUNT", "OPERATORS-HOLD")
def test_the_lists_agree(scene: Scene) -> None:
    """Counts, first operators and records, after all that happened."""
    scene.spare.read()
    scene.list_operators()
    if scene.profile == "thorough":
        scene.main.read()
    scene.list_numbers()


@exercises("REMOVE-KEEPS-OPERATOR", profiles=THOROUGH)
def test_a_removed_operator_stays_on_the_account(scene: Scene) -> None:
    """Only the assignment goes: the record, the other numbers and the list stand."""
    number = scene.main
    operator = number.operator("middle")
    number.remove(operator)
    scene.list_operators()
    scene.read_operator(operator)
