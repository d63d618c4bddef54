"""Requests that Schemathesis generates from specs/openapi.yaml, right and wrong; the oracle judges the answers."""

from __future__ import annotations

from conformance.strategies.generated import Substitutes, generated, operations
from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene
from conformance.target.stops import OutOfBudget

_AROUND, _EACH = 2, 3  # requests: an operator taken off before and a read after; one that makes or attaches, and undone


@exercises("ROBUST-NO-SERVER-ERROR")
def test_requests_generated_for_the_endpoint(scene: Scene) -> None:
    """Wrong types, boundaries, missing fields: at most 25 in standard."""
    _play(scene, "addOperator", scene.count(2, 150))


@exercises("ROBUST-NO-SERVER-ERROR", profiles=THOROUGH)
def test_requests_generated_for_the_neighbours(scene: Scene) -> None:
    """Every other call, on the run's own numbers and operators."""
    for operation in operations():
        if operation != "addOperator":
            _play(scene, operation, scene.count(0, 15))


def _play(scene: Scene, operation: str, count: int) -> None:
    fitting = min(count, (scene.client.left - _AROUND) // _EACH)
    if count and fitting < 1:
        raise OutOfBudget("generated requests want more requests than are left")
    substitutes = Substitutes(scene.main.id, _somebody(scene), scene.nobody, scene.phone)
    for request in filter(scene.client.may_send, generated(operation, fitting, scene.seed, substitutes)):
        scene.client.send(request)
        if substitutes.operator in scene.main.ids:
            scene.main.remove(substitutes.operator)
    scene.main.read()


def _somebody(scene: Scene) -> int:
    """Return who is not on the list, with the phone number of somebody on it if there is one: a removal tells most."""
    known = {each: scene.world.operator(each).record for each in (*scene.ours, *scene.main.ours)}
    listed = {known[each].get("phone_number") for each in scene.main.ours}  # also who is deleted, and still listed
    off = (each for each in scene.ours if each not in scene.main.ids and known[each].get("active") is not False)
    twins = [each for each in off if known[each].get("phone_number") in listed]
    return twins[0] if twins else scene.operator_off(scene.main)
