"""Bodies, headers, paths and methods that no page describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

JSON_TYPE = ("content-type", "application/json")


def odd_bodies(operator: int) -> tuple[bytes, ...]:
    """Return bodies that are no JSON object; those that a lenient server could read name the run's own operator."""
    own = str(operator).encode()
    twice = json.dumps(f'{{"operator_id": {operator}}}').encode()
    return (
        b'{"operator_id": ' + own + b", ",
        b'[{"operator_id": ' + own + b"}]",
        b"",
        b"[" * 3000 + b"]" * 3000,
        twice,  # a text that holds an object
        b"null",
        b'{"operator_id": ' + own + b"} and more",
        b'{"operator_id": ',
        b"[]",
        b'"text"',
        own,
        b"{'operator_id': " + own + b"}",
        b"operator_id=" + own,
        b"{}{}",
        b"NaN",
        b"true",
        b"\x00\x01\x02",
        b'{"operator_id": 0' + own + b"}",
        b"{" * 50,
    )


# One character a byte; OPERATOR, NOBODY and PHONE stand for values of the run.
ODD_JSON = (
    '{"operator_id": NOBODY, "operator_id": OPERATOR}',
    '{"phone_number": "PHONE", "name": "Bad \xff\xfe Bytes"}',
    '\xef\xbb\xbf{"operator_id": OPERATOR}',
    '{"phone_number": "PHONE", "name": "Lone \\ud800 Half"}',
    '{"operator_id": OPERATOR /* a comment */}',
    '{"phone_number": "PHONE", "name": "Nul \\u0000 Inside"}',
)

FORM = (("content-type", "application/x-www-form-urlencoded"),)
ODD_HEADERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("content-type", "text/plain"),),
    (("content-type", "application/vnd.api+json"),),
    (JSON_TYPE, ("accept", "text/html")),
    (),
    (("content-type", "application/json; charset=unknown"),),
    (("content-type", "application/json; charset=iso-8859-1"),),
    (("content-type", "json"),),
    (JSON_TYPE, ("content-encoding", "gzip")),
    FORM,
    (("content-type", "multipart/form-data"),),
    (JSON_TYPE, ("accept", "application/xml;q=0.9")),
    (("content-type", "application/xml"),),
    (JSON_TYPE, ("x-padding", "a" * 9000)),
    (("content-type", 'application/json; charset="UTF-8"'),),
    (JSON_TYPE, ("accept", "*/*")),
)

# {id} and {hex} are the number's id.
ODD_PATHS = (
    "/virtual_numbers/{id}abc/add_operator",
    "/virtual_numbers/0{id}/add_operator",
    "/virtual_numbers/99999999999999999999/add_operator",
    "/virtual_numbers/%C3%A9/add_operator",
    "/virtual_numbers/{id}/add_operator/",
    "/virtual_numbers/{id}.0/add_operator",
    "/virtual_numbers/%20{id}/add_operator",
    "/virtual_numbers/+{id}/add_operator",
    "/virtual_numbers/{hex}/add_operator",
    "/virtual_numbers/-{id}/add_operator",
    "/virtual_numbers/0/add_operator",
    "/virtual_numbers//add_operator",
    "/virtual_numbers/{id}%0A/add_operator",
    "/virtual_numbers//{id}/add_operator",
    "/virtual_numbers/9223372036854775808/add_operator",
    "/virtual_numbers/abc/add_operator",
    "/Virtual_Numbers/{id}/add_operator",
    "/virtual_numbers/{id}%00/add_operator",
    "/virtual_numbers/null/add_operator",
    "/virtual_numbers/{id},{id}/add_operator",
)

OTHER_METHODS = ("PUT", "GET", "PATCH", "DELETE")


def unknown_fields(another: int, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields that belong to other records, with values that would show if they were taken.

    Args:
        another: a virtual number that may be written to, and is not the one in the path.
        attributes: those of the number in the path, as last shown.
    """
    strategy = "simultaneous" if attributes.get("routing_strategy") != "simultaneous" else "round_robin"
    return {
        "id": another,
        "virtual_number_id": another,
        "priority": 0,
        "position": 0,
        "active": False,
        "recording": not attributes.get("recording", True),
        "routing_strategy": strategy,
        "ai_receptionist_enabled": True,
        "email": "nobody@example.com",
        "project_id": 2,
        "account_id": 2,
        "initials": "XX",
        "country_code": "ZZ",
    }
