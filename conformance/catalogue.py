"""The mock's variants and faults by name: the list of them for people."""

from __future__ import annotations

from conformance.mock.server import list_catalogue
from conformance.report.text import wrap


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
        message = f"no variant or fault has {word!r} in its name or title: without it, all are listed"
        raise ValueError(message)
    return "\n".join(lines) + "\n"
