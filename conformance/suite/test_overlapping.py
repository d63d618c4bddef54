"""Requests that overlap: whatever order they take, all stand, once, with distinct priorities."""

from __future__ import annotations

from collections.abc import Callable

from conformance.exchange import Request
from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.number import Number
from conformance.suite.scene import Scene

CLAUSES = ("CONCURRENT-ANSWERS", "CONCURRENT-ALL-STAND", "CONCURRENT-DISTINCT", "CONCURRENT-SOME-ORDER")

_APART = 0.006  # seconds: who adds reads the list, is overtaken by a removal, and that by another who adds
_FEWEST = 2  # on the list: one to remove, another to attach again


def _new(number: Number, actor: str = "account") -> Request:
    scene = number.scene
    person = {"phone_number": scene.phones.next_of_another_calling_code(), "name": scene.name()}
    return number.adding(person, actor=actor)


def _of_project(number: Number) -> str:
    """Return who may write to a number beside the account's key: a lock for each key is none for the number."""
    listing = number.scene.world.number_lists.get("project")
    return "project" if listing and number.id in listing.ids else "account"


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


def _submitted_twice_while_others_come(number: Number) -> list[Request]:
    """Two new ones, one reference sent twice, and an update to what is there, which takes back nothing."""
    update = [number.updating(**number.settings)] if number.settings else []
    return [_new(number), _new(number, _of_project(number)), *_double_submit(number), *update]


def _of_another_key(scene: Scene) -> list[Request]:
    """Return a request that has to be refused whatever overlaps it: whose key it carries decides."""
    foreign = scene.foreign_numbers[:1]
    if not scene.can_speak("project"):
        return []
    return [scene.request("GET", f"/virtual_numbers/{each}", actor="project") for each in foreign]


def _removed_twice_while_others_come(number: Number) -> list[Request]:
    """One removal sent twice, after an addition and before another, and a project's key asks for what is not its own.

    They are named by their ids: which of them stands where is a race, and the same seed sends the same requests.
    """
    own = sorted(number.ours)
    if len(own) < _FEWEST:
        return _double_submit(number)
    removal = number.removing(own[len(own) // 2])
    first, last = _two_different(number)
    return [*_of_another_key(number.scene), first, removal, removal, last, *_at_another_number(number)]


def _at_another_number(number: Number) -> list[Request]:
    """Return an attachment elsewhere, whose answer is of that number whatever overlaps it."""
    main = number.scene.main
    free = [each for each in number.scene.ours if each not in main.ids]
    both = [each for each in free if each not in number.ids]  # the same one comes to this number too
    chosen = [*both, *free, *sorted(main.ours)][:1]
    return [main.adding({"operator_id": each}) for each in chosen if main.id != number.id]


def _updated_while_others_come(number: Number) -> list[Request]:
    """Two updates of different fields, and two attachments: what one writes, no other takes back."""
    known = number.scene.world.number(number.id).attributes
    recording = number.updating(recording=not known.get("recording"))
    return [recording, *_two_different(number), number.updating(routing_strategy=number.other_strategies[0])]


def _many_new(number: Number) -> list[Request]:
    return [_new(number) for _ in range(8)]


ROUNDS: tuple[Callable[[Number], list[Request]], ...] = (
    _submitted_twice_while_others_come,
    _removed_twice_while_others_come,
    _two_different,
    _made_twice,
    _many_new,
    _double_submit,
    _updated_while_others_come,
)


@exercises(*CLAUSES)
def test_requests_that_overlap(scene: Scene) -> None:
    """Rounds of two to eight, each read back."""
    number = scene.spare
    if scene.world.number(number.id).places is None:
        number.read()
    for make in ROUNDS[: scene.count(2, len(ROUNDS))] * scene.count(1, 6):
        apart = _APART if make is _removed_twice_while_others_come else 0.0
        scene.together(make(number), apart)
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
