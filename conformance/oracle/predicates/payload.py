"""Clauses of the payload: shapes, and what a single answer shows by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from conformance.oracle import calls
from conformance.oracle.answers import NO_JSON, Detail, is_integer, listed_twice
from conformance.oracle.calls import canonical_integer
from conformance.oracle.claims import claim_on_number
from conformance.oracle.differences import NOT_LISTED, STALE_AFTER
from conformance.oracle.expect import goes_beyond_http_limits
from conformance.oracle.expectation import FEWEST_AT_A_LIMIT, UNJUDGED
from conformance.oracle.predicates.answers import as_unreadable, came, other_shape
from conformance.oracle.predicates.registry import (
    DETAILS,
    EVERY,
    GETS_NUMBER,
    HOLDS,
    Judged,
    Observed,
    by_differences,
    predicate,
)
from conformance.oracle.records import clause_of_the_gone, never_there
from conformance.oracle.shapes import shape_errors
from conformance.oracle.step import OK, Difference, Step
from conformance.oracle.views import shown

WRITES_A_NUMBER = DETAILS - GETS_NUMBER
_NEITHER = ("operator_id or phone_number is required",)
_NOT_FOUND = 404
_BY_THE_APPLICATION = frozenset({401, 403})
_BY_THE_FRAMEWORK = frozenset({400, 405, 406, 413, 415})
_STATS = frozenset({"total_calls", "answered_calls", "missed_calls", "average_duration_seconds"})
_ONE_WORD = re.compile(r"[A-Za-z]{2,}")  # one of one letter has no choice
_TWO_WORDS = re.compile(r"([A-Za-z])[A-Za-z]* ([A-Za-z])[A-Za-z]*")


def _shape(step: Step, clause: str) -> Judged:
    if step.answered.status != OK or step.match is None or step.answered.json is NO_JSON:
        return None
    errors = shape_errors(step.call.operation, step.answered.json)
    return [other_shape(clause, each) for each in errors]


@predicate("PAYLOAD-SHAPE", WRITES_A_NUMBER, settles=False)
def a_writes_answer_has_the_documented_shape(step: Step) -> Judged:
    """Every field of the detail payload, of its type (contract 1)."""
    return _shape(step, "PAYLOAD-SHAPE")


@predicate("GET-NUMBER-SHAPE", GETS_NUMBER, settles=False)
def a_read_has_the_documented_shape(step: Step) -> Judged:
    """The detail payload, its recent calls and available operators included (contract 2)."""
    return _shape(step, "GET-NUMBER-SHAPE")


@predicate("PAYLOAD-JSON", EVERY, settles=False)
def answers_are_json(step: Step) -> Judged:
    """Requests and responses are JSON (contract, base)."""
    if not step.succeeded and step.answered.status not in _BY_THE_APPLICATION and not _is_readable_as_documented(step):
        return None
    if step.expectation is None or step.exchange.request.method == "HEAD":
        return None
    media_type = step.answered.media_type
    if step.answered.json is NO_JSON:
        if step.match is None:
            return None  # the clause that governs the answer says so
        return [Difference("PAYLOAD-JSON", "the body is not JSON", "a JSON body", came(step))]
    if media_type == "application/json" or media_type.endswith("+json"):
        return HOLDS
    return [Difference("PAYLOAD-JSON", "the content type is not JSON's", "application/json", media_type or "none")]


@predicate("PAYLOAD-ERROR-SHAPE", EVERY, settles=False)
def a_refusal_says_why(step: Step) -> Judged:
    """`error` with a text; `errors` with texts is for validations, which no 401 and no 403 is (contract 2, errors)."""
    if step.match is None:
        return None
    if step.answered.status not in _BY_THE_APPLICATION and step.match.outcome.answer.error != "documented":
        return None
    if step.answered.errors is None and _may_be_the_routers(step):
        return None
    is_validation = step.answered.status not in _BY_THE_APPLICATION
    if step.answered.errors is not None and (is_validation or step.answered.has_one_error):
        return HOLDS
    expected = "{'error': text} or {'errors': [text, ...]}" if is_validation else "{'error': text}"
    make = partial(Difference, "PAYLOAD-ERROR-SHAPE", "a refusal without a readable text", expected, came(step))
    found = [make(explained_by=as_unreadable(step))]
    return found + _without_the_documented_text(step)


def _is_readable_as_documented(step: Step) -> bool:
    """Tell whether a refusal is one that the application documents, with its text: no framework's (contract 3)."""
    documented = step.match is not None and step.match.outcome.answer.error == "documented"
    return documented and step.answered.errors is not None and not _may_be_the_routers(step)


def _may_be_the_routers(step: Step) -> bool:
    """Tell whether a path may be of no route, for a spelling or a long id: its 404 has any body (contract 3)."""
    is_odd = step.call.path_oddity is not None or canonical_integer(step.call.number or "0") is None
    return is_odd and step.answered.status == _NOT_FOUND


def _without_the_documented_text(step: Step) -> list[Difference]:
    """Name the clause that documents the text too, for the first few: later ones tell nothing new."""
    governing = step.expectation.clause if step.expectation else UNJUDGED
    text = step.match.outcome.answer.text if step.match else None
    if governing == UNJUDGED or text is None or step.answered.says(text):
        return []
    if step.contract.clauses[governing].level == "open":
        return []
    make = partial(Difference, governing, "the documented text is missing", repr(text), came(step))
    return [make(subject="error text", explained_by=as_unreadable(step))]


@predicate("VALIDATION-SHAPE", EVERY)
def a_validation_422_has_one_of_two_shapes(step: Step) -> Judged:
    """`error` with a text or `errors` with texts (contract 3, the keys and errors)."""
    if step.match is None or step.match.outcome.answer.name != "invalid":
        return None
    outcomes = step.expectation.outcomes if step.expectation else ()
    if step.answered.errors == _NEITHER and any(each.answer.name == "missing" for each in outcomes):
        return None  # the 422 for neither field has a text of its own
    if step.answered.errors is None:
        expected = "{'error': text} or {'errors': [text, ...]}"
        make = partial(Difference, "VALIDATION-SHAPE", "a 422 without a readable text", expected, came(step))
        return [make(explained_by=_as_other_errors(step))]
    return Observed(
        "error" if "error" in step.answered.json else "errors", step.expectation.clause if step.expectation else ""
    )


def _as_other_errors(step: Step) -> tuple[str, ...]:
    """Return what explains JSON without an error text: all errors may be in one shape that is not the documented."""
    return () if step.answered.json is NO_JSON else ("PAYLOAD-ERROR-SHAPE",)


@predicate("PAYLOAD-FRAMEWORK-ERROR", EVERY, settles=False)
def a_frameworks_error_is_json_too(step: Step) -> Judged:
    """JSON with `error` is a should where the application is not reached (contract 3, the keys and errors)."""
    if step.answered.status not in _BY_THE_FRAMEWORK or step.match is None:
        return None
    if goes_beyond_http_limits(step.exchange.request):
        return None  # what HTTP itself refuses has any body
    if step.exchange.request.method == "HEAD" or step.answered.errors is not None:
        return HOLDS
    message, expected = "an error that is no JSON with error", "{'error': text}"
    explained_by = _as_other_errors(step)
    return [Difference("PAYLOAD-FRAMEWORK-ERROR", message, expected, came(step), explained_by=explained_by)]


@predicate("PAYLOAD-RIGHT-NUMBER", DETAILS, settles=False)
def a_payload_is_of_the_number_asked_for(step: Step) -> Judged:
    """The detail payload of the number in the path (contract 1, rules)."""
    shown_id = step.answered.detail.id if step.answered.detail is not None else None
    if not is_integer(shown_id) or step.match is None:
        return None
    if not step.shows_another_number:
        return HOLDS
    expected = f"number {step.number_id}"
    return [Difference("PAYLOAD-RIGHT-NUMBER", "the payload of another number", expected, f"number {shown_id}")]


by_differences(
    "PAYLOAD-OPERATOR-RECORD",
    EVERY,
    lambda step: step.detail is not None and any(step.before.operator(each).ours for each in step.detail.operators),
)


@predicate("PAYLOAD-STATS", GETS_NUMBER)
def stats_are_those_of_the_reads_around(step: Step) -> Judged:
    """The same detail payload; what moves is judged between two equal reads (contract 3)."""
    if step.detail is None or step.state.read_moving is None or not step.state.written_moving:
        return None
    now = (step.detail.data.get("stats"), step.detail.data.get("recent_calls"))
    found, compared = [], False
    for name, index in (("stats", 0), ("recent_calls", 1)):
        around = (step.state.read_moving[index], now[index])
        for exchange, *written in step.state.written_moving:
            if written[index] in around or _is_between(written[index], *around):
                compared = True
            elif around[0] == around[1]:
                message = f"{name} of a write's answer are not those of the equal reads before and after it"
                expected, actual = repr(now[index])[:120], repr(written[index])[:120]
                found.append(Difference("PAYLOAD-STATS", message, expected, actual, (exchange,)))
                break
    return found or (HOLDS if compared else None)


def _is_between(value: Any, first: Any, last: Any) -> bool:
    """Tell whether numbers that grow, or shrink, while calls come in lie between those read before and after."""
    if not all(isinstance(each, dict) for each in (value, first, last)) or value.keys() != first.keys():
        return False
    numbers = [(first[name], each, last.get(name)) for name, each in value.items() if is_integer(each)]
    if not numbers or not all(is_integer(each) for row in numbers for each in row):
        return False
    return all(min(before, after) <= each <= max(before, after) for before, each, after in numbers)


@predicate("PAYLOAD-AVAILABLE-EXCLUDES", DETAILS)
def the_attached_are_not_available(step: Step) -> Judged:
    """Available operators could be attached; the attached are (contract 2)."""
    if step.detail is None or not step.detail.operators:
        return None
    both = sorted(set(step.detail.operators) & set(step.detail.available))
    if not both:
        return HOLDS
    message = f"operator {both[0]} is attached and available"
    return [Difference("PAYLOAD-AVAILABLE-EXCLUDES", message, "one of both", "both")]


@predicate("PAYLOAD-AVAILABLE-HOLDS", DETAILS)
def whoever_was_available_is_so_again(step: Step) -> Judged:
    """Available again after a removal (contract 2, remove_operator)."""
    detail = step.detail
    if detail is None or step.number_id is None or not isinstance(detail.data.get("available_operators"), list):
        return None
    if step.reads and any(each.clause in STALE_AFTER.values() for each in step.differences):
        return None  # the page shows what was
    for operator in listed_twice(detail.data["available_operators"]):
        return [Difference("PAYLOAD-AVAILABLE-HOLDS", f"operator {operator} is available twice", "once", "twice")]
    return None if not detail.available and _may_take_nobody(detail) else _available_again(step, detail, step.number_id)


def _available_again(step: Step, detail: Detail, number: int) -> Judged:
    place, actor = (number, step.actor.name), step.actor
    absent, asked = [], False
    for operator, known in step.before.operators.items():
        if not known.ours or not known.exists or known.record.get("active") is False:
            continue
        if operator in detail.operators or operator in {step.created, step.target}:
            continue
        # Others it may list for where they stand.
        own = known.is_posted_by("project") or step.before.attached_at(operator) == frozenset()
        if place in known.available_at or (own and _of_the_numbers_project(step, operator)):
            asked = True
            if operator in detail.available:
                continue
            never_put = known.made_alone and not known.put_at  # else it may have been the project's by where it stood
            outside = actor.scope == "project" and step.before.resolves(actor.name, "project", operator) is False
            if outside and never_put:
                message = f"operator {operator}, which the project does not have, was available to its key before"
                return [Difference("SCOPE-AVAILABLE", message, "never listed", "listed, then not")]
            absent.append(operator)
    if not absent:
        return _strangers_available(step, detail) or (HOLDS if asked else None)
    if not step.reads and not detail.available:
        claim, message = claim_on_number(step.number_id, "available"), "nobody is available"
        return [Difference("PAYLOAD-AVAILABLE-HOLDS", message, repr("somebody"), repr("nobody"), claim=claim)]
    return [
        Difference(
            "PAYLOAD-AVAILABLE-HOLDS",
            f"operator {operator} is neither attached nor available",
            "available",
            "not listed",
            about=operator,
            if_gone=clause_of_the_gone(step, operator),
            doubts_existence=True,
            explained_by=never_there(step, operator) + (NOT_LISTED if step.before.was_put(operator, number) else ()),
        )
        for operator in absent
    ]


def _may_take_nobody(detail: Detail) -> bool:
    """Tell whether an attachment may be refused whoever it is: the number inactive, or its list full (contract 3)."""
    return detail.data.get("active") is False or len(detail.operators) >= FEWEST_AT_A_LIMIT


def _strangers_available(step: Step, detail: Detail) -> list[Difference]:
    """Find somebody whom others made, who could be attached, and is not listed.

    A project may list whom it only shares a number with, so that nobody of it need be available elsewhere: who is on
    no number is the project's own, and where nobody is available at all, one of several is.
    """
    if not step.reads:
        return []
    free = {
        operator: known.record.get("virtual_numbers_count")
        for operator, known in sorted(step.before.operators.items())
        if not known.ours and known.exists and known.record.get("active") is True
        if operator not in detail.operators and _of_the_numbers_project(step, operator)
    }
    nobody = not detail.available and len(free) > 1
    absent = [each for each, count in free.items() if each not in detail.available and (nobody or count == 0)]
    return [
        Difference(
            "PAYLOAD-AVAILABLE-HOLDS",
            f"operator {operator}, active and of the number's project, is neither attached nor available",
            "available",
            "not listed",
            about=operator,
            unless_changed=True,
        )
        for operator in absent[:1]
    ]


def _of_the_numbers_project(step: Step, operator: int) -> bool:
    numbers = step.before.number_lists.get("project")
    if numbers is None or step.actor.scope == "unknown":
        return False
    return step.number_id in numbers.ids and step.before.stays_in_the_list("project", operator)


@predicate("PAYLOAD-AVAILABLE-OUTSIDE", DETAILS)
def operators_outside_the_project_show_or_not(step: Step) -> Judged:
    """Either conforms for an account-wide key (contract 3, state and scope)."""
    if step.detail is None or step.actor.scope != "account":
        return None
    strangers = sorted(step.before.setting.other_account_operators & set(step.detail.available))
    if strangers:
        message = f"operator {strangers[0]} of another account is available"
        return [Difference("PAYLOAD-AVAILABLE-OUTSIDE", message, "not listed", "listed")]
    for operator, known in step.before.operators.items():
        if known.ours and known.exists and known.made_by == "account" and operator not in step.detail.operators:
            kind = "not active" if known.record.get("active") is False else "of no project"
            return Observed("shown" if operator in step.detail.available else "hidden", kind)
    return None


@predicate("PAYLOAD-INITIALS", EVERY, settles=False)
def initials_of_two_words(step: Step) -> Judged:
    """The upper-case first letters of two ASCII words (contract 3, phone_number and name)."""
    if not step.succeeded or step.match is None:
        return None
    asked = False
    for operator, entry in shown(step):
        expected = _two_letters(str(entry.get("name")))
        if expected is None or "initials" not in entry or _has_an_old_name(step, operator, entry):
            continue
        asked = True
        if entry["initials"] != expected:
            message = f"the initials of operator {operator} {entry['name']!r}"
            return [Difference("PAYLOAD-INITIALS", message, expected, repr(entry["initials"]))]
    return HOLDS if asked else None


def _has_an_old_name(step: Step, operator: int, entry: Mapping[str, Any]) -> bool:
    """Tell whether a name is not what it was: that is told, and the initials may be those of the right one."""
    known = step.before.operator(operator)
    naming = step.call.operation == calls.UPDATE_OPERATOR and step.operator_id == operator
    return known.ours and not naming and known.record.get("name", entry.get("name")) != entry.get("name")


@lru_cache(maxsize=4096)
def _two_letters(name: str) -> str | None:
    found = _TWO_WORDS.fullmatch(name)
    return (found[1] + found[2]).upper() if found else None


@predicate("PAYLOAD-INITIALS-OTHER", EVERY, settles=False)
def initials_of_other_names(step: Step) -> Judged:
    """One word: one letter or two; the rest is open (contract 3, phone_number and name)."""
    if not step.succeeded or step.match is None:
        return None
    for operator, entry in shown(step):
        name, initials = entry.get("name"), entry.get("initials")
        if not isinstance(name, str) or not isinstance(initials, str) or not _ONE_WORD.fullmatch(name):
            continue
        if _has_an_old_name(step, operator, entry):
            continue
        letters = initials.isalpha() and len(initials) in {1, 2}
        if not letters or initials[0].upper() != name[0].upper():
            message = f"the initials of operator {operator} {name!r}"
            return [
                Difference("PAYLOAD-INITIALS-OTHER", message, "one or two letters, its first one first", repr(initials))
            ]
        return Observed("one letter" if len(initials) == 1 else "two letters", "one word")
    return None


@predicate("PAYLOAD-STATS-NUMBERS", DETAILS, settles=False)
def stats_are_whole_or_fractional(step: Step) -> Judged:
    """Whole or fractional, averages nullable (contract 3, state and scope)."""
    stats = step.detail.data.get("stats") if step.detail else None
    if not isinstance(stats, dict):
        return None
    average = stats.get("average_duration_seconds")
    numbers = [value for name, value in stats.items() if name in _STATS and isinstance(value, int | float)]
    if any(number < 0 for number in numbers):
        return [Difference("PAYLOAD-STATS-NUMBERS", "a negative number in stats", "0 or more", repr(stats)[:120])]
    if average is None:
        return Observed("null", "average where there are calls" if stats.get("total_calls") else "average of no calls")
    whole = isinstance(average, int)  # as an average with a fraction may be by chance
    return Observed("whole" if whole else "fractional", "average", is_weak=whole)
