"""Names: ordinary ones of many scripts, and those that the contract leaves open."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

# One for each class of character that servers are known to mangle. Made up; nobody's in particular.
TELLING = (
    'Siobhán O\'Brien-Núñez, "Zoë" <b>B</b> & Co &amp; \\ 50%20 a+b {0} ${x} #1 @ Jr.',
    "🎧 李小龍 Ольга محمد नेहा 👨‍👩‍👧 Łukasz Weiß’s “ﬁrm” – ① İpek 100%",
    "mcDonald  van der Berg",
    "ida inman",
    "Siobhán O'Brien-Núñez",
    "Łukasz Żółć",
    "Grüße Weiß",
    "李小龍",
    "Ольга Ёлкина",
    "محمد الأمين",
    "नेहा शर्मा",
    'Anna "Ann" <b>Bold</b> & Sons',
    "김 서연",
    "Zoë 🎧 Desk",
    "ALL CAPS",
    "O’Neil",
    "a/b\\c; --",
    "%41 {0} ${x} #1",
    "Đặng Văn Ánh",
    "İpek Şahin",
    "Jr., Robert 3rd",
    "null",
    "0",
    "true",
)
# Every class of character in one, for few requests; without a percent sign at the end it can be decoded like a URL.
TELLING_IN_ONE = f"{TELLING[1].removesuffix(' 100%')}  {TELLING[0]}"
LONGEST_ORDINARY = 255
NOT_COMPOSED = ("Zoe\u0308 Adams", "A\u030angstrom Unit", "Nun\u0303ez Perez")
SPACED = ("  Trim Me 100% ", "\u00a0No Break", "Trailing Tab\t".replace("\t", " "))
BLANK = ("", "   ", None)
CONTROL = ("Nul\0Inside", "Bell\x07 and\nBreak", "Line\nBreak", "Escape\x1b[31mRed")


def other_types(word: str) -> tuple[Any, ...]:
    """Return names that are no text; where a list or an object is turned to text, a word tells whose name it is."""
    return 5, True, [f"Listed {word}"], {"first": word}, 1.5, False, []


def titled() -> SearchStrategy[str]:
    """Draw two capitalised ASCII words, of which the initials are certain."""
    word = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=7).map(str.capitalize)
    return st.tuples(word, word).map(" ".join)


def of_length(length: int) -> str:
    """Return a name of so many characters, no two neighbours alike, so that a cut shows where."""
    words = "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike "
    text = (words * (length // len(words) + 1))[:length]
    return text[:-1] + "x" if text.endswith(" ") else text


def with_accents(name: str) -> str:
    """Return a name of as many characters, and more bytes."""
    return name.translate(str.maketrans("aeo", "äéö"))


def unicode_letters() -> SearchStrategy[str]:
    """Draw names of letters of any script, composed, with one space inside."""
    letters = st.characters(categories=["Lu", "Ll", "Lo"], exclude_characters="\u0130\u0131")
    word = st.text(letters, min_size=2, max_size=8)
    return st.tuples(word, word).map(" ".join).filter(_is_composed)


def _is_composed(text: str) -> bool:

    return unicodedata.is_normalized("NFC", text)
