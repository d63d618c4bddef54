"""No phone number leaves the client that could be somebody's, however a request spells or hides it."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exchange import Request
from conformance.mock.server import MockServer
from conformance.oracle.world import World
from conformance.strategies.generated import Substitutes, generated
from conformance.strategies.phone_numbers import fictional, invalid_texts, is_fictional, open_forms, spelled
from conformance.target.allow_list import AllowList
from conformance.target.contents import read_contents
from conformance.target.dialling import could_ring, readings
from conformance.target.ledger import Ledger
from conformance.target.stops import Forbidden
from tests.kit import JSON, target_of

SOMEBODYS = "+14155552671"
VOUCHED = "+13105550000"
FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in SOMEBODYS[1:])
PATH = "/virtual_numbers/7/add_operator"


def allow_list() -> AllowList:
    """Return the allow-list of a target that is not the mock."""
    target = target_of(MockServer(), phone_numbers=(VOUCHED,))
    return AllowList(target, is_fictional, Ledger(frozenset({7})))


def may_be_sent(phone: str) -> bool:
    """Tell whether a number is fictional or vouched for."""
    return phone == VOUCHED or (phone.startswith("+") and is_fictional(phone))


def post(body: bytes, *headers: tuple[str, str], query: str = "") -> Request:
    """Return a request to the endpoint under test."""
    return Request("account", "POST", PATH + query, headers or JSON, body)


def as_json(value: object) -> bytes:
    """Return a value as a JSON body."""
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    "request_",
    [
        post(as_json({"phone_number": SOMEBODYS})),
        post(as_json({"phone_number": "+1 (415) 555-2671"})),
        post(as_json({"phone_number": "415-555-2671"})),
        post(as_json({"phone_number": "001 415 555 2671"})),
        post(as_json({"phone_number": "+1415555CODE"})),
        post(as_json({"phone_number": "tel:+1-415-555-2671;ext=5"})),
        post('{"phone_number": "+FULLWIDTH"}'.replace("FULLWIDTH", FULL_WIDTH).encode()),
        post(as_json({"phone_number": 14155552671})),
        post(b'{"phone_number": 14155552671.0}'),
        post(as_json({"phone_number": [SOMEBODYS]})),
        post(as_json({"phone_number": {"e164": [SOMEBODYS]}})),
        post(as_json({"operator": {"phone_number": SOMEBODYS}})),
        post(as_json({"phoneNumber": SOMEBODYS})),
        post(as_json([{"phone_number": SOMEBODYS}])),
        post(as_json({"number": SOMEBODYS})),
        post(b'{"phone_number": "+12025550123", "phone_number": "+14155552671", "phone_number": "+12025550123"}'),
        post(b'{"phone\\u005fnumber": "\\u002b14155552671"}'),
        post(b"{'phone_number': '+14155552671'}"),
        post(b'{"phone_number": "+14155552671",}'),
        post(f"phone_number={quote(SOMEBODYS)}".encode(), ("content-type", "application/x-www-form-urlencoded")),
        post(as_json({"phone_number": SOMEBODYS}).decode().encode("utf-16")),
        post(gzip.compress(as_json({"phone_number": SOMEBODYS}), mtime=0), ("content-encoding", "gzip")),
        post(b"{}", query=f"?phone_number={quote(SOMEBODYS)}"),
        post(b"{}", query=f"?operator[phone_number]={quote(SOMEBODYS)}"),
        post(as_json({"phone_number": "911"})),
        post(as_json({"phone_number": "112"})),
        Request("account", "PATCH", "/operators/900000001", JSON, as_json({"phone_number": SOMEBODYS})),
        Request("account", "GET", f"{PATH}?phone_number={quote(SOMEBODYS)}"),
        Request("read_only", "POST", PATH, JSON, as_json({"phone_number": SOMEBODYS})),
        Request("anonymous", "POST", "/operators", JSON, as_json({"phone_number": SOMEBODYS})),
    ],
    ids=lambda request: repr((request.target, request.body))[:90],
)
def test_somebodys_number_is_held_back(request_: Request) -> None:
    """In whatever form, place, encoding or method, by whatever key."""
    with pytest.raises(Forbidden, match="neither fictional nor given"):
        allow_list().check(request_, World())


@pytest.mark.parametrize(
    "phone", ["+12025550123", "+15555550199", VOUCHED, "+442079460123", "+1 202 555 0123", ["+12025550123"]]
)
def test_fictional_and_vouched_numbers_pass(phone: object) -> None:
    """Those of the documentation's own examples among them."""
    allow_list().check(post(as_json({"phone_number": phone, "name": "Ann 4155552671"})), World())


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_numbers_in_use_are_held_back_in_every_spelling(data: st.DataObject) -> None:
    """Numbers of many countries, in every spelling that the suite knows: whatever is in use is refused."""
    region = data.draw(st.sampled_from(["US", "CA", "GB", "FR", "DE", "AU", "SE", "IE"]))
    example = phonenumbers.example_number(region)
    assert example is not None
    national = str(example.national_number)[:-3] + data.draw(st.text("0123456789", min_size=3, max_size=3))
    phone = f"+{example.country_code}{national}"
    form = data.draw(st.sampled_from(open_forms(region)))
    text = spelled(phone, region, form)
    if phonenumbers.is_valid_number(phonenumbers.parse(phone, None)) and not is_fictional(phone):
        assert could_ring(phone, may_be_sent) == phone
        if "subscriber" not in form["name"]:
            assert could_ring(text, may_be_sent) is not None


@settings(max_examples=100, deadline=None)
@given(phone=fictional(), form=st.sampled_from(open_forms("US")))
def test_what_passes_rings_nobody(phone: str, form: dict[str, str]) -> None:
    """A spelling that passes gives, in every country of the world, no number but fictional ones."""
    text = spelled(phone, "US", form) if phone.startswith("+1") else phone
    if could_ring(text, may_be_sent) is None:
        assert all(is_fictional(each) for each in readings(text) if each.startswith("+"))


def test_invalid_texts_pass_as_far_as_they_ring_nobody() -> None:
    """The texts that are invalid beyond doubt may all be sent."""
    assert [each.text for each in invalid_texts() if could_ring(each.text, may_be_sent)] == []


def test_generated_bodies_carry_nobodys_number() -> None:
    """What Schemathesis makes, and the allow-list lets pass, holds no number but fictional ones in any reading."""
    guard, passed = allow_list(), 0
    substitutes = Substitutes(7, 900_000_001, 900_000_002, lambda: "+12025550123")
    for operation in ("addOperator", "createOperator", "updateOperator"):
        for request in generated(operation, 24, 1, substitutes):
            try:
                guard.check(request, World())
            except Forbidden:
                continue
            passed += 1
            for value in read_contents(request).phones:
                assert could_ring(value, may_be_sent) is None
    assert passed > 40


def test_unguarded_generated_bodies_are_held_back() -> None:
    """Were the strategies to let one through, the allow-list would not."""
    substitutes = Substitutes(7, 900_000_001, 900_000_002, lambda: SOMEBODYS)
    held = 0
    for request in generated("addOperator", 30, 2, substitutes):
        if SOMEBODYS.encode() in (request.body or b"") or b"14155552671" in (request.body or b""):
            held += 1
            with pytest.raises(Forbidden):
                allow_list().check(request, World())
    assert held


@pytest.mark.parametrize(
    ("body", "phones"),
    [
        ('{"operator_id": 5550123, ', ()),  # cut off: nobody reads a phone number in it
        ("operator_id=5550123", ()),
        ("{'operator_id': 5550123}", ()),
        ('{"operator_id": "+5550123"}', ()),
        ('{"operator_id": 5550123, "phone_number": "+4930123456", ', ("+4930123456",)),
        ('{"operator_id": "", "x": "+4930123456"', ("+4930123456",)),
        ('{"operators": ["+4930123456"]}', ("+4930123456",)),
        ('{"operator_id": , "+4930123456"', ("+4930123456",)),
    ],
)
def test_a_long_operator_id_is_no_phone_number(body: str, phones: tuple[str, ...]) -> None:
    """Ids of six digits and more are ordinary on a large account."""
    request = Request("account", "POST", "/virtual_numbers/7/add_operator", JSON, body.encode())
    assert read_contents(request).phones == phones
