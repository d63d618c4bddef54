"""A bound on every answer: one deadline for connection, headers and body together, however slowly they drip."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

_LARGEST_HEAD = 256 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_PEEK_SECONDS = 0.02


class Meter(threading.local):
    """What the request of this thread has left, and what came of its answer so far."""

    deadline: float = float("inf")
    received: int = 0
    stream: BoundedStream | None = None

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self.head = bytearray()

    def begin(self, seconds: float) -> None:
        """Start a request that may take so many seconds in all."""
        self.deadline = self.clock() + seconds
        self.forget()

    def forget(self) -> None:
        """Begin to count anew: what came was a proxy's."""
        self.received, self.stream = 0, None
        self.head.clear()

    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self.deadline - self.clock()

    def count(self, data: bytes, stream: BoundedStream) -> None:
        """Take note of bytes that came."""
        self.received += len(data)
        self.stream = stream
        if _END_OF_HEAD not in self.head and len(self.head) < _LARGEST_HEAD:
            self.head += data

    def beyond(self, length: int) -> int:
        """Return how many bytes came beyond a head and a body of a length; 0 where the head is not a plain one."""
        end = self.head.find(_END_OF_HEAD)
        if end < 0 or self.head[9:10] == b"1":
            return 0
        return max(0, self.received - end - len(_END_OF_HEAD) - length)


class BoundedStream(httpcore.NetworkStream):
    """A connection whose reads and writes end at the deadline of the request that they belong to."""

    def __init__(self, inner: httpcore.NetworkStream, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, until the deadline at most."""
        left = self._meter.left()
        if left <= 0:
            message = "the deadline of the request is over"
            raise httpcore.ReadTimeout(message)
        data = self._inner.read(max_bytes, _smaller(timeout, left))
        self._meter.count(data, self)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, until the deadline at most."""
        left = self._meter.left()
        if left <= 0:
            message = "the deadline of the request is over"
            raise httpcore.WriteTimeout(message)
        self._inner.write(buffer, _smaller(timeout, left))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(self, *args: Any, **more: Any) -> httpcore.NetworkStream:
        """Go on over TLS; what came before was not the target's."""
        self._meter.forget()
        return BoundedStream(self._inner.start_tls(*args, **more), self._meter)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._inner.get_extra_info(info)

    def has_more(self) -> bool:
        """Tell whether bytes wait that nobody asked for; an end is none. Takes one of them."""
        try:
            if not self._inner.get_extra_info("is_readable"):
                return False
            return bool(self._inner.read(1, _PEEK_SECONDS))
        except Exception:  # noqa: BLE001 - a connection that is closed has no more, whatever it raises
            return False


class BoundedBackend(httpcore.NetworkBackend):
    """Connections that keep to a deadline."""

    def __init__(self, inner: httpcore.NetworkBackend, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **more: Any
    ) -> httpcore.NetworkStream:
        """Connect, until the deadline at most."""
        timeout = _smaller(timeout, max(self._meter.left(), 0.001))
        return BoundedStream(self._inner.connect_tcp(host, port, timeout, *args, **more), self._meter)

    def connect_unix_socket(self, path: str, *args: Any, **more: Any) -> httpcore.NetworkStream:
        """Connect to a socket in the file system."""
        return BoundedStream(self._inner.connect_unix_socket(path, *args, **more), self._meter)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._inner.sleep(seconds)


def bound(client: httpx.Client, meter: Meter) -> None:
    """Let every connection that a client makes, proxies' too, keep to the meter's deadline."""
    transports: Iterable[Any] = (client._transport, *client._mounts.values())  # noqa: SLF001 - httpx gives no other way
    for transport in transports:
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = BoundedBackend(pool._network_backend, meter)  # noqa: SLF001 - as above


def _smaller(timeout: float | None, left: float) -> float:
    return left if timeout is None else min(timeout, left)
