"""Faults of listing, making and showing operators."""

import json
from collections.abc import Callable
from typing import Any

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import after_removing, before, on_answer, on_data, on_new_operator, refuse_when
from conformance.mock.records import Operator
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer, Refusal

_NOT_PERMITTED = {"errors": ["Attribute is not permitted"]}


@fault("OPERATORS-ANSWERS")
def operator_list_without_data(rules: Rules) -> None:
    """The list of operators is a bare array."""

    def unwrap(_call: Call, answer: Answer) -> None:
        answer.body = answer.data

    on_answer(rules, unwrap, "list_operators")


@fault("OPERATORS-ANSWERS")
def operator_list_without_email(rules: Rules) -> None:
    """Operators without an e-mail address are listed without the field."""
    on_data(rules, lambda _c, data: [shown.pop("email") for shown in data if shown["email"] is None], "list_operators")


@fault("OPERATORS-ANSWERS")
def operator_counts_as_text(rules: Rules) -> None:
    """The list of operators has its counts as texts."""
    on_data(
        rules,
        lambda _c, data: [shown.update(virtual_numbers_count=str(shown["virtual_numbers_count"])) for shown in data],
        "list_operators",
    )


@fault("OPERATORS-HOLD")
def operators_end_at_twelve(rules: Rules) -> None:
    """The list of operators ends at the twelfth."""
    _list_only(rules, lambda _call, data: data[:12])


@fault("OPERATORS-HOLD")
def idle_operators_not_listed(rules: Rules) -> None:
    """Operators of no number are not listed."""
    _list_only(rules, lambda _call, data: [shown for shown in data if shown["virtual_numbers_count"]])


@fault("OPERATORS-HOLD")
def operators_listed_for_each_number(rules: Rules) -> None:
    """An operator is listed once for each of its numbers."""
    _list_only(
        rules, lambda _call, data: [shown for shown in data for _ in range(max(1, shown["virtual_numbers_count"]))]
    )


@fault("OPERATORS-HOLD", "inactive operator")
def inactive_operators_not_listed(rules: Rules) -> None:
    """Inactive operators are not listed."""
    _list_only(rules, lambda _call, data: [shown for shown in data if shown["active"]])


@fault("OPERATORS-HOLD")
def created_ones_not_listed(rules: Rules) -> None:
    """Operators made while attaching are not listed."""
    made: set[int] = set()
    on_new_operator(rules, lambda _call, operator: made.add(operator.id))
    _list_only(rules, lambda _call, data: [shown for shown in data if shown["id"] not in made])


@fault("OPERATORS-HOLD")
def namesakes_listed_once(rules: Rules) -> None:
    """Of operators with the same name, one is listed."""
    _list_only(rules, lambda _call, data: list({shown["name"]: shown for shown in data}.values()))


@fault("OPERATORS-HOLD", "delete permission")
def deleted_ones_listed(rules: Rules) -> None:
    """A deleted operator is still listed."""
    deleted: list[JsonObject] = []
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        deleted.append({**rules.show_operator(call, operator), "virtual_numbers_count": 0})
        await inner(call, operator)

    rules.delete_operator = delete
    _list_only(rules, lambda _call, data: sorted([*data, *deleted], key=lambda shown: str(shown["name"]).casefold()))


@fault("OPERATORS-HOLD")
def listed_phones_without_plus(rules: Rules) -> None:
    """The list of operators shows phone numbers without their plus."""
    on_data(
        rules,
        lambda _c, data: [shown.update(phone_number=shown["phone_number"].lstrip("+")) for shown in data],
        "list_operators",
    )


@fault("OPERATORS-SORTED")
def operators_by_id_listed(rules: Rules) -> None:
    """The list of operators is sorted by id."""
    _list_only(rules, lambda _call, data: sorted(data, key=lambda shown: int(shown["id"])))


@fault("OPERATORS-SORTED")
def operators_from_z_to_a(rules: Rules) -> None:
    """The list of operators is sorted by name, descending."""
    _list_only(rules, lambda _call, data: data[::-1])


@fault("OPERATORS-SORTED")
def operators_by_last_name(rules: Rules) -> None:
    """The list of operators is sorted by the last word of the name."""
    _list_only(rules, lambda _call, data: sorted(data, key=lambda shown: str(shown["name"]).split()[-1:]))


@fault("OPERATORS-SORTED")
def new_operators_listed_last(rules: Rules) -> None:
    """Operators made while attaching are listed last."""
    made: set[int] = set()
    on_new_operator(rules, lambda _call, operator: made.add(operator.id))
    _list_only(rules, lambda _call, data: sorted(data, key=lambda shown: shown["id"] in made))


@fault("OPERATORS-COUNT")
def numbers_counted_up_only(rules: Rules) -> None:
    """virtual_numbers_count does not go down when the operator is removed."""
    removed: dict[int, int] = {}
    after_removing(rules, lambda _call, _number, held: removed.update({held: removed.get(held, 0) + 1}))
    _count(rules, lambda _call, shown: shown["virtual_numbers_count"] + removed.get(shown["id"], 0))


@fault("OPERATORS-COUNT")
def one_number_counted(rules: Rules) -> None:
    """virtual_numbers_count is one at most."""
    _count(rules, lambda _call, shown: min(1, shown["virtual_numbers_count"]))


@fault("OPERATORS-COUNT")
def created_counted_as_none(rules: Rules) -> None:
    """virtual_numbers_count of an operator made while attaching leaves that number out."""
    made: set[int] = set()
    on_new_operator(rules, lambda _call, operator: made.add(operator.id))
    _count(rules, lambda _c, shown: max(0, shown["virtual_numbers_count"] - (1 if shown["id"] in made else 0)))


@fault("OPERATOR-CREATE-ANSWERS")
def creating_an_operator_is_200(rules: Rules) -> None:
    """POST /operators is answered 200."""

    def edit(_call: Call, answer: Answer) -> None:
        answer.status = 200

    on_answer(rules, edit, "create_operator")


@fault("OPERATOR-CREATE-ANSWERS")
def email_not_stored(rules: Rules) -> None:
    """POST /operators leaves the e-mail address out."""

    def clear(_call: Call, operator: Operator) -> None:
        operator.email = None

    on_new_operator(rules, clear, "create_operator")


@fault("OPERATOR-CREATE-ANSWERS")
def created_as_active(rules: Rules) -> None:
    """POST /operators makes active operators only."""

    def activate(_call: Call, operator: Operator) -> None:
        operator.active = True

    on_new_operator(rules, activate, "create_operator")


@fault("OPERATOR-CREATE-ANSWERS")
def created_without_a_body(rules: Rules) -> None:
    """POST /operators is answered 201 with no body."""
    on_answer(rules, lambda _call, answer: Answer(answer.status), "create_operator")


@fault("OPERATOR-CREATE-ANSWERS")
def created_answer_cut_off(rules: Rules) -> None:
    """The answer of POST /operators is cut in the middle of its JSON."""
    on_answer(
        rules, lambda _call, answer: Answer(answer.status, json.dumps(answer.body)[:40].encode()), "create_operator"
    )


@fault("OPERATOR-CREATE-ANSWERS")
def created_without_data(rules: Rules) -> None:
    """POST /operators answers with the id only."""

    def edit(_call: Call, answer: Answer) -> None:
        answer.body = {"id": answer.data["id"]}

    on_answer(rules, edit, "create_operator")


@fault("OPERATOR-PAGE-ANSWERS")
def page_without_numbers(rules: Rules) -> None:
    """An operator's page has no virtual_numbers."""
    on_data(rules, lambda _call, data: data.pop("virtual_numbers"), "get_operator")


@fault("OPERATOR-PAGE-ANSWERS")
def page_with_ids_of_numbers(rules: Rules) -> None:
    """An operator's page has the ids of its numbers only."""
    on_data(
        rules,
        lambda _c, data: data.update(virtual_numbers=[number["id"] for number in data["virtual_numbers"]]),
        "get_operator",
    )


@fault("OPERATOR-PAGE-AGREES")
def page_shows_numbers_twice(rules: Rules) -> None:
    """An operator's page has each of its numbers twice."""
    on_data(rules, lambda _c, data: data.update(virtual_numbers=data["virtual_numbers"] * 2), "get_operator")


@fault("OPERATOR-PAGE-AGREES")
def page_shows_one_number(rules: Rules) -> None:
    """An operator's page shows its first number only."""
    on_data(rules, lambda _c, data: data.update(virtual_numbers=data["virtual_numbers"][:1]), "get_operator")


@fault("OPERATOR-PAGE-AGREES")
def page_shows_removed_numbers(rules: Rules) -> None:
    """An operator's page shows the numbers that it was removed from."""
    removed: dict[int, set[int]] = {}
    after_removing(rules, lambda _call, number, held: removed.setdefault(held, set()).add(number.id))

    def edit(call: Call, data: Any) -> None:
        there = {number["id"] for number in data["virtual_numbers"]}
        for number_id in removed.get(data["id"], set()) - there:
            number = call.account.numbers[number_id]
            shown = {"id": number.id, "phone_number": number.phone_number, "name": number.name, "active": number.active}
            data["virtual_numbers"].append(shown)

    on_data(rules, edit, "get_operator")


@fault("OPERATOR-PAGE-AGREES")
def page_keeps_what_its_numbers_were(rules: Rules) -> None:
    """An operator's page shows its numbers' names and activity as they were when it was last updated."""
    kept: dict[tuple[int, int], JsonObject] = {}

    def edit(_call: Call, data: Any) -> None:
        data["virtual_numbers"] = [kept.setdefault((data["id"], each["id"]), each) for each in data["virtual_numbers"]]

    on_data(rules, edit, "get_operator")

    def forget(call: Call) -> None:
        for place in [place for place in kept if place[0] == call.the_operator.id]:
            del kept[place]

    before(rules, "update_operator", forget)


@fault("OPERATOR-PAGE-AGREES")
def page_without_new_numbers(rules: Rules) -> None:
    """An operator's page leaves out numbers where it does not stand first."""

    def edit(call: Call, data: Any) -> None:
        first = {
            number.id
            for number in call.account.numbers.values()
            if min(number.assignments, key=lambda held: held.priority, default=None) is number.assignment_of(data["id"])
        }
        data["virtual_numbers"] = [number for number in data["virtual_numbers"] if number["id"] in first]

    on_data(rules, edit, "get_operator")


@fault("OPERATOR-PAGE-NOT-FOUND")
def unknown_page_is_null(rules: Rules) -> None:
    """The page of an unknown operator is answered 200 with null."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        if call.operation == "get_operator" and operator_id not in call.account.operators:
            raise Refusal(200, {"data": None})
        return inner(call, operator_id)

    rules.visible_operator = visible


@fault("OPERATOR-PAGE-NOT-FOUND", "delete permission")
def deleted_page_stays(rules: Rules) -> None:
    """The page of a deleted operator is still there."""
    deleted: dict[int, Operator] = {}
    inner_delete, inner_visible = rules.delete_operator, rules.visible_operator

    async def delete(call: Call, operator: Operator) -> None:
        await inner_delete(call, operator)
        deleted[operator.id] = operator

    def visible(call: Call, operator_id: int) -> Operator:
        if call.operation == "get_operator" and operator_id in deleted:
            return deleted[operator_id]
        return inner_visible(call, operator_id)

    rules.delete_operator, rules.visible_operator = delete, visible


def _list_only(rules: Rules, choose: Callable[[Call, list[JsonObject]], list[JsonObject]]) -> None:
    def edit(call: Call, answer: Answer) -> None:
        answer.body = {"data": choose(call, answer.data)}

    on_answer(rules, edit, "list_operators")


def _count(rules: Rules, count: Callable[[Call, JsonObject], int]) -> None:
    """Count an operator's numbers in another way, in the list and on its page."""
    inner = rules.show_operator

    def show(call: Call, operator: Operator) -> JsonObject:
        shown = inner(call, operator)
        return {**shown, "virtual_numbers_count": count(call, shown)}

    rules.show_operator = show


@fault("OPERATOR-UPDATE-ANSWERS")
def phone_number_not_updated(rules: Rules) -> None:
    """An operator's phone number is refused in an update, as no attribute that may be changed."""
    refuse_when(rules, lambda call: "phone_number" in call.body, 422, _NOT_PERMITTED, "update_operator")


@fault("OPERATOR-CREATE-ANSWERS", rare=True)
def nobody_posted_inactive(rules: Rules) -> None:
    """An operator who is to be inactive from the start is refused."""
    refuse_when(rules, lambda call: call.body.get("active") is False, 422, _NOT_PERMITTED, "create_operator")
