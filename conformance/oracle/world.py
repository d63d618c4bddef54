"""The state of the account as far as a conversation has shown it.

A world only remembers. What was never shown is unknown, a value of its own: None, or an absent key.
Worlds are values: learning makes a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.oracle.phone_numbers import read_phone_number

_FAR_ABOVE = 1000  # ids that other people's new records may take during a run, above the largest listed


@dataclass(frozen=True, slots=True)
class Setting:
    """What the user told about the target; every field may be empty."""

    virtual_numbers: frozenset[int] = frozenset()
    foreign_numbers: frozenset[int] = frozenset()
    other_account_numbers: frozenset[int] = frozenset()
    other_account_operators: frozenset[int] = frozenset()
    accepted_phone_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """One operator on a number's list."""

    operator: int
    priority: int


Places = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A virtual number.

    Args:
        places: its operators by priority, or None where unknown or not sure.
        orders: where not sure (overlapping requests, lost answers), the orders that are possible.
        before_deletions: operator -> its priority before deletions after which nobody looked.
        attributes: the detail payload's plain attributes.
        seen: the exchange that showed the places last.
        shown_by: the operation of that exchange.
        appended: the priority that the last new operator took, if nobody was removed since.
        unread: whom writes put on the list since it was read last.
        overlapped: whether `orders` comes from overlapping requests.
        read_moving: stats and recent calls of the last read.
        written_moving: (exchange, stats, recent calls) of the writes' answers since that read.
        totals: (operators, total_calls) of all payloads that an account's key was shown.
        first_calls: the ids of the recent calls that the first of these payloads had.
        removed: the operators that were removed during the conversation, and are not back.
        shrunk: whether anybody was removed during the conversation.
        leaps: whether somebody attached after a removal left priorities out, as is allowed there.
        pages: actor -> the places that a read showed to it last, and the exchange that did.
        hidden: who is attached by their own page, and not on the list.
        answered: the operators that the last write's own answer showed, whatever pages showed since.
        was_stale: whether the page was last read as it was before a write that was accepted.
        pages_are_stale: whether its pages were seen to show what was, while answers to writes go on from what is.
    """

    places: Places | None = None
    orders: frozenset[tuple[int, ...]] | None = None
    before_deletions: Mapping[int, int] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0
    shown_by: str = ""
    appended: int | None = None
    unread: frozenset[int] = frozenset()
    overlapped: bool = False
    read_moving: tuple[Any, Any] | None = None
    written_moving: tuple[tuple[int, Any, Any], ...] = ()
    totals: frozenset[tuple[int, int]] = frozenset()
    first_calls: frozenset[int] | None = None
    removed: frozenset[int] = frozenset()
    shrunk: bool = False
    leaps: bool = False
    pages: Mapping[str, tuple[Places, int]] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    answered: Places | None = None
    was_stale: bool = False
    pages_are_stale: bool = False

    @property
    def shown_by_write(self) -> bool:
        """Tell whether a write's own answer showed the places last."""
        return bool(self.shown_by) and self.shown_by != "getVirtualNumber"

    def holds(self, operator: int) -> bool | None:
        """Tell whether an operator is attached, or None where that is not known."""
        if operator in self.hidden:
            return None
        if self.places is not None:
            return any(place.operator == operator for place in self.places)
        if self.orders:
            answers = {operator in order for order in self.orders}
            return answers.pop() if len(answers) == 1 else None
        return None


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who answers.

    Args:
        exists: False once deleted; None where only a reference was seen.
        ours: made by this conversation, so that nobody else changes it.
        record: name, phone_number, initials, email and active, as far as known.
        seen: the exchange that showed the record last.
        seen_whole: the exchange that showed it last with e-mail address and activity.
        made: the exchange that made it.
        made_by: the actor that made it, where this conversation did.
        made_alone: whether POST /operators made it, not shape B.
        switched: whether a request of this conversation said whether it is active.
        available_at: (number, actor) pairs under which it was seen as available.
        put_at: number -> the exchange that put it there last by its id; it may have left since.
        taken_off: the exchange that took it off a number last.
    """

    exists: bool | None = None
    ours: bool = False
    record: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0
    seen_whole: int = 0
    made: int = 0
    made_by: str | None = None
    made_alone: bool = False
    switched: bool = False
    available_at: frozenset[tuple[int, str]] = frozenset()
    put_at: Mapping[int, int] = field(default_factory=dict)
    taken_off: int = 0

    def is_posted_by(self, actor: str) -> bool:
        """Tell whether an actor made it by POST /operators: what a project's key made so is linked to its project."""
        return self.made_alone and self.made_by == actor


@dataclass(frozen=True, slots=True)
class Listing:
    """The ids that a list call showed to an actor, and the exchange that showed them."""

    ids: frozenset[int]
    seen: int


@dataclass(frozen=True, slots=True)
class Write:
    """A request that may have changed something, whatever it was answered.

    Args:
        exchange: its number in the run.
        clause: the clause that governs its answer.
        refused: whether it was answered with an error, or not at all.
        number: the virtual number in its path, if it is one.
        operators: the operators that it names, or could be taken to name.
        phones: the phone numbers that it carries, as they would be stored.
        names: the names that it carries.
        values: (field, value as JSON text) of all plain fields of its body.
        does: what it did, where it is known: made, attached, again, refused, limited, redirected, crashed, or done.
    """

    exchange: int
    operation: str
    actor: str
    clause: str
    refused: bool
    number: int | None = None
    operators: frozenset[int] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    values: frozenset[tuple[str, str]] = frozenset()
    does: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """All that is known, and the writes that explain what is seen next.

    Args:
        reads_lag: whether some read was seen to come late: a list then shows what was.
    """

    numbers: Mapping[int, Number] = field(default_factory=dict)
    operators: Mapping[int, Operator] = field(default_factory=dict)
    number_lists: Mapping[str, Listing] = field(default_factory=dict)
    operator_lists: Mapping[str, Listing] = field(default_factory=dict)
    readable: Mapping[str, frozenset[int]] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    setting: Setting = field(default_factory=Setting)
    reads_lag: bool = False

    def number(self, number: int) -> Number:
        """Return what is known of a virtual number."""
        return self.numbers.get(number, _UNKNOWN_NUMBER)

    def operator(self, operator: int) -> Operator:
        """Return what is known of an operator."""
        return self.operators.get(operator, _UNKNOWN_OPERATOR)

    def with_number(self, number: int, **changes: Any) -> World:
        """Return this world with a number's fields changed."""
        return replace(self, numbers={**self.numbers, number: replace(self.number(number), **changes)})

    def with_operators(self, changed: Mapping[int, Operator]) -> World:
        """Return this world with some operators replaced."""
        return replace(self, operators={**self.operators, **changed}) if changed else self

    def writes_since(self, exchange: int) -> tuple[Write, ...]:
        """Return the writes after an exchange, oldest first."""
        if not self.writes or self.writes[-1].exchange <= exchange:
            return ()
        return tuple(write for write in self.writes if write.exchange > exchange)

    def was_put(self, operator: int, number: int | None) -> bool:
        """Tell whether the last that was done with an operator, by its id, put it at a number."""
        known = self.operator(operator)
        return number is not None and known.put_at.get(number, 0) > known.taken_off

    @property
    def people(self) -> int:
        """Return how many operators are known to exist."""
        return sum(known.exists is True for known in self.operators.values())

    def made_of_kind(self, label: str) -> bool:
        """Tell whether an operator was made with a phone number of an input class."""
        phones = (known.record.get("phone_number") for known in self.operators.values() if known.ours)
        return any(read_phone_number(each).label == label for each in phones if isinstance(each, str))

    def attached_at(self, operator: int) -> frozenset[int] | None:
        """Return the numbers at which an operator is known to be; None where some number is not sure."""
        if any(state.seen and not _known(state) for state in self.numbers.values()):
            return None  # what it held was shown, and is in doubt since
        held = {number: state.holds(operator) for number, state in self.numbers.items() if _known(state)}
        if None in held.values():
            return None
        return frozenset(number for number, holds in held.items() if holds)

    def reads_number(self, actor: str, scope: str, number: int) -> bool | None:
        """Tell whether a key can see a virtual number, or None where that is not known."""
        if number in self.setting.other_account_numbers:
            return False
        if number in self.readable.get(actor, frozenset()):
            return True
        if scope == "project" and number in self.setting.foreign_numbers:
            return False
        account = self.number_lists.get("account")
        listing = self.number_lists.get(actor) or (account if scope == "account" else None)
        widest = listing if scope == "account" else account
        said = self.setting.virtual_numbers | (self.setting.foreign_numbers if scope == "account" else frozenset())
        if widest is not None and number in said and number not in widest.ids:
            return None  # the user says that the account has it, the list that it has not: its page will tell
        if listing is not None:
            return number in listing.ids
        return False if account is not None and number not in account.ids else None

    def without_operator_list(self, actor: str) -> World:
        """Return this world without the list of operators that an actor was shown."""
        return replace(self, operator_lists={name: each for name, each in self.operator_lists.items() if name != actor})

    def is_of_the_project(self, operator: int) -> bool:
        """Tell whether the project's list of operators, as last shown to its key, holds an operator."""
        listing = self.operator_lists.get("project")
        return listing is not None and operator in listing.ids

    def stays_in_the_list(self, actor: str, operator: int) -> bool:
        """Tell whether somebody in the list of a project's key is so still: an assignment alone may have been why."""
        listing, known = self.operator_lists.get(actor), self.operator(operator)
        if listing is None or operator not in listing.ids:
            return False
        return known.is_posted_by(actor) or known.taken_off <= listing.seen

    def resolves(self, actor: str, scope: str, operator: int) -> bool | None:
        """Tell whether an operator_id resolves under a key's scope, or None where that is not known."""
        if operator in self.setting.other_account_operators:
            return False
        known = self.operator(operator)
        if known.exists is False:
            return False
        if scope != "project":
            if known.exists:
                return True
            return self._beyond_the_list(operator)
        listing = self.operator_lists.get(actor)
        if known.exists and known.is_posted_by(actor) and listing is not None and operator not in listing.ids:
            return None if listing.seen > known.made else True  # linked to the project: else its list is found wrong
        if listing is not None and operator in listing.ids:
            return self.stays_in_the_list(actor, operator) or None
        if known.ours and listing is not None and listing.seen > known.made:
            doubtful = self.may_have_joined(operator, listing.seen) and not self._is_linked_otherwise(listing)
            return None if doubtful else False
        if known.exists:
            return False if listing is not None and not known.ours else None
        return self._beyond_the_list(operator)

    def has_listed(self, actor: str, operator: int) -> bool:
        """Tell whether a key was shown an operator on its list: they are of its project, if it is of one."""
        listing = self.operator_lists.get(actor)
        return listing is not None and operator in listing.ids

    def may_have_joined(self, operator: int, exchange: int) -> bool:
        """Tell whether somebody was put at a project's number since: who does may be the project's, also for good."""
        numbers, put_at = self.number_lists.get("project"), self.operator(operator).put_at
        return any(put > exchange for number, put in put_at.items() if numbers is None or number in numbers.ids)

    def _is_linked_otherwise(self, listing: Listing) -> bool:
        """Tell whether a project's list left out somebody at one of its numbers: its link is not by numbers."""
        numbers = self.number_lists.get("project")
        return (numbers is not None and not self.reads_lag) and any(
            known.ours and known.made < listing.seen and bool((self.attached_at(operator) or frozenset()) & numbers.ids)
            for operator, known in self.operators.items()
            if known.exists and operator not in listing.ids and not self.may_have_joined(operator, listing.seen)
        )

    def _beyond_the_list(self, operator: int) -> bool | None:
        """Say that nobody has an id below all listed, or far above; ids near them may be other people's new ones."""
        account = self.operator_lists.get("account")
        if account is None:
            return None
        below = operator < min(account.ids, default=0)
        return False if below or operator > max(account.ids, default=0) + _FAR_ABOVE else None


def _known(state: Number) -> bool:
    return state.places is not None or state.orders is not None


_UNKNOWN_NUMBER = Number()
_UNKNOWN_OPERATOR = Operator()
