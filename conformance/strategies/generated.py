"""Requests from specs/openapi.yaml, by Schemathesis; ids and numbers in them are replaced by the run's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import schemathesis
from hypothesis import strategies as st

from conformance.contract.openapi import load_openapi
from conformance.exchange import Request
from conformance.strategies.drawing import drawn

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_LONGEST = 2000


@dataclass(slots=True)
class Substitutes:
    """What takes the place of generated values that could name something real.

    Args:
        number: the designated number.
        operator: an operator of the run's own, that is not attached to it.
        nobody: an id that nobody has.
        phone: returns a fictional phone number.
    """

    number: int
    operator: int
    nobody: int
    phone: Callable[[], str]


@cache
def _schema() -> Any:
    config = schemathesis.Config.from_dict({})
    schema = schemathesis.openapi.from_dict(load_openapi(), config=config)
    schema.config.update(base_url="http://localhost")
    return schema


def operations() -> tuple[str, ...]:
    """Return the operationIds of the description."""
    return tuple(
        operation["operationId"]
        for path in load_openapi()["paths"].values()
        for method, operation in path.items()
        if method in {"get", "post", "patch", "delete", "put"}
    )


def generated(operation: str, count: int, seed: int, substitutes: Substitutes) -> Iterator[Request]:
    """Yield requests for an operation: half of them as described, half of them not."""
    found = _schema().find_operation_by_id(operation)
    for mode, share in (
        (schemathesis.GenerationMode.NEGATIVE, count - count // 4),
        (schemathesis.GenerationMode.POSITIVE, count // 4),
    ):
        plain: st.SearchStrategy[tuple[str, str, Any, Any, Any]] = found.as_strategy(generation_mode=mode).map(_plain)
        for values in drawn(plain, share, seed, f"{operation} {mode.value}"):
            yield _request(values, substitutes)


def _plain(case: Any) -> tuple[str, str, Any, Any, Any]:
    body = None if isinstance(case.body, schemathesis.core.NotSet) else case.body
    has_body = not isinstance(case.body, schemathesis.core.NotSet)
    return (case.method, case.path, dict(case.path_parameters or {}), dict(case.query or {}), (has_body, body))


def _request(values: tuple[str, str, Any, Any, Any], substitutes: Substitutes) -> Request:
    method, path, parameters, query, (has_body, body) = values
    target = path
    for name in parameters:
        own = substitutes.number if "virtual_numbers" in path else substitutes.operator
        target = target.replace(f"{{{name}}}", str(own))
    safe_query = {name: _safe(value, substitutes, name) for name, value in query.items()}
    if safe_query:
        target += "?" + urlencode(
            {quote(str(name)): str(value)[:_LONGEST] for name, value in safe_query.items()}, errors="replace"
        )
    if not has_body:
        return Request("account", method, target)
    raw = _encoded(_safe(body, substitutes))
    return Request("account", method, target, (("content-type", "application/json"),), raw)


def _encoded(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=True, default=str)[: 50 * _LONGEST].encode()


def _safe(value: Any, substitutes: Substitutes, name: str = "") -> Any:
    """Put the run's own values where a generated one could be somebody's."""
    if isinstance(value, dict):
        return {key: _safe(each, substitutes, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_safe(each, substitutes, name) for each in value]
    if name == "operator_id":
        return _safe_id(value, substitutes)
    if name == "phone_number" and isinstance(value, str):
        return substitutes.phone() if _E164.search(value) else "".join(each for each in value if not each.isdigit())
    if name == "phone_number" and isinstance(value, int | float) and not isinstance(value, bool):
        return int(substitutes.phone()[1:])
    return value


def _safe_id(value: Any, substitutes: Substitutes) -> Any:
    if value is True:
        return False
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value <= 0 or value > substitutes.nobody else substitutes.operator
    if isinstance(value, float):
        return substitutes.operator + 0.5
    if isinstance(value, str) and any(each.isdigit() for each in value):
        return f"{substitutes.operator}abc"
    return value
