"""Faults of the neighbours: pages, lists and updates, the key that each call asks for, and how far it sees."""

import html
import unicodedata
from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after,
    after_attaching,
    after_removing,
    arrange,
    before,
    id_of,
    in_order,
    on_data,
    on_new_operator,
    pausing,
)
from conformance.mock.records import Key, Operator, VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules, not_found
from conformance.mock.wire import Answer, Refusal


@fault("OPERATOR-UPDATE-TAKES")
def email_update_left_out(rules: Rules) -> None:
    """An update leaves out a new e-mail address; null clears the old one."""
    _edit_update(
        rules,
        lambda changes: {name: value for name, value in changes.items() if name != "email" or value is None},
    )


@fault("OPERATOR-UPDATE-TAKES")
def operator_update_switches_on(rules: Rules) -> None:
    """An update that leaves active out makes the operator active."""
    _edit_update(rules, lambda changes: {"active": True, **changes})


@fault("OPERATOR-UPDATE-TAKES")
def updated_names_escaped(rules: Rules) -> None:
    """An update stores the operator's name escaped for HTML."""
    _edit_update(rules, _with_name_escaped)


@fault("OPERATOR-UPDATE-TAKES")
def updated_operator_moves_to_the_end(rules: Rules) -> None:
    """An update moves the operator to the end of every list that it stands on."""

    def move(call: Call, operator: Operator, _changes: JsonObject) -> None:
        for number in state.numbers_of(call.account, operator.id):
            arrange(number, [*(each for each in in_order(number) if each != operator.id), operator.id])

    _after_update(rules, move)


@fault("OPERATOR-UPDATE-TAKES")
def switched_off_operators_leave_the_lists(rules: Rules) -> None:
    """An operator that an update switches off is taken off its numbers."""

    def leave(call: Call, operator: Operator, changes: JsonObject) -> None:
        if changes.get("active") is False:
            for number in state.numbers_of(call.account, operator.id):
                state.withdraw(number, operator.id)

    _after_update(rules, leave)


@fault("OPERATOR-CREATE-ANSWERS")
def posted_names_lose_accents(rules: Rules) -> None:
    """POST /operators stores names without their accents."""

    def strip(_call: Call, operator: Operator) -> None:
        letters = unicodedata.normalize("NFD", operator.name)
        operator.name = "".join(letter for letter in letters if not unicodedata.combining(letter))

    on_new_operator(rules, strip, "create_operator")


@fault("OPERATORS-COUNT", "inactive number")
def inactive_numbers_not_counted(rules: Rules) -> None:
    """virtual_numbers_count leaves inactive numbers out."""
    inner = rules.show_operator

    def show(call: Call, operator: Operator) -> JsonObject:
        active = [number for number in state.numbers_of(call.account, operator.id) if number.active]
        return {**inner(call, operator), "virtual_numbers_count": len(active)}

    rules.show_operator = show


@fault("OPERATOR-PAGE-AGREES")
def page_shows_the_operators_phone(rules: Rules) -> None:
    """An operator's page shows the operator's phone number for each of its virtual numbers."""
    _edit_page(rules, lambda operator: {"phone_number": operator.phone_number})


@fault("OPERATOR-PAGE-AGREES")
def page_shows_the_operators_name(rules: Rules) -> None:
    """An operator's page shows the operator's name for each of its virtual numbers."""
    _edit_page(rules, lambda operator: {"name": operator.name})


@fault("OPERATOR-PAGE-AGREES", "inactive number")
def page_shows_every_number_as_active(rules: Rules) -> None:
    """An operator's page shows each of its virtual numbers as active."""
    _edit_page(rules, lambda _operator: {"active": True})


@fault("OPERATOR-PAGE-AGREES")
def page_shows_the_operators_active(rules: Rules) -> None:
    """An operator's page shows for each of its virtual numbers whether the operator is active."""
    _edit_page(rules, lambda operator: {"active": operator.active})


@fault("LIST-NUMBERS-AGREES")
def number_list_escapes_names(rules: Rules) -> None:
    """The list of numbers shows the names of operators escaped for HTML."""

    def escape(_call: Call, data: list[JsonObject]) -> None:
        for operator in (operator for number in data for operator in number["operators"]):
            operator["name"] = html.escape(operator["name"])

    on_data(rules, escape, "list_numbers")


@fault("UPDATE-NUMBER-INVALID")
def valid_field_beside_an_invalid_one_stored(rules: Rules) -> None:
    """An update of a number that is answered 422 has stored the valid fields beside the invalid one."""
    kinds = {"name": str, "active": bool, "recording": bool}

    def store(call: Call) -> None:
        for name, kind in kinds.items():
            if isinstance(call.body.get(name), kind):
                setattr(call.the_number, name, call.body[name])

    before(rules, "update_number", store)


@fault("UPDATE-NUMBER-TAKES")
def number_name_shown_and_not_stored(rules: Rules) -> None:
    """The answer of an update shows a number's name that is not stored."""

    def remember(call: Call) -> None:
        call.notes["name"] = call.the_number.name

    def restore(call: Call) -> None:
        call.the_number.name = call.notes["name"]

    before(rules, "update_number", remember)
    after(rules, "update_number", restore)


@fault("UPDATE-NUMBER-TAKES")
def number_names_escaped(rules: Rules) -> None:
    """An update stores the number's name escaped for HTML."""
    inner = rules.update_number
    rules.update_number = lambda call, number, changes: inner(call, number, _with_name_escaped(changes))


@fault("UPDATE-NUMBER-ANSWERS", "project key")
def project_key_updates_no_number(rules: Rules) -> None:
    """A project key is answered 404 for the update of a number of its project."""
    _refuse_projects(rules, "update_number")


@fault("OPERATOR-PAGE-ANSWERS", "project key")
def project_key_reads_no_operator(rules: Rules) -> None:
    """A project key is answered 404 for the page of an operator of its project."""
    _refuse_projects(rules, "get_operator")


@fault("OPERATOR-PAGE-NOT-FOUND", "project key")
def project_key_updates_anybody(rules: Rules) -> None:
    """A project key updates operators outside its project."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        held = call.account.operators.get(operator_id)
        return held if held is not None and call.operation == "update_operator" else inner(call, operator_id)

    rules.visible_operator = visible


@fault("OPERATOR-PAGE-NOT-FOUND", "other account's operator")
def other_accounts_operator_page_shown(rules: Rules) -> None:
    """An account-wide key is shown the pages of other accounts' operators."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        held = call.store.operator(operator_id) if call.project_id is None else None
        return held if held is not None and call.operation == "get_operator" else inner(call, operator_id)

    rules.visible_operator = visible


@fault("PERMISSION-READS", "read-only key")
def operator_page_needs_the_write_permission(rules: Rules) -> None:
    """The page of an operator needs the write permission."""
    inner = rules.authorise

    def authorise(call: Call) -> None:
        inner(call)
        if call.operation == "get_operator" and "write" not in call.holder.permissions:
            raise Refusal(403, {"error": "Write permission required"})

    rules.authorise = authorise


@fault("AUTH-MISSING")
def numbers_updated_without_a_key(rules: Rules) -> None:
    """An update of a number is done with any key or none."""
    _let_everybody_in(rules, "update_number")


@fault("AUTH-MALFORMED")
def operators_posted_without_a_key(rules: Rules) -> None:
    """POST /operators is done with any key or none."""
    _let_everybody_in(rules, "create_operator")


@fault("AUTH-MALFORMED")
def operators_updated_without_a_key(rules: Rules) -> None:
    """An update of an operator is done with any key or none."""
    _let_everybody_in(rules, "update_operator")


@fault("AUTH-UNKNOWN")
def operator_page_without_a_key(rules: Rules) -> None:
    """The page of an operator is shown with any key or none."""
    _let_everybody_in(rules, "get_operator")


@fault("CONCURRENT-ALL-STAND", "overlap", "second number")
def other_numbers_attachment_shown_and_lost(rules: Rules) -> None:
    """Of attachments at two numbers at once, the one at the number of the lower id is shown and not saved."""
    pause = pausing(rules)
    running: list[int] = []
    inner = rules.handlers["add_operator"]

    async def handle(call: Call) -> Answer:
        number, meant = call.the_number, id_of(call)
        beside = list(running)
        running.append(number.id)
        try:
            await pause()
            there = number.holds(meant)
            answer = await inner(call)
            if not there and max([*beside, *running]) > number.id:
                state.withdraw(number, meant)
            return answer
        finally:
            running.remove(number.id)

    rules.handlers["add_operator"] = handle


@fault("EFFECTS-OPERATOR-RECORD", "project key")
def attaching_unlinks_from_the_project(rules: Rules) -> None:
    """Attaching to a number outside the operator's project takes the operator out of its project."""

    def unlink(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        if operator.project_id != number.project_id:
            operator.project_id = None

    after_attaching(rules, unlink)


@fault("REMOVE-KEEPS-OPERATOR", "project key")
def removal_unlinks_from_the_project(rules: Rules) -> None:
    """A removal takes the operator out of its project."""

    def unlink(call: Call, _number: VirtualNumber, operator_id: int) -> None:
        call.account.operators[operator_id].project_id = None

    after_removing(rules, unlink)


def _edit_update(rules: Rules, edit: Callable[[JsonObject], JsonObject]) -> None:
    """Edit the changes of an operator before they are stored."""
    inner = rules.update_operator
    rules.update_operator = lambda call, operator, changes: inner(call, operator, edit(changes))


def _after_update(rules: Rules, effect: Callable[[Call, Operator, JsonObject], None]) -> None:
    """Let something happen once an operator's changes are stored."""
    inner = rules.update_operator

    def update(call: Call, operator: Operator, changes: JsonObject) -> None:
        inner(call, operator, changes)
        effect(call, operator, changes)

    rules.update_operator = update


def _with_name_escaped(changes: JsonObject) -> JsonObject:
    name = changes.get("name")
    return {**changes, "name": html.escape(name)} if isinstance(name, str) else changes


def _edit_page(rules: Rules, fields: Callable[[Operator], JsonObject]) -> None:
    """Put other fields in every virtual number of an operator's page."""
    inner = rules.show_operator_page

    def show(call: Call, operator: Operator) -> JsonObject:
        page = inner(call, operator)
        return {**page, "virtual_numbers": [{**each, **fields(operator)} for each in page["virtual_numbers"]]}

    rules.show_operator_page = show


def _refuse_projects(rules: Rules, operation: str) -> None:
    """Answer 404 to project keys that may do something."""
    inner = rules.authorise

    def authorise(call: Call) -> None:
        inner(call)
        if call.operation == operation and call.project_id is not None:
            raise not_found()

    rules.authorise = authorise


def _let_everybody_in(rules: Rules, operation: str) -> None:
    """Take a request without a good key for one of the account's own."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        try:
            return inner(call)
        except Refusal:
            if call.operation != operation:
                raise
            return next(key for key in call.store.keys.values() if key.actor == "account")

    rules.authenticate = authenticate


@fault("OPERATOR-PAGE-ANSWERS")
def page_of_the_idle_without_a_list(rules: Rules) -> None:
    """The page of an operator of no number has null for its numbers."""
    inner = rules.show_operator_page

    def show(call: Call, operator: Operator) -> JsonObject:
        page = inner(call, operator)
        return {**page, "virtual_numbers": page["virtual_numbers"] or None}

    rules.show_operator_page = show
