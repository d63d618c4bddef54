"""Texts for people: what a server sent made harmless, lines wrapped, colours where they are wanted."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from rich.cells import cell_len

Paint = Callable[[str, str], str]
"""(text, style) -> text; the styles are good, bad, warn, dim and bold."""

_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SGR = {"good": "32", "bad": "1;31", "warn": "33", "dim": "2", "bold": "1"}


def printable(text: str) -> str:
    r"""Make visible what a terminal or browser would obey or hide: `\x1b` for an escape, `\u202e` for an override.

    Control and format characters, surrogates, unassigned ones and every space but the common one are
    written as Python writes them. Letters of every script and emoji stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character == " " or category[0] not in "CZ":
        return character
    code = ord(character)
    if code > 0xFFFF:  # noqa: PLR2004 - the last character of four digits
        return f"\\U{code:08x}"
    return _SHORT.get(character) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")  # noqa: PLR2004 - of two


def shorten(text: str, limit: int) -> str:
    """Cut the middle out of a long text and say how much is gone; the end, where the verdict stands, stays."""
    if len(text) <= limit:
        return text
    head, tail = limit * 2 // 3, limit // 3
    return f"{text[:head]} ...({len(text) - head - tail} more)... {text[-tail:]}"


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Break a text between words, so that each line fits; a word that is longer stays whole.

    Args:
        first: stands before the first line.
        rest: stands before the others; as much space as `first` takes by default.
    """
    rest = " " * cell_len(first) if rest is None else rest
    lines, line, empty = [], first, True
    for word in text.split(" "):
        if not empty and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line)
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line]


def cut(text: str, width: int) -> str:
    """Cut a text of ours to one line of so many columns."""
    return text if len(text) <= width else text[: max(width - 3, 0)].rstrip() + "..."


def painter(*, markup: bool) -> Paint:
    """Return a function that colours a text, or leaves it as it is."""
    if not markup:
        return lambda text, _style: text
    return lambda text, style: f"\x1b[{_SGR[style]}m{text}\x1b[0m" if text else text


def plural(count: int, thing: str) -> str:
    """Return `1 clause`, `2 clauses`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def listed(items: Iterable[str]) -> str:
    """Return `a, b and c`."""
    *most, last = [*items] or [""]
    return f"{', '.join(most)} and {last}" if most else last
