"""Which documented call a request is (contract 1 and 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from conformance.exchange import Request

ADD = "addOperator"
GET_NUMBER = "getVirtualNumber"
LIST_NUMBERS = "listVirtualNumbers"
UPDATE_NUMBER = "updateVirtualNumber"
REMOVE = "removeOperator"
LIST_OPERATORS = "listOperators"
CREATE_OPERATOR = "createOperator"
GET_OPERATOR = "getOperator"
UPDATE_OPERATOR = "updateOperator"
DELETE_OPERATOR = "deleteOperator"
OTHER = "other"

READS = frozenset({GET_NUMBER, LIST_NUMBERS, LIST_OPERATORS, GET_OPERATOR})
DETAIL_CALLS = frozenset({ADD, GET_NUMBER, UPDATE_NUMBER, REMOVE})

_PATHS = {
    re.compile(r"/virtual_numbers"): {"GET": LIST_NUMBERS},
    re.compile(r"/virtual_numbers/(?P<number>[^/]*)"): {"GET": GET_NUMBER, "PATCH": UPDATE_NUMBER},
    re.compile(r"/virtual_numbers/(?P<number>[^/]*)/add_operator"): {"POST": ADD},
    re.compile(r"/virtual_numbers/(?P<number>[^/]*)/remove_operator"): {"DELETE": REMOVE},
    re.compile(r"/operators"): {"GET": LIST_OPERATORS, "POST": CREATE_OPERATOR},
    re.compile(r"/operators/(?P<operator>[^/]*)"): {
        "GET": GET_OPERATOR,
        "PATCH": UPDATE_OPERATOR,
        "DELETE": DELETE_OPERATOR,
    },
}
LARGEST_ID = 2**63 - 1
_CANONICAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read as one of the documented calls.

    Args:
        operation: an operationId of specs/openapi.yaml, or `other`.
        number: the virtual number's id in the path as decoded text, if the call has one.
        operator: the operator's id in the path as decoded text, if the call has one.
        query: the query's fields, decoded, in order.
        path_oddity: PATH-SLASHES where only slashes or case keep the path from being the documented one.
        known_path: whether the path is documented, under whatever method.
    """

    operation: str
    number: str | None = None
    operator: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    path_oddity: str | None = None
    known_path: bool = False


def read_call(request: Request) -> Call:
    """Read method and target of a request."""
    path, _, query_text = request.target.partition("?")
    query = tuple(parse_qsl(query_text, keep_blank_values=True, errors="replace"))
    found = _match(request.method, path, query, None)
    if found.known_path:
        return found
    plain = re.sub(r"/{2,}", "/", path).rstrip("/").lower()
    return _match(request.method, plain, query, "PATH-SLASHES")


def _match(method: str, path: str, query: tuple[tuple[str, str], ...], oddity: str | None) -> Call:
    for pattern, operations in _PATHS.items():
        if found := pattern.fullmatch(path):
            parts = {name: unquote(value, errors="replace") for name, value in found.groupdict().items()}
            return Call(operations.get(method, OTHER), **parts, query=query, path_oddity=oddity, known_path=True)
    return Call(OTHER, query=query)


def canonical_integer(text: str | None) -> int | None:
    """Return the integer of 64 bits that a path segment is in its one canonical spelling, or None."""
    if text is None or not _CANONICAL.fullmatch(text):
        return None
    return int(text) if int(text) <= LARGEST_ID else None
