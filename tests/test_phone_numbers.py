"""The phone numbers to test with: shape, and what libphonenumber says of them."""

from __future__ import annotations

import json
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import phonenumbers
import pytest
import yaml
from hypothesis.strategies import SearchStrategy

from conformance.oracle.world import Operator, World
from conformance.strategies.drawing import drawn
from conformance.strategies.phone_numbers import calling_code, countries, in_form
from conformance.suite.phones import PhoneNumbers
from conformance.target.stops import NotTestable

SPECS = Path(__file__).parents[1] / "specs"
DATA: dict[str, Any] = yaml.safe_load((SPECS / "phone-numbers.yaml").read_text(encoding="utf-8"))
SCHEMA: dict[str, Any] = json.loads((SPECS / "phone-numbers.schema.json").read_text(encoding="utf-8"))
KEYPAD = str.maketrans("23456789", "ADGJMPTW")


def by_name(entry: dict[str, Any]) -> str:
    """Name the test case of an entry."""
    return str(entry.get("name", entry.get("first")))


def samples(entry: dict[str, Any]) -> list[str]:
    """Return the ends of a range and a few numbers between them."""
    first, last = int(entry["first"]), int(entry["last"])
    return [f"+{number}" for number in sorted({first + (last - first) * part // 7 for part in range(8)})]


def spell(form: dict[str, Any], country: str, number: str) -> str:
    """Fill in a template with one number."""
    facts = DATA["countries"][country]
    national = number.removeprefix("+" + facts["calling_code"])
    text: str = form["template"].format(
        cc=facts["calling_code"],
        trunk=facts["trunk"],
        idd=facts["idd"],
        national=national,
        head=national[:3],
        middle=national[3:-4],
        middle_letters=national[3:-4].translate(KEYPAD),
        tail=national[-4:],
    )
    return text.translate(str.maketrans("0123456789", form.get("digits", "0123456789")))


def e164(text: str, region: str | None) -> str:
    """Read a text as libphonenumber does."""
    parsed = phonenumbers.parse(text, region)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def test_shape() -> None:
    """The file keeps to its schema."""
    jsonschema_rs.meta.validate(SCHEMA)
    jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True).validate(DATA)


@pytest.mark.parametrize("part", ["fiction", "invalid", "open_forms"])
def test_nothing_stands_twice(part: str) -> None:
    """Each entry has a name of its own."""
    names = [by_name(entry) for entry in DATA[part]]
    assert len(names) == len(set(names))


def test_sources_and_countries_are_those_that_are_used() -> None:
    """No entry points nowhere, and nothing is left over."""
    assert {entry["source"] for entry in DATA["fiction"]} == set(DATA["sources"])
    assert {entry["country"] for entry in DATA["fiction"]} == set(DATA["countries"])
    assert {country for form in DATA["open_forms"] for country in form.get("countries", [])} <= set(DATA["countries"])


def test_ranges_do_not_overlap() -> None:
    """A number stands in one range only, and none runs backwards."""
    ranges = sorted((int(entry["first"]), int(entry["last"])) for entry in DATA["fiction"])
    assert all(first <= last for first, last in ranges)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


@pytest.mark.parametrize("entry", DATA["fiction"], ids=by_name)
def test_fiction(entry: dict[str, Any]) -> None:
    """A range lies in its country, is written in E.164, and is as valid as it says."""
    assert len(entry["first"]) == len(entry["last"])
    assert entry["first"].startswith("+" + DATA["countries"][entry["country"]]["calling_code"])
    for number in samples(entry):
        parsed = phonenumbers.parse(number)
        assert e164(number, None) == number
        assert phonenumbers.is_valid_number(parsed) is entry["valid"]
        if entry["valid"]:
            assert phonenumbers.region_code_for_number(parsed) == entry["country"]


def is_valid(text: str, region: str) -> bool:
    """Say whether libphonenumber reads a valid number in a text."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


@pytest.mark.parametrize("entry", DATA["invalid"], ids=by_name)
def test_invalid_is_no_number_anywhere(entry: dict[str, Any]) -> None:
    """No country reads a valid number in it."""
    assert [region for region in phonenumbers.SUPPORTED_REGIONS if is_valid(entry["text"], region)] == []


@pytest.mark.parametrize(
    ("phone", "spelled"),
    [
        ("+12125550123", "+1 (212) 555-0123"),
        ("+442079460123", "+44 (207) 946-0123"),
        ("+999123456789", "+999123456789"),  # no fiction: spelled as another country's, it would be somebody's
        ("+390600000000015", "+390600000000015"),
    ],
)
def test_a_number_that_the_user_vouches_for_stays_that_number(phone: str, spelled: str) -> None:
    assert in_form(phone, "parentheses") == spelled


@pytest.mark.parametrize("form", DATA["open_forms"], ids=by_name)
def test_open_forms(form: dict[str, Any]) -> None:
    """Each form differs from E.164; one that names its country is that number wherever it is read."""
    countries = form.get("countries", list(DATA["countries"]))
    numbers = [
        (entry["country"], number)
        for entry in DATA["fiction"]
        if entry["country"] in countries
        for number in samples(entry)
    ]
    for country, number in numbers:
        text = spell(form, country, number)
        assert text != number
        if form["same_number"]:
            assert {e164(text, region) for region in (None, "US", "DE", country)} == {number}


def supply(*vouched: str, taken: str = "", is_one_kept: bool = False) -> PhoneNumbers:
    """Return the phone numbers of a run that has seen nothing yet but who has one of them."""
    world = World(operators={12: Operator(exists=True, record={"phone_number": taken})})
    times = count(1)  # each time that the same is drawn, other numbers come

    def draw(strategy: SearchStrategy[str], many: int, label: str) -> list[str]:
        return drawn(strategy, many, next(times), label)

    return PhoneNumbers(vouched, lambda: world, draw, 3, lambda: is_one_kept)


def refusing(phones: PhoneNumbers) -> PhoneNumbers:
    """Return them after as many fictional ones were refused as are tried."""
    for _ in range(3):
        phones.note(phones.next(), accepted=False)
    return phones


def test_each_calling_code_comes_before_any_comes_twice() -> None:
    """Whoever is made plainly tries a country, though other requests took numbers in between."""
    phones = supply()
    codes = {DATA["countries"][country]["calling_code"] for country in countries()}
    asked = []
    for _ in codes:
        for _ in countries()[1:]:
            phones.next()  # so that the next in turn is of the country of last time
        asked.append(phones.next_of_another_calling_code())
    assert {calling_code(phone) for phone in asked} == codes


def test_no_number_is_handed_out_twice() -> None:
    """Whichever of the two ways is asked, and after all that were drawn first are gone."""
    phones = supply()
    given = [phone for _ in range(50) for phone in (phones.next(), phones.next_of_another_calling_code())]
    assert len(set(given)) == len(given)


def test_fiction_that_is_refused_is_not_tried_again() -> None:
    """After as many refusals as were allowed nothing is left to make somebody with, unless one is vouched for."""
    phones = refusing(supply())
    for ask in (phones.accepted, phones.accepted_of_another_calling_code, phones.accepted_of_the_project):
        with pytest.raises(NotTestable, match="no --phone-number was given"):
            ask()
    assert phones.next() != phones.next()  # for attempts that have to make nobody


def test_one_of_the_vouched_ones_is_kept_for_the_project() -> None:
    """As long as its key made nobody; the first is for whoever else is made."""
    first, last = "+12025550150", "+390600000000015"
    assert supply(first, last, taken=first, is_one_kept=True).free_vouched() == (last,)  # fiction will do
    phones = refusing(supply(first, last, taken=first, is_one_kept=True))
    assert phones.are_used_up
    with pytest.raises(NotTestable, match="give one more"):
        phones.accepted()
    assert phones.accepted_of_the_project() == last
    assert refusing(supply(first, last, taken=first)).accepted() == last
    assert refusing(supply(last, is_one_kept=True)).accepted() == last  # the only one
