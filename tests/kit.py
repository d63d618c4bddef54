"""What the tests of the safety stack share: a run against a mock in this process, a colleague, a wire of straw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from conformance.exchange import Exchange, Request, Response
from conformance.mock.server import MockServer
from conformance.run import Run
from conformance.suite.number import Number
from conformance.suite.scene import Scene
from conformance.target.keys import Keyring
from conformance.target.marks import new_mark
from conformance.target.settings import Limits, Target

JSON = (("content-type", "application/json"),)


def target_of(server: MockServer, **changes: object) -> Target:
    """Return a mock as a target like any other."""
    facts: dict[str, Any] = {
        "virtual_numbers": server.virtual_numbers,
        "foreign_virtual_numbers": (server.foreign_virtual_number,),
        "other_account_virtual_numbers": (server.other_account_virtual_number,),
        "other_account_operators": (server.other_account_operator,),
        "phone_numbers": server.phone_numbers,
    }
    return Target("url", server.base_url, Keyring(server.keys), **{**facts, **changes})


@contextmanager
def running(server: MockServer, journal: Path | None = None, budget: int = 300) -> Iterator[Run]:
    """Open a run that has looked at the account, and close it, so that everything is put back."""
    run = Run(target_of(server), Limits(budget=budget, journal=journal, mark=new_mark(), timeout=2.0))
    run.scene.list_numbers()
    try:
        yield run
    finally:
        run.close()


def cut_off(server: MockServer, journal: Path) -> Run:
    """Let a run make, attach and change something, and then do no more, as if it had been killed."""
    run = Run(target_of(server), Limits(journal=journal, mark=new_mark(), timeout=2.0))
    run.scene.list_numbers()
    seven(run.scene).create()
    seven(run.scene).create_without_name()
    seven(run.scene).update(routing_strategy="simultaneous")
    run.scene.post_operator()
    run.client.wire.close()
    run.client.journal.close()
    return run


def seven(scene: Scene) -> Number:
    """Return virtual number 7."""
    return Number(scene, 7)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works on the same account meanwhile."""

    server: MockServer

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send a request with the account's key, and return the data that came."""
        headers = {"authorization": f"Bearer {self.server.keys['account']}"}
        answer = httpx.request(method, self.server.base_url + path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json().get("data")

    def makes(self, name: str, phone: str) -> int:
        """Make an operator and return its id."""
        return int(self.ask("POST", "/operators", {"name": name, "phone_number": phone})["id"])

    def names(self) -> dict[int, str]:
        """Return who is on the account."""
        return {each["id"]: each["name"] for each in self.ask("GET", "/operators")}

    def on_seven(self) -> list[int]:
        """Return who stands on number 7."""
        return [each["id"] for each in self.ask("GET", "/virtual_numbers/7")["operators"]]


@dataclass(slots=True)
class Straw:
    """A wire that sends nothing: it keeps what would have gone out, and answers 404."""

    sent: list[Request] = field(default_factory=list)
    causes: dict[int, str] = field(default_factory=dict)

    def send(self, request: Request, number: int, story: str, group: int = 0) -> Exchange:
        """Keep a request."""
        self.sent.append(request)
        answer = Response(404, JSON, b'{"error": "Resource not found"}')
        return Exchange(number, request, answer, None, number, number + 0.5, story, group)

    def begin_again(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
