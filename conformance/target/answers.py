"""Reading an answer's bytes within bounds: how large, how compressed, how long it says it is."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import httpx

LARGEST_ANSWER = 2 * 1024 * 1024
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class OversizedError(Exception):
    """An answer is larger than any detail payload can be."""


class GarbledError(Exception):
    """What came is not what its headers say."""


def read_body(answer: httpx.Response, *, may_be_packed: bool) -> bytes:
    """Read a body, and unpack it where the request offered an encoding.

    An encoding that was not offered is left as it came: that is the server's fault, and the oracle's to judge.

    Raises:
        OversizedError: more than 2 MiB, before or after unpacking.
        GarbledError: it is not in the encoding that it names, or ends before its end.
    """
    bits = _WINDOW_BITS.get(answer.headers.get("content-encoding", "").strip().lower())
    raw = answer.iter_raw()
    return _unpacked(raw, bits) if may_be_packed and bits is not None else _plain(raw)


def _plain(chunks: Iterable[bytes]) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > LARGEST_ANSWER:
            message = f"the answer is larger than {LARGEST_ANSWER // 2**20} MiB"
            raise OversizedError(message)
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], bits: int) -> bytes:
    unpacker, body, came = zlib.decompressobj(bits), bytearray(), 0
    for chunk in chunks:
        came += len(chunk)
        try:
            body += unpacker.decompress(chunk, LARGEST_ANSWER + 1 - len(body))
        except zlib.error as error:
            message = f"the body cannot be unpacked ({error})"
            raise GarbledError(message) from None
        if len(body) > LARGEST_ANSWER or came > LARGEST_ANSWER:
            message = f"the answer unpacks to more than {LARGEST_ANSWER // 2**20} MiB"
            raise OversizedError(message)
    if came and not unpacker.eof:
        message = "the compressed body ends before its end"
        raise GarbledError(message)
    return bytes(body)
