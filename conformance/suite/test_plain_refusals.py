"""The plainest of the documented refusals, told before their special cases, so that a fault of both is named once."""

from __future__ import annotations

from conformance.strategies.operator_ids import beyond_a_double
from conformance.suite.marks import exercises
from conformance.suite.number import Number
from conformance.suite.scene import Scene


@exercises("MISSING-BOTH", "MISSING-CHANGES-NOTHING")
def test_neither_field(scene: Scene) -> None:
    """No field, or a name alone: 422 with the documented text."""
    number = scene.main
    number.post({})
    number.post({"name": scene.name()})
    number.read()


@exercises("NOT-FOUND-OPERATOR")
def test_operators_that_do_not_exist(scene: Scene) -> None:
    """An id that nobody has: near, far, and where a double rounds."""
    number = scene.main
    number.attach(scene.nobody)
    number.attach(beyond_a_double(scene.operator_off(number)))
    for large in (2**32 + scene.operator_off(number), 2**63 - 1, 2**31 + 7, 2**53 + 1)[: scene.count(1, 4)]:
        number.attach(large)


@exercises("NOT-FOUND-NUMBER")
def test_numbers_that_do_not_exist(scene: Scene) -> None:
    """A virtual number that nobody has; the next story shows that nothing came of it."""
    operator = scene.operator_off(scene.main)
    unknown = f"/virtual_numbers/{scene.unknown_number()}"
    beyond_32_bits = Number(scene, 2**32 + scene.main.id).adding({"operator_id": operator})
    anywhere = Number(scene, scene.unknown_number()).adding({"operator_id": operator})
    # where the account has numbers with ids as large, it might be one of them
    scene.client.send(beyond_32_bits if scene.client.may_send(beyond_32_bits) else anywhere)
    scene.send("POST", f"{unknown}/add_operator", {"phone_number": scene.phone(), "name": scene.name()})
    scene.send("GET", unknown)
    scene.send("DELETE", f"{unknown}/remove_operator?operator_id={operator}")
