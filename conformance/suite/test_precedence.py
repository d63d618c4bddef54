"""operator_id wins over phone_number, in whatever order and company they come."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene


@exercises("PRECEDENCE-WINS", "PRECEDENCE-CREATES-NOBODY", "PRECEDENCE-KEEPS-RECORD")
def test_both_fields_attach_the_operator(scene: Scene) -> None:
    """The same outcome as operator_id alone, though phone_number stands first in the text."""
    _attach_by_both(scene, "phone_number")


@exercises("PRECEDENCE-WINS", "PRECEDENCE-CREATES-NOBODY", "PRECEDENCE-KEEPS-RECORD", profiles=THOROUGH)
@pytest.mark.parametrize("first", ["operator_id", "name"])
def test_both_fields_in_another_order(scene: Scene, first: str) -> None:
    """Nor does it matter that another field stands first."""
    _attach_by_both(scene, first)


def _attach_by_both(scene: Scene, first: str) -> None:
    number = scene.main
    operator = scene.operator_off(number)
    fields = {"operator_id": operator, "phone_number": scene.phone(), "name": scene.name()}
    ordered = {first: fields.pop(first), **fields}
    number.post(json.dumps(ordered).encode())
    number.remove(operator)


@exercises("PRECEDENCE-WINS", "PRECEDENCE-CREATES-NOBODY", profiles=THOROUGH)
def test_a_phone_number_of_somebody_else_beside_an_id(scene: Scene) -> None:
    """The id wins over the number of another operator, and over one that is invalid."""
    number = scene.main
    operator = scene.operator_off(number)
    owner = scene.world.operator(number.operator("first")).record["phone_number"]
    for phone in ("+0", owner):
        number.attach(operator, phone_number=phone)
        number.remove(operator)


@exercises("PRECEDENCE-UNRESOLVED", "NOT-FOUND-CHANGES-NOTHING", "PRECEDENCE-CREATES-NOBODY")
def test_an_unresolved_id_beside_a_good_phone_number(scene: Scene) -> None:
    """404, nobody made and nobody found by the number: shape B is no way out."""
    number = scene.main
    known = scene.world.operator(scene.operator_off(number)).record.get("phone_number")
    for phone in (known or scene.phone(), *(scene.phone() for _ in range(scene.count(0, 2)))):
        number.post({"phone_number": phone, "operator_id": scene.nobody})
        if scene.profile == "thorough":
            number.attach(scene.nobody, phone_number=scene.phone(), name=scene.name())
    number.read()


@exercises("PRECEDENCE-BLANK-ID")
def test_a_blank_id_beside_a_good_phone_number(scene: Scene) -> None:
    """Absent, or an error: which of both is observed."""
    for text in ("null", "false", "0", '""', "[]")[: scene.count(1, 5)]:
        beside = json.dumps({"phone_number": scene.phones.next_of_another_calling_code(), "name": scene.name()})
        scene.main.post_text(text, ", " + beside[1:-1])


@exercises("PRECEDENCE-PHONE-OF-OTHER-TYPE")
def test_an_id_beside_a_phone_number_that_is_no_text(scene: Scene) -> None:
    """It wins, or the request is refused; nobody is made either way."""
    number = scene.main
    operator = scene.operator_off(number)
    values: tuple[Any, ...] = (5, None, ["+12025550123"], {})
    for value in values[: scene.count(1, 4)]:
        number.attach(operator, phone_number=value)
        if operator in number.ids:
            number.remove(operator)
    if scene.profile == "thorough":
        number.read()
