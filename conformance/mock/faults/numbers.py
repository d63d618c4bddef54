"""Faults of reading virtual numbers."""

from collections.abc import Callable
from typing import Any

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after_removing,
    edit_shown,
    in_order,
    on_answer,
    on_data,
    refuse_when,
)
from conformance.mock.records import VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer, Refusal


@fault("GET-NUMBER-ANSWERS", "empty number")
def empty_number_not_found(rules: Rules) -> None:
    """A number without operators is not found when it is read."""
    refuse_when(rules, lambda call: not call.the_number.assignments, 404, {"error": "Resource not found"}, "get_number")


@fault("GET-NUMBER-ANSWERS")
def long_list_not_shown(rules: Rules) -> None:
    """A number with more than ten operators is answered 206 when it is read."""

    def partial(_call: Call, answer: Answer) -> None:
        answer.status = 206 if len(answer.data["operators"]) > 10 else 200

    on_answer(rules, partial, "get_number")


@fault("GET-NUMBER-SHAPE")
def read_without_recording(rules: Rules) -> None:
    """A number that is read has no recording."""
    on_data(rules, lambda _call, data: data.pop("recording"), "get_number")


@fault("GET-NUMBER-SHAPE")
def read_without_receptionist(rules: Rules) -> None:
    """A number that is read has no ai_receptionist_enabled."""
    on_data(rules, lambda _call, data: data.pop("ai_receptionist_enabled"), "get_number")


@fault("GET-NUMBER-SHAPE")
def available_without_initials(rules: Rules) -> None:
    """The available operators of a number that is read have no initials."""
    on_data(rules, lambda _call, data: [shown.pop("initials") for shown in data["available_operators"]], "get_number")


@fault("GET-NUMBER-SHAPE")
def calls_without_summary(rules: Rules) -> None:
    """The calls of a number that is read have no transcript_summary."""
    on_data(
        rules, lambda _call, data: [shown.pop("transcript_summary") for shown in data["recent_calls"]], "get_number"
    )


@fault("GET-NUMBER-SHAPE")
def operators_of_a_number_as_an_object(rules: Rules) -> None:
    """The operators of a number that is read are an object, each under its id, as of a list whose keys were kept."""

    def edit(_call: Call, data: JsonObject) -> None:
        data["operators"] = {str(shown["id"]): shown for shown in data["operators"]}

    on_data(rules, edit, "get_number")


@fault("GET-NUMBER-SHAPE")
def call_times_without_zone(rules: Rules) -> None:
    """The times of calls have no zone."""

    def edit(_call: Call, _number: VirtualNumber, data: JsonObject) -> None:
        for shown in data["recent_calls"]:
            shown["created_at"] = shown["created_at"][:19]

    edit_shown(rules, edit)


@fault("GET-NUMBER-SHAPE")
def call_durations_as_text(rules: Rules) -> None:
    """The durations of calls are texts."""

    def edit(_call: Call, _number: VirtualNumber, data: JsonObject) -> None:
        for shown in data["recent_calls"]:
            shown["call_duration"] = f"{shown['call_duration']} s"

    edit_shown(rules, edit)


@fault("GET-NUMBER-NOT-FOUND")
def unknown_number_reads_null(rules: Rules) -> None:
    """Reading an unknown number is answered 200 with null."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        if call.operation == "get_number" and number_id not in call.account.numbers:
            raise Refusal(200, {"data": None})
        return inner(call, number_id)

    rules.visible_number = visible


@fault("GET-NUMBER-NOT-FOUND")
def unknown_number_reads_403(rules: Rules) -> None:
    """Reading an unknown number is answered 403."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        if call.operation == "get_number" and number_id not in call.account.numbers:
            raise Refusal(403, {"error": "Forbidden"})
        return inner(call, number_id)

    rules.visible_number = visible


@fault("LIST-NUMBERS-ANSWERS")
def number_list_without_data(rules: Rules) -> None:
    """The list of numbers is a bare array."""

    def unwrap(_call: Call, answer: Answer) -> None:
        answer.body = answer.data

    on_answer(rules, unwrap, "list_numbers")


@fault("LIST-NUMBERS-ANSWERS")
def number_list_without_count(rules: Rules) -> None:
    """The list of numbers has no operators_count."""
    on_data(rules, lambda _call, data: [shown.pop("operators_count") for shown in data], "list_numbers")


@fault("LIST-NUMBERS-ANSWERS")
def number_list_with_ids_only(rules: Rules) -> None:
    """The list of numbers has the ids of operators in place of the operators."""

    def edit(_call: Call, data: Any) -> None:
        for shown in data:
            shown["operators"] = [operator["id"] for operator in shown["operators"]]

    on_data(rules, edit, "list_numbers")


@fault("LIST-NUMBERS-AGREES")
def number_listed_for_each_operator(rules: Rules) -> None:
    """The list of numbers has a number once for each of its operators."""

    def edit(_call: Call, data: Any) -> None:
        data[:] = [shown for shown in data for _ in range(max(1, shown["operators_count"]))]

    on_data(rules, edit, "list_numbers")


@fault("LIST-NUMBERS-AGREES", "empty number")
def list_without_empty_numbers(rules: Rules) -> None:
    """The list of numbers leaves out those without operators."""

    def edit(_call: Call, data: Any) -> None:
        data[:] = [shown for shown in data if shown["operators_count"]]

    on_data(rules, edit, "list_numbers")


@fault("LIST-NUMBERS-AGREES")
def list_without_inactive_numbers(rules: Rules) -> None:
    """The list of numbers leaves out those that are not active."""

    def edit(_call: Call, data: Any) -> None:
        data[:] = [shown for shown in data if shown["active"]]

    on_data(rules, edit, "list_numbers")


@fault("LIST-NUMBERS-AGREES")
def count_of_those_shown(rules: Rules) -> None:
    """The list counts the operators that it shows, three at most."""
    on_data(
        rules,
        lambda _c, data: [shown.update(operators_count=len(shown["operators"])) for shown in data],
        "list_numbers",
    )


@fault("LIST-NUMBERS-AGREES")
def count_never_goes_down(rules: Rules) -> None:
    """The list's count of operators does not go down when one is removed."""
    removed: dict[int, int] = {}
    after_removing(rules, lambda _call, number, _id: removed.update({number.id: removed.get(number.id, 0) + 1}))

    def edit(_call: Call, data: Any) -> None:
        for shown in data:
            shown["operators_count"] += removed.get(shown["id"], 0)

    on_data(rules, edit, "list_numbers")


@fault("LIST-NUMBERS-AGREES")
def count_ends_at_ten(rules: Rules) -> None:
    """The list's count of operators ends at ten."""
    on_data(
        rules,
        lambda _c, data: [shown.update(operators_count=min(shown["operators_count"], 10)) for shown in data],
        "list_numbers",
    )


@fault("LIST-NUMBERS-AGREES")
def created_ones_not_counted(rules: Rules) -> None:
    """The list's count of operators leaves out those called Operator."""

    def edit(call: Call, data: Any) -> None:
        for shown in data:
            held = [call.account.operators[operator_id] for operator_id in in_order(call.account.numbers[shown["id"]])]
            shown["operators_count"] = sum(operator.name != "Operator" for operator in held)

    on_data(rules, edit, "list_numbers")


@fault("LIST-NUMBERS-AGREES")
def list_shows_the_number_as_inactive(rules: Rules) -> None:
    """The list shows numbers without operators as inactive."""
    on_data(
        rules,
        lambda _c, data: [shown.update(active=shown["active"] and shown["operators_count"] > 0) for shown in data],
        "list_numbers",
    )


@fault("LIST-NUMBERS-AGREES")
def list_without_the_busiest(rules: Rules) -> None:
    """The list leaves out numbers with more than six operators."""

    def edit(_call: Call, answer: Answer) -> None:
        answer.body = {"data": [shown for shown in answer.data if shown["operators_count"] < 7]}

    on_answer(rules, edit, "list_numbers")


@fault("LIST-NUMBERS-FIRST-THREE")
def last_three_listed(rules: Rules) -> None:
    """The list shows the last three operators of a number."""
    _list_operators(rules, lambda ids: ids[-3:])


@fault("LIST-NUMBERS-FIRST-THREE")
def three_by_id_listed(rules: Rules) -> None:
    """The list shows the three operators with the lowest ids."""
    _list_operators(rules, lambda ids: sorted(ids)[:3])


@fault("LIST-NUMBERS-AGREES")
def one_operator_listed_three_times(rules: Rules) -> None:
    """The list shows the last of a number's three operators in the place of each."""
    _list_operators(rules, lambda ids: [ids[:3][-1]] * len(ids[:3]) if ids else [])


def _list_operators(rules: Rules, choose: Callable[[list[int]], list[int]]) -> None:
    """Let the list of numbers show other operators of each."""

    def edit(call: Call, data: Any) -> None:
        for shown in data:
            number = call.account.numbers[shown["id"]]
            listed = {held["id"]: held for held in rules.show_assigned(call, number)}
            shown["operators"] = [
                {name: listed[chosen][name] for name in ("id", "name", "initials")}
                for chosen in choose(in_order(number))
            ]

    on_data(rules, edit, "list_numbers")
