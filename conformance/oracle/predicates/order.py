"""Clauses of attach, create, order and reattach (contract 1, rules)."""

from __future__ import annotations

from collections import Counter
from functools import partial

from conformance.oracle import calls
from conformance.oracle.differences import ATTACHED_TWICE, clause_of_the_unlisted, removal_reading, show
from conformance.oracle.predicates.registry import (
    ADDS,
    DETAILS,
    GETS_NUMBER,
    HOLDS,
    LISTS_OPERATORS,
    Judged,
    Observed,
    by_differences,
    predicate,
)
from conformance.oracle.step import NOT_ON_THE_LIST, Difference, Step

REMOVES = frozenset({calls.REMOVE})


def _joined_with_places(step: Step) -> bool:
    return step.joins and step.state.places is not None


def _shows_a_list(step: Step) -> bool:
    return step.detail is not None and step.state.places is not None


by_differences("ATTACH-NOBODY-ELSE", ADDS, _joined_with_places)
by_differences("ORDER-STANDS", ADDS, lambda step: _joined_with_places(step) and bool(step.old_places))
by_differences(
    "ATTACH-STANDS",
    DETAILS,
    lambda step: step.reads and step.detail is not None and bool(step.state.unread) and not step.unseen_writes,
)
by_differences("CREATE-LISTED", ADDS, lambda step: step.created is not None and step.state.places is not None)
by_differences(
    "CREATE-MAKES-ONE",
    DETAILS | LISTS_OPERATORS,
    lambda step: step.call.operation == calls.LIST_OPERATORS and _made_since_the_last_list(step),
)
by_differences(
    "REATTACH-NOOP",
    DETAILS,
    lambda step: step.adds and step.reattaches and _shows_a_list(step),
)
by_differences("ORDER-REST-STANDS", REMOVES | GETS_NUMBER, lambda step: _removed_one_of(step, at_least=2))


def _made_since_the_last_list(step: Step) -> bool:
    listing = step.before.operator_lists.get(step.actor.name)
    since = listing.seen if listing else 0
    return any(known.ours and known.made > since for known in step.before.operators.values())


def _removed_one_of(step: Step, *, at_least: int) -> bool:
    if step.call.operation != calls.REMOVE or not step.succeeded or not _shows_a_list(step):
        return False
    return sum(place.operator != step.operator_id for place in step.old_places) >= at_least


@predicate("ATTACH-LISTED", ADDS)
def the_attached_operator_is_listed_once(step: Step) -> Judged:
    """The answer holds whom a reference attached (contract 1, rules)."""
    found = [each for each in step.differences if each.clause == "ATTACH-LISTED"]
    if found:
        return found
    if step.referred is None or step.detail is None or step.reattaches:
        return None
    if step.referred in step.detail.array:
        return HOLDS
    clause = clause_of_the_unlisted(step, step.referred)
    expected, actual = f"operator {step.referred} on the list", show(step.detail.places)
    message = "200, and whom it attached is not on the list"
    return [Difference(clause, message, expected, actual, subject=NOT_ON_THE_LIST, explained_by=("ATTACH-LISTED",))]


@predicate("ATTACH-SEVERAL-NUMBERS", DETAILS)
def an_operator_stands_at_several_numbers(step: Step) -> Judged:
    """Exclusive to one number is not allowed for (contract 3, state and scope)."""
    found = [each for each in step.differences if each.clause == "ATTACH-SEVERAL-NUMBERS"]
    if found:
        return found
    return HOLDS if step.joins and step.target is not None and step.before.attached_at(step.target) else None


def _appended_after(step: Step, clause: str) -> Judged:
    """Judge that whom a write put on the list stands behind all others."""
    if not _joined_with_places(step) or step.detail is None:
        return None
    priority = _priority_of_target(step)
    if priority is None:
        return None
    others = [place for place in step.detail.places if place.operator != step.target]
    if others and priority <= max(place.priority for place in others):
        general: tuple[str, ...] = ("ORDER-APPEND",) if clause == "REATTACH-AFTER-REMOVAL" else ()
        if step.fields.get("priority") == priority:
            # The place that it asked for, in a field that there is not; or where everybody is put.
            clause, general = "UNKNOWN-FIELDS", ("ORDER-APPEND", "ORDER-NEXT-SLOT", "ORDER-DISTINCT")
        expected = f"{show(tuple(others))}, then {step.target}"
        message, actual = f"operator {step.target} is not at the end", show(step.detail.places)
        subject = "place of the new one"
        return [Difference(clause, message, expected, actual, subject=subject, explained_by=general)]
    return HOLDS


@predicate("ORDER-APPEND", ADDS)
def a_new_one_is_last(step: Step) -> Judged:
    """Appended at the end of the priority list (contract 1, rules)."""
    if step.target in step.state.removed or not step.old_places:
        return None
    return _appended_after(step, "ORDER-APPEND")


@predicate("REATTACH-AFTER-REMOVAL", ADDS)
def a_removed_one_comes_back_last(step: Step) -> Judged:
    """Somebody removed is new to the list again (contract 1, rules)."""
    return _appended_after(step, "REATTACH-AFTER-REMOVAL") if step.target in step.state.removed else None


def _priority_of_target(step: Step) -> int | None:
    places = step.detail.places if step.detail else ()
    return next((place.priority for place in places if place.operator == step.target), None)


@predicate("ORDER-NEXT-SLOT", ADDS)
def the_next_one_takes_the_next_slot(step: Step) -> Judged:
    """The next available priority slot, where no removal left a gap (contract 1, rules)."""
    priority = _priority_of_target(step)
    if not _joined_with_places(step) or step.state.appended is None or priority is None or step.state.leaps:
        return None
    expected = step.state.appended + 1
    if priority <= expected:
        return HOLDS  # not above the last: ORDER-APPEND says so
    return [Difference("ORDER-NEXT-SLOT", "a priority was left out", f"priority {expected}", f"priority {priority}")]


@predicate("ORDER-FIRST-IS-ZERO", ADDS)
def the_first_priority_is_zero(step: Step) -> Judged:
    """The first priority is 0, in examples (contract 1); after a removal any will do (contract 3, state and scope)."""
    priority = _priority_of_target(step)
    if not step.joins or step.state.places != () or step.state.shrunk or priority is None:
        return None
    if priority == 0:
        return HOLDS
    return [Difference("ORDER-FIRST-IS-ZERO", "the first priority is not 0", "0", str(priority))]


@predicate("ORDER-DISTINCT", DETAILS)
def priorities_are_distinct(step: Step) -> Judged:
    """A priority is one operator's place (contract 1, rules); who shared one before the run was not put there by it."""
    if step.detail is None or step.state.overlapped:
        return None
    shown = show(step.detail.places)
    array = [each for each in step.detail.array if not (step.adds and each == step.target)]  # told by the attachment
    for operator, times in Counter(array).most_common(1):
        if times > 1:
            message = f"operator {operator} is listed {times} times"
            make = partial(Difference, "ORDER-DISTINCT", message, "one place for each operator", shown)
            return [make(subject="listed twice", explained_by=ATTACHED_TWICE)]
    twice = _doubled([place.priority for place in step.detail.places])
    if len(step.detail.places) < 2 or (step.reads and not step.state.seen):
        return None
    if not twice - _doubled([place.priority for place in step.old_places]):
        return HOLDS
    return [Difference("ORDER-DISTINCT", "two operators have one priority", "distinct priorities", shown)]


def _doubled(priorities: list[int]) -> set[int]:
    return {each for each in priorities if priorities.count(each) > 1}


@predicate("ORDER-ARRAY", DETAILS)
def the_array_is_sorted_by_priority(step: Step) -> Judged:
    """By priority, a should (contract 3, state and scope)."""
    if step.detail is None or len(step.detail.places) < 2:
        return None
    by_priority = [place.operator for place in step.detail.places]
    if len(set(step.detail.array)) < len(step.detail.array):
        return None  # who is listed twice has no one place
    array = [each for each in step.detail.array if each in by_priority]
    if array == by_priority or _doubled([place.priority for place in step.detail.places]):
        return HOLDS
    return [
        Difference("ORDER-ARRAY", "the array is not sorted by priority", show(tuple(by_priority)), show(tuple(array)))
    ]


@predicate("ORDER-AFTER-REMOVAL", REMOVES)
def the_rest_is_renumbered_or_not(step: Step) -> Judged:
    """Renumbered from 0, or left with the gap (contract 3, state and scope)."""
    found = [each for each in step.differences if each.clause == "ORDER-AFTER-REMOVAL"]
    if found or not _removed_one_of(step, at_least=1) or step.detail is None:
        return found or None
    rest = tuple(place for place in step.old_places if place.operator != step.operator_id)
    if {place.operator for place in rest} != set(step.detail.ids):
        return None
    reading = removal_reading(rest, step.detail.places)
    return Observed(reading) if reading in {"renumbered", "gap"} else HOLDS
