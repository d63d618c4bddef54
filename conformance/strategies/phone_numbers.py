"""Phone numbers: fictional ones that ring nobody, invalid texts, and other spellings."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.contract.files import load_yaml

_HEAD, _TAIL = 3, 4
_NANP_LENGTH = len("+12025550100")
_NANP = re.compile(r"\+1[2-9]\d{9}")
_KEYPAD = dict(zip("23456789", "ADGJMPTW", strict=True))


@dataclass(frozen=True, slots=True)
class FictionRange:
    """Numbers that a regulator keeps free: first to last, as integers without the plus."""

    country: str
    first: int
    last: int
    valid: bool
    kind: str


@dataclass(frozen=True, slots=True)
class InvalidText:
    """A text that is no phone number beyond doubt."""

    name: str
    kind: str
    text: str


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml("phone-numbers.yaml")
    return loaded


@cache
def fiction_ranges() -> tuple[FictionRange, ...]:
    """Return the ranges of specs/phone-numbers.yaml by their first number."""
    ranges = [
        FictionRange(each["country"], int(each["first"][1:]), int(each["last"][1:]), each["valid"], each["kind"])
        for each in _data()["fiction"]
    ]
    return tuple(sorted(ranges, key=lambda each: each.first))


def is_fictional(phone: str) -> bool:
    """Tell whether an E.164 number is reserved for fiction."""
    if phone.startswith("+1"):
        phone = phone[:_NANP_LENGTH]  # a longer one is dialled as its first eleven digits, or not at all
    number = int(phone[1:])
    ranges = fiction_ranges()
    index = bisect.bisect_right([each.first for each in ranges], number) - 1
    return index >= 0 and number <= ranges[index].last


def in_range(fiction: FictionRange) -> SearchStrategy[str]:
    """Draw an E.164 number of one range."""
    return st.integers(fiction.first, fiction.last).map(lambda number: f"+{number}")


def fictional(country: str | None = None) -> SearchStrategy[str]:
    """Draw a fictional E.164 number that libphonenumber takes for valid, of one country or any."""
    chosen = [
        each
        for each in fiction_ranges()
        if each.valid and each.kind != "premium" and (country is None or each.country == country)
    ]
    by_country: dict[str, list[FictionRange]] = {}
    for each in chosen:
        by_country.setdefault(each.country, []).append(each)
    return st.sampled_from(sorted(by_country)).flatmap(lambda name: st.sampled_from(by_country[name])).flatmap(in_range)


def longest(country: str) -> SearchStrategy[str]:
    """Draw a fictional number of a country that is as long as any that libphonenumber takes for valid."""
    chosen = [each for each in fiction_ranges() if each.valid and each.kind != "premium" and each.country == country]
    length = max(len(str(each.last)) for each in chosen)
    return st.sampled_from([each for each in chosen if len(str(each.last)) == length]).flatmap(in_range)


def not_valid() -> SearchStrategy[str]:
    """Draw a fictional number that libphonenumber does not take for valid: E.164 in form only."""
    longest = fictional("US").map(lambda phone: phone + "1237")  # fifteen digits, the most there can be
    return longest | st.sampled_from([each for each in fiction_ranges() if not each.valid]).flatmap(in_range)


def countries() -> tuple[str, ...]:
    """Return the countries that have fictional numbers which libphonenumber takes for valid."""
    return tuple(sorted({each.country for each in fiction_ranges() if each.valid}))


def calling_code(phone: str) -> str:
    """Return the calling code of an E.164 number of a country that this run knows, "" for any other."""
    codes = {facts["calling_code"] for facts in _data()["countries"].values()}
    return next((code for code in sorted(codes, key=len, reverse=True) if phone.startswith(f"+{code}")), "")


def invalid_text(name: str) -> str:
    """Return one of the texts that are invalid beyond doubt."""
    return next(each.text for each in invalid_texts() if each.name == name)


def invalid_texts() -> tuple[InvalidText, ...]:
    """Return the texts that are invalid beyond doubt."""
    return tuple(InvalidText(each["name"], each["class"], each["text"]) for each in _data()["invalid"])


def open_forms(country: str) -> tuple[Mapping[str, Any], ...]:
    """Return the templates that spell a number of a country another way."""
    return tuple(each for each in _data()["open_forms"] if country in each.get("countries", [country]))


def spelled(phone: str, country: str, form: Mapping[str, Any]) -> str:
    """Write an E.164 number of a country in another form."""
    facts = _data()["countries"][country]
    national = phone[1 + len(facts["calling_code"]) :]
    middle = national[_HEAD:-_TAIL]
    text: str = form["template"].format(
        cc=facts["calling_code"],
        national=national,
        trunk=facts["trunk"],
        idd=facts["idd"],
        head=national[:_HEAD],
        middle=middle,
        tail=national[-_TAIL:],
        middle_letters="".join(_KEYPAD.get(digit, digit) for digit in middle),
    )
    digits = form.get("digits")
    if not digits:
        return text
    # The digits of the country stay as they are: a pattern such as [1-9]\d* reads the rest as digits too.
    kept = f"+{facts['calling_code']}"
    kept = kept if text.startswith(kept) else ""
    return kept + text.removeprefix(kept).translate(str.maketrans("0123456789", digits))


def in_form(phone: str, name: str) -> str:
    """Write a fictional or NANP number in a form by its name; a number of another country stays as it is."""
    country = next((each.country for each in fiction_ranges() if each.first <= int(phone[1:]) <= each.last), None)
    if country is None and not _NANP.fullmatch(phone):
        return phone  # spelled as another country's it would be somebody's
    country = country or "US"
    form = next((each for each in open_forms(country) if each["name"] == name), None)
    return spelled(phone, country, form) if form is not None else phone
