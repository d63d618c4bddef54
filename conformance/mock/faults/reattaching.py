"""Faults of attaching an operator that is attached already, or was once."""

from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import after_attaching, after_removing, in_order, when_attached_already
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Rules, invalid
from conformance.mock.wire import Refusal


@fault("REATTACH-ANSWERS")
def again_is_422(rules: Rules) -> None:
    """Attaching again fails the validation."""

    def refuse(call: Call, _number: VirtualNumber, _operator: Operator) -> None:
        raise invalid(call, "Operator has already been taken")

    when_attached_already(rules, refuse)


@fault("REATTACH-ANSWERS")
def again_is_409(rules: Rules) -> None:
    """Attaching again is a conflict."""

    def refuse(_call: Call, _number: VirtualNumber, _operator: Operator) -> None:
        raise Refusal(409, {"error": "Operator is already attached"})

    when_attached_already(rules, refuse)


@fault("REATTACH-ANSWERS")
def again_is_204(rules: Rules) -> None:
    """Attaching again is answered 204, without a payload."""

    def refuse(_call: Call, _number: VirtualNumber, _operator: Operator) -> None:
        raise Refusal(204, None)

    when_attached_already(rules, refuse)


@fault("REATTACH-NOOP")
def again_moves_to_the_end(rules: Rules) -> None:
    """Attaching again moves the operator to the end."""

    def move(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        held = number.assignment_of(operator.id)
        if held:
            held.priority = max(other.priority for other in number.assignments) + 1

    when_attached_already(rules, move)


@fault("REATTACH-NOOP")
def again_from_the_middle_moves_to_the_end(rules: Rules) -> None:
    """Attaching again moves an operator to the end that is neither the first nor the last."""

    def move(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if operator.id in in_order(number)[1:-1]:
            state.withdraw(number, operator.id)
            state.place(number, operator.id, rules.next_priority(call, number))

    when_attached_already(rules, move)


@fault("REATTACH-NOOP")
def again_moves_while_inactive(rules: Rules) -> None:
    """Attaching again to an inactive number moves the operator to the end."""

    def move(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if not number.active:
            state.withdraw(number, operator.id)
            state.place(number, operator.id, rules.next_priority(call, number))

    when_attached_already(rules, move)


@fault("REATTACH-NOOP")
def again_moves_to_the_front(rules: Rules) -> None:
    """Attaching again moves the operator to the front."""

    def move(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        ids = in_order(number)
        for held in number.assignments:
            held.priority = 0 if held.operator_id == operator.id else ids.index(held.operator_id) + 1

    when_attached_already(rules, move)


@fault("REATTACH-NOOP")
def again_lists_twice(rules: Rules) -> None:
    """Attaching again puts the operator on the list a second time."""

    def attach_twice(call: Call, number: VirtualNumber, operator: Operator) -> None:
        state.place(number, operator.id, rules.next_priority(call, number))

    when_attached_already(rules, attach_twice)


@fault("REATTACH-NOOP")
def again_takes_off(rules: Rules) -> None:
    """Attaching again takes the operator off: the call is a toggle."""
    when_attached_already(rules, lambda _call, number, operator: state.withdraw(number, operator.id))


@fault("REATTACH-NOOP")
def third_time_moves_to_the_end(rules: Rules) -> None:
    """The second repetition of an attachment moves the operator to the end."""
    times: dict[tuple[int, int], int] = {}

    def move(call: Call, number: VirtualNumber, operator: Operator) -> None:
        times[number.id, operator.id] = times.get((number.id, operator.id), 0) + 1
        if times[number.id, operator.id] > 1:
            state.withdraw(number, operator.id)
            state.place(number, operator.id, rules.next_priority(call, number))

    when_attached_already(rules, move)


@fault("REATTACH-NOOP")
def again_closes_the_gaps(rules: Rules) -> None:
    """Attaching again numbers the whole list anew from 0, where a removal had left a gap."""

    def close(_call: Call, number: VirtualNumber, _operator: Operator) -> None:
        ids = in_order(number)
        for held in number.assignments:
            held.priority = ids.index(held.operator_id)

    when_attached_already(rules, close)


@fault("REATTACH-AFTER-REMOVAL")
def removed_cannot_return(rules: Rules) -> None:
    """An operator that was removed from a number is refused there."""
    removed = _removals(rules)
    _refuse_those(rules, lambda number, operator: (number.id, operator.id) in removed)


@fault("REATTACH-AFTER-REMOVAL")
def removed_returns_silently_not(rules: Rules) -> None:
    """An operator that was removed counts as attached: the answer is 200 and nothing happens."""
    removed = _removals(rules)
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if (number.id, operator.id) not in removed:
            await inner(call, number, operator)

    rules.attach = attach


@fault("REATTACH-AFTER-REMOVAL")
def removed_returns_to_the_old_place(rules: Rules) -> None:
    """An operator that was removed returns to the priority it had, not to the end."""
    places: dict[tuple[int, int], int] = {}
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        held = number.assignment_of(operator_id)
        if held:
            places[number.id, operator_id] = held.priority
        await inner(call, number, operator_id)

    rules.detach = detach

    def put_back(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        old = places.pop((number.id, operator.id), None)
        held = number.assignment_of(operator.id)
        if held and old is not None and all(other.priority != old for other in number.assignments):
            held.priority = old

    after_attaching(rules, put_back)


def _refuse_those(rules: Rules, applies: Callable[[VirtualNumber, Operator], bool]) -> None:
    """Fail the validation of an attachment where something applies."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if not number.holds(operator.id) and applies(number, operator):
            raise invalid(call, "Operator cannot be attached")
        await inner(call, number, operator)

    rules.attach = attach


def _removals(rules: Rules) -> set[tuple[int, int]]:
    """Return a set that will hold each number and operator that were parted."""
    removed: set[tuple[int, int]] = set()
    after_removing(rules, lambda _call, number, operator_id: removed.add((number.id, operator_id)))
    return removed
