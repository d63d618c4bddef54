"""The shapes of answers: specs/openapi.yaml, compiled once."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs

from conformance.contract.openapi import load_openapi
from conformance.oracle import calls

SCHEMA_OF = {
    calls.ADD: "VirtualNumberDetailEnvelope",
    calls.REMOVE: "VirtualNumberDetailEnvelope",
    calls.UPDATE_NUMBER: "VirtualNumberDetailEnvelope",
    calls.GET_NUMBER: "VirtualNumberDetailEnvelope",
    calls.LIST_NUMBERS: "VirtualNumberListEnvelope",
    calls.LIST_OPERATORS: "OperatorListEnvelope",
    calls.GET_OPERATOR: "OperatorWithNumbersEnvelope",
    calls.CREATE_OPERATOR: "OperatorEnvelope",
    calls.UPDATE_OPERATOR: "OperatorEnvelope",
    calls.DELETE_OPERATOR: "DeleteSuccess",
}
_MOST_SHOWN = 3
_MOST_TEXT = 160


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    document = load_openapi()
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}, validate_formats=True
    )


def shape_errors(operation: str, parsed: Any) -> tuple[str, ...]:
    """Return what is wrong with the shape of a 2xx answer, at most three lines; empty if nothing."""
    validator = _validator(SCHEMA_OF[operation])
    if validator.is_valid(parsed):
        return ()
    found = []
    for error in validator.iter_errors(parsed):
        place = "/".join(str(part) for part in error.instance_path)
        found.append(f"{place or 'the whole'}: {error.message[:_MOST_TEXT]}")
        if len(found) == _MOST_SHOWN:
            break
    return tuple(found)
