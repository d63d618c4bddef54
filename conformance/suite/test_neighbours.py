"""Operators and numbers that are switched off or updated, and who is attached then."""

from __future__ import annotations

from http import HTTPStatus

from conformance.strategies.phone_numbers import in_form
from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene


@exercises("OPERATOR-CREATE-ANSWERS", "OPERATOR-PAGE-ANSWERS")
def test_an_operator_with_an_address(scene: Scene) -> None:
    """Made with an e-mail address and a phone number in another form, and attached: the page shows both."""
    operator = scene.post_operator(email="nobody@example.com", phone_form="parentheses")
    scene.main.attach(operator)
    scene.read_operator(operator)


@exercises("OPERATOR-UPDATE-ANSWERS", "OPERATOR-UPDATE-TAKES")
def test_an_operator_is_updated(scene: Scene) -> None:
    """Renamed, switched off, the address cleared, a phone number in another form; the places stand."""
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


@exercises("REMOVE-KEEPS-OPERATOR", profiles=THOROUGH)
def test_a_removed_operator_stays_on_the_account(scene: Scene) -> None:
    """Only the assignment goes: the record, the other numbers and the list stand."""
    number = scene.main
    operator = number.operator("middle")
    number.remove(operator)
    scene.list_operators()
    scene.read_operator(operator)
