"""The description of the API: valid, complete, and true to its own examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "specs" / "openapi.yaml").read_text(encoding="utf-8")
)
OPERATIONS = {
    operation["operationId"]: operation
    for path in SPEC["paths"].values()
    for method, operation in path.items()
    if method != "parameters"
}
SCHEMAS = """
    AddOperatorRequest AttachedOperator AvailableOperator Call CreateOperatorRequest CreatedOperatorEnvelope
    DeleteSuccess Error Operator OperatorAutoCreate OperatorListEnvelope OperatorReference OperatorWithNumbers
    OperatorWithNumbersEnvelope Stats UpdateOperatorRequest UpdateVirtualNumberRequest UpdatedOperatorEnvelope
    ValidationErrors VirtualNumberDetail VirtualNumberDetailEnvelope VirtualNumberListEnvelope VirtualNumberSummary
    WrittenOperator
"""
IDS = """
    addOperator createOperator deleteOperator getOperator getVirtualNumber listOperators listVirtualNumbers
    removeOperator updateOperator updateVirtualNumber
"""


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Build a validator that knows the components."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": SPEC["components"]}, validate_formats=True)


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference to its end."""
    while "$ref" in node:
        target: Any = SPEC
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


def walk(node: object, where: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Visit every object of the document with its address."""
    if isinstance(node, dict):
        yield where, node
        for key, value in node.items():
            yield from walk(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{where}/{index}")


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """List every example, with its address and the schema that it claims to fit."""
    for where, node in walk(SPEC):
        if "schema" in node:
            if "example" in node:
                yield where, node["schema"], node["example"]
            for name, one in node.get("examples", {}).items():
                yield f"{where}/{name}", node["schema"], resolve(one)["value"]
        elif where.startswith("#/components/schemas/"):
            for index, one in enumerate(node.get("examples", [])):
                yield f"{where}/{index}", node, one


EXAMPLES = [pytest.param(schema, one, id=where) for where, schema, one in examples()]


def detail(**changes: object) -> dict[str, Any]:
    """Return the detail payload of the documentation, with changes."""
    shown: dict[str, Any] = SPEC["components"]["examples"]["DetailAfterAttaching"]["value"]["data"]
    return {**shown, **changes}


def operator(**changes: object) -> dict[str, Any]:
    """Return its last operator, with changes."""
    shown: dict[str, Any] = detail()["operators"][-1]
    return {**shown, **changes}


def call(**changes: object) -> dict[str, Any]:
    """Return a recent call, with changes."""
    shown: dict[str, Any] = SPEC["components"]["examples"]["DetailWithCalls"]["value"]["data"]["recent_calls"][0]
    return {**shown, **changes}


def without(payload: dict[str, Any], field: str) -> dict[str, Any]:
    """Leave one field out."""
    return {key: value for key, value in payload.items() if key != field}


def fits(name: str, payload: object) -> bool:
    """Say whether a payload fits a schema of the components."""
    return validator({"$ref": f"#/components/schemas/{name}"}).is_valid(payload)


def test_valid() -> None:
    """The document is OpenAPI."""
    validate(SPEC)


def test_names() -> None:
    """Operations and schemas are those that the rest of the house knows."""
    assert set(OPERATIONS) == set(IDS.split())
    assert set(SPEC["components"]["schemas"]) == set(SCHEMAS.split())


def test_references() -> None:
    """Every reference leads somewhere, and every component is referred to."""
    used = {node["$ref"] for _, node in walk(SPEC) if "$ref" in node}
    assert all(resolve({"$ref": reference}) for reference in used)
    kept = {
        f"#/components/{kind}/{name}"
        for kind, entries in SPEC["components"].items()
        if kind != "securitySchemes"
        for name in entries
    }
    assert kept == used


def test_links() -> None:
    """Every link leads to an operation."""
    targets = [
        resolve(link)["operationId"]
        for operation in OPERATIONS.values()
        for response in operation["responses"].values()
        for link in resolve(response).get("links", {}).values()
    ]
    assert targets
    assert set(targets) <= set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_statuses(name: str) -> None:
    """Each call tells of keys, permissions, limits, and of what a framework refuses by itself."""
    responses = OPERATIONS[name]["responses"]
    assert {"401", "403", "429", "4XX", "503"} <= set(responses)
    assert resolve(responses["429"])["headers"]["Retry-After"]
    assert "content" not in resolve(responses["4XX"])
    assert not {"500", "5XX", "default"} & set(responses)


@pytest.mark.parametrize(("schema", "example"), EXAMPLES)
def test_examples(schema: dict[str, Any], example: object) -> None:
    """An example fits its own schema."""
    validator(schema).validate(example)


def test_every_schema_and_answer_has_examples() -> None:
    """No leaf of a schema, and no content, goes without an example."""
    bare = [
        where
        for where, node in walk(SPEC)
        if not {"example", "examples"} & set(node)
        and (where.endswith("/application/json") or {"type", "properties"} & set(node) == {"type"})
        and ("/components/schemas/" not in where or node.get("type") != "array")
        and not where.endswith(("/schema", "/apiKey", "/items"))
    ]
    assert bare == []


@pytest.mark.parametrize(
    "payload",
    [
        detail(name=None),
        detail(colour="red"),
        detail(phone_number="(555) 123-4567"),
        detail(operators=[], available_operators=[operator()]),
        detail(operators=[operator(initials=""), operator(initials="GHIJ", priority=7)]),
        detail(operators=[operator(name=None, email=None)]),
        detail(recent_calls=[call(caller_name=""), call(caller_name=None, call_duration=0)]),
        detail(recent_calls=[call(created_at="2026-03-01T09:30:00.5-08:00", transcript_summary=None)]),
        detail(stats={**detail()["stats"], "average_duration_seconds": None}),
        detail(stats={**detail()["stats"], "average_duration_seconds": 61.25, "total_calls": 142.0}),
    ],
)
def test_what_the_contract_leaves_open_fits(payload: object) -> None:
    """Either reading of a silent documentation fits."""
    assert fits("VirtualNumberDetail", payload)


@pytest.mark.parametrize(
    "payload",
    [
        *(without(detail(), field) for field in detail()),
        *(detail(stats=without(detail()["stats"], field)) for field in detail()["stats"]),
        *(detail(operators=[without(operator(), field)]) for field in operator()),
        *(detail(recent_calls=[without(call(), field)]) for field in call()),
        detail(id="7"),
        detail(active=1),
        detail(routing_strategy="random"),
        detail(recent_calls=[call()] * 11),
        detail(recent_calls=[call(created_at="2026-03-01 09:30")]),
        detail(recent_calls=[call(created_at="2026-03-01T09:30:00")]),
        detail(operators=[operator(priority="1")]),
        detail(operators=[operator(priority=0.5)]),
        detail(operators=[operator(phone_number="(555) 555-0199")]),
        detail(operators=None),
    ],
)
def test_what_the_contract_states_does_not_bend(payload: object) -> None:
    """A payload that breaks a stated type, field or form does not fit."""
    assert not fits("VirtualNumberDetail", payload)


@pytest.mark.parametrize(
    ("name", "payload", "fitting"),
    [
        ("AddOperatorRequest", {"operator_id": 22}, True),
        ("AddOperatorRequest", {"phone_number": "+15555550199"}, True),
        ("AddOperatorRequest", {"operator_id": 22, "phone_number": "+15555550199"}, True),
        ("AddOperatorRequest", {}, False),
        ("AddOperatorRequest", {"name": "Greta Hall"}, False),
        ("AddOperatorRequest", {"operator_id": "22"}, False),
        ("DeleteSuccess", {"success": True}, True),
        ("DeleteSuccess", {"success": False}, False),
        ("Error", {"error": "Bad Request", "statusCode": 400}, True),
        ("Error", {"errors": ["Phone number is invalid"]}, False),
        ("ValidationErrors", {"errors": []}, False),
    ],
)
def test_requests_and_errors(name: str, payload: object, *, fitting: bool) -> None:
    """The small schemas say yes and no."""
    assert fits(name, payload) is fitting
