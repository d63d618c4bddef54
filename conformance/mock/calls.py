"""The ten operations: what each does once the key, the path and the body have been read."""

from collections.abc import Awaitable, Callable

from conformance.mock import state
from conformance.mock.people import read_draft
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.references import check_account_limit, classify
from conformance.mock.rules import Call, Draft, JsonObject, invalid, not_found
from conformance.mock.wire import Answer

ROUTING_STRATEGIES = ("priority", "round_robin", "simultaneous")


async def add_operator(call: Call) -> Answer:
    """Attach an operator, which exists or is made for it."""
    rules, number = call.rules, call.the_number
    named = call.body.get("operator_id")
    if call.behaviour.number_admits == "before_anything_else" and not (isinstance(named, int) and number.holds(named)):
        rules.admit(call, number, None)
    operator_id = rules.read_operator_id(call)
    if operator_id is not None:
        operator = rules.referred(call, number, operator_id)
    else:
        draft = rules.read_draft(call)
        owner = rules.owner_of_phone(call, draft.phone_number)
        if owner is None:
            rules.admit(call, number, None)
            owner = await rules.create_operator(call, draft)
        operator = owner
    await rules.attach(call, number, operator)
    return Answer(200, {"data": rules.show_detail(call, number)})


def removed_operator(call: Call) -> int:
    """Return the operator that a removal names in the query or else in the body; 0 where it names none."""
    text = call.request.query.get("operator_id")
    operator_id = int(text[:20]) if text and text.isascii() and text.isdigit() else 0
    if text is None:
        kind, number = classify(call.body.get("operator_id"))
        operator_id = number if kind in {"integer", "id_plain_text", "id_integral_float"} else 0
    return operator_id


async def remove_operator(call: Call) -> Answer:
    """Take an operator off a number; the operator stays."""
    await call.rules.detach(call, call.the_number, removed_operator(call))
    return Answer(200, {"data": call.rules.show_detail(call, call.the_number)})


async def get_number(call: Call) -> Answer:
    """Show a virtual number."""
    return Answer(200, {"data": call.rules.show_detail(call, call.the_number)})


async def list_numbers(call: Call) -> Answer:
    """List the virtual numbers that the key can see."""
    return Answer(200, {"data": [call.rules.show_listed(call, number) for number in call.rules.numbers_in_view(call)]})


async def update_number(call: Call) -> Answer:
    """Change a virtual number's name, switches or routing strategy."""
    changes = {
        name: value for name, value in call.body.items() if name in {"name", "active", "recording", "routing_strategy"}
    }
    wrong = [name for name, value in changes.items() if not _fits(name, value)]
    if wrong:
        raise invalid(call, *(f"{name.replace('_', ' ').capitalize()} is invalid" for name in wrong))
    call.rules.update_number(call, call.the_number, changes)
    return Answer(200, {"data": call.rules.show_detail(call, call.the_number)})


async def list_operators(call: Call) -> Answer:
    """List the operators that the key can see, by name."""
    operators = call.rules.sort_operators(call, call.rules.operators_in_view(call))
    return Answer(200, {"data": [call.rules.show_operator(call, operator) for operator in operators]})


async def create_operator(call: Call) -> Answer:
    """Make an operator that is attached to no number."""
    body = call.body
    if not isinstance(body.get("name"), str) or not body["name"].strip():
        raise invalid(call, "Name can't be blank")
    if not body.get("phone_number"):
        raise invalid(call, "Phone number can't be blank")
    _check_switches(call, body)
    draft = read_draft(call)
    if call.behaviour.phone_of_existing == "refused":
        call.rules.owner_of_phone(call, draft.phone_number)
    check_account_limit(call)
    draft.email, draft.active = body.get("email"), body.get("active", True)
    operator = await call.rules.create_operator(call, draft)
    if call.behaviour.written_operator == "barely":
        return Answer(201, {"data": {"id": operator.id}})
    return Answer(201, {"data": call.rules.show_operator_page(call, operator)})


async def get_operator(call: Call) -> Answer:
    """Show an operator's own page."""
    return Answer(200, {"data": call.rules.show_operator_page(call, call.the_operator)})


async def update_operator(call: Call) -> Answer:
    """Change an operator's record."""
    changes = {name: value for name, value in call.body.items() if name in {"name", "phone_number", "email", "active"}}
    _check_switches(call, changes)
    if "name" in changes:
        if not isinstance(changes["name"], str) or not changes["name"].strip():
            raise invalid(call, "Name can't be blank")
        changes["name"] = call.rules.read_name(call, changes["name"])
    if "phone_number" in changes:
        changes["phone_number"] = call.rules.read_phone(call, changes["phone_number"])
    call.rules.update_operator(call, call.the_operator, changes)
    if call.behaviour.written_operator == "barely":
        return Answer(200, {"success": True})
    return Answer(200, {"data": call.rules.show_operator_page(call, call.the_operator)})


async def delete_operator(call: Call) -> Answer:
    """Delete an operator with all its assignments."""
    await call.rules.delete_operator(call, call.the_operator)
    return Answer(200, {"success": True})


HANDLERS: dict[str, Callable[[Call], Awaitable[Answer]]] = {
    handler.__name__: handler
    for handler in (
        add_operator,
        remove_operator,
        get_number,
        list_numbers,
        update_number,
        list_operators,
        create_operator,
        get_operator,
        update_operator,
        delete_operator,
    )
}


def next_priority(call: Call, number: VirtualNumber) -> int:
    """Return the priority that the next operator of a number takes."""
    if call.behaviour.next_priority == "counter":
        return number.last_priority + 1
    return max((held.priority for held in number.assignments), default=-1) + 1


async def make_operator(call: Call, draft: Draft) -> Operator:
    """Store a new operator."""
    behaviour = call.behaviour
    project_id = (
        call.project_id if behaviour.project_of_created == "project" or call.operation == "create_operator" else None
    )
    if (
        call.project_id is None
        and call.number is not None
        and behaviour.project_of_created_by_account == "of_the_number"
    ):
        project_id = call.number.project_id
    operator_id = call.store.new_operator_id(again=behaviour.deleted_ids == "given_again")
    operator = Operator(operator_id, draft.name, draft.phone_number, draft.email, draft.active, project_id)
    call.account.operators[operator.id] = operator
    return operator


async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
    """Put an operator at the end of a number's list, unless it stands there already."""
    if number.holds(operator.id):
        if not number.active and call.behaviour.inactive_number == "refused_again":
            raise invalid(call, "Virtual number is not active")
        if not operator.active and call.behaviour.inactive_operator == "refused_again":
            raise invalid(call, "Operator is not active")
        return
    call.rules.admit(call, number, operator)
    state.place(number, operator.id, call.rules.next_priority(call, number))
    if call.behaviour.linked_to_a_project == "by_attaching_too" and operator.project_id is None:
        operator.project_id = number.project_id


async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
    """Take an operator off a number's list, or refuse with 404."""
    if not number.holds(operator_id) and not call.found_on_arrival:
        raise not_found()
    state.withdraw(number, operator_id)
    renumber(call, number)


def renumber(call: Call, number: VirtualNumber) -> None:
    """Close the gap that a removal left, where the behaviour says so."""
    if call.behaviour.after_removal == "renumbered":
        for priority, held in enumerate(sorted(number.assignments, key=lambda place: place.priority)):
            held.priority = priority


async def forget_operator(call: Call, operator: Operator) -> None:
    """Delete an operator, and its assignments with it."""
    for number in state.numbers_of(call.account, operator.id):
        state.withdraw(number, operator.id)
        renumber(call, number)
    del call.account.operators[operator.id]


def change_number(_call: Call, number: VirtualNumber, changes: JsonObject) -> None:
    """Store new values of a virtual number."""
    for name, value in changes.items():
        setattr(number, name, value)


def change_operator(_call: Call, operator: Operator, changes: JsonObject) -> None:
    """Store new values of an operator."""
    for name, value in changes.items():
        setattr(operator, name, value)


def _fits(name: str, value: object) -> bool:
    if name == "routing_strategy":
        return value in ROUTING_STRATEGIES
    if name == "name":
        return value is None or isinstance(value, str)
    return isinstance(value, bool)


def _check_switches(call: Call, body: JsonObject) -> None:
    email = body.get("email")
    if email is not None and (not isinstance(email, str) or "@" not in email):
        raise invalid(call, "Email is invalid")
    if not isinstance(body.get("active", True), bool):
        raise invalid(call, "Active is invalid")
