"""The mark: a word in the names of a run's operators, by which two runs on one account are told apart."""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Iterable

_LETTERS = "bcdfghjklmnpqrstvwxz"
_LENGTH = 5
PREFIX = b"Cq"
_MARK = re.compile(rf"\bCq[{_LETTERS}]{{{_LENGTH}}}\b")


def new_mark() -> str:
    """Return a mark that no other run has: no word of any language, and ASCII, so that no server tidies it."""
    return mark_of(secrets.randbelow(len(_LETTERS) ** _LENGTH))


def mark_of_seed(seed: int) -> str:
    """Return the mark of a seed: for the embedded mock, which no other run speaks to."""
    return mark_of(zlib.crc32(f"mark {seed}".encode()))


def mark_of(number: int) -> str:
    """Return the mark of a number, the same each time."""
    return "Cq" + "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_LENGTH))


def carries(name: object, mark: str) -> bool:
    """Tell whether a name carries a mark, in whatever case a server wrote it."""
    return bool(mark) and isinstance(name, str) and mark.casefold() in name.casefold()


def foreign_mark(names: Iterable[object], own: str) -> str | None:
    """Return the first mark of another run among names, or None."""
    for name in names:
        for found in _MARK.findall(name) if isinstance(name, str) else ():
            if found != own:
                return str(found)
    return None
