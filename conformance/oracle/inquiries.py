"""Findings about a person that two faults would explain: the operator's own page, asked for, says which it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.oracle import calls
from conformance.oracle.answers import is_integer
from conformance.oracle.records import is_stored_as
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import World

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What one answer said about some people, and the one of them whose page is asked for.

    Args:
        step: the exchange that showed it.
        differences: what it showed; they stand or fall together.
        operator: whose page decides.
    """

    step: Step
    differences: tuple[Difference, ...]
    operator: int


class Inquiries:
    """Findings that wait for an operator's page."""

    def __init__(self) -> None:
        self._open: list[Inquiry] = []
        self._asked: set[int] = set()

    @property
    def wanted(self) -> int | None:
        """Return the operator whose page would decide, unless it was asked for before."""
        return next((each.operator for each in self._open if each.operator not in self._asked), None)

    def hold(self, step: Step, found: Iterable[Difference], world: World) -> tuple[list[Difference], World]:
        """Keep back what a page may explain; return the rest, and the world in which these people are in doubt."""
        certain: list[Difference] = []
        puzzling: list[Difference] = []
        for difference in found:
            if not difference.about or difference.about in self._asked:
                certain.append(difference)
            elif difference.if_as_sent:
                self._open.append(Inquiry(step, (difference,), difference.about))
            else:
                puzzling.append(difference)
        if puzzling:
            self._open.append(Inquiry(step, tuple(puzzling), puzzling[0].about))
        in_doubt = [each.about for each in puzzling if each.doubts_existence]
        known = {each: world.operator(each) for each in in_doubt}
        return certain, world.with_operators({each: replace(was, exists=None) for each, was in known.items()})

    def settle(self, step: Step, world: World) -> tuple[World, list[tuple[Step, Difference]]]:
        """Decide by a page what was held back for it."""
        operator = step.operator_id
        if step.call.operation != calls.GET_OPERATOR or operator is None or step.actor.scope != "account":
            return world, []
        waiting = [each for each in self._open if each.operator == operator]
        if waiting:
            self._asked.add(operator)
        settled: list[tuple[Step, Difference]] = []
        for inquiry in waiting:
            self._open.remove(inquiry)
            settled += [(inquiry.step, each) for each in _decided(inquiry, step)]
            number = inquiry.step.number_id
            missing = inquiry.differences[0].clause == "ATTACH-STANDS" and inquiry.differences[0].if_not_there
            if number is not None and missing and number in (numbers_on_the_page(step) or ()):
                world = world.with_number(number, pages_are_stale=inquiry.step.reads)
            if number is not None and _is_attached_unlisted(inquiry, step):
                world = world.with_number(number, hidden=world.number(number).hidden | {operator})
            exists = step.answered.status != _NOT_FOUND
            world = _as_on_the_page(inquiry, step, world)
            doubted = {each.about: world.operator(each.about) for each in inquiry.differences if each.doubts_existence}
            world = world.with_operators({each: replace(was, exists=exists) for each, was in doubted.items()})
        return world, settled

    def unsettled(self) -> list[tuple[Step, Difference]]:
        """Return what no page explained."""
        firsts = ((inquiry.step, inquiry.differences[0]) for inquiry in self._open)
        return [(step, first) for step, first in firsts if not first.unless_changed]


def _shows_the_name_sent(inquiry: Inquiry, step: Step) -> bool:
    if not inquiry.differences[0].if_as_sent or not isinstance(step.answered.data, dict):
        return False
    return is_stored_as("name", inquiry.step.fields.get("name"), step.answered.data.get("name"))


def _is_attached_unlisted(inquiry: Inquiry, step: Step) -> bool:
    """Tell whether somebody is neither listed nor available at a number to which they are attached by their page."""
    number = inquiry.step.number_id
    missed = inquiry.differences[0].clause == "PAYLOAD-AVAILABLE-HOLDS"
    return missed and number in (numbers_on_the_page(step) or ()) and step.before.was_put(inquiry.operator, number)


def _as_on_the_page(inquiry: Inquiry, step: Step, world: World) -> World:
    """Return the world with the name of the page, where the list that showed another was wrong."""
    if not _shows_the_name_sent(inquiry, step):
        return world
    operator = world.operator(inquiry.operator)
    record = {**operator.record, "name": step.answered.data["name"]}
    return world.with_operators({inquiry.operator: replace(operator, record=record)})


def _decided(inquiry: Inquiry, step: Step) -> list[Difference]:
    first = inquiry.differences[0]
    if first.unless_changed:
        return [first] if isinstance(step.answered.data, dict) and step.answered.data.get("active") is True else []
    if step.answered.status == _NOT_FOUND:
        return [replace(first, clause=first.if_gone or first.clause)]
    if first.if_as_sent:
        if not _shows_the_name_sent(inquiry, step):
            return [first]
        return [replace(first, clause=first.if_as_sent, message="the list shows another name than the operator's page")]
    listed = numbers_on_the_page(step)
    if first.if_not_there:
        there = listed is None or inquiry.step.number_id in listed
        return [first if there else replace(first, clause=first.if_not_there)]
    if _is_attached_unlisted(inquiry, step):
        clause = "ATTACH-STANDS" if inquiry.step.reads else "ATTACH-LISTED"
        message = f"operator {inquiry.operator} is attached by their own page, and not on the number's list"
        return [replace(first, clause=clause, message=message, expected="on the list", actual="not on it")]
    if first.doubts_existence or first.if_gone:
        return [first]
    attached = step.before.attached_at(inquiry.operator)
    return [first] if listed in {None, attached} else []  # else the page is compared by itself


def numbers_on_the_page(step: Step) -> frozenset[int] | None:
    """Return the numbers that an operator's page lists; None where it is none."""
    data = step.answered.data
    numbers = data.get("virtual_numbers") if isinstance(data, dict) else None
    if not isinstance(numbers, list):
        return None
    return frozenset(each["id"] for each in numbers if isinstance(each, dict) and is_integer(each.get("id")))
