"""The wire: what comes is bounded in time and size, and what fails says why in a word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.exchange import Request, Response
from conformance.mock.server import MockServer
from conformance.target.keys import Keyring
from conformance.target.patience import Patience, retry_after_seconds
from conformance.target.settings import Limits, Target
from conformance.target.stops import BrokenRequestError
from conformance.target.wire import Wire
from tests import chaos
from tests.chaos_cases import self_signed

READ = Request("account", "GET", "/virtual_numbers/7")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def ask(base_url: str, keys: Keyring, request: Request = READ, timeout: float = 0.6) -> tuple[str | None, str, float]:
    """Send one request; return its failure, the cause, and how long it took."""
    with Wire(Target("url", base_url, keys), Limits(timeout=timeout)) as wire:
        exchange = wire.send(request, 1, "a story")
    return exchange.failure, wire.causes.get(1, ""), exchange.ended - exchange.started


@pytest.mark.parametrize(
    ("what", "failure"),
    [
        (chaos.passing, None),
        (chaos.reset, "interrupted"),
        (chaos.reset_in_the_middle, "interrupted"),
        (chaos.truncated, "interrupted"),
        (chaos.silent, "timeout"),
        (chaos.dripping_body, "timeout"),
        (chaos.dripping_head, "timeout"),
        (chaos.oversized, "oversized"),
        (chaos.gzip_bomb, "oversized"),
        (chaos.gzip_bomb_twice, None),
        (chaos.cut_gzip, "protocol"),
        (chaos.length_too_large, "interrupted"),
        (chaos.length_too_small, "protocol"),
        (chaos.no_http, "protocol"),
        (chaos.header_flood, "protocol"),
        (chaos.deep_json, None),
        (chaos.redirected("http://localhost:1/"), "redirect"),
        (chaos.redirected("//127.0.0.1:1/", "301 Moved Permanently"), "redirect"),
        (chaos.redirected("/api/v1/public/virtual_numbers/7/"), None),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_answers_of_every_kind(what: chaos.Chaos, failure: str | None) -> None:
    """None takes longer than the time-out."""
    with MockServer() as server, chaos.ChaosProxy(server.base_url, what) as proxy:
        came, _, seconds = ask(proxy.base_url, Keyring(server.keys))
    assert came == failure
    assert seconds < 2.0


def test_nothing_listens() -> None:
    """The cause says so."""
    with MockServer() as server, chaos.ChaosProxy(server.base_url, chaos.passing) as proxy:
        pass
    failure, cause, _ = ask(proxy.base_url, Keyring(server.keys))
    assert failure == "unreachable"
    assert "refused" in cause


def test_a_certificate_that_does_not_verify(tmp_path: Path) -> None:
    """Refused, until its authority is given."""
    with MockServer() as server, chaos.ChaosProxy(server.base_url, chaos.passing, self_signed(tmp_path)) as proxy:
        keys = Keyring(server.keys)
        assert ask(proxy.base_url, keys, timeout=5.0)[0] == "tls"
        target = Target("url", proxy.base_url, keys)
        with Wire(target, Limits(ca_bundle=tmp_path / "certificate.pem")) as wire:
            assert wire.send(READ, 1, "a story").response is not None


def test_a_router_may_redirect_to_the_plain_path_of_another_scheme() -> None:
    """Behind a proxy that ends TLS it does not know its own: that is its answer to the odd path, and not followed."""
    odd = Request("account", "GET", "/Virtual_Numbers//7/")
    plainly = chaos.redirected("https://127.0.0.1/api/v1/public/virtual_numbers/7", "308 Permanent Redirect")
    with MockServer() as server, chaos.ChaosProxy(server.base_url, plainly) as proxy:
        assert ask(proxy.base_url, Keyring(server.keys), odd)[0] is None
        assert ask(proxy.base_url, Keyring(server.keys))[0] == "redirect"


def test_the_key_does_not_follow_a_redirect() -> None:
    """Nothing at all arrives at the other host."""
    arrived: list[bytes] = []

    def elsewhere(seen: chaos.Seen, _client: object) -> bytes:
        arrived.append(seen.raw)
        return chaos.message(b"{}")

    with MockServer() as server, chaos.ChaosProxy(server.base_url, elsewhere) as evil:
        away = chaos.redirected(f"http://127.0.0.1:{evil.port}/")
        with chaos.ChaosProxy(server.base_url, away) as proxy:
            failure, cause, _ = ask(proxy.base_url, Keyring(server.keys))
    assert (failure, arrived) == ("redirect", [])
    assert str(evil.port) in cause


def test_overlapping_requests_have_a_deadline_each() -> None:
    """One that drips does not hold up the others."""
    slow = chaos.struck(chaos.at(1), chaos.dripping_head)
    with MockServer() as server, chaos.ChaosProxy(server.base_url, slow) as proxy:
        target = Target("url", proxy.base_url, Keyring(server.keys))
        with Wire(target, Limits(timeout=0.6)) as wire:
            found: dict[int, str | None] = {}

            def send(number: int) -> None:
                found[number] = wire.send(READ, number, "a story", 1).failure

            threads = [threading.Thread(target=send, args=(number,)) for number in range(1, 4)]
            for thread in threads:
                thread.start()
                time.sleep(0.05)
            for thread in threads:
                thread.join()
    assert found == {1: "timeout", 2: None, 3: None}


def made_up_keys() -> Keyring:
    """Return a keyring whose key is written nowhere."""
    return Keyring({"account": "idc_" + "".join(chr(each) for each in range(ord("a"), ord("z")))})


def test_no_frame_of_a_failure_holds_the_key() -> None:
    """A fault of the suite's own is raised anew, above the frames that know the key."""
    shown = ""
    with Wire(Target("url", "http://127.0.0.1:9/api", made_up_keys()), Limits()) as wire:
        for request in (Request("account", "GET", "/x", (("not ascii é", "1"),)), Request("project", "GET", "/x")):
            with pytest.raises(BrokenRequestError) as caught:
                wire.send(request, 1, "a story")
            shown += str(caught.getrepr(showlocals=True, style="long", chain=True))
    assert "could not be sent" in shown
    assert "abcdefghijklm" not in shown


@pytest.mark.parametrize(
    "echo",
    [
        str,
        str.lower,
        str.upper,
        lambda key: key[4:],
        lambda key: f"x{key}y",
        lambda key: key[4:-12] + "another one",
        lambda key: key[4:-1],
        lambda key: key[10:],
        lambda key: f"{key[7:25]} and {key[4:20].swapcase()}",
    ],
)
def test_keys_are_redacted_in_every_form(echo: Callable[[str], str]) -> None:
    """Whole, less their prefix, in another case; and whatever else looks like one."""
    key = "idc_" + "Ab3dE" * 6 + "Zz"
    keys = Keyring({"account": key})
    for text in (keys.redact(f"bad key {echo(key)}."), keys.redact_bytes(f"bad key {echo(key)}.".encode()).decode()):
        assert "ab3de" not in text.lower()
        assert "idc_" not in text.lower()
    assert keys.redact("idc_0123456789") == "<a key>"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Monday, 23-Nov-26 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("9" * 400, float("inf")),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("", None),
        ("Mon, 99 Foo 99999 99:99:99 GMT", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    """Seconds and dates are read; garbage is none, and crashes nothing."""
    assert retry_after_seconds(value, NOW) == seconds


def test_patience_ends_where_it_was_said() -> None:
    """What is asked for is waited, what is not said grows, and all of it together stays within --max-wait."""
    waited: list[float] = []
    patience = Patience(Limits(max_wait=10.0), waited.append)

    def asks(value: str | None) -> Response:
        return Response(429, (("retry-after", value),) if value is not None else ())

    assert [patience.wait_as_asked(asks("2")), patience.wait_as_asked(asks("0"), 3)] == [True, True]
    assert [patience.wait_as_asked(asks(None)), patience.wait_as_asked(asks("soon"), 1)] == [True, True]
    assert not patience.wait_as_asked(asks("6"))
    assert waited == [2.0, 0.8, 1.0, 2.0]


def test_pacing() -> None:
    """Requests go out no faster than --rate allows."""
    clock, waited = [0.0], []

    def sleep(seconds: float) -> None:
        waited.append(round(seconds, 3))
        clock[0] += seconds

    patience = Patience(Limits(rate=120), sleep, lambda: clock[0])
    for _ in range(4):
        patience.pace()
        clock[0] += 0.1
    assert waited == [0.4, 0.4, 0.4]


def test_pacing_is_learned_from_a_refusal() -> None:
    """21 requests in two seconds were granted before the refusal: it is held to that; a 503 tells no rate."""
    clock, waited = [0.0], []

    def sleep(seconds: float) -> None:
        waited.append(round(seconds, 3))
        clock[0] += seconds

    patience = Patience(Limits(), sleep, lambda: clock[0])
    for status, pause in ((503, 1.0), (429, 1.0)):
        for _ in range(11):
            patience.pace()
        patience.wait_as_asked(Response(status, (("retry-after", "1"),)))
        assert waited.pop() == pause
    for _ in range(3):
        patience.pace()
    assert waited == [0.1, 0.1]


def test_pacing_is_forgotten_where_it_does_not_help() -> None:
    """A target that refuses every sixth request, however slowly they come, is asked as fast as ever."""
    clock, waited = [0.0], []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock[0] += seconds

    patience = Patience(Limits(), sleep, lambda: clock[0])
    paces = []
    for _ in range(4):
        for _ in range(6):
            patience.pace()
        paces.append(bool(waited))
        patience.wait_as_asked(Response(429, ()))
        waited.clear()
    assert paces == [False, True, True, False]
