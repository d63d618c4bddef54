"""Faults of the operators that a detail payload shows, and of its form."""

import json
from typing import Any

from conformance.mock import state
from conformance.mock.faults.payload import edit_listed
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    DETAILS,
    after_attaching,
    after_removing,
    before,
    edit_shown,
    on_answer,
    on_data,
    on_refusal,
    text_of,
)
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Draft, JsonObject, Rules
from conformance.mock.wire import Answer


@fault("PAYLOAD-OPERATOR-RECORD")
def names_kept_at_attaching(rules: Rules) -> None:
    """An operator list shows the names of the time of attaching."""
    names: dict[tuple[int, int], str] = {}
    after_attaching(rules, lambda _call, number, operator: names.update({(number.id, operator.id): operator.name}))

    def edit(_call: Call, number: VirtualNumber, data: JsonObject) -> None:
        for shown in data["operators"]:
            shown["name"] = names.get((number.id, shown["id"]), shown["name"])

    edit_shown(rules, edit)


@fault("PAYLOAD-OPERATOR-RECORD")
def listed_phones_masked(rules: Rules) -> None:
    """Operator lists show phone numbers with their middle masked."""
    edit_listed(
        rules,
        lambda shown: shown.update(phone_number=shown["phone_number"][:5] + "***" + shown["phone_number"][-3:]),
        *DETAILS,
    )


@fault("PAYLOAD-OPERATOR-RECORD")
def listed_names_cut(rules: Rules) -> None:
    """Operator lists show twenty characters of a name."""
    edit_listed(rules, lambda shown: shown.update(name=shown["name"][:20]), *DETAILS)


@fault("PAYLOAD-OPERATOR-RECORD")
def listed_first_names(rules: Rules) -> None:
    """The answer of a write shows first names only."""
    edit_listed(rules, lambda shown: shown.update(name=shown["name"].split(" ")[0]))


@fault("PAYLOAD-OPERATOR-RECORD")
def neighbours_phone_shown(rules: Rules) -> None:
    """From the third operator on, a list shows the phone number of the one before."""

    def edit(_call: Call, _number: VirtualNumber, data: JsonObject) -> None:
        phones = [shown["phone_number"] for shown in data["operators"]]
        for shown, phone in zip(data["operators"][2:], phones[1:], strict=False):
            shown["phone_number"] = phone

    edit_shown(rules, edit)


@fault("PAYLOAD-AVAILABLE-HOLDS")
def available_for_each_number(rules: Rules) -> None:
    """Who is available is shown once for each number where they stand, or once."""
    inner = rules.available

    def available(call: Call, number: VirtualNumber) -> list[Operator]:
        numbers = call.account.numbers.values()
        return [
            operator
            for operator in inner(call, number)
            for _ in range(max(1, sum(each.holds(operator.id) for each in numbers)))
        ]

    rules.available = available


@fault("PAYLOAD-SHAPE")
def write_shows_calls_twice(rules: Rules) -> None:
    """Attaching answers with each of the five latest calls twice."""
    on_data(rules, lambda _c, data: data.update(recent_calls=data["recent_calls"][:5] * 2), "add_operator")


@fault("PAYLOAD-AVAILABLE-EXCLUDES")
def available_from_before(rules: Rules) -> None:
    """Attaching answers with those available before."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        shown = rules.show_detail(call, number)["available_operators"]
        call.notes.setdefault("available", shown)
        await inner(call, number, operator)

    rules.attach = attach
    on_data(rules, lambda call, data: data.update(available_operators=call.notes["available"]), "add_operator")


@fault("PAYLOAD-AVAILABLE-EXCLUDES")
def everybody_available(rules: Rules) -> None:
    """Those attached already are shown as available too."""
    rules.available = lambda call, _number: rules.sort_operators(call, rules.operators_in_view(call))


@fault("PAYLOAD-AVAILABLE-EXCLUDES")
def eleventh_stays_available(rules: Rules) -> None:
    """Who stands behind the tenth place is shown as available too."""

    def available(call: Call, number: VirtualNumber) -> list[Operator]:
        first = [held.operator_id for held in number.assignments][:10]
        operators = [operator for operator in rules.operators_in_view(call) if operator.id not in first]
        return rules.sort_operators(call, operators)

    rules.available = available


@fault("PAYLOAD-AVAILABLE-HOLDS")
def removed_ones_never_available(rules: Rules) -> None:
    """Who was removed from a number is not available there any more."""
    removed: set[tuple[int, int]] = set()
    after_removing(rules, lambda _call, number, operator_id: removed.add((number.id, operator_id)))
    inner = rules.available
    rules.available = lambda call, number: [held for held in inner(call, number) if (number.id, held.id) not in removed]


@fault("PAYLOAD-AVAILABLE-HOLDS")
def made_by_a_phone_number_never_available(rules: Rules) -> None:
    """Whoever an attachment made is available nowhere: the operators that could be are looked up by their source."""
    made: set[int] = set()
    create, available = rules.create_operator, rules.available

    async def make(call: Call, draft: Draft) -> Operator:
        operator = await create(call, draft)
        made.update({operator.id} if call.operation == "add_operator" else ())
        return operator

    rules.create_operator = make
    rules.available = lambda call, number: [held for held in available(call, number) if held.id not in made]


@fault("PAYLOAD-AVAILABLE-HOLDS")
def removal_shows_them_as_before(rules: Rules) -> None:
    """A removal answers with those available before."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        call.notes["available"] = rules.show_detail(call, number)["available_operators"]
        await inner(call, number, operator_id)

    rules.detach = detach
    on_data(rules, lambda call, data: data.update(available_operators=call.notes["available"]), "remove_operator")


@fault("PAYLOAD-AVAILABLE-HOLDS", "second number")
def busy_ones_not_available(rules: Rules) -> None:
    """Who was attached to a second number is available to no other, also after the removal."""
    busy: set[int] = set()

    def note(call: Call, _number: VirtualNumber, operator: Operator) -> None:
        if len(state.numbers_of(call.account, operator.id)) > 1:
            busy.add(operator.id)

    after_attaching(rules, note)
    inner = rules.available
    rules.available = lambda call, number: [held for held in inner(call, number) if held.id not in busy]


@fault("PAYLOAD-AVAILABLE-HOLDS")
def long_lists_leave_nobody(rules: Rules) -> None:
    """A number with more than five operators shows nobody as available."""
    inner = rules.available
    rules.available = lambda call, number: inner(call, number) if len(number.assignments) < 6 else []


@fault("PAYLOAD-AVAILABLE-HOLDS", "project key")
def empty_numbers_offer_nobody(rules: Rules) -> None:
    """A number without operators shows nobody as available."""
    inner = rules.available
    rules.available = lambda call, number: inner(call, number) if number.assignments else []


@fault("PAYLOAD-AVAILABLE-OUTSIDE", "other account's operator")
def strangers_available(rules: Rules) -> None:
    """Operators of other accounts are shown as available."""
    inner = rules.available

    def available(call: Call, number: VirtualNumber) -> list[Operator]:
        strangers = [held for held in call.store.every_operator if held.id not in call.account.operators]
        return inner(call, number) + strangers

    rules.available = available


@fault("SCOPE-AVAILABLE", "project key")
def write_shows_everybody_to_a_project(rules: Rules) -> None:
    """Attaching with a project key answers with the available operators of the whole account."""
    _show_everybody(rules, "add_operator")


@fault("SCOPE-AVAILABLE", "project key")
def removal_shows_everybody_to_a_project(rules: Rules) -> None:
    """Removing with a project key answers with the available operators of the whole account."""
    _show_everybody(rules, "remove_operator")


def _show_everybody(rules: Rules, operation: str) -> None:
    def edit(call: Call, data: Any) -> None:
        account = [held for held in call.account.operators.values() if not call.the_number.holds(held.id)]
        data["available_operators"] = [
            {
                "id": held.id,
                "name": held.name,
                "phone_number": held.phone_number,
                "initials": rules.initials(call, held.name),
            }
            for held in rules.sort_operators(call, account)
        ]

    on_data(rules, edit, operation)


@fault("PAYLOAD-INITIALS")
def initials_in_lower_case(rules: Rules) -> None:
    """Initials are in lower case where the name is."""
    rules.initials = lambda _call, name: "".join(word[0] for word in name.split()[:2]) or "?"


@fault("PAYLOAD-INITIALS")
def initials_of_the_first_word(rules: Rules) -> None:
    """Initials are the first two letters of the name."""
    rules.initials = lambda _call, name: name[:2].upper()


@fault("PAYLOAD-INITIALS")
def initials_turned_round(rules: Rules) -> None:
    """Initials have the last name first."""
    inner = rules.initials
    rules.initials = lambda call, name: inner(call, name)[::-1]


@fault("PAYLOAD-INITIALS")
def initials_with_points(rules: Rules) -> None:
    """Initials have points."""
    inner = rules.initials
    rules.initials = lambda call, name: "".join(f"{letter}." for letter in inner(call, name))


@fault("PAYLOAD-INITIALS")
def initials_kept_when_renamed(rules: Rules) -> None:
    """Who is renamed keeps the initials of the old name."""
    inner = rules.initials
    kept: dict[str, str] = {}

    def keep(call: Call) -> None:
        if text_of(call, "name"):
            kept[text_of(call, "name")] = rules.initials(call, call.the_operator.name)

    before(rules, "update_operator", keep)
    rules.initials = lambda call, name: kept.get(name) or inner(call, name)


@fault("PAYLOAD-INITIALS-OTHER")
def initials_of_one_word_with_question_mark(rules: Rules) -> None:
    """The initials of one word have a question mark."""
    inner = rules.initials
    rules.initials = lambda call, name: inner(call, name) if len(name.split()) > 1 else f"{name[:1].upper()}?"


@fault("PAYLOAD-JSON")
def answers_as_text(rules: Rules) -> None:
    """Successful answers say that they are plain text."""
    _say(rules, "text/plain; charset=utf-8")


@fault("PAYLOAD-JSON")
def answers_as_html(rules: Rules) -> None:
    """The answer of attaching says that it is HTML."""
    _say(rules, "text/html", "add_operator")


@fault("PAYLOAD-JSON")
def refusals_as_html(rules: Rules) -> None:
    """What is not found, or not valid, is answered with JSON that says it is HTML."""

    def say(_call: Call, answer: Answer) -> None:
        answer.content_type = "text/html; charset=utf-8"

    on_refusal(rules, say, 404, 422)


@fault("PAYLOAD-JSON", "empty number")
def average_of_no_calls(rules: Rules) -> None:
    """The average of a number without calls is written as NaN."""

    def edit(_call: Call, _number: VirtualNumber, data: JsonObject) -> None:
        if not data["stats"]["total_calls"]:
            data["stats"]["average_duration_seconds"] = float("nan")

    edit_shown(rules, edit)


@fault("PAYLOAD-SHAPE")
def json_in_json(rules: Rules) -> None:
    """The answer of attaching is a JSON text in a JSON text."""

    def wrap(_call: Call, answer: Answer) -> None:
        answer.body = json.dumps(answer.body)

    on_answer(rules, wrap, "add_operator")


def _say(rules: Rules, content_type: str, *operations: str) -> None:
    def edit(_call: Call, answer: Answer) -> None:
        answer.content_type = content_type

    on_answer(rules, edit, *(operations or DETAILS))
