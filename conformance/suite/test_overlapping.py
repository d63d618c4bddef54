"""Requests that overlap: whatever order they take, all stand, once, with distinct priorities."""

from __future__ import annotations

from collections.abc import Callable

from conformance.exchange import Request
from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Number, Scene

CLAUSES = ("CONCURRENT-ANSWERS", "CONCURRENT-ALL-STAND", "CONCURRENT-DISTINCT", "CONCURRENT-SOME-ORDER")


def _new(number: Number) -> Request:
    scene = number.scene
    return number.adding({"phone_number": scene.phone(), "name": scene.name()})


def _two_different(number: Number) -> list[Request]:
    free = [each for each in number.scene.ours if each not in number.ids]
    wanted = [number.adding({"operator_id": each}) for each in free[:2]]
    return wanted + [_new(number) for _ in range(2 - len(wanted))]


def _double_submit(number: Number) -> list[Request]:
    same = number.adding({"operator_id": number.scene.operator_off(number)})
    return [same, same]


def _made_twice(number: Number) -> list[Request]:
    same = _new(number)
    return [same, same]


def _mixed(number: Number) -> list[Request]:
    """An addition, a new one, a re-attachment and a removal."""
    return [
        number.adding({"operator_id": number.scene.operator_off(number)}),
        _new(number),
        number.adding({"operator_id": number.operator("first")}),
        number.removing(number.operator("last")),
    ]


def _many_new(number: Number) -> list[Request]:
    return [_new(number) for _ in range(8)]


ROUNDS: tuple[Callable[[Number], list[Request]], ...] = (
    _two_different,
    _double_submit,
    _mixed,
    _made_twice,
    _many_new,
    _two_different,
    _double_submit,
)


@exercises(*CLAUSES)
def test_requests_that_overlap(scene: Scene) -> None:
    """Rounds of two to eight, each read back."""
    number = scene.other if len(scene.client.target.virtual_numbers) > 1 else scene.main
    if scene.world.number(number.id).places is None:
        number.read()
    for make in ROUNDS[: scene.count(3, 7)] * scene.count(1, 6):
        requests = make(number)
        scene.together(requests)
        number.read()
    if scene.profile == "thorough":
        scene.list_operators()


@exercises("CONCURRENT-ONCE", profiles=THOROUGH)
def test_the_account_after_overlapping_requests(scene: Scene) -> None:
    """The operator list holds whom the overlapping requests made, and nobody else."""
    number = scene.main
    number.read()
    scene.together(_double_submit(number))
    number.read()
    scene.list_operators()
