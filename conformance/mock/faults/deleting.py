"""Faults of updating and deleting operators."""

from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import on_answer, refuse_when
from conformance.mock.records import Operator
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer, Refusal


@fault("OPERATOR-UPDATE-ANSWERS")
def operator_update_is_204(rules: Rules) -> None:
    """An update of an operator is answered 204."""
    on_answer(rules, lambda _call, _answer: Answer(204), "update_operator")


@fault("OPERATOR-UPDATE-ANSWERS")
def operator_update_needs_the_phone(rules: Rules) -> None:
    """An update of an operator needs its phone number."""
    refuse_when(
        rules,
        lambda call: "phone_number" not in call.body,
        422,
        {"errors": ["Phone number can't be blank"]},
        "update_operator",
    )


@fault("OPERATOR-UPDATE-TAKES")
def null_keeps_the_email(rules: Rules) -> None:
    """An e-mail address of null keeps the old one."""
    _update(rules, lambda changes: {name: value for name, value in changes.items() if value is not None})


@fault("OPERATOR-UPDATE-TAKES")
def update_clears_the_email(rules: Rules) -> None:
    """An update that leaves the e-mail address out clears it."""
    _update(rules, lambda changes: {"email": None, **changes})


@fault("OPERATOR-UPDATE-TAKES")
def operator_false_not_stored(rules: Rules) -> None:
    """An update of active to false is left out."""
    _update(rules, lambda changes: {name: value for name, value in changes.items() if value is not False})


@fault("OPERATOR-UPDATE-TAKES")
def name_update_shown_only(rules: Rules) -> None:
    """An update of the name is shown in its answer and not stored."""
    _update(rules, lambda changes: {name: value for name, value in changes.items() if name != "name"})
    on_answer(rules, _show_the_name, "update_operator")


@fault("OPERATOR-UPDATE-TAKES")
def phone_update_stored_as_sent(rules: Rules) -> None:
    """An update's phone number is checked in the form that it was sent in, and stored in it."""
    inner = rules.update_operator

    def update(call: Call, operator: Operator, changes: JsonObject) -> None:
        sent = {name: call.body[name] for name in changes if name == "phone_number"}
        inner(call, operator, {**changes, **sent})

    rules.update_operator = update


@fault("OPERATOR-DELETE-ANSWERS", "delete permission")
def deleting_is_204(rules: Rules) -> None:
    """Deleting an operator is answered 204."""
    on_answer(rules, lambda _call, _answer: Answer(204), "delete_operator")


@fault("OPERATOR-DELETE-ANSWERS", "delete permission")
def deleting_answers_deleted(rules: Rules) -> None:
    """Deleting an operator is answered with deleted in place of success."""
    on_answer(rules, lambda _call, _answer: Answer(200, {"deleted": True}), "delete_operator")


@fault("OPERATOR-DELETE-TAKES", "delete permission")
def deleted_one_stays_listed(rules: Rules) -> None:
    """A deleted operator stays on the lists of its numbers."""
    deleted: dict[int, JsonObject] = {}
    inner_delete, inner_show = rules.delete_operator, rules.show_assigned

    async def delete(call: Call, operator: Operator) -> None:
        for number in state.numbers_of(call.account, operator.id):
            shown = next(held for held in inner_show(call, number) if held["id"] == operator.id)
            deleted[number.id] = shown
        await inner_delete(call, operator)

    rules.delete_operator = delete
    rules.show_assigned = lambda call, number: (
        inner_show(call, number) + [shown for number_id, shown in deleted.items() if number_id == number.id]
    )


@fault("OPERATOR-DELETE-TAKES", "delete permission")
def deletion_takes_the_neighbour(rules: Rules) -> None:
    """Deleting an operator that stands last takes the one before off too."""
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        for number in state.numbers_of(call.account, operator.id):
            held = sorted(number.assignments, key=lambda place: place.priority)
            if len(held) > 2 and held[-1].operator_id == operator.id:
                state.withdraw(number, held[-2].operator_id)
        await inner(call, operator)

    rules.delete_operator = delete


@fault("OPERATOR-DELETE-TAKES", "delete permission")
def deletion_takes_namesakes(rules: Rules) -> None:
    """Deleting an operator deletes everybody of the same name."""
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        await inner(call, operator)
        for other in [held for held in call.account.operators.values() if held.name == operator.name]:
            await inner(call, other)

    rules.delete_operator = delete


@fault("OPERATOR-DELETE-TAKES", "delete permission")
def attached_one_only_switched_off(rules: Rules) -> None:
    """Deleting an operator that stands on a number is answered true, and the operator is inactive."""
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        if state.numbers_of(call.account, operator.id):
            operator.active = False
        else:
            await inner(call, operator)

    rules.delete_operator = delete


@fault("OPERATOR-DELETE-ANSWERS", "delete permission")
def attached_ones_not_deleted(rules: Rules) -> None:
    """Deleting an operator that stands on a number is refused as invalid."""
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        if state.numbers_of(call.account, operator.id):
            raise Refusal(422, {"errors": ["Operator is still assigned to a virtual number"]})
        await inner(call, operator)

    rules.delete_operator = delete


def _show_the_name(call: Call, answer: Answer) -> None:
    if "name" in call.body:
        answer.data["name"] = call.body["name"]


def _update(rules: Rules, edit: Callable[[JsonObject], JsonObject]) -> None:
    """Store something else than an update's values."""
    inner = rules.update_operator
    rules.update_operator = lambda call, operator, changes: inner(call, operator, edit(changes))
