"""Priority ordering as a state machine: a plan is drawn by Hypothesis, then played on the live state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.number import Number
from conformance.suite.scene import Scene

MOVES = ("attach", "create", "attach again", "remove", "refused", "remove", "attach", "update", "read")

REMOVED, AFTER_A_REMOVAL, FROM_THE_MIDDLE = "remove", "attach after a removal", "attach again from the middle"


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a plan: what to do, and to whom, as a share of the list's length."""

    what: str
    whom: float


def plans(length: int) -> st.SearchStrategy[list[Move]]:
    """Draw plans of so many moves."""
    move = st.builds(Move, st.sampled_from(MOVES), st.floats(0, 0.999))
    return st.lists(move, min_size=length, max_size=length)


def play(number: Number, move: Move, events: set[str]) -> None:
    """Play one move on a number, for whoever stands where it points, and note what kind of sequence it makes."""
    scene, own = number.scene, number.ours
    whom = own[int(move.whom * len(own))] if own else None
    if move.what in {"attach", "create"} and REMOVED in events:
        events.add(AFTER_A_REMOVAL)
    if move.what == "attach again" and whom in own[1:-1]:
        events.add(FROM_THE_MIDDLE)
    if move.what == "remove" and whom is not None:
        events.add(REMOVED)
    plays: dict[str, Callable[[], object]] = {
        "attach": lambda: number.attach(scene.operator_off(number)),
        "create": number.create,
        "refused": lambda: number.attach(scene.nobody),
        "update": lambda: number.update(routing_strategy="round_robin" if move.whom < 0.5 else "priority"),  # noqa: PLR2004 - half
        "read": number.read,
    }
    if whom is not None:
        plays["attach again"] = lambda: number.attach(whom)
        plays["remove"] = lambda: number.remove(whom)
    plays.get(move.what, number.read)()


@exercises("ORDER-APPEND", "ORDER-STANDS", "ORDER-DISTINCT")
def test_a_sequence_of_changes(scene: Scene) -> None:
    """Whatever came before, who is attached goes to the end, and the order of the rest stands."""
    number, appended = scene.spare, scene.client.judge.exercised["ORDER-APPEND"]
    for plan in scene.draw(plans(scene.count(3, 25)), scene.count(1, 12), "plan"):
        events: set[str] = set()
        for move in plan:
            play(number, move, events)
        scene.sequences.append(frozenset(events - {REMOVED}))
    for _ in range(2):  # no plan need attach somebody for the first time, nor the first to a list that is not empty
        if scene.client.judge.exercised["ORDER-APPEND"] == appended:
            number.attach(number.newcomer())
    number.read()


@exercises("ORDER-AFTER-REMOVAL", "REATTACH-AFTER-REMOVAL", profiles=THOROUGH)
def test_attaching_after_removals(scene: Scene) -> None:
    """Two gaps, then two attachments: neither takes a place before the last."""
    number = scene.main
    first, middle = number.operator("first"), number.operator("middle")
    number.remove(first)
    number.remove(middle, in_body=True)
    number.attach(middle)
    number.attach(first)
    number.read()


@exercises("ORDER-AFTER-REMOVAL", "ATTACH-LISTED", profiles=THOROUGH)
def test_from_an_emptied_list(scene: Scene) -> None:
    """The first one takes any slot, after removals, and the rest the very next ones."""
    number = scene.other
    if number.id not in scene.undo.ledger.found or scene.undo.ledger.found[number.id].ids:
        scene.leave_out("no designated number was found empty", "empty number")
    number.update(routing_strategy="simultaneous")  # that stays, whoever leaves
    for operator in number.ours:
        number.remove(operator)
    for operator in scene.ours[: scene.count(3, 6)]:
        number.attach(operator)
    number.read()
