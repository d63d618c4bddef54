"""The embedded server's default behaviour, call by call, against the contract."""

from typing import Any

import pytest

from conformance.mock.building import build
from conformance.mock.direct import Direct

ADD = "/virtual_numbers/7/add_operator"
NOT_FOUND = {"error": "Resource not found"}


@pytest.fixture
def say() -> Direct:
    return Direct(build())


def places(data: dict[str, Any]) -> list[tuple[int, int]]:
    return [(operator["id"], operator["priority"]) for operator in data["operators"]]


def test_the_documentations_example(say: Direct) -> None:
    data = say("GET", "/virtual_numbers/7").data
    assert {name: data[name] for name in ("id", "phone_number", "name", "country_code", "routing_strategy")} == {
        "id": 7,
        "phone_number": "+15551234567",
        "name": "US Sales Line",
        "country_code": "US",
        "routing_strategy": "priority",
    }
    assert data["stats"] == {
        "total_calls": 142,
        "answered_calls": 118,
        "missed_calls": 24,
        "average_duration_seconds": 184,
    }
    assert data["operators"] == [
        {"id": 12, "name": "Alice Carter", "phone_number": "+15555550112", "initials": "AC", "priority": 0},
        {"id": 22, "name": "Greta Hall", "phone_number": "+15555550199", "initials": "GH", "priority": 1},
    ]


def test_attaching_appends(say: Direct) -> None:
    answer = say("POST", ADD, {"operator_id": 31})
    assert answer.status == 200
    assert places(answer.data) == [(12, 0), (22, 1), (31, 2)]
    assert answer.data == say("GET", "/virtual_numbers/7").data


@pytest.mark.parametrize("operator_id", [12, 22])
def test_attaching_again_changes_nothing(say: Direct, operator_id: int) -> None:
    before = say.application.snapshot()
    assert say("POST", ADD, {"operator_id": operator_id, "name": "X", "phone_number": "+12025550150"}).status == 200
    assert say.application.snapshot() == before


def test_creating_attaches_one_new_operator(say: Direct) -> None:
    known = {operator["id"] for operator in say("GET", "/operators").data}
    answer = say("POST", ADD, {"phone_number": "+12025550150"})
    new = answer.data["operators"][-1]
    assert answer.status == 200
    assert (new["name"], new["phone_number"], new["priority"]) == ("Operator", "+12025550150", 2)
    assert {operator["id"] for operator in say("GET", "/operators").data} == known | {new["id"]}


@pytest.mark.parametrize(
    ("body", "status", "answered"),
    [
        ({}, 422, {"error": "operator_id or phone_number is required"}),
        ({"name": "x"}, 422, {"error": "operator_id or phone_number is required"}),
        ({"operator_id": 1}, 404, NOT_FOUND),
        ({"operator_id": 50}, 404, NOT_FOUND),
        ({"operator_id": 99999}, 404, NOT_FOUND),
        ({"operator_id": 2**70}, 404, NOT_FOUND),
        ({"operator_id": 99999, "phone_number": "+12025550150"}, 404, NOT_FOUND),
        ({"phone_number": "+0123456789"}, 422, {"errors": ["Phone number is invalid"]}),
        ({"phone_number": "+"}, 422, {"errors": ["Phone number is invalid"]}),
        ({"phone_number": "+1234567890123456"}, 422, {"errors": ["Phone number is invalid"]}),
        ({"phone_number": "call me"}, 422, {"errors": ["Phone number is invalid"]}),
    ],
)
def test_refusals_change_nothing(say: Direct, body: object, status: int, answered: object) -> None:
    before = say.application.snapshot()
    answer = say("POST", ADD, body)
    assert (answer.status, answer.json) == (status, answered)
    assert say.application.snapshot() == before


def test_operator_id_wins_in_either_order(say: Direct) -> None:
    for body in (b'{"operator_id":31,"phone_number":"+12025550150"}', b'{"phone_number":"x","operator_id":5}'):
        assert say("POST", ADD, body).status == 200
    assert places(say("GET", "/virtual_numbers/7").data)[2:] == [(31, 2), (5, 3)]
    assert len(say("GET", "/operators").data) == 11


def test_removal_leaves_a_gap_and_the_operator(say: Direct) -> None:
    say("POST", ADD, {"operator_id": 31})
    answer = say("DELETE", "/virtual_numbers/7/remove_operator?operator_id=12")
    assert places(answer.data) == [(22, 1), (31, 2)]
    assert 12 in {operator["id"] for operator in answer.data["available_operators"]}
    assert say("DELETE", "/virtual_numbers/7/remove_operator", {"operator_id": 12}).status == 404
    assert places(say("POST", ADD, {"operator_id": 12}).data) == [(22, 1), (31, 2), (12, 3)]


def test_list_of_numbers(say: Direct) -> None:
    listed = {number["id"]: number for number in say("GET", "/virtual_numbers").data}
    assert list(listed) == [7, 8, 9, 11, 15, 16, 21]
    assert listed[8]["operators_count"] == 4
    assert [operator["id"] for operator in listed[8]["operators"]] == [31, 5, 17]
    assert (listed[11]["name"], listed[16]["active"], listed[15]["operators"]) == (None, False, [])


def test_orders_by_priority_id_and_name_differ(say: Direct) -> None:
    ids = [operator["id"] for operator in say("GET", "/virtual_numbers/8").data["operators"]]
    names = [operator["name"] for operator in say("GET", "/virtual_numbers/8").data["operators"]]
    assert ids not in (sorted(ids), sorted(ids, reverse=True))
    assert names != sorted(names)


def test_ten_most_recent_calls(say: Direct) -> None:
    calls = say("GET", "/virtual_numbers/8").data["recent_calls"]
    assert len(calls) == 10
    assert [call["created_at"] for call in calls] == sorted((call["created_at"] for call in calls), reverse=True)


def test_updating_a_number(say: Direct) -> None:
    before = say("GET", "/virtual_numbers/7").data
    answer = say("PATCH", "/virtual_numbers/7", {"routing_strategy": "round_robin", "recording": False})
    assert answer.data == {**before, "routing_strategy": "round_robin", "recording": False}
    assert say("PATCH", "/virtual_numbers/7", {"routing_strategy": "random", "name": "X"}).status == 422
    assert say("GET", "/virtual_numbers/7").data == answer.data


def test_operators_by_name(say: Direct) -> None:
    names = [operator["name"] for operator in say("GET", "/operators").data]
    assert names == sorted(names)
    counts = {operator["id"]: operator["virtual_numbers_count"] for operator in say("GET", "/operators").data}
    assert (counts[12], counts[22], counts[19]) == (2, 1, 0)


def test_life_of_an_operator(say: Direct) -> None:
    made = say(
        "POST", "/operators", {"name": "Nora Pike", "phone_number": "+1 (202) 555-0151", "email": "n@example.com"}
    )
    number = made.data["id"]
    assert (made.status, made.data["phone_number"]) == (201, "+12025550151")
    say("POST", ADD, {"operator_id": number})
    page = say("GET", f"/operators/{number}").data
    assert [held["id"] for held in page["virtual_numbers"]] == [7]
    assert say("PATCH", f"/operators/{number}", {"email": None}).data["email"] is None
    assert say("DELETE", f"/operators/{number}").json == {"success": True}
    assert say("GET", f"/operators/{number}").status == 404
    assert places(say("GET", "/virtual_numbers/7").data) == [(12, 0), (22, 1)]


def test_project_key_sees_its_project(say: Direct) -> None:
    assert [number["id"] for number in say("GET", "/virtual_numbers", actor="project").data] == [7, 8, 11, 15]
    seen = {operator["id"] for operator in say("GET", "/operators", actor="project").data}
    assert seen == {12, 22, 5, 8, 25, 33}
    data = say("GET", "/virtual_numbers/8", actor="project").data
    assert [operator["id"] for operator in data["operators"]] == [31, 5, 17, 14]
    assert {operator["id"] for operator in data["available_operators"]} == seen - {5}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/virtual_numbers/9/add_operator", {"operator_id": 5}),
        ("/virtual_numbers/40/add_operator", {"operator_id": 5}),
        ("/virtual_numbers/7/add_operator", {"operator_id": 31}),
        ("/virtual_numbers/7/add_operator", {"operator_id": 27}),
    ],
)
def test_project_key_is_held_to_its_project(say: Direct, path: str, body: object) -> None:
    before = say.application.snapshot()
    answer = say("POST", path, body, actor="project")
    assert (answer.status, answer.json) == (404, NOT_FOUND)
    assert say.application.snapshot() == before


def test_operator_made_by_a_project_key_is_of_the_project(say: Direct) -> None:
    made = say("POST", ADD, {"phone_number": "+12025550150"}, actor="project").data["operators"][-1]["id"]
    assert made in {operator["id"] for operator in say("GET", "/operators", actor="project").data}
    made = say("POST", ADD, {"phone_number": "+12025550151"}).data["operators"][-1]["id"]
    assert made not in {operator["id"] for operator in say("GET", "/operators", actor="project").data}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", ADD, {"operator_id": 31}),
        ("PATCH", "/virtual_numbers/7", {"name": "X"}),
        ("DELETE", "/virtual_numbers/7/remove_operator?operator_id=12", None),
        ("POST", "/operators", {"name": "X Y", "phone_number": "+12025550150"}),
        ("PATCH", "/operators/12", {"name": "X Y"}),
        ("DELETE", "/operators/12", None),
    ],
)
def test_reading_is_not_writing(say: Direct, method: str, path: str, body: object) -> None:
    before = say.application.snapshot()
    answer = say(method, path, body, actor="read_only")
    assert (answer.status, answer.json) == (403, {"error": "Write permission required"})
    assert say.application.snapshot() == before
    assert say("GET", "/virtual_numbers/7", actor="read_only").status == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer idc_short", "Basic x", "Bearer idc_" + "z" * 32])
def test_keys_that_are_none(say: Direct, header: str | None) -> None:
    answer = say("POST", ADD, {"operator_id": 31}, headers={"authorization": header})
    assert (answer.status, answer.json) == (401, {"error": "Invalid API key"})
    assert say("GET", "/virtual_numbers/99999", headers={"authorization": header}).status == 401


def test_expired_key(say: Direct) -> None:
    assert say("GET", "/virtual_numbers/7", actor="expired").status == 401


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"operator_id":1e999999999999999999999}',
        b'{"operator_id":' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"phone_number":"+12025550150","name":"\\ud800"}',
        b'{"phone_number":"+12025550150","name":"a\\u0000b"}',
        b'{"phone_number":"+12025550150","name":"\xc3"}',
        b"\xef\xbb\xbf{}",
        b'{"operator_id":NaN}',
        b'{"operator_id":1e-999999999}',
        b'{"operator_id":[[22]]}',
        b'{"operator_id":{"id":22}}',
        b'{"operator_id":"\xe2\x82\xac"}',
    ],
)
def test_odd_bodies_are_refused_and_change_nothing(say: Direct, content: bytes) -> None:
    before = say.application.snapshot()
    answer = say("POST", ADD, content)
    assert answer.status in {400, 404, 415, 422}
    assert answer.json
    assert say.application.snapshot() == before


@pytest.mark.parametrize("path_id", ["0", "8abc", "-7", "%207", "7.0", "07", "0x7", "9" * 40, "%zz", "%FF", "%2F"])
def test_odd_path_ids_are_not_found(say: Direct, path_id: str) -> None:
    assert say("POST", f"/virtual_numbers/{path_id}/add_operator", {"operator_id": 31}).status == 404


def test_methods_that_the_page_does_not_name(say: Direct) -> None:
    assert say("PUT", ADD, {"operator_id": 31}).status == 405
    assert say("HEAD", "/virtual_numbers/7").content == b""
