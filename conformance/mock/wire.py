"""Requests and answers as they travel: plain ASGI in both directions, nothing of the API."""

import gzip
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from conformance.mock.behaviour import Behaviour

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class Request:
    """One HTTP request, read to its end."""

    method: str
    raw_path: bytes
    raw_query: bytes
    headers: list[tuple[str, str]]
    content: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of that name (in lower case)."""
        return next((value for key, value in self.headers if key == name), None)

    @cached_property
    def segments(self) -> list[str]:
        """The path, split at its slashes before it is decoded."""
        parts = self.raw_path.split(b"/")[1:]
        return [unquote_to_bytes(part).decode("utf-8", "surrogateescape") for part in parts]

    @cached_property
    def query(self) -> dict[str, str]:
        """The query string, the last of equal names."""
        return dict(parse_qsl(self.raw_query.decode("latin-1"), keep_blank_values=True))


@dataclass
class Answer:
    """One HTTP answer: ``body`` is written as JSON unless it is bytes or None."""

    status: int
    body: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    content_type: str = "application/json"
    ending: str = "whole"
    """``whole``, or ``dropped``: the connection closes in the middle."""

    @property
    def data(self) -> Any:
        """What stands under ``data``, if anything does."""
        return self.body.get("data") if isinstance(self.body, dict) else None


class Refusal(Exception):  # noqa: N818 - it is an answer, and no error of the program
    """An answer that ends the handling of a request."""

    def __init__(self, status: int, body: object, **headers: str) -> None:
        """Refuse with that status and body; headers are written with underscores."""
        super().__init__(status)
        self.answer = Answer(status, body, [(name.replace("_", "-"), value) for name, value in headers.items()])


async def receive_request(scope: Scope, receive: Receive) -> Request:
    """Read a request to its end."""
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False) and message["type"] == "http.request"
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    path = scope.get("raw_path") or scope["path"].encode()
    return Request(scope["method"], path, scope.get("query_string", b""), headers, b"".join(chunks))


async def send_answer(send: Send, request: Request, answer: Answer, behaviour: Behaviour) -> None:
    """Write an answer as the behaviour has it travel."""
    content = _content(answer, behaviour)
    headers = list(answer.headers)
    if answer.body is not None:
        headers.append(("content-type", answer.content_type))
    if behaviour.extra_headers:
        headers += [("x-request-id", "0b7e2a"), ("x-runtime", "0.004"), ("cache-control", "max-age=0, private")]
    if behaviour.validators and request.method in {"GET", "HEAD"} and answer.status == 200:
        etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers.append(("etag", etag))
        if request.header("if-none-match") in {etag, "*"}:
            answer, content = Answer(304), b""
    if behaviour.compressed and content and "gzip" in (request.header("accept-encoding") or ""):
        content = gzip.compress(content, mtime=0)
        headers += [("content-encoding", "gzip"), ("vary", "accept-encoding")]
    if behaviour.connection == "closed":
        headers.append(("connection", "close"))
    bodiless = answer.status in {204, 304}
    if answer.ending == "dropped":
        headers.append(("content-length", str(len(content) + 10)))
    elif not behaviour.chunked and not bodiless:
        headers.append(("content-length", str(len(content))))
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
    )
    content = b"" if bodiless or request.method == "HEAD" else content
    if behaviour.chunked and len(content) > 1:
        middle = len(content) // 2
        await send({"type": "http.response.body", "body": content[:middle], "more_body": True})
        content = content[middle:]
    await send({"type": "http.response.body", "body": content})


def _content(answer: Answer, behaviour: Behaviour) -> bytes:
    if answer.body is None:
        return b""
    if isinstance(answer.body, bytes):
        return answer.body
    body = _ordered(answer.body, behaviour.field_order)
    if behaviour.integers_with_a_point:
        body = _with_a_point(body)
    text = json.dumps(body, ensure_ascii=behaviour.ascii_only, separators=(",", ":"))
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()  # as JavaScript writes it


def _ordered(value: object, order: str) -> object:
    if isinstance(value, list):
        return [_ordered(item, order) for item in value]
    if not isinstance(value, dict) or order == "documented":
        return value
    names = sorted(value) if order == "sorted" else list(reversed(value))
    return {name: _ordered(value[name], order) for name in names}


def _with_a_point(value: object) -> object:
    if isinstance(value, list):
        return [_with_a_point(item) for item in value]
    if isinstance(value, dict):
        return {name: _with_a_point(item) for name, item in value.items()}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
