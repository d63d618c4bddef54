"""What answers show of operators: their records, who is listed, who is available, and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from conformance.oracle import calls
from conformance.oracle.answers import is_integer
from conformance.oracle.blame import changes_nothing_clause, clause_of_newcomer, culprits
from conformance.oracle.claims import claim_on_operator
from conformance.oracle.names import read_name
from conformance.oracle.overlap import MOST_REQUESTS
from conformance.oracle.phone_numbers import E164, read_phone_number
from conformance.oracle.step import Difference, Step
from conformance.oracle.views import fields_shown, shown, shows_whole_records
from conformance.oracle.world import Operator, Write
from conformance.oracle.writes import as_write

_NOT_FOUND = 404
_ONLY_WHOLE = frozenset({"email", "active"})  # what a detail payload does not show
STORED_OTHERWISE = {"name": ("NAME-KEPT",), "phone_number": ("PHONE-STORED",)}
"""The clauses that are broken where a field is never stored as it was sent, whatever stores it."""
_CLAUSE_OF_VIEW = {
    calls.LIST_OPERATORS: "OPERATORS-HOLD",
    calls.GET_OPERATOR: "OPERATOR-PAGE-AGREES",
    calls.CREATE_OPERATOR: "OPERATOR-CREATE-ANSWERS",
    calls.UPDATE_OPERATOR: "OPERATOR-UPDATE-TAKES",
    calls.LIST_NUMBERS: "LIST-NUMBERS-AGREES",
}


def of_operators(step: Step) -> Iterator[Difference]:
    """Compare every shown record of an operator of ours, and find operators that nobody asked for."""
    if not step.succeeded or step.match is None:
        return
    for operator, entry in shown(step):
        yield from _record(step, operator, entry)
    yield from _unasked(step)
    if step.call.operation == calls.LIST_OPERATORS:
        yield from _listed(step)


def _record(step: Step, operator: int, entry: Mapping[str, Any]) -> Iterator[Difference]:
    known = step.before.operator(operator)
    if not known.ours or known.exists is not True:
        return
    updated = step.call.operation == calls.UPDATE_OPERATOR and step.operator_id == operator
    sent: Mapping[str, Any] = step.fields if updated else {}
    yield from _taken_from_the_body(step, operator, known, entry)
    for name in fields_shown(step):
        if name in entry and name in known.record and name not in sent and entry[name] != known.record[name]:
            if updated and name == "initials" and "name" in sent:
                continue
            yield Difference(
                _record_clause(step, operator, known, name, entry[name]),
                f"{name} of operator {operator} is not what it was",
                repr(known.record[name]),
                repr(entry[name]),
                subject=f"record {name}",
                claim=claim_on_operator(operator, name) if _on_a_writes_list(step, operator, entry) else "",
                explained_by=STORED_OTHERWISE.get(name, ()) if _is_as_sent(step, known, name, entry[name]) else (),
                never_was=not _was_otherwise(step, operator, name),
            )
        elif name in sent and name in entry and not is_stored_as(name, sent[name], entry[name]):
            phone = read_phone_number(sent[name]).stored if name == "phone_number" else None
            yield Difference(
                "OPERATOR-UPDATE-TAKES",
                f"{name} of operator {operator} is not the one sent: {sent[name]!r}",
                repr(phone or sent[name]),
                repr(entry[name]),
                explained_by=STORED_OTHERWISE.get(name, ()),
            )


def _was_otherwise(step: Step, operator: int, name: str) -> bool:
    """Tell whether a field may have been otherwise before: updated since, or of somebody deleted who had that id.

    A read that lags may show that still.
    """
    updates = (write for write in step.before.writes if write.operation == calls.UPDATE_OPERATOR)
    fields = {field for write in updates if operator in write.operators for field, _ in write.values}
    return _was_deleted(step, operator) or name in fields or (name == "initials" and "name" in fields)


def _was_deleted(step: Step, operator: int) -> bool:
    """Tell whether a deletion of somebody with that id went through."""
    deletions = (write for write in step.before.writes if write.operation == calls.DELETE_OPERATOR)
    return any(operator in write.operators and not write.refused for write in deletions)


def _is_as_sent(step: Step, known: Operator, name: str, value: Any) -> bool:
    """Tell whether a field is as the request sent it that made the operator: it was the answer that had another."""
    made = (write for write in step.before.writes if write.exchange == known.made)
    return any((name, repr(value)) in write.values for write in made)


def is_stored_as(name: str, sent: Any, stored: Any) -> bool:
    """Tell whether a value may be what a record stores of the one sent (contract 2, POST /operators; contract 3)."""
    if name == "phone_number" and isinstance(stored, str):
        number = read_phone_number(sent).stored
        return stored == number if number is not None else E164.fullmatch(stored) is not None
    if name == "name" and isinstance(sent, str) and isinstance(stored, str):
        return read_name(sent).reading(stored) is not None
    return bool(stored == sent)


def _taken_from_the_body(step: Step, operator: int, known: Operator, entry: Mapping[str, Any]) -> Iterator[Difference]:
    """Find what a new operator took from fields beside those that a request has, where it is first shown whole."""
    if known.made_alone or known.seen_whole or not shows_whole_records(step):
        return
    naming = [
        write
        for write in step.before.writes
        if write.operation == calls.ADD and (write.exchange == known.made or operator in write.operators)
        if not write.refused  # what was refused changes nothing: another clause says so
    ]
    for name, nothing in (("email", None), ("active", True)):
        carrying = [write for write in naming if name in entry and (name, repr(entry[name])) in write.values]
        if carrying and entry[name] != nothing:
            message = f"operator {operator} took {name} from a field that there is not"
            told = ("CREATE-ACTIVE",) if name == "active" else ()
            make = partial(Difference, "UNKNOWN-FIELDS", message, repr(nothing), repr(entry[name]), explained_by=told)
            yield make(culprits=(carrying[0].exchange,))


def _on_a_writes_list(step: Step, operator: int, entry: Mapping[str, Any]) -> bool:
    return not step.reads and step.detail is not None and step.detail.operators.get(operator) is entry


def _record_clause(step: Step, operator: int, known: Operator, name: str, value: Any) -> str:
    """Blame the last write that touched the operator since its record was shown, else the view itself."""
    if _came_with(step, operator, name):
        return "UNKNOWN-FIELDS"
    if name == "phone_number" and _given_to_another(step, known):
        return "PHONE-EXISTS"
    if _is_as_before_an_update(step, operator, name, known.record[name], value):
        return "OPERATOR-UPDATE-TAKES"
    if step.adds and step.target == operator and "operator_id" not in step.fields:
        return "PHONE-EXISTS"
    if step.adds and step.target == operator:
        beside = {"phone_number", "name"} & step.fields.keys()
        return "PRECEDENCE-KEEPS-RECORD" if beside else "EFFECTS-OPERATOR-RECORD"
    seen = known.seen_whole if name in _ONLY_WHOLE else known.seen
    touching = [write for write in step.before.writes_since(seen) if operator in write.operators]
    if not touching:
        return _clause_where_nothing_touched(step, known, name, seen)
    carrying = [write for write in touching if write.refused and (name, repr(value)) in write.values]
    if carrying and not any(not write.refused for write in touching if write.exchange > carrying[-1].exchange):
        return changes_nothing_clause(step.contract, carrying[-1])
    last = touching[-1]
    if last.clause == "PHONE-EXISTS":
        return "PHONE-EXISTS"
    if last.operation == calls.ADD:
        return "PRECEDENCE-KEEPS-RECORD" if last.phones or last.names else "EFFECTS-OPERATOR-RECORD"
    by_call = {calls.REMOVE: "REMOVE-KEEPS-OPERATOR", calls.UPDATE_OPERATOR: "OPERATOR-UPDATE-TAKES"}
    return by_call.get(last.operation, "PAYLOAD-OPERATOR-RECORD")


def _clause_where_nothing_touched(step: Step, known: Operator, name: str, seen: int) -> str:
    if name == "phone_number" and _has_a_double(step, known):
        return "PHONE-EXISTS"
    of_the_view = _CLAUSE_OF_VIEW.get(step.call.operation, "PAYLOAD-OPERATOR-RECORD")
    return "EFFECTS-OPERATOR-RECORD" if _was_asked_for_by_number(step, known, seen) else of_the_view


def _was_asked_for_by_number(step: Step, known: Operator, seen: int) -> bool:
    """Tell whether shape B was sent somebody's number since: it may attach them, and leaves their record alone."""
    phone, writes = known.record.get("phone_number"), step.before.writes_since(seen)
    return any(write.operation == calls.ADD and not write.operators and phone in write.phones for write in writes)


def _has_a_double(step: Step, known: Operator) -> bool:
    """Tell whether another shape B with somebody's number was accepted in the round that made them."""
    phone = known.record.get("phone_number")
    made = (write for write in step.before.writes if write.operation == calls.ADD and not write.operators)
    beside = (write for write in made if 0 < abs(write.exchange - known.made) < MOST_REQUESTS)
    return any(phone in write.phones and not write.refused for write in beside)


def _is_as_before_an_update(step: Step, operator: int, name: str, updated: Any, value: Any) -> bool:
    """Tell whether a field is again as it was before an update that only its own answer showed to take."""
    carrying = [write for write in step.before.writes if (name, repr(updated)) in write.values]
    updates = [write for write in carrying if write.operation == calls.UPDATE_OPERATOR and operator in write.operators]
    if not updates or _was_listed_since(step, operator, updates[-1].exchange):
        return False
    made = step.before.operator(operator).made
    earlier = (
        write
        for write in step.before.writes
        if write.exchange < updates[-1].exchange and (write.exchange == made or operator in write.operators)
    )
    return any((name, repr(value)) in write.values for write in earlier)


def _was_listed_since(step: Step, operator: int, exchange: int) -> bool:
    return any(operator in listing.ids and listing.seen > exchange for listing in step.before.operator_lists.values())


def _came_with(step: Step, operator: int, name: str) -> bool:
    """Tell whether the value now shown was a field beside a reference to this operator, where no such field is."""
    if name not in _ONLY_WHOLE:
        return False
    shown_now = next((entry[name] for each, entry in shown(step) if each == operator and name in entry), None)
    writes = (*step.before.writes_since(step.before.operator(operator).seen_whole), as_write(step))
    return any(
        write.operation == calls.ADD and operator in write.operators and (name, repr(shown_now)) in write.values
        for write in writes
    )


def _given_to_another(step: Step, known: Operator) -> bool:
    """Tell whether a request for one more operator with this one's phone number came since it was shown."""
    phone = known.record.get("phone_number")
    writes = (*step.before.writes_since(known.seen), as_write(step))
    return any(write.clause == "PHONE-EXISTS" and phone in write.phones for write in writes)


def _unasked(step: Step) -> Iterator[Difference]:
    """Find operators with a phone number that this conversation sent, though no accepted request made them."""
    asked_here = {step.created, step.target}
    if step.call.operation in {calls.CREATE_OPERATOR, calls.LIST_NUMBERS}:
        return
    seen: set[int] = set()
    for operator, entry in shown(step):
        known = step.before.operator(operator)
        if operator in seen or operator in asked_here or known.exists is not None or known.record:
            continue  # somebody known whose deletion got no answer is nobody new
        seen.add(operator)
        if step.detail is not None and operator in step.detail.operators:
            continue  # on a list: the places tell
        yield from _newcomer(step, operator, entry)


def _newcomer(step: Step, operator: int, entry: Mapping[str, Any]) -> Iterator[Difference]:
    if not step.before.operator_lists:
        return  # nobody was ever listed: it may have been there before all that is known
    phone, name = entry.get("phone_number"), entry.get("name")
    copied = _copied(step, phone)
    if copied is not None:
        yield Difference(
            clause_of_newcomer(step.contract, copied, None),
            f"operator {operator} was made, with the number of one that the request named",
            f"no second operator with the number {phone}",
            f"operator {operator} {name!r} {phone}",
            (copied.exchange,),
        )
        return
    writes = (*step.before.writes, *([as_write(step)] if step.adds else []))
    if step.before.resolves("account", "account", operator) is False:
        by_id = culprits([write for write in writes if write.refused], operator=operator)
        if by_id:
            clause = changes_nothing_clause(step.contract, by_id[0], made_somebody=True)
            message = f"operator {operator} was made, whom a refused request only named"
            yield Difference(clause, message, "nobody of that id", f"{name!r} {phone}", (by_id[0].exchange,))
            return
    found = [write for write in culprits(writes, phone=phone, name=name) if write.phones or write.names]
    twins = [step.created] if step.created is not None and _shows_phone(step, step.created, phone) else []
    twins += [
        other
        for other, known in step.before.operators.items()
        if known.ours and known.exists and known.record.get("phone_number") == phone
    ]
    if sum(_makes_somebody(write) for write in found) > len(twins):
        return  # made by an accepted request whose answer did not show it
    if not found:
        if not twins:
            return  # somebody else made it
        clause = "EFFECTS-OPERATOR-LIST"
    else:
        clause = clause_of_newcomer(step.contract, found[0], None)
    yield Difference(
        clause,
        f"operator {operator} was made, though no accepted request made it",
        f"no operator with the number {phone}",
        f"operator {operator} {name!r} {phone}",
        tuple(write.exchange for write in found[:1]),
        never_was=True,
    )


def _copied(step: Step, phone: Any) -> Write | None:
    """Return the write since the last such answer that named an operator with this phone number, and carried none."""
    if step.call.operation == calls.LIST_OPERATORS:
        listing = step.before.operator_lists.get(step.actor.name)
        writes = step.before.writes_since(listing.seen if listing else 0)
    else:
        writes = suspects_since(step, step.state.seen) if not step.reads else step.unseen_writes
    if any(phone in write.phones for write in writes):
        return None
    named = [
        write
        for write in writes
        if any(step.before.operator(each).record.get("phone_number") == phone for each in write.operators)
    ]
    return named[-1] if named else None


def _shows_phone(step: Step, operator: int, phone: Any) -> bool:
    return step.detail is not None and step.detail.operators[operator].get("phone_number") == phone


def _makes_somebody(write: Write) -> bool:
    """Tell whether an accepted write had to make an operator of the phone number that it carries."""
    if write.refused or write.operation not in {calls.ADD, calls.CREATE_OPERATOR}:
        return False
    return not write.operators and bool(write.phones)


def _listed(step: Step) -> Iterator[Difference]:
    """Compare who is on the account's operator list with who had to be there."""
    entries = step.answered.entries
    if entries is None:
        return
    ids = [each.get("id") for each in entries]
    for operator in dict.fromkeys(each for each in ids if ids.count(each) > 1):
        yield Difference(
            "OPERATORS-HOLD", f"operator {operator} is listed twice", "once", f"{ids.count(operator)} times"
        )
    if step.actor.scope == "project":
        return
    for operator, known in step.before.operators.items():
        if not known.ours:
            continue
        if known.exists is False and operator in ids:
            taken, unseen = ("OPERATOR-DELETE-TAKES", "deleted"), ("OPERATOR-PAGE-ANSWERS", "not found")
            clause, was = taken if _was_deleted(step, operator) else unseen
            message = f"operator {operator} was {was} and is listed"
            yield Difference(clause, message, "not listed", "listed", about=operator, if_gone="OPERATORS-HOLD")
        may_be_hidden = step.actor.scope == "unknown" and not step.before.has_listed(step.actor.name, operator)
        if known.exists and operator not in ids and not may_be_hidden:
            clause = "SCOPE-LIST-OPERATORS" if _is_the_projects(step) else "OPERATORS-HOLD"
            gone, never = clause_of_the_gone(step, operator), never_there(step, operator)
            make = partial(Difference, clause, if_gone=gone, explained_by=never)
            message = f"operator {operator} is not listed"
            yield make(message, "listed", "not listed", about=operator, doubts_existence=True)


def _is_the_projects(step: Step) -> bool:
    """Tell whether the account's list is, to the last entry, the one that the project's key was shown."""
    project = step.before.operator_lists.get("project")
    ids = frozenset(each["id"] for each in step.answered.entries or () if is_integer(each.get("id")))
    return project is not None and project.ids == ids


def never_there(step: Step, operator: int) -> tuple[str, ...]:
    """Return what explains that somebody is gone whom no list and no page ever showed: shape B made nobody."""
    known = step.before.operator(operator)
    return () if known.made_alone or known.seen_whole else ("CREATE-MAKES-ONE",)


def clause_of_the_gone(step: Step, operator: int) -> str:
    """Return the clause that was broken when an operator of ours ceased to exist, by the writes since it was seen."""
    known = step.before.operator(operator)
    by_itself = step.succeeded and not step.reads
    writes = suspects_since(step, known.seen) if by_itself else step.before.writes_since(known.seen)
    phone = known.record.get("phone_number")
    naming = [write for write in writes if operator in write.operators or (phone in write.phones and not write.refused)]
    listed = any(operator in listing.ids for listing in step.before.operator_lists.values())
    if not naming and not listed and (known.made == known.seen or not known.seen_whole):
        return _clause_of_making(known)  # nobody saw them but who made them
    if not writes:
        return "EFFECTS-READ"
    removals = [write for write in naming if write.operation == calls.REMOVE and not write.refused]
    write = (removals or naming or writes)[-1]  # a removal that deletes is likelier than a refusal that does
    if write.refused:
        return changes_nothing_clause(step.contract, write)
    by_call = {
        calls.ADD: "CREATE-MAKES-ONE" if write.does == "made" else "EFFECTS-OPERATOR-LIST",
        calls.REMOVE: "REMOVE-KEEPS-OPERATOR",
        calls.UPDATE_NUMBER: "UPDATE-NUMBER-KEEPS",
        calls.DELETE_OPERATOR: "OPERATOR-DELETE-TAKES",
        calls.UPDATE_OPERATOR: "OPERATOR-UPDATE-TAKES",
    }
    return by_call.get(write.operation, "OPERATORS-HOLD")


def whom_nobody_found(step: Step) -> int | None:
    """Return the operator of ours, there as far as is known, that a request named and was answered 404.

    To a key that is no good, a 404 says nothing of who is there.
    """
    asked: Any = step.fields.get("operator_id") if step.adds else step.operator_id
    if step.answered.status != _NOT_FOUND or not is_integer(asked) or step.actor.key != "valid":
        return None
    known = step.before.operator(asked)
    return asked if known.ours and known.exists else None


def _clause_of_making(known: Operator) -> str:
    return "OPERATOR-CREATE-ANSWERS" if known.made_alone else "CREATE-MAKES-ONE"


def suspects_since(step: Step, exchange: int) -> tuple[Write, ...]:
    """Return the writes after an exchange, this step's own last."""
    return (*step.before.writes_since(exchange), as_write(step))
