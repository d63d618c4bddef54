"""Watching a run from inside, for what its report does not tell: every request, and what the mock counted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from conformance.exchange import Exchange
from conformance.mock.server import MockServer
from conformance.run import Run


@dataclass
class Watched:
    """What ran in this process since `watch` was called."""

    runs: list[Run] = field(default_factory=list)
    mocks: list[MockServer] = field(default_factory=list)

    def requests(self) -> list[str]:
        """Return every request as a line, with its round; those that overlap ordered by what they say."""
        conversation = [exchange for run in self.runs for exchange in run.client.conversation]
        return [line for _, line in sorted((each.group or each.number, _line(each)) for each in conversation)]

    def received(self) -> int | None:
        """Return how many requests reached the embedded mock; None where there was none."""
        return sum(mock.requests_received for mock in self.mocks) if self.mocks else None


def _line(exchange: Exchange) -> str:
    request = exchange.request
    body = None if request.body is None else request.body.decode("latin-1")
    return json.dumps(
        [exchange.group or exchange.number, request.actor, request.method, request.target, request.headers, body]
    )


def watch() -> Watched:
    """Take note of every run that closes, and of every mock that starts, from now on."""
    watched = Watched()
    close, start = Run.close, MockServer.start

    def closing(run: Run) -> None:
        watched.runs.append(run)
        close(run)

    def starting(mock: MockServer) -> MockServer:
        watched.mocks.append(mock)
        return start(mock)

    Run.close = closing  # type: ignore[assignment,method-assign]  # to watch from outside is what this is for
    MockServer.start = starting  # type: ignore[assignment,method-assign]  # as above
    return watched
