"""From the bytes of a body to its fields."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from conformance.mock.rules import Call, JsonObject, refusal

FIELDS = {
    "add_operator": {"operator_id", "phone_number", "name"},
    "remove_operator": {"operator_id"},
    "update_number": {"name", "active", "recording", "routing_strategy"},
    "create_operator": {"name", "phone_number", "email", "active"},
    "update_operator": {"name", "phone_number", "email", "active"},
}
_BOM = b"\xef\xbb\xbf"
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+\Z")


class _MalformedError(ValueError):
    """The text is not JSON."""


def read_body(call: Call) -> JsonObject:
    """Return the fields of a request's body, or refuse it."""
    if call.operation not in FIELDS:
        return {}
    content, behaviour = call.request.content, call.behaviour
    if not content:
        if call.operation == "add_operator" and behaviour.body_empty != "missing":
            raise refusal(call, behaviour.body_empty)
        return {}
    if behaviour.largest_body is not None and len(content) > behaviour.largest_body:
        raise refusal(call, "too_large")
    if _is_form(call) and behaviour.form_body == "read":
        return dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
    charset = _check_content_type(call)
    if behaviour.accept_other != "ignored" and _excludes_json(call.request.header("accept") or "*/*"):
        raise refusal(call, behaviour.accept_other)
    encoding = (call.request.header("content-encoding") or "identity").lower()
    if encoding != "identity" and behaviour.content_encoding != "ignored":
        raise refusal(call, behaviour.content_encoding)
    value = parse(call, content, charset)
    if not isinstance(value, dict):
        raise _refused_body(call, behaviour.body_not_object)
    unknown = set(value) - FIELDS[call.operation]
    if unknown and behaviour.unknown_fields != "ignored":
        raise refusal(call, behaviour.unknown_fields, "Unknown field")
    return value


def parse(call: Call, content: bytes, charset: str = "utf-8") -> Any:
    """Return the value of a JSON text; numbers with a fraction or exponent come as Decimal."""
    behaviour = call.behaviour
    if content.startswith(_BOM):
        if behaviour.byte_order_mark != "read":
            raise refusal(call, behaviour.byte_order_mark)
        content = content.removeprefix(_BOM)
    try:
        text = content.decode(charset)
    except UnicodeDecodeError:
        if behaviour.invalid_utf8 != "read":
            raise refusal(call, behaviour.invalid_utf8, "Invalid UTF-8") from None
        text = content.decode(charset, "replace")
    if behaviour.json_comments == "read":
        text = _COMMENT.sub(lambda match: match[1] or " ", text)
    elif "/" in text and _parses(_COMMENT.sub(lambda match: match[1] or " ", text)) and not _parses(text):
        raise refusal(call, behaviour.json_comments)
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _fields(call, pairs),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError):
        raise _refused_body(call, behaviour.body_malformed) from None
    return _with_surrogates_read(call, value) if "\\u" in text and _has_surrogate(value) else value


def _with_surrogates_read(call: Call, value: Any) -> Any:
    choice = call.behaviour.lone_surrogate
    if choice not in {"read", "kept"}:
        raise refusal(call, choice, "Invalid text")
    return _without_surrogates(value) if choice == "read" else value


def _check_content_type(call: Call) -> str:
    """Return the charset of the body, or refuse its content type."""
    behaviour = call.behaviour
    header = call.request.header("content-type")
    if header is None:
        return _unless_read(call, behaviour.content_type_missing)
    media_type, _, parameters = header.lower().partition(";")
    media_type = media_type.strip()
    if not _MEDIA_TYPE.match(media_type):
        return _unless_read(call, behaviour.content_type_unparsable)
    if media_type != "application/json":
        if not media_type.endswith("+json"):
            return _unless_read(call, behaviour.content_type_other)
        if behaviour.vendor_json != "read":
            raise _refused_body(call, behaviour.vendor_json)
    charset = re.search(r"charset\s*=\s*\"?([\w.:-]+)", parameters)
    if charset is None or charset[1] in {"utf-8", "utf8"} or behaviour.other_charset == "ignored":
        return "utf-8"
    if behaviour.other_charset == "read" and charset[1] in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "utf-16"}:
        return charset[1]
    raise _refused_body(call, "unsupported" if behaviour.other_charset == "read" else behaviour.other_charset)


def _refused_body(call: Call, choice: str) -> Exception:
    """Return the refusal of a body; only add_operator answers one as if neither field were there."""
    if choice == "missing" and call.operation != "add_operator":
        choice = "unprocessable"
    return refusal(call, choice)


def _unless_read(call: Call, reading: str) -> str:
    """Refuse a body for its content type, or read it as JSON in UTF-8."""
    if reading != "read":
        raise _refused_body(call, reading)
    return "utf-8"


def _is_form(call: Call) -> bool:
    return (call.request.header("content-type") or "").lower().startswith("application/x-www-form-urlencoded")


def _excludes_json(accept: str) -> bool:
    ranges = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return not any(part in {"*/*", "application/*", "application/json"} for part in ranges)


def _fields(call: Call, pairs: list[tuple[str, Any]]) -> JsonObject:
    names = [name for name, _ in pairs]
    choice = call.behaviour.duplicate_fields
    if len(set(names)) == len(names) or choice == "last":
        return dict(pairs)
    if choice == "first":
        return dict(reversed(pairs))
    raise refusal(call, choice, "A field stands twice")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) < 1000 else Decimal("Infinity")


def _no_constant(text: str) -> NoReturn:
    raise _MalformedError(text)


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _has_surrogate(value: object) -> bool:
    return any("\ud800" <= letter <= "\udfff" for text in _texts(value) for letter in text)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in _texts(item))]
    return []


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value
