"""Findings that a later answer has to decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from conformance.oracle.claims import Claims, Held
from conformance.oracle.contested import ContestedLists
from conformance.oracle.inquiries import Inquiries
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import World


class HeldBack:
    """What only a write claims, what puzzles about a person, and which list is right.

    Args:
        about_lists: the clauses that a list which goes wrong spoils.
    """

    def __init__(self, about_lists: Collection[str]) -> None:
        self._claims = Claims()
        self._inquiries = Inquiries()
        self._contested = ContestedLists(about_lists)

    @property
    def wanted_page(self) -> str | None:
        """Return the target of a page that would tell which of two faults the last answer showed."""
        number, operator = self._contested.wanted, self._inquiries.wanted
        if number is not None:
            return f"/virtual_numbers/{number}"
        return None if operator is None else f"/operators/{operator}"

    def settle(self, step: Step, world: World) -> tuple[World, list[Held], Step | None]:
        """Decide what this answer decides; return also a write that did what its answer showed."""
        world, claimed = self._claims.settle(step, world)
        world, asked = self._inquiries.settle(step, world)
        world, listed, guilty = self._contested.settle(step, world)
        return world, [*claimed, *asked, *listed], guilty

    def hold(self, step: Step, found: Iterable[Difference], world: World) -> tuple[list[Difference], World]:
        """Keep back what is not certain; return the rest, and the world in which some people are in doubt."""
        return self._inquiries.hold(step, self._contested.hold(step, self._claims.hold(step, found)), world)

    @property
    def wants_second_look(self) -> bool:
        """Tell whether the page that came is worth reading again, as it may be late."""
        return self._contested.wants_second_look

    def is_contested(self, number: int | None) -> bool:
        """Tell whether the last answer's list of a number waits for its page."""
        return self._contested.is_contested(number)

    def leaves_open_who_is_at(self, number: int | None) -> bool:
        """Tell whether who stands at a number is not known before it is read."""
        return self._contested.leaves_open_who_is_at(number)

    def unsettled(self) -> list[Held]:
        """Return what nothing decided."""
        return [*self._claims.unsettled(), *self._inquiries.unsettled(), *self._contested.unsettled()]
