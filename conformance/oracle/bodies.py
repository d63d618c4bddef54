"""How a request body reads as JSON, with every oddity that the contract leaves open named."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from conformance.exchange import Request

Kind = Literal["empty", "object", "other value", "not JSON", "form"]

_MOST_DIGITS = 400
DEEP = "[" * 400  # nested too deeply for any parser; where Python's gives up, it may do so in a warning of its own
_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n\"]*(?=\n|$)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Body:
    """A request body as the contract reads it.

    Args:
        kind: empty is no byte at all; other value is JSON but no object.
        fields: of an object, the last value of each name; numbers with a fraction or exponent are Decimal.
        first: of an object, the first value of each name.
        oddities: ids of the open clauses that this body touches.
    """

    kind: Kind
    fields: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    oddities: tuple[str, ...] = ()


class _Pairs(list[tuple[str, Any]]):
    """The members of one JSON object, in order, names repeated where they were."""


def read_body(request: Request) -> Body:
    """Read a request's body and content headers."""
    oddities = [*_content_type(request)]
    if request.header("content-encoding") not in {None, "identity"}:
        oddities.append("CONTENT-TYPE-OTHER-JSON")
    raw = request.body or b""
    if not raw:
        return Body("empty", oddities=tuple(oddities))
    if "CONTENT-TYPE" in oddities and _is_form(request):
        return Body("form", oddities=tuple(oddities))
    parsed = _parse(raw, oddities)
    if parsed is _NOT_JSON:
        return Body("not JSON", oddities=tuple(oddities))
    if not isinstance(parsed, _Pairs):
        return Body("other value", oddities=tuple(oddities))
    last = {name: _plain(value) for name, value in parsed}
    first = {name: _plain(value) for name, value in reversed(parsed)}
    if len(last) != len(parsed):
        oddities.append("JSON-ODDITIES")
    if _SURROGATE.search(repr_text(parsed)):
        oddities.append("JSON-ODDITIES")
    return Body("object", last, first, tuple(dict.fromkeys(oddities)))


_NOT_JSON = object()


def _content_type(request: Request) -> list[str]:
    """Name the open clause that a content type touches, if any; a body of no bytes needs none."""
    value = request.header("content-type")
    if value is None:
        return ["CONTENT-TYPE"] if request.body else []
    media_type, _, parameters = value.lower().partition(";")
    media_type, parameters = media_type.strip(), parameters.strip().replace('"', "")
    if media_type == "application/json":
        return [] if parameters in {"", "charset=utf-8"} else ["CONTENT-TYPE-OTHER-JSON"]
    if media_type.endswith("+json") or media_type == "text/json":
        return ["CONTENT-TYPE-OTHER-JSON"]
    return ["CONTENT-TYPE"]


def _is_form(request: Request) -> bool:
    value = (request.header("content-type") or "").lower()
    return value.startswith(("application/x-www-form-urlencoded", "multipart/form-data"))


def _parse(raw: bytes, oddities: list[str]) -> Any:
    if raw.startswith(b"\xef\xbb\xbf"):
        oddities.append("JSON-ODDITIES")
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        oddities.append("JSON-ODDITIES")
        text = raw.decode("utf-8", "replace")
    try:
        return _loads(text)
    except (ValueError, RecursionError):
        pass
    without_comments = _COMMENT.sub(b"", raw)
    if without_comments != raw:
        try:
            parsed = _loads(without_comments.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return _NOT_JSON
        oddities.append("JSON-ODDITIES")
        return parsed
    return _NOT_JSON


def _loads(text: str) -> Any:
    if DEEP in text:
        raise ValueError("nested too deeply")
    return json.loads(
        text,
        object_pairs_hook=_Pairs,
        parse_float=Decimal,
        parse_int=lambda digits: int(digits) if len(digits) < _MOST_DIGITS else 10**_MOST_DIGITS,
        parse_constant=_refuse,
    )


def _refuse(word: str) -> Any:
    message = f"{word} is not JSON"
    raise ValueError(message)


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {name: _plain(each) for name, each in value}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def repr_text(value: Any) -> str:
    """Join every text of a parsed value, to look for what no encoding can carry."""
    if isinstance(value, str):
        return value
    if isinstance(value, _Pairs):
        return "".join(name + repr_text(each) for name, each in value)
    if isinstance(value, list):
        return "".join(repr_text(each) for each in value)
    return ""
