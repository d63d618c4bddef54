"""Servers that are broken through and through: judged where they answer, a harness error where they do not."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from conformance.mock.server import MockServer
from tests.kit import running, seven
from tests.running import Outcome, run

KEY = {"IDENTITYCALL_API_KEY": "idc_" + "k" * 32}
SMOKE_BUDGET = 60
PAGE = b"<!doctype html><title>Welcome</title><h1>It works!</h1>"


def judged(port: int, folder: Path, *options: str) -> Outcome:
    """Run smoke against a port of this machine."""
    return run(
        "--conformance-profile=smoke",
        f"--target-url=http://127.0.0.1:{port}/api/v1/public",
        "--virtual-number=7",
        f"--journal={folder / 'journal.jsonl'}",
        "--max-wait=5",
        *options,
        environment=KEY,
        limit=120,
    )


# ---------------------------------------------------------------------- servers that answer
@contextlib.contextmanager
def always(status: int, content_type: str, content: bytes) -> Iterator[int]:
    """Serve one answer to everything; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else content)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class'
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "content_type", "content"),
    [
        (404, "application/json", b'{"error": "Resource not found"}'),
        (500, "application/json", b'{"error": "Internal Server Error"}'),
        (200, "text/html", PAGE),
        (200, "application/json", b"{}"),
    ],
)
def test_one_answer_to_everything_violates(status: int, content_type: str, content: bytes, tmp_path: Path) -> None:
    """Exit 1 with clauses named, within the budget, and without a word of the suite's own troubles."""
    with always(status, content_type, content) as port:
        outcome = judged(port, tmp_path)
    assert "Traceback" not in outcome.output
    assert (outcome.code, outcome.verdict) == (1, "violates"), outcome.output
    assert outcome.violated("must", "open")
    assert outcome.sent <= SMOKE_BUDGET


def test_a_server_that_refuses_every_key_is_no_violation(tmp_path: Path) -> None:
    """Exit 2, and soon: it may be the key that is wrong, and nothing tells which."""
    with always(401, "application/json", b'{"error": "Invalid API key"}') as port:
        outcome = judged(port, tmp_path)
    assert (outcome.code, outcome.verdict) == (2, "harness_error"), outcome.output
    assert outcome.sent == 3  # one list, once more a second later, and the other
    assert "every read answers 401 to the key in IDENTITYCALL_API_KEY" in outcome.output


# ---------------------------------------------------------------------- servers that do not
@contextlib.contextmanager
def taking(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept connections, and do with each what is said; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept: list[socket.socket] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    taken, _ = listening.accept()
                    kept.append(taken)
                    behave(taken)

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    for each in kept:
        each.close()


def hang(_: socket.socket) -> None:
    """Never answer."""


def close(taken: socket.socket) -> None:
    """Hang up at once."""
    taken.close()


def babble(taken: socket.socket) -> None:
    """Answer in no language that HTTP knows."""
    with contextlib.suppress(OSError):
        taken.recv(65536)
        taken.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
    taken.close()


def stop_halfway(taken: socket.socket) -> None:
    """Promise more than comes."""
    with contextlib.suppress(OSError):
        taken.recv(65536)
        taken.sendall(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"data": [')
    taken.close()


@pytest.mark.parametrize("behave", [hang, close, babble, stop_halfway])
def test_no_answer_to_anything_is_a_harness_error(behave: Callable[[socket.socket], None], tmp_path: Path) -> None:
    """Exit 2 soon, with a line that says what is the matter, and nothing blamed on the server."""
    with taking(behave) as port:
        outcome = judged(port, tmp_path, "--timeout=1")
    assert "Traceback" not in outcome.output
    assert (outcome.code, outcome.verdict) == (2, "harness_error"), outcome.output
    assert outcome.violated() == []
    assert "harness error" in outcome.output
    assert outcome.seconds < 60, "it did not give up"


def test_nothing_listens(tmp_path: Path) -> None:
    """The same where there is nobody at all; the address is in the line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    outcome = judged(port, tmp_path)
    assert "Traceback" not in outcome.output
    assert (outcome.code, outcome.verdict) == (2, "harness_error"), outcome.output
    assert f"127.0.0.1:{port}" in outcome.output
    assert outcome.seconds < 60, "it did not give up"


# ---------------------------------------------------------------------- a server that is broken in one place
@pytest.mark.parametrize("numbers", [5, "none", {"id": 7}, [5, None]], ids=repr)
def test_a_page_whose_numbers_are_no_list_of_numbers(numbers: object) -> None:
    """The shape of the page is wrong, and nothing of ours fails by it."""
    with MockServer() as server:
        show = server.application.rules.show_operator_page
        server.application.rules.show_operator_page = lambda call, one: {**show(call, one), "virtual_numbers": numbers}
        with running(server) as run_of_one:
            number = seven(run_of_one.scene)
            number.create()
            run_of_one.scene.read_operator(number.operator("last"))
        assert "OPERATOR-PAGE-ANSWERS" in {each.clause for each in run_of_one.judge.findings}
