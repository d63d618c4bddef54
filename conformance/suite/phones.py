"""The phone numbers that a run makes operators of: fictional ones, and those that its user vouches for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis.strategies import SearchStrategy

from conformance.oracle.world import World
from conformance.strategies.phone_numbers import calling_code, countries, fictional, longest
from conformance.target.stops import NotTestable


@dataclass(slots=True)
class PhoneNumbers:
    """Hands out phone numbers, one country after the other; none twice as long as others can be drawn.

    Args:
        vouched: those that the user vouches for.
        world: returns what the conversation has shown so far.
        draw: draws so many different values for a purpose.
        most_refusals: how many fictional numbers have to be refused before no more are tried.
        is_one_kept: tells whether the project's key made nobody yet, so that one is kept for it.
    """

    vouched: tuple[str, ...]
    world: Callable[[], World]
    draw: Callable[[SearchStrategy[str], int, str], list[str]]
    most_refusals: int
    is_one_kept: Callable[[], bool]
    fiction_refused: int = 0
    fiction_accepted: int = 0
    _left: list[str] = field(default_factory=list)
    _given: set[str] = field(default_factory=set)
    _tried_codes: set[str] = field(default_factory=set)

    def next(self) -> str:
        """Return a phone number that nobody on the account has: fictional, or vouched for where fiction is refused.

        One country follows the other, so that whoever is made also tries a country. Where every number that is vouched
        for is somebody's, it is fictional again: no less good for an attempt that has to make nobody.
        """
        if self.refuses_fiction and self.free_vouched():
            return self.next_vouched()
        if not self._left:
            taken = {known.record.get("phone_number") for known in self.world().operators.values()}
            by_country = [self._of_country(country) for country in countries()]
            one_of_each = [phone for phones in zip(*by_country, strict=False) for phone in phones]
            fresh = [phone for phone in one_of_each if phone not in self._given] or one_of_each
            free = [phone for phone in fresh if phone not in taken and phone not in self.vouched]
            self._left = free[::-1]
        phone = self._left.pop()
        self._given.add(phone)
        return phone

    def next_of_another_calling_code(self) -> str:
        """Return the next phone number whose calling code was not asked for here yet, as long as there is one.

        A server may serve some countries alone: each of them is to be seen where little else is odd.
        """
        phone = self.next()
        if calling_code(phone) in self._tried_codes and not self.refuses_fiction:
            fresh = [each for each in self._left if calling_code(each) not in self._tried_codes]
            if fresh:
                self._left[self._left.index(fresh[-1])], phone = phone, fresh[-1]
                self._given.add(phone)
        self._tried_codes.add(calling_code(phone))
        return phone

    def note(self, phone: str, *, accepted: bool) -> None:
        """Take note of whether a number made somebody, which tells of those that are fictional."""
        if phone not in self.vouched:
            self.fiction_accepted += accepted
            self.fiction_refused += not accepted

    def doubt(self) -> None:
        """Let one more fictional number be tried: a list that is full may have been why the others were refused."""
        self.fiction_refused -= 1

    def accepted(self) -> str:
        """Return the next phone number, for somebody who is to be made.

        Raises:
            NotTestable: fictional numbers are refused, and none that is vouched for is left.
        """
        return self.next_vouched() if self.refuses_fiction else self.next()

    def accepted_of_another_calling_code(self) -> str:
        """Return the same, of another calling code as long as there is one."""
        return self.next_vouched() if self.refuses_fiction else self.next_of_another_calling_code()

    def accepted_of_the_project(self) -> str:
        """Return the same, for somebody whom the project's key posts: also the one that is kept for it."""
        unused = self._unused()
        return unused[-1] if self.refuses_fiction and unused else self.accepted()

    @property
    def are_used_up(self) -> bool:
        """Tell whether no number is left that the target takes."""
        return self.refuses_fiction and not self.free_vouched()

    @property
    def refuses_fiction(self) -> bool:
        """Tell whether the target has refused fictional numbers and accepted none so far."""
        return self.fiction_refused >= self.most_refusals and not self.fiction_accepted

    def next_vouched(self) -> str:
        """Return a phone number that the user vouches for and that is free.

        Raises:
            NotTestable: all were used, or none were given.
        """
        free = self.free_vouched()
        if not free:
            none_given = "fictional numbers are refused, and no --phone-number was given"
            message = "no --phone-number is left that is nobody's: give one more" if self.vouched else none_given
            raise NotTestable(message, ("accepted phone number",))
        return free[0]

    def free_vouched(self) -> tuple[str, ...]:
        """Return the phone numbers that the user vouches for and that nobody on the account has.

        Where fiction is refused, the last of several is kept for somebody whom the project's key posts.
        """
        unused = self._unused()
        is_last = self.refuses_fiction and len(unused) == 1 and len(self.vouched) > 1
        return () if is_last and self.is_one_kept() else unused

    def _unused(self) -> tuple[str, ...]:
        taken = {known.record.get("phone_number") for known in self.world().operators.values() if known.exists}
        return tuple(phone for phone in self.vouched if phone not in taken)

    def _of_country(self, country: str) -> list[str]:
        """Draw numbers of a country, first one of its longest, that shows where a number is cut."""
        long = self.draw(longest(country), 1, f"long phone {country}")
        others = self.draw(fictional(country), 8, f"phone {country}")
        return long + [each for each in others if each not in long]
