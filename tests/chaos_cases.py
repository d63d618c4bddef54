"""The chaos cases: what happens on the way, and what a run may say of it."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests import chaos
from tests.chaos import Chaos, at, every, from_on, struck


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of chaos.

    Args:
        cause: what a harness error has to say of it, where there is one.
        heals: whether the target is there again when everything is put back, so that nothing may differ.
        may_pass: whether the run may go on as if nothing had been: every retry was sound.
        options: what the run is given beside the usual.
    """

    chaos: Chaos
    cause: str
    heals: bool = True
    may_pass: bool = True
    options: tuple[str, ...] = ("--timeout=0.8", "--max-wait=4")
    tls: Callable[[Path], ssl.SSLContext] | None = None


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return a context with a certificate that nobody signed."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _for_ever(what: Chaos, cause: str, *options: str) -> Case:
    return Case(struck(chaos.always, what), cause, may_pass=False, options=options or ("--timeout=0.8", "--max-wait=4"))


def _now_and_then(what: Chaos, cause: str, step: int = 7, *, writes: bool = False) -> Case:
    return Case(struck(every(step, writes=writes), what), cause)


def _outage(what: Chaos, cause: str, first: int = 25, last: int = 31) -> Case:
    return Case(struck(from_on(first, last), what), cause)


_CLOSED = "connection was closed"
_SLOW = "no whole answer"
_LARGE = "too large"
_GARBLED = "not what its headers say"
_WAIT = "429|503"
_AWAY = "redirects to another host"

CASES: dict[str, Case] = {
    "reset-always": _for_ever(chaos.reset, _CLOSED),
    "reset-now-and-then": _now_and_then(chaos.reset, _CLOSED),
    "reset-every-second": _now_and_then(chaos.reset, _CLOSED, 2),
    "reset-some-writes": _now_and_then(chaos.reset, _CLOSED, 5, writes=True),
    "reset-all-writes": Case(struck(lambda seen: seen.is_write, chaos.reset), _CLOSED, may_pass=False),
    "reset-all-writes-after-work": Case(
        struck(lambda seen: seen.is_write, chaos.reset_after_work), _CLOSED, may_pass=False
    ),
    "reset-after-work": _now_and_then(chaos.reset_after_work, _CLOSED, 5),
    "reset-after-some-writes": _now_and_then(chaos.reset_after_work, _CLOSED, 3, writes=True),
    "reset-in-the-middle": _now_and_then(chaos.reset_in_the_middle, _CLOSED, 6),
    "reset-in-the-middle-of-writes": _now_and_then(chaos.reset_in_the_middle, _CLOSED, 3, writes=True),
    "outage": _outage(chaos.reset, _CLOSED),
    "truncated": _now_and_then(chaos.truncated, _CLOSED, 6),
    "truncated-always": _for_ever(chaos.truncated, _CLOSED),
    "silent-always": _for_ever(chaos.silent, _SLOW),
    "silent-once": Case(struck(at(20), chaos.silent), _SLOW),
    "silent-after-a-write": Case(struck(every(9, writes=True), chaos.silent_after_work), _SLOW),
    "dripping-body": Case(struck(at(15, 31), chaos.dripping_body), _SLOW),
    "dripping-head": Case(struck(at(15, 31), chaos.dripping_head), _SLOW),
    "dripping-always": _for_ever(chaos.dripping_head, _SLOW),
    "oversized": _now_and_then(chaos.oversized, _LARGE, 11),
    "oversized-always": _for_ever(chaos.oversized, _LARGE),
    "gzip-bomb": _now_and_then(chaos.gzip_bomb, _LARGE, 11),
    "gzip-bomb-always": _for_ever(chaos.gzip_bomb, _LARGE),
    "cut-gzip": _now_and_then(chaos.cut_gzip, _GARBLED, 11),
    "length-too-large": _now_and_then(chaos.length_too_large, _CLOSED, 11),
    "length-too-small": _now_and_then(chaos.length_too_small, _GARBLED, 11),
    "length-too-small-always": _for_ever(chaos.length_too_small, _GARBLED),
    "no-http": _now_and_then(chaos.no_http, _GARBLED, 11),
    "header-flood": _now_and_then(chaos.header_flood, _GARBLED, 11),
    "429-storm": Case(struck(from_on(10, 14), chaos.too_many("0")), _WAIT),
    "429-storm-with-dates": Case(struck(from_on(10, 12), chaos.too_many("Wed, 21 Oct 2015 07:28:00 GMT")), _WAIT),
    "429-with-garbage": Case(struck(at(10), chaos.too_many("soon")), _WAIT),
    "429-too-long": _for_ever(chaos.too_many("3600"), _WAIT),
    "429-for-ever": _for_ever(chaos.too_many("0"), _WAIT),
    "503-storm": Case(struck(from_on(10, 14), chaos.unavailable("0")), _WAIT),
    "503-too-long": _for_ever(chaos.unavailable("3600"), _WAIT),
    "redirected": _for_ever(chaos.redirected("http://localhost:9/elsewhere"), _AWAY),
    "redirected-now-and-then": _now_and_then(chaos.redirected("//localhost/elsewhere", "302 Found"), _AWAY, 9),
    "tls-unverified": Case(chaos.passing, "certificate does not verify", may_pass=False, tls=self_signed),
}
