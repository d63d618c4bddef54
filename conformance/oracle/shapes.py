"""The shapes of answers: specs/openapi.yaml, compiled once."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema_rs

from conformance.contract.openapi import load_openapi
from conformance.oracle import calls
from conformance.oracle.answers import NO_JSON

SCHEMA_OF = {
    calls.ADD: "VirtualNumberDetailEnvelope",
    calls.REMOVE: "VirtualNumberDetailEnvelope",
    calls.UPDATE_NUMBER: "VirtualNumberDetailEnvelope",
    calls.GET_NUMBER: "VirtualNumberDetailEnvelope",
    calls.LIST_NUMBERS: "VirtualNumberListEnvelope",
    calls.LIST_OPERATORS: "OperatorListEnvelope",
    calls.GET_OPERATOR: "OperatorWithNumbersEnvelope",
    calls.CREATE_OPERATOR: "CreatedOperatorEnvelope",
    calls.UPDATE_OPERATOR: "UpdatedOperatorEnvelope",
    calls.DELETE_OPERATOR: "DeleteSuccess",
}
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|[0-9]+")
_MOST_SHOWN = 3
_MOST_TEXT = 160
WHOLE_IS_NO_JSON = "the whole: it is no JSON"


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    document = load_openapi()
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}, validate_formats=True
    )


def shape_errors(operation: str, parsed: Any) -> tuple[str, ...]:
    """Return what is wrong with the shape of a 2xx answer, at most three lines; empty if nothing."""
    if parsed is NO_JSON:
        return (WHOLE_IS_NO_JSON,)
    validator = _validator(SCHEMA_OF[operation])
    try:
        errors = list(validator.iter_errors(parsed))
    except UnicodeEncodeError:  # the validator knows no lone surrogates, which JSON can spell
        errors = list(validator.iter_errors(_without_surrogates(parsed)))
    found = []
    for error in errors:
        place = "/".join(str(part) for part in error.instance_path)
        found.append(f"{place or 'the whole'}: {_shortened(error.message)}")
        if len(found) == _MOST_SHOWN:
            break
    return tuple(found)


def _shortened(message: str) -> str:
    """Leave out the middle: a message begins with the value, and ends with what is wrong with it."""
    half = _MOST_TEXT // 2
    return message if len(message) <= _MOST_TEXT else f"{message[:half]} ... {message[-half:]}"


def shape_subject(error: str) -> str:
    """Return what is wrong in a line of `shape_errors`, wherever it stands: the same in every answer that shows it."""
    place, _, message = error.partition(": ")
    return f"shape {place.rpartition('/')[2]} {_VALUE.sub('', message)}"


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(each) for name, each in value.items()}
    return [_without_surrogates(each) for each in value] if isinstance(value, list) else value
