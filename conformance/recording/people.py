"""Whose data a recording holds: what the run made, and what belongs to other people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Exchange
from conformance.oracle import calls
from conformance.oracle.bodies import read_body
from conformance.oracle.calls import read_call
from conformance.oracle.phone_numbers import read_phone_number
from conformance.oracle.world import World

PHONE = re.compile(r"(?<![\w+])\+[1-9][0-9]{5,14}(?![0-9])")
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DEFAULT_NAME = "Operator"
_SHORT_TEXT = 40  # a name that a server cut is still the run's


@dataclass(slots=True)
class People:
    """Values that belong to people who were there before the run, and those that the run made."""

    names: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    made_names: set[str] = field(default_factory=lambda: {_DEFAULT_NAME})
    made_phones: set[str] = field(default_factory=set)
    made_emails: set[str] = field(default_factory=set)


def people_of(conversation: Iterable[Exchange], world: World, vouched: Iterable[str] = ()) -> People:
    """Find out whose the names, phone numbers and addresses of a conversation are.

    Args:
        world: what the judge knew at the end: who was made by the run.
        vouched: phone numbers that the user gave; they are somebody's.
    """
    people = People(phones=set(vouched))
    records: list[tuple[int | None, Mapping[str, Any]]] = []
    for exchange in conversation:
        _note_sent(people, exchange)
        records += list(_records(exchange))
    listed_first = _first_listing(conversation)
    for operator, record in records:
        if operator is None or not _is_ours(operator, record, people, world, listed_first):
            _note_foreign(people, record)
    people.names -= {name for name in people.names if name == _DEFAULT_NAME or not name.strip()}
    return people


def _note_sent(people: People, exchange: Exchange) -> None:
    """Take note of what the run sent before anybody was seen to have it."""
    fields = {**read_body(exchange.request).first, **read_body(exchange.request).fields}
    name, phone, email = (fields.get(each) for each in ("name", "phone_number", "email"))
    if isinstance(name, str):
        people.made_names.add(name)
    if isinstance(email, str):
        people.made_emails.add(email)
    for value in (phone, *(phone if isinstance(phone, list) else ())):
        if isinstance(value, str):
            people.made_phones.add(value)
            stored = read_phone_number(value).stored
            if stored is not None:
                people.made_phones.add(stored)
    people.made_phones.update(PHONE.findall((exchange.request.body or b"").decode("utf-8", "replace")))


def _first_listing(conversation: Iterable[Exchange]) -> frozenset[int]:
    """Return the operators that were there before anything was written."""
    found: set[int] = set()
    for exchange in conversation:
        if exchange.request.method != "GET" and exchange.response is not None and exchange.response.status < 300:  # noqa: PLR2004 - the first write
            break
        found |= {operator for operator, _ in _records(exchange) if operator is not None}
    return frozenset(found)


def _is_ours(
    operator: int, record: Mapping[str, Any], people: People, world: World, listed_first: frozenset[int]
) -> bool:
    if operator in listed_first:
        return False
    if world.operator(operator).ours or record.get("phone_number") in people.made_phones:
        return True
    name = record.get("name")
    return isinstance(name, str) and (
        name in people.made_names or any(_is_cut(name, each) for each in people.made_names)
    )


def _is_cut(name: str, made: str) -> bool:
    return len(name) > _SHORT_TEXT and name in made


def _note_foreign(people: People, record: Mapping[str, Any]) -> None:
    for member, found in (
        ("name", people.names),
        ("caller_name", people.names),
        ("phone_number", people.phones),
        ("email", people.emails),
        ("transcript_summary", people.texts),
    ):
        value = record.get(member)
        if isinstance(value, str) and value.strip():
            found.add(value)


def _records(exchange: Exchange) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    """Yield (operator, record) of everything in an answer that has a name or a phone number."""
    if exchange.response is None:
        return
    try:
        parsed = json.loads(exchange.response.body)
    except (ValueError, RecursionError):
        return
    call = read_call(exchange.request)
    people = call.operation in {calls.LIST_OPERATORS, calls.GET_OPERATOR, calls.CREATE_OPERATOR, calls.UPDATE_OPERATOR}
    data = parsed.get("data") if isinstance(parsed, dict) else None
    yield from _walk(data, is_operator=people)


def _walk(value: Any, *, is_operator: bool) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, is_operator=is_operator)
    elif isinstance(value, dict):
        number = value.get("id")
        yield (number if is_operator and isinstance(number, int) else None), value
        for member, each in value.items():
            if isinstance(each, (list, dict)):
                yield from _walk(each, is_operator=member in {"operators", "available_operators"})
