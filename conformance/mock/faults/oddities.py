"""Faults that odd input shows, other than server errors."""

import json
import re
from collections.abc import Callable
from typing import Any

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import on_refusal, refuse_when, switch
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.references import classify
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer, Refusal

_NOT_FOUND = {"error": "Resource not found"}


@fault("ROBUST-CONNECTION")
def nul_drops_the_connection(rules: Rules) -> None:
    """A NUL in the body drops the connection."""
    _drop(rules, lambda call: b"\\u0000" in call.request.content or b"\0" in call.request.content)


@fault("ROBUST-CONNECTION")
def long_body_drops_the_connection(rules: Rules) -> None:
    """A body of more than eight thousand bytes drops the connection."""
    _drop(rules, lambda call: len(call.request.content) > 8000)


@fault("ROBUST-CONNECTION")
def malformed_json_drops_the_connection(rules: Rules) -> None:
    """A body that ends in the middle of its JSON drops the connection."""
    _drop(
        rules, lambda call: call.request.content.startswith(b"{") and not call.request.content.rstrip().endswith(b"}")
    )


@fault("ROBUST-CHANGES-NOTHING")
def malformed_json_done_anyway(rules: Rules) -> None:
    """Malformed JSON is answered 400, and the reference that it begins with is attached."""

    def attach(call: Call) -> None:
        match = re.search(rb'"operator_id"\s*:\s*(\d{1,9})\b', call.request.content)
        operator_id, number = int(match[1]) if match else 0, call.number
        if number is not None and operator_id in call.account.operators and not number.holds(operator_id):
            state.place(number, operator_id, rules.next_priority(call, number))

    _on_refused_body(rules, attach)


@fault("JSON-ODDITIES")
def byte_order_mark_is_404(rules: Rules) -> None:
    """A body behind a byte-order mark is answered 404, whoever it refers to."""
    _refused_as_not_found(rules, lambda call: call.request.content.startswith(b"\xef\xbb\xbf"))


@fault("CONTENT-TYPE-OTHER-JSON")
def another_charset_is_404(rules: Rules) -> None:
    """A body in another charset is answered 404."""
    _refused_as_not_found(rules, lambda call: _charset(call) not in {"", "utf-8"})


@fault("QUERY-OR-FORM")
def fields_in_the_query_are_unsupported(rules: Rules) -> None:
    """A request with a documented field in its query is answered 415."""
    refuse_when(rules, lambda call: "operator_id" in call.request.query, 415, {"error": "Unsupported media type"})


@fault("HTTP-LIMITS", rare=True)
def long_headers_are_404(rules: Rules) -> None:
    """A request with eight thousand characters in a header is answered 404."""
    refuse_when(rules, lambda call: any(len(value) > 8000 for _, value in call.request.headers), 404, _NOT_FOUND)


@fault("BODY-NOT-JSON")
def rest_of_a_body_not_read(rules: Rules) -> None:
    """What follows the JSON in a body is not looked at."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        try:
            end = json.JSONDecoder().raw_decode(call.request.content.decode())[1]
        except (ValueError, RecursionError):
            return inner(call)
        whole, call.request.content = call.request.content, call.request.content.decode()[:end].encode()
        try:
            return inner(call)
        finally:
            call.request.content = whole

    rules.read_body = read


@fault("ROBUST-CHANGES-NOTHING")
def malformed_json_makes_one(rules: Rules) -> None:
    """Malformed JSON is answered 400, and an operator of the phone number in it is made."""

    def make(call: Call) -> None:
        match = re.search(rb'"phone_number"\s*:\s*"(\+[1-9][0-9]{6,14})"', call.request.content)
        if match:
            operator = Operator(call.store.new_operator_id(), "Operator", match[1].decode())
            call.account.operators[operator.id] = operator

    _on_refused_body(rules, make)


@fault("OPERATOR-ID-NOBODY-ATTACHED")
def id_in_an_object(rules: Rules) -> None:
    """An operator_id that is an object with id attaches that operator."""

    def unwrap(_call: Call, body: JsonObject) -> None:
        value = body.get("operator_id")
        if isinstance(value, dict) and isinstance(value.get("id"), int):
            body["operator_id"] = value["id"]

    _edit_body(rules, unwrap)


@fault("OPERATOR-ID-NOBODY-ATTACHED")
def digits_of_an_id(rules: Rules) -> None:
    """An operator_id that begins with digits is read as these."""
    switch(rules, id_prefix_text="read")


@fault("OPERATOR-ID-NOBODY-ATTACHED")
def fraction_of_an_id(rules: Rules) -> None:
    """An operator_id with a fraction is cut to its integer."""
    switch(rules, id_fraction="read")


@fault("OPERATOR-ID-NOBODY-ATTACHED")
def first_of_several_ids(rules: Rules) -> None:
    """An operator_id that is a list attaches its first."""

    def unwrap(_call: Call, body: JsonObject) -> None:
        value = body.get("operator_id")
        if isinstance(value, list) and value:
            body["operator_id"] = value[0]

    _edit_body(rules, unwrap)


@fault("OPERATOR-ID-SPELLED")
def octal_ids(rules: Rules) -> None:
    """An operator_id in quotes with a zero before it is read in another way than it says: somebody else."""

    def somebody_else(call: Call, body: JsonObject) -> None:
        if re.fullmatch(r"0[0-9]+", str(body.get("operator_id"))):
            held = {place.operator_id for place in call.the_number.assignments}
            body["operator_id"] = max(call.account.operators.keys() - held, default=0)

    _edit_body(rules, somebody_else)


@fault("OPERATOR-ID-SPELLED")
def odd_ids_attach_the_first_available(rules: Rules) -> None:
    """An operator_id in quotes attaches whoever is available first."""

    def first(call: Call, body: JsonObject) -> None:
        kind, _ = classify(body.get("operator_id"))
        if kind in {"id_plain_text", "id_padded_text", "id_decimal_text"} and call.number is not None:
            free = rules.available(call, call.number)
            body["operator_id"] = free[0].id if free else 0

    _edit_body(rules, first)


@fault("PRECEDENCE-BLANK-ID")
def odd_id_beside_phone_makes_two(rules: Rules) -> None:
    """An operator_id of null beside a phone number makes two operators."""
    inner = rules.create_operator

    async def create(call: Call, draft: Any) -> Operator:
        if "operator_id" in call.body:
            await inner(call, draft)
        return await inner(call, draft)

    rules.create_operator = create


@fault("PHONE-OF-OTHER-TYPE")
def number_as_phone_stored(rules: Rules) -> None:
    """A phone_number that is a number makes an operator."""
    inner = rules.read_phone
    rules.read_phone = lambda call, value: inner(call, f"+{value}" if _number(value) > 10**6 else value)


@fault("UNKNOWN-FIELDS")
def unknown_fields_stored(rules: Rules) -> None:
    """Unknown fields beside a reference are stored in the operator's record."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        for field, kind in (("active", bool), ("email", str)):
            if "operator_id" in call.body and isinstance(call.body.get(field), kind):
                setattr(operator, field, call.body[field])
        await inner(call, number, operator)

    rules.attach = attach


@fault("UNKNOWN-FIELDS")
def priority_in_the_body(rules: Rules) -> None:
    """A priority in the body is taken, and whoever has it goes one down."""
    inner = rules.next_priority

    def next_priority(call: Call, number: VirtualNumber) -> int:
        wanted = call.body.get("priority")
        if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 0:
            return inner(call, number)
        for held in number.assignments:
            held.priority += 1 if held.priority >= wanted else 0
        return wanted

    rules.next_priority = next_priority


@fault("UNKNOWN-FIELDS")
def routing_in_the_body(rules: Rules) -> None:
    """Attributes of the number beside a reference or a phone number are stored."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        for field, kind in (("routing_strategy", str), ("recording", bool), ("active", bool)):
            if isinstance(call.body.get(field), kind):
                setattr(number, field, call.body[field])
        await inner(call, number, operator)

    rules.attach = attach


@fault("BODY-NOT-OBJECT")
def first_object_of_a_list(rules: Rules) -> None:
    """A body that is a list of objects is read as the first of them."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        content = call.request.content.strip()
        if content.startswith(b"[{") and content.endswith(b"}]"):
            call.request.content = content[1:-1]
        return inner(call)

    rules.read_body = read


@fault("BODY-NOT-JSON")
def malformed_json_is_200(rules: Rules) -> None:
    """Malformed JSON is answered 200 with the number as it is."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        try:
            return inner(call)
        except Refusal as refusal:
            if call.number is not None and refusal.answer.status == 400:
                raise Refusal(200, {"data": rules.show_detail(call, call.number)}) from None
            raise

    rules.read_body = read


@fault("METHOD-OTHER")
def put_attaches(rules: Rules) -> None:
    """PUT does what POST does."""
    _answer_method(rules, "PUT")


@fault("METHOD-OTHER")
def get_shows_the_number(rules: Rules) -> None:
    """GET of the endpoint is answered 200."""
    inner = rules.find_route

    def find(call: Call) -> None:
        if call.request.method == "GET" and call.request.segments[-1] == "add_operator":
            raise Refusal(200, {"data": []})
        inner(call)

    rules.find_route = find


@fault("PATH-ID-PREFIX")
def digits_of_a_path_id(rules: Rules) -> None:
    """A path id that begins with digits is read as these."""
    switch(rules, path_id_prefix="read")


@fault("PATH-ID-SPELLED")
def odd_path_ids_are_the_first_number(rules: Rules) -> None:
    """Other spellings of a path id are answered with a list of numbers."""
    inner = rules.read_path_id

    def read(call: Call, text: str) -> int:
        if re.fullmatch(r"0[0-9]+|\+[0-9]+|[0-9]+\.0", text):
            raise Refusal(200, {"data": []})
        return inner(call, text)

    rules.read_path_id = read


def _refused_as_not_found(rules: Rules, applies: Callable[[Call], bool]) -> None:
    def edit(call: Call, answer: Answer) -> None:
        if call.operation == "add_operator" and applies(call):
            answer.status, answer.body = 404, _NOT_FOUND

    on_refusal(rules, edit, 400, 415, 422)


def _charset(call: Call) -> str:
    return (call.request.header("content-type") or "").lower().partition("charset=")[2].strip('"; ')


def _drop(rules: Rules, applies: Callable[[Call], object]) -> None:
    """Close the connection in the middle of the answer where something applies."""
    inner = rules.finish

    def finish(call: Call, answer: Answer) -> Answer:
        if call.operation == "add_operator" and applies(call):
            answer.ending = "dropped"
        return inner(call, answer)

    rules.finish = finish


def _on_refused_body(rules: Rules, effect: Callable[[Call], None]) -> None:
    """Let something happen when a body is refused."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        try:
            return inner(call)
        except Refusal:
            effect(call)
            raise

    rules.read_body = read


def _edit_body(rules: Rules, edit: Callable[[Call, JsonObject], None]) -> None:
    """Edit the fields of an attachment before they are looked at."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        body = inner(call)
        if call.operation == "add_operator":
            edit(call, body)
        return body

    rules.read_body = read


def _answer_method(rules: Rules, method: str) -> None:
    """Take another method for POST."""
    inner = rules.find_route

    def find(call: Call) -> None:
        if call.request.method == method and call.request.segments[-1] == "add_operator":
            call.request.method = "POST"
        inner(call)

    rules.find_route = find


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
