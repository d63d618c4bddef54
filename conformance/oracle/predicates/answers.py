"""Clauses that decide which answer a request gets: one mechanism for all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.clauses import Clause, Contract
from conformance.oracle import calls
from conformance.oracle.answers import NO_JSON, is_integer
from conformance.oracle.differences import NOT_LISTED, show
from conformance.oracle.expectation import LIMITED, OTHER_FAULT, UNLIKELY
from conformance.oracle.predicates.registry import (
    ADDS,
    EVERY,
    HOLDS,
    Judged,
    Observed,
    Predicate,
    Registered,
    predicate,
)
from conformance.oracle.records import clause_of_the_gone, never_there, whom_nobody_found
from conformance.oracle.shapes import WHOLE_IS_NO_JSON, shape_errors, shape_subject
from conformance.oracle.step import MADE_BESIDE_AN_ID, MADE_UP, NOTHING_DONE, OK, Difference, Step
from conformance.oracle.told import about_answer

# Clauses whose title also promises the documented shape of their 2xx answer.
_SHAPED = frozenset(
    {
        "LIST-NUMBERS-ANSWERS",
        "OPERATORS-ANSWERS",
        "OPERATOR-PAGE-ANSWERS",
        "OPERATOR-CREATE-ANSWERS",
        "OPERATOR-UPDATE-ANSWERS",
        "OPERATOR-DELETE-ANSWERS",
    }
)
_REATTACHMENTS = frozenset({"REATTACH-ANSWERS", "ATTACH-INACTIVE-OPERATOR", "ATTACH-INACTIVE-NUMBER"})
_PAGES = {calls.GET_OPERATOR: "OPERATOR-PAGE-ANSWERS", calls.GET_NUMBER: "GET-NUMBER-ANSWERS"}
_PLAIN_ATTACHMENTS = frozenset({"ATTACH-ANSWERS", "SCOPE-PROJECT-ATTACH"})
_LONG_ENOUGH_TO_KNOW = 6  # characters; a shorter name may stand in any error text
_MOST_SHOWN = 200  # characters of an answer
_APART = frozenset({LIMITED, UNLIKELY})  # they conform, and are not what anybody would look for here
_UNREADABLE = "PAYLOAD-JSON"
_SEVERAL = 2  # other numbers: one more refused is told by them, even to somebody who was taken off
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_UNAVAILABLE = 503
_ODD_JSON = "JSON-ODDITIES"
_CREATES, _FICTION = "CREATE-ANSWERS", "PHONE-RANGE"
_MAKES_SOMEBODY = frozenset({_CREATES, _FICTION})
_ODD_NAMES = frozenset({"NAME-SPACES", "NAME-NOT-NFC"})
_REFUSED = frozenset({404, 409, 422})
_SHAPED_FOR_READERS = {  # a key that may only read is shown the same
    calls.LIST_NUMBERS: "LIST-NUMBERS-ANSWERS",
    calls.LIST_OPERATORS: "OPERATORS-ANSWERS",
    calls.GET_OPERATOR: "OPERATOR-PAGE-ANSWERS",
}


def answer_predicates(contract: Contract, taken: Mapping[str, Registered]) -> dict[str, Registered]:
    """Make the predicates of the clauses that list answers and have none of their own."""
    return {
        clause.id: Registered(clause.id, _judge_answer(clause), EVERY)
        for clause in contract.clauses.values()
        if clause.readings and clause.id not in taken
    }


def _judge_answer(clause: Clause) -> Predicate:
    def judge(step: Step) -> Judged:
        found = [each for each in step.differences if each.clause == clause.id]
        if clause.id == _CREATES and _is_made_of_fiction(step):
            return found or HOLDS
        if step.expectation is None or step.expectation.clause != clause.id:
            return found or None
        if step.match is None:
            return [*found, answer_difference(step)]
        shaped = clause.id if clause.id in _SHAPED else ""
        if clause.id == "PERMISSION-READS":
            shaped = _SHAPED_FOR_READERS.get(step.call.operation, "")
        if shaped and step.succeeded and step.answered.json is not NO_JSON:
            found += [other_shape(shaped, error) for error in shape_errors(step.call.operation, step.answered.json)]
        if found:
            return found
        if step.match.reading == OTHER_FAULT:
            return None
        return Observed(step.reading, step.expectation.input_class) if clause.level == "open" else HOLDS

    return judge


def _is_made_of_fiction(step: Step) -> bool:
    """Tell whether a number that might have been refused was not: creating is testable, whoever vouches for what."""
    is_fiction = step.expectation is not None and step.expectation.clause == _FICTION
    return is_fiction and step.succeeded and step.created is not None


def other_shape(clause: str, error: str) -> Difference:
    """Say what has another shape than it is documented with."""
    message = f"the answer has another shape: {error}"
    known = (_UNREADABLE,) if error == WHOLE_IS_NO_JSON else ()
    return Difference(clause, message, "the documented shape", error, subject=shape_subject(error), explained_by=known)


def answer_difference(step: Step) -> Difference:
    """Say what was answered where no reading of the governing clause is that answer."""
    expectation, status = step.expectation, step.answered.status
    clause = _clause_of_the_answer(step)
    readings = expectation.readings if expectation else {}
    likely = [outcome for name, each in readings.items() if name not in _APART for outcome in each]
    outcomes = likely or (expectation.outcomes if expectation else ())
    wanted = " or ".join(
        dict.fromkeys(describe(each.answer.status, each.answer.text, each.answer.effect) for each in outcomes)
    )
    kind = f" (sent: {expectation.input_class})" if expectation and expectation.input_class else ""
    subject = about_answer(status, step.answered.errors)
    if status == OK and step.detail is not None:
        subject = NOTHING_DONE if step.detail.places == step.state.places else _what_was_made(step)
    message = f"the answer is none of those that conform{kind}"
    is_open = step.contract.clauses[clause].level == "open"
    plainer = ("ATTACH-LISTED",) if is_open and subject == NOTHING_DONE else as_unreadable(step)
    if is_open and step.succeeded and not any(each.succeeds for each in outcomes):
        plainer = (*sorted(step.contract.clauses[clause].general), *plainer)  # it takes what the general case takes
    found = Difference(clause, message, wanted, came(step), subject=subject, explained_by=plainer)
    if (
        clause == "REMOVE-ANSWERS"
        and step.answered.status == _NOT_FOUND
        and step.operator_id
        and _removed_elsewhere(step)
    ):
        return replace(found, about=step.operator_id, if_not_there="EFFECTS-OTHER-NUMBERS")
    if clause == "REMOVE-ANSWERS" and status == _NOT_FOUND and step.operator_id in step.state.unread:
        return replace(found, explained_by=("ATTACH-STANDS",))
    if clause == "REMOVE-NOT-ATTACHED" and step.before.was_put(step.operator_id or 0, step.number_id):
        return replace(found, explained_by=NOT_LISTED)
    if clause == "OPERATOR-DELETE-ANSWERS" and status == _NOT_FOUND and _went_with_another(step):
        return replace(found, clause="OPERATOR-DELETE-TAKES")
    if clause == "OPERATOR-PAGE-NOT-FOUND" and step.before.operator(step.operator_id or 0).exists is False:
        return replace(found, explained_by=("OPERATOR-DELETE-TAKES",))
    missed = whom_nobody_found(step)
    if missed is None:
        return found
    gone, never = clause_of_the_gone(step, missed), never_there(step, missed)
    if step.adds:
        return replace(found, about=missed, if_gone=gone, doubts_existence=True, explained_by=never)
    return replace(found, explained_by=(*never, gone))


def as_unreadable(step: Step) -> tuple[str, ...]:
    """Return what explains an answer of the right status whose body is no JSON, where others were so before."""
    outcomes = step.expectation.outcomes if step.expectation else ()
    is_right = any(step.answered.status in outcome.answer.status for outcome in outcomes)
    return (_UNREADABLE,) if is_right and step.answered.json is NO_JSON else ()


def overlapping_answer_difference(step: Step) -> Difference:
    """Say what was answered where no order of the overlapping requests explains it."""
    missed = whom_nobody_found(step)
    # Which refusal, or which success, is no matter of overlapping; that there is a refusal is.
    no_race = step.expectation is not None and (step.has_to_be_refused or step.succeeded)
    governing = step.contract.clauses.get(step.expectation.clause) if step.expectation is not None else None
    alone = (governing.id, *sorted(governing.general)) if governing is not None and no_race else ()
    return Difference(
        "CONCURRENT-ANSWERS",
        "an overlapping request was answered as no order allows",
        "a refusal" if step.has_to_be_refused else "200",
        came(step),
        subject="" if no_race else about_answer(step.answered.status, step.answered.errors),
        explained_by=(*never_there(step, missed), clause_of_the_gone(step, missed)) if missed is not None else alone,
    )


def _what_was_made(step: Step) -> str:
    """Return the subject of a success that made somebody where an operator was asked for; "" for any other."""
    phone, came = step.fields.get("phone_number"), step.detail.operators if step.detail is not None else {}
    new = {operator: entry for operator, entry in came.items() if not step.state.holds(operator)}
    if "operator_id" not in step.fields:
        return ""
    if any(entry.get("phone_number") == phone for entry in new.values()):
        return MADE_BESIDE_AN_ID
    unheard_of = [each for each in new if step.before.operator(each).exists is None]
    known = step.state.places is None or len(unheard_of) < len(new) or step.fields["operator_id"] in unheard_of
    return MADE_UP if new and not known else ""


def _went_with_another(step: Step) -> bool:
    """Tell whether an operator of ours, not found when it was to be deleted, was there before others were deleted."""
    operator = step.operator_id or 0
    since = step.before.writes_since(step.before.operator(operator).seen)
    deleted = any(write.operation == calls.DELETE_OPERATOR and not write.refused for write in since)
    return deleted and whom_nobody_found(step) is not None


def _clause_of_the_answer(step: Step) -> str:
    """Return the clause that an answer breaks: the governing one, or the reason why just this one is refused."""
    clause = step.expectation.clause if step.expectation else ""
    status = step.answered.status
    if clause == "PERMISSION-NEIGHBOURS" and step.call.operation == calls.DELETE_OPERATOR and status == _FORBIDDEN:
        return "PERMISSION-DELETE"
    if clause == "PERMISSION-READS" and status == _NOT_FOUND:
        return _PAGES.get(step.call.operation, clause)  # what is not found is so for any key
    if step.succeeded and status != OK and clause in _MAKES_SOMEBODY:
        return _CREATES
    if status == OK and _only_creates(step) and clause != _ODD_JSON:
        if _overwrites_whom_the_body_names(step):
            return "UNKNOWN-FIELDS"
        return "CREATE-LISTED" if step.detail is not None else _CREATES
    if clause in _MAKES_SOMEBODY and status in {_UNAUTHORIZED, _FORBIDDEN}:
        return _CREATES  # what a key may do says nothing of the number
    if clause in _MAKES_SOMEBODY and not step.succeeded and (odd := _odd_name(step)):
        return odd  # what is refused as no number would be is refused for the name
    asked: Any = step.fields.get("operator_id")
    again = clause in _REATTACHMENTS and is_integer(asked) and step.state.holds(asked)
    if again and step.actor.scope == "project" and step.answered.status == _NOT_FOUND:
        return _why_the_project_has_nobody(step)  # the account's key is never refused so
    return kind_of_attachment(step, clause) if step.answered.status in _REFUSED else clause


def _why_the_project_has_nobody(step: Step) -> str:
    """Return the clause of a project's key that does not find who was its own: an update may have been why."""
    asked: Any = step.fields.get("operator_id")
    known = step.before.operator(asked) if is_integer(asked) else None
    if known is None or not known.is_posted_by("project"):
        return "SCOPE-PROJECT-ATTACH"
    naming = (write for write in step.before.writes if asked in write.operators and not write.refused)
    others = [write for write in naming if write.operation != calls.ADD]  # by an attachment nobody leaves a project
    updated = bool(others) and others[-1].operation == calls.UPDATE_OPERATOR
    return "OPERATOR-UPDATE-TAKES" if updated else "SCOPE-PROJECT-ATTACH"


def kind_of_attachment(step: Step, clause: str) -> str:
    """Return the clause of a plain attachment: that of somebody removed, or at other numbers, before the general."""
    asked: Any = step.fields.get("operator_id")
    if clause not in _PLAIN_ATTACHMENTS or not is_integer(asked):
        return clause
    elsewhere = step.before.attached_at(asked)
    if asked in step.state.removed and len(elsewhere or ()) < _SEVERAL:
        return "REATTACH-AFTER-REMOVAL"
    return "ATTACH-SEVERAL-NUMBERS" if elsewhere or elsewhere is None else clause


def _removed_elsewhere(step: Step) -> bool:
    return any(
        write.operation == calls.REMOVE and write.number != step.number_id and step.operator_id in write.operators
        for write in step.unseen_writes
        if not write.refused
    )


def _only_creates(step: Step) -> bool:
    """Tell whether all that may succeed here makes an operator."""
    succeeding = [each for each in step.expectation.outcomes if each.succeeds] if step.expectation else []
    return step.adds and bool(succeeding) and all(each.answer.effect == "creates" for each in succeeding)


def _overwrites_whom_the_body_names(step: Step) -> bool:
    """Tell whether the phone number was written to the operator whose id stands in the undocumented field `id`."""
    named: Any = step.fields.get("id")
    entry = step.detail.operators.get(named) if step.detail is not None and is_integer(named) else None
    return entry is not None and entry.get("phone_number") == step.fields.get("phone_number")


def _odd_name(step: Step) -> str:
    """Return the clause of a name out of the ordinary that the request carries and nothing may refuse."""
    creations = (each.creation for each in step.expectation.outcomes) if step.expectation else ()
    name = next((each.name for each in creations if each), None)
    return name.clause if name is not None and name.clause in _ODD_NAMES and not name.may_refuse else ""


def describe(status: frozenset[int], text: str | None, effect: str) -> str:
    """Write an expected answer for people."""
    codes = "/".join(str(code) for code in sorted(status))
    doing = {"attaches": ", attached", "creates": ", created and attached", "attaches-owner": ", its owner attached"}
    left_alone = ", nothing changed" if effect == "nothing" and OK in status else ""
    return codes + (f" {text!r}" if text else "") + doing.get(effect, left_alone)


def came(step: Step) -> str:
    """Write the answer that came for people: its status and its error text or its list."""
    answered = step.answered
    if answered.errors:
        is_one_text = isinstance(answered.json, dict) and isinstance(answered.json.get("error"), str)
        told = repr(answered.errors[0]) if is_one_text else json.dumps(answered.json, ensure_ascii=False)
        return f"{answered.status} {told[:_MOST_SHOWN]}"
    if step.detail is not None:
        return f"{answered.status}, on the list: {show(step.detail.places)}"
    return f"{answered.status} {answered.media_type or 'without content type'}"


@predicate("ROBUST-NO-SERVER-ERROR", EVERY, settles=False)
def no_request_is_answered_with_a_server_error(step: Step) -> Judged:
    """500 is always a fault of the server (contract 2, errors everywhere)."""
    if step.answered.status < 500 or step.answered.is_put_off:
        return HOLDS
    subject = about_answer(step.answered.status, step.answered.errors)
    return [Difference("ROBUST-NO-SERVER-ERROR", "a server error", "below 500", came(step), subject=subject)]


@predicate("AUTH-FIRST", EVERY, settles=False)
def nothing_is_told_without_a_good_key(step: Step) -> Judged:
    """Whether it exists, or what it is called (contract 3, the keys and errors)."""
    governs = step.expectation is not None and step.expectation.clause == "AUTH-FIRST"
    if governs and step.match is None:
        return [answer_difference(step)]
    if step.actor.key != "valid" and not step.succeeded and (told := _told_of_the_number(step)):
        return [Difference("AUTH-FIRST", "a refusal tells of the account", "an error text alone", told)]
    return HOLDS if governs else None


def _told_of_the_number(step: Step) -> str:
    body = step.exchange.response.body.decode("utf-8", "replace") if step.exchange.response else ""
    if step.answered.json is not NO_JSON:
        body += json.dumps(step.answered.json, ensure_ascii=False)
    known = [step.state.attributes.get(name) for name in ("name", "phone_number")]
    texts = [each for each in known if isinstance(each, str) and len(each) >= _LONG_ENOUGH_TO_KNOW]
    return next((each for each in texts if each in body), "")


@predicate("RATE-LIMIT-RETRY-AFTER", EVERY, settles=False)
def a_429_says_when_to_come_again(step: Step) -> Judged:
    """429 carries Retry-After (contract 2, errors everywhere)."""
    if step.answered.status != 429 or step.answered.retry_after is not None:
        return HOLDS
    return [Difference("RATE-LIMIT-RETRY-AFTER", "a 429 without Retry-After", "Retry-After", "none")]


@predicate("MAINTENANCE", EVERY, settles=False)
def maintenance_says_when_to_come_again(step: Step) -> Judged:
    """503 with Retry-After is maintenance (contract 3, state and scope)."""
    if step.answered.status == _UNAVAILABLE:
        is_put_off = step.answered.retry_after is not None
        without = Difference("MAINTENANCE", "a 503 without Retry-After", "Retry-After", "none")
        return Observed("answered when asked again") if is_put_off else [without]
    return Observed("never seen", is_weak=True) if step.call.operation == calls.LIST_NUMBERS else None


@predicate("VALIDATION-IS-422", ADDS)
def the_refusal_of_an_invalid_number_is_a_422(step: Step) -> Judged:
    """400 is a violated should (contract 3, phone_number and name)."""
    if step.expectation is None or step.expectation.clause != "VALIDATION-PHONE" or step.match is None:
        return None
    if step.answered.status == 422:
        return HOLDS
    message = "an invalid phone number is not refused with 422"
    subject = about_answer(step.answered.status, step.answered.errors)
    return [Difference("VALIDATION-IS-422", message, "422", came(step), subject=subject)]


@predicate("AUTH-TEXT", EVERY)
def a_401_has_one_of_three_texts(step: Step) -> Judged:
    """Three pages, three texts (contract 3, the keys and errors)."""
    if step.answered.status != 401 or not step.answered.errors:
        return None
    texts = step.contract.clauses["AUTH-TEXT"].readings
    if step.answered.errors[0] in texts:
        return Observed(step.answered.errors[0], f"{step.actor.key} key")
    return [Difference("AUTH-TEXT", "a 401 with another text", " or ".join(texts), step.answered.errors[0])]


@predicate("PERMISSION-DELETE", frozenset({calls.DELETE_OPERATOR}))
def deleting_needs_write_or_delete(step: Step) -> Judged:
    """One page says write, another delete (contract 2, DELETE /operators/{id})."""
    if step.match is None or step.actor.key != "valid" or not step.actor.may_write:
        return None
    if step.match.outcome.answer.name == "delete refused":
        return Observed("delete is needed")
    return None  # that it is done says nothing: the key may have both permissions


@predicate("OPERATOR-ID-NOBODY-ATTACHED", ADDS)
def what_names_nobody_attaches_nobody(step: Step) -> Judged:
    """Common frameworks read "22abc" as 22, and a user wants to know (contract 3, operator_id)."""
    asked = {"OPERATOR-ID-NOBODY", "PRECEDENCE-BLANK-ID"}
    if step.expectation is None or step.expectation.clause not in asked or step.match is None:
        return None
    if step.match.reading != "cast":
        return HOLDS
    came_through = f"operator {step.referred} by {step.expectation.input_class}"
    return [Difference("OPERATOR-ID-NOBODY-ATTACHED", "a cast attached somebody", "nobody attached", came_through)]


@predicate("PATH-ID-PREFIX", ADDS | {calls.GET_NUMBER})
def a_prefix_is_not_the_number(step: Step) -> Judged:
    """That 8abc is not read as 8 is a should (contract 3, the request as such)."""
    if step.expectation is None or step.expectation.clause != "PATH-ID-NOT-INTEGER" or step.match is None:
        return None
    if step.number_id is None or step.answered.status != OK:
        return HOLDS
    return [
        Difference("PATH-ID-PREFIX", f"{step.call.number!r} was read as {step.number_id}", "404, 400 or 422", "200")
    ]
