"""Spellings of an operator_id, and values that name nobody, built around an operator of the run's own."""

from __future__ import annotations


def spellings(operator: int) -> dict[str, str]:
    """Return JSON texts whose value is the operator's id, by what they spell."""
    return {
        "text": f'"{operator}"',
        "text with spaces": f'" {operator} "',
        "text with a sign": f'"+{operator}"',
        "text with zeros": f'"00{operator}"',
        "text with a fraction": f'"{operator}.0"',
        "text in hexadecimal": f'"{hex(operator)}"',
        "text with an exponent": f'"{_exponent(operator)}"',
        "fraction of zero": f"{operator}.0",
        "exponent": _exponent(operator),
        "fraction too fine": f"{operator}.00000000000000000001",
    }


def read_as_octal(operator: int) -> int | None:
    """Return whom an id with zeros before it names where these make it octal; None where it has an 8 or a 9."""
    digits = str(operator)
    return None if {"8", "9"} & set(digits) else int(digits, 8)


def naming_nobody(operator: int) -> dict[str, str]:
    """Return JSON texts that name no operator; a lenient server that casts them hits this one."""
    return {
        "text with letters": f'"{operator}abc"',
        "fraction": f"{operator}.5",
        "list": f"[{operator}]",
        "object": f'{{"id": {operator}}}',
        "negative": f"-{operator}",
        "zero": "0",
        "false": "false",
        "empty list": "[]",
        "empty object": "{}",
        "blank text": '" "',
        "word": r'"some\u0000body"',  # what a database may not take as text is no id either
        "beyond 64 bits": str(2**64 + operator),
        "far beyond 64 bits": "1" + "0" * 40,
        "list of text": f'["{operator}"]',
        "negative text": f'"-{operator}"',
        "exponent beyond all": "1e400",
        "nested list": f"[[{operator}]]",
        "true": "true",
    }


def blank() -> dict[str, str]:
    """Return JSON texts of an operator_id that is null or empty."""
    return {"null": "null", "empty text": '""'}


def beyond_a_double(operator: int) -> int:
    """Return an id within 64 bits that a double rounds, and that nobody has."""
    return 2**53 + 2 * (operator % 2**40) + 1


def _exponent(operator: int) -> str:
    digits = str(operator)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else ".0")
    return f"{mantissa}e{len(digits) - 1}"
