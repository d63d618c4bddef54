"""One virtual number on the scene: its operators as last shown, and the requests that a story sends to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.exchange import Exchange, Request
from conformance.oracle.answers import is_integer, read_answer
from conformance.target.stops import NotTestable

if TYPE_CHECKING:
    from conformance.suite.scene import Scene


_UNPROCESSABLE = 422
_ROUTING_STRATEGIES = ("round_robin", "simultaneous", "priority")


@dataclass(frozen=True, slots=True)
class Number:
    """One virtual number on the scene."""

    scene: Scene
    id: int

    @property
    def path(self) -> str:
        """Return its path below the base URL."""
        return f"/virtual_numbers/{self.id}"

    @property
    def ids(self) -> tuple[int, ...]:
        """Return its operators by priority, as last shown; empty where unknown."""
        state = self.scene.world.number(self.id)
        if state.places is not None:
            return tuple(place.operator for place in state.places)
        return min(state.orders) if state.orders else ()

    @property
    def ours(self) -> tuple[int, ...]:
        """Return those of its operators that this run made."""
        return tuple(operator for operator in self.ids if self.scene.world.operator(operator).ours)

    @property
    def of_project(self) -> tuple[int, ...]:
        """Return those of the run's own whom the project's key posted: they are its own for certain."""
        return tuple(each for each in self.ours if self.scene.world.operator(each).is_posted_by("project"))

    def operator(self, position: str) -> int:
        """Return the operator of the run's own that stands first, in the middle or last among its own.

        Where there is none, one is attached first.

        Raises:
            NotTestable: none of the run's own can be there.
        """
        if not self.ours:
            self.attach(self.scene.operator_off(self))
        own = self.ours
        if not own:
            message = f"no operator of the run's own is on number {self.id}"
            raise NotTestable(message)
        return own[{"first": 0, "middle": len(own) // 2, "last": len(own) - 1}[position]]

    @property
    def newest(self) -> int:
        """Return the one of the run's own on the list that was made last.

        Raises:
            NotTestable: none of the run's own can be there.
        """
        return max(self.ours, default=0) or self.operator("last")

    def post(
        self,
        body: Any = None,
        *,
        actor: str = "account",
        headers: Iterable[tuple[str, str]] | None = None,
        query: str = "",
    ) -> Exchange:
        """Send a request to the endpoint under test."""
        return self.scene.send("POST", f"{self.path}/add_operator{query}", body, actor=actor, headers=headers)

    def post_text(self, operator_id: str, beside: str = "", *, actor: str = "account") -> Exchange:
        """Send a body whose operator_id is a JSON text as it is."""
        return self.post(f'{{"operator_id": {operator_id}{beside}}}'.encode(), actor=actor)

    def newcomer(self) -> int:
        """Return an active operator of the run's own who never stood here, made now if there is none."""
        removed = self.scene.world.number(self.id).removed
        records = {each: self.scene.world.operator(each).record for each in self.scene.ours}
        active = [each for each, record in records.items() if record.get("active") is not False]
        fresh = [each for each in active if each not in self.ids and each not in removed]
        return fresh[0] if fresh else self.scene.post_operator()

    def may_post_text(self, operator_id: str) -> bool:
        """Tell whether no reading of such a text is an operator of somebody else's, as the one with the next id."""
        return self.scene.client.may_send(self.adding(f'{{"operator_id": {operator_id}}}'.encode()))

    def attach(self, operator: int, *, actor: str = "account", **beside: Any) -> Exchange:
        """Refer to an operator, with other fields beside it."""
        return self.post({"operator_id": operator, **beside}, actor=actor)

    def create(self, *, actor: str = "account", **fields: Any) -> int:
        """Make and attach an operator by shape B, with a name of two words unless one is given; return its id."""
        body = {"name": self.scene.name(), **fields}
        another = self.scene.phones.accepted_of_another_calling_code
        return self.scene.made(lambda phone: self.post({"phone_number": phone, **body}, actor=actor), another)

    def create_without_name(self, *, actor: str = "account") -> int:
        """Make and attach an operator by shape B with the phone number alone; refused, it is sent with a name too."""

        def ask(phone: str) -> Exchange:
            alone = self.post({"phone_number": phone}, actor=actor)
            if alone.response is None or alone.response.status != _UNPROCESSABLE:
                return alone
            return self.post({"phone_number": phone, "name": self.scene.name()}, actor=actor)

        return self.scene.made(ask, self.scene.phones.accepted_of_another_calling_code)

    def post_or_plainly(self, plain: dict[str, Any], **odd: Any) -> None:
        """Ask for somebody oddly; where nobody is made, ask plainly too, to learn whether the oddity was why."""
        before = len(self.scene.ours)
        self.post({**plain, **odd})
        if len(self.scene.ours) == before:
            self.post(plain)

    def remove(self, operator: int, *, actor: str = "account", in_body: bool = False) -> Exchange:
        """Take an operator off, named in the query or in the body."""
        path = f"{self.path}/remove_operator"
        if in_body:
            return self.scene.send("DELETE", path, {"operator_id": operator}, actor=actor)
        return self.scene.send("DELETE", f"{path}?operator_id={operator}", actor=actor)

    def update(self, *, actor: str = "account", **fields: Any) -> Exchange:
        """Change attributes."""
        return self.scene.send("PATCH", self.path, fields, actor=actor)

    @property
    def settings(self) -> dict[str, Any]:
        """Return its settings as last shown: an update to them changes nothing."""
        known = self.scene.world.number(self.id).attributes
        return {name: known[name] for name in ("routing_strategy", "recording") if name in known}

    def renaming(self) -> dict[str, str]:
        """Return a field that renames the number, or none where the old name could not be put back."""
        found = self.scene.world.number(self.id).attributes.get("name")
        if isinstance(found, str) and found and found == found.strip():
            return {"name": f"Zoë's & Łukasz {self.scene.name()}"}
        return {}  # a name of null, or a blank one

    @property
    def other_strategies(self) -> list[str]:
        """Return the routing strategies that the number does not have, those that fewest others have first."""
        numbers = [self.id, *self.scene.client.target.virtual_numbers]
        here, *everywhere = (self.scene.world.number(each).attributes.get("routing_strategy") for each in numbers)
        return sorted((each for each in _ROUTING_STRATEGIES if each != here), key=everywhere.count)

    @property
    def closest_actor(self) -> str:
        """Return the project's key where it sees the number, else the account's."""
        listing = self.scene.world.number_lists.get("project")
        sees = self.scene.can_speak("project") and listing is not None and self.id in listing.ids
        return "project" if sees else "account"

    @property
    def reader(self) -> str:
        """Return the key that may only read where it was shown the number, else the account's."""
        return "read_only" if self.id in self.scene.world.readable.get("read_only", ()) else "account"

    def read(self, actor: str = "account") -> Exchange:
        """Read the detail payload."""
        return self.scene.send("GET", self.path, actor=actor)

    def adding(self, body: Any, *, actor: str = "account") -> Request:
        """Return a request to the endpoint under test, to be sent with others."""
        return self.scene.request("POST", f"{self.path}/add_operator", body, actor=actor)

    def updating(self, **fields: Any) -> Request:
        """Return an update, to be sent with others: no two of a round may set the same field."""
        return self.scene.request("PATCH", self.path, fields)

    def removing(self, operator: int) -> Request:
        """Return a removal, to be sent with others."""
        return self.scene.request("DELETE", f"{self.path}/remove_operator?operator_id={operator}")


def operators_counted(conversation: Iterable[Exchange]) -> dict[int, int]:
    """Return how many operators each number had, as the first list of numbers says."""
    lists = (each for each in conversation if each.request.target == "/virtual_numbers")
    answer = next((read_answer(each.response, is_detail=False) for each in lists if each.response), None)
    entries = answer.entries or () if answer else ()
    counts: dict[Any, Any] = {each.get("id"): each.get("operators_count") for each in entries}
    return {number: count for number, count in counts.items() if is_integer(number) and is_integer(count)}
