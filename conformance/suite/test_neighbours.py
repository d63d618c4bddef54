"""Operators and numbers that are switched off or updated, and who is attached then."""

from __future__ import annotations

from http import HTTPStatus

from conformance.strategies.names import TELLING
from conformance.strategies.phone_numbers import in_form
from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene


@exercises("OPERATOR-UPDATE-ANSWERS", "OPERATOR-UPDATE-TAKES")
def test_an_operator_is_updated(scene: Scene) -> None:
    """Renamed and switched off, given another phone number, switched on; another by the project's key; all stand."""
    number = scene.main
    first = number.operator("first")  # of those that the list of numbers shows
    scene.update_operator(first, name=f"Zz {TELLING[0]}", email="somebody@example.com", active=False)
    phone = scene.phone()
    dashed = scene.update_operator(first, phone_number=in_form(phone, "dashed"))
    if dashed.status == HTTPStatus.UNPROCESSABLE_ENTITY:  # else no update that leaves active out went through
        plain = scene.update_operator(first, phone_number=phone)
        if plain.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            number.post({"phone_number": phone, "name": scene.name()})  # was it the number?
    scene.update_operator(first, phone_number="+0", name=scene.name())  # refused, it changes nothing
    if scene.profile == "thorough":
        scene.list_operators()
    if number.of_project:
        renamed = {"name": f"Zuzana {scene.mark}", "email": None, "active": False}
        scene.update_operator(number.of_project[-1], "project", **renamed)
        scene.update_operator(first, active=True)
    else:
        scene.update_operator(first, name=TELLING[0], email=None, active=True)


@exercises("OPERATOR-CREATE-ANSWERS", "ATTACH-INACTIVE-OPERATOR")
def test_an_operator_with_an_address(scene: Scene) -> None:
    """Made with an e-mail address and a phone number in another form: the page shows both, and no number yet."""
    operator = scene.post_operator(
        email="nobody@example.com",
        active=False,
        phone_form="parentheses",
        name=f"Zoë <b>O'Neil</b> & Weiß {scene.mark}",
    )
    scene.read_operator(operator)
    scene.send("POST", "/operators", {"name": scene.name(), "phone_number": "+0"})  # refused, it makes nobody
    scene.main.attach(operator)


@exercises("OPERATOR-CREATE-ANSWERS", profiles=THOROUGH)
def test_an_operator_who_is_inactive_from_the_start(scene: Scene) -> None:
    """Made, without an address, whose form might be refused; else the same phone number tells whether it was that."""
    person = {"name": scene.name(), "phone_number": scene.phone()}
    inactive = scene.send("POST", "/operators", {**person, "active": False})
    if inactive.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        scene.send("POST", "/operators", person)


@exercises("REATTACH-NOOP")
def test_an_inactive_operator(scene: Scene) -> None:
    """Attached, or refused, and attached again; the activity stays as it was."""
    inactive = [each for each in scene.main.ours if scene.world.operator(each).record.get("active") is False]
    if not inactive or scene.profile == "thorough":
        inactive = [scene.post_operator(active=False)]
        scene.main.attach(inactive[-1])
    scene.main.attach(inactive[-1])
    if scene.profile == "thorough":
        scene.main.read()


@exercises("REMOVE-KEEPS-OPERATOR", profiles=THOROUGH)
def test_a_removed_operator_stays_on_the_account(scene: Scene) -> None:
    """Only the assignment goes: the record, the other numbers and the list stand."""
    number = scene.main
    operator = number.operator("middle")
    number.remove(operator)
    scene.list_operators()
    scene.read_operator(operator)
