"""Faults that make a server error of odd input."""

import re
from collections.abc import Callable

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import crash_when, on_answer, supplies, text_of
from conformance.mock.records import VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer, Refusal

CRASH = Answer(500, {"error": "Internal server error"})


@fault("ROBUST-NO-SERVER-ERROR")
def list_as_id_is_500(rules: Rules) -> None:
    """An operator_id that is a list is answered 500."""
    crash_when(rules, lambda call: isinstance(call.body.get("operator_id"), list))


@fault("ROBUST-NO-SERVER-ERROR")
def object_as_id_is_500(rules: Rules) -> None:
    """An operator_id that is an object is answered 500."""
    crash_when(rules, lambda call: isinstance(call.body.get("operator_id"), dict))


@fault("ROBUST-NO-SERVER-ERROR")
def text_as_id_is_500(rules: Rules) -> None:
    """An operator_id that is a text of letters is answered 500."""
    crash_when(rules, lambda call: text_of(call, "operator_id").strip()[:1].isalpha())


@fault("ROBUST-NO-SERVER-ERROR")
def nul_in_an_id_is_500(rules: Rules) -> None:
    """An operator_id that is a text with NUL is answered 500, as a database takes no such text."""
    crash_when(rules, lambda call: "\0" in text_of(call, "operator_id"))


@fault("ROBUST-NO-SERVER-ERROR")
def boolean_as_id_is_500(rules: Rules) -> None:
    """An operator_id of true is answered 500."""
    crash_when(rules, lambda call: call.body.get("operator_id") is True)


@fault("ROBUST-NO-SERVER-ERROR")
def null_as_id_is_500(rules: Rules) -> None:
    """An operator_id of null without a phone number is answered 500."""
    crash_when(
        rules, lambda call: "operator_id" in call.body and call.body["operator_id"] is None and len(call.body) == 1
    )


@fault("ROBUST-NO-SERVER-ERROR")
def large_id_is_500(rules: Rules) -> None:
    """An operator_id beyond 64 bits is answered 500."""
    crash_when(rules, lambda call: _number(call.body.get("operator_id")) >= 2**63)


@fault("ROBUST-NO-SERVER-ERROR")
def id_beyond_a_double_is_500(rules: Rules) -> None:
    """An operator_id from 2**53 on is answered 500."""
    crash_when(rules, lambda call: _number(call.body.get("operator_id")) >= 2**53)


@fault("ROBUST-NO-SERVER-ERROR")
def id_of_32_bits_is_500(rules: Rules) -> None:
    """An operator_id beyond 32 bits is answered 500."""
    crash_when(rules, lambda call: _number(call.body.get("operator_id")) >= 2**31)


@fault("ROBUST-NO-SERVER-ERROR")
def percent_in_a_name_is_500(rules: Rules) -> None:
    """A name with a percent sign that begins no escape is answered 500."""
    crash_when(rules, lambda call: re.search(r"%(?![0-9a-fA-F]{2})", text_of(call, "name")))


@fault("ROBUST-NO-SERVER-ERROR")
def negative_id_is_500(rules: Rules) -> None:
    """A negative operator_id is answered 500."""
    crash_when(rules, lambda call: _number(call.body.get("operator_id")) < 0)


@fault("ROBUST-NO-SERVER-ERROR")
def number_as_phone_is_500(rules: Rules) -> None:
    """A phone_number that is a number is answered 500."""
    crash_when(rules, lambda call: _number(call.body.get("phone_number")) > 0)


@fault("ROBUST-NO-SERVER-ERROR")
def list_as_phone_is_500(rules: Rules) -> None:
    """A phone_number that is a list or an object is answered 500."""
    crash_when(rules, lambda call: isinstance(call.body.get("phone_number"), (list, dict)))


@fault("ROBUST-NO-SERVER-ERROR")
def null_phone_is_500(rules: Rules) -> None:
    """A phone_number of null is answered 500."""
    crash_when(rules, lambda call: "phone_number" in call.body and call.body["phone_number"] is None)


@fault("ROBUST-NO-SERVER-ERROR")
def number_as_name_is_500(rules: Rules) -> None:
    """A name that is no text is answered 500."""
    crash_when(rules, lambda call: not isinstance(call.body.get("name", ""), (str, type(None))))


@fault("ROBUST-NO-SERVER-ERROR")
def object_as_name_is_500(rules: Rules) -> None:
    """A name that is an object is answered 500."""
    crash_when(rules, lambda call: isinstance(call.body.get("name"), dict))


@fault("ROBUST-NO-SERVER-ERROR")
def list_as_name_is_500(rules: Rules) -> None:
    """A name that is a list is answered 500."""
    crash_when(rules, lambda call: isinstance(call.body.get("name"), list))


@fault("ROBUST-NO-SERVER-ERROR")
def nul_in_name_is_500(rules: Rules) -> None:
    """A name with NUL is answered 500."""
    crash_when(rules, lambda call: "\0" in text_of(call, "name"))


@fault("ROBUST-NO-SERVER-ERROR")
def emoji_in_name_is_500(rules: Rules) -> None:
    """A name with a character beyond the basic plane is answered 500."""
    crash_when(rules, lambda call: any(ord(letter) > 0xFFFF for letter in text_of(call, "name")))


@fault("ROBUST-NO-SERVER-ERROR")
def long_name_is_500(rules: Rules) -> None:
    """A name of more than 255 characters is answered 500."""
    crash_when(rules, lambda call: len(text_of(call, "name")) > 255)


@fault("ROBUST-NO-SERVER-ERROR")
def very_long_name_is_500(rules: Rules) -> None:
    """A name of ten thousand characters is answered 500."""
    crash_when(rules, lambda call: len(text_of(call, "name")) >= 10_000)


@fault("ROBUST-NO-SERVER-ERROR")
def apostrophe_is_500(rules: Rules) -> None:
    """An apostrophe in a name is answered 500."""
    crash_when(rules, lambda call: "'" in text_of(call, "name"))


@fault("ROBUST-NO-SERVER-ERROR")
def invalid_utf8_is_500(rules: Rules) -> None:
    """A body that is not UTF-8 is answered 500."""
    _crash_on_body(rules, lambda call: not _is_utf8(call.request.content))


@fault("ROBUST-NO-SERVER-ERROR")
def malformed_json_is_500(rules: Rules) -> None:
    """Malformed JSON is answered 500."""
    _crash_on_refused_body(rules, lambda call: call.request.content.startswith(b"{"))


@fault("ROBUST-NO-SERVER-ERROR")
def list_as_body_is_500(rules: Rules) -> None:
    """A body that is a JSON list is answered 500."""
    _crash_on_body(rules, lambda call: call.request.content.strip().startswith(b"["))


@fault("ROBUST-NO-SERVER-ERROR")
def text_as_body_is_500(rules: Rules) -> None:
    """A body that is a JSON text, number or null is answered 500."""
    _crash_on_body(rules, lambda call: re.match(rb'\s*("|-?[0-9]|null|true|false)', call.request.content))


@fault("ROBUST-NO-SERVER-ERROR")
def null_as_body_is_500(rules: Rules) -> None:
    """A body that is null is answered 500."""
    _crash_on_body(rules, lambda call: call.request.content.strip() == b"null")


@fault("ROBUST-NO-SERVER-ERROR")
def empty_body_is_500(rules: Rules) -> None:
    """An empty body is answered 500."""
    _crash_on_body(rules, lambda call: not call.request.content)


@fault("ROBUST-NO-SERVER-ERROR")
def deep_json_is_500(rules: Rules) -> None:
    """Deeply nested JSON is answered 500."""
    _crash_on_body(rules, lambda call: call.request.content.count(b"[") > 400 or call.request.content.count(b"{") > 400)


@fault("ROBUST-NO-SERVER-ERROR")
def surrogate_is_500(rules: Rules) -> None:
    """A lone surrogate is answered 500."""
    _crash_on_body(
        rules, lambda call: re.search(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])", call.request.content)
    )


@fault("ROBUST-NO-SERVER-ERROR")
def byte_order_mark_is_500(rules: Rules) -> None:
    """A byte-order mark is answered 500."""
    _crash_on_body(rules, lambda call: call.request.content.startswith(b"\xef\xbb\xbf"))


@fault("ROBUST-NO-SERVER-ERROR")
def charset_is_500(rules: Rules) -> None:
    """A charset in the content type that is not UTF-8 is answered 500."""
    _crash_on_body(
        rules,
        lambda call: (
            "charset" in (call.request.header("content-type") or "").lower()
            and "utf-8" not in (call.request.header("content-type") or "").lower()
        ),
    )


@fault("ROBUST-NO-SERVER-ERROR")
def no_content_type_is_500(rules: Rules) -> None:
    """A body without a content type is answered 500."""
    _crash_on_body(rules, lambda call: call.request.content and call.request.header("content-type") is None)


@fault("ROBUST-NO-SERVER-ERROR")
def large_path_id_is_500(rules: Rules) -> None:
    """A path id beyond 64 bits is answered 500."""
    _crash_on_path(rules, lambda text: text.isdigit() and int(text[:40]) >= 2**63)


@fault("ROBUST-NO-SERVER-ERROR")
def path_beyond_ascii_is_500(rules: Rules) -> None:
    """A path id that is not ASCII is answered 500."""
    _crash_on_path(rules, lambda text: not text.isascii())


@fault("ROBUST-NO-SERVER-ERROR")
def path_id_of_letters_is_500(rules: Rules) -> None:
    """A path id of letters is answered 500."""
    _crash_on_path(rules, lambda text: text.isalpha())


@fault("ROBUST-NO-SERVER-ERROR")
def removing_without_id_is_500(rules: Rules) -> None:
    """A removal of an operator that is not attached is answered 500."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        if not number.holds(operator_id):
            raise Refusal(CRASH.status, CRASH.body)
        await inner(call, number, operator_id)

    rules.detach = detach


@fault("ROBUST-NO-SERVER-ERROR")
def twenty_sixth_is_500(rules: Rules) -> None:
    """Attaching to a list of twenty-five is answered 500."""
    crash_when(rules, lambda call: len(call.the_number.assignments) >= 25)


def _crash_on_body(rules: Rules, applies: Callable[[Call], object]) -> None:
    """Answer 500 where something applies to a request before its body is read."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        if call.operation == "add_operator" and applies(call):
            raise Refusal(CRASH.status, CRASH.body)
        return inner(call)

    rules.read_body = read


def _crash_on_refused_body(rules: Rules, applies: Callable[[Call], object]) -> None:
    """Answer 500 where a body is refused and something applies."""
    inner = rules.read_body

    def read(call: Call) -> JsonObject:
        try:
            return inner(call)
        except Refusal:
            if applies(call):
                raise Refusal(CRASH.status, CRASH.body) from None
            raise

    rules.read_body = read


def _crash_on_path(rules: Rules, applies: Callable[[str], object]) -> None:
    """Answer 500 where something applies to a path's id."""
    inner = rules.read_path_id

    def read(call: Call, text: str) -> int:
        if applies(text):
            raise Refusal(CRASH.status, CRASH.body)
        return inner(call, text)

    rules.read_path_id = read


@fault("ROBUST-NO-SERVER-ERROR", "accepted phone number")
def making_crashes_when_all_is_done(rules: Rules) -> None:
    """Whoever is made is attached, and then the answer cannot be written."""
    on_answer(rules, lambda call, _: None if supplies(call, "operator_id") else CRASH, "add_operator")


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
