"""Running the suite from outside: in a process forked from a warm one, or as a program of its own."""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from conformance.mock.building import build
from conformance.mock.server import BASE, KEY_VARIABLES

ROOT = Path(__file__).parents[1]
SUITE = str(ROOT / "conformance" / "suite")
MOCK_PROGRAM = (
    "import sys; from conformance.mock.server import serve; "
    "sys.exit(serve('127.0.0.1', 0, sys.argv[1].split(), sys.argv[2].split()))"
)
RUN_PROGRAM = (
    "import sys; from pathlib import Path; from tests.running import main; "
    "sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))"
)
_WARM = ["tests.running", "tests.warm"]
WARM_IS_FINE = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
_LIMIT = 600.0  # thorough against a slow or rate-limited server, other runs beside it
_SHOWN_AT_THE_END = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the suite came to.

    Args:
        code: the exit code; negative where a signal or the time limit ended it.
        output: what it printed.
        report: report.json, or None where none was written.
        requests: the conversation, where it was asked for: a line of JSON for each request.
        received: the requests that the embedded mock counted, where there was one.
    """

    code: int
    output: str
    report: dict[str, Any] | None
    seconds: float
    requests: tuple[str, ...] = ()
    received: int | None = None

    @property
    def verdict(self) -> str:
        """Return the verdict of the run."""
        return str(self.report["verdict"]) if self.report else "no report"

    @property
    def sent(self) -> int:
        """Return how many requests the suite says that it sent."""
        return int(self.report["requests"]["sent"]) if self.report else 0

    @property
    def verdicts(self) -> dict[str, str]:
        """Return the verdict of each clause."""
        return {each["id"]: each["verdict"] for each in self.clauses}

    @property
    def clauses(self) -> list[dict[str, Any]]:
        """Return the clauses of the report."""
        return list(self.report["clauses"]) if self.report else []

    def violated(self, *levels: str) -> list[str]:
        """Return the violated clauses of some levels, or of all."""
        wanted = levels or ("must", "should", "open")
        return [each["id"] for each in self.clauses if each["verdict"] == "violated" and each["level"] in wanted]

    @property
    def last_line(self) -> str:
        """Return the last line that says something, for a message."""
        lines = [line for line in self.output[-_SHOWN_AT_THE_END:].splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""


# ---------------------------------------------------------------------- in a fork of a warm process
def context() -> ForkServerContext:
    """Return a way to fork that costs no imports: the process which is forked has made them."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(_WARM)
    return forking


def run(
    *arguments: str, environment: Mapping[str, str] | None = None, limit: float = _LIMIT, suite: bool = True
) -> Outcome:
    """Run pytest on the suite in a forked process, with its own environment and output.

    Args:
        environment: what is set beside everything that the suite does not read.
        limit: seconds after which it is killed.
        suite: whether the suite is named on the command line; without it the arguments say it all.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        given = [*([SUITE] if suite else []), *arguments]
        task = _Task(place, given, dict(environment or {}))
        started = time.monotonic()
        process = context().Process(target=_child, args=(task,))
        process.start()
        process.join(limit)
        if process.exitcode is None:
            process.kill()
            process.join()
        return _outcome(place, process.exitcode or 0, time.monotonic() - started)


@cache
def plain(profile: str) -> Outcome:
    """Return a run of a profile against the mock that conforms, made once for all who look at it."""
    return run(f"--conformance-profile={profile}")


@dataclass(frozen=True, slots=True)
class _Task:
    place: Path
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def _child(task: _Task) -> None:
    """Be one run: everything that it prints goes to a file."""
    output = os.open(task.place / "output", os.O_WRONLY | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb", closefd=False), "utf-8", write_through=True)
    os.chdir(ROOT)
    os.environ.update(clean_environment(task.environment))
    for name in set(os.environ) - set(clean_environment(task.environment)):
        del os.environ[name]
    sys.exit(main(task.place, task.arguments))


def main(place: Path, arguments: Sequence[str]) -> int:
    """Run pytest in this process, and leave behind in a folder what there is to know."""
    import pytest

    from tests.watching import watch

    facts = watch()
    options = ["-p", "no:cacheprovider", f"--conformance-json={place / 'report.json'}", *WARM_IS_FINE, *arguments]
    code = int(pytest.main(options))
    (place / "facts.json").write_text(json.dumps({"requests": facts.requests(), "received": facts.received()}))
    return code


def clean_environment(also: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process' environment without what would change a run."""
    dropped = ("IDENTITYCALL_", "PYTEST_", "CI", "COLUMNS", "HYPOTHESIS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, **(also or {})}


def _outcome(place: Path, code: int, seconds: float) -> Outcome:
    def read(name: str) -> Any:
        path = place / name
        with contextlib.suppress(ValueError):
            return json.loads(path.read_text()) if path.exists() else None
        return None

    facts = read("facts.json") or {}
    output = place / "output"
    text = output.read_text("utf-8", "replace") if output.exists() else ""
    return Outcome(code, text, read("report.json"), seconds, tuple(facts.get("requests", ())), facts.get("received"))


def together(runs: Iterable[Sequence[str]], jobs: int) -> Iterator[tuple[int, Outcome]]:
    """Run the suite once for each list of arguments, several at a time; yield place and outcome as they come."""
    from concurrent.futures import ThreadPoolExecutor, as_completed

    with ThreadPoolExecutor(jobs) as pool:
        places = {pool.submit(run, *arguments): place for place, arguments in enumerate(runs)}
        for done in as_completed(places):
            yield places[done], done.result()


# ---------------------------------------------------------------------- as programs
def run_program(*arguments: str, environment: Mapping[str, str] | None = None, limit: float = _LIMIT) -> Outcome:
    """Run pytest on the suite in a new interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        started = time.monotonic()
        with (place / "output").open("wb") as output:
            done = subprocess.run(
                [sys.executable, "-c", RUN_PROGRAM, folder, SUITE, *arguments],
                check=False,
                cwd=ROOT,
                env=clean_environment(environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=limit,
            )
        return _outcome(place, done.returncode, time.monotonic() - started)


@contextlib.contextmanager
def mock_program(variant: str = "", fault: str = "") -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Start the mock as a program; yield its address, the keys as an environment, and the options it tells."""
    process = subprocess.Popen(
        [sys.executable, "-c", MOCK_PROGRAM, variant, fault], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        url = _address(process)
        seed = build(variant.split()).seed
        options = [f"--virtual-number={number}" for number in seed.virtual_numbers]
        for name in ("foreign_virtual_number", "other_account_virtual_number", "other_account_operator"):
            value = getattr(seed, name)
            options += [] if value is None else [f"--{name.replace('_', '-')}={value}"]
        options += [f"--phone-number={number}" for number in seed.phone_numbers]
        keys = {KEY_VARIABLES[actor]: key for actor, key in seed.keys.items()}
        yield url, keys, options
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _address(process: subprocess.Popen[str]) -> str:
    """Read the page of the mock's start until it tells the address, and let the rest of it flow."""
    assert process.stdout is not None
    for line in process.stdout:
        word, _, rest = line.strip().partition(" ")
        if word == "address":
            threading.Thread(target=process.stdout.read, daemon=True).start()
            address = rest.strip()
            if not address.endswith(BASE):
                break
            return address
    message = "the mock did not tell its address"
    raise RuntimeError(message)
