"""Runs that are killed in the middle, and put right again by `restore`."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from conformance.mock.server import MockServer
from conformance.target import restore
from tests.safety import ROOT, differences, environment, options

_LONGEST = 60.0


@contextmanager
def started(server: MockServer, folder: Path, profile: str = "smoke") -> Iterator[subprocess.Popen[bytes]]:
    """Run the suite in a process of its own; what is left of it at the end is killed."""
    arguments = [
        sys.executable, "-m", "pytest", str(ROOT / "conformance" / "suite"), "-q", "-p", "no:cacheprovider",
        "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT),
        *options(server, profile=profile), f"--journal={folder / 'journal.jsonl'}",
    ]  # fmt: skip
    variables = {**os.environ, **environment(server)}
    quiet = subprocess.DEVNULL
    # A shell starts its background jobs with SIGINT ignored, and whoever they start would inherit that.
    here = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(arguments, cwd=folder, env=variables, stdout=quiet, stderr=quiet)
    finally:
        signal.signal(signal.SIGINT, here)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def killed_at(
    server: MockServer, folder: Path, requests: int, profile: str = "smoke", by: signal.Signals = signal.SIGKILL
) -> int | None:
    """Send a signal to a run as soon as the mock has had so many requests.

    Returns:
        The exit code of the run; None where it had ended before.
    """
    began = time.monotonic()
    with started(server, folder, profile) as process:
        while server.requests_received < requests and process.poll() is None:
            if time.monotonic() - began > _LONGEST:
                message = f"the run did not come to {requests} requests within {_LONGEST:g} s"
                raise TimeoutError(message)
            time.sleep(0.001)
        running = process.poll() is None
        if running:
            os.kill(process.pid, by)
            process.wait(_LONGEST)
    return process.returncode if running else None


def restored(server: MockServer, journal: Path) -> tuple[int, str]:
    """Run restore; return its exit code and what it said."""
    said = io.StringIO()
    with redirect_stdout(said):
        code = restore.main(journal, environment(server))
    return code, said.getvalue()


def left_after_kill(folder: Path, requests: int, profile: str = "smoke") -> tuple[bool, list[str]]:
    """Kill a run, restore, and return whether it was cut off, and what of the account differs."""
    with MockServer() as server:
        before = server.snapshot()
        cut_off = killed_at(server, folder, requests, profile)
        code, said = restored(server, folder / "journal.jsonl")
        different = list(differences(before, server.snapshot()))
    if code != restore.DONE:
        different.append(f"restore said {code}: {said}")
    return cut_off is not None, different
