"""What may be kept of an exchange: no key, no cookie, no token, and only headers that are known to be harmless."""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.exchange import Exchange, Headers, Request, Response

# A body is kept decoded, so that no header of its encoding or length is true any more.
_KEPT_OF_ANSWERS = frozenset(
    {
        "allow",
        "cache-control",
        "connection",
        "content-type",
        "date",
        "etag",
        "retry-after",
        "server",
        "vary",
        "www-authenticate",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    }
)
_NEVER_KEPT = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "host"})
_IN_ITS_PLACE = "<taken out>"
_SHAPES = (
    re.compile(r"\bidc_[A-Za-z0-9]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"\b(?:sk|pk|ghp|gho|xox[abp])[_-][A-Za-z0-9_-]{12,}"),
)
_MEMBER = re.compile(
    r'("[^"\\]*(?:token|secret|passw(?:or)?d|api_?key|session|cookie|authorization|csrf|credential)[^"\\]*"\s*:\s*")'
    r'((?:[^"\\]|\\.)+)(?=")',
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"(?i)(\b(?:[a-z_-]*(?:token|secret|password|api_?key|session)[a-z_-]*|(?:set-)?cookie)=)[^&;\s\"'<]+"
)


def kept(exchange: Exchange) -> Exchange:
    """Return an exchange as it may be written to a file; the oracle judges it the same."""
    request, response = exchange.request, exchange.response
    asked = Request(
        request.actor,
        request.method,
        without_secrets(request.target),
        _headers(request.headers, None),
        None if request.body is None else _bytes(request.body),
    )
    answered = None
    if response is not None:
        answered = Response(response.status, _headers(response.headers, _KEPT_OF_ANSWERS), _bytes(response.body))
    return replace(exchange, request=asked, response=answered)


def without_secrets(text: str) -> str:
    """Return a text in which whatever looks like a key, a token or a cookie is taken out."""
    for shape in _SHAPES:
        text = shape.sub(_IN_ITS_PLACE, text)
    text = _MEMBER.sub(lambda found: found[1] + _IN_ITS_PLACE, text)
    return _FIELD.sub(lambda found: found[1] + _IN_ITS_PLACE, text)


def _bytes(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "surrogateescape")
    return without_secrets(text).encode("utf-8", "surrogateescape")


def _headers(headers: Headers, only: frozenset[str] | None) -> Headers:
    return tuple(
        (name, without_secrets(value))
        for name, value in headers
        if name not in _NEVER_KEPT and (only is None or name in only)
    )
