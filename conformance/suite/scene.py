"""The scene: what a story arranges on, and the verbs that it tells its story with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

from conformance.exchange import Exchange, Request, as_json
from conformance.oracle.answers import read_answer
from conformance.oracle.expectation import FEWEST_AT_A_LIMIT
from conformance.oracle.world import World
from conformance.strategies import names
from conformance.strategies.drawing import drawn
from conformance.strategies.phone_numbers import countries, in_form
from conformance.suite.number import Number, operators_counted
from conformance.suite.phones import PhoneNumbers
from conformance.target.client import Client
from conformance.target.stops import NotTestable
from conformance.target.undo import Undo

T = TypeVar("T")
JSON = (("content-type", "application/json"),)
_OK, _UNPROCESSABLE = 200, 422
_FEW_REFUSALS = 3
_LONG_LIST = 8
_NOT_FAR = 100_000  # more than others make during a run
_UNKNOWN_ID = 900_000_000


@dataclass(slots=True)
class Scene:
    """One run's stage: its client, its numbers, its operators, its draws."""

    client: Client
    undo: Undo
    profile: str
    seed: int
    claimed: set[str] = field(default_factory=set)
    sequences: list[frozenset[str]] = field(default_factory=list)
    phones: PhoneNumbers = field(init=False)
    _names: list[str] = field(default_factory=list)
    _labels: dict[str, int] = field(default_factory=dict)
    _fixed_roles: tuple[int, ...] = ()
    _full: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        # One of each country, as some server may serve one alone; few in smoke.
        most = _FEW_REFUSALS if self.profile == "smoke" else len(countries())
        vouched = self.client.target.phone_numbers
        self.phones = PhoneNumbers(vouched, lambda: self.world, self.draw, most, self._awaits_the_project)

    def _awaits_the_project(self) -> bool:
        """Tell whether the project's key could make somebody, and has not yet."""
        has_posted = any(known.is_posted_by("project") for known in self.world.operators.values())
        return self.can_speak("project") and not has_posted

    # ------------------------------------------------------------------ who and what is there
    @property
    def world(self) -> World:
        """Return what the conversation has shown so far."""
        return self.client.judge.world

    @property
    def main(self) -> Number:
        """Return the designated number of most stories: the first, unless that is the emptiest of them."""
        return Number(self, self._roles[0])

    @property
    def other(self) -> Number:
        """Return another designated number: the one that was found emptiest, the same all through a run.

        Raises:
            NotTestable: only one was given.
        """
        if len(self._roles) == 1:
            raise NotTestable("only one --virtual-number was given", ("second number",))
        return Number(self, self._roles[1])

    @property
    def _roles(self) -> tuple[int, ...]:
        """Return the main number and the other, as the list of numbers counted their operators before the first write.

        On the emptiest list the run's own operator is the first of all.
        """
        first, *rest = self._designated
        if not self._fixed_roles and rest and {*rest} <= self._full:
            return first, rest[0]
        if not self._fixed_roles and rest:
            counts = operators_counted(self.client.conversation)
            emptiest = min((*rest, first), key=lambda number: counts.get(number, math.inf))
            roles = (first if emptiest != first else rest[0], emptiest)
            if not counts:
                return roles
            self._fixed_roles = roles
        return self._fixed_roles or (first,)

    @property
    def _designated(self) -> list[int]:
        """Return the designated numbers as they were given, those that take nobody more last."""
        return sorted(self.client.target.virtual_numbers, key=self._full.__contains__)

    @property
    def spare(self) -> Number:
        """Return another designated number, or the only one."""
        return self.other if len(self.client.target.virtual_numbers) > 1 else self.main

    def elsewhere(self, number: Number) -> int:
        """Return the id of another designated number, or of none where there is only one."""
        others = [each for each in self.client.target.virtual_numbers if each != number.id]
        return others[0] if others else self.unknown_number()

    @property
    def numbers_in_project(self) -> list[Number]:
        """Return the designated numbers of the project key's project, one at least.

        Raises:
            NotTestable: there is no such key, or no such number.
        """
        self.need_actor("project", "project key")
        listing = self.world.number_lists.get("project")
        numbers = [each for each in self._designated if listing is None or each in listing.ids]
        if not numbers:
            raise NotTestable("no designated number is in the project key's project", ("number in the project",))
        return [Number(self, number) for number in numbers]

    @property
    def foreign_numbers(self) -> tuple[int, ...]:
        """Return the numbers said to be outside the project of its key, but for those that its own list has."""
        listing = self.world.number_lists.get("project")
        foreign = self.client.target.foreign_virtual_numbers
        return tuple(each for each in foreign if listing is None or each not in listing.ids)

    @property
    def in_project(self) -> Number:
        """Return the first of them."""
        return self.numbers_in_project[0]

    def need_actor(self, actor: str, need: str) -> None:
        """Go on where a key was given for an actor.

        Raises:
            NotTestable: none was.
        """
        if not self.can_speak(actor):
            message = f"no key for {actor}"
            raise NotTestable(message, (need,))

    def can_speak(self, actor: str) -> bool:
        """Tell whether requests can be sent as an actor."""
        return self.client.target.keys.can_speak(actor)

    def leave_out(self, reason: str, *needs: str) -> None:
        """End the story here, for a reason that is printed.

        Raises:
            NotTestable: always.
        """
        raise NotTestable(reason, needs)

    def need(self, values: Sequence[T], need: str) -> T:
        """Return the first of what the user gave.

        Raises:
            NotTestable: nothing was given.
        """
        if not values:
            message = f"not given: {need}"
            raise NotTestable(message, (need,))
        return values[0]

    @property
    def ours(self) -> list[int]:
        """Return the operators that this run made and that still exist, by id.

        The order in which overlapping requests made them is a race.
        """
        return sorted(operator for operator, known in self.world.operators.items() if known.ours and known.exists)

    @property
    def nobody(self) -> int:
        """Return an id far above every operator's, another one each time."""
        listing, ledger = self.world.operator_lists.get("account"), self.undo.ledger
        # Others may be newer than the list.
        known = {*(listing.ids if listing else ()), *ledger.strangers, *ledger.made}
        return max(_UNKNOWN_ID, max(known, default=0) + 1_000_000) + self._next("nobody")

    @property
    def free_id(self) -> int:
        """Return an id that nobody has, though not so far off that a server which took it would count on from there."""
        return max(self.world.operators, default=0) + _NOT_FAR

    def unknown_number(self) -> int:
        """Return an id far above every virtual number's."""
        listing = self.world.number_lists.get("account")
        largest = max(listing.ids, default=0) if listing else 0
        return max(_UNKNOWN_ID, largest + 1_000_000) + self._next("unknown number")

    # ------------------------------------------------------------------ draws
    def count(self, standard: int, thorough: int) -> int:
        """Return how many of something this profile wants."""
        return thorough if self.profile == "thorough" else standard

    def draw(self, strategy: SearchStrategy[T], count: int, label: str) -> list[T]:
        """Draw different values for a purpose; the same seed draws the same."""
        return drawn(strategy, count, self.seed, f"{label} {self._next(label)}") if count else []

    def free(self, phones: SearchStrategy[str], label: str) -> str:
        """Draw a phone number that nobody on the account has, if there is one among a few."""
        taken = {known.record.get("phone_number") for known in self.world.operators.values()}
        drawn_now = self.draw(phones, 8, label)
        return next((phone for phone in drawn_now if phone not in taken), drawn_now[0])

    def _next(self, label: str) -> int:
        self._labels[label] = self._labels.get(label, 0) + 1
        return self._labels[label]

    @property
    def mark(self) -> str:
        """Return the word that the names of this run's operators carry."""
        return self.client.ledger.mark

    def name(self) -> str:
        """Return a new name of two capitalised words, the second of them this run's mark."""
        if not self._names:
            drawn_now = self.draw(names.titled(), 120, "name")
            self._names = list(dict.fromkeys(each.split()[0] for each in drawn_now))
        return f"{self._names.pop()} {self.mark}"

    def phone(self) -> str:
        """Return a phone number that nobody on the account has, for an attempt that has to make nobody."""
        return self.phones.next()

    def rings_nobody(self, phone: Any) -> bool:
        """Tell whether a value may be sent as a phone number: no reading of it, in any country, is somebody's."""
        return self.client.may_send(self.main.adding({"phone_number": phone}))

    # ------------------------------------------------------------------ requests
    def send(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        actor: str = "account",
        headers: Iterable[tuple[str, str]] | None = None,
    ) -> Exchange:
        """Send a request; a body that is no bytes is written as JSON. Every other read sends the entity tag back."""
        if method == "GET" and headers is None:
            headers = self._entity_tag(actor, target)
        return self.client.send(self.request(method, target, body, actor=actor, headers=headers))

    def _entity_tag(self, actor: str, target: str) -> tuple[tuple[str, str], ...]:
        """Return the header that asks only for what changed since the last read of the same, each second time."""
        judge = self.client.judge
        tag = judge.validators.of(actor, target, (finding.exchange for finding in judge.findings))
        if tag is None or self._next(f"read {actor} {target}") % 2 == 0:
            return ()
        return (("if-none-match", tag),)

    @staticmethod
    def request(
        method: str,
        target: str,
        body: Any = None,
        *,
        actor: str = "account",
        headers: Iterable[tuple[str, str]] | None = None,
    ) -> Request:
        """Make a request value; see `send`."""
        raw = body if body is None or isinstance(body, bytes) else as_json(body)
        if headers is None:
            headers = JSON if raw is not None else ()
        return Request(actor, method, target, tuple(headers), raw)

    def list_numbers(self, actor: str = "account") -> Exchange:
        """Read the list of numbers."""
        return self.send("GET", "/virtual_numbers", actor=actor)

    def list_operators(self, actor: str = "account") -> Exchange:
        """Read the list of operators."""
        return self.send("GET", "/operators", actor=actor)

    def read_operator(self, operator: int, actor: str = "account") -> Exchange:
        """Read an operator's own page."""
        return self.send("GET", f"/operators/{operator}", actor=actor)

    def post_operator(self, actor: str = "account", *, phone_form: str = "", **fields: Any) -> int:
        """Make an operator that is attached nowhere, and return its id.

        Args:
            phone_form: another spelling of the phone number, by its name in specs/phone-numbers.yaml.

        Raises:
            NotTestable: the target refuses it.
        """
        spellings = iter([phone_form] if phone_form else [])

        def ask(phone: str) -> Exchange:
            form = next(spellings, "")  # refused in another form, a number is sent as E.164
            person = {"name": self.name(), "phone_number": in_form(phone, form) if form else phone, **fields}
            return self.send("POST", "/operators", person, actor=actor)

        return self.made(ask, self.phones.accepted_of_the_project if actor == "project" else None)

    def update_operator(self, operator: int, actor: str = "account", **fields: Any) -> Exchange:
        """Change an operator of the run's own; where the answer does not show it, its page does."""
        exchange = self.send("PATCH", f"/operators/{operator}", fields, actor=actor)
        if exchange.response and exchange.status == _OK and not read_answer(exchange.response, is_detail=False).data:
            self.read_operator(operator, actor)
        return exchange

    def delete_operator(self, operator: int, actor: str = "account") -> Exchange:
        """Delete an operator of the run's own."""
        return self.send("DELETE", f"/operators/{operator}", actor=actor)

    def made(self, ask: Callable[[str], Exchange], next_phone: Callable[[], str] | None = None) -> int:
        """Ask with one phone number after another until somebody is made, and return who.

        Args:
            ask: sends one phone number.
            next_phone: returns the number to ask with; any that is free and accepted unless given.

        Raises:
            NotTestable: nobody is.
        """
        full = None
        for _ in range(self.phones.most_refusals + 1):
            before, phone = set(self.ours), (next_phone or self.phones.accepted)()
            exchange = ask(phone)
            made = [operator for operator in self.ours if operator not in before]
            if made:
                self.phones.note(phone, accepted=True)
                return made[-1]
            if exchange.response is None or exchange.response.status != _UNPROCESSABLE:
                break
            full = self._had_many(exchange)
            if full is None:
                self.phones.note(phone, accepted=False)  # else the list may be why
                if self.phones.are_used_up and (full := self._had_many(exchange, 1)) not in self._full | {None}:
                    self.phones.doubt()
                    break
        if full is None:
            raise NotTestable("the target makes no operator", ("accepted phone number",))
        self._full, self._fixed_roles = self._full | {full}, ()  # the stories turn to the other numbers
        message = f"virtual number {full}, which had operators before, takes nobody"
        raise NotTestable(message, ("empty number",))

    def _had_many(self, exchange: Exchange, enough: int = FEWEST_AT_A_LIMIT) -> int | None:
        """Return the number that a request attaches to, if it was found with so many that its list may be full."""
        long = (number for number, had in self.undo.ledger.found.items() if len(had.ids) >= enough)
        return next((each for each in long if f"/{each}/add_operator" in exchange.request.target), None)

    def operator_off(self, number: Number) -> int:
        """Return an operator of the run's own that is not on a number's list.

        Where there is none, one of a long list is taken off: to make another one costs its deletion too. Of a short
        one, where no phone number is left to make another one with.
        """
        free = [operator for operator in self.ours if operator not in number.ids and self._is_active(operator)]
        on_it = [operator for operator in number.ours if self._is_active(operator)]
        if free or not on_it or (len(on_it) < _LONG_LIST and not self.phones.are_used_up):
            return free[0] if free else self.post_operator()
        number.remove(on_it[len(on_it) // 2])
        return on_it[len(on_it) // 2]

    def operators_off(self, number: Number, count: int) -> list[int]:
        """Return so many operators as `operator_off`, different ones as far as there are.

        Each odd request names another one, so that what is found later names the request.
        """
        first = self.operator_off(number)
        free = [each for each in self.ours if each not in number.ids and self._is_active(each)] or [first]
        return [free[index % len(free)] for index in range(count)]

    def operator_of_project(self) -> int:
        """Return an operator of the run's own that is the project key's, made now if there is none."""
        listing = self.world.operator_lists.get("project")
        made = [operator for operator in self.ours if listing is not None and operator in listing.ids]
        return made[0] if made else self.post_operator("project")

    def operator_outside_the_project(self) -> int:
        """Return an operator that the account's key made: now, or before where no phone number is left for another.

        Raises:
            NotTestable: there is nobody.
        """
        before = [each for each in self.ours if not self.world.operator(each).is_posted_by("project")]
        return before[0] if before and self.phones.are_used_up else self.post_operator()

    def _is_active(self, operator: int) -> bool:
        return self.world.operator(operator).record.get("active") is not False

    def together(self, requests: Sequence[Request], apart: float = 0.0) -> list[Exchange]:
        """Send several requests so that they overlap, their starts some seconds apart."""
        return self.client.send_together(requests, apart)
