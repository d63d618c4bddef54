"""A proxy between suite and mock that does to connections what the world does to them."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Self
from urllib.parse import urlsplit

_HEAD_END = b"\r\n\r\n"
_LARGEST = 1 << 16
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One request at the proxy: its place in the run, its raw bytes, and the mock's raw answer on demand."""

    number: int
    raw: bytes
    answer: Callable[[], bytes]

    @property
    def is_write(self) -> bool:
        """Tell whether it may change something."""
        return not self.raw.startswith((b"GET ", b"HEAD ", b"OPTIONS "))


Chaos = Callable[[Seen, socket.socket], bytes | None]
"""Answers a request: raw bytes to be sent, or None where it did all there was to do; the connection is closed then."""


class ChaosProxy:
    """Listens on a port of its own and answers as its chaos says; a context manager.

    Args:
        upstream: the mock's base URL.
        chaos: what is done to each request; answers pass untouched where it returns them.
        tls: a context to answer in TLS with.
    """

    def __init__(self, upstream: str, chaos: Chaos, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._chaos = chaos
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if tls else "http"
        self.port = self._socket.getsockname()[1]
        self.base_url = f"{scheme}://127.0.0.1:{self.port}{parts.path}"
        self.requests = 0
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening: from now on connections are refused."""
        self._closed = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        while not self._closed:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(_PATIENCE)
        with suppress(OSError), client:
            if self._tls is None:
                self._answer(client)
                return
            with self._tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False) as wrapped:
                wrapped.do_handshake()
                self._answer(wrapped)

    def _answer(self, client: socket.socket) -> None:
        """Answer what comes over one connection, as the chaos says."""
        while not self._closed:
            raw = read_message(client)
            if not raw:
                return
            with self._lock:
                self.requests += 1
                number = self.requests
            answer = self._chaos(Seen(number, raw, partial(self._ask, raw)), client)
            if answer is None:
                return
            client.sendall(answer)

    def _ask(self, raw: bytes) -> bytes:
        """Ask the mock, and read its whole answer."""
        with socket.create_connection(self._upstream, timeout=_PATIENCE) as upstream:
            upstream.sendall(raw)
            return read_message(upstream)


def read_message(connection: socket.socket) -> bytes:
    """Read one HTTP message with a Content-Length, or none, from a connection."""
    raw = b""
    while _HEAD_END not in raw:
        more = connection.recv(_LARGEST)
        if not more:
            return b""
        raw += more
    head, _, body = raw.partition(_HEAD_END)
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        more = connection.recv(_LARGEST)
        if not more:
            break
        body += more
    return head + _HEAD_END + body


def message(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Write an answer."""
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", *headers]
    lines.append(f"content-length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + _HEAD_END + body


# ---------------------------------------------------------------------- when
def at(*numbers: int) -> Callable[[Seen], bool]:
    """Tell of some requests of the run, by their place."""
    return lambda seen: seen.number in numbers


def always(_seen: Seen) -> bool:
    """Tell of every request."""
    return True


def every(step: int, *, writes: bool = False) -> Callable[[Seen], bool]:
    """Tell of every so-manieth request, of writes only where that is asked for."""
    return lambda seen: seen.number % step == 0 and (seen.is_write or not writes)


def from_on(first: int, last: int = 1 << 30) -> Callable[[Seen], bool]:
    """Tell of the requests from one on, up to another."""
    return lambda seen: first <= seen.number <= last


# ---------------------------------------------------------------------- what
def passing(seen: Seen, _client: socket.socket) -> bytes | None:
    """Let everything pass."""
    return seen.answer()


def struck(when: Callable[[Seen], bool], what: Chaos) -> Chaos:
    """Do something to some requests, and let the others pass."""
    return lambda seen, client: what(seen, client) if when(seen) else seen.answer()


def reset(_seen: Seen, client: socket.socket) -> None:
    """Reset the connection; the mock never hears of the request."""
    _abort(client)


def reset_after_work(seen: Seen, client: socket.socket) -> None:
    """Let the mock do it, and reset the connection before the answer."""
    seen.answer()
    _abort(client)


def reset_in_the_middle(seen: Seen, client: socket.socket) -> None:
    """Send half of the answer, then reset the connection."""
    answer = seen.answer()
    client.sendall(answer[: len(answer) * 2 // 3])
    time.sleep(0.02)
    _abort(client)


def truncated(seen: Seen, client: socket.socket) -> None:
    """Send half of the answer, then close."""
    answer = seen.answer()
    client.sendall(answer[: len(answer) * 2 // 3])


def silent(_seen: Seen, client: socket.socket) -> None:
    """Say nothing for as long as the suite waits."""
    with suppress(OSError):
        client.recv(1)


def silent_after_work(seen: Seen, client: socket.socket) -> None:
    """Let the mock do it, then say nothing."""
    seen.answer()
    silent(seen, client)


def dripping_body(seen: Seen, client: socket.socket) -> None:
    """Send the answer a byte at a time."""
    _drip(client, seen.answer(), 0.2)


def dripping_head(_seen: Seen, client: socket.socket) -> None:
    """Send headers for ever, a byte at a time."""
    _drip(client, b"HTTP/1.1 200 OK\r\nx-drip: " + b"a" * 10_000, 0.2)


def oversized(_seen: Seen, _client: socket.socket) -> bytes:
    """Answer with 10 MB."""
    return message(b'{"data": "' + b"a" * 10_000_000 + b'"}')


def gzip_bomb(seen: Seen, _client: socket.socket) -> bytes:
    """Answer a read, which offers to unpack, with 30 kB that unpack to 30 MB."""
    return seen.answer() if seen.is_write else message(_BOMB, "content-encoding: gzip")


def gzip_bomb_twice(_seen: Seen, _client: socket.socket) -> bytes:
    """Answer with a bomb packed twice."""
    return message(gzip.compress(_BOMB), "content-encoding: gzip, gzip")


def cut_gzip(seen: Seen, _client: socket.socket) -> bytes:
    """Answer a read, which offers to unpack, with gzip that ends early."""
    return seen.answer() if seen.is_write else message(_BOMB[:1000], "content-encoding: gzip")


def length_too_large(seen: Seen, client: socket.socket) -> None:
    """Say that more comes than does, and close."""
    head, _, body = seen.answer().partition(_HEAD_END)
    client.sendall(message(body, length=len(body) + 50, status=_status(head)))


def length_too_small(seen: Seen, _client: socket.socket) -> bytes:
    """Say that less comes than does."""
    head, _, body = seen.answer().partition(_HEAD_END)
    return message(body, length=max(len(body) - 20, 1), status=_status(head))


def no_http(_seen: Seen, client: socket.socket) -> None:
    """Answer with something else."""
    client.sendall(b"220 mail.example.com ESMTP\r\n\r\n")


def header_flood(_seen: Seen, client: socket.socket) -> None:
    """Answer with a megabyte of headers."""
    flood = b"".join(b"x-%d: %s\r\n" % (index, b"a" * 900) for index in range(1100))
    client.sendall(b"HTTP/1.1 200 OK\r\n" + flood + b"content-length: 2\r\n\r\n{}")


def deep_json(_seen: Seen, _client: socket.socket) -> bytes:
    """Answer with JSON nested a hundred thousand times."""
    return message(b"[" * 100_000 + b"]" * 100_000)


def too_many(retry_after: str | None) -> Chaos:
    """Answer 429."""
    header = [] if retry_after is None else [f"retry-after: {retry_after}"]
    return lambda _seen, _client: message(b'{"error": "Too many requests"}', *header, status="429 Too Many Requests")


def unavailable(retry_after: str) -> Chaos:
    """Answer 503 with Retry-After."""
    body = b'{"error": "Maintenance"}'
    return lambda _seen, _client: message(body, f"retry-after: {retry_after}", status="503 Service Unavailable")


def redirected(location: str, status: str = "307 Temporary Redirect") -> Chaos:
    """Answer with a redirect."""
    return lambda _seen, _client: message(b"{}", f"location: {location}", status=status)


def _abort(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _drip(client: socket.socket, raw: bytes, pause: float) -> None:
    for index in range(len(raw)):
        client.sendall(raw[index : index + 1])
        time.sleep(pause)


def _status(head: bytes) -> str:
    return head.split(b"\r\n")[0].decode().partition(" ")[2]


_BOMB = gzip.compress(b"a" * 30_000_000)
