"""What a `phone_number` of a request body is (contract 1, shape B; contract 3, phone_number and name)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import phonenumbers

Kind = Literal["absent", "blank", "other type", "e164", "other form", "invalid"]

E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_EXTENSION = re.compile(r"(\+[1-9][0-9]{6,14})(?:;?ext[.=:]?|x|#)[0-9]{1,5}")
_VANITY = re.compile(r"\+1[2-9](?=[0-9A-Z]{9}$)[0-9]*[A-Z][0-9A-Z]*")
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_MOST_DIGITS = 15
_FEWEST_TELLING, _MOST_TELLING = 6, 8  # digits: a subscriber has as many, with or without the area
_LONGEST_DIALLING_PREFIX = 4  # 00, 011 or 0011, before a number that has no plus
_LEADING = re.compile(r"\+?[0-9]+")  # before an extension, or letters
_SEPARATORS = " \t\r\n.()/"
_SEPARATING = {"Zs", "Zl", "Zp", "Pd", "Cf"}  # Unicode's spaces and dashes of all kinds, and what is not seen at all


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One value of `phone_number`, as the contract reads it.

    Args:
        kind: e164 has the form of E.164; invalid is so beyond doubt; other form is everything between.
        stored: the one E.164 number that storing this can mean, or None where several can.
        label: the input class, for reports.
        ending: the last digits of another form; "" where there are few.
    """

    kind: Kind
    stored: str | None = None
    label: str = ""
    ending: str = ""


ABSENT = PhoneNumber("absent")


def read_phone_number(value: Any) -> PhoneNumber:
    """Classify a parsed JSON value."""
    if value is None:
        return PhoneNumber("blank", label="null")
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        inner = read_phone_number(value[0])
        stored = inner.stored if inner.kind == "e164" else None
        return PhoneNumber("other type", stored, label="list of one text")
    if not isinstance(value, str):
        return PhoneNumber("other type", label=_type_name(value))
    if not value.strip():
        return PhoneNumber("blank", label="blank text" if value else "empty text")
    return _read_text(value)


@lru_cache(maxsize=4096)
def _read_text(value: str) -> PhoneNumber:
    if E164.fullmatch(value):
        return PhoneNumber("e164", value, label=_place(value))
    return _read_other(value)


def _place(number: str) -> str:
    """Name the country of a number in use by its numbering plan; servers serve some, and check ranges or do not."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "E.164 of no country"
    if not phonenumbers.is_valid_number(parsed):
        return "E.164 in form only"
    return f"E.164 of {phonenumbers.region_code_for_number(parsed)}"


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else "number"


def _read_other(text: str) -> PhoneNumber:
    ascii_text = "".join(_as_ascii_digit(character) for character in text)
    digits = [character for character in ascii_text if character in "0123456789"]
    if not digits:
        return PhoneNumber("invalid", label="only a plus" if text == "+" else "no digit")
    bare = "".join(character for character in ascii_text if not _separates(character))
    if bare.startswith("+0"):
        return PhoneNumber("invalid", label="a leading +0")
    leading = _LEADING.match(bare.removeprefix("tel:"))
    most = _MOST_DIGITS + (_LONGEST_DIALLING_PREFIX if leading and leading[0].startswith("0") else 0)
    if leading and len(leading[0].removeprefix("+")) > most:
        return PhoneNumber("invalid", label="more than 15 digits")
    same = _spoken(text, bare.removeprefix("tel:"))
    says_which = E164.fullmatch(same) is not None and "(0)" not in text  # a trunk zero is not part of the number
    ending = "".join(digits[-_MOST_TELLING:]) if len(digits) >= _FEWEST_TELLING else ""
    return PhoneNumber("other form", same if says_which else None, _form(text, ascii_text, bare), ending)


def _spoken(text: str, bare: str) -> str:
    """Return the number itself of a text with an extension, or with a North American number's letters."""
    with_extension = _EXTENSION.fullmatch(bare)
    if with_extension is not None:
        return with_extension[1]
    if _VANITY.fullmatch(bare) and text.isascii():
        return bare[:2] + bare[2:].translate(_KEYPAD)
    return bare


def _separates(character: str) -> bool:
    return character in _SEPARATORS or unicodedata.category(character) in _SEPARATING


def _as_ascii_digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None or character.isascii() else str(value)


def _form(text: str, ascii_text: str, bare: str) -> str:
    if text != ascii_text:
        return "digits that are not ASCII"
    if text.startswith("tel:"):
        return "tel URI"
    if _EXTENSION.search(bare) is not None or re.search(r"[#;,]", text):
        return "with an extension"
    if re.search(r"[A-Za-z*]", text):
        return "with letters"
    if text != text.strip():
        return "space around it"
    if re.fullmatch(r"\+[0-9][0-9 ()-]*", text):
        return "spaced or punctuated"
    if not text.isascii():
        return "punctuated beyond ASCII"
    if "/" in text:
        return "with slashes"
    if bare.startswith("+"):
        return "punctuated otherwise"
    return "without a plus"
