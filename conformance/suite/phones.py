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
    """

    vouched: tuple[str, ...]
    world: Callable[[], World]
    draw: Callable[[SearchStrategy[str], int, str], list[str]]
    most_refusals: int
    fiction_refused: int = 0
    fiction_accepted: int = 0
    _left: list[str] = field(default_factory=list)
    _given: set[str] = field(default_factory=set)
    _tried_codes: set[str] = field(default_factory=set)

    def next(self) -> str:
        """Return a phone number that nobody on the account has: fictional, or else vouched for.

        One country follows the other, so that whoever is made also tries a country.

        Raises:
            NotTestable: fictional numbers are refused, and none that is vouched for is left.
        """
        if self.refuses_fiction:
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
            message = "no free number of --phone-number is left" if self.vouched else none_given
            raise NotTestable(message, ("accepted phone number",))
        return free[0]

    def free_vouched(self) -> tuple[str, ...]:
        """Return the phone numbers that the user vouches for and that nobody on the account has."""
        taken = {known.record.get("phone_number") for known in self.world().operators.values() if known.exists}
        return tuple(phone for phone in self.vouched if phone not in taken)

    def _of_country(self, country: str) -> list[str]:
        """Draw numbers of a country, first one of its longest, that shows where a number is cut."""
        long = self.draw(longest(country), 1, f"long phone {country}")
        others = self.draw(fictional(country), 8, f"phone {country}")
        return long + [each for each in others if each not in long]
