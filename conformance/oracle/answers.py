"""What a response says: status, error texts, and the detail payload as far as it can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from conformance.contract.clauses import Answer as ContractAnswer
from conformance.exchange import Response
from conformance.oracle.bodies import is_nested_too_deeply
from conformance.oracle.world import Place, Places

NO_JSON = object()
_MOST_DIGITS = 30  # of an integer with an exponent: 1e400 would be a long one
_SUCCESS = 2
_NAMED_BY_STATUS = frozenset({401, 403, 404})
ATTRIBUTES = (
    "phone_number",
    "name",
    "country_code",
    "active",
    "recording",
    "routing_strategy",
    "ai_receptionist_enabled",
)
LISTED_ATTRIBUTES = frozenset(ATTRIBUTES) - {"recording", "routing_strategy"}  # what GET /virtual_numbers documents
_PLAIN = frozenset({*ATTRIBUTES, "id", "initials", "email", "priority", "operators_count", "virtual_numbers_count"})


@dataclass(frozen=True)
class Detail:
    """A detail payload whose operators have integer ids and priorities.

    Args:
        places: the operators by priority; who is shown twice at one place stands there once.
        array: the ids of the operators array, in its own order.
        operators: id -> entry, of the operators array.
        available: id -> entry, of available_operators.
    """

    id: Any
    data: Mapping[str, Any]
    places: Places
    array: tuple[int, ...]
    operators: Mapping[int, Mapping[str, Any]]
    available: Mapping[int, Mapping[str, Any]]

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """Return the attached operators by priority."""
        return tuple(place.operator for place in self.places)

    @property
    def attributes(self) -> dict[str, Any]:
        """Return the plain attributes that are there."""
        return {name: self.data[name] for name in ATTRIBUTES if name in self.data}

    @property
    def total_calls(self) -> int | None:
        """Return the total in its stats, where it is an integer."""
        stats = self.data.get("stats")
        total = stats.get("total_calls") if isinstance(stats, dict) else None
        return total if is_integer(total) else None

    @property
    def call_ids(self) -> frozenset[int] | None:
        """Return the ids of its recent calls, where it has such a list."""
        listed = self.data.get("recent_calls")
        if not isinstance(listed, list):
            return None
        return frozenset(each["id"] for each in listed if isinstance(each, dict) and is_integer(each.get("id")))


@dataclass(frozen=True, slots=True)
class Answered:
    """A response, parsed.

    Args:
        json: the parsed body as it is, or NO_JSON.
        data: its `data` member, in which what has to be plain is: an object in the place of a name is left out.
        errors: the texts of `error` or `errors`; None where the body has neither in its documented type.
    """

    status: int
    json: Any = NO_JSON
    data: Any = None
    errors: tuple[str, ...] | None = None
    retry_after: str | None = None
    media_type: str = ""
    detail: Detail | None = None
    entries: tuple[Mapping[str, Any], ...] | None = field(default=None)

    @property
    def is_put_off(self) -> bool:
        """Tell whether the server only asked to come again later (contract 2, 429; contract 3, 503)."""
        return self.status == 429 or (self.status == 503 and self.retry_after is not None)

    def fits(self, expected: ContractAnswer) -> bool:
        """Tell whether status and documented text are those of an answer of the contract.

        The shape of other error bodies is judged by a clause of its own, and so is a documented text that is said in
        another shape, or not at all where the status alone tells which answer it is.
        """
        if self.status not in expected.status:
            return False
        if expected.error != "documented":
            return True
        if self.errors is None:
            return self.status in _NAMED_BY_STATUS or self.says(expected.text or "")
        return isinstance(self.json, dict) and self.json.get("error") == expected.text

    @property
    def has_one_error(self) -> bool:
        """Tell whether `error` is there, and is a text."""
        return isinstance(self.json, dict) and isinstance(self.json.get("error"), str)

    def says(self, text: str) -> bool:
        """Tell whether a text stands anywhere in the JSON body."""
        return self.json is not NO_JSON and json.dumps(text) in json.dumps(self.json)


def read_answer(response: Response, *, is_detail: bool) -> Answered:
    """Parse a response; `is_detail` where the call answers with the detail payload."""
    parsed: Any = NO_JSON
    try:
        text = response.body.decode("utf-8")
        if text and not is_nested_too_deeply(text):
            parsed = json.loads(text, parse_constant=_no_number, parse_float=_number)
    except (ValueError, RecursionError):
        parsed = NO_JSON
    media_type = (response.header("content-type") or "").partition(";")[0].strip().lower()
    data = _made_plain(parsed.get("data")) if isinstance(parsed, dict) else None
    return Answered(
        response.status,
        parsed,
        data,
        _errors(parsed),
        response.header("retry-after"),
        media_type,
        read_detail(data) if is_detail and response.status // 100 == _SUCCESS else None,
        tuple(each for each in data if isinstance(each, dict)) if isinstance(data, list) else None,
    )


def _made_plain(value: Any) -> Any:
    """Leave out lists, objects and initials of null where a record has a plain value: they break its shape alone."""
    if isinstance(value, list):
        return [_made_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _made_plain(each)
        for name, each in value.items()
        if name not in _PLAIN or not (isinstance(each, list | dict) or (name == "initials" and each is None))
    }


def _number(text: str) -> int | float:
    """Read a number with a point or an exponent: one that is whole is an integer (JSON Schema 2020-12, 6.1.1)."""
    try:
        value = Decimal(text)
        is_whole = value.adjusted() < _MOST_DIGITS and value == value.to_integral_value()
    except InvalidOperation:  # an exponent beyond all bounds
        return float(text)
    return int(value) if is_whole else float(text)


def _no_number(name: str) -> None:
    message = f"{name} is no JSON"
    raise ValueError(message)


def read_detail(data: Any) -> Detail | None:
    """Read the `data` member of a detail payload; None where its operators are not all there to be read."""
    if not isinstance(data, dict) or not isinstance(data.get("operators"), list):
        return None
    entries = [each for each in data["operators"] if isinstance(each, dict)]
    if len(entries) < len(data["operators"]):
        return None
    if not all(is_integer(each.get(name)) for each in entries for name in ("id", "priority")):
        return None
    placed = [Place(each["id"], each["priority"]) for each in entries]
    raw_available = data.get("available_operators")
    available = raw_available if isinstance(raw_available, list) else []
    return Detail(
        data.get("id"),
        data,
        tuple(sorted(dict.fromkeys(placed), key=lambda place: place.priority)),
        tuple(each["id"] for each in entries),
        {each["id"]: each for each in entries},
        {each["id"]: each for each in available if isinstance(each, dict) and is_integer(each.get("id"))},
    )


def listed_twice(entries: Any) -> list[int]:
    """Return the ids that more than one entry of a list has; none where it is no list."""
    listed = entries if isinstance(entries, list | tuple) else ()
    ids = [each["id"] for each in listed if isinstance(each, Mapping) and is_integer(each.get("id"))]
    return sorted({each for each in ids if ids.count(each) > 1})


def is_integer(value: Any) -> bool:
    """Tell whether a JSON value is an integer; booleans are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _errors(parsed: Any) -> tuple[str, ...] | None:
    if not isinstance(parsed, dict):
        return None
    if isinstance(parsed.get("error"), str) and parsed["error"].strip():
        return (parsed["error"],)
    listed = parsed.get("errors")
    if isinstance(listed, list) and listed and all(isinstance(each, str) and each.strip() for each in listed):
        return tuple(listed)
    return None
