"""The registers of variants and faults: names, clauses, and that each is what it says."""

from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import yaml

from conformance.mock.behaviour import Behaviour
from conformance.mock.building import build
from conformance.mock.direct import Direct, Said, Spoken
from conformance.mock.faults import FAMILIES, FAULTS
from conformance.mock.readings import TABLE
from conformance.mock.server import list_catalogue
from conformance.mock.variants import VARIANTS

CLAUSES_FILE = Path(__file__).parents[1] / "specs" / "clauses.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(CLAUSES_FILE.read_text()) if CLAUSES_FILE.exists() else {}
CLAUSES: dict[str, Any] = {clause["id"]: clause for clause in DOCUMENT.get("clauses", [])}
MADE_BY_PERSONALITIES = {"seed", "delay", "live", "requests_in_a_second", "extra_headers", "extra_fields"}
needs_clauses = pytest.mark.skipif(not CLAUSES, reason="specs/clauses.yaml is not there")


def test_there_are_many() -> None:
    assert len(FAULTS) >= 150
    assert all(name == name.lower() and " " not in name for name in (*FAULTS, *VARIANTS))
    assert sorted(set(FAULTS) & set(VARIANTS)) == []


def test_every_module_registers_faults() -> None:
    registered = {fault.install.__module__ for fault in FAULTS.values()}
    assert registered == {family.__name__ for family in FAMILIES}


def test_titles_say_one_thing_each() -> None:
    titles = [entry.title for entry in (*FAULTS.values(), *VARIANTS.values())]
    assert all(title and "\n" not in title and not title.endswith(".") for title in titles)
    assert len(set(titles)) > len(titles) - 12


@pytest.mark.parametrize(
    "name",
    "lenient strict typed renumbering slow rate-limited crowded bare verbose live wire picky".split(),
)
def test_personalities_are_there(name: str) -> None:
    assert name in VARIANTS


def test_every_reading_of_every_switch_is_some_variants() -> None:
    chosen: dict[str, set[object]] = {field.name: {field.default} for field in fields(Behaviour)}
    for variant in VARIANTS.values():
        for switch, value in variant.changes.items():
            chosen[switch].add(value)
    missing = []
    for switch, hint in get_type_hints(Behaviour).items():
        values = set(get_args(hint)) if get_origin(hint) is Literal else set()
        missing += [(switch, value) for value in values - chosen[switch]]
        if not values:
            assert len(chosen[switch]) > 1 or switch in MADE_BY_PERSONALITIES, switch
    assert missing == []


@needs_clauses
def test_clauses_of_faults_exist() -> None:
    assert {fault.clause for fault in FAULTS.values()} <= set(CLAUSES)
    assert {need for fault in FAULTS.values() for need in fault.needs} <= {*DOCUMENT["needs"], "overlap"}


@needs_clauses
def test_every_must_and_should_has_a_fault() -> None:
    broken = {fault.clause for fault in FAULTS.values()}
    assert [name for name, clause in CLAUSES.items() if clause["level"] != "open" and name not in broken] == []


@needs_clauses
def test_readings_of_variants_exist() -> None:
    for _, clause, readings in TABLE:
        assert set(readings.values()) <= set(CLAUSES[clause]["readings"]), clause
    for variant in VARIANTS.values():
        assert all(CLAUSES[clause]["level"] == "should" for clause in variant.violates_should)
        assert all(reading in CLAUSES[clause]["readings"] for clause, reading in variant.readings.items())


@pytest.mark.parametrize(
    ("variants", "faults", "hint"),
    [(["lenint"], [], "lenient"), ([], ["phone-win"], "phone-wins"), ([], ["~~~"], "list")],
)
def test_unknown_names_are_told_in_one_line(variants: list[str], faults: list[str], hint: str) -> None:
    with pytest.raises(ValueError, match=hint) as error:
        build(variants, faults)
    assert "\n" not in str(error.value)


def test_catalogue_lists_all() -> None:
    text = list_catalogue()
    assert all(f"  {name} " in text for name in (*VARIANTS, *FAULTS))


def test_limit_of_requests() -> None:
    say = Direct(build(["rate-limited"]))
    answers = [say("GET", "/virtual_numbers") for _ in range(24)]
    assert [answer.status for answer in answers[:20]] == [200] * 20
    assert {answer.status for answer in answers[20:]} == {429}
    assert [answer.headers["retry-after"].isdigit() for answer in answers[20:]] == [True, False, True, False]


@pytest.mark.parametrize("name", [name for name in VARIANTS if name not in {"slow", "rate-limited"}])
def test_variants_answer_without_an_error_of_their_own(name: str) -> None:
    application = build([name])
    for answer in Direct(application).in_turn(CONVERSATION[::2]):
        assert answer.status < 500 or answer.headers["retry-after"]
    assert_numbers_are_e164(application.snapshot())


def assert_numbers_are_e164(snapshot: dict[str, Any]) -> None:
    for operator in snapshot["operators"]:
        phone = operator["phone_number"]
        assert phone[0] == "+"
        assert phone[1:].isascii()
        assert phone[1:].isdigit()
        assert phone[1] != "0"
        assert 7 <= len(phone[1:]) <= 15


@pytest.fixture(scope="module")
def rightly() -> list[Spoken]:
    return Direct(build()).in_turn(CONVERSATION)


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if "overlap" not in fault.needs])
def test_faults_show_in_a_long_conversation(name: str, rightly: list[Spoken]) -> None:
    """What a fault changes is seen from outside, somewhere."""
    say, part = Direct(build([], [name])), 60
    for start in range(0, len(CONVERSATION), part):
        answers = say.in_turn(CONVERSATION[start : start + part])
        if [outside(answer) for answer in answers] != [outside(answer) for answer in rightly[start : start + part]]:
            return
    pytest.fail("nothing came out differently")


def outside(answer: Spoken) -> tuple[object, ...]:
    """What a client sees of an answer."""
    headers = {name: answer.headers.get(name) for name in ("content-type", "retry-after", "content-length")}
    return answer.status, headers, answer.content


OVERLAPS = (
    [Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 31})] * 2,
    [Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": number}) for number in (5, 8, 25)],
    [Said("POST", "/virtual_numbers/7/add_operator", {"phone_number": f"+1202555015{digit}"}) for digit in range(3)],
    [
        Said("DELETE", "/virtual_numbers/7/remove_operator?operator_id=22"),
        Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 17}),
    ],
    [
        Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 19}),
        Said("DELETE", "/virtual_numbers/7/remove_operator?operator_id=12"),
    ],
    [Said("DELETE", "/virtual_numbers/7/remove_operator?operator_id=31")] * 2,
)


def overlaps(say: Direct) -> list[object]:
    seen: list[object] = []
    for said in OVERLAPS:
        answers = say.at_once(said)
        places = say("GET", "/virtual_numbers/7").data["operators"]
        ids = [held["id"] for held in places]
        shown = [[held["id"] for held in answer.data["operators"]] for answer in answers if answer.status == 200]
        seen.append((sorted(answer.status for answer in answers), len(ids), len(set(ids)), shown))
        seen.append(len({held["priority"] for held in places}))
    return seen


def test_races_are_right() -> None:
    seen = overlaps(Direct(build()))
    assert [(entry[0], entry[1], entry[2]) for entry in seen[::2]] == [  # type: ignore[index]
        ([200, 200], 3, 3),
        ([200, 200, 200], 6, 6),
        ([200, 200, 200], 9, 9),
        ([200, 200], 9, 9),
        ([200, 200], 9, 9),
        ([200, 404], 8, 8),
    ]
    assert seen[1::2] == [3, 6, 9, 9, 9, 8]


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if "overlap" in fault.needs])
def test_faults_of_overlapping_requests_show(name: str) -> None:
    assert overlaps(Direct(build([], [name]))) != overlaps(Direct(build()))


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if "overlap" in fault.needs])
def test_faults_of_overlapping_requests_are_right_alone(name: str) -> None:
    """One at a time, nothing is wrong with them."""
    say, right = Direct(build([], [name])), Direct(build())
    several = [OVERLAPS[0][0], OVERLAPS[0][1], OVERLAPS[2][0], OVERLAPS[5][0]]
    assert say.in_turn(several) == right.in_turn(several)


def long_conversation() -> list[Said]:
    """Return requests by which every fault shows."""
    said: list[Said] = []
    add, spare = "/virtual_numbers/7/add_operator", "/virtual_numbers/15/add_operator"

    def ask(path: str, actor: str = "account") -> None:
        said.append(Said("GET", path, actor=actor))

    def attach(body: object, path: str = add, actor: str = "account", **headers: str | None) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        said.append(Said("POST", path, body, actor, named or None))

    def look(actor: str = "account") -> None:
        for path in ("/virtual_numbers", "/operators", "/virtual_numbers/7", "/virtual_numbers/15", "/operators/12"):
            ask(path, actor)

    def remove(operator_id: int, path: str = "/virtual_numbers/7", body: bool = False) -> None:
        query, sent = ("", {"operator_id": operator_id}) if body else (f"?operator_id={operator_id}", None)
        said.append(Said("DELETE", f"{path}/remove_operator{query}", sent))

    look()
    look("project")
    look("read_only")
    ask("/virtual_numbers/9", "project")
    ask("/virtual_numbers/40")
    ask("/virtual_numbers/99999")
    ask("/virtual_numbers/abc")
    ask("/operators/99999")
    ask("/virtual_numbers/8")
    # keys
    key_less: tuple[str | None, ...] = (None, "Bearer", "Bearer idc_" + "z" * 32, "nospace")
    tokens = build().seed.keys
    account = tokens["account"]
    swapped = account[:4] + account[4:].swapcase()
    near = account[:20] + "".join(reversed(account[20:]))
    odd = (
        account,
        f"Bearer {account}tail",
        f"Token {account}",
        f"bearer {account}",
        f"Bearer {swapped}",
        f"Bearer {near}",
    )
    for header in (*key_less, *odd, f"Bearer {tokens['expired']}"):
        said.append(Said("GET", "/virtual_numbers/7", headers={"authorization": header}))
        attach({"operator_id": 99998}, authorization=header)
        attach({"operator_id": 8}, "/virtual_numbers/99999/add_operator", authorization=header)
    attach({"operator_id": 8}, authorization=None)
    attach({"phone_number": "+12025550157"}, authorization=None)
    look()
    # permissions
    for body in ({"operator_id": 12}, {"operator_id": 27}, {"phone_number": "+12025550158"}):
        attach(body, actor="read_only")
    for method, path, body in (
        ("DELETE", "/virtual_numbers/7/remove_operator?operator_id=22", None),
        ("PATCH", "/virtual_numbers/7", {"name": "Read Only"}),
        ("POST", "/operators", {"name": "Read Only", "phone_number": "+12025550158"}),
        ("PATCH", "/operators/12", {"name": "Read Only"}),
        ("DELETE", "/operators/27", None),
    ):
        said.append(Said(method, path, body, "read_only"))
    look()
    # attach, again, remove, attach
    said.append(Said("PATCH", "/virtual_numbers/7", {"routing_strategy": "round_robin"}))
    for operator_id in (31, 5, 19, 5, 31, 5):
        attach({"operator_id": operator_id})
        ask("/virtual_numbers/7")
    attach({"operator_id": 31, "name": "New Name"})
    attach({"operator_id": 31, "phone_number": "+12025550150", "name": "New Name"})
    attach({"operator_id": 8, "phone_number": "+12025550150", "name": "New Name"})
    attach(b'{"phone_number":"+12025550151","operator_id":25}')
    attach({"operator_id": 17, "phone_number": "nonsense"})
    attach({"operator_id": 27, "name": "New Name"})
    look()
    remove(31)
    ask("/virtual_numbers/7")
    attach({"operator_id": 22})
    remove(8, body=True)
    look()
    attach({"operator_id": 8})
    attach({"operator_id": 31})
    look()
    remove(12)
    remove(12)
    remove(12, "/virtual_numbers/99999")
    ask("/operators/12")
    attach({"operator_id": 12})
    said.append(Said("DELETE", "/virtual_numbers/9/remove_operator?operator_id=14", actor="project"))
    # a second number
    for operator_id in (12, 5, 31):
        attach({"operator_id": operator_id}, spare)
        look()
    attach({"operator_id": 12}, spare)
    ask("/operators/31")
    remove(12, "/virtual_numbers/15")
    remove(31, "/virtual_numbers/15")
    remove(5, "/virtual_numbers/15")
    look()
    # refused
    for body in (
        {},
        {"name": "Only Name"},
        {"operator_id": 99998},
        {"operator_id": 99998, "phone_number": "+12025550152"},
        {"operator_id": 1},
        {"operator_id": 50},
        {"operator_id": 2**32 + 14},
        {"operator_id": 2**53 + 1},
        {"operator_id": 2**63},
        {"operator_id": -5},
        {"operator_id": 0},
        {"operator_id": True},
        {"operator_id": [14]},
        {"operator_id": {"id": 14}},
        {"operator_id": "14"},
        {"operator_id": "014"},
        {"operator_id": "14abc"},
        {"operator_id": "abc"},
        {"operator_id": 14.5},
        {"operator_id": None},
        {"operator_id": ""},
        {"phone_number": ""},
        {"phone_number": None},
        {"phone_number": 12025550153},
        {"phone_number": ["+12025550153"]},
        {"phone_number": "+"},
        {"phone_number": "none"},
        {"phone_number": "+0202555015"},
        {"phone_number": "+1202555015012345"},
        {"phone_number": "+1800FLOWERS"},
        {"phone_number": "+12025550150 ext. 12"},
        {"phone_number": "2025550153"},
        {"phone_number": "+\u0661\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0665\u0660"},
        {"operator_id": None, "phone_number": "+12025550153"},
        {"operator_id": 12, "phone_number": 5},
        {"operator_id": 22, "active": False, "email": "x@example.com", "priority": 0, "recording": False},
    ):
        attach(body)
        ask("/virtual_numbers/7")
    ask("/operators")
    attach({"operator_id": 14, "priority": 0})
    look()
    # bodies
    for content in (
        b"",
        b"[]",
        b"null",
        b'"x"',
        b'{"operator_id":33',
        b'{"phone_number":"+12025550155"',
        b'[{"operator_id":33}]',
        b"\xef\xbb\xbf{}",
        b'{"name":"\xff"}',
        b'{"name":"\\ud800"}',
        b"[" * 1000,
    ):
        attach(content)
    look()
    attach(b'{"operator_id":33,"operator_id":33}')
    attach({"operator_id": 33}, content_type=None)
    attach({"operator_id": 33}, content_type="text/plain")
    attach({"operator_id": 33}, content_type="application/json; charset=latin1")
    attach({"operator_id": 33}, accept="text/html")
    look()
    # paths and methods
    for path in ("/virtual_numbers/07", "/virtual_numbers/7abc", "/virtual_numbers/abc", f"/virtual_numbers/{2**63}"):
        attach({"operator_id": 33}, f"{path}/add_operator")
    attach({"operator_id": 33}, "/virtual_numbers/7/add_operator/")
    attach({"operator_id": 33}, f"/virtual_numbers/{2**32 + 7}/add_operator")
    attach({"operator_id": 33}, "/virtual_numbers/99999/add_operator")
    attach({"operator_id": 33}, "/virtual_numbers/40/add_operator")
    said.append(Said("PUT", add, {"operator_id": 33}))
    ask(add)
    # scopes
    attach({"operator_id": 5}, "/virtual_numbers/9/add_operator", "project")
    attach({"phone_number": "+12025550156"}, "/virtual_numbers/9/add_operator", "project")
    for operator_id in (25, 5, 17, 14, 27, 22, 31):
        attach({"operator_id": operator_id}, spare, "project")
        attach({"operator_id": operator_id}, add, "project")
    attach({"operator_id": 14}, spare, "project")
    attach({"phone_number": "+12025550159"}, spare, "project")
    attach({"operator_id": 12}, "/virtual_numbers/9/add_operator")
    look("project")
    look()
    ask("/virtual_numbers/9")
    said.append(Said("POST", "/operators", {"name": "Of Project", "phone_number": "+12025550154"}, "project"))
    look("project")
    # people
    attach({"phone_number": "+12025550150"})
    ask("/operators")
    names = (
        "o'neill & sons",
        "\u00c9lodie  Bru\u0301n",
        "\u674e\u5c0f\u9f99",
        "Party \U0001f389",
        "Solo",
        "Agent 007",
        " spaced ",
        "x" * 100,
        "long name " * 24,
        "z" * 300,
        "ab\u0000cd",
        "ab\u0007cd",
        None,
        5,
        "Operator",
        "Greta Hall",
        "e" * 10_000,
    )
    for index, name in enumerate(names):
        attach({"phone_number": f"+120255501{60 + index}", "name": name})
    phones = (
        "+442079460123",
        "+390612345678",
        "+861012345678901",
        "+1 202 555 0177",
        "+12025550178\n",
        "+15555550199",
        "+12025550105",
        "+19175550105",
    )
    for phone in phones:
        attach({"phone_number": phone, "name": "Pat Doe"}, spare)
    look()
    look("project")
    for operator_id in (8, 25, 5, 17, 14, 27, 22, 31, 12):
        remove(operator_id, "/virtual_numbers/15")
    for operator_id in range(51, 85):
        remove(operator_id, "/virtual_numbers/15")
    attach({"phone_number": "+12025550150", "name": "First Here"}, spare)
    attach({"phone_number": "+"}, spare)
    attach({"phone_number": "+12025550160", "name": "Second Here"}, spare)
    attach({"phone_number": "+12025550150", "name": "Another Name"}, spare)
    for operator_id in range(51, 58):
        remove(operator_id)
    look()
    ask("/operators")
    # a climb
    for index in range(20):
        attach({"phone_number": f"+120255502{10 + index}", "name": "Climb" if index % 2 else "Operator"})
    attach({"operator_id": 33})
    remove(33)
    attach({"operator_id": 33})
    look()
    remove(12)
    remove(22)
    attach({"operator_id": 22})
    attach({"operator_id": 12})
    look()
    # neighbours
    said.append(Said("PATCH", "/virtual_numbers/7", {"routing_strategy": "simultaneous", "recording": False}))
    ask("/virtual_numbers/7")
    said.append(Said("PATCH", "/virtual_numbers/7", {"name": "New Line"}))
    said.append(Said("PATCH", "/virtual_numbers/7", {"routing_strategy": "random"}))
    said.append(Said("PATCH", "/virtual_numbers/15", {"active": False}))
    attach({"operator_id": 25}, spare)
    attach({"operator_id": 8}, spare)
    look()
    posted = {"name": "Posted One", "phone_number": "+12025550153", "email": "p@example.com", "active": False}
    said.append(Said("POST", "/operators", posted))
    said.append(Said("PATCH", "/operators/31", {"name": "Abel Renamed"}))
    said.append(Said("PATCH", "/operators/31", {"email": None}))
    said.append(Said("PATCH", "/operators/31", {"active": False}))
    ask("/operators/31")
    ask("/virtual_numbers/7")
    said.append(Said("DELETE", "/operators/31"))
    attach({"operator_id": 31})
    ask("/operators/31")
    newest = [12, 33, 22, 5]
    said.extend(Said("DELETE", f"/operators/{operator_id}") for operator_id in newest)
    look()
    remove(8)
    said.extend(Said("DELETE", f"/operators/{operator_id}") for operator_id in range(51, 60))
    look()
    return said


CONVERSATION = long_conversation()
