"""Requests and answers as traffic files hold them, from VCR cassettes and HAR 1.2 files of whatever program."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from conformance.exchange import Headers
from conformance.recording.cassette import RECORDER, read_yaml
from conformance.recording.errors import RECORD_AGAIN, RecordingError
from conformance.recording.interactions import flat

ADVICE = "give a VCR cassette or a HAR 1.2 file"
_BETWEEN = 0.001  # seconds between interactions of a file that knows no times


@dataclass(frozen=True, slots=True)
class Message:
    """One request and its answer, as a file holds them.

    Args:
        file: where it stands.
        place: its place in the file, from 1.
        body: the request's; None where there was none.
        body_is_known: whether the file holds the request's body, or knows that there was none.
        status: None where no answer came.
        answer: the answer's body, decoded; None where the file does not hold it.
        started, ended: seconds since 1970, or since nothing where the file knows no times.
    """

    file: str
    place: int
    method: str
    url: str
    headers: Headers
    body: bytes | None
    body_is_known: bool
    status: int | None
    answer_headers: Headers = ()
    answer: bytes | None = None
    started: float = 0.0
    ended: float = 0.0
    key: str | None = field(default=None, repr=False)


def parse(path: Path) -> Any:
    """Parse a traffic file, whatever it is.

    Raises:
        RecordingError: it cannot be read, or is neither JSON nor YAML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise RecordingError(path, f"it cannot be read ({reason})", advice=ADVICE) from None
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RecordingError(path, f"it is not JSON, or cut off ({error})", advice=ADVICE) from None
    # A cassette of ours that was cut off can be recorded again; whatever else it is was none.
    return read_yaml(text, path, advice=RECORD_AGAIN if f"recorder: {RECORDER}" in text else ADVICE)


def messages_of(document: Any, path: Path) -> list[Message]:
    """Return what a parsed VCR cassette or HAR file holds, in the order of the file.

    Raises:
        RecordingError: it is neither, or an entry is not of its format.
    """
    if isinstance(document, dict) and isinstance(document.get("log"), dict):
        return list(_read(document["log"].get("entries"), path, _of_har))
    if isinstance(document, dict) and "interactions" in document:
        return list(_read(document["interactions"], path, _of_vcr))
    raise RecordingError(path, "it is neither a VCR cassette nor a HAR file", advice=ADVICE)


def _read(entries: Any, path: Path, one: Callable[[Mapping[str, Any], str, int], Message]) -> Iterator[Message]:
    if not isinstance(entries, list):
        raise RecordingError(path, "it has no list of entries", advice=ADVICE)
    for place, entry in enumerate(entries, 1):
        try:
            yield one(entry, str(path), place)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"it is not of its format ({type(error).__name__}: {error})"
            raise RecordingError(path, what, interaction=place, advice=ADVICE) from None


# ---------------------------------------------------------------------- VCR
def _of_vcr(entry: Mapping[str, Any], file: str, place: int) -> Message:
    asked, answered = entry["request"], entry["response"]
    headers = flat(asked.get("headers"))
    raw = asked.get("body")
    answer_headers = flat(answered.get("headers")) if answered else ()
    return Message(
        file,
        place,
        str(asked["method"]).upper(),
        str(asked["uri"]),
        headers,
        _vcr_bytes(raw),
        body_is_known=True,
        status=int(answered["status"]["code"]) if answered else None,
        answer_headers=answer_headers,
        answer=_decoded(_vcr_bytes(answered.get("body")) or b"", answer_headers) if answered else None,
        started=place * _BETWEEN,
        ended=place * _BETWEEN,
        key=_key(headers),
    )


def _vcr_bytes(raw: Any) -> bytes | None:
    if isinstance(raw, dict):
        if "base64_string" in raw:
            return base64.b64decode(raw["base64_string"])
        raw = raw.get("string")
    if raw is None:
        return None
    return raw if isinstance(raw, bytes) else str(raw).encode("utf-8", "surrogatepass")


def _decoded(body: bytes, headers: Headers) -> bytes | None:
    """Undo a Content-Encoding where the file kept it; None where that cannot be done."""
    encoding = next((value.strip().lower() for name, value in headers if name == "content-encoding"), "identity")
    if encoding in {"identity", ""} or body[:1] in {b"{", b"["} or not body:
        return body
    try:
        if encoding in {"gzip", "x-gzip"}:
            return gzip.decompress(body)
        if encoding == "deflate":
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None
    return None


# ---------------------------------------------------------------------- HAR 1.2
def _of_har(entry: Mapping[str, Any], file: str, place: int) -> Message:
    asked, answered = entry["request"], entry["response"]
    headers = _har_headers(asked)
    body, body_is_known = _har_body(asked)
    answer_headers = _har_headers(answered)
    status = int(answered.get("status") or 0)
    started = _seconds(entry.get("startedDateTime"), place)
    took = entry.get("time")
    return Message(
        file,
        place,
        str(asked["method"]).upper(),
        str(asked["url"]),
        headers,
        body,
        body_is_known,
        status if status > 0 else None,
        answer_headers,
        _har_answer(answered, answer_headers),
        started,
        started + (max(float(took), 0.0) / 1000 if isinstance(took, int | float) else 0.0),
        key=_key(headers),
    )


def _har_headers(part: Mapping[str, Any]) -> Headers:
    return tuple(
        (str(each["name"]).lower(), str(each["value"]))
        for each in part.get("headers") or ()
        if not str(each["name"]).startswith(":")
    )


def _har_body(asked: Mapping[str, Any]) -> tuple[bytes | None, bool]:
    posted = asked.get("postData")
    size = asked.get("bodySize")
    if not posted:
        return None, not (isinstance(size, int) and size > 0)
    text = posted.get("text")
    if text is None and posted.get("params"):
        fields = [(each["name"], each.get("value", "")) for each in posted["params"]]
        return urlencode(fields).encode(), True
    if text is None:
        return None, not (isinstance(size, int) and size > 0)
    if posted.get("encoding") == "base64":
        return _from_base64(text), True
    return str(text).encode("utf-8", "surrogatepass"), "\ufffd" not in text


def _har_answer(answered: Mapping[str, Any], headers: Headers) -> bytes | None:
    content = answered.get("content") or {}
    text, size = content.get("text"), content.get("size")
    if text is None:
        length = next((value for name, value in headers if name == "content-length"), "")
        empty = size in {0, None} and length in {"", "0"}
        return b"" if empty else None
    if content.get("encoding") == "base64":
        return _decoded(_from_base64(text), headers)
    raw = str(text).encode("utf-8", "surrogatepass")
    return raw if raw or size in {0, None, -1} else None


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error as error:
        message = f"a body is not base64: {error}"
        raise ValueError(message) from None


def _seconds(moment: Any, place: int) -> float:
    if not isinstance(moment, str):
        return place * _BETWEEN
    parsed = datetime.fromisoformat(moment)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def _key(headers: Headers) -> str | None:
    """Return the value of Authorization, which is compared and never written anywhere."""
    return next((value.strip() for name, value in headers if name == "authorization"), None)
