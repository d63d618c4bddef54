"""The worlds that overlapping requests can lead to: every order that their answers and times allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.oracle import calls
from conformance.oracle.step import OK, Step

MOST_REQUESTS = 8
Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What one request of a round does to a number's list, by its answer.

    Args:
        adds: the operator that it puts at the end, unless it is there.
        removes: the operator that it takes off.
        was_there: for a removal, whether the answer says that it was there; None where no answer came.
        started, ended: seconds; an action is over before another begins only where its end is before that start.
    """

    adds: int | None
    removes: int | None
    was_there: bool | None
    started: float
    ended: float

    def on(self, order: Order) -> list[Order]:
        """Return the lists that this action can make of a list; none where the answer forbids it."""
        if self.adds is not None:
            return [order if self.adds in order else (*order, self.adds)]
        if self.removes is None:
            return [order]
        if self.was_there is not None and (self.removes in order) is not self.was_there:
            return []
        return [tuple(each for each in order if each != self.removes)]


def actions_on(number: int, steps: Sequence[Step]) -> list[Action] | None:
    """Read a round's requests on one number as actions; None where some request is not one of these."""
    found: list[Action] = []
    made: dict[str, list[int]] = {}
    for step in steps:
        if step.adds and step.number_id == number and step.detail is not None:
            for operator, entry in step.detail.operators.items():
                phone = entry.get("phone_number")
                if isinstance(phone, str) and not step.before.operator(operator).exists:
                    ids = made.setdefault(phone, [])
                    if operator not in ids:
                        ids.append(operator)
    taken: dict[str, int] = {}
    for step in steps:
        if step.number_id != number or step.reads:
            continue
        action = _action(step, made, taken)
        if action is None:
            return None
        found.append(action)
    return found


def _action(step: Step, made: dict[str, list[int]], taken: dict[str, int]) -> Action | None:
    times = (step.exchange.started, step.exchange.ended)
    if step.call.operation == calls.REMOVE:
        if step.operator_id is None or (not step.succeeded and step.answered.status != 404):  # noqa: PLR2004 - not attached
            return None
        return Action(None, step.operator_id, step.succeeded, *times)
    if not step.adds:
        return None
    if not step.succeeded:
        return Action(None, None, None, *times)
    if isinstance(step.fields.get("operator_id"), int):
        return Action(step.fields["operator_id"], None, None, *times)
    phone = str(step.fields.get("phone_number"))
    ids = sorted(made.get(phone, []))
    if not ids:
        return None
    index = min(taken.get(phone, 0), len(ids) - 1)
    taken[phone] = index + 1
    return Action(ids[index], None, None, *times)


def possible_orders(start: frozenset[Order], actions: Sequence[Action]) -> frozenset[Order] | None:
    """Return every list that some order of the actions leads to; None where there are too many actions."""
    if len(actions) > MOST_REQUESTS:
        return None
    everything = frozenset(range(len(actions)))
    reached: set[tuple[frozenset[int], Order]] = set()
    ends: set[Order] = set()
    waiting = [(everything, order) for order in start]
    while waiting:
        left, order = waiting.pop()
        if (left, order) in reached:
            continue
        reached.add((left, order))
        if not left:
            ends.add(order)
        for index in left:
            if any(actions[other].ended <= actions[index].started for other in left if other != index):
                continue
            waiting.extend((left - {index}, after) for after in actions[index].on(order))
    return frozenset(ends)


def refusals_allowed(step: Step) -> bool:
    """Tell whether the answer of a request of a round is one that some order allows."""
    if step.answered.is_put_off:
        return True
    if step.call.operation == calls.REMOVE:
        return step.answered.status in {OK, 404}
    if step.succeeded:
        return step.answered.status == OK
    return step.match is not None or (
        step.answered.status == 422 and "operator_id" not in step.fields  # noqa: PLR2004 - a number just taken
    )
