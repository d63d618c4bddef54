"""What passes between the suite and a server: the only thing that the oracle sees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Headers = tuple[tuple[str, str], ...]


def as_json(value: object) -> bytes:
    """Return a value as JSON in UTF-8; in escapes where it holds a lone surrogate, which UTF-8 has not (RFC 8259)."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it goes on the wire, less the key.

    Args:
        actor: the name of the key that speaks, never the key itself.
        method: an HTTP method.
        target: path and query below the base URL, percent-encoded, beginning with a slash.
        headers: names in lower case; `authorization` and `host` are never among them.
        body: the raw bytes, or None for a request without a body.
    """

    actor: str
    method: str
    target: str
    headers: Headers = ()
    body: bytes | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        return first_header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: status, headers (names in lower case) and the decoded body."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        return first_header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it.

    Args:
        number: its place in the whole run, from 1.
        request: what was asked.
        response: what was answered, or None where no whole answer came.
        failure: where there is no response: `timeout`, `connection`, `oversized` or `protocol`.
        started: seconds since the run began, when the request was sent.
        ended: seconds since the run began, when the answer was complete.
        story: the test that sent it.
        group: the round it was part of, where requests were sent to overlap; 0 otherwise.
    """

    number: int
    request: Request
    response: Response | None
    failure: str | None = None
    started: float = 0.0
    ended: float = 0.0
    story: str = field(default="", compare=False)
    group: int = 0

    @property
    def status(self) -> int | None:
        """Return the status of the answer; None where no whole answer came."""
        return self.response.status if self.response is not None else None


def first_header(headers: Headers, name: str) -> str | None:
    """Return the first value of a header whose name is given in lower case, or None."""
    return next((value for key, value in headers if key == name), None)


def in_rounds(exchanges: Iterable[Exchange]) -> list[Sequence[Exchange]]:
    """Part a conversation into rounds: exchanges that overlapped in time stand together.

    The order within a round is that of their starts. Most rounds hold one exchange.
    """
    rounds: list[list[Exchange]] = []
    latest_end = float("-inf")
    for exchange in sorted(exchanges, key=lambda each: (each.started, each.number)):
        if rounds and exchange.started < latest_end:
            rounds[-1].append(exchange)
            latest_end = max(latest_end, exchange.ended)
        else:
            rounds.append([exchange])
            latest_end = exchange.ended
    return [tuple(each) for each in rounds]
