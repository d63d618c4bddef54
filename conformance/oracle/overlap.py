"""The worlds that overlapping requests can lead to: every order that their answers and times allow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.oracle import calls
from conformance.oracle.answers import Detail
from conformance.oracle.names import read_name
from conformance.oracle.step import OK, Difference, Step
from conformance.oracle.world import World

MOST_REQUESTS = 8
_MOST_ORDERS = 50_000
_CONFLICT = 409
Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """What one request of a round does to a number's list, by its answer.

    Args:
        adds: the operator that it puts at the end, unless it is there.
        removes: the operator that it takes off.
        was_there: for a removal, whether the answer says that it was there; None where it does not tell.
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


def numbers_in_doubt(writes: Sequence[Step]) -> list[int]:
    """Return the numbers that a round may have changed: one that a single, refused request names is as it was."""
    on = [(step.number_id, step) for step in writes if step.number_id is not None]
    count = Counter(number for number, _ in on)
    return sorted({number for number, step in on if step.succeeded or count[number] > 1})


def actions_on(number: int, steps: Sequence[Step], start: World) -> list[Action] | None:
    """Read a round's requests on one number as actions; None where some request is not one of these.

    Args:
        start: the world before the round, in which nobody whom it made is known.
    """
    on_number = [step for step in steps if step.number_id == number and not step.reads]
    made = _who_made_whom([step for step in on_number if _creates(step)], start)
    found = [_action(step, made.get(step.exchange.number)) for step in on_number]
    actions = [action for action in found if action is not None]
    return [_without_doubt(action, actions) for action in actions] if len(actions) == len(found) else None


def _without_doubt(action: Action, actions: Sequence[Action]) -> Action:
    """Take back what a success tells where the same removal overlaps it: both may find whom only one takes off."""
    again = any(
        other is not action and other.removes == action.removes and _overlap(other, action) for other in actions
    )
    return replace(action, was_there=None) if action.was_there and again else action


def _overlap(one: Action, other: Action) -> bool:
    return one.started < other.ended and other.started < one.ended


def _creates(step: Step) -> bool:
    return step.adds and step.succeeded and not isinstance(step.fields.get("operator_id"), int)


def _who_made_whom(creating: Sequence[Step], start: World) -> dict[int, int]:
    """Match each shape B with an operator that its own answer shows; two share one only where there is no other.

    Those whose answers show fewest choose first.
    """
    shown = {step.exchange.number: _newcomers(step, start) for step in creating}
    taken: set[int] = set()
    made: dict[int, int] = {}
    for exchange in sorted(shown, key=lambda each: (len(shown[each]), each)):
        free = [operator for operator in shown[exchange] if operator not in taken] or shown[exchange]
        if free:
            made[exchange] = free[0]
            taken.add(free[0])
    return made


def named_otherwise(step: Step, writes: Sequence[Step], start: World) -> list[Difference]:
    """Find whom one request of a round alone asked for, by phone number, under another name than it sent."""
    phone, name = step.fields.get("phone_number"), step.fields.get("name")
    asked = [other for other in writes if other.adds and other.fields.get("phone_number") == phone]
    new = _newcomers(step, start) if step.succeeded and "operator_id" not in step.fields else []
    if len(asked) > 1 or len(new) != 1 or step.detail is None or not isinstance(name, str):
        return []
    stored = step.detail.operators[new[0]].get("name")
    if not isinstance(stored, str) or read_name(name).reading(stored) is not None:
        return []
    return [Difference("NAME-KEPT", "the name is another than the one sent with the number", repr(name), repr(stored))]


def made_as_one(step: Step, writes: Sequence[Step], start: World) -> list[Difference]:
    """Find whom another request of the round made too, under the same id and with another phone number: one is lost."""
    made = set(_newcomers(step, start)) if _creates(step) else set()
    phone = step.fields.get("phone_number")
    others = [each for each in writes if _creates(each) and each.exchange.number < step.exchange.number]
    twins = [
        each for each in others if each.fields.get("phone_number") != phone and made & set(_newcomers(each, start))
    ]
    if not twins:
        return []
    shared = min(made & set(_newcomers(twins[0], start)))
    message = "two requests made one operator, each with its own phone number"
    both = (twins[0].exchange.number,)
    return [Difference("CONCURRENT-ALL-STAND", message, "two operators", f"operator {shared} twice", both)]


def _newcomers(step: Step, start: World) -> list[int]:
    phone = step.fields.get("phone_number")
    entries = step.detail.operators if step.detail is not None else {}
    return [
        operator
        for operator, entry in entries.items()
        if entry.get("phone_number") == phone and not start.operator(operator).exists
    ]


def _action(step: Step, made: int | None) -> Action | None:
    times = (step.exchange.started, step.exchange.ended)
    if step.call.operation == calls.REMOVE:
        if step.operator_id is None or (not step.succeeded and step.answered.status != 404):
            return None
        return Action(None, step.operator_id, step.succeeded, *times)
    if step.call.operation != calls.UPDATE_NUMBER and not step.adds:
        return None
    if step.call.operation == calls.UPDATE_NUMBER or not step.succeeded:
        return Action(None, None, None, *times)
    named = step.fields.get("operator_id")
    adds = named if isinstance(named, int) else made
    return Action(adds, None, None, *times) if adds is not None else None


def possible_orders(start: frozenset[Order], actions: Sequence[Action]) -> frozenset[Order] | None:
    """Return every list that some order of the actions leads to; None where these are too many to look at.

    Eight attachments to one list lead to 40,320; where several rounds follow each other unread, they multiply.
    """
    if len(actions) > MOST_REQUESTS:
        return None
    everything = frozenset(range(len(actions)))
    earlier = [
        frozenset(other for other in everything - {index} if actions[other].ended <= action.started)
        for index, action in enumerate(actions)
    ]
    reached: dict[frozenset[int], set[Order]] = {everything: set(start)}
    for _ in actions:  # one more of them is done in each round
        after: dict[frozenset[int], set[Order]] = defaultdict(set)
        for left, orders in reached.items():
            for index in (each for each in left if not earlier[each] & left):
                after[left - {index}].update(*(actions[index].on(order) for order in orders))
        reached = after
        if sum(map(len, reached.values())) > _MOST_ORDERS:
            return None
    return frozenset(reached.get(frozenset(), ()))


def is_shown(step: Step, writes: Sequence[Step]) -> bool:
    """Tell whether an attachment's own answer shows whom it attached, where nothing in the round takes them off."""
    if not step.adds or step.answered.status != OK or step.detail is None:
        return True
    named = step.fields.get("operator_id")
    if any(other.call.operation == calls.REMOVE and other.operator_id == named for other in writes):
        return True
    return is_done(step, step.detail)


def is_done(step: Step, detail: Detail) -> bool:
    """Tell whether a list holds whom a request attaches: by id, or by the phone number or the name that was sent."""
    named = step.fields.get("operator_id")
    if isinstance(named, int):
        return named in detail.operators
    sent = {name: step.fields[name] for name in ("phone_number", "name") if name in step.fields}
    return any(entry.get(name) == value for entry in detail.operators.values() for name, value in sent.items())


def refusals_allowed(step: Step, writes: Sequence[Step]) -> bool:
    """Tell whether the answer of a request of a round is one that some order allows."""
    if step.answered.is_put_off:
        return True
    if step.has_to_be_refused and (step.reads or not _depends_on_others(step)):
        return step.match is not None
    same = [other for other in writes if other is not step and other.adds and _asks_the_same(other, step)]
    if step.adds and "operator_id" in step.fields and not step.succeeded and any(other.succeeded for other in same):
        return False  # whom one attaches, the other finds attached
    if step.call.operation == calls.REMOVE:
        return step.answered.status in {OK, 404}
    if step.call.operation == calls.UPDATE_NUMBER and step.answered.status == _CONFLICT:
        return True  # only attachments at once are promised to stand
    if step.succeeded:
        return step.match is not None or step.answered.status == OK
    return step.match is not None or (step.answered.status == 422 and "operator_id" not in step.fields)


def _asks_the_same(one: Step, other: Step) -> bool:
    return one.number_id == other.number_id and one.fields == other.fields


def _depends_on_others(step: Step) -> bool:
    """Tell whether a request that overlaps may change what this one's answer has to be."""
    return step.call.operation == calls.REMOVE or (step.expectation is not None and step.expectation.faulty)
