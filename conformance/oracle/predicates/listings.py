"""Clauses of the lists and of an operator's own page (contract 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from conformance.oracle import calls
from conformance.oracle.answers import LISTED_ATTRIBUTES, is_integer, listed_twice
from conformance.oracle.blame import culprits
from conformance.oracle.differences import show, was_ever_put, who_attached
from conformance.oracle.inquiries import numbers_on_the_page
from conformance.oracle.predicates.answers import answer_difference, other_shape
from conformance.oracle.predicates.registry import HOLDS, LISTS_NUMBERS, LISTS_OPERATORS, Judged, predicate
from conformance.oracle.records import STORED_OTHERWISE, is_stored_as
from conformance.oracle.shapes import shape_errors
from conformance.oracle.step import Difference, Step
from conformance.oracle.views import shown
from conformance.oracle.world import Number

PAGES = frozenset({calls.GET_OPERATOR})
_FIRST = 3
_PLAIN_NAME = re.compile(r"[A-Z][a-z]*( [A-Z][a-z]*)*")


def _steady_entries(step: Step) -> Iterator[tuple[Mapping[str, Any], Number]]:
    """Yield the listed numbers whose operators only this conversation changes, and are known."""
    for entry in step.answered.entries or ():
        number = entry.get("id")
        if not is_integer(number) or number not in step.before.setting.virtual_numbers:
            continue
        state = step.before.number(number)
        if state.places is not None and not step.before.writes_since(state.seen):
            yield entry, state


@predicate("LIST-NUMBERS-AGREES", LISTS_NUMBERS)
def the_list_shows_what_the_page_shows(step: Step) -> Judged:
    """Attributes, the count, and three of the operators (contract 2, GET /virtual_numbers)."""
    found = [each for each in step.differences if each.clause == "LIST-NUMBERS-AGREES"]
    asked = False
    if step.answered.entries is None:
        return found or None  # no list at all: another clause says so
    absent = sorted(_seen_before(step) - {each.get("id") for each in step.answered.entries})
    found += [_disagrees(f"number {each}, which this key read before,", "listed", "not listed") for each in absent]
    for number in listed_twice(step.answered.entries)[:1]:
        found.append(Difference("LIST-NUMBERS-AGREES", f"number {number} is listed twice", "once", "twice"))
    for entry, state in _steady_entries(step):
        asked = True
        for name, value in state.attributes.items():
            if name in LISTED_ATTRIBUTES & entry.keys() and entry[name] != value:
                found.append(_disagrees(f"{name} of number {entry['id']}", value, entry[name]))
        places = state.places or ()
        if step.actor.scope == "account" and entry.get("operators_count") != len(places):
            found.append(
                _disagrees(f"operators_count of number {entry['id']}", len(places), entry.get("operators_count"))
            )
        listed = _listed_ids(entry)
        strangers = [each for each in listed if not state.holds(each)]
        doubled = len(set(listed)) < len(listed)
        if doubled or (step.actor.scope == "account" and (strangers or len(listed) != min(_FIRST, len(places)))):
            found.append(_disagrees(f"operators of number {entry['id']}", f"three of {show(places)}", listed))
    return found or (HOLDS if asked else None)


def _seen_before(step: Step) -> frozenset[int]:
    """Return the numbers that the user says are there, and whose page this key was shown."""
    setting = step.before.setting
    there = setting.virtual_numbers | (setting.foreign_numbers if step.actor.scope == "account" else frozenset())
    return there & step.before.readable.get(step.actor.name, frozenset())


def _listed_ids(entry: Mapping[str, Any]) -> list[int]:
    people = entry.get("operators")
    return (
        [each["id"] for each in people if isinstance(each, dict) and is_integer(each.get("id"))]
        if isinstance(people, list)
        else []
    )


def _disagrees(what: str, expected: object, actual: object) -> Difference:
    return Difference("LIST-NUMBERS-AGREES", f"{what} is not what its own page shows", str(expected), str(actual))


@predicate("LIST-NUMBERS-FIRST-THREE", LISTS_NUMBERS)
def the_three_are_the_first(step: Step) -> Judged:
    """The first 3 by priority, a should (contract 2, GET /virtual_numbers)."""
    asked = False
    for entry, state in _steady_entries(step):
        first = tuple(place.operator for place in (state.places or ())[:_FIRST])
        listed = tuple(_listed_ids(entry))
        if step.actor.scope != "account" or len(first) < 2 or len(listed) != len(first):
            continue
        asked = True
        if listed != first:
            message = f"number {entry['id']} does not show the first operators by priority"
            return [Difference("LIST-NUMBERS-FIRST-THREE", message, show(first), show(listed))]
    return HOLDS if asked else None


@predicate("OPERATORS-SORTED", LISTS_OPERATORS)
def operators_are_sorted_by_name(step: Step) -> Judged:
    """Ascending for ASCII names of one case; beyond that any collation (contract 3)."""
    names = [each.get("name") for each in step.answered.entries or ()]
    plain = [name for name in names if isinstance(name, str) and _PLAIN_NAME.fullmatch(name)]
    if len(plain) < 2:
        return None
    for first, second in pairwise(plain):
        if all(key(second) < key(first) for key in (str, str.casefold, _letters)):
            message = "the list of operators is not sorted by name"
            return [Difference("OPERATORS-SORTED", message, f"{second!r} before {first!r}", "the other way round")]
    return HOLDS


def _letters(name: str) -> str:
    return name.replace(" ", "").casefold()


@predicate("CREATE-ACTIVE", LISTS_OPERATORS | PAGES)
def a_new_operator_is_active(step: Step) -> Judged:
    """A person to whom calls can be routed (contract 1, purpose); the default of POST /operators too (contract 2)."""
    asked = False
    for operator, entry in shown(step):
        known = step.before.operator(operator)
        if not known.ours or known.made_alone or known.switched or "active" not in entry:
            continue
        asked = True
        if entry["active"] is False and not _was_referred_to(step, operator):
            message = f"operator {operator}, whom a request with a phone number made, is not active"
            return [Difference("CREATE-ACTIVE", message, "active", "not active", (known.made,))]
    return HOLDS if asked else None


def _was_referred_to(step: Step, operator: int) -> bool:
    """Tell whether a later request named an operator, so that it may have been switched off then."""
    made = step.before.operator(operator).made
    return any(operator in write.operators for write in step.before.writes_since(made))


@predicate("OPERATORS-COUNT", LISTS_OPERATORS | PAGES)
def the_count_is_of_the_numbers_attached(step: Step) -> Judged:
    """virtual_numbers_count of every operator of ours, on the list and on its page (contract 2, GET /operators)."""
    if step.actor.scope != "account":
        return None
    asked = False
    page = (step.answered.data,) if isinstance(step.answered.data, dict) else ()
    for entry in step.answered.entries or page:
        known = step.before.operator(entry["id"]) if is_integer(entry.get("id")) else None
        attached = step.before.attached_at(entry["id"]) if known and known.ours and known.exists else None
        if attached is None or not is_integer(entry.get("virtual_numbers_count")):
            continue  # a count of another type is another shape
        asked = True
        if entry["virtual_numbers_count"] != len(attached):
            message = f"virtual_numbers_count of operator {entry['id']}"
            expected = f"{len(attached)} ({', '.join(map(str, sorted(attached))) or 'nowhere'})"
            count = str(entry["virtual_numbers_count"])
            return [Difference("OPERATORS-COUNT", message, expected, count, about=entry["id"])]
    return HOLDS if asked else None


@predicate("OPERATOR-PAGE-AGREES", PAGES)
def the_page_shows_record_and_numbers(step: Step) -> Judged:
    """The record, and exactly the numbers attached (contract 2, GET /operators/{id})."""
    found = [each for each in step.differences if each.clause == "OPERATOR-PAGE-AGREES"]
    if found or step.operator_id is None or not step.succeeded:
        return found or None
    page = step.answered.data if isinstance(step.answered.data, dict) else {}
    for number in listed_twice(page.get("virtual_numbers")):
        message = f"number {number} is on the page of operator {step.operator_id} twice"
        return [Difference("OPERATOR-PAGE-AGREES", message, "once", "twice")]
    for number, name, expected, actual in _shown_otherwise(step, page):
        message = f"{name} of number {number} on the page of operator {step.operator_id}"
        mangled = ("UPDATE-NUMBER-TAKES",) if name == "name" else ()
        return [Difference("OPERATOR-PAGE-AGREES", message, repr(expected), repr(actual), explained_by=mangled)]
    listed = numbers_on_the_page(step)
    known = step.before.operator(step.operator_id)
    attached = step.before.attached_at(step.operator_id)
    if not known.ours or attached is None or listed is None:
        return None
    missing = _that_the_key_sees(step, attached) - listed
    if not missing and not _unexplained(step, listed - attached):
        return HOLDS
    message = f"the numbers on the page of operator {step.operator_id}"
    return [Difference("OPERATOR-PAGE-AGREES", message, str(sorted(attached)), str(sorted(listed)))]


def _that_the_key_sees(step: Step, numbers: frozenset[int]) -> frozenset[int]:
    if step.actor.scope == "account":
        return numbers
    listing = step.before.number_lists.get(step.actor.name)
    return numbers & listing.ids if listing is not None and step.actor.scope == "project" else frozenset()


def _shown_otherwise(step: Step, page: Mapping[str, Any]) -> Iterator[tuple[int, str, Any, Any]]:
    """Find designated numbers on an operator's page that have another value there: number, field, known, shown."""
    entries = page.get("virtual_numbers")
    for entry in entries if isinstance(entries, list) else ():
        number = entry.get("id") if isinstance(entry, dict) else None
        if not is_integer(number) or number not in step.before.setting.virtual_numbers:
            continue
        known = step.before.number(number).attributes
        for name in ("phone_number", "name", "active"):
            if name in entry and name in known and entry[name] != known[name]:
                yield number, name, known[name], entry[name]


def _unexplained(step: Step, extra: frozenset[int]) -> frozenset[int]:
    """Return the extra numbers that were seen without the operator since it was last attached anywhere."""
    writes = culprits(step.before.writes, operator=step.operator_id)
    since = writes[0].exchange if writes else 0
    return frozenset(each for each in extra if step.before.number(each).seen > since)


def numbers_gained(step: Step) -> Iterator[Difference]:
    """Find numbers on an operator's page to which nothing attached it, and that nobody looked at since."""
    if step.call.operation != calls.GET_OPERATOR or not step.succeeded or step.operator_id is None:
        return
    listed, attached = numbers_on_the_page(step), step.before.attached_at(step.operator_id)
    known = step.before.operator(step.operator_id)
    if listed is None or attached is None or not known.ours or known.exists is False:
        return
    extra = listed - attached
    for number in sorted(extra - _unexplained(step, extra)):
        message = f"operator {step.operator_id} is attached to number {number}, where nothing put it"
        clause, exchanges = who_attached(step, step.operator_id, number)
        was_removed = step.operator_id in step.before.number(number).removed
        clause = "OPERATOR-PAGE-AGREES" if was_removed else clause
        make = partial(Difference, clause, message, str(sorted(attached)), str(sorted(listed)), exchanges)
        yield make(never_was=not was_ever_put(step, step.operator_id, number))


@predicate(
    "OPERATOR-DELETE-TAKES",
    frozenset({calls.DELETE_OPERATOR, calls.GET_NUMBER, calls.LIST_OPERATORS, *calls.DETAIL_CALLS}),
)
def a_deleted_operator_is_gone(step: Step) -> Judged:
    """Its assignments go with it; the virtual numbers stay (contract 2, DELETE /operators/{id})."""
    found = [each for each in step.differences if each.clause == "OPERATOR-DELETE-TAKES"]
    if found:
        return found
    deleted = [write for write in step.before.writes if write.operation == calls.DELETE_OPERATOR and not write.refused]
    if not deleted or (step.detail is None and step.answered.entries is None):
        return None
    named = {operator for write in deleted for operator in write.operators}
    # Not where the answer was lost, nor whose id is given again, or whose record is restored, for a new one.
    gone = {operator for operator in named - {step.created} if step.before.operator(operator).exists is False}
    if step.detail is not None and (back := gone & (set(step.detail.ids) | set(step.detail.available))):
        message = f"operator {min(back)} was deleted and is still shown"
        return [Difference("OPERATOR-DELETE-TAKES", message, "not listed", show(step.detail.places))]
    return HOLDS


@predicate("OPERATOR-CREATE-ANSWERS", frozenset({calls.CREATE_OPERATOR}))
def creating_answers_the_record(step: Step) -> Judged:
    """201 with the record as sent (contract 2, POST /operators)."""
    clause = "OPERATOR-CREATE-ANSWERS"
    if step.expectation is None or step.expectation.clause != clause:
        return None
    if step.match is None:
        return [answer_difference(step)]
    if not step.succeeded:
        return None
    found = [other_shape(clause, each) for each in shape_errors(step.call.operation, step.answered.json)]
    data = step.answered.data if isinstance(step.answered.data, dict) else {}
    for name in ("name", "phone_number", "email", "active"):
        sent = step.fields.get(name, True if name == "active" else data.get(name))
        if name in data and not is_stored_as(name, sent, data[name]) and not (name == "phone_number" and found):
            message, known = f"{name} is not the one sent", STORED_OTHERWISE.get(name, ())
            found.append(Difference(clause, message, repr(sent), repr(data[name]), explained_by=known))
    return found or HOLDS
