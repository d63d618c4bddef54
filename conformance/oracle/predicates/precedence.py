"""Clauses of precedence, and of what refused requests leave alone."""

from __future__ import annotations

from conformance.oracle import calls
from conformance.oracle.blame import CHANGES_NOTHING, changes_nothing_clause
from conformance.oracle.predicates.registry import (
    DETAILS,
    HOLDS,
    LISTS_OPERATORS,
    Judged,
    by_differences,
    predicate,
)
from conformance.oracle.step import Step
from conformance.oracle.world import Write

_ANSWERED_TOO = frozenset({"REATTACH-NOOP", "UPDATE-NUMBER-INVALID", "REMOVE-NOT-ATTACHED"})


def _both(step: Step) -> bool:
    return step.adds and "operator_id" in step.fields and "phone_number" in step.fields


def _writes_that_show_here(step: Step) -> tuple[Write, ...]:
    """Return the writes whose effects this answer would be the first to show."""
    if step.call.operation == calls.LIST_OPERATORS:
        listing = step.before.operator_lists.get(step.actor.name)
        return step.before.writes_since(listing.seen if listing else 0)
    return step.unseen_writes if step.detail is not None and step.state.places is not None else ()


def _follows_refused(step: Step, clause: str) -> bool:
    return any(
        write.refused and changes_nothing_clause(step.contract, write) == clause
        for write in _writes_that_show_here(step)
    )


def _shows_nothing_changed(clause: str) -> None:
    by_differences(clause, DETAILS | LISTS_OPERATORS, lambda step: _follows_refused(step, clause))


for _clause in sorted(CHANGES_NOTHING - _ANSWERED_TOO):
    _shows_nothing_changed(_clause)


def _refused_of_several_kinds(step: Step) -> bool:
    kinds = {changes_nothing_clause(step.contract, write) for write in _writes_that_show_here(step) if write.refused}
    return len(kinds) > 1 or "EFFECTS-REFUSED" in kinds


by_differences("EFFECTS-REFUSED", DETAILS | LISTS_OPERATORS, _refused_of_several_kinds)
by_differences(
    "PRECEDENCE-KEEPS-RECORD",
    DETAILS,
    lambda step: (
        step.adds
        and step.referred is not None
        and bool({"phone_number", "name"} & step.fields.keys())
        and step.before.operator(step.referred).ours
        and step.detail is not None
    ),
)


@predicate("PRECEDENCE-CREATES-NOBODY", DETAILS | LISTS_OPERATORS)
def a_phone_beside_an_id_makes_nobody(step: Step) -> Judged:
    """operator_id wins (contract 1, rules): seen in the answer's own lists and in the operator list."""
    found = [each for each in step.differences if each.clause == "PRECEDENCE-CREATES-NOBODY"]
    if found:
        return found
    if _both(step) and step.detail is not None and step.referred is not None:
        return HOLDS
    family = {"PRECEDENCE-WINS", "PRECEDENCE-UNRESOLVED"}
    follows = any(write.clause in family for write in _writes_that_show_here(step))
    return HOLDS if follows else None
