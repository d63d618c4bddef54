"""Why no answer came, in one clear line each: what happened, and what to do next."""

from __future__ import annotations

from conformance.exchange import Exchange

_WORDS = {
    "timeout": "no whole answer within {timeout:g} s; is the target up, or is --timeout too short",
    "unreachable": "the target cannot be reached: nothing listens there, or the connection was refused",
    "interrupted": "the connection was closed before the answer was whole",
    "connection": "the connection was closed without an answer, again and again",
    "oversized": "the answer is too large",
    "protocol": "what came is not HTTP, or not what its headers say",
    "tls": "the certificate does not verify; give the authority's with --ca-bundle",
    "redirect": "the target redirects to another host, where the key does not follow; give the right --target-url",
}


def why(exchange: Exchange, timeout: float, cause: str = "") -> str:
    """Return the reason for a missing answer, with the request that it was about.

    Args:
        cause: what the network or TLS library said.
    """
    words = _WORDS.get(exchange.failure or "", "no answer").format(timeout=timeout)
    said = f" ({cause})" if cause and exchange.failure != "timeout" else ""
    return f"{words}{said}: {exchange.request.method} {exchange.request.target}"
