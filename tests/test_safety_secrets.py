"""No key stands in anything that a run writes, whatever the server does with it; and a hostile server harms nobody."""

from __future__ import annotations

import json
import re
from pathlib import Path
from socket import socket

import pytest

from conformance.mock.server import MockServer
from tests import chaos
from tests.safety import play

ARTEFACTS = {"report.json", "report.html", "report.md", "junit.xml", "journal.jsonl", "output.txt"}
NASTY = "<script>alert(1)</script>\x1b[31m\x1b]0;owned\x07 \u202eevil"


def echoing(seen: chaos.Seen, _client: socket) -> bytes:
    """Answer with all that was asked, in body and headers."""
    sent = next(line for line in seen.raw.split(b"\r\n") if line.lower().startswith(b"authorization")).decode()
    body = {
        "error": f"you sent {sent} and {sent.lower()} {sent.split('idc_')[-1]} {sent.split('idc_')[-1][3:]}",
        "sent": seen.raw.decode("latin-1"),
    }
    return chaos.message(json.dumps(body).encode(), f"x-echo: {sent}", status="500 Internal Server Error")


def nasty(seen: chaos.Seen, _client: socket) -> bytes:
    """Answer writes with a text that a terminal or a browser would obey."""
    if not seen.is_write:
        return seen.answer()
    return chaos.message(json.dumps({"error": NASTY, "errors": [NASTY]}).encode(), status="418 Nasty")


def test_a_server_that_echoes_the_key(tmp_path: Path) -> None:
    """In bodies and headers, whole and in parts: redacted before anything is kept."""
    with MockServer() as server, chaos.ChaosProxy(server.base_url, echoing) as proxy:
        outcome = play(server, tmp_path, base_url=proxy.base_url)
    assert {path.name for path in tmp_path.iterdir()} >= ARTEFACTS
    assert outcome.leaks == ()


def test_a_failing_run_with_all_locals_shown(tmp_path: Path) -> None:
    """-vv and --showlocals on stories that fail, and on one that breaks: no key in terminal or JUnit."""
    with MockServer(faults=("again-moves-to-the-end", "neither-is-400")) as server:
        outcome = play(server, tmp_path)
    assert outcome.code == 1
    assert outcome.leaks == ()


def test_mark_up_and_escapes_stay_texts(tmp_path: Path) -> None:
    """What a server says is shown, not obeyed: no element of its own in HTML, no escape on the terminal."""
    with MockServer() as server, chaos.ChaosProxy(server.base_url, nasty) as proxy:
        outcome = play(server, tmp_path, "--color=no", base_url=proxy.base_url)
    assert "<script>alert" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search("[\x07\x1b\u202e]", outcome.output)
    assert not re.search("[\x00-\x08\x1b]", (tmp_path / "junit.xml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("what", [chaos.deep_json, chaos.header_flood, chaos.gzip_bomb], ids=lambda what: what.__name__)
def test_answers_that_are_meant_to_crash(what: chaos.Chaos, tmp_path: Path) -> None:
    """Deep nesting, floods of headers, bombs: the run ends with a report."""
    with MockServer() as server, chaos.ChaosProxy(server.base_url, chaos.struck(chaos.every(4), what)) as proxy:
        outcome = play(server, tmp_path, base_url=proxy.base_url)
    assert outcome.report["verdict"]
    assert outcome.is_honest


def test_a_key_in_the_address_is_refused(tmp_path: Path) -> None:
    """Keys come from the environment only."""
    with MockServer() as server:
        outcome = play(server, tmp_path, "--target-url=http://127.0.0.1/idc_0123456789abcdef")
    assert outcome.code == 4
    assert "keys go into the environment" in outcome.output
