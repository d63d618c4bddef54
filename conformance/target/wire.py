"""The wire: one httpx client, raw bytes out, redacted exchanges back."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import closing
from typing import Self
from urllib.parse import urlsplit

import httpx

from conformance import __version__
from conformance.exchange import Exchange, Headers, Request, Response
from conformance.target.keys import Keyring
from conformance.target.settings import Limits, Target

LARGEST_ANSWER = 4 * 1024 * 1024
_CONNECTION_LOST = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.ConnectError)
_NOT_KEPT = frozenset({"set-cookie", "authorization", "proxy-authorization", "cookie"})


class _Oversized(Exception):
    """An answer is larger than any detail payload can be."""


class Wire:
    """Sends one request at a time, from any thread.

    Args:
        target: whom to send to.
        clock: seconds, monotonic.
    """

    def __init__(self, target: Target, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(target.base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}/"
        self._base_path = parts.path.rstrip("/")
        self._keys = target.keys
        self._clock = clock
        self._began = clock()
        self._timeout = limits.timeout
        verify: ssl.SSLContext | bool = True
        if limits.ca_bundle is not None:
            verify = ssl.create_default_context(cafile=str(limits.ca_bundle))
        elif parts.scheme == "http":
            verify = False  # no TLS at all: building a context costs more than a run of smoke
        self._client = httpx.Client(
            timeout=limits.timeout,
            verify=verify,
            trust_env=target.kind != "mock",
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def now(self) -> float:
        """Return the seconds since the run began."""
        return self._clock() - self._began

    def send(self, request: Request, number: int, story: str, group: int = 0) -> Exchange:
        """Send a request and return what came of it; a failure is an exchange without response."""
        started = self.now()
        response: Response | None = None
        failure: str | None = None
        try:
            response = self._answer(request)
        except httpx.TimeoutException:
            failure = "timeout"
        except _CONNECTION_LOST as error:
            failure = "unreachable" if isinstance(error, httpx.ConnectError) else "connection"
        except _Oversized:
            failure = "oversized"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            failure = "protocol"
        return Exchange(number, request, response, failure, started, self.now(), story, group)

    def _answer(self, request: Request) -> Response:
        headers = self._headers(request)
        built = httpx.Request(
            request.method,
            self._origin,
            headers=headers,
            content=request.body,
            extensions={
                "target": (self._base_path + request.target).encode("ascii", "surrogateescape"),
                "timeout": httpx.Timeout(self._timeout).as_dict(),
            },
        )
        deadline = self._clock() + self._timeout
        answer = self._client.send(built, stream=True, follow_redirects=False)
        with closing(answer):
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise _Oversized
                if self._clock() > deadline:
                    message = "the answer came too slowly"
                    raise httpx.ReadTimeout(message)
            return Response(answer.status_code, self._kept(answer.headers), self._keys.redact_bytes(bytes(body)))

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        given = {name for name, _ in request.headers}
        headers = [
            ("accept", "application/json"),
            ("accept-encoding", "gzip"),
            ("user-agent", f"identitycall-conformance/{__version__}"),
        ]
        headers = [each for each in headers if each[0] not in given] + list(request.headers)
        authorization = self._keys.authorization(request.actor)
        if authorization is not None:
            headers.append(("authorization", authorization))
        return [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]

    def _kept(self, headers: httpx.Headers) -> Headers:
        return tuple(
            (name.lower(), self._keys.redact(value))
            for name, value in headers.multi_items()
            if name.lower() not in _NOT_KEPT
        )
