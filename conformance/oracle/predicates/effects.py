"""Clauses of what stays as it was, and of what the neighbours' writes do."""

from __future__ import annotations

from conformance.oracle import calls
from conformance.oracle.predicates.registry import (
    DETAILS,
    EVERY,
    GETS_NUMBER,
    LISTS_OPERATORS,
    by_differences,
)
from conformance.oracle.step import Step


def _shows_attributes_after_an_add(step: Step, *names: str) -> bool:
    if step.detail is None or not step.is_steady or not any(name in step.state.attributes for name in names):
        return False
    if step.adds:
        return step.succeeded
    return step.reads and any(write.operation == calls.ADD for write in step.unseen_writes)


def _another_number_was_written(step: Step) -> bool:
    if not step.reads or step.state.places is None or step.detail is None:
        return False
    return any(not write.refused and write.number not in {None, step.number_id} for write in step.unseen_writes)


def _reference_alone(step: Step) -> bool:
    return (
        step.adds
        and step.referred is not None
        and not {"phone_number", "name"} & step.fields.keys()
        and step.before.operator(step.referred).ours
    )


def _lists_after_references(step: Step) -> bool:
    listing = step.before.operator_lists.get(step.actor.name)
    if step.call.operation != calls.LIST_OPERATORS or listing is None:
        return False
    writes = step.before.writes_since(listing.seen)
    return any(write.operation == calls.ADD and write.operators and not write.refused for write in writes)


def _reads_twice(step: Step) -> bool:
    return (
        step.reads
        and step.is_steady
        and step.state.places is not None
        and not step.unseen_writes
        and not step.state.shown_by_write
    )


def _reads_after_a_write(step: Step) -> bool:
    return (
        step.reads
        and step.detail is not None
        and step.is_steady
        and step.state.places is not None
        and step.state.shown_by_write
        and not step.unseen_writes
    )


by_differences("EFFECTS-OTHER-NUMBERS", EVERY, _another_number_was_written)
by_differences(
    "EFFECTS-ROUTING-STRATEGY", DETAILS, lambda step: _shows_attributes_after_an_add(step, "routing_strategy")
)
by_differences(
    "EFFECTS-NUMBER-ATTRIBUTES",
    DETAILS,
    lambda step: _shows_attributes_after_an_add(step, "name", "active", "recording"),
)
by_differences("EFFECTS-OPERATOR-RECORD", EVERY, _reference_alone)
by_differences("EFFECTS-OPERATOR-LIST", DETAILS | LISTS_OPERATORS, _lists_after_references)
by_differences("EFFECTS-READ", GETS_NUMBER, _reads_twice)
by_differences("PAYLOAD-SAME-AS-GET", GETS_NUMBER, _reads_after_a_write)
by_differences("REMOVE-TAKES-OFF", DETAILS, lambda step: _removes(step) and step.state.places is not None)
by_differences(
    "UPDATE-NUMBER-TAKES",
    DETAILS,
    lambda step: step.call.operation == calls.UPDATE_NUMBER and step.succeeded and step.detail is not None,
)
by_differences(
    "UPDATE-NUMBER-KEEPS",
    DETAILS,
    lambda step: step.call.operation == calls.UPDATE_NUMBER and step.succeeded and bool(step.state.attributes),
)


def _shows_an_update(step: Step) -> bool:
    """Tell whether an answer shows what an update left: its own, where that is the record, or the page after it."""
    if step.call.operation == calls.UPDATE_OPERATOR:
        return step.succeeded and step.answered.data is not None
    updates = (write for write in step.before.writes if write.operation == calls.UPDATE_OPERATOR and not write.refused)
    return (
        step.call.operation == calls.GET_OPERATOR
        and step.succeeded
        and any(step.operator_id in write.operators for write in updates)
    )


def _removes(step: Step) -> bool:
    return step.call.operation == calls.REMOVE and step.succeeded and step.detail is not None


def _lists_after_removals(step: Step) -> bool:
    listing = step.before.operator_lists.get(step.actor.name)
    if step.call.operation != calls.LIST_OPERATORS or listing is None:
        return False
    writes = step.before.writes_since(listing.seen)
    return any(write.operation == calls.REMOVE and not write.refused for write in writes)


def _lists_ours(step: Step) -> bool:
    if step.call.operation != calls.LIST_OPERATORS or step.answered.entries is None:
        return False
    return any(known.ours and known.exists for known in step.before.operators.values())


by_differences("REMOVE-KEEPS-OPERATOR", EVERY, _lists_after_removals)
by_differences("OPERATORS-HOLD", EVERY, _lists_ours)
by_differences("OPERATOR-UPDATE-TAKES", EVERY, _shows_an_update)
