"""One exchange as an interaction of VCR's format, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from conformance.exchange import Exchange, Headers, Request, Response

RAW_TARGET = "raw_target"
_ACTORS_WITHOUT_KEY = frozenset({"anonymous"})


def to_interaction(exchange: Exchange, base_url: str) -> dict[str, Any]:
    """Return an exchange in VCR's form, with keys of our own beside `request` and `response`.

    The shape: `{number, actor, started, ended, [group], [failure], request: {method, uri, headers, body},
    response: {status: {code, message}, headers, body: {string}} or None}`.
    """
    request = exchange.request
    interaction: dict[str, Any] = {
        "number": exchange.number,
        "actor": request.actor,
        "started": round(exchange.started, 6),
        "ended": round(exchange.ended, 6),
    }
    if exchange.group:
        interaction["group"] = exchange.group
    if exchange.failure is not None:
        interaction["failure"] = exchange.failure
    target = request.target
    if not target.isascii():
        interaction[RAW_TARGET] = target.encode("utf-8", "surrogateescape")
        target = target.encode("ascii", "replace").decode("ascii")
    headers = _grouped(request.headers)
    if request.actor not in _ACTORS_WITHOUT_KEY:
        headers["authorization"] = [f"Bearer <{request.actor}>"]
    interaction["request"] = {
        "method": request.method,
        "uri": base_url + target,
        "headers": headers,
        "body": None if request.body is None else readable(request.body),
    }
    interaction["response"] = None if exchange.response is None else _response(exchange.response)
    return interaction


def from_interaction(raw: Mapping[str, Any], base_url: str, story: str) -> Exchange:
    """Return the exchange that `to_interaction` wrote.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is not of that shape.
    """
    written = raw["request"]
    uri = written["uri"]
    if not uri.startswith(base_url):
        message = f"its address does not begin with {base_url}"
        raise ValueError(message)
    target = uri.removeprefix(base_url)
    if RAW_TARGET in raw:
        target = raw[RAW_TARGET].decode("utf-8", "surrogateescape")
    headers = tuple(each for each in flat(written["headers"]) if each[0] != "authorization")
    body = written["body"]
    request = Request(
        _text(raw["actor"]), _text(written["method"]), target, headers, None if body is None else as_bytes(body)
    )
    response = raw["response"]
    return Exchange(
        _whole(raw["number"]),
        request,
        None if response is None else _read_response(response),
        raw.get("failure"),
        float(raw["started"]),
        float(raw["ended"]),
        story,
        _whole(raw.get("group", 0)),
    )


def readable(body: bytes) -> str | bytes:
    """Return text where bytes are UTF-8; YAML writes the rest as !!binary, as VCR does."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body


def as_bytes(body: object) -> bytes:
    """Return the bytes that `readable` was given.

    Raises:
        TypeError: it is neither text nor bytes.
    """
    if isinstance(body, bytes):
        return body
    return _text(body).encode("utf-8")


def flat(headers: Mapping[str, Any] | None) -> Headers:
    """Return VCR's headers, a list or a text for each name, as pairs with names in lower case."""
    pairs: list[tuple[str, str]] = []
    for name, values in (headers or {}).items():
        listed: Sequence[Any] = values if isinstance(values, list) else [values]
        pairs += [
            (str(name).lower(), each.decode("latin-1") if isinstance(each, bytes) else str(each)) for each in listed
        ]
    return tuple(pairs)


def _response(response: Response) -> dict[str, Any]:
    known = response.status in HTTPStatus.__members__.values()
    return {
        "status": {"code": response.status, "message": HTTPStatus(response.status).phrase if known else ""},
        "headers": _grouped(response.headers),
        "body": {"string": readable(response.body)},
    }


def _read_response(raw: Mapping[str, Any]) -> Response:
    return Response(_whole(raw["status"]["code"]), flat(raw["headers"]), as_bytes(raw["body"]["string"]))


def _grouped(headers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = f"text was expected, not {value!r}"
        raise TypeError(message)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        message = f"a whole number was expected, not {value!r}"
        raise TypeError(message)
    return value
