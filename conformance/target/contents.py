"""What a request carries, however a lenient server reads it: phone numbers and operators, wherever they stand."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from conformance.exchange import Request
from conformance.oracle.bodies import is_nested_too_deeply
from conformance.oracle.operator_ids import read_operator_id

_PHONE_NAMES = ("phone", "mobile", "msisdn", "telephone")
_E164_TEXT = re.compile(r"\+[1-9][0-9]{6,14}")
_DIGIT_RUN = re.compile(r"[+\uff0b]?\(?\d[\d\s().\-/]{4,}\d")
_OPERATOR_RUN = re.compile(r"operator_?id[^0-9]{0,8}([0-9]{1,19})", re.IGNORECASE)
_OPERATOR_GIVEN = re.compile(r"operator_?id[\"']?\s*[:=]\s*[\"']?[0-9]{1,19}(?![0-9])", re.IGNORECASE)
_LARGEST_UNPACKED = 1024 * 1024
_NOT_JSON = object()


@dataclass(frozen=True, slots=True)
class Contents:
    """What a request carries.

    Args:
        phones: every value that could be taken for a phone number, as it was parsed.
        names: every text given as a `name`.
        operators: every operator that it names, or that common frameworks take it to name.
        casts: those of them that nothing names: true, and a list or an object that is not empty, count as 1 in places.
    """

    phones: tuple[Any, ...] = ()
    names: tuple[Any, ...] = ()
    operators: frozenset[int] = frozenset()
    casts: frozenset[int] = frozenset()


def read_contents(request: Request) -> Contents:
    """Look through query and body: at any depth, every one of repeated fields, in any encoding."""
    query = parse_qsl(request.target.partition("?")[2], keep_blank_values=True, errors="replace")
    pairs: list[tuple[str, Any]] = list(query)
    texts: list[str] = []
    if request.body:
        texts = list(_decodings(request.body))
        parsed = _parse(texts[0], pairs)
        if parsed is _NOT_JSON or _is_form(request):
            pairs += parse_qsl(texts[0], errors="replace")
        elif len(texts) == 1 or _is_plain_json(request):
            texts = []  # read as JSON by all; other decodings would take a backslash in a name for an escape
    phones: list[Any] = []
    for name, value in pairs:
        if any(word in name.casefold() for word in _PHONE_NAMES):
            phones.append(value)
        elif _letters(name) != "operatorid":
            phones += [each for each in _scalars(value) if isinstance(each, str) and _E164_TEXT.fullmatch(each)]
    given = [value for name, value in pairs if _names_operator(name)]
    operators = {each for value in given for each in _operators(value)}
    casts = {1 for value in given if value and isinstance(value, bool | list)}
    for text in texts:
        phones += _DIGIT_RUN.findall(_OPERATOR_GIVEN.sub("", text))  # an id of six digits is no phone number
        operators |= {int(each) for each in _OPERATOR_RUN.findall(text)}
    names = tuple(value for name, value in pairs if name == "name")
    return Contents(tuple(phones), names, frozenset(operators | casts), frozenset(casts - operators))


def _is_plain_json(request: Request) -> bool:
    return (request.header("content-type") or "").lower() in {"application/json", "application/json; charset=utf-8"}


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object."""


def _parse(text: str, pairs: list[tuple[str, Any]]) -> Any:
    """Parse JSON; the members of every object in it are appended to `pairs`."""

    def hook(members: list[tuple[str, Any]]) -> _Pairs:
        pairs.extend(members)
        return _Pairs(members)

    if is_nested_too_deeply(text):
        return _NOT_JSON
    try:
        return json.loads(text, object_pairs_hook=hook, parse_float=Decimal)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _decodings(raw: bytes) -> Iterator[str]:
    """Yield a body as text: first as UTF-8, then as whatever else it may be."""
    yield raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    if b"\0" in raw:
        for charset in ("utf-16", "utf-16-be", "utf-32", "utf-32-be"):
            try:
                yield raw.decode(charset)
            except UnicodeError:
                continue
    if b"%" in raw:
        yield unquote_plus(raw.decode("utf-8", "replace"))
    if b"\\u" in raw:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), raw.decode("utf-8", "replace"))
    for bits in (47, -15):
        try:
            yield zlib.decompressobj(bits).decompress(raw, _LARGEST_UNPACKED).decode("utf-8", "replace")
        except zlib.error:
            continue


def _is_form(request: Request) -> bool:
    return (request.header("content-type") or "").lower().startswith(("application/x-www-form", "multipart/"))


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, _Pairs):
        return  # its members stand in the list of pairs themselves
    if isinstance(value, list):
        for each in value:
            yield from _scalars(each)
    else:
        yield value


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _names_operator(name: str) -> bool:
    letters = _letters(name)
    return letters in {"operatorid", "operatorids", "operator", "operators"} or letters.endswith("operatorid")


def _operators(value: Any) -> Iterator[int]:
    if isinstance(value, list):
        for each in value:
            yield from _operators(each[1] if isinstance(value, _Pairs) else each)
    elif not isinstance(value, bool):
        given = read_operator_id(value)
        yield from (*given.casts, *((given.value,) if given.value else ()))
