"""Conversations that no server of the mock has: what strangers' servers said, judged as it was said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from conformance.contract.clauses import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.oracle.judge import Judge
from conformance.oracle.world import Setting

JSON = (("content-type", "application/json"),)
NOT_FOUND = {"error": "Resource not found"}
Said = tuple[str, str, str, Any, int, Any]


def operator(number: int, phone: str = "+12025550101") -> dict[str, Any]:
    """Return an operator as a list shows them."""
    record = {"id": number, "name": "Ada Bell", "phone_number": phone, "email": None, "active": True}
    return {**record, "initials": "AB", "virtual_numbers_count": 0}


def broken(*said: Said, at_once: Sequence[int] = ()) -> set[str]:
    """Judge a conversation of (actor, method, path, body, status, answer); return the clauses that are broken.

    Numbers 7 and 15 may be written to; 57 is another account's.

    Args:
        at_once: the places, from 1, of those that overlap.
    """
    judge = Judge(load_contract(), Setting(frozenset({7, 15}), other_account_numbers=frozenset({57})))
    exchanges = []
    for place, (actor, method, path, body, status, answer) in enumerate(said, 1):
        raw = None if body is None else json.dumps(body).encode()
        response = Response(status, JSON, json.dumps(answer).encode())
        start = 10.0 * (min(at_once) if place in at_once else place)
        request = Request(actor, method, path, JSON if raw else (), raw)
        exchanges.append(Exchange(place, request, response, None, start, start + 1, group=int(place in at_once)))
    judge.hear_all(exchanges)
    judge.finish()
    return {finding.clause for finding in judge.findings}


@pytest.mark.parametrize(("listed", "found"), [([8, 9], set()), ([8, 9, 60], {"OPERATOR-PAGE-ANSWERS"})])
def test_a_list_with_more_than_the_projects_proves_no_scope(listed: list[int], found: set[str]) -> None:
    """One of the project may have been deleted between the two lists; whom the very list has, the key has."""
    made = {"name": "Ada Bell", "phone_number": "+12025550101"}
    said: list[Said] = [
        ("account", "GET", "/operators", None, 200, {"data": [operator(8), operator(9)]}),
        ("account", "POST", "/operators", made, 201, {"data": operator(60)}),
        ("read_only", "GET", "/operators", None, 200, {"data": [operator(each) for each in listed]}),
        ("project", "GET", "/operators", None, 200, {"data": [operator(8)]}),
        *[("read_only", "GET", "/operators/60", None, 404, NOT_FOUND)] * 2,  # asked again, in case that it comes late
    ]
    assert broken(*said) == found


def detail(*operators: dict[str, Any]) -> dict[str, Any]:
    """Return the detail payload of number 7."""
    names = ("id", "name", "phone_number", "initials")
    listed = [{**{name: each[name] for name in names}, "priority": place} for place, each in enumerate(operators)]
    return {
        "data": {
            "id": 7,
            "phone_number": "+12025550100",
            "name": "Sales",
            "country_code": "US",
            "active": True,
            "recording": False,
            "routing_strategy": "priority",
            "ai_receptionist_enabled": False,
            "stats": {"total_calls": 0, "answered_calls": 0, "missed_calls": 0, "average_duration_seconds": 0},
            "operators": listed,
            "available_operators": [],
            "recent_calls": [],
        }
    }


@pytest.mark.parametrize(("second", "found"), [(61, set()), (60, {"CONCURRENT-ALL-STAND"})])
def test_two_people_have_two_ids(second: int, found: set[str]) -> None:
    """Two phone numbers, sent at once: of one operator with either number one person is lost."""
    one, other = operator(60, "+12025550101"), operator(second, "+12025550102")
    path = "/virtual_numbers/7/add_operator"
    said: list[Said] = [
        ("account", "GET", "/virtual_numbers/7", None, 200, detail()),
        ("account", "POST", path, {"phone_number": "+12025550101", "name": "Ada Bell"}, 200, detail(one)),
        ("account", "POST", path, {"phone_number": "+12025550102", "name": "Ada Bell"}, 200, detail(one, other)),
    ]
    if second == 60:
        said[2] = (*said[2][:5], detail(other))
    assert broken(*said, at_once=(2, 3)) == found


@pytest.mark.parametrize(("padding", "found"), [(9_000, set()), (1, {"PAYLOAD-FRAMEWORK-ERROR"})])
def test_what_http_itself_refuses_has_any_body(padding: int, found: set[str]) -> None:
    """Headers that are too large; another 400 is JSON with error."""
    judge = Judge(load_contract(), Setting(frozenset({7})))
    request = Request("account", "POST", "/virtual_numbers/7/add_operator", (*JSON, ("x-padding", "a" * padding)), b"{")
    judge.hear([Exchange(1, request, Response(400, (("content-type", "text/plain"),), b"Bad Request"))])
    judge.finish()
    assert {finding.clause for finding in judge.findings} == found


@pytest.mark.parametrize(
    ("number", "found"), [("9" * 20, set()), ("57", {"PAYLOAD-ERROR-SHAPE", "SCOPE-OTHER-ACCOUNT-NUMBER"})]
)
def test_a_router_that_knows_no_such_path_has_any_body(number: str, found: set[str]) -> None:
    """A route of eighteen digits is not that of twenty; another account's number is the application's to tell."""
    judge = Judge(load_contract(), Setting(frozenset({7}), other_account_numbers=frozenset({57})))
    request = Request("account", "POST", f"/virtual_numbers/{number}/add_operator", JSON, b'{"operator_id": 5}')
    judge.hear([Exchange(1, request, Response(404, (("content-type", "text/html"),), b"<h1>Not Found</h1>"))])
    judge.finish()
    assert {finding.clause for finding in judge.findings} == found


@pytest.mark.parametrize(
    ("number", "status", "answer", "found"),
    [
        (7, 200, detail(), set()),
        (7, 400, {"error": "Bad request"}, set()),
        (7, 422, {"errors": ["Nothing to update"]}, set()),
        (7, 404, {"error": "Resource not found"}, {"UPDATE-NUMBER-ANSWERS"}),
        (57, 200, detail(), {"SCOPE-OTHER-ACCOUNT-NUMBER"}),
        (57, 422, {"errors": ["Nothing to update"]}, set()),
        (57, 404, {"error": "Resource not found"}, set()),
    ],
)
def test_an_update_of_nothing(number: int, status: int, answer: dict[str, Any], found: set[str]) -> None:
    """Takes, or something is asked for; another account's number is not there, whatever is asked of it."""
    path = f"/virtual_numbers/{number}"
    seen: Said = ("account", "GET", "/virtual_numbers/7", None, 200, detail())
    assert broken(seen, ("account", "PATCH", path, {}, status, answer)) == found


@pytest.mark.parametrize(
    ("sent", "found"), [({"routing_strategy": "alphabetical"}, {"UPDATE-NUMBER-INVALID"}), ({"recording": None}, set())]
)
def test_an_invalid_value_that_is_accepted_does_not_have_to_take(sent: dict[str, Any], found: set[str]) -> None:
    """What stands is what was there; null may be read as left out."""
    said: list[Said] = [
        ("account", "GET", "/virtual_numbers/7", None, 200, detail()),
        ("account", "PATCH", "/virtual_numbers/7", sent, 200, detail()),
        ("account", "GET", "/virtual_numbers/7", None, 200, detail()),
    ]
    assert broken(*said) == found


@pytest.mark.parametrize(("listed", "found"), [([60], set()), ([60, 61], {"ATTACH-NOBODY-ELSE"})])
def test_a_form_that_is_read(listed: list[int], found: set[str]) -> None:
    """Whom it names is attached then, and nobody else."""
    judge = Judge(load_contract(), Setting(frozenset({7})))
    people = [operator(each, f"+120255501{each}") for each in listed]
    path, form = "/virtual_numbers/7", (("content-type", "application/x-www-form-urlencoded"),)
    judge.hear([Exchange(1, Request("account", "GET", path), Response(200, JSON, json.dumps(detail()).encode()))])
    request = Request("account", "POST", f"{path}/add_operator", form, b"operator_id=60")
    judge.hear([Exchange(2, request, Response(200, JSON, json.dumps(detail(*people)).encode()))])
    judge.finish()
    assert {finding.clause for finding in judge.findings} == found


def posted(number: int, phone: str) -> Said:
    """Return how an operator was made by itself."""
    record = operator(number, phone)
    return "account", "POST", "/operators", {"name": record["name"], "phone_number": phone}, 201, {"data": record}


def test_a_404_to_nobodys_key_says_nothing_of_who_is_there() -> None:
    """It breaks the clause of the key alone: the page of an operator with an id far above the list is not late."""
    far, path = 200_060, "/virtual_numbers/7/add_operator"
    page = {"data": {**operator(far, "+12025550101"), "virtual_numbers": []}}
    said: list[Said] = [
        ("account", "GET", "/virtual_numbers/7", None, 200, detail()),
        ("account", "GET", "/operators", None, 200, {"data": [operator(8)]}),
        posted(far, "+12025550101"),
        ("anonymous", "POST", path, {"operator_id": far}, 404, {"error": "Resource not found"}),
        ("account", "GET", f"/operators/{far}", None, 200, page),
    ]
    assert broken(*said) == {"AUTH-MISSING"}


@pytest.mark.parametrize(("owner", "found"), [("+12025550101", {"OPERATOR-UPDATE-ANSWERS"}), ("+12025550122", set())])
def test_a_phone_number_that_goes_through_later_was_not_why(owner: str, found: set[str]) -> None:
    """Unless it was somebody's when the update was refused, and is free again once they were deleted."""
    phone, refused = "+12025550122", {"errors": ["Phone number is invalid"]}
    said: list[Said] = [
        posted(60, owner),
        ("account", "GET", "/operators", None, 200, {"data": [operator(8), operator(60, owner)]}),
        ("account", "PATCH", "/operators/8", {"phone_number": phone}, 422, refused),
        ("account", "DELETE", "/operators/60", None, 200, {"success": True}),
        posted(61, phone),
    ]
    assert broken(*said) == found


@pytest.mark.parametrize(
    ("name", "found"), [("ä" * 200, set()), ("a" * 200, {"OPERATOR-CREATE-ANSWERS"})], ids=["400 bytes", "200 bytes"]
)
def test_a_name_of_many_bytes_may_be_why_a_record_is_refused(name: str, found: set[str]) -> None:
    """The contract does not say what 255 counts: the phone number that goes through proves nothing then."""
    phone, refused = "+12025550122", {"errors": ["Name is too long"]}
    said: list[Said] = [
        ("account", "POST", "/operators", {"name": name, "phone_number": phone}, 422, refused),
        posted(61, phone),
    ]
    assert broken(*said) == found


@pytest.mark.parametrize(
    ("name", "found"), [("ä" * 200, set()), ("a" * 200, {"NAME-ACCEPTED"})], ids=["400 bytes", "200 bytes"]
)
def test_a_name_of_many_bytes_may_be_refused(name: str, found: set[str]) -> None:
    """Also where the same phone number goes through with a shorter one."""
    phone, path = "+12025550122", "/virtual_numbers/7/add_operator"
    page = detail()
    made = detail({"id": 61, "name": "Ada Bell", "phone_number": phone, "initials": "AB", "priority": 0})
    said: list[Said] = [
        ("account", "GET", "/virtual_numbers/7", None, 200, page),
        ("account", "POST", path, {"phone_number": phone, "name": name}, 422, {"errors": ["Name is too long"]}),
        ("account", "POST", path, {"phone_number": phone, "name": "Ada Bell"}, 200, made),
    ]
    assert broken(*said) == found
