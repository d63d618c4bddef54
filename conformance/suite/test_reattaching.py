"""Attaching somebody who is attached already changes nothing."""

from __future__ import annotations

import pytest

from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene


@exercises("REATTACH-ANSWERS", "REATTACH-NOOP", profiles=THOROUGH)
def test_attaching_again(scene: Scene) -> None:
    """Whoever is on the list keeps the place, however often they are attached again."""
    for position in ("middle", "last"):
        operator = scene.main.operator(position)
        for _ in range(3):
            scene.main.attach(operator)


@exercises("REATTACH-NOOP", "PRECEDENCE-WINS")
def test_attaching_the_last_again(scene: Scene) -> None:
    """An empty phone number and no name beside the id of somebody attached are none, or lose: nothing changes."""
    scene.main.attach(scene.main.operator("last"), phone_number="", name=None)


@exercises("REATTACH-NOOP", "PRECEDENCE-NAME-BESIDE")
def test_an_id_and_a_name(scene: Scene) -> None:
    """The name beside the id of somebody attached renames nobody."""
    for position in ("first", "last")[: scene.count(1, 2)]:
        scene.main.attach(scene.main.operator(position), name=scene.name())


@exercises("REATTACH-NOOP", "PRECEDENCE-WINS", "PRECEDENCE-CREATES-NOBODY", "PRECEDENCE-KEEPS-RECORD")
def test_attaching_again_with_a_phone_and_a_name(scene: Scene) -> None:
    """What stands beside the id of somebody attached makes nobody and changes nobody."""
    number = scene.main
    number.attach(number.operator("middle"), phone_number=scene.phone(), name=scene.name())


@exercises("REMOVE-ANSWERS", "REMOVE-TAKES-OFF", "REATTACH-AFTER-REMOVAL")
@pytest.mark.parametrize("position", ["first", "middle"])
def test_attaching_again_after_a_removal(scene: Scene, position: str) -> None:
    """Somebody who was removed comes back at the end, and is attached again without a change."""
    begun_by_the_run = position == "first" and len(scene.other.ours) > 1
    number = scene.other if begun_by_the_run else scene.main
    operator = number.operator(position)
    number.remove(operator, in_body=position == "middle")
    if position == "first" or scene.profile == "thorough":
        number.read()
    for other in [each for each in scene.ours if each not in (*number.ids, operator)][-1:]:
        known = scene.world.operator(operator).record.get("phone_number")
        beside = {"phone_number": known} if known and position == "first" else {"name": scene.name()}
        number.attach(other, **beside)  # nor is a gap that somebody left filled by the next one
    number.attach(operator)
    if position == "first" or scene.profile == "thorough":
        number.attach(operator)


@exercises("REMOVE-TAKES-OFF", "REMOVE-NOT-ATTACHED", "REMOVE-KEEPS-OPERATOR", "PRECEDENCE-WINS")
def test_removing_the_last_and_removing_again(scene: Scene) -> None:
    """Removing somebody who is not attached is 404; back at the end, whatever number stands beside the id."""
    number = scene.main
    operator = number.operator("last")
    number.remove(operator)
    number.remove(operator)
    scene.list_operators()
    scene.read_operator(operator)
    number.attach(operator, phone_number="+0")
    scene.read_operator(operator)


@exercises("REATTACH-NOOP", profiles=THOROUGH)
def test_everybody_is_attached_again(scene: Scene) -> None:
    """One no-op for each of the run's operators, from the end, on the shorter list."""
    number = scene.other
    number.operator("first")
    for operator in reversed(number.ours[: scene.count(2, 10)]):
        number.attach(operator)
    number.read()
