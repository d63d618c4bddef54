"""Faults beyond the edge of what the documentation leaves open."""

import unicodedata
from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    answer_as_it_is,
    before,
    id_of,
    in_order,
    on_answer,
    on_new_operator,
    refuse_when,
    supplies,
    switch,
    text_of,
    when_attached_already,
)
from conformance.mock.people import E164
from conformance.mock.records import Key, Operator, VirtualNumber
from conformance.mock.rules import Call, Draft, JsonObject, Rules, not_found
from conformance.mock.wire import Answer, Refusal


@fault("ATTACH-INACTIVE-OPERATOR", "inactive operator")
def inactive_operator_not_found(rules: Rules) -> None:
    """A reference to an inactive operator is answered 404."""
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        operator = inner(call, number, operator_id)
        if not operator.active and not number.holds(operator_id):
            raise not_found()
        return operator

    rules.referred = referred


@fault("ATTACH-INACTIVE-NUMBER", "inactive number")
def inactive_number_is_409(rules: Rules) -> None:
    """Attaching to an inactive number is answered 409."""
    refuse_when(rules, lambda call: not call.the_number.active, 409, {"error": "Virtual number is not active"})


@fault("REATTACH-OTHER-PROJECT", "project key")
def foreign_one_moves_to_the_end(rules: Rules) -> None:
    """A project key that attaches again an operator of another project moves it to the end."""
    switch(rules, foreign_reattached_by_project="no_op")

    def move(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if call.project_id not in {None, operator.project_id}:
            state.withdraw(number, operator.id)
            state.place(number, operator.id, rules.next_priority(call, number))

    when_attached_already(rules, move)


@fault("PRECEDENCE-PHONE-OF-OTHER-TYPE")
def odd_phone_makes_one(rules: Rules) -> None:
    """A phone_number that is no text beside a good operator_id makes an operator."""

    def make(call: Call) -> None:
        value = call.body.get("phone_number")
        if supplies(call, "operator_id") and value is not None and not isinstance(value, str):
            operator = Operator(call.store.new_operator_id(), "Operator", str(value))
            call.account.operators[operator.id] = operator

    before(rules, "add_operator", make)


@fault("PRECEDENCE-NAME-BESIDE")
def name_beside_is_404(rules: Rules) -> None:
    """A name beside an operator_id is answered 404 unless it is the operator's own."""

    def other_name(call: Call) -> bool:
        operator = call.account.operators.get(id_of(call))
        return operator is not None and text_of(call, "name") not in {"", operator.name}

    refuse_when(rules, other_name, 404, {"error": "Resource not found"})


@fault("MISSING-ID-BLANK")
def empty_id_attaches_the_first(rules: Rules) -> None:
    """An operator_id of empty text attaches whoever is available first."""
    _refer(rules, lambda call, body: body.get("operator_id") == "" and not text_of(call, "phone_number"))


@fault("MISSING-ID-BLANK")
def null_id_is_200(rules: Rules) -> None:
    """An operator_id of null alone is answered 200 with the number as it is."""
    answer_as_it_is(rules, lambda call: call.body == {"operator_id": None})


@fault("MISSING-PHONE-BLANK")
def empty_phone_makes_one(rules: Rules) -> None:
    """An empty phone_number makes an operator without a number."""
    _make_without_phone(rules, "")


@fault("MISSING-PHONE-BLANK")
def null_phone_makes_one(rules: Rules) -> None:
    """A phone_number of null makes an operator without a number."""
    _make_without_phone(rules, None)


@fault("PHONE-RANGE")
def british_numbers_are_404(rules: Rules) -> None:
    """A number of the United Kingdom is answered 404."""
    refuse_when(rules, lambda call: _sent_phone(call).startswith("+44"), 404, {"error": "Resource not found"})


@fault("PHONE-RANGE")
def far_numbers_are_409(rules: Rules) -> None:
    """A number outside North America and Europe is answered 409."""
    refuse_when(rules, lambda call: _sent_phone(call)[1:2] in set("256789"), 409, {"error": "Country is not served"})


@fault("VALIDATION-CHANGES-NOTHING")
def refused_country_saved(rules: Rules) -> None:
    """A number of another country than the United States is refused when the operator is saved already."""

    def save(call: Call) -> None:
        if E164.fullmatch(_sent_phone(call)) and not _sent_phone(call).startswith("+1"):
            operator = Operator(call.store.new_operator_id(), text_of(call, "name") or "Operator", _sent_phone(call))
            call.account.operators[operator.id] = operator
            raise Refusal(422, {"errors": ["Phone number is of a country that is not served"]})

    before(rules, "add_operator", save)


@fault("PHONE-OTHER-FORM")
def spaced_phone_is_400(rules: Rules) -> None:
    """A spaced phone number is answered 400."""
    refuse_when(rules, lambda call: " " in _sent_phone(call).strip(), 400, {"error": "Bad request"})


@fault("NAME-SPACES", "accepted phone number")
def space_around_refused(rules: Rules) -> None:
    """A name with space around it is answered 400."""
    refuse_when(
        rules, lambda call: text_of(call, "name") != text_of(call, "name").strip(), 400, {"error": "Bad request"}
    )


@fault("NAME-NOT-NFC", "accepted phone number")
def combining_marks_lost(rules: Rules) -> None:
    """The combining marks of a name that is not in normal form C are lost."""

    def strip(_call: Call, operator: Operator) -> None:
        operator.name = "".join(letter for letter in operator.name if not unicodedata.combining(letter))

    on_new_operator(rules, strip)


@fault("NAME-OF-OTHER-TYPE", "accepted phone number")
def odd_name_is_404(rules: Rules) -> None:
    """A name that is no text is answered 404."""
    refuse_when(
        rules,
        lambda call: not isinstance(call.body.get("name", ""), (str, type(None))),
        404,
        {"error": "Resource not found"},
    )


@fault("OPERATOR-ID-NOBODY-ATTACHED")
def true_attaches_the_first(rules: Rules) -> None:
    """An operator_id of true attaches whoever is available first."""
    _refer(rules, lambda _call, body: body.get("operator_id") is True)


@fault("OPERATOR-ID-NOBODY-ATTACHED")
def zero_attaches_the_first(rules: Rules) -> None:
    """An operator_id of 0 attaches whoever is available first."""
    _refer(rules, lambda _call, body: body.get("operator_id") == 0 and body.get("operator_id") is not False)


@fault("OPERATOR-ID-NOBODY")
def negative_id_is_200(rules: Rules) -> None:
    """A negative operator_id is answered 200 with the number as it is."""
    answer_as_it_is(rules, lambda call: id_of(call) < 0)


@fault("BODY-EMPTY")
def empty_body_is_200(rules: Rules) -> None:
    """An empty body is answered 200 with the number as it is."""
    answer_as_it_is(rules, lambda call: not call.request.content)


@fault("CONTENT-TYPE")
def plain_text_is_200(rules: Rules) -> None:
    """A body of another content type than JSON is answered 200 and not read."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        kind = call.request.header("content-type") or "application/json"
        if call.number is not None and call.operation == "add_operator" and "json" not in kind:
            raise Refusal(200, {"data": rules.show_detail(call, call.number)})
        return inner(call)

    rules.read_body = read


@fault("ACCEPT-WITHOUT-JSON")
def html_where_asked_for(rules: Rules) -> None:
    """Where Accept asks for HTML only, the operator is attached and the answer is a page."""

    def edit(call: Call, _answer: Answer) -> Answer | None:
        if "json" in (call.request.header("accept") or "*/*") or "*/*" in (call.request.header("accept") or "*/*"):
            return None
        return Answer(200, b"<html><body>Done</body></html>", content_type="text/html")

    on_answer(rules, edit, "add_operator")


@fault("UNKNOWN-FIELDS")
def unknown_field_is_404(rules: Rules) -> None:
    """A field that the page does not name is answered 404."""
    known = {"operator_id", "phone_number", "name"}
    refuse_when(rules, lambda call: set(call.body) - known, 404, {"error": "Resource not found"})


@fault("JSON-ODDITIES")
def duplicates_attach_nobody(rules: Rules) -> None:
    """The same operator_id field twice attaches nobody and is answered 200."""
    answer_as_it_is(rules, lambda call: call.request.content.count(b'"operator_id"') > 1)


@fault("AUTH-SCHEME-CASE")
def lower_case_scheme_is_403(rules: Rules) -> None:
    """The scheme in lower case is answered 403."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        if (call.request.header("authorization") or "").startswith("bearer "):
            raise Refusal(403, {"error": "Forbidden"})
        return inner(call)

    rules.authenticate = authenticate


@fault("PATH-ID-NOT-INTEGER")
def letters_are_the_first_number(rules: Rules) -> None:
    """A path id of letters is read as the account's first number."""
    inner = rules.read_path_id
    rules.read_path_id = lambda call, text: min(call.account.numbers) if text.isalpha() else inner(call, text)


@fault("PATH-SLASHES")
def slash_at_the_end_is_200(rules: Rules) -> None:
    """A slash at the end of the path is answered 200 with an empty object."""
    inner = rules.find_route

    def find(call: Call) -> None:
        if call.request.raw_path.endswith(b"/add_operator/"):
            raise Refusal(200, {})
        inner(call)

    rules.find_route = find


@fault("SCOPE-COUNTS", "project key")
def project_key_counts_nothing(rules: Rules) -> None:
    """A project key sees every operator with a count of no numbers."""
    inner = rules.show_operator

    def show(call: Call, operator: Operator) -> JsonObject:
        shown = inner(call, operator)
        return {**shown, "virtual_numbers_count": 0} if call.project_id is not None else shown

    rules.show_operator = show


@fault("ATTACH-LIMIT")
def full_list_drops_the_last(rules: Rules) -> None:
    """From twelve operators on, an attachment fails the validation and takes the last one off."""
    switch(rules, operators_of_a_number=12)

    def drop(call: Call) -> None:
        if len(call.the_number.assignments) >= 12 and not call.the_number.holds(id_of(call)):
            state.withdraw(call.the_number, in_order(call.the_number)[-1])
            raise Refusal(422, {"errors": ["A virtual number has at most 12 operators"]})

    before(rules, "add_operator", drop)


@fault("VALIDATION-CHANGES-NOTHING")
def refused_phone_moves_the_last(rules: Rules) -> None:
    """A refused phone number moves the last operator of the list one priority up."""
    inner = rules.read_phone

    def read(call: Call, value: object) -> str:
        try:
            return inner(call, value)
        except Refusal:
            if isinstance(value, str) and call.number is not None and call.number.assignments:
                max(call.number.assignments, key=lambda held: held.priority).priority += 1
            raise

    rules.read_phone = read


def _sent_phone(call: Call) -> str:
    """Return the phone number of a request of shape B."""
    return "" if supplies(call, "operator_id") else text_of(call, "phone_number")


def _refer(rules: Rules, applies: Callable[[Call, JsonObject], bool]) -> None:
    """Refer to whoever is available first where something applies to the body."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        body = inner(call)
        if call.operation == "add_operator" and call.number is not None and "operator_id" in body:
            free = rules.available(call, call.number)
            call.body = body
            if free and applies(call, body):
                body["operator_id"] = free[0].id
        return body

    rules.read_body = read


def _make_without_phone(rules: Rules, value: str | None) -> None:
    """Make an operator without a phone number where the one sent is that value."""
    inner_draft, inner_phone = rules.read_draft, rules.read_phone

    def read_phone(call: Call, sent: object) -> str:
        return "" if sent == "none" else inner_phone(call, sent)

    def read_draft(call: Call) -> Draft:
        if "phone_number" in call.body and call.body["phone_number"] == value:
            call.body["phone_number"] = "none"
        return inner_draft(call)

    rules.read_phone, rules.read_draft = read_phone, read_draft
