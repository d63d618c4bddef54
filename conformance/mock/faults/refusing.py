"""Faults of refusing a body with neither field, an unknown number or an unknown operator."""

from conformance.mock import state
from conformance.mock.faults.choosing import make_one, when_unresolved
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import before, id_of, in_order, refuse_when, supplies, text_of
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import NEITHER_FIELD, Call, Rules
from conformance.mock.wire import Answer, Refusal


@fault("MISSING-BOTH")
def neither_is_400(rules: Rules) -> None:
    """A body with neither field is answered 400."""
    _without_either(rules, Answer(400, {"error": NEITHER_FIELD}))


@fault("MISSING-BOTH")
def neither_has_another_text(rules: Rules) -> None:
    """A body with neither field is answered with another text."""
    _without_either(rules, Answer(422, {"error": "operator_id is required"}))


@fault("MISSING-BOTH")
def neither_is_a_list_of_errors(rules: Rules) -> None:
    """A body with neither field is answered with a list of errors."""
    _without_either(rules, Answer(422, {"errors": [NEITHER_FIELD]}))


@fault("MISSING-BOTH")
def neither_is_200(rules: Rules) -> None:
    """An empty object is answered 200 with the number as it is."""
    inner = rules.handlers["add_operator"]

    async def handle(call: Call) -> Answer:
        if not call.body and call.request.content:
            return Answer(200, {"data": rules.show_detail(call, call.the_number)})
        return await inner(call)

    rules.handlers["add_operator"] = handle


@fault("MISSING-BOTH")
def name_is_enough(rules: Rules) -> None:
    """A name alone is answered as a missing phone number."""
    refuse_when(
        rules,
        lambda call: set(call.body) == {"name"},
        422,
        {"errors": ["Phone number can't be blank"]},
    )


@fault("MISSING-CHANGES-NOTHING")
def name_alone_makes_one(rules: Rules) -> None:
    """A name alone is answered 422, and an operator of that name is there."""
    before(rules, "add_operator", lambda call: make_one(call) if set(call.body) == {"name"} else None)


@fault("MISSING-CHANGES-NOTHING")
def name_alone_renames_the_number(rules: Rules) -> None:
    """A name alone is answered 422, and the virtual number has that name."""

    def rename(call: Call) -> None:
        if set(call.body) == {"name"}:
            call.the_number.name = text_of(call, "name")

    before(rules, "add_operator", rename)


@fault("MISSING-CHANGES-NOTHING")
def neither_clears_the_last(rules: Rules) -> None:
    """An empty object is answered 422, and the operator attached last is off the list."""

    def clear(call: Call) -> None:
        if not call.body and call.request.content and len(call.the_number.assignments) > 2:
            state.withdraw(call.the_number, in_order(call.the_number)[-1])

    before(rules, "add_operator", clear)


@fault("NOT-FOUND-NUMBER")
def unknown_number_is_422(rules: Rules) -> None:
    """An unknown virtual number is answered 422."""
    _number_refused(rules, Answer(422, {"errors": ["Virtual number must exist"]}))


@fault("NOT-FOUND-NUMBER")
def unknown_number_is_403(rules: Rules) -> None:
    """An unknown virtual number is answered 403."""
    _number_refused(rules, Answer(403, {"error": "Forbidden"}))


@fault("NOT-FOUND-NUMBER")
def unknown_number_has_another_text(rules: Rules) -> None:
    """An unknown virtual number is answered with another text."""
    _number_refused(rules, Answer(404, {"error": "Virtual number not found"}))


@fault("NOT-FOUND-CHANGES-NOTHING")
def unknown_number_makes_somebody(rules: Rules) -> None:
    """An unknown virtual number is answered 404, after the operator of shape B was made."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        if call.operation == "add_operator" and number_id not in call.account.numbers:
            call.body = rules.read_body(call)
            if text_of(call, "phone_number") and not supplies(call, "operator_id"):
                make_one(call)
        return inner(call, number_id)

    rules.visible_number = visible


@fault("NOT-FOUND-NUMBER")
def number_ids_of_32_bits(rules: Rules) -> None:
    """The ids of virtual numbers are cut to 32 bits: 2**32 + 7 is number 7."""
    inner = rules.read_path_id
    rules.read_path_id = lambda call, text: inner(call, text) % 2**32


@fault("NOT-FOUND-OPERATOR")
def unknown_operator_is_422(rules: Rules) -> None:
    """An unknown operator is answered 422."""
    _operator_refused(rules, Answer(422, {"errors": ["Operator must exist"]}))


@fault("NOT-FOUND-OPERATOR")
def unknown_operator_has_another_text(rules: Rules) -> None:
    """An unknown operator is answered with another text."""
    _operator_refused(rules, Answer(404, {"error": "Couldn't find Operator"}))


@fault("NOT-FOUND-OPERATOR")
def unknown_operator_is_a_list_of_errors(rules: Rules) -> None:
    """An unknown operator is answered 404 with a list of errors."""
    _operator_refused(rules, Answer(404, {"errors": ["Resource not found"]}))


@fault("NOT-FOUND-OPERATOR")
def unknown_operator_is_200(rules: Rules) -> None:
    """An unknown operator is answered 200 with the number as it is."""
    inner = rules.handlers["add_operator"]

    async def handle(call: Call) -> Answer:
        try:
            return await inner(call)
        except Refusal as refusal:
            if refusal.answer.status == 404:
                return Answer(200, {"data": rules.show_detail(call, call.the_number)})
            raise

    rules.handlers["add_operator"] = handle


@fault("NOT-FOUND-OPERATOR")
def operator_ids_of_32_bits(rules: Rules) -> None:
    """The ids of operators are cut to 32 bits: 2**32 + 22 is operator 22."""
    inner = rules.visible_operator
    rules.visible_operator = lambda call, operator_id: inner(call, operator_id % 2**32)


@fault("NOT-FOUND-OPERATOR")
def nearest_operator_taken(rules: Rules) -> None:
    """An unknown id above all others is taken for the newest operator."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        newest = max(call.account.operators, default=0)
        return inner(call, min(operator_id, newest))

    rules.visible_operator = visible


@fault("NOT-FOUND-DELETED-OPERATOR", "delete permission")
def deleted_one_attached(rules: Rules) -> None:
    """An operator that was deleted is attached, and is back."""
    deleted: dict[int, Operator] = {}
    inner_delete, inner_referred = rules.delete_operator, rules.referred

    async def delete(call: Call, operator: Operator) -> None:
        deleted[operator.id] = operator
        await inner_delete(call, operator)

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        if operator_id in deleted:
            call.account.operators[operator_id] = deleted.pop(operator_id)
        return inner_referred(call, number, operator_id)

    rules.delete_operator, rules.referred = delete, referred


@fault("NOT-FOUND-DELETED-OPERATOR", "delete permission")
def deleted_one_is_410(rules: Rules) -> None:
    """An operator that was deleted is answered 410."""
    deleted: set[int] = set()
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        deleted.add(operator.id)
        await inner(call, operator)

    rules.delete_operator = delete
    refuse_when(rules, lambda call: id_of(call) in deleted, 410, {"error": "Gone"})


@fault("NOT-FOUND-CHANGES-NOTHING")
def unknown_operator_clears_the_last(rules: Rules) -> None:
    """An unknown operator is answered 404, and the operator attached last is off the list."""

    def clear(call: Call, number: VirtualNumber) -> None:
        if len(number.assignments) > 2:
            state.withdraw(number, in_order(call.the_number)[-1])

    when_unresolved(rules, clear)


@fault("NOT-FOUND-CHANGES-NOTHING")
def unknown_operator_is_made_up(rules: Rules) -> None:
    """An unknown operator is answered 404, and made up under that id."""

    def make(call: Call, _number: VirtualNumber) -> None:
        operator = Operator(id_of(call), "Operator", "+12025550100")
        call.account.operators.setdefault(operator.id, operator)

    when_unresolved(rules, make)


def _without_either(rules: Rules, answer: Answer) -> None:
    refuse_when(
        rules,
        lambda call: call.request.content and not supplies(call, "operator_id") and not supplies(call, "phone_number"),
        answer.status,
        answer.body,
    )


def _number_refused(rules: Rules, answer: Answer) -> None:
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        if call.operation == "add_operator" and number_id not in call.account.numbers:
            raise Refusal(answer.status, answer.body)
        return inner(call, number_id)

    rules.visible_number = visible


def _operator_refused(rules: Rules, answer: Answer) -> None:
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        if call.operation == "add_operator" and operator_id not in call.account.operators:
            raise Refusal(answer.status, answer.body)
        return inner(call, operator_id)

    rules.visible_operator = visible
