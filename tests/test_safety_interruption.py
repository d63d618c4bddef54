"""Ctrl-C, or a build that is cancelled, at any moment: the run ends between two requests, and puts everything back."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.mock.server import MockServer
from conformance.target.interruption import Interruption
from conformance.target.journal import unfinished
from tests.killing import killed_at
from tests.safety import differences


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    """One that hears the signals of this process, until the test is over."""
    interruption = Interruption()
    interruption.watch()
    yield interruption
    interruption.leave()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_in_the_middle(by: signal.Signals, tmp_path: Path) -> None:
    """The exit code is that of an interrupted run; there is no difference, and nothing left to do."""
    with MockServer() as server:
        before = server.snapshot()
        assert killed_at(server, tmp_path, 24, by=by) == 2
        assert list(differences(before, server.snapshot())) == []
    assert unfinished(tmp_path) == []


@pytest.mark.parametrize("requests", [50, 53])
def test_interrupted_while_everything_is_put_back(requests: int, tmp_path: Path) -> None:
    """The undo goes on to its end; a slow server, so that the signal comes before that."""
    with MockServer(("slow",)) as server:
        before = server.snapshot()
        assert killed_at(server, tmp_path, requests, by=signal.SIGTERM) is not None
        assert list(differences(before, server.snapshot())) == []
    assert unfinished(tmp_path) == []


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_waits_and_is_told_once(by: signal.Signals, interruption: Interruption) -> None:
    """Nothing is raised where the program happens to be."""
    assert not interruption.is_due()
    os.kill(os.getpid(), by)
    assert [interruption.is_due(), interruption.is_due()] == [True, False]


@pytest.mark.usefixtures("interruption")
def test_pressed_again_it_ends_at_once() -> None:
    """A cancelled build sends SIGTERM after SIGINT, which does not: it is not somebody in a hurry."""
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_wait_ends_with_the_run(interruption: Interruption) -> None:
    """Nobody waits for a Retry-After to be over; the undo's own waits are whole."""
    began = time.monotonic()
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
    interruption.sleep(60.0)
    assert time.monotonic() - began < 30.0
    began = time.monotonic()
    interruption.sleep(0.1)
    assert time.monotonic() - began >= 0.1


def test_the_handlers_of_before_are_there_again() -> None:
    """Whoever runs pytest within a program of their own keeps their Ctrl-C."""
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    interruption = Interruption()
    interruption.watch()
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] != before
    interruption.leave()
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before
