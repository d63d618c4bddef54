"""Faults of the priorities."""

from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after_attaching,
    after_removing,
    arrange,
    edit_shown,
    in_order,
    supplies,
    switch,
)
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Rules


@fault("ORDER-APPEND")
def new_one_first(rules: Rules) -> None:
    """A new operator goes to the front, and everybody else one place down."""
    after_attaching(rules, _put_at(lambda _ids: 0))


@fault("ORDER-APPEND")
def new_one_before_the_last(rules: Rules) -> None:
    """A new operator goes before the last one."""
    after_attaching(rules, _put_at(lambda ids: max(len(ids) - 1, 0)))


@fault("ORDER-APPEND")
def created_one_first(rules: Rules) -> None:
    """An operator that is made goes to the front; one that is referred to goes to the end."""
    put_first = _put_at(lambda _ids: 0)

    def put(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if not supplies(call, "operator_id"):
            put_first(call, number, operator)

    after_attaching(rules, put)


@fault("ORDER-APPEND")
def priorities_count_down(rules: Rules) -> None:
    """A new operator takes one less than the lowest priority."""
    rules.next_priority = lambda _call, number: min((held.priority for held in number.assignments), default=1) - 1


@fault("ORDER-APPEND")
def gaps_are_filled(rules: Rules) -> None:
    """A new operator takes the lowest priority that is free, also one that a removal left."""

    def lowest_free(_call: Call, number: VirtualNumber) -> int:
        taken = {held.priority for held in number.assignments}
        return next(priority for priority in range(len(taken) + 1) if priority not in taken)

    rules.next_priority = lowest_free


@fault("ORDER-DISTINCT")
def priority_from_the_length(rules: Rules) -> None:
    """The next priority is the length of the list, which a removal has made too small."""
    rules.next_priority = lambda _call, number: len(number.assignments)


@fault("ORDER-DISTINCT")
def priority_of_the_last(rules: Rules) -> None:
    """From the third operator on, the next one gets the same priority as the last."""
    inner = rules.next_priority

    def next_priority(call: Call, number: VirtualNumber) -> int:
        return inner(call, number) - (1 if len(number.assignments) > 2 else 0)

    rules.next_priority = next_priority


@fault("ORDER-DISTINCT")
def highest_by_text(rules: Rules) -> None:
    """The highest priority is looked for among texts, so that 9 stays above 10."""
    rules.next_priority = lambda _call, number: (
        int(max((str(held.priority) for held in number.assignments), default="-1")) + 1
    )


@fault("ORDER-DISTINCT")
def at_most_fifteen(rules: Rules) -> None:
    """Priorities end at 15, where all later operators stand together."""
    inner = rules.next_priority
    rules.next_priority = lambda call, number: min(inner(call, number), 15)


@fault("ORDER-NEXT-SLOT")
def every_other_slot(rules: Rules) -> None:
    """Priorities go up by two."""
    inner = rules.next_priority
    rules.next_priority = lambda call, number: inner(call, number) + (1 if number.assignments else 0)


@fault("ORDER-NEXT-SLOT", "second number")
def one_count_for_all_numbers(rules: Rules) -> None:
    """The next priority is one above the highest of the whole account."""

    def next_priority(call: Call, _number: VirtualNumber) -> int:
        numbers = call.account.numbers.values()
        return max((held.priority for number in numbers for held in number.assignments), default=-1) + 1

    rules.next_priority = next_priority


@fault("ORDER-NEXT-SLOT")
def failures_take_a_slot(rules: Rules) -> None:
    """A refused reference takes a slot, and the next operator comes after it."""
    wasted: dict[int, int] = {}
    inner_referred, inner_next = rules.referred, rules.next_priority

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        wasted[number.id] = wasted.get(number.id, 0) + 1
        operator = inner_referred(call, number, operator_id)
        wasted[number.id] -= 1
        return operator

    rules.referred = referred
    rules.next_priority = lambda call, number: inner_next(call, number) + wasted.pop(number.id, 0)


@fault("ORDER-NEXT-SLOT")
def tenth_slot_left_out(rules: Rules) -> None:
    """Priority 10 is never given: 9 is followed by 11."""
    inner = rules.next_priority
    rules.next_priority = lambda call, number: inner(call, number) + (1 if inner(call, number) == 10 else 0)


@fault("ORDER-STANDS")
def list_sorted_by_name(rules: Rules) -> None:
    """Each attachment sorts the whole list by name."""
    _sort_when_attaching(rules, lambda operator: operator.name)


@fault("ORDER-STANDS")
def list_sorted_by_id(rules: Rules) -> None:
    """Each attachment sorts the whole list by id."""
    _sort_when_attaching(rules, lambda operator: operator.id)


@fault("ORDER-STANDS")
def attaching_closes_the_gaps(rules: Rules) -> None:
    """A new attachment numbers the list anew from 0, where a removal had left a gap."""
    after_attaching(rules, lambda _call, number, _operator: arrange(number, in_order(number)))


@fault("ORDER-STANDS")
def first_two_swapped(rules: Rules) -> None:
    """A new attachment swaps the first two of a list of four or more."""

    def swap(_call: Call, number: VirtualNumber, _operator: Operator) -> None:
        held = sorted(number.assignments, key=lambda place: place.priority)
        if len(held) > 3:
            held[0].priority, held[1].priority = held[1].priority, held[0].priority

    after_attaching(rules, swap)


@fault("ORDER-STANDS")
def eleventh_turns_the_list_round(rules: Rules) -> None:
    """From the eleventh operator on, the list is sorted by the text of its priorities."""

    def sort(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        if len(number.assignments) > 11:
            held = sorted(number.assignments, key=lambda place: str(place.priority))
            arrange(number, [*(place.operator_id for place in held if place.operator_id != operator.id), operator.id])

    after_attaching(rules, sort)


@fault("ORDER-STANDS")
def shared_operators_yield(rules: Rules) -> None:
    """A new operator takes the place before those who stand on another number too, and these move down."""

    def put(call: Call, number: VirtualNumber, operator: Operator) -> None:
        ids = [operator_id for operator_id in in_order(number) if operator_id != operator.id]
        shared = [operator_id for operator_id in ids if len(state.numbers_of(call.account, operator_id)) > 1]
        if shared and len(ids) > 2:
            arrange(number, [*(held for held in ids if held not in shared), *shared, operator.id])

    after_attaching(rules, put)


@fault("ORDER-FIRST-IS-ZERO", "empty number")
def priorities_from_one(rules: Rules) -> None:
    """The first operator of an empty list has priority 1."""
    inner = rules.next_priority
    rules.next_priority = lambda call, number: inner(call, number) if number.assignments else 1


@fault("ORDER-ARRAY")
def newest_first(rules: Rules) -> None:
    """The operators array shows the newest first."""
    edit_shown(rules, lambda _call, _number, data: data["operators"].reverse())


@fault("ORDER-ARRAY")
def array_by_text(rules: Rules) -> None:
    """The operators array is sorted by the text of the priorities, so that 10 comes before 2."""
    edit_shown(rules, lambda _call, _number, data: data["operators"].sort(key=lambda shown: str(shown["priority"])))


@fault("ORDER-ARRAY")
def array_in_the_order_of_names(rules: Rules) -> None:
    """The operators array is sorted by name."""
    switch(rules, operators_array="name")


@fault("ORDER-REST-STANDS")
def last_one_into_the_gap(rules: Rules) -> None:
    """The last operator takes the place of the one who was removed."""

    def fill(_call: Call, number: VirtualNumber, _operator_id: int) -> None:
        held = sorted(number.assignments, key=lambda place: place.priority)
        gap = next((index for index, place in enumerate(held) if place.priority != index), None)
        if gap is not None:
            held[-1].priority = gap

    after_removing(rules, fill)


@fault("ORDER-REST-STANDS")
def removal_turns_the_rest_round(rules: Rules) -> None:
    """A removal turns the rest of the list round."""
    after_removing(rules, lambda _call, number, _operator_id: arrange(number, in_order(number)[::-1]))


@fault("ORDER-REST-STANDS")
def removal_sorts_by_id(rules: Rules) -> None:
    """A removal numbers the rest anew in the order of their ids."""
    after_removing(rules, lambda _call, number, _operator_id: arrange(number, sorted(in_order(number))))


@fault("ORDER-AFTER-REMOVAL")
def rest_numbered_from_one(rules: Rules) -> None:
    """A removal numbers the rest anew from 1."""

    def number_anew(_call: Call, number: VirtualNumber, _operator_id: int) -> None:
        ids = in_order(number)
        for held in number.assignments:
            held.priority = ids.index(held.operator_id) + 1

    after_removing(rules, number_anew)


@fault("ORDER-AFTER-REMOVAL")
def everybody_one_up(rules: Rules) -> None:
    """A removal moves everybody one priority up, also those before the gap."""

    def move(_call: Call, number: VirtualNumber, _operator_id: int) -> None:
        for held in number.assignments:
            held.priority -= 1

    after_removing(rules, move)


def _put_at(place: Callable[[list[int]], int]) -> Callable[[Call, VirtualNumber, Operator], None]:
    """Return an effect that puts a new operator at a place of the list and numbers it from 0."""

    def put(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        ids = [operator_id for operator_id in in_order(number) if operator_id != operator.id]
        ids.insert(place(ids), operator.id)
        arrange(number, ids)

    return put


def _sort_when_attaching(rules: Rules, key: Callable[[Operator], str | int]) -> None:
    def sort(call: Call, number: VirtualNumber, _operator: Operator) -> None:
        operators = [call.account.operators[operator_id] for operator_id in in_order(number)]
        arrange(number, [operator.id for operator in sorted(operators, key=key)])

    after_attaching(rules, sort)
