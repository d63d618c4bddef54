"""Lists that a write's own answer shows otherwise than they had to be: the number's page, asked for, says which it is.

Either the write changed what it should not, or it did right and answered wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from conformance.oracle import calls
from conformance.oracle.differences import STALE_AFTER, of_places, removal_reading, show
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import Places

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

    def settle(self, step: Step) -> tuple[list[tuple[Step, Difference]], Step | None]:
        """Decide by a page; return also the write whose doing it was, if it was."""
        number = step.number_id
        if step.call.operation != calls.GET_NUMBER or step.detail is None or number not in self._open:
            return [], None
        contested = self._open.pop(number)
        if self._fell and step.before.writes_since(contested.step.exchange.number):
            return [], None  # a page after further writes decides nothing
        self._asked += 1
        if is_as_it_had_to_be(contested.step, step.detail.places):
            self._fell += 1
            return [(contested.step, _answered_wrong(contested, step))], None
        self._stood += 1
        if step.detail.places == contested.step.state.places:
            return [(contested.step, _not_done(contested, step))], contested.step
        return [(contested.step, each) for each in contested.differences], contested.step

    def unsettled(self) -> list[tuple[Step, Difference]]:
        """Return what no page explained, unless pages of other answers did."""
        waiting = [] if self._fell else list(self._open.values())
        return [(contested.step, each) for contested in waiting for each in contested.differences]


def is_as_it_had_to_be(step: Step, places: Places) -> bool | None:
    """Tell whether a list may be what a write had to leave; None where that is not known."""
    old = step.state.places
    if old is None or not step.is_steady or not step.succeeded or step.match is None:
        return None
    if step.call.operation == calls.UPDATE_NUMBER or (step.adds and step.reattaches):
        return places == old
    if step.call.operation == calls.REMOVE:
        rest = tuple(place for place in old if place.operator != step.operator_id)
        same = [place.operator for place in rest] == [place.operator for place in places]
        return same and removal_reading(rest, places) is not None
    mine = [place.priority for place in places if place.operator == step.target]
    if not step.adds or step.target is None or len(mine) != 1:
        return None
    others = tuple(place for place in places if place.operator != step.target)
    return others == old and all(place.priority < mine[0] for place in others)


def _not_done(contested: Contested, step: Step) -> Difference:
    clause = STALE_AFTER[contested.step.call.operation]  # an update changes no list, so that this page would be right
    message = f"number {step.number_id} is read as it was before, after an answer that is neither the old nor the new"
    first = contested.differences[0]
    return Difference(clause, message, first.expected, show(step.state.places or ()), (step.exchange.number,))


def _answered_wrong(contested: Contested, step: Step) -> Difference:
    first = contested.differences[0]
    shown = step.detail.places if step.detail is not None else ()
    message = f"{first.message} in the write's answer, and not in the read after it"
    return Difference("PAYLOAD-SAME-AS-GET", message, show(shown), first.actual, (step.exchange.number,))
