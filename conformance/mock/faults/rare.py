"""Faults of states and requests that are rare: what is switched off, a third number, nobody named, nobody there."""

from conformance.mock import state
from conformance.mock.faults.choosing import store_one
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after_removing,
    answer_as_it_is,
    before,
    crash_when,
    edit_shown,
    in_order,
    on_refusal,
    pausing,
    refuse_when,
    switch,
    text_of,
)
from conformance.mock.people import E164
from conformance.mock.records import Assignment, Operator, VirtualNumber
from conformance.mock.rules import Call, Draft, JsonObject, Rules
from conformance.mock.wire import Answer, Refusal

_SEVERAL = 2
_DEEP = 100
_NOT_FOUND = {"error": "Resource not found"}
_TAKEN = {"error": "Conflict"}


@fault("OPERATOR-PAGE-ANSWERS")
def inactive_operator_has_no_page(rules: Rules) -> None:
    """The page of an inactive operator is answered 404."""
    refuse_when(rules, lambda call: not call.the_operator.active, 404, _NOT_FOUND, "get_operator")


@fault("REMOVE-ANSWERS", rare=True)
def inactive_operator_cannot_be_removed(rules: Rules) -> None:
    """Removing an operator who is inactive is answered 404."""

    def is_inactive(call: Call) -> bool:
        operator = call.account.operators.get(_named(call))
        return operator is not None and not operator.active

    refuse_when(rules, is_inactive, 404, _NOT_FOUND, "remove_operator")


@fault("OPERATOR-UPDATE-TAKES")
def switching_on_not_stored(rules: Rules) -> None:
    """An update of active to true is left out."""
    inner = rules.update_operator

    def update(call: Call, operator: Operator, changes: JsonObject) -> None:
        inner(call, operator, {name: value for name, value in changes.items() if value is not True})

    rules.update_operator = update


@fault("OPERATORS-SORTED", rare=True)
def renamed_ones_keep_their_place(rules: Rules) -> None:
    """The list of operators is sorted by the names that they had before they were updated."""
    old: dict[int, str] = {}
    inner, sort = rules.update_operator, rules.sort_operators

    def update(call: Call, operator: Operator, changes: JsonObject) -> None:
        old.setdefault(operator.id, operator.name)
        inner(call, operator, changes)

    def by_old_name(call: Call, operators: list[Operator]) -> list[Operator]:
        return sorted(sort(call, operators), key=lambda operator: old.get(operator.id, operator.name))

    rules.update_operator, rules.sort_operators = update, by_old_name


@fault("REMOVE-ANSWERS", "inactive number", rare=True)
def inactive_number_cannot_be_left(rules: Rules) -> None:
    """A removal from an inactive number is answered 404."""
    refuse_when(rules, lambda call: not call.the_number.active, 404, _NOT_FOUND, "remove_operator")


@fault("GET-NUMBER-ANSWERS", "inactive number", rare=True)
def inactive_number_has_no_page(rules: Rules) -> None:
    """The detail of an inactive number is answered 404."""
    refuse_when(rules, lambda call: not call.the_number.active, 404, _NOT_FOUND, "get_number")


@fault("PHONE-EXISTS")
def same_creation_is_409(rules: Rules) -> None:
    """A phone number and a name that somebody has already are answered 409."""

    def exists(call: Call) -> bool:
        sent = (text_of(call, "phone_number"), text_of(call, "name"))
        everybody = call.account.operators.values()
        return "operator_id" not in call.body and sent in {(each.phone_number, each.name) for each in everybody}

    refuse_when(rules, exists, 409, _TAKEN)


@fault("ATTACH-SEVERAL-NUMBERS", "second number")
def third_number_refuses(rules: Rules) -> None:
    """An operator who stands at two numbers is refused at a third."""

    def stands_at_two(call: Call) -> bool:
        at = state.numbers_of(call.account, call.body.get("operator_id") or 0)
        return len(at) >= _SEVERAL and call.the_number not in at

    refuse_when(rules, stands_at_two, 422, {"errors": ["Operator is attached to two numbers"]})


@fault("ATTACH-SEVERAL-NUMBERS", "second number", "project key", "number in the project", rare=True)
def projects_share_nobody(rules: Rules) -> None:
    """A project's key is refused an operator of another number as not found."""

    def stands_elsewhere(call: Call) -> bool:
        at = state.numbers_of(call.account, call.body.get("operator_id") or 0)
        return call.project_id is not None and bool(at) and call.the_number not in at

    refuse_when(rules, stands_elsewhere, 404, {"error": "Resource not found"})


@fault("OPERATOR-PAGE-NOT-FOUND", "other account's operator", rare=True)
def other_accounts_operators_updated(rules: Rules) -> None:
    """An update of an operator looks for the operator in all accounts."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        everybody = {each: held for account in call.store.accounts.values() for each, held in account.operators.items()}
        if call.operation == "update_operator" and operator_id in everybody:
            return everybody[operator_id]
        return inner(call, operator_id)

    rules.visible_operator = visible


@fault("REMOVE-TAKES-OFF", rare=True)
def removal_takes_the_same_phone(rules: Rules) -> None:
    """A removal takes off everybody of the same phone number."""

    def remove(call: Call, number: VirtualNumber, operator_id: int) -> None:
        operators = call.account.operators
        for held in [each.operator_id for each in number.assignments]:
            if operator_id in operators and operators[held].phone_number == operators[operator_id].phone_number:
                state.withdraw(number, held)

    after_removing(rules, remove)


@fault("ROBUST-NO-SERVER-ERROR")
def removal_of_nobody_named_is_500(rules: Rules) -> None:
    """A removal that names no operator crashes."""
    crash_when(rules, lambda call: not _named(call), "remove_operator")


@fault("REMOVE-NOT-ATTACHED")
def removal_of_nobody_named_takes_the_first(rules: Rules) -> None:
    """A removal that names no operator takes the first one off."""
    inner = rules.handlers["remove_operator"]

    async def remove(call: Call) -> Answer:
        if not _named(call) and call.the_number.assignments:
            state.withdraw(call.the_number, in_order(call.the_number)[0])
            return Answer(200, {"data": rules.show_detail(call, call.the_number)})
        return await inner(call)

    rules.handlers["remove_operator"] = remove


@fault("NOT-FOUND-NUMBER", rare=True)
def unknown_number_updated_is_200(rules: Rules) -> None:
    """An update of a number that does not exist is answered 200."""
    _excuse(rules, "update_number", Answer(200, {"data": None}))


@fault("OPERATOR-PAGE-NOT-FOUND", rare=True)
def unknown_operator_updated_is_200(rules: Rules) -> None:
    """An update of an operator who does not exist is answered 200."""
    _excuse(rules, "update_operator", Answer(200, {"data": None}))


@fault("PHONE-STORED-E164")
def posted_phone_not_validated(rules: Rules) -> None:
    """POST /operators stores a phone number that is none as it was sent."""
    _store_as_sent(rules, "create_operator")


@fault("PHONE-STORED-E164")
def updated_phone_not_validated(rules: Rules) -> None:
    """PATCH /operators/{id} stores a phone number that is none as it was sent."""
    _store_as_sent(rules, "update_operator")


@fault("ROBUST-NO-SERVER-ERROR", rare=True)
def deep_fields_are_500(rules: Rules) -> None:
    """A field that is nested some hundred times crashes, whatever its name."""
    crash_when(rules, lambda call: any(_depth(value) > _DEEP for value in call.body.values()))


@fault("UNKNOWN-FIELDS", rare=True)
def unknown_fields_alone_are_200(rules: Rules) -> None:
    """A body with unknown fields alone is answered 200 with the number as it is."""
    known = {"operator_id", "phone_number", "name"}
    answer_as_it_is(rules, lambda call: bool(call.body) and not known & call.body.keys())


@fault("CONCURRENT-ALL-STAND", "overlap")
def update_stores_the_list_it_read(rules: Rules) -> None:
    """An update of a number stores the whole record, its list included, as it was when the update began."""
    pause, inner = pausing(rules), rules.handlers["update_number"]

    async def update(call: Call) -> Answer:
        before = [Assignment(held.operator_id, held.priority) for held in call.the_number.assignments]
        await pause()
        call.the_number.assignments[:] = before
        return await inner(call)

    rules.handlers["update_number"] = update


@fault("UPDATE-NUMBER-KEEPS", "overlap", rare=True)
def update_stores_the_values_it_read(rules: Rules) -> None:
    """An update of a number stores also the fields left out, as they were when the update began."""
    pause, inner = pausing(rules), rules.handlers["update_number"]

    async def update(call: Call) -> Answer:
        number = call.the_number
        call.body = {"recording": number.recording, "routing_strategy": number.routing_strategy, **call.body}
        await pause()
        return await inner(call)

    rules.handlers["update_number"] = update


def _depth(value: object) -> int:
    depth = 0
    while isinstance(value, dict) and value:
        value, depth = next(iter(value.values())), depth + 1
    return depth


def _excuse(rules: Rules, operation: str, answer: Answer) -> None:
    on_refusal(rules, lambda call, _answer: answer if call.operation == operation else None, 404)


def _named(call: Call) -> int:
    value = call.request.query.get("operator_id") or call.body.get("operator_id") or 0
    return int(value) if isinstance(value, int) or str(value).isdigit() else 0


def _store_as_sent(rules: Rules, operation: str) -> None:
    inner = rules.read_phone

    def read(call: Call, value: object) -> str:
        try:
            return inner(call, value)
        except Refusal:
            if call.operation == operation and isinstance(value, str):
                return value
            raise

    rules.read_phone = read


@fault("UPDATE-NUMBER-INVALID", rare=True)
def strategy_in_capitals(rules: Rules) -> None:
    """A routing_strategy in capitals is stored as it is."""
    inner = rules.handlers["update_number"]

    async def handle(call: Call) -> Answer:
        strategy = call.body.get("routing_strategy")
        if isinstance(strategy, str) and strategy.isupper():
            call.the_number.routing_strategy = call.body.pop("routing_strategy")
        return await inner(call)

    rules.handlers["update_number"] = handle


@fault("OPERATOR-DELETE-TAKES", rare=True)
def places_left_for_the_next_with_the_id(rules: Rules) -> None:
    """An id is given again once the newest was deleted, and with it the places that they had."""
    switch(rules, deleted_ids="given_again")
    places: dict[int, list[VirtualNumber]] = {}
    forget, make = rules.delete_operator, rules.create_operator

    async def delete(call: Call, operator: Operator) -> None:
        places[operator.id] = state.numbers_of(call.account, operator.id)
        await forget(call, operator)

    async def create(call: Call, draft: Draft) -> Operator:
        operator = await make(call, draft)
        for number in places.pop(operator.id, []):
            state.place(number, operator.id, rules.next_priority(call, number))
        return operator

    rules.delete_operator, rules.create_operator = delete, create


@fault("REMOVE-KEEPS-OPERATOR", rare=True)
def last_removal_resets_the_strategy(rules: Rules) -> None:
    """A removal that empties a list sets the routing_strategy back."""

    def reset(_call: Call, number: VirtualNumber, _operator_id: int) -> None:
        if not number.assignments:
            number.routing_strategy = "priority"

    after_removing(rules, reset)


@fault("EFFECTS-REFUSED")
def refused_update_renames(rules: Rules) -> None:
    """An operator's update with an invalid phone number is answered 422, and its name is stored."""

    def rename(call: Call) -> None:
        phone, name = call.body.get("phone_number", "+12025550100"), text_of(call, "name")
        if name and not E164.fullmatch(str(phone)):
            call.the_operator.name = name

    before(rules, "update_operator", rename)


@fault("EFFECTS-REFUSED")
def refused_creation_makes_somebody(rules: Rules) -> None:
    """POST /operators with an invalid phone number is answered 422, and somebody with another number is kept."""

    def keep(call: Call) -> None:
        name = text_of(call, "name")
        if name and not E164.fullmatch(str(call.body.get("phone_number", "+12025550100"))):
            store_one(call, Draft(name, "+12025550100"))

    before(rules, "create_operator", keep)


@fault("GET-NUMBER-SHAPE", rare=True)
def null_stored_as_recording(rules: Rules) -> None:
    """A recording of null is stored, and shown as such."""
    nulls: set[int] = set()

    def take(call: Call) -> None:
        if "recording" in call.body:
            nulls.discard(call.the_number.id)
        if call.body.get("recording", True) is None:
            del call.body["recording"]
            nulls.add(call.the_number.id)

    before(rules, "update_number", take)
    edit_shown(rules, lambda _call, number, data: data.update(recording=None) if number.id in nulls else None)


@fault("EFFECTS-OTHER-NUMBERS", "project key", rare=True)
def project_takes_off_everywhere(rules: Rules) -> None:
    """A removal with a project key takes the operator off all numbers of the project."""

    def remove(call: Call, _number: VirtualNumber, operator_id: int) -> None:
        for other in state.numbers_of(call.account, operator_id) if call.project_id is not None else ():
            if other.project_id == call.project_id:
                state.withdraw(other, operator_id)

    after_removing(rules, remove)


@fault("OPERATOR-DELETE-TAKES", "project key", rare=True)
def project_deletion_only_unlinks(rules: Rules) -> None:
    """Deleting with a project key takes the operator off all numbers and out of the project, and leaves the record."""
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        if call.project_id is None:
            await inner(call, operator)
            return
        for number in state.numbers_of(call.account, operator.id):
            state.withdraw(number, operator.id)
        operator.project_id = None

    rules.delete_operator = delete
