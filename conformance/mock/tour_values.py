"""The values that the tour sends: ids, phone numbers, names and headers, of every kind that a fault is about."""

from collections.abc import Iterable

from conformance.mock.seed import token_of


def ids(nobody: int) -> Iterable[object]:
    """Return values of operator_id, some of which name nobody."""
    large = (nobody, 1, 50, 2**32 + 14, 2**53 + 1, 2**63, -5, 0)
    return (*large, True, [14], {"id": 14}, "14", "014", "14abc", "abc", "a\0c", 14.5, None, "")


def phones() -> Iterable[object]:
    """Return values of phone_number."""
    invalid = ("", None, 12025550153, ["+12025550153"], "+", "none", "+0202555015", "+1202555015012345")
    other_digits = "+" + "".join(chr(0x660 + int(digit)) for digit in "12025550150")
    return (*invalid, "+1800FLOWERS", "+12025550150 ext. 12", "2025550153", "0012025550153", other_digits)


def names() -> Iterable[object]:
    """Return values of name."""
    plain = ("o'neill & sons @ home", "Solo", "None", "Agent 007", " spaced%20out ", "Operator", "Greta Hall")
    foreign = ("\u00c9lodie  Bru\u0301n", "\u674e\u5c0f\u9f99", "Party \U0001f389")
    long = ("x" * 100, "l\u00f6ng name " * 24, "z" * 300, "e" * 10_000)
    return (*plain, *foreign, *long, "ab\0cd", "ab\7cd", None, 5, {"first": "Ab"}, ["Ab"])


def authorizations() -> Iterable[str | None]:
    """Return Authorization headers; None for no such header."""
    good, expired = token_of("account"), token_of("expired")
    swapped = good[:4] + good[4:].swapcase()
    half = good[:20] + good[20:][::-1]
    ends = (f"Bearer {good}tail", f"Bearer {good[:-1]}", f"Bearer {good}\u00e9")
    others = ("Bearer", "nospace", good, *ends, f"Token {good}", f"bearer {good}")
    return (None, *others, *(f"Bearer {token}" for token in ("idc_" + "z" * 32, swapped, half, expired)))
