"""Speaking to the server without a socket: one request at a time, or several at once."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.mock.application import Application
from conformance.mock.wire import Message

BASE = "/api/v1/public"


@dataclass(frozen=True)
class Spoken:
    """An answer as it would travel."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)

    @property
    def data(self) -> Any:
        """What stands under data."""
        return self.json["data"]


@dataclass(frozen=True)
class Said:
    """A request: the body is sent as it is if it is bytes, otherwise as JSON."""

    method: str
    path: str
    body: object = None
    actor: str = "account"
    headers: Mapping[str, str | None] | None = None


class Direct:
    """A client in the same thread as the server."""

    def __init__(self, application: Application) -> None:
        """Speak to an application that nobody else serves."""
        self.application = application

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        actor: str = "account",
        headers: Mapping[str, str | None] | None = None,
    ) -> Spoken:
        """Send one request; a header of None is left out."""
        return self.at_once([Said(method, path, body, actor, headers)])[0]

    def at_once(self, said: Sequence[Said]) -> list[Spoken]:
        """Send several requests that overlap."""

        async def all_of_them() -> list[Spoken]:
            return list(await asyncio.gather(*(self._send(one) for one in said)))

        return asyncio.run(all_of_them())

    def in_turn(self, said: Iterable[Said], until: Callable[[int, Spoken], bool] = lambda *_: False) -> list[Spoken]:
        """Send several requests, one after another, until something is true of an answer and its place."""

        async def each_of_them() -> list[Spoken]:
            answers = []
            for index, one in enumerate(said):
                answers.append(await self._send(one))
                if until(index, answers[-1]):
                    break
            return answers

        return asyncio.run(each_of_them())

    async def _send(self, said: Said) -> Spoken:
        key = self.application.seed.keys.get(said.actor)
        headers: dict[str, str | None] = {"authorization": f"Bearer {key}" if key else None}
        content = b""
        if said.body is not None:
            content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            headers["content-type"] = "application/json"
        headers.update(said.headers or {})
        path, _, query = (BASE + said.path).partition("?")
        scope = {
            "type": "http",
            "method": said.method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.encode(), value.encode("latin-1")) for name, value in headers.items() if value is not None
            ],
        }
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await self.application(scope, receive, send)
        start, *parts = messages
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        return Spoken(start["status"], sent, b"".join(part["body"] for part in parts))
