"""How numbers, operators and calls are shown."""

from datetime import datetime, timedelta, timezone
from typing import Any

from conformance.mock.records import Operator, PhoneCall, VirtualNumber
from conformance.mock.rules import Call, JsonObject
from conformance.mock.state import numbers_of

SHOWN_CALLS = 10
LISTED_OPERATORS = 3


def show_detail(call: Call, number: VirtualNumber) -> JsonObject:
    """Return the detail payload of a virtual number."""
    rules = call.rules
    return {
        "id": number.id,
        "phone_number": number.phone_number,
        "name": number.name,
        "country_code": number.country_code,
        "active": number.active,
        "recording": number.recording,
        "routing_strategy": number.routing_strategy,
        "ai_receptionist_enabled": number.ai_receptionist_enabled,
        "stats": _stats(call, number),
        "operators": rules.show_assigned(call, number),
        "available_operators": [_brief(call, operator) for operator in rules.available(call, number)],
        "recent_calls": [rules.show_call(call, held) for held in rules.recent_calls(call, number)],
    }


def show_listed(call: Call, number: VirtualNumber) -> JsonObject:
    """Return a virtual number as the list shows it."""
    shown = call.rules.show_assigned(call, number)
    return {
        "id": number.id,
        "phone_number": number.phone_number,
        "name": number.name,
        "country_code": number.country_code,
        "active": number.active,
        "ai_receptionist_enabled": number.ai_receptionist_enabled,
        "operators": [
            {name: operator[name] for name in ("id", "name", "initials")}
            for operator in sorted(shown, key=lambda operator: int(operator["priority"]))[:LISTED_OPERATORS]
        ],
        "operators_count": _count(call, shown),
    }


def _count(call: Call, shown: list[JsonObject]) -> int:
    if call.project_id is None or call.behaviour.counts_for_project == "of_account":
        return len(shown)
    own = {operator.id for operator in call.rules.operators_in_view(call)}
    return sum(each["id"] in own for each in shown)


def show_assigned(call: Call, number: VirtualNumber) -> list[JsonObject]:
    """Return the operators attached to a number, each with its priority."""
    shown = []
    for held in sorted(number.assignments, key=lambda place: place.priority):
        operator = call.store.operator(held.operator_id)
        if operator is not None:
            shown.append({**_brief(call, operator), "priority": held.priority})
    order = call.behaviour.operators_array
    return shown if order == "priority" else sorted(shown, key=lambda operator: operator[order])


def available(call: Call, number: VirtualNumber) -> list[Operator]:
    """Return the operators that could be attached to a number, by name."""
    behaviour = call.behaviour
    operators = [operator for operator in call.rules.operators_in_view(call) if not number.holds(operator.id)]
    if behaviour.available_inactive == "hidden":
        operators = [operator for operator in operators if operator.active]
    if behaviour.available_outside_project == "hidden":
        operators = [operator for operator in operators if operator.project_id == number.project_id]
    return call.rules.sort_operators(call, operators)


def recent_calls(_call: Call, number: VirtualNumber) -> list[PhoneCall]:
    """Return the most recent calls of a number, the newest first."""
    return sorted(number.calls, key=lambda held: held.created_at, reverse=True)[:SHOWN_CALLS]


def show_call(call: Call, held: PhoneCall) -> JsonObject:
    """Return a call as the detail payload shows it."""
    behaviour = call.behaviour
    shown = dict(vars(held))
    if behaviour.caller_name != "kept":
        shown["caller_name"] = None if behaviour.caller_name == "null" else ""
    shown["created_at"] = _time(held.created_at, behaviour.time_form)
    return shown


def show_operator(call: Call, operator: Operator) -> JsonObject:
    """Return an operator as the list shows it."""
    return {
        "id": operator.id,
        "name": operator.name,
        "phone_number": operator.phone_number,
        "email": operator.email,
        "active": operator.active,
        "initials": call.rules.initials(call, operator.name),
        "virtual_numbers_count": len(_numbers(call, operator, call.behaviour.counts_for_project)),
    }


def show_operator_page(call: Call, operator: Operator) -> JsonObject:
    """Return an operator as its own page shows it."""
    numbers = _numbers(call, operator, "of_scope")
    fields = ("id", "phone_number", "name", "active")
    shown = [{name: getattr(number, name) for name in fields} for number in numbers]
    return {**call.rules.show_operator(call, operator), "virtual_numbers": shown}


def sort_operators(call: Call, operators: list[Operator]) -> list[Operator]:
    """Return operators by name, in the collation of the behaviour."""
    folded = call.behaviour.collation == "case_folded"
    return sorted(operators, key=lambda operator: (operator.name.casefold() if folded else operator.name, operator.id))


# Documented elsewhere: where they are not, they are extra fields, whatever they hold.
_NAMED_AS_ELSEWHERE: JsonObject = {
    "phone_number": "hidden",
    "email": "hidden",
    "active": False,
    "recording": None,
    "routing_strategy": "none",
    "priority": -1,
    "operators_count": -1,
    "virtual_numbers_count": -1,
}


def with_extra_fields(value: Any) -> Any:
    """Return a payload with more fields in every object, some of them named as others are elsewhere."""
    if isinstance(value, list):
        return [with_extra_fields(item) for item in value]
    if isinstance(value, dict):
        more = {name: with_extra_fields(item) for name, item in value.items()}
        return {**_NAMED_AS_ELSEWHERE, **more, "_links": {"self": "/"}, "updated_at": "2026-03-02T09:15:00Z"}
    return value


def _time(moment: datetime, form: str) -> str:
    if form == "offset":
        moment = moment.astimezone(timezone(timedelta(hours=-5)))
    text = moment.isoformat()
    return text if form in {"offset", "plus_zero"} else text.replace("+00:00", "Z" if form == "z" else ".250Z")


def _brief(call: Call, operator: Operator) -> JsonObject:
    return {
        "id": operator.id,
        "name": operator.name,
        "phone_number": operator.phone_number,
        "initials": call.rules.initials(call, operator.name),
    }


def _numbers(call: Call, operator: Operator, of: str) -> list[VirtualNumber]:
    numbers = numbers_of(call.account, operator.id)
    if of == "of_account":
        return numbers
    return [number for number in numbers if call.project_id in {None, number.project_id}]


def _stats(call: Call, number: VirtualNumber) -> JsonObject:
    shown: JsonObject = dict(vars(number.stats))
    choice = call.behaviour.stats_numbers
    if choice == "fractional":
        shown["average_duration_seconds"] += 0.5
    if choice == "null_average":
        shown["average_duration_seconds"] = None
    return shown
