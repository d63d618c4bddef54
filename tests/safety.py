"""Runs of the suite against a mock beside it: the account before and after, and every artefact looked through."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.mock.server import KEY_VARIABLES, MockServer

ROOT = Path(__file__).parents[1]
_HALF = 16  # characters of a key
_RECORDS = ("operators", "numbers", "projects")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run.

    Args:
        differences: what of the account is not as it was before, by the mock's back door.
        leaks: artefacts in which a key, or what looks like one, stands.
    """

    code: int
    report: Mapping[str, Any]
    output: str
    differences: tuple[str, ...] = ()
    leaks: tuple[str, ...] = field(default=())

    @property
    def restored(self) -> object:
        """Return what the report says of the account."""
        return self.report.get("restored")

    @property
    def is_honest(self) -> bool:
        """Tell whether the account is as it was, or the report names what is not."""
        return not self.differences or (self.restored is False and bool(self.report.get("not_restored")))

    @property
    def violated(self) -> list[str]:
        """Return the clauses that were blamed."""
        return [each["id"] for each in self.report.get("clauses", ()) if each["verdict"] == "violated"]

    @property
    def harness_errors(self) -> str:
        """Return the harness errors as one text."""
        return "\n".join(f"{each['test']}: {each['message']}" for each in self.report.get("harness_errors", ()))


def environment(server: MockServer) -> dict[str, str]:
    """Return the variables that hold the keys of a mock."""
    return {KEY_VARIABLES[actor]: key for actor, key in server.keys.items() if actor in KEY_VARIABLES}


def options(server: MockServer, base_url: str = "", profile: str = "smoke") -> list[str]:
    """Return the options of a run against a mock, or against a proxy before it."""
    given = [
        "--target-url",
        base_url or server.base_url,
        "--conformance-profile",
        profile,
        *(f"--virtual-number={each}" for each in server.virtual_numbers),
        *(f"--phone-number={each}" for each in server.phone_numbers),
    ]
    for name in ("foreign_virtual_number", "other_account_virtual_number", "other_account_operator"):
        value = getattr(server, name)
        if value is not None:
            given.append(f"--{name.replace('_', '-')}={value}")
    return given


def play(server: MockServer, folder: Path, *more: str, base_url: str = "", profile: str = "smoke") -> Outcome:
    """Run the suite in this process, with all reports and the most talkative output, and look at what it leaves."""
    before = server.snapshot()
    reports = {
        "--conformance-json": "report.json",
        "--conformance-html": "report.html",
        "--conformance-markdown": "report.md",
        "--junitxml": "junit.xml",
    }
    arguments = [
        str(ROOT / "conformance" / "suite"),
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(ROOT),
        "-p",
        "no:cacheprovider",
        "-vv",
        "--showlocals",
        "-o",
        "addopts=",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        *options(server, base_url, profile),
        f"--journal={folder / 'journal.jsonl'}",
        *(f"{option}={folder / name}" for option, name in reports.items()),
        *more,
    ]
    with _surroundings(environment(server), folder):
        code = int(pytest.main(arguments))
    return look(server, folder, before, code)


def look(server: MockServer, folder: Path, before: Mapping[str, Any], code: int = 0) -> Outcome:
    """Compare the account with what it was, and look for keys in all that was written."""
    written = folder / "report.json"
    report = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
    output = folder / "output.txt"
    return Outcome(
        code,
        report,
        output.read_text(encoding="utf-8", errors="replace") if output.exists() else "",
        tuple(differences(before, server.snapshot())),
        tuple(leaks(folder, server)),
    )


def leaks(folder: Path, server: MockServer) -> Iterator[str]:
    """Yield the files that hold a key, half of one, or the prefix of keys."""
    whole = [key.removeprefix("idc_").lower().encode() for key in server.keys.values()]
    secrets = [each[start : start + _HALF] for each in whole for start in range(len(each) - _HALF + 1)]
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes().lower()
            ours = ".hypothesis" in path.parts  # there Hypothesis notes the constants of the source code
            if any(secret in raw for secret in secrets) or (b"idc_" in raw and not ours):
                yield path.name


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs between two snapshots, a record a line."""
    for kind in _RECORDS:
        was, now = ({each["id"]: each for each in state[kind]} for state in (before, after))
        for number in sorted({*was, *now}):
            if was.get(number) != now.get(number):
                yield f"{kind} {number}: {_changes(was.get(number), now.get(number))}"
    if before.get("other_accounts") != after.get("other_accounts"):
        yield "another account"


def _changes(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str:
    if was is None or now is None:
        return "new" if was is None else "gone"
    return ", ".join(f"{name} {was[name]!r} -> {now.get(name)!r}" for name in was if was[name] != now.get(name))


@contextlib.contextmanager
def _surroundings(variables: Mapping[str, str], folder: Path) -> Iterator[None]:
    """Let a run find its keys, and print into a file."""
    kept, place = dict(os.environ), Path.cwd()
    os.environ.update(variables)
    os.chdir(folder)
    try:
        with (
            (folder / "output.txt").open("w", encoding="utf-8") as output,
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            yield
    finally:
        os.chdir(place)
        os.environ.clear()
        os.environ.update(kept)
