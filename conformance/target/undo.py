"""Putting everything back: what the run made is deleted, what it found is as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.exchange import Exchange, Request
from conformance.oracle.answers import read_answer
from conformance.oracle.world import World

_FORBIDDEN = 403
_SPARE = 3
_CHANGEABLE = ("name", "active", "recording", "routing_strategy")


@dataclass(slots=True)
class Found:
    """How a designated number was found."""

    operators: tuple[int, ...]
    attributes: dict[str, Any]


@dataclass(slots=True)
class Undo:
    """Knows how the account was found, and puts it back.

    Args:
        send: sends one request as an actor.
        world: returns what the conversation has shown so far.
    """

    send: Callable[[Request], Exchange]
    world: Callable[[], World]
    found: dict[int, Found] = field(default_factory=dict)
    operators_found: frozenset[int] | None = None
    may_delete: bool = True
    not_restored: list[str] = field(default_factory=list)

    def note_numbers(self, numbers: tuple[int, ...]) -> None:
        """Remember how the designated numbers were found, once they were read."""
        for number in numbers:
            state = self.world().number(number)
            if state.places is not None and number not in self.found:
                ids = tuple(place.operator for place in state.places)
                self.found[number] = Found(ids, {name: state.attributes.get(name) for name in _CHANGEABLE})

    def note_operators(self) -> None:
        """Remember who was on the account, once the list was read."""
        listing = self.world().operator_lists.get("account")
        if listing is not None and self.operators_found is None:
            self.operators_found = listing.ids

    def requests_needed(self) -> int:
        """Return how many requests putting everything back would take now, some to spare."""
        world = self.world()
        changed = sum(
            1
            for number, found in self.found.items()
            if any(world.number(number).attributes.get(name) != value for name, value in found.attributes.items())
        )
        ours = len(self._ours(world))
        if not ours and not changed and not world.writes:
            return 0
        return ours + changed + 2 * len(self.found) + 1 + _SPARE

    def run(self) -> bool:
        """Put everything back; return whether it is, and list in `not_restored` what is not."""
        if not self.world().writes:
            return True
        self._delete(self._to_delete())
        for number, found in self.found.items():
            self._put_back(number, found)
        return not self.not_restored

    # ------------------------------------------------------------------ operators
    @staticmethod
    def _ours(world: World) -> list[int]:
        return [operator for operator, known in world.operators.items() if known.ours and known.exists]

    def _to_delete(self) -> list[int]:
        """Return the operators that this run made, those among them that nobody asked for."""
        answer = self._send("GET", "/operators")
        world = self.world()
        ours = dict.fromkeys(self._ours(world))
        data = read_answer(answer.response, is_detail=False).entries if answer.response else None
        sent = {phone for write in world.writes for phone in write.phones}
        names = {name for write in world.writes for name in write.names}
        for entry in data or ():
            operator = entry.get("id")
            new = isinstance(operator, int) and operator not in (self.operators_found or frozenset())
            if new and (entry.get("phone_number") in sent or entry.get("name") in names):
                ours[operator] = None
        return list(ours)

    def _delete(self, operators: list[int]) -> None:
        for operator in operators:
            answer = self._send("DELETE", f"/operators/{operator}")
            status = answer.response.status if answer.response else None
            if status == _FORBIDDEN:
                self.may_delete = False
            if status not in {200, 404}:
                self.not_restored.append(f"operator {operator} was made and could not be deleted ({status})")

    # ------------------------------------------------------------------ numbers
    def _put_back(self, number: int, found: Found) -> None:
        ids, attributes = self._read(number)
        if ids is None:
            self.not_restored.append(f"virtual number {number} could not be read back")
            return
        wrong = {name: value for name, value in found.attributes.items() if attributes.get(name) != value}
        changed = bool(wrong)
        if wrong:
            self._send("PATCH", f"/virtual_numbers/{number}", wrong)
        for operator in [each for each in ids if each not in found.operators]:
            changed = True
            self._send("DELETE", f"/virtual_numbers/{number}/remove_operator?operator_id={operator}")
        ids = tuple(each for each in ids if each in found.operators)
        if ids != found.operators:
            changed = True
            self._reattach(number, ids, found.operators)
        if changed:
            ids, attributes = self._read(number)
        if ids != found.operators:
            self.not_restored.append(f"virtual number {number} has operators {ids}, and had {found.operators}")
        for name, value in found.attributes.items():
            if attributes.get(name) != value:
                self.not_restored.append(f"virtual number {number}: {name} is {attributes.get(name)!r}, and was {value!r}")

    def _reattach(self, number: int, ids: tuple[int, ...], wanted: tuple[int, ...]) -> None:
        """Attach whoever is missing; the API appends only, so that an order cannot always be put back."""
        for operator in wanted:
            if operator not in ids:
                self._send("POST", f"/virtual_numbers/{number}/add_operator", {"operator_id": operator})

    def _read(self, number: int) -> tuple[tuple[int, ...] | None, dict[str, Any]]:
        answer = self._send("GET", f"/virtual_numbers/{number}")
        detail = read_answer(answer.response, is_detail=True).detail if answer.response else None
        return (detail.ids, detail.attributes) if detail is not None else (None, {})

    def _send(self, method: str, target: str, body: Any = None) -> Exchange:
        request = Request("account", method, target)
        if body is not None:
            raw = json.dumps(body).encode()
            request = replace(request, headers=(("content-type", "application/json"),), body=raw)
        return self.send(request)
