"""What an `operator_id` of a request body names (contract 1, shape A; contract 3, operator_id)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from conformance.oracle.calls import LARGEST_ID

Kind = Literal["absent", "exact", "spelled", "nobody", "blank"]

_LONGEST_TEXT = 40  # digits; beyond it no spelling is within 64 bits
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,16}")
_LEADING = re.compile(r"\s*([+-]?[0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class OperatorId:
    """One value of `operator_id`, as the contract reads it.

    Args:
        kind: exact is a JSON integer within 64 bits above zero; spelled has such a value in another
            spelling; nobody cannot name an operator; blank is null or empty text.
        value: the integer that exact and spelled have.
        casts: the operators that common frameworks take a `nobody` for.
        may_be_absent: whether a server may read it as if the field were not there.
        label: the input class, for reports.
    """

    kind: Kind
    value: int | None = None
    casts: frozenset[int] = frozenset()
    may_be_absent: bool = False
    label: str = ""


ABSENT = OperatorId("absent")


def read_operator_id(value: Any) -> OperatorId:
    """Classify a parsed JSON value: numbers with a fraction or exponent come as Decimal."""
    if value is None:
        return OperatorId("blank", label="null")
    if isinstance(value, bool):
        return OperatorId(
            "nobody", casts=frozenset({1} if value else ()), may_be_absent=not value, label=str(value).lower()
        )
    if isinstance(value, int):
        return _from_integer(value)
    if isinstance(value, Decimal):
        return _from_decimal(value)
    if isinstance(value, str):
        return _from_text(value)
    return _from_container(value)


def spelled_integer(text: str) -> int | None:
    """Return the integer that a text spells in any common way, or None."""
    stripped = text.strip()
    if len(stripped) > _LONGEST_TEXT:
        return None
    if _HEX.fullmatch(stripped):
        return int(stripped, 16)
    if not _DECIMAL.fullmatch(stripped):
        return None
    number = Decimal(stripped)
    if number.adjusted() > _LONGEST_TEXT or number != number.to_integral_value():
        return None
    return int(number)


def leading_integer(text: str) -> int | None:
    """Return the integer that a text begins with, as C's atoi reads it, or None."""
    found = _LEADING.match(text)
    return int(found[1]) if found else None


def _from_integer(value: int) -> OperatorId:
    if 0 < value <= LARGEST_ID:
        return OperatorId("exact", value, label="integer")
    if value > LARGEST_ID:
        wrapped = {value % 2**64, value % 2**32, round(float(value)) if value < 2**1000 else 0}
        return OperatorId("nobody", casts=frozenset(wrapped), label="beyond 64 bits")
    label = "zero" if value == 0 else "negative"
    return OperatorId("nobody", casts=frozenset({abs(value)}), label=label)


def _from_decimal(value: Decimal) -> OperatorId:
    if not value.is_finite() or value.adjusted() > _LONGEST_TEXT:
        return OperatorId("nobody", label="beyond 64 bits")
    if value == value.to_integral_value():
        found = _from_integer(int(value))
        return OperatorId("spelled", found.value, label="fraction of zero") if found.value else found
    if float(value).is_integer() and 0 < float(value) <= LARGEST_ID:
        return OperatorId("spelled", int(float(value)), label="fraction that a double cannot hold")
    return OperatorId("nobody", casts=frozenset({int(value), int(value) + 1}), label="fraction")


def _from_text(text: str) -> OperatorId:
    if text == "":
        return OperatorId("blank", label="empty text")
    if not text.strip():
        return OperatorId("nobody", may_be_absent=True, label="blank text")
    value = spelled_integer(text)
    if value is not None and 0 < value <= LARGEST_ID:
        return OperatorId("spelled", value, label=f"text {_spelling(text)}")
    lead = leading_integer(text)
    casts = frozenset() if lead is None else frozenset({lead, abs(lead)})
    label = "text that is no integer" if lead is None else "text that begins with an integer"
    return OperatorId("nobody", casts=casts, label=label)


def _spelling(text: str) -> str:
    if text.isdigit():
        return "with leading zeros" if text.startswith("0") else "of digits"
    if text != text.strip():
        return "with space"
    if text[:2] in {"0x", "0X"}:
        return "in hexadecimal"
    if text.startswith("+"):
        return "with a sign"
    return "with an exponent" if "e" in text.lower() else "with a fraction of zero"


def _from_container(value: Any) -> OperatorId:
    label = "list" if isinstance(value, list) else "object"
    inner = value if isinstance(value, list) else list(value.values())
    casts: set[int] = {1} if inner else set()  # as PHP and others count what is not empty
    for each in inner[:20]:
        if not isinstance(each, list | dict):
            found = read_operator_id(each)
            casts |= found.casts | ({found.value} if found.value else set())
    return OperatorId("nobody", casts=frozenset(casts), may_be_absent=not inner, label=label)
