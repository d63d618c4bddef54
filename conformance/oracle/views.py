"""Which records of operators an answer shows, wherever they stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.oracle import calls
from conformance.oracle.step import Step

BRIEF_RECORD = ("name", "phone_number", "initials")  # what a detail payload documents of an operator
WHOLE_RECORD = (*BRIEF_RECORD, "email", "active")
_WHOLE = frozenset({calls.LIST_OPERATORS, calls.GET_OPERATOR, calls.CREATE_OPERATOR, calls.UPDATE_OPERATOR})


def shows_whole_records(step: Step) -> bool:
    """Tell whether an answer documents email and active too."""
    return step.call.operation in _WHOLE


def fields_shown(step: Step) -> tuple[str, ...]:
    """Return the fields of an operator that an answer documents; others of these names are extra ones."""
    if shows_whole_records(step):
        return WHOLE_RECORD
    return ("name", "initials") if step.call.operation == calls.LIST_NUMBERS else BRIEF_RECORD


def shown(step: Step) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield every record of an operator that an answer shows."""
    if step.detail is not None:
        yield from step.detail.operators.items()
        yield from step.detail.available.items()
    elif step.call.operation == calls.LIST_OPERATORS and step.answered.entries is not None:
        yield from ((each["id"], each) for each in step.answered.entries if isinstance(each.get("id"), int))
    elif step.call.operation == calls.LIST_NUMBERS:
        for number in step.answered.entries or ():
            people = number.get("operators")
            for each in people if isinstance(people, list) else ():
                if isinstance(each, dict) and isinstance(each.get("id"), int):
                    yield each["id"], each
    elif step.call.operation in {calls.GET_OPERATOR, calls.UPDATE_OPERATOR, calls.CREATE_OPERATOR}:
        record = step.answered.data
        if isinstance(record, dict) and isinstance(record.get("id"), int):
            yield record["id"], record
