"""The mock's variants and faults by name: the list of them for people, and what to say of a name that none has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from conformance.mock.faults import FAULTS
from conformance.mock.server import list_catalogue
from conformance.mock.variants import VARIANTS
from conformance.report.text import wrap

_ALL = "`identitycall-conformance mock --list` shows them all"
_LIKE = 0.5  # of 1, as difflib counts


def check_names(variants: Sequence[str], faults: Sequence[str]) -> None:
    """See that there are variants and faults of these names.

    Raises:
        ValueError: one has no such name; the message tells those that are near, and where all are.
    """
    _check("variant", variants, VARIANTS)
    _check("fault", faults, FAULTS)


def _check(kind: str, names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=_LIKE)
            hint = f"did you mean {' or '.join(near)}? " if near else ""
            message = f"no {kind} is called {name!r}: {hint}{_ALL}"
            raise ValueError(message)


def listed(word: str, width: int) -> str:
    """Return the variants and faults that have a word in name, clause or title; a title too long goes below its name.

    Raises:
        ValueError: none has it.
    """
    lines: list[str] = []
    heading: list[str] = []
    for line in list_catalogue().splitlines():
        if not line.startswith("  "):
            heading += wrap(line, width)
        elif word.casefold() in line.casefold():
            name, _, title = line.strip().partition(" ")
            entry = [line] if len(line) <= width else [f"  {name}", *wrap(title.strip(), width, "      ")]
            lines += heading + entry
            heading = []
    if not lines:
        message = f"no variant or fault has {word!r} in its name or title: {_ALL}"
        raise ValueError(message)
    return "\n".join(lines) + "\n"
