"""The wire: one httpx client, raw bytes out, redacted exchanges back."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from conformance import __version__
from conformance.exchange import Exchange, Headers, Request, Response
from conformance.target.answers import GarbledError, OversizedError, read_body
from conformance.target.bounds import Meter, bound
from conformance.target.settings import Limits, Target
from conformance.target.stops import BrokenRequestError

MOST_KEPT = 128 * 1024 * 1024
_LONGEST_CAUSE = 300
_NOT_KEPT = frozenset({"set-cookie", "authorization", "proxy-authorization", "cookie"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LATE_BYTES = 0.05
_LONGEST_TO_PARSE = 64 * 1024


class _ElsewhereError(Exception):
    """A redirect to another host: nothing follows it, least of all the key."""


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
        self._kept_bytes = 0
        self.causes: dict[int, str] = {}
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
        self._meter = Meter(clock)
        bound(self._client, self._meter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def begin_again(self) -> None:
        """Allow as much to be kept as at the start: the undo has a measure of its own."""
        self._kept_bytes = 0

    def now(self) -> float:
        """Return the seconds since the run began."""
        return self._clock() - self._began

    def send(self, request: Request, number: int, story: str, group: int = 0) -> Exchange:
        """Send a request and return what came of it; a failure is an exchange without response.

        What a failure was is in `causes` by the exchange's number.

        Raises:
            BrokenRequestError: sending failed for a reason that is the suite's own; no frame of it holds a key.
        """
        started = self.now()
        response: Response | None = None
        failure: str | None = None
        fault = ""
        try:
            response = self._answer(request, alone=group == 0)
        except KeyboardInterrupt:
            raise KeyboardInterrupt from None  # its own frames hold the key: a traceback would show it
        except Exception as error:  # noqa: BLE001 - for the same reason, nothing may pass
            found = _failure(error)
            failure = found
            cause = self._keys.redact(" ".join(str(error).split()))[:_LONGEST_CAUSE]
            self.causes[number] = cause
            fault = f"{type(error).__name__}: {cause}" if found is None else ""
        if fault:
            message = f"{request.method} {request.target} as {request.actor} could not be sent: {fault}"
            raise BrokenRequestError(message)
        return Exchange(number, request, response, failure, started, self.now(), story, group)

    def _answer(self, request: Request, *, alone: bool) -> Response:
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
        self._meter.begin(self._timeout)
        answer = self._client.send(built, stream=True, follow_redirects=False)
        with closing(answer):
            self._check_redirect(request, answer)
            body = read_body(answer, may_be_packed=_offers_gzip(request))
            if alone:
                self._check_length(request, answer, body)
        self._kept_bytes += len(body)
        if self._kept_bytes > MOST_KEPT:
            message = f"the answers of this run add up to more than {MOST_KEPT // 2**20} MiB"
            raise OversizedError(message)
        return Response(answer.status_code, self._kept(answer.headers), self._keys.redact_bytes(body))

    def _check_redirect(self, request: Request, answer: httpx.Response) -> None:
        """Stop where a redirect leads to another origin; a router's own, to the plain path, may forget the scheme.

        Frameworks behind a proxy that ends TLS redirect a path with a slash at its end to http. It is not followed.
        """
        location = answer.headers.get("location")
        if answer.is_redirect and location is not None:
            there = urlsplit(urljoin(self._origin, location))
            scheme, host, port = _parts(self._origin)
            asked = self._base_path + request.target.partition("?")[0]
            if there.hostname == host and there.path != asked and _plainly(there.path) == _plainly(asked):
                return
            if _origin(there.scheme, there.hostname, there.port) != _origin(scheme, host, port):
                message = f"{answer.status_code} to {there.scheme}://{there.netloc}"
                raise _ElsewhereError(message)

    def _check_length(self, request: Request, answer: httpx.Response, body: bytes) -> None:
        """See that a Content-Length was not too small: the rest would be taken for the next answer."""
        length = answer.headers.get("content-length", "")
        if request.method == "HEAD" or not length.isdigit() or "transfer-encoding" in answer.headers:
            return
        if not body.startswith((b"{", b"[")) or _is_json(body):
            more = bool(self._meter.beyond(int(length)))
        else:
            time.sleep(_LATE_BYTES)
            stream = self._meter.stream
            more = bool(self._meter.beyond(int(length))) or (stream is not None and stream.has_more())
        if more:
            message = f"more came than the Content-Length of {length} says"
            raise GarbledError(message)

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        given = {name for name, _ in request.headers}
        headers = [
            ("accept", "application/json"),
            ("accept-encoding", "gzip" if _offers_gzip(request) else "identity"),
            ("user-agent", f"identitycall-conformance/{__version__}"),
        ]
        headers = [each for each in headers if each[0] not in given] + list(request.headers)
        authorization = self._keys.authorization(request.actor)
        if authorization is not None:
            headers.append(("authorization", authorization))
        return [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]

    def _kept(self, headers: httpx.Headers) -> Headers:
        return tuple(
            (self._keys.redact(name.lower()), self._keys.redact(value))
            for name, value in headers.multi_items()
            if name.lower() not in _NOT_KEPT
        )


_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.TimeoutException, "timeout"),
    (httpx.ConnectError, "unreachable"),
    (httpx.ProxyError, "unreachable"),
    (httpx.NetworkError, "interrupted"),
    (OversizedError, "oversized"),
    (_ElsewhereError, "redirect"),
    (GarbledError, "protocol"),
    (httpx.HTTPError, "protocol"),
    (httpx.InvalidURL, "protocol"),
)


def _failure(error: Exception) -> str | None:
    """Return what kept an answer away, in one word; None where the suite itself is at fault."""
    if isinstance(error, httpx.NetworkError) and _is_tls(error):
        return "tls"
    if isinstance(error, httpx.RemoteProtocolError) and ("disconnected" in str(error) or "closed connec" in str(error)):
        return "interrupted"
    return next((word for kind, word in _FAILURES if isinstance(error, kind)), None)


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _offers_gzip(request: Request) -> bool:
    """Tell whether an answer may be packed: only reads offer it, so that one that comes unasked is seen."""
    return request.method == "GET"


def _is_json(body: bytes) -> bool:
    if len(body) > _LONGEST_TO_PARSE:
        return body.rstrip().endswith((b"}", b"]"))
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _plainly(path: str) -> list[str]:
    """Return the segments of a path without regard to case and to slashes too many."""
    return [segment for segment in path.lower().split("/") if segment]


def _parts(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _origin(scheme: str, host: str | None, port: int | None) -> tuple[str, str, int | None]:
    return scheme.lower(), (host or "").lower().rstrip("."), port or _DEFAULT_PORTS.get(scheme.lower())
