"""What a `name` may be stored as (contract 1, shape B; contract 3, phone_number and name)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DEFAULT = "Operator"
_LONGEST = 255
_SPELLED = {True: {"true", "t", "1", "yes", "on"}, False: {"false", "f", "0", "no", "off", ""}}


@dataclass(frozen=True, slots=True)
class Name:
    """One value of `name`, as the contract reads it.

    Args:
        clause: the clause that judges what is stored.
        stored: reading -> whether a stored name is that reading.
        may_refuse: whether the server may refuse it.
        label: the input class, for reports.
    """

    clause: str
    stored: Mapping[str, Callable[[str], bool]]
    may_refuse: bool
    label: str

    def reading(self, stored: str) -> str | None:
        """Return the reading that a stored name is, or None if it is none."""
        return next((reading for reading, holds in self.stored.items() if holds(stored)), None)


def _is(text: str) -> Callable[[str], bool]:
    return lambda stored: stored == text


ABSENT = Name("NAME-DEFAULT", {"": _is(DEFAULT)}, may_refuse=False, label="absent")


def read_name(value: Any) -> Name:
    """Classify a parsed JSON value of `name`."""
    if value is None:
        blank: Callable[[str], bool] = lambda stored: not stored.strip()  # noqa: E731 - one of two readings
        return Name("NAME-BLANK", {"default": _is(DEFAULT), "kept": blank}, may_refuse=True, label="null")
    if not isinstance(value, str):
        readings = {"default": _is(DEFAULT), "turned to text": lambda stored: _may_spell(stored, value)}
        label = str(value).lower() if isinstance(value, bool) else type(value).__name__
        names = {"dict": "object", "int": "number", "Decimal": "number"}
        return Name("NAME-OF-OTHER-TYPE", readings, may_refuse=True, label=names.get(label, label))
    if not value.strip():
        kept: Callable[[str], bool] = lambda stored: stored in {value, value.strip()}  # noqa: E731 - as above
        label = "blank text" if value else "empty text"
        return Name("NAME-BLANK", {"default": _is(DEFAULT), "kept": kept}, may_refuse=True, label=label)
    return _read_text(value)


def _may_spell(stored: str, value: Any) -> bool:
    """Tell whether a text may be what a language makes of a value: of a list or an object, any."""
    if isinstance(value, bool):
        return stored.strip().lower() in _SPELLED[value]
    if isinstance(value, int | Decimal):
        return any(character.isdigit() for character in stored) or "inf" in stored.lower()
    return True


def _read_text(text: str) -> Name:
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        trimmed = {text, text.strip()}
        label = "NUL" if "\0" in text else "control character"
        return Name("NAME-CONTROL", {"kept": lambda stored: stored in trimmed}, may_refuse=True, label=label)
    composed = unicodedata.normalize("NFC", text)
    if len(text) > _LONGEST:
        whole = {text, text.strip(), composed, composed.strip()}
        return Name("NAME-LONG", {"kept": lambda stored: stored in whole}, may_refuse=True, label="over 255 characters")
    if text != text.strip():
        spaced: dict[str, Callable[[str], bool]] = {
            "kept": lambda stored: stored in {text, composed},
            "trimmed": lambda stored: stored in {text.strip(), composed.strip()},
        }
        return Name("NAME-SPACES", spaced, may_refuse=False, label="space around it")
    if text != composed:
        return Name("NAME-NOT-NFC", {"kept": _is(text), "normalised": _is(composed)}, may_refuse=False, label="not NFC")
    # The contract does not say what 255 counts: a server may count the bytes in UTF-8, and refuse.
    if len(text.encode()) > _LONGEST:
        return Name("NAME-KEPT", {"": _is(text)}, may_refuse=True, label="over 255 bytes")
    return Name("NAME-KEPT", {"": _is(text)}, may_refuse=False, label="ordinary")
