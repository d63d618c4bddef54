"""Evidence that an operator is the run's own: by what the run asked for, and what the server shows."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from conformance.oracle.phone_numbers import read_phone_number
from conformance.target.contents import Contents

_DEFAULT = "operator"
_ALIKE = 0.6
_NO_CHARACTER = re.compile(r"[\ud800-\udfff\ufffd]+")
_LONGEST = 400
_FEWEST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request asked a server to make: the phone numbers and the names that it gave."""

    phones: tuple[Any, ...] = ()
    names: tuple[Any, ...] = ()

    @classmethod
    def of(cls, contents: Contents) -> Claim:
        """Return the claim of a request."""
        return cls(contents.phones, contents.names)

    def sent_phone(self, phone: Any) -> bool:
        """Tell whether a stored number is one that was sent, in whatever spelling."""
        digits = _digits(phone)
        return bool(digits) and any(digits == _digits(each) or phone == _stored(each) for each in self.phones)

    def nearly_sent_phone(self, phone: Any) -> bool:
        """Tell whether a stored number looks like one that was sent, and that a faulty server changed."""
        seen = _digits(phone)
        return any(_are_alike(_digits(each), seen) for each in self.phones)


def matches(claim: Claim, entry: Mapping[str, Any], *, strictly: bool) -> bool:
    """Tell whether an operator is what a claim asked for: its number, and its name too.

    A number alone is no evidence: it may be vouched for, and somebody's already.

    Args:
        strictly: whether number and name have to be those sent, as far as a server may tidy them; else, in the
            answer to the claim itself, a faulty server may have changed them in part.
    """
    phone = entry.get("phone_number")
    is_sent = claim.sent_phone(phone) or (not strictly and claim.nearly_sent_phone(phone))
    return is_sent and _is_named(claim, entry, strictly=strictly)


def _is_named(claim: Claim, entry: Mapping[str, Any], *, strictly: bool) -> bool:
    seen = _plain(entry.get("name"))
    sent = [_plain(each) for each in claim.names]
    if not any(_plain(each) for each in claim.names if isinstance(each, str)):  # no name, or one of another type
        typed = any(each is not None and not isinstance(each, str) for each in claim.names)
        if typed and not strictly and claim.sent_phone(entry.get("phone_number")):
            return True  # turned to text, in whatever way: true is "1" in one language and "True" in another
        shown = seen.startswith(_DEFAULT) if not strictly else seen == _DEFAULT
        as_phone = bool(_digits(seen)) and _digits(seen) == _digits(entry.get("phone_number"))
        return shown or not seen or as_phone or seen in sent
    if seen in sent:
        return True
    if strictly:
        return False
    if seen in {_DEFAULT, ""} and claim.sent_phone(entry.get("phone_number")):
        return True  # a name that was not read: the answer to the claim shows the number that it sent, and no other
    return any(SequenceMatcher(None, each[:_LONGEST], seen[:_LONGEST]).ratio() >= _ALIKE for each in sent if each)


def _are_alike(sent: str, seen: str) -> bool:
    if min(len(sent), len(seen)) < _FEWEST_DIGITS:
        return False
    return sent.endswith(seen[-_FEWEST_DIGITS:]) or SequenceMatcher(None, sent, seen).ratio() >= _ALIKE


def is_plain(value: Any) -> bool:
    """Tell whether a value can go into a journal as it is."""
    return value is None or isinstance(value, (str, int, float))


def _plain(name: Any) -> str:
    text = unicodedata.normalize("NFC", html.unescape("" if name is None else str(name)))
    text = _NO_CHARACTER.sub("\ufffd", text)  # as many marks as there were bytes, in some languages
    return " ".join(text.split()).casefold()


def _digits(value: Any) -> str:
    return re.sub(r"[^0-9]", "", "".join(_ascii(each) for each in str(value))) if isinstance(value, (str, int)) else ""


def _ascii(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def _stored(value: Any) -> str | None:
    return read_phone_number(value).stored if isinstance(value, str) else None
