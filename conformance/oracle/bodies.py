"""How a request body reads as JSON, with every oddity that the contract leaves open named."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import parse_qsl

from conformance.exchange import Request

Kind = Literal["empty", "object", "other value", "not JSON", "form"]

_MOST_DIGITS = 400
# Far beyond any documented body; where Python's parser gives up, it may do so in a warning of its own.
_MOST_LEVELS = 200
MAKE_IT_NO_JSON = frozenset({"byte-order mark", "comment", "invalid UTF-8"})  # labels of JSON-ODDITIES (RFC 8259)
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n\"]*(?=\n|$)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
DOCUMENTED_FIELDS = frozenset({"operator_id", "phone_number", "name"})  # the documented fields


@dataclass(frozen=True, slots=True)
class Body:
    """A request body as the contract reads it.

    Args:
        kind: empty is no byte at all; other value is JSON but no object.
        fields: of an object, the last value of each name; numbers with a fraction or exponent are Decimal.
        first: of an object, the first value of each name.
        labels: open clause that this body touches -> what is odd in it.
        form: of a form, the last value of each name; of one in several parts, none that has a meaning.
    """

    kind: Kind
    fields: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)

    @property
    def oddities(self) -> tuple[str, ...]:
        """Return the ids of the open clauses that this body touches."""
        return tuple(self.labels)


class _Pairs(list[tuple[str, Any]]):
    """The members of one JSON object, in order, names repeated where they were."""


def read_body(request: Request) -> Body:
    """Read a request's body and content headers."""
    oddities = _Oddities(_content_type(request))
    if request.header("content-encoding") not in {None, "identity"}:
        oddities.add("CONTENT-TYPE-OTHER-JSON", "content encoding")
    raw = request.body or b""
    if not raw:
        return Body("empty", labels=oddities.labels)
    parsed = _parse(raw, oddities)
    if _is_form(request):
        if not isinstance(parsed, _Pairs):
            return Body("form", form=dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)))
        oddities.labels["CONTENT-TYPE"] = "JSON said to be a form"  # a server need not look at what is said
    if parsed is _NOT_JSON:
        oddities.labels.pop("JSON-ODDITIES", None)  # what is odd in JSON is nothing in what is none
        return Body("not JSON", labels=oddities.labels)
    if not isinstance(parsed, _Pairs):
        return Body("other value", labels=oddities.labels)
    last = {name: _plain(value) for name, value in parsed}
    first = {name: _plain(value) for name, value in reversed(parsed)}
    if len(last) != len(parsed):
        oddities.add("JSON-ODDITIES", "the same field twice")
    for where in sorted({_where(name, last) for name, value in parsed if _has_surrogate(name, value)}):
        oddities.add("JSON-ODDITIES", f"lone surrogate in {where}")
    return Body("object", last, first, oddities.labels)


_NOT_JSON = object()


class _Oddities:
    """What is odd in one body: open clause -> what, several joined by ` and `."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = dict(labels)

    def add(self, clause: str, label: str) -> None:
        """Add one more oddity."""
        self.labels[clause] = f"{self.labels[clause]} and {label}" if clause in self.labels else label


def _content_type(request: Request) -> dict[str, str]:
    """Name the open clause that a content type touches, if any; a body of no bytes needs none."""
    value = request.header("content-type")
    if value is None:
        return {"CONTENT-TYPE": "no content type"} if request.body else {}
    media_type, _, parameters = value.lower().partition(";")
    media_type, parameters = media_type.strip(), parameters.strip().replace('"', "")
    if media_type == "application/json":
        return {} if parameters in {"", "charset=utf-8"} else {"CONTENT-TYPE-OTHER-JSON": "charset"}
    if media_type.endswith("+json") or media_type == "text/json":
        return {"CONTENT-TYPE-OTHER-JSON": "other JSON media type"}
    return {"CONTENT-TYPE": "another content type" if "/" in media_type else "no media type"}


def _is_form(request: Request) -> bool:
    value = (request.header("content-type") or "").lower()
    return value.startswith(("application/x-www-form-urlencoded", "multipart/form-data"))


def _parse(raw: bytes, oddities: _Oddities) -> Any:
    if raw.startswith(b"\xef\xbb\xbf"):
        oddities.add("JSON-ODDITIES", "byte-order mark")
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        oddities.add("JSON-ODDITIES", "invalid UTF-8")
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
        oddities.add("JSON-ODDITIES", "comment")
        return parsed
    return _NOT_JSON


@lru_cache(maxsize=2)  # asked of each answer twice, by who sends and by who judges; of a long list that is slow
def is_nested_too_deeply(text: str) -> bool:
    """Tell whether JSON has more levels of objects and lists than is read here; it counts as none."""
    if text.count("[") + text.count("{") <= _MOST_LEVELS:
        return False
    levels = 0
    for found in _TEXT_OR_BRACKET.finditer(text):
        if found[0][0] == '"':
            continue
        levels += 1 if found[0] in "[{" else -1
        if levels > _MOST_LEVELS:
            return True
    return False


def _loads(text: str) -> Any:
    if is_nested_too_deeply(text):
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


def _where(name: str, fields: Mapping[str, Any]) -> str:
    """Name the place of an oddity, as far as a server may treat it otherwise there."""
    if name not in DOCUMENTED_FIELDS:
        return "an undocumented field"
    return name if name == "operator_id" or "operator_id" not in fields else f"{name} beside operator_id"


def _has_surrogate(*values: Any) -> bool:
    """Tell whether any text of parsed values holds what no encoding can carry."""
    for value in values:
        if isinstance(value, str) and _SURROGATE.search(value):
            return True
        if isinstance(value, _Pairs) and any(_has_surrogate(*pair) for pair in value):
            return True
        if isinstance(value, list) and _has_surrogate(*value):
            return True
    return False
