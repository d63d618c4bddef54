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
from conformance.mock.tour import tour
from conformance.mock.variants import VARIANTS

CLAUSES_FILE = Path(__file__).parents[1] / "specs" / "clauses.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(CLAUSES_FILE.read_text())
CLAUSES: dict[str, Any] = {clause["id"]: clause for clause in DOCUMENT["clauses"]}
MADE_BY_PERSONALITIES = {"seed", "delay", "live", "requests_in_a_second", "extra_headers", "extra_fields"}
TOUR = tour()


def test_there_are_many() -> None:
    assert len(FAULTS) >= 150
    assert all(name == name.lower() and " " not in name for name in (*FAULTS, *VARIANTS))
    assert sorted(set(FAULTS) & set(VARIANTS)) == []


def test_every_module_registers_faults() -> None:
    registered = {fault.install.__module__ for fault in FAULTS.values()}
    assert registered == {family.__name__ for family in FAMILIES}


def test_titles_say_one_thing_each() -> None:
    titles = [fault.title for fault in FAULTS.values()] + [variant.title for variant in VARIANTS.values()]
    assert all(title and "\n" not in title and not title.endswith(".") for title in titles)
    assert len(set(titles)) > len(titles) - 12


@pytest.mark.parametrize(
    "name",
    [
        *("lenient", "strict", "typed", "renumbering", "slow", "rate-limited"),
        *("crowded", "bare", "verbose", "live", "wire", "picky"),
    ],
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


def test_clauses_of_faults_exist() -> None:
    assert {fault.clause for fault in FAULTS.values()} <= set(CLAUSES)
    assert {need for fault in FAULTS.values() for need in fault.needs} <= {*DOCUMENT["needs"], "overlap"}


def test_every_must_should_and_edge_has_a_fault() -> None:
    broken = {fault.clause for fault in FAULTS.values()}
    firm = {name for name, clause in CLAUSES.items() if clause["level"] != "open" or "edge" in clause}
    assert firm - broken == set()


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
    for answer in Direct(application).in_turn(TOUR[::4]):
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
    return Direct(build()).in_turn(TOUR)


TAGGED = {"entity-tag-without-operators": "/virtual_numbers/7", "entity-tag-of-the-numbers-ids": "/virtual_numbers"}


@pytest.mark.parametrize(("name", "path"), TAGGED.items())
def test_wrong_entity_tags_outlive_an_attachment(name: str, path: str) -> None:
    """They show only to who sends them back, which the tour does not."""
    say = Direct(build([], [name]))
    before = say("GET", path)
    say("POST", "/virtual_numbers/7/add_operator", {"operator_id": 31})
    after = say("GET", path)
    assert before.headers["etag"] == after.headers["etag"]
    assert before.content != after.content


@pytest.mark.parametrize(
    "name", [name for name, fault in FAULTS.items() if "overlap" not in fault.needs and name not in TAGGED]
)
def test_faults_show_on_a_long_tour(name: str, rightly: list[Spoken]) -> None:
    """What a fault changes is seen from outside, somewhere."""
    differs = [False]

    def until(index: int, answer: Spoken) -> bool:
        differs[0] = outside(answer) != outside(rightly[index])
        return differs[0]

    Direct(build([], [name])).in_turn(TOUR, until)
    assert differs[0], "nothing came out differently"


def outside(answer: Spoken) -> tuple[object, ...]:
    """What a client sees of an answer."""
    headers = {name: answer.headers.get(name) for name in ("content-type", "retry-after", "content-length")}
    return answer.status, headers, answer.content


def _made(digit: int) -> dict[str, str]:
    return {"phone_number": f"+1202555015{digit}", "name": f"Number {digit}"}


OVERLAPS = (
    [Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 31})] * 2,
    [Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": number}) for number in (5, 8, 25)],
    [Said("POST", "/virtual_numbers/7/add_operator", _made(digit)) for digit in range(3)],
    [
        Said("DELETE", "/virtual_numbers/7/remove_operator?operator_id=22"),
        Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 17}),
    ],
    [
        Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 19}),
        Said("DELETE", "/virtual_numbers/7/remove_operator?operator_id=12"),
    ],
    [Said("DELETE", "/virtual_numbers/7/remove_operator?operator_id=31")] * 2,
    [
        Said("GET", "/virtual_numbers/9", actor="project"),
        Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 31}),
    ],
    [
        Said("PATCH", "/virtual_numbers/7", {"recording": False}),
        Said("PATCH", "/virtual_numbers/7", {"routing_strategy": "simultaneous"}),
        Said("POST", "/virtual_numbers/7/add_operator", {"operator_id": 33}),
    ],
)


def overlaps(say: Direct) -> list[object]:
    seen: list[object] = []
    for said in OVERLAPS:
        answers = say.at_once(said)
        number = say("GET", "/virtual_numbers/7").data
        places = number["operators"]
        ids = [held["id"] for held in places]
        shown = [[held["id"] for held in answer.data["operators"]] for answer in answers if answer.status == 200]
        names = sorted({(held["phone_number"], held["name"]) for held in places})
        seen.append((sorted(answer.status for answer in answers), len(ids), len(set(ids)), shown, names))
        seen.append((len({held["priority"] for held in places}), number["recording"], number["routing_strategy"]))
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
        ([200, 404], 9, 9),
        ([200, 200, 200], 10, 10),
    ]
    as_before = [(count, True, "priority") for count in (3, 6, 9, 9, 9, 8, 9)]
    assert seen[1::2] == [*as_before, (10, False, "simultaneous")]


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if "overlap" in fault.needs])
def test_faults_of_overlapping_requests_show(name: str) -> None:
    assert overlaps(Direct(build([], [name]))) != overlaps(Direct(build()))


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if "overlap" in fault.needs])
def test_faults_of_overlapping_requests_are_right_alone(name: str) -> None:
    """One at a time, nothing is wrong with them."""
    say, right = Direct(build([], [name])), Direct(build())
    several = [OVERLAPS[0][0], OVERLAPS[0][1], OVERLAPS[2][0], OVERLAPS[5][0]]
    assert say.in_turn(several) == right.in_turn(several)
