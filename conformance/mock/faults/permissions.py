"""Faults of permissions, and of the answers that carry an error."""

import re
from collections.abc import Callable
from typing import Any

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import on_data, on_refusal, supplies, switch, text_of
from conformance.mock.records import Operator
from conformance.mock.rules import NOT_FOUND, Call, Rules
from conformance.mock.wire import Answer, Refusal

READ_ONLY = "read-only key"


@fault("PERMISSION-WRITE", READ_ONLY)
def attaching_needs_no_permission(rules: Rules) -> None:
    """Attaching is allowed to a key that may only read."""
    _allow(rules, "add_operator", lambda _call: True)


@fault("PERMISSION-WRITE", READ_ONLY)
def referring_needs_no_permission(rules: Rules) -> None:
    """Attaching by reference is allowed to a key that may only read; making an operator is not."""
    _allow(rules, "add_operator", lambda call: b"operator_id" in call.request.content)


@fault("PERMISSION-WRITE", READ_ONLY)
def creating_needs_no_permission(rules: Rules) -> None:
    """Making an operator is allowed to a key that may only read; attaching by reference is not."""
    _allow(rules, "add_operator", lambda call: b"phone_number" in call.request.content)


@fault("PERMISSION-WRITE", READ_ONLY)
def again_needs_no_permission(rules: Rules) -> None:
    """Attaching again is answered 200 to a key that may only read."""

    def attached(call: Call) -> bool:
        number = call.account.numbers.get(int(call.raw_id) if call.raw_id.isdigit() else 0)
        match = re.search(rb'"operator_id"\s*:\s*(\d{1,9})\b', call.request.content)
        return bool(number and match and number.holds(int(match[1])))

    _allow(rules, "add_operator", attached)


@fault("PERMISSION-WRITE", READ_ONLY)
def no_permission_is_401(rules: Rules) -> None:
    """A key without the permission is answered 401."""
    on_refusal(rules, lambda _call, _: Answer(401, {"error": "Invalid API key"}), 403)


@fault("PERMISSION-WRITE", READ_ONLY)
def no_permission_is_404(rules: Rules) -> None:
    """A key without the permission is answered 404."""
    on_refusal(rules, lambda _call, _: Answer(404, {"error": NOT_FOUND}), 403)


@fault("PERMISSION-WRITE", READ_ONLY)
def no_permission_has_another_text(rules: Rules) -> None:
    """A key without the permission is answered with another text."""
    on_refusal(rules, lambda _call, _: Answer(403, {"error": "Insufficient permissions"}), 403)


@fault("PERMISSION-NEIGHBOURS", READ_ONLY)
def removing_needs_no_permission(rules: Rules) -> None:
    """Removing is allowed to a key that may only read."""
    _allow(rules, "remove_operator", lambda _call: True)


@fault("PERMISSION-NEIGHBOURS", READ_ONLY)
def updating_numbers_needs_no_permission(rules: Rules) -> None:
    """Updating a number is allowed to a key that may only read."""
    _allow(rules, "update_number", lambda _call: True)


@fault("PERMISSION-NEIGHBOURS", READ_ONLY)
def creating_operators_needs_no_permission(rules: Rules) -> None:
    """POST /operators is allowed to a key that may only read."""
    _allow(rules, "create_operator", lambda _call: True)


@fault("PERMISSION-NEIGHBOURS", READ_ONLY)
def updating_operators_needs_no_permission(rules: Rules) -> None:
    """PATCH /operators/{id} is allowed to a key that may only read."""
    _allow(rules, "update_operator", lambda _call: True)


@fault("PERMISSION-NEIGHBOURS", READ_ONLY)
def deleting_operators_needs_no_permission(rules: Rules) -> None:
    """DELETE /operators/{id} is allowed to a key that may only read."""
    _allow(rules, "delete_operator", lambda _call: True)


@fault("PERMISSION-READS", READ_ONLY)
def operators_need_the_write_permission(rules: Rules) -> None:
    """A key that may only read is refused the list of operators."""
    _demand_write(rules, "list_operators")


@fault("PERMISSION-READS", READ_ONLY)
def numbers_need_the_write_permission(rules: Rules) -> None:
    """A key that may only read is refused a number's page."""
    _demand_write(rules, "get_number")


@fault("PERMISSION-READS", READ_ONLY)
def readers_see_nobody_attached(rules: Rules) -> None:
    """To a key that may only read, a number's page shows nobody."""

    def edit(call: Call, data: Any) -> None:
        if "write" not in call.holder.permissions:
            data["operators"] = []

    on_data(rules, edit, "get_number")


@fault("PERMISSION-DELETE", READ_ONLY)
def deleting_refused_with_another_text(rules: Rules) -> None:
    """Without the permission, deleting an operator is refused with another text than the documented ones."""

    def edit(call: Call, answer: Answer) -> None:
        if call.operation == "delete_operator":
            answer.body = {"error": "Admin permission required"}

    on_refusal(rules, edit, 403)


@fault("PERMISSION-CHANGES-NOTHING", READ_ONLY)
def permission_checked_late(rules: Rules) -> None:
    """A key that may only read is answered 403, and the operator is attached."""
    _when_forbidden(rules, attach_anyway)


@fault("PERMISSION-CHANGES-NOTHING", READ_ONLY)
def forbidden_operator_made(rules: Rules) -> None:
    """A key that may only read is answered 403, and the operator is made."""
    _when_forbidden(rules, make_anyway)


@fault("PAYLOAD-ERROR-SHAPE")
def not_found_without_a_body(rules: Rules) -> None:
    """A number that is not found is answered 404 without a body."""
    on_refusal(rules, lambda call, _: Answer(404) if call.raw_id else None, 404)


@fault("PAYLOAD-ERROR-SHAPE")
def errors_in_message(rules: Rules) -> None:
    """The text of a 403 or 404 stands in message."""
    on_refusal(rules, lambda _call, answer: _under(answer, "message"), 403, 404)


@fault("PAYLOAD-ERROR-SHAPE")
def unauthorized_as_a_list_of_errors(rules: Rules) -> None:
    """A 401 carries a list of errors, as only a failed validation does."""
    on_refusal(rules, lambda _call, _: Answer(401, {"errors": ["Invalid API key"]}), 401)


@fault("PAYLOAD-ERROR-SHAPE")
def error_as_an_object(rules: Rules) -> None:
    """The error of a 404 is an object with code and message."""

    def edit(_call: Call, answer: Answer) -> Answer:
        return Answer(answer.status, {"error": {"code": "not_found", "message": NOT_FOUND}})

    on_refusal(rules, edit, 404)


@fault("PAYLOAD-ERROR-SHAPE")
def unauthorized_as_text(rules: Rules) -> None:
    """A 401 is a plain text."""
    on_refusal(rules, lambda _call, _: Answer(401, b"Unauthorized", content_type="text/plain"), 401)


@fault("PAYLOAD-FRAMEWORK-ERROR")
def html_for_malformed_json(rules: Rules) -> None:
    """Malformed JSON is answered with an HTML page."""
    switch(rules, framework_error="html")


def attach_anyway(call: Call) -> None:
    """Do what a refused reference asked for."""
    if call.operation != "add_operator" or not call.request.content:
        return
    call.body = call.rules.read_body(call)
    number = call.rules.visible_number(call, call.rules.read_path_id(call, call.raw_id))
    operator_id = call.body.get("operator_id")
    if isinstance(operator_id, int) and operator_id in call.account.operators and not number.holds(operator_id):
        state.place(number, operator_id, call.rules.next_priority(call, number))


def make_anyway(call: Call) -> None:
    """Make the operator that a refused request asked for."""
    if call.operation != "add_operator" or not call.request.content:
        return
    call.body = call.rules.read_body(call)
    if supplies(call, "phone_number") and not supplies(call, "operator_id"):
        phone = call.rules.read_phone(call, call.body["phone_number"])
        operator = Operator(call.store.new_operator_id(), text_of(call, "name") or "Operator", phone)
        call.account.operators[operator.id] = operator


def _under(answer: Answer, name: str) -> Answer:
    text = answer.body.get("error") if isinstance(answer.body, dict) else None
    return Answer(answer.status, {name: text or NOT_FOUND}, answer.headers)


def _allow(rules: Rules, operation: str, applies: Callable[[Call], bool]) -> None:
    """Let every key do an operation where something applies."""
    inner = rules.authorise

    def authorise(call: Call) -> None:
        if call.operation != operation or not applies(call):
            inner(call)

    rules.authorise = authorise


def _demand_write(rules: Rules, operation: str) -> None:
    inner = rules.authorise

    def authorise(call: Call) -> None:
        inner(call)
        if call.operation == operation and "write" not in call.holder.permissions:
            raise Refusal(403, {"error": "Write permission required"})

    rules.authorise = authorise


def _when_forbidden(rules: Rules, effect: Callable[[Call], None]) -> None:
    inner = rules.authorise

    def authorise(call: Call) -> None:
        try:
            inner(call)
        except Refusal:
            effect(call)
            raise

    rules.authorise = authorise
