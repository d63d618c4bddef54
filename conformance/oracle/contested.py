"""Lists that a write's own answer shows otherwise than they had to be: the number's page, asked for, says which it is.

Either the write changed what it should not, or it did right and answered wrong. What no page decides is told as the
answer shows it: nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from conformance.oracle import calls
from conformance.oracle.differences import STALE_AFTER, is_as_it_had_to_be, of_places, show
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import World

SECOND_LOOK_AFTER = 0.95  # seconds; a read after a second tells late from never (contract 3)
_MOST_ASKED = 12  # pages in a run, but for the first of each kind
_OF_PLACES = frozenset({"ORDER-AFTER-REMOVAL", "ORDER-DISTINCT"})  # beside the clauses that lists spoil
_ANSWERED_WRONG = "PAYLOAD-SAME-AS-GET"

Found = list[tuple[Step, Difference]]


@dataclass(frozen=True, slots=True)
class Contested:
    """An answer with another list than had to come, and what was found in it."""

    step: Step
    differences: tuple[Difference, ...]

    @property
    def kind(self) -> tuple[str, frozenset[str]]:
        """Return what it is about: the operation, and the clauses."""
        return self.step.call.operation, frozenset(each.clause for each in self.differences)


class ContestedLists:
    """The last answer of this kind at each number, until its page comes.

    Args:
        about_lists: the clauses that a list which goes wrong spoils.
    """

    def __init__(self, about_lists: Collection[str]) -> None:
        self._about = frozenset(about_lists) | _OF_PLACES
        self._open: dict[int, Contested] = {}
        self._asked = 0
        self._decided: set[tuple[str, frozenset[str]]] = set()
        self._fell: set[tuple[str, frozenset[str]]] = set()
        self._unknown: int | None = None
        self._early: Step | None = None
        self.wants_second_look = False

    @property
    def wanted(self) -> int | None:
        """Return the number whose page would decide."""
        return next(iter(self._open), None)

    def hold(self, step: Step, found: Sequence[Difference]) -> list[Difference]:
        """Keep back what an answer's list shows that is not as it had to be; return the rest."""
        number = step.number_id
        self._unknown = None
        if _is_of_another_key(step) and self._asked < _MOST_ASKED:
            return self._hold_page(step, found)
        if step.call.operation == calls.GET_NUMBER:
            is_stale = any(each.pages_are_stale for each in step.before.numbers.values())
            return [self._as_of_a_stale_page(step, each) if is_stale else each for each in found]
        if self._asked >= _MOST_ASKED and self._fell and not step.reads:
            self._unknown = number  # who answers so tells nothing of who stands there
        if number is None or not _shows_another_list(step):
            return list(found)
        of_the_list = frozenset(of_places(step))
        contested = Contested(step, tuple(each for each in found if each.clause in self._about or each in of_the_list))
        rest = [each for each in found if each not in contested.differences]
        if not contested.differences:
            return rest
        if self._asked < _MOST_ASKED or contested.kind not in self._decided:
            self._open[number] = contested
            return rest
        return [*rest, *(each for _, each in self._undecided(contested))]

    def _hold_page(self, step: Step, found: Sequence[Difference]) -> list[Difference]:
        """Keep back what a key that is no project's is shown otherwise: the account's key is asked what is there."""
        contested = Contested(step, tuple(each for each in found if each in frozenset(of_places(step))))
        if contested.differences and step.number_id is not None:
            self._open[step.number_id] = contested
            self._unknown = step.number_id
        return [each for each in found if each not in contested.differences]

    def is_contested(self, number: int | None) -> bool:
        """Tell whether the last answer's list of a number waits for its page."""
        return number in self._open

    def leaves_open_who_is_at(self, number: int | None) -> bool:
        """Tell whether the last answer says nothing of who stands at a number, as others of its kind did not."""
        return number is not None and number == self._unknown

    def settle(self, step: Step, world: World) -> tuple[World, Found, Step | None]:
        """Decide by a page; return also the write whose doing it was, if it was.

        Another write at the number before its page was read, or a page that is none, leaves it as the answer shows it.
        """
        number = step.number_id
        self.wants_second_look = False
        if number is None or number not in self._open or step.call.operation not in calls.DETAIL_CALLS:
            return world, [], None
        contested = self._open[number]
        if contested.step.reads:
            return (*self._by_the_accounts_page(contested, step, world), None)
        writing, state = contested.step, contested.step.state
        if step.call.operation != calls.GET_NUMBER or step.detail is None:
            del self._open[number]
            return world, self._undecided(contested), writing
        open_again = world.with_number(number, places=None, orders=None, appended=None)
        shows_the_old = step.detail.places == state.places
        if shows_the_old and step.exchange.started - writing.exchange.ended < SECOND_LOOK_AFTER:
            self.wants_second_look, self._early = True, step  # it may be late
            return open_again, [], None
        late = self._late(step)
        del self._open[number]
        self._asked += 1
        self._decided.add(contested.kind)
        if is_as_it_had_to_be(writing, step.detail.places):
            self._fell.add(contested.kind)
            return open_again, [(writing, _answered_wrong(contested, step))], None
        if not shows_the_old:
            stands: Found = [(writing, each) for each in contested.differences]
            as_answered = world.with_number(number, places=writing.detail.places if writing.detail else None)
            return replace(as_answered, reads_lag=world.reads_lag or bool(late)), [*stands, *late], writing
        told: Found = [(writing, _not_done(contested, step))]
        if writing.detail is not None and is_as_it_had_to_be(writing, writing.detail.places, state.answered):
            return world.with_number(number, places=writing.detail.places, pages_are_stale=True), told, None
        return open_again, told, writing

    def _by_the_accounts_page(self, contested: Contested, step: Step, world: World) -> tuple[World, Found]:
        """Tell by one clause where the account's key is shown what had to be there: nothing has changed.

        Where it is not, it is judged by its own page, as if the other key had not asked.
        """
        number = contested.step.number_id or 0
        del self._open[number]
        self._asked += 1
        if step.call.operation != calls.GET_NUMBER or step.detail is None or step.actor.name != "account":
            return world, self._undecided(contested)
        as_before = replace(world, numbers={**world.numbers, number: contested.step.state})
        if step.detail.places != contested.step.state.places:
            return as_before, []
        first = contested.differences[0]
        message = f"{first.message}, to this key: the account's is shown all right after"
        told = replace(first, clause="PERMISSION-READS", message=message, culprits=())
        return as_before, [(contested.step, told)]

    def _late(self, step: Step) -> Found:
        early, self._early = self._early, None
        if early is None or early.detail is None or early.number_id != step.number_id:
            return []
        message = "the page shows what was; a second later it was right"
        now = show(step.detail.places if step.detail is not None else ())
        return [(early, Difference("READ-YOUR-WRITES", message, now, show(early.detail.places)))]

    def _as_of_a_stale_page(self, step: Step, difference: Difference) -> Difference:
        if difference not in step.differences and difference.clause not in self._about:
            return difference  # shapes, scopes, statuses: what a page that shows what was may not show either
        return replace(difference, explained_by=(*STALE_AFTER.values(), *difference.explained_by))

    def unsettled(self) -> Found:
        """Return what no page explained."""
        return [each for contested in self._open.values() for each in self._undecided(contested)]

    def _undecided(self, contested: Contested) -> Found:
        """Return what was found, by the clause of answers that tell otherwise where some of them did."""
        known = (_ANSWERED_WRONG,) if contested.kind in self._fell else ()
        found = (replace(each, explained_by=(*known, *each.explained_by)) for each in contested.differences)
        return [(contested.step, each) for each in found]


def _is_of_another_key(step: Step) -> bool:
    """Tell whether a page came to a key that may see what the account's does, and no more than read it."""
    if step.actor.name != "read_only" or step.call.operation != calls.GET_NUMBER or step.detail is None:
        return False
    page, seen = step.state.pages.get(step.actor.name, ((), 0))
    shows_what_was = seen and step.detail.places == page
    return step.state.places is not None and not shows_what_was


def _shows_another_list(step: Step) -> bool:
    """Tell whether a write's answer has another list than it had to have."""
    return not step.reads and step.detail is not None and is_as_it_had_to_be(step, step.detail.places) is False


def _not_done(contested: Contested, step: Step) -> Difference:
    clause = STALE_AFTER[contested.step.call.operation]  # an update changes no list, so that this page would be right
    message = f"number {step.number_id} is read as it was before, after an answer that is neither the old nor the new"
    first = contested.differences[0]
    make = partial(Difference, clause, message, first.expected, show(contested.step.old_places))
    return make(culprits=(step.exchange.number,), explained_by=tuple(STALE_AFTER.values()))


def _answered_wrong(contested: Contested, step: Step) -> Difference:
    first = contested.differences[0]
    shown = step.detail.places if step.detail is not None else ()
    message = f"{first.message} in the write's answer, and not in the read after it"
    return Difference(_ANSWERED_WRONG, message, show(shown), first.actual, (step.exchange.number,))
