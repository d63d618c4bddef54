"""Lists that a write's own answer shows otherwise than they had to be: the number's page, asked for, says which it is.

Either the write changed what it should not, or it did right and answered wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from conformance.oracle import calls
from conformance.oracle.differences import STALE_AFTER, is_as_it_had_to_be, of_places, show
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import World

_ENOUGH_STOOD = 2  # pages that were as the answer before them: what is wrong is what the writes do
_MOST_ASKED = 3  # pages; the next read of the number decides as well
_OF_PLACES = frozenset({"ORDER-AFTER-REMOVAL", "ORDER-DISTINCT"})  # beside the clauses that lists spoil


@dataclass(frozen=True, slots=True)
class Contested:
    """An answer with another list than had to come, and what was found in it."""

    step: Step
    differences: tuple[Difference, ...]


class ContestedLists:
    """Answers that wait for the page of their number.

    Args:
        about_lists: the clauses that a list which goes wrong spoils.
    """

    def __init__(self, about_lists: Collection[str]) -> None:
        self._about = frozenset(about_lists) | _OF_PLACES
        self._open: dict[int, Contested] = {}
        self._asked = self._stood = self._fell = 0

    @property
    def wanted(self) -> int | None:
        """Return the number whose page would decide."""
        return next(iter(self._open), None) if self._asked < _MOST_ASKED else None

    def hold(self, step: Step, found: Sequence[Difference]) -> list[Difference]:
        """Keep back what an answer's list shows that is not as it had to be; return the rest."""
        number, detail = step.number_id, step.detail
        if step.call.operation == calls.GET_NUMBER and step.before.pages_are_stale:
            return [replace(each, explained_by=(*STALE_AFTER.values(), *each.explained_by)) for each in found]
        if step.reads or detail is None or number is None or self._stood >= _ENOUGH_STOOD:
            return list(found)
        if is_as_it_had_to_be(step, detail.places) is not False:
            return list(found)
        of_the_list = frozenset(of_places(step))
        contested = tuple(each for each in found if each.clause in self._about or each in of_the_list)
        if contested:
            self._open[number] = Contested(step, contested)
        return [each for each in found if each not in contested]

    def is_contested(self, number: int | None) -> bool:
        """Tell whether who stands at a number is not known before it is read."""
        return number in self._open

    def settle(self, step: Step, world: World) -> tuple[World, list[tuple[Step, Difference]], Step | None]:
        """Decide by a page; return also the write whose doing it was, if it was."""
        number = step.number_id
        if step.call.operation != calls.GET_NUMBER or step.detail is None or number is None or number not in self._open:
            return world, [], None
        contested = self._open.pop(number)
        if self._fell and step.before.writes_since(contested.step.exchange.number):
            return world, [], None  # a page after further writes decides nothing
        self._asked += 1
        writing, state = contested.step, contested.step.state
        if is_as_it_had_to_be(writing, step.detail.places):
            self._fell += 1
            return world, [(writing, _answered_wrong(contested, step))], None
        if step.detail.places != state.places:
            self._stood += 1
            return world, [(writing, each) for each in contested.differences], writing
        told = [(writing, _not_done(contested, step))]
        if writing.detail is not None and is_as_it_had_to_be(writing, writing.detail.places, state.answered):
            world = world.with_number(number, places=writing.detail.places)
            return replace(world, pages_are_stale=True), told, None
        self._stood += 1
        return world, told, writing

    def unsettled(self) -> list[tuple[Step, Difference]]:
        """Return what no page explained, unless pages of other answers did."""
        waiting = [] if self._fell else list(self._open.values())
        return [(contested.step, each) for contested in waiting for each in contested.differences]


def _not_done(contested: Contested, step: Step) -> Difference:
    clause = STALE_AFTER[contested.step.call.operation]  # an update changes no list, so that this page would be right
    message = f"number {step.number_id} is read as it was before, after an answer that is neither the old nor the new"
    first = contested.differences[0]
    make = partial(Difference, clause, message, first.expected, show(step.state.places or ()))
    return make(culprits=(step.exchange.number,), explained_by=tuple(STALE_AFTER.values()))


def _answered_wrong(contested: Contested, step: Step) -> Difference:
    first = contested.differences[0]
    shown = step.detail.places if step.detail is not None else ()
    message = f"{first.message} in the write's answer, and not in the read after it"
    return Difference("PAYLOAD-SAME-AS-GET", message, show(shown), first.actual, (step.exchange.number,))
