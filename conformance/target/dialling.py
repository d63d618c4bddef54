"""Whom a phone number could ring, however a lenient server reads it: nobody may be rung by a run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import phonenumbers

from conformance.oracle.phone_numbers import E164, read_phone_number

_FEWEST, _SHORT, _MOST = 2, 6, 15
_INTERNATIONAL = ("0011", "011", "00")
_KEYS = {
    letter: digit
    for digit, letters in zip("23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True)
    for letter in letters
}


def could_ring(value: Any, may_be_sent: Callable[[str], bool]) -> str | None:
    """Return a number of somebody that a value could be read as, or None where there is none.

    Args:
        value: what a request gives as a phone number: a text, a number, or lists and objects of them.
        may_be_sent: tells of an E.164 number whether it is fictional or vouched for.
    """
    for text in _texts(value):
        if E164.fullmatch(text):
            if not may_be_sent(text):
                return text
            continue
        stored = read_phone_number(text).stored
        numbers: tuple[str, ...] = readings(text) if stored is None else (stored, *readings(text))
        for number in numbers:
            if not may_be_sent(number):
                return number
    return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif value is not None and not isinstance(value, bool):
        yield f"{value:f}".partition(".")[0] if not isinstance(value, int) else str(value)


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[str, ...]:
    """Return every number in use that some reading of a text gives: E.164, or an emergency number as it is.

    A text that does not name its country is read in every country.
    """
    ascii_text = "".join(_plain(character) for character in text)
    digits = re.sub(r"[^0-9]", "", ascii_text)
    names_country = "+" in ascii_text
    if not names_country and _FEWEST <= len(digits) <= _SHORT:
        return (digits,)
    found: dict[str, None] = {}
    for variant in _digits(ascii_text):
        _note(found, f"+{variant}", None)
    _note(found, ascii_text, None)
    if not names_country and len(digits) <= _MOST:
        for region in sorted(phonenumbers.SUPPORTED_REGIONS):
            _note(found, ascii_text, region)
    return tuple(found)


def _plain(character: str) -> str:
    value = unicodedata.digit(character, None)
    if value is not None and not character.isascii():
        return str(value)
    return "+" if character == "\uff0b" else character


def _digits(text: str) -> Iterator[str]:
    """Yield the digits of a text as careless servers pick them: with keypad letters, without, up to the first."""
    keyed = "".join(_KEYS.get(each, each) for each in text.lower().removeprefix("tel:"))
    for variant in (text, keyed, re.split(r"[A-Za-z;,#*]", text.removeprefix("tel:"))[0], text.replace("(0)", "")):
        digits = re.sub(r"[^0-9]", "", variant)
        yield from (digits, digits.lstrip("0"), digits[:_MOST], digits.lstrip("0")[:_MOST])
        for prefix in _INTERNATIONAL:
            if digits.startswith(prefix):
                yield digits.removeprefix(prefix)


def _note(found: dict[str, None], text: str, region: str | None) -> None:
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_valid_number(parsed):
        found[phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)] = None
