"""What a request would have changed: the writes by which later differences are explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.oracle.operator_ids import ABSENT, read_operator_id
from conformance.oracle.phone_numbers import read_phone_number
from conformance.oracle.step import Step
from conformance.oracle.world import Write

_SERVER_ERROR = 500
# After these what was asked for may be done; 301, 307 and 308 say where to ask for it (RFC 9110, 15.4).
_PERHAPS_DONE = frozenset({302, 303})
_IDS = re.compile(rb"(?<![0-9])[0-9]{1,9}(?![0-9])")  # what a body that is no object could be taken to name


def as_write(step: Step, *, lost: bool = False) -> Write:
    """Return what a write names, whatever it was answered; a lost answer counts as accepted."""
    given = read_operator_id(step.fields["operator_id"]) if "operator_id" in step.fields else ABSENT
    operators = set(given.casts) | ({given.value} if given.value else set())
    if step.operator_id is not None:
        operators.add(step.operator_id)
    if step.body.kind in {"not JSON", "other value", "form"}:
        operators |= {int(digits) for digits in _IDS.findall(step.exchange.request.body or b"")}
    raw_phone = step.fields.get("phone_number")
    phone = read_phone_number(raw_phone)
    name = step.fields.get("name")
    return Write(
        step.exchange.number,
        step.call.operation,
        step.actor.name,
        step.expectation.clause if step.expectation else "",
        refused=not lost and not step.succeeded,
        number=step.number_id,
        operators=frozenset(operators),
        phones=frozenset(_phones(phone.stored, raw_phone)),
        names=frozenset({name} if isinstance(name, str) and len(name) > 1 else ()),
        values=frozenset(
            (field, repr(value)) for field, value in step.fields.items() if isinstance(value, str | bool | int | None)
        ),
        does=_does(step),
    )


def _phones(stored: str | None, raw: Any) -> Iterator[str]:
    """Return what a phone number may have been stored as: also a number as its digits."""
    if stored is not None:
        yield stored
    if isinstance(raw, str | int) and not isinstance(raw, bool) and str(raw).strip():
        yield str(raw)


def _does(step: Step) -> str:
    if step.answered.status >= _SERVER_ERROR:
        return "crashed"
    if step.answered.status in _PERHAPS_DONE:
        return "redirected"
    if not step.succeeded:
        return "limited" if step.limited else "refused"
    if step.reattaches:
        return "again"
    return "made" if step.created is not None else "attached" if step.target is not None else "done"
