"""Other words for the words of names: the first letter, the case and the order of all words survive."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import groupby

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST, _LONGEST = 4, 14  # letters after the first
_ROOM = 3  # how many candidates there have to be for each word
_PLAIN = re.compile(r"[A-Za-z][a-z]*")
_SPACES = re.compile(r"(\s+)")


def words_of(name: str) -> list[str]:
    """Return the words of a name that say who somebody is: single letters and digits do not."""
    return [word for word in _SPACES.split(name) if len(word) > 1 and not word.isspace() and not word.isdigit()]


def renamed(name: str, words: dict[str, str]) -> str:
    """Return a name with its words replaced, its spaces as they were."""
    return "".join(words.get(part, part) for part in _SPACES.split(name))


def other_words(words: Collection[str], fixed: Collection[str]) -> dict[str, str]:
    """Return another word for each word, one to one, so that all words sort as they did.

    Args:
        words: to be replaced.
        fixed: words that keep their places among them and are not taken for others.
    """
    fixed = set(fixed) - set(words)
    marks = sorted({*words, *(each for each in fixed if _PLAIN.fullmatch(each))})
    taken = {*words, *fixed}
    found: dict[str, str] = {}
    lower = ""
    for is_fixed, run in groupby(marks, key=lambda each: each in fixed):
        group = list(run)
        if is_fixed:
            lower = group[-1]
            continue
        upper = next((each for each in marks if each in fixed and each > group[-1]), "")
        for first, part in groupby(group, key=lambda each: each[0]):
            of_letter = list(part)
            inner = lower[1:].lower() if lower[:1] == first and _PLAIN.fullmatch(lower) else ""
            outer = upper[1:].lower() if upper[:1] == first and _PLAIN.fullmatch(upper) else None
            for word, rest in zip(of_letter, _between(inner, outer, len(of_letter), first, taken), strict=True):
                found[word] = first + _in_style(rest, word)
    return found


def _in_style(rest: str, word: str) -> str:
    """Keep capitals, and whether a word goes beyond ASCII: both decide how strictly its order is judged."""
    if not word[1:].isascii():
        rest += "é"
    return rest.upper() if word.isupper() else rest


def _between(lower: str, upper: str | None, count: int, first: str, taken: set[str]) -> Iterator[str]:
    """Yield texts of letters in order, above one text and below another, that make no word which is taken."""
    start, step = 0, 1
    for length in range(max(_SHORTEST, len(lower) + 1, len(upper or "") + 1), _LONGEST + len(lower) + len(upper or "")):
        start = _index(lower, length)
        end = _index(upper, length) if upper is not None else len(_LETTERS) ** length
        step = (end - start) // (count + 1)
        if step >= _ROOM:
            break
    for place in range(1, count + 1):
        at = start + place * max(step, 1)
        while first + _text(at, length) in taken:
            at += 1
        yield _text(at, length)


def _index(text: str, length: int) -> int:
    """Return the place of the first text of some length that begins with a text."""
    value = 0
    for letter in text.ljust(length, "a"):
        value = value * len(_LETTERS) + max(_LETTERS.find(letter), 0)
    return value


def _text(index: int, length: int) -> str:
    letters = []
    for _ in range(length):
        index, letter = divmod(index, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(reversed(letters))
