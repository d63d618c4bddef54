"""How the oracle reads requests: every value falls in the input class that the contract names."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest

from conformance.contract.clauses import load_contract
from conformance.exchange import Request, Response, as_json
from conformance.oracle.answers import NO_JSON, read_answer
from conformance.oracle.bodies import read_body
from conformance.oracle.calls import canonical_integer, read_call
from conformance.oracle.expect_add import AddExpecting
from conformance.oracle.expectation import Expecting
from conformance.oracle.names import read_name
from conformance.oracle.operator_ids import read_operator_id
from conformance.oracle.phone_numbers import read_phone_number
from conformance.oracle.records import is_stored_as
from conformance.oracle.world import World
from conformance.strategies.operator_ids import naming_nobody, spellings

JSON = (("content-type", "application/json"),)


@pytest.mark.parametrize(
    ("value", "kind", "named"),
    [
        (22, "exact", 22),
        (2**63 - 1, "exact", 2**63 - 1),
        (2**63, "nobody", None),
        (0, "nobody", None),
        (-22, "nobody", None),
        (Decimal("22.0"), "spelled", 22),
        (Decimal("2.2e1"), "spelled", 22),
        (Decimal("22.5"), "nobody", None),
        (Decimal("22.00000000000000000001"), "spelled", 22),
        (Decimal("1e400"), "nobody", None),
        ("22", "spelled", 22),
        (" 22 ", "spelled", 22),
        ("0x16", "spelled", 22),
        ("22abc", "nobody", None),
        (" ", "nobody", None),
        (True, "nobody", None),
        (None, "blank", None),
        ("", "blank", None),
        ([22], "nobody", None),
        ({}, "nobody", None),
    ],
)
def test_an_operator_id_is_read(value: Any, kind: str, named: int | None) -> None:
    read = read_operator_id(value)
    assert (read.kind, read.value) == (kind, named)


def test_the_stories_values_are_of_the_class_that_they_are_named_for() -> None:
    for text in spellings(34).values():
        body = read_body(Request("account", "POST", "/", JSON, f'{{"operator_id": {text}}}'.encode()))
        assert (read_operator_id(body.fields["operator_id"]).value, text) == (34, text)
    for text in naming_nobody(34).values():
        body = read_body(Request("account", "POST", "/", JSON, f'{{"operator_id": {text}}}'.encode()))
        assert (read_operator_id(body.fields["operator_id"]).kind, text) == ("nobody", text)


@pytest.mark.parametrize(
    ("value", "kind", "stored"),
    [
        ("+12025550150", "e164", "+12025550150"),
        ("+1 (202) 555-0150", "other form", "+12025550150"),
        ("+12025550150\n", "other form", "+12025550150"),
        ("+1202555015٠", "other form", "+12025550150"),
        ("+1\u200b2025550150", "other form", "+12025550150"),
        ("\u202a+12025550150\u202c", "other form", "+12025550150"),
        ("+1\u30002025550150", "other form", "+12025550150"),
        ("(202) 555-0150", "other form", None),
        ("+12025550150 ext. 5", "other form", "+12025550150"),
        ("+1202JKL0150", "other form", "+12025550150"),
        ("+1 202 JKL-0150 x5", "other form", None),
        ("+44 (0)20 7946 0123", "other form", None),
        ("+0 20 7946 0123", "invalid", None),
        ("+", "invalid", None),
        ("phone", "invalid", None),
        ("+1202555015012345", "invalid", None),
        ("  ", "blank", None),
        (None, "blank", None),
        (12025550150, "other type", None),
        (["+12025550150"], "other type", "+12025550150"),
    ],
)
def test_a_phone_number_is_read(value: Any, kind: str, stored: str | None) -> None:
    read = read_phone_number(value)
    assert (read.kind, read.stored) == (kind, stored)


@pytest.mark.parametrize(
    ("value", "clause", "stored", "reading"),
    [
        ("Greta Hall", "NAME-KEPT", "Greta Hall", ""),
        ("Greta Hall", "NAME-KEPT", "greta hall", None),
        ("  Greta ", "NAME-SPACES", "Greta", "trimmed"),
        ("Zoe\u0308", "NAME-NOT-NFC", "Zo\u00eb", "normalised"),
        ("", "NAME-BLANK", "Operator", "default"),
        ("x" * 300, "NAME-LONG", "x" * 255, None),
        ("a\0b", "NAME-CONTROL", "ab", None),
        (5, "NAME-OF-OTHER-TYPE", "5", "turned to text"),
    ],
)
def test_a_stored_name_is_a_reading_or_none(value: Any, clause: str, stored: str, reading: str | None) -> None:
    name = read_name(value)
    assert (name.clause, name.reading(stored)) == (clause, reading)


@pytest.mark.parametrize(
    ("raw", "kind", "oddities"),
    [
        (b'{"operator_id": 22}', "object", ()),
        (b'{"operator_id": 1, "operator_id": 2}', "object", ("JSON-ODDITIES",)),
        (b'\xef\xbb\xbf{"a": 1}', "object", ("JSON-ODDITIES",)),
        (b'{"a": "\\ud800"}', "object", ("JSON-ODDITIES",)),
        (b'{"a": 1 /* b */}', "object", ("JSON-ODDITIES",)),
        (b"[]", "other value", ()),
        (b"{", "not JSON", ()),
        (b"NaN", "not JSON", ()),
        (b"", "empty", ()),
    ],
)
def test_a_body_is_read(raw: bytes, kind: str, oddities: tuple[str, ...]) -> None:
    body = read_body(Request("account", "POST", "/", JSON, raw))
    assert (body.kind, body.oddities) == (kind, oddities)


@pytest.mark.parametrize(
    ("method", "target", "operation", "number"),
    [
        ("POST", "/virtual_numbers/7/add_operator", "addOperator", "7"),
        ("POST", "/virtual_numbers/%207/add_operator/", "addOperator", " 7"),
        ("DELETE", "/virtual_numbers/7/remove_operator?operator_id=22", "removeOperator", "7"),
        ("PUT", "/virtual_numbers/7/add_operator", "other", "7"),
        ("GET", "/operators/22", "getOperator", None),
        ("GET", "/elsewhere", "other", None),
    ],
)
def test_a_call_is_read(method: str, target: str, operation: str, number: str | None) -> None:
    call = read_call(Request("account", method, target))
    assert (call.operation, call.number) == (operation, number)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("7301554000000000035", 7301554000000000035),
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), None),
        ("07", None),
        ("7abc", None),
    ],
)
def test_a_path_id_is_an_integer_of_64_bits(text: str, named: int | None) -> None:
    assert canonical_integer(text) == named


@pytest.mark.parametrize(
    ("field", "sent", "stored", "may_be"),
    [
        ("phone_number", "+1 202-555-0150", "+12025550150", True),
        ("phone_number", "+1 202-555-0150", "+1 202-555-0150", False),
        ("phone_number", "0012025550150", "+12025550150", True),
        ("phone_number", "0012025550150", "0012025550150", False),
        ("name", " Ann Lee ", "Ann Lee", True),
        ("name", "Ann Lee", "Ann", False),
        ("email", None, "ann@example.com", False),
        ("active", False, True, False),
    ],
)
def test_what_a_record_stores_may_be_tidied(field: str, sent: Any, stored: Any, *, may_be: bool) -> None:
    assert is_stored_as(field, sent, stored) is may_be


def test_a_number_without_a_country_ends_like_somebodys() -> None:
    assert read_phone_number("0012025550150").ending == "25550150"
    assert read_phone_number("(202) 555-0150").ending == "25550150"


@pytest.mark.parametrize("levels", [150, 500, 100_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"deep": ', "}")])
def test_deep_nesting_is_read_or_is_no_json(opened: str, closed: str, levels: int) -> None:
    text = f'{{"data": {opened * levels}1{closed * levels}}}'.encode()
    body = read_body(Request("account", "POST", "/", JSON, text))
    answer = read_answer(Response(200, JSON, text), is_detail=False)
    assert (body.kind, answer.json is NO_JSON) == (("object", False) if levels == 150 else ("not JSON", True))


def test_brackets_in_a_text_are_no_levels() -> None:
    text = json.dumps({"name": '\\"[{' * 300, "unknown": ["["] * 300}).encode()
    assert read_body(Request("account", "POST", "/", JSON, text)).kind == "object"


@pytest.mark.parametrize(
    ("content", "conforms"),
    [
        (b'\xef\xbb\xbf{"operator_id": 22}', True),
        (b'{"operator_id": 22 /* a comment */}', True),
        (b'{"phone_number": "+12025550123", "name": "\xff"}', True),
        (b'{"operator_id": 21, "operator_id": 22}', False),
        (b'{"phone_number": "+12025550123", "name": "\\ud800"}', False),
    ],
)
def test_only_what_is_no_json_may_be_an_unsupported_type(content: bytes, *, conforms: bool) -> None:
    """415 stands in the row of bodies that are not JSON; the same field twice and lone surrogates are JSON."""
    body = read_body(Request("account", "POST", "/virtual_numbers/7/add_operator", JSON, content))
    expected = AddExpecting(Expecting(load_contract()), World(), "account", "account", 7).of_body(body, {})
    assert ("unsupported" in {outcome.answer.name for outcome in expected.outcomes}) is conforms


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b"22.0", 22),
        (b"2.2e1", 22),
        (b"-0.5", -0.5),
        (b"1e-99999999999999999999", 0.0),
        (b"-1e99999999999999999999", -math.inf),
        (b"9007199254740993.0", 2**53 + 1),
    ],
)
def test_a_number_in_an_answer_is_read_however_it_is_written(written: bytes, value: float) -> None:
    """One that is whole is an integer, to the last digit, and no exponent is too large to be read."""
    answered = read_answer(Response(200, (), b'{"data": {"id": %s}}' % written), is_detail=False)
    assert (answered.data["id"], type(answered.data["id"])) == (value, type(value))


@pytest.mark.parametrize(("text", "raw"), [("Zoë", '"Zoë"'), ("Zoë \ud800", r'"Zo\u00eb \ud800"')])
def test_what_a_server_stored_can_be_sent_again(text: str, raw: str) -> None:
    """Also a lone surrogate, which no UTF-8 holds: JavaScript keeps them, and writes them as escapes."""
    assert as_json(text) == raw.encode()
