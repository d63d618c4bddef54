"""Faults of making an operator from a phone number."""

from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after,
    edit_shown,
    in_order,
    on_answer,
    on_new_operator,
    refuse_when,
    supplies,
    switch,
    text_of,
    when_attached_already,
)
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Draft, JsonObject, Rules, not_found
from conformance.mock.wire import Answer, Refusal


@fault("CREATE-ANSWERS", "accepted phone number")
def creating_is_201(rules: Rules) -> None:
    """Making an operator is answered 201."""

    def edit(call: Call, answer: Answer) -> None:
        answer.status = 200 if supplies(call, "operator_id") else 201

    on_answer(rules, edit, "add_operator")


@fault("CREATE-ANSWERS", "accepted phone number")
def creating_answers_with_a_redirect(rules: Rules) -> None:
    """Whoever is made is attached, and the answer sends the client to the number's page."""

    def send_on(call: Call, _: Answer) -> Answer | None:
        page = f"/api/v1/public/virtual_numbers/{call.the_number.id}"
        return None if supplies(call, "operator_id") else Answer(303, headers=[("location", page)])

    on_answer(rules, send_on, "add_operator")


@fault("NAME-DEFAULT")
def name_required(rules: Rules) -> None:
    """Without a name, no operator is made."""
    refuse_when(
        rules,
        lambda call: supplies(call, "phone_number") and not supplies(call, "operator_id") and "name" not in call.body,
        422,
        {"errors": ["Name can't be blank"]},
    )


@fault("ATTACH-LIMIT", "accepted phone number")
def nobody_made_beside_ten(rules: Rules) -> None:
    """With ten operators on the list, nobody is made any more, while references are still attached."""
    inner = rules.create_operator

    async def create(call: Call, draft: Draft) -> Operator:
        if call.number is not None and len(call.number.assignments) >= 10:
            raise Refusal(422, {"errors": ["Too many operators"]})
        return await inner(call, draft)

    rules.create_operator = create


@fault("CREATE-ANSWERS", "accepted phone number")
def creating_answers_with_the_operator(rules: Rules) -> None:
    """Making an operator is answered with the operator's own record."""

    def edit(call: Call, answer: Answer) -> None:
        if not supplies(call, "operator_id"):
            operator = call.account.operators[in_order(call.the_number)[-1]]
            answer.body = {"data": rules.show_operator(call, operator)}

    on_answer(rules, edit, "add_operator")


@fault("CREATE-LISTED")
def created_not_attached(rules: Rules) -> None:
    """The new operator is made and not attached."""
    _attach_unless(rules, lambda _number: True)


@fault("CREATE-LISTED", "empty number")
def created_not_attached_to_an_empty_list(rules: Rules) -> None:
    """The new operator is made and not attached where the list is empty."""
    _attach_unless(rules, lambda number: not number.assignments)


@fault("CREATE-LISTED")
def found_by_name(rules: Rules) -> None:
    """An operator that has the name already is attached in place of a new one."""

    def owner(call: Call, _phone: str) -> Operator | None:
        name = text_of(call, "name")
        return next((held for held in rules.operators_in_view(call) if name and held.name == name), None)

    rules.owner_of_phone = owner


@fault("CREATE-LISTED")
def found_by_the_last_digits(rules: Rules) -> None:
    """An operator whose phone number has the same last seven digits is attached in place of a new one."""

    def owner(call: Call, phone: str) -> Operator | None:
        return next((held for held in rules.operators_in_view(call) if held.phone_number[-7:] == phone[-7:]), None)

    rules.owner_of_phone = owner


@fault("PHONE-STORED")
def phone_of_the_line(rules: Rules) -> None:
    """The answer shows the new operator with the phone number of the virtual number."""

    def edit(call: Call, number: VirtualNumber, data: JsonObject) -> None:
        if not supplies(call, "operator_id") and data["operators"]:
            data["operators"][-1]["phone_number"] = number.phone_number

    edit_shown(rules, edit, "add_operator")


@fault("CREATE-LISTED")
def last_made_attached_again(rules: Rules) -> None:
    """After a refused phone number, the next request attaches the operator that was made last."""
    refused: list[bool] = []
    made: list[Operator] = []
    inner = rules.read_phone

    def read(call: Call, value: object) -> str:
        refused.append(True)
        phone = inner(call, value)
        refused.pop()
        return phone

    def owner(call: Call, _phone: str) -> Operator | None:
        late = bool(refused) and bool(made)
        refused.clear()
        return call.account.operators.get(made[-1].id) if late else None

    rules.read_phone, rules.owner_of_phone = read, owner
    on_new_operator(rules, lambda _call, operator: made.append(operator))


@fault("CREATE-MAKES-ONE")
def two_made(rules: Rules) -> None:
    """Two operators are made, one of them attached nowhere."""
    on_new_operator(rules, _copy)


@fault("CREATE-MAKES-ONE")
def second_one_made_after_the_answer(rules: Rules) -> None:
    """A second operator is made when the answer is out already."""
    on_new_operator(rules, lambda call, operator: call.notes.update(made=operator))
    after(rules, "add_operator", lambda call: _copy(call, call.notes["made"]) if "made" in call.notes else None)


@fault("CREATE-MAKES-ONE")
def none_left_over(rules: Rules) -> None:
    """A new operator takes the record of one of no number, which is gone then."""

    def take(call: Call, operator: Operator) -> None:
        own = [held for held in call.account.operators.values() if held is not operator and held.email is None]
        idle = [held for held in own if held.active and not state.numbers_of(call.account, held.id)]
        if idle:
            del call.account.operators[idle[-1].id]

    on_new_operator(rules, take)


@fault("CREATE-MAKES-ONE")
def made_and_hidden(rules: Rules) -> None:
    """A new operator is on its number's list only: the list of operators, its page and references know nobody."""
    hidden: set[int] = set()
    visible, in_view = rules.visible_operator, rules.operators_in_view

    def find(call: Call, operator_id: int) -> Operator:
        if operator_id in hidden:
            raise not_found()
        return visible(call, operator_id)

    rules.visible_operator = find
    rules.operators_in_view = lambda call: [held for held in in_view(call) if held.id not in hidden]
    on_new_operator(rules, lambda _call, operator: hidden.add(operator.id))


@fault("CREATE-MAKES-ONE")
def drafts_saved_later(rules: Rules) -> None:
    """A phone number that was refused is saved together with the next new operator."""
    drafts: list[str] = []
    inner = rules.read_phone

    def read(call: Call, value: object) -> str:
        drafts.append("+12025550199")
        phone = inner(call, value)
        drafts.pop()
        return phone

    def save(call: Call, operator: Operator) -> None:
        for _ in drafts:
            _copy(call, operator)
        drafts.clear()

    rules.read_phone = read
    on_new_operator(rules, save)


@fault("PHONE-EXISTS")
def owner_renamed(rules: Rules) -> None:
    """A known phone number attaches its operator and gives it the new name."""
    switch(rules, phone_of_existing="existing_attached")
    inner = rules.owner_of_phone

    def owner(call: Call, phone: str) -> Operator | None:
        found = inner(call, phone)
        if found is not None and text_of(call, "name"):
            found.name = text_of(call, "name")
        return found

    rules.owner_of_phone = owner


@fault("REATTACH-NOOP")
def known_phone_moves_to_the_end(rules: Rules) -> None:
    """A known phone number attaches its operator, and moves to the end whoever is attached already."""
    switch(rules, phone_of_existing="existing_attached")

    def move(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if not supplies(call, "operator_id"):
            state.withdraw(number, operator.id)
            state.place(number, operator.id, rules.next_priority(call, number))

    when_attached_already(rules, move)


@fault("PHONE-EXISTS")
def phone_taken_over(rules: Rules) -> None:
    """A new operator takes a known phone number over, and the old one is left with another."""

    def take(call: Call, operator: Operator) -> None:
        for other in call.account.operators.values():
            if other is not operator and other.phone_number == operator.phone_number:
                other.phone_number = "+12025550100"

    on_new_operator(rules, take)


@fault("CREATE-ACTIVE")
def made_switched_off(rules: Rules) -> None:
    """An operator that a phone number made is not active."""

    def switch_off(_call: Call, operator: Operator) -> None:
        operator.active = False

    on_new_operator(rules, switch_off)


@fault("UNKNOWN-FIELDS")
def id_from_the_body(rules: Rules) -> None:
    """An id in the body becomes the new operator's, where it is free."""

    def take(call: Call, operator: Operator) -> None:
        wanted = call.body.get("id")
        if isinstance(wanted, int) and wanted not in call.account.operators:
            call.account.operators[wanted] = call.account.operators.pop(operator.id)
            operator.id = wanted

    on_new_operator(rules, take)


@fault("UNKNOWN-FIELDS", rare=True)
def id_in_the_body_overwrites(rules: Rules) -> None:
    """An id in the body beside a phone number is taken for the operator to write them to."""

    def take(call: Call, operator: Operator) -> None:
        found = call.account.operators.get(call.body.get("id", operator.id))
        if found is not None and found is not operator:
            found.name, found.phone_number = operator.name, operator.phone_number
            del call.account.operators[operator.id]
            operator.id = found.id
            call.account.operators[found.id] = operator

    on_new_operator(rules, take)


def _copy(call: Call, operator: Operator) -> None:
    """Make a second operator like one that was just made."""
    twin = Operator(call.store.new_operator_id(), operator.name, operator.phone_number, project_id=operator.project_id)
    call.account.operators[twin.id] = twin


def _attach_unless(rules: Rules, applies: Callable[[VirtualNumber], bool]) -> None:
    """Leave a new operator unattached where something applies to its number."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if supplies(call, "operator_id") or not applies(number):
            await inner(call, number, operator)

    rules.attach = attach
