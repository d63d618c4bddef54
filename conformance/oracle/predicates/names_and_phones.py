"""Clauses of what a new operator's name and phone number are stored as (contract 1, shape B; contract 3)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from conformance.oracle import calls
from conformance.oracle.expectation import Creation
from conformance.oracle.names import DEFAULT
from conformance.oracle.phone_numbers import E164
from conformance.oracle.predicates.answers import answer_difference
from conformance.oracle.predicates.registry import ADDS, HOLDS, Judged, Observed, Predicate, predicate
from conformance.oracle.step import Difference, Step

_SHOWN = 60
_NO_NAMES = frozenset({"NAME-BLANK", "NAME-OF-OTHER-TYPE"})
_OPERATOR_WRITES = frozenset({calls.CREATE_OPERATOR, calls.UPDATE_OPERATOR})


def _made(step: Step) -> tuple[Creation, str | None, str | None] | None:
    """Return what was asked for, and the name and number that the new operator shows."""
    if step.created is None or step.match is None or step.detail is None:
        return None
    entry = step.detail.operators[step.created]
    name, phone = entry.get("name"), entry.get("phone_number")
    creation = step.match.outcome.creation
    if creation is None:
        return None
    return creation, name if isinstance(name, str) else None, phone if isinstance(phone, str) else None


def _judge_name(clause: str) -> Predicate:
    def judge(step: Step) -> Judged:
        made = _made(step)
        if made is not None and made[0].name.clause == clause:
            creation, stored, _ = made
            if stored is None:
                return _no_name(clause, step, creation.name.label)
            reading = creation.name.reading(stored)
            if reading is None:
                return [_other_name(clause, step, stored)]
            return Observed(reading, creation.name.label) if reading else HOLDS
        if step.expectation is None or step.expectation.clause != clause or step.succeeded:
            return None
        if step.match is None:
            return [answer_difference(step)]
        return Observed(step.reading, step.expectation.input_class)

    return judge


def _no_name(clause: str, step: Step, label: str) -> Judged:
    """Judge a name of null: a blank one may be kept so, another was lost; one of another type breaks the shape."""
    entry = step.detail.operators[step.created] if step.detail is not None and step.created is not None else {}
    if entry.get("name", "absent") is not None:
        return None
    return Observed("kept", label) if clause == "NAME-BLANK" else [_other_name(clause, step, None)]


def _other_name(clause: str, step: Step, stored: str | None) -> Difference:
    sent = step.fields.get("name", "absent")
    expected = "'Operator'" if clause == "NAME-DEFAULT" else f"the name sent: {_in_short(sent)}"
    found = "null" if stored is None else _in_short(stored)
    make = partial(Difference, clause, "the name is stored as another", expected, found)
    difference = make(explained_by=_explained_by(clause, stored))
    if step.created is None or stored is None or not isinstance(sent, str):
        return difference
    return replace(difference, about=step.created, if_as_sent="PAYLOAD-OPERATOR-RECORD")


def _explained_by(clause: str, stored: str | None) -> tuple[str, ...]:
    """Return what explains another name: another default, or that no name is read at all."""
    if clause in _NO_NAMES:
        return ("NAME-DEFAULT",)
    return ("NAME-KEPT",) if stored == DEFAULT else ()


def _in_short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(str(value))} characters)"


for _clause in (
    "NAME-DEFAULT",
    "NAME-KEPT",
    "NAME-BLANK",
    "NAME-LONG",
    "NAME-CONTROL",
    "NAME-SPACES",
    "NAME-NOT-NFC",
    "NAME-OF-OTHER-TYPE",
):
    predicate(_clause, ADDS)(_judge_name(_clause))


@predicate("PHONE-STORED", ADDS)
def an_e164_number_is_stored_as_it_is(step: Step) -> Judged:
    """A real call goes to the digits stored (contract 1, shape B)."""
    made = _made(step)
    if made is None or made[0].phone.kind != "e164" or made[2] is None:
        return None
    if not E164.fullmatch(made[2]):
        return None
    if made[2] == made[0].phone.stored:
        return HOLDS
    return [Difference("PHONE-STORED", "another number is stored", str(made[0].phone.stored), made[2])]


@predicate("PHONE-STORED-E164", ADDS | _OPERATOR_WRITES)
def what_is_stored_is_e164(step: Step) -> Judged:
    """The edge of every open form (contract 3, phone_number and name), and normalised on save (contract 2)."""
    made = _made(step)
    stored = made[2] if made is not None else _stored_by_a_neighbour(step)
    if stored is None:
        return None
    if E164.fullmatch(stored):
        return HOLDS
    return [Difference("PHONE-STORED-E164", "the number stored is not E.164", "+ and up to 15 digits", repr(stored))]


def _stored_by_a_neighbour(step: Step) -> str | None:
    record = step.answered.data if step.call.operation in _OPERATOR_WRITES and step.succeeded else None
    if not isinstance(record, dict) or not isinstance(step.fields.get("phone_number"), str):
        return None
    phone = record.get("phone_number")
    return phone if isinstance(phone, str) else None


@predicate("PHONE-NORMALISED", ADDS)
def another_spelling_is_the_same_number(step: Step) -> Judged:
    """Normalised, where the text itself says which number it is (contract 3, phone_number and name)."""
    governing = step.expectation.clause if step.expectation is not None and step.match is not None else ""
    if governing == "PHONE-OTHER-FORM" and not step.succeeded:
        return HOLDS
    made = _made(step)
    if made is None or made[0].phone.kind != "other form" or made[0].phone.stored is None or made[2] is None:
        return None
    if not E164.fullmatch(made[2]) or made[2] == made[0].phone.stored:
        return HOLDS
    difference = Difference("PHONE-NORMALISED", "another number is stored", made[0].phone.stored, made[2])
    return [replace(difference, explained_by=("PHONE-STORED",))]
