"""What became of a number's plain attributes: name, activity, recording, strategy and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from conformance.oracle import calls
from conformance.oracle.answers import Detail
from conformance.oracle.blame import Attribute, changes_nothing_clause, clause_of_the_likeliest, likeliest
from conformance.oracle.bodies import DOCUMENTED_FIELDS
from conformance.oracle.claims import claim_on_number
from conformance.oracle.differences import suspects
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import Write
from conformance.oracle.writes import as_write

_ATTRIBUTE = "attribute "
_SIZES_ENOUGH = 3
_CALLS_SHOWN = 10  # the most recent (contract 2, GET /virtual_numbers/{id})


def of_attributes(step: Step) -> Iterator[Difference]:
    """Compare a designated number's plain attributes with those seen before."""
    detail, known = step.detail, step.state.attributes
    if detail is None or not step.is_steady:
        return
    sent: dict[str, Any] = {}
    if step.call.operation == calls.UPDATE_NUMBER and step.succeeded:
        sent = dict(step.fields)
    has_to_take = step.match is not None  # not so of an invalid value, or of null, which may be read as left out
    for name, value in detail.attributes.items():
        if name in sent:
            if value != sent[name] and has_to_take:
                yield _attribute("UPDATE-NUMBER-TAKES", step, name, sent[name], value)
        elif name in known and value != known[name]:
            yield _attribute(_attribute_clause(step, name, value), step, name, known[name], value)
    if step.actor.scope == "account":
        yield from _of_calls(step, detail)


def _of_calls(step: Step, detail: Detail) -> Iterator[Difference]:
    """Find calls that are counted once for each operator, and calls that are gone: calls come in by themselves only."""
    known = step.state
    size, total = len(detail.ids), detail.total_calls or 0
    sizes = {each for each, _ in known.totals} | {size}
    as_often = all(each * size == total * number for number, each in known.totals if number)
    # Whatever comes in, it does not come as often as operators do, time and again, and go with them.
    if total and as_often and 0 < size < max(sizes) and len(sizes - {0}) >= _SIZES_ENOUGH:
        message = f"the total_calls of number {step.number_id} grow and shrink with its operators"
        shown = ", ".join(f"{each} with {number}" for number, each in sorted(known.totals | {(size, total)}))
        yield Difference("EFFECTS-NUMBER-ATTRIBUTES", message, "calls alone", shown[:120], subject="attribute stats")
    now = detail.call_ids
    # A write's answer that shows none is held against the reads around it (PAYLOAD-STATS).
    if step.reads and known.first_calls and now is not None and len(now) < _CALLS_SHOWN and not now & known.first_calls:
        message = f"recent calls of number {step.number_id} are gone"
        _, read = known.pages.get(step.actor.name, ((), 0))
        accepted = (
            each for each in step.before.writes_since(read) if not each.refused and each.number == step.number_id
        )
        added = any(write.operation == calls.ADD for write in accepted)
        clause = "EFFECTS-NUMBER-ATTRIBUTES" if added else _attribute_clause(step, "recent_calls", None)
        expected = f"{len(known.first_calls)} calls and those that came in, or ten"
        yield Difference(clause, message, expected, f"{len(now)} others", subject="attribute recent_calls")


def _attribute(clause: str, step: Step, name: str, expected: Any, actual: Any) -> Difference:
    message = f"{name} of number {step.number_id} changed"
    claim = "" if step.reads else claim_on_number(step.number_id, name)
    explained_by = ("UPDATE-NUMBER-TAKES",) if _was_set_by_an_update(step, name, expected) else ()
    make = partial(Difference, clause, message, repr(expected), repr(actual))
    return make(subject=f"{_ATTRIBUTE}{name}", claim=claim, explained_by=explained_by)


def _was_set_by_an_update(step: Step, name: str, value: Any) -> bool:
    updates = (write for write in step.before.writes if write.operation == calls.UPDATE_NUMBER and not write.refused)
    return any(write.number == step.number_id and (name, repr(value)) in write.values for write in updates)


def changed_attribute(step: Step) -> Attribute | None:
    """Return what a number holds of an attribute, where that it held another value is all that differs."""
    names = {each.subject.removeprefix(_ATTRIBUTE) for each in step.differences if each.subject.startswith(_ATTRIBUTE)}
    others = any(not each.subject.startswith(_ATTRIBUTE) for each in step.differences)
    if others or len(names) != 1:
        return None
    [name] = names
    return name, repr(step.detail.attributes.get(name)) if step.detail else ""


def _was_just_updated(step: Step, name: str) -> bool:
    """Tell whether the last write on this number was an update of this attribute."""
    here = [write for write in step.before.writes if write.number == step.number_id and not write.refused]
    if not here or here[-1].operation != calls.UPDATE_NUMBER:
        return False
    return _is_about(here[-1], name)


def _is_about(write: Write, name: str) -> bool:
    return any(sent == name for sent, _ in write.values)


def _has_its_old_name(step: Step, name: str, value: Any) -> bool:
    """Tell whether a number has another name than the update that was the last to change it gave, one nobody sent."""
    here = [write for write in step.before.writes if write.number == step.number_id and write.does != "read"]
    accepted = [write for write in here if not write.refused]
    if name != "name" or not accepted or accepted[-1].operation != calls.UPDATE_NUMBER:
        return False
    update = accepted[-1]
    since = [*(write for write in here if write.exchange > update.exchange), as_write(step)]
    sent = any(("name", repr(value)) in write.values or value in write.names for write in since)
    return any(field == "name" for field, _ in update.values) and not sent


def _was_sent_elsewhere(candidates: tuple[Write, ...], name: str, value: Any) -> bool:
    updates = (each for each in candidates if each.operation == calls.UPDATE_NUMBER and not each.refused)
    return any((name, repr(value)) in each.values for each in updates)


def _attribute_clause(step: Step, name: str, value: Any) -> str:
    """Blame who sent the very value, else whoever was least often seen to change nothing."""
    if not step.state.seen and not step.unseen_writes:
        return "LIST-NUMBERS-AGREES"  # only the list showed it so far
    candidates = suspects(step)
    if len(candidates) == 1 and step.reads and _was_just_updated(step, name):
        return "UPDATE-NUMBER-TAKES"
    if _has_its_old_name(step, name, value):
        return "UPDATE-NUMBER-TAKES"
    here = [write for write in candidates if write.number == step.number_id]
    carrying = [write for write in here if (name, repr(value)) in write.values]
    updating = [write for write in here if write.operation == calls.UPDATE_NUMBER and _is_about(write, name)]
    by_chance = isinstance(value, bool) and any(write.does != "read" for write in here)  # it has one other value
    if not carrying and not by_chance and _was_sent_elsewhere(candidates, name, value):
        return "UPDATE-NUMBER-KEEPS"  # another number's update went for this one too
    by_add = "EFFECTS-ROUTING-STRATEGY" if name == "routing_strategy" else "EFFECTS-NUMBER-ATTRIBUTES"
    by_call = {
        calls.ADD: by_add,
        calls.UPDATE_NUMBER: "UPDATE-NUMBER-KEEPS",
        calls.REMOVE: "REMOVE-KEEPS-OPERATOR",
        calls.DELETE_OPERATOR: "OPERATOR-DELETE-TAKES",
        calls.UPDATE_OPERATOR: "OPERATOR-UPDATE-TAKES",
    }

    def clause_of(write: Write) -> str:
        if write.operation == calls.GET_NUMBER:
            return write.clause
        if write.refused:
            return changes_nothing_clause(step.contract, write)
        return by_call.get(write.operation, "EFFECTS-OTHER-NUMBERS")

    if name not in DOCUMENTED_FIELDS and any(write.operation == calls.ADD for write in carrying):
        return "UNKNOWN-FIELDS"  # the very value was a field beside the documented ones
    # An operator's update may change lists, and hardly what is the number's own.
    others = tuple(write for write in candidates if write.operation != calls.UPDATE_OPERATOR) or candidates
    likely = likeliest(others, step.suspicion, step.number_id, (name, repr(value)))
    return clause_of_the_likeliest(carrying or updating or likely, clause_of)
