"""The options of the suite, as pytest takes them, and what they mean."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance import judging
from conformance.known_failures import KnownFailures
from conformance.mock.server import MockServer
from conformance.oracle.phone_numbers import E164
from conformance.strategies.phone_numbers import is_fictional
from conformance.target.keys import Keyring
from conformance.target.marks import new_mark
from conformance.target.settings import BUDGETS, LEAST_PATIENCE, PROFILES, Limits, Target

_RATE = re.compile(r"([1-9][0-9]*)/m(in(ute)?)?")


def add_options(parser: pytest.Parser) -> None:
    """Add the options; their names are fixed, other people's scripts use them.

    `--strict` is pytest's own: with it, a violated should fails the run too.
    """
    group = parser.getgroup("conformance", "IdentityCall Add Operator conformance")

    def add(name: str, **settings: Any) -> None:  # noqa: ANN401 - as argparse has it
        if settings.get("type") in _ALLOWED:
            settings["type"] = _in_one_line(name, settings["type"])
        group.addoption(name, **settings)

    add("--target-url", metavar="URL", help="base URL with the path (.../api/v1/public); default: the embedded mock")
    add("--mock-variant", action="append", default=[], metavar="NAME", help="a conforming variant of the mock")
    add("--mock-fault", action="append", default=[], metavar="NAME", help="a fault of the mock")
    add("--virtual-number", action="append", type=int, default=[], metavar="ID", help="a number that may be written to")
    judging.add_options(add)
    how_much = "how much is asked (default: standard)"
    add(
        "--conformance-profile",
        type=_profile,
        default="standard",
        metavar="{" + ",".join(PROFILES) + "}",
        help=how_much,
    )
    add("--request-budget", type=int, metavar="N", help="send at most N requests, undo included")
    add("--rate", metavar="N/m", help="send at most N requests a minute")
    add("--timeout", type=float, default=10.0, metavar="S", help="seconds for one request (default: 10)")
    waits = "seconds to wait for 429 and 503 in all (a second for each request of the budget, 120 at least)"
    add("--max-wait", type=float, metavar="S", help=waits)
    add("--ca-bundle", type=Path, metavar="PATH", help="certificates to trust instead of the system's")
    add("--conformance-json", type=Path, metavar="PATH", help="write report.json there")
    add("--conformance-html", type=Path, metavar="PATH", help="write the report as a page there")
    add("--conformance-markdown", type=Path, metavar="PATH", help="write the report as Markdown there")
    add("--allow-production", action="store_true", help="let the target be IdentityCall's own address")
    add("--dry-run", action="store_true", help="print the plan and send nothing")
    add("--journal", type=Path, metavar="PATH", help="where the undo journal goes (default: under .conformance/)")


def _in_one_line(name: str, kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader of an option's value: what argparse says of a bad one is four lines, and not what is allowed.

    Raises:
        pytest.UsageError: the value is none of that kind; from the function that is returned.
    """

    def read(text: str) -> Any:  # noqa: ANN401 - as argparse has it
        try:
            return kind(text)
        except ValueError:
            message = f"{name} {text}: {_ALLOWED[kind]}"
            raise pytest.UsageError(message) from None

    return read


def _profile(text: str) -> str:
    if text in PROFILES:
        return text
    raise ValueError(text)


_ALLOWED: dict[Callable[[str], Any], str] = {
    int: "give a whole number, as in 7",
    float: "give a number of seconds, as in 10 or 2.5",
    _profile: f"give one of {', '.join(PROFILES)}",
}
"""What reads the value of an option -> what is said of a value that it does not take."""


def _rate(text: str | None) -> int | None:
    if text is None:
        return None
    found = _RATE.fullmatch(text)
    if found is None:
        message = f"--rate {text}: write requests a minute, as in 60/m"
        raise pytest.UsageError(message)
    return int(found[1])


def _seconds(config: pytest.Config, option: str, *, zero: bool) -> float:
    seconds = float(config.getoption(option))
    if not isfinite(seconds) or seconds < 0 or (seconds == 0 and not zero):
        message = f"{option} {seconds:g}: give a number of seconds {'from' if zero else 'above'} 0"
        raise pytest.UsageError(message)
    return seconds


def read_limits(config: pytest.Config, target: Target, seed: int) -> Limits:
    """Read how much a run may send.

    Raises:
        pytest.UsageError: a number that makes no sense.
    """
    profile = config.getoption("--conformance-profile")
    asked = config.getoption("--request-budget")
    if asked is not None and asked < 1:
        message = f"--request-budget {asked}: give at least 1; a profile's own budgets are 60, 300 and 3000"
        raise pytest.UsageError(message)
    timeout = _seconds(config, "--timeout", zero=False)
    bundle = config.getoption("--ca-bundle")
    if bundle is not None and not bundle.is_file():
        message = f"--ca-bundle {bundle}: no such file"
        raise pytest.UsageError(message)
    journal = config.getoption("--journal")
    if journal is None and target.kind == "url":
        journal = Path(".conformance") / f"journal-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.jsonl"
    mark = new_mark() if target.kind == "url" else ""
    budget = min(BUDGETS[profile], asked or BUDGETS[profile])
    return Limits(
        profile,
        budget,
        _rate(config.getoption("--rate")),
        timeout,
        _patience(config, budget),
        bundle,
        journal,
        seed,
        mark,
    )


def _patience(config: pytest.Config, budget: int) -> float:
    """Return how long to wait in all: enough for the free plan's pace of a request a second, unless it was said."""
    if config.getoption("--max-wait") is None:
        return max(LEAST_PATIENCE, float(budget))
    return _seconds(config, "--max-wait", zero=True)


def read_target(config: pytest.Config) -> tuple[Target, MockServer | None]:
    """Read whom a run speaks to; the embedded mock is made, not started, where no URL is given.

    Raises:
        pytest.UsageError: what is missing or contradicts itself, in one line that says what to do.
    """
    url = config.getoption("--target-url") or os.environ.get("IDENTITYCALL_BASE_URL")
    for phone in config.getoption("--phone-number"):
        if not E164.fullmatch(phone):
            message = f"--phone-number {phone}: not E.164; write it as +12025550150"
            raise pytest.UsageError(message)
    if not url:
        variants, faults = config.getoption("--mock-variant"), config.getoption("--mock-fault")
        try:
            mock = MockServer(variants, faults)
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None
        return Target("mock", "", Keyring({})), mock
    return _read_url_target(config, url.rstrip("/")), None


def _read_url_target(config: pytest.Config, url: str) -> Target:
    if config.getoption("--mock-variant") or config.getoption("--mock-fault"):
        raise pytest.UsageError("--mock-variant and --mock-fault are for the embedded mock: leave out --target-url")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = f"--target-url {url}: write it with the scheme and the path, as in https://host/api/v1/public"
        raise pytest.UsageError(message)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise pytest.UsageError("--target-url: leave out user names, passwords, queries and fragments")
    if "idc_" in url.lower():
        raise pytest.UsageError("--target-url holds a key: keys go into the environment, as IDENTITYCALL_API_KEY")
    keys = Keyring.from_environment(os.environ)
    if "account" not in keys.actors and not config.getoption("--dry-run"):  # the plan can be looked at before
        raise pytest.UsageError("no key: set IDENTITYCALL_API_KEY to an account-wide key")
    numbers = config.getoption("--virtual-number")
    if not numbers:
        raise pytest.UsageError("a URL without --virtual-number: name the number that may be written to")
    return Target(
        "url",
        url,
        keys,
        tuple(dict.fromkeys(numbers)),
        tuple(config.getoption("--foreign-virtual-number")),
        tuple(config.getoption("--other-account-virtual-number")),
        tuple(config.getoption("--other-account-operator")),
        tuple(config.getoption("--phone-number")),
    )


def mock_target(config: pytest.Config, mock: MockServer) -> Target:
    """Return the started mock as a target; what the user names is taken before what the mock offers."""

    def given(option: str, offered: int | None) -> tuple[int, ...]:
        named = tuple(config.getoption(option))
        return named or (() if offered is None else (offered,))

    return Target(
        "mock",
        mock.base_url,
        Keyring(mock.keys),
        tuple(config.getoption("--virtual-number")) or mock.virtual_numbers,
        given("--foreign-virtual-number", mock.foreign_virtual_number),
        given("--other-account-virtual-number", mock.other_account_virtual_number),
        given("--other-account-operator", mock.other_account_operator),
        tuple(config.getoption("--phone-number")) or mock.phone_numbers,
        any_phone_number=True,
    )


def told_again(config: pytest.Config) -> tuple[str, ...]:
    """Return the options of a run that say which suite and which target, for a command that runs it again.

    A report has the URL and the numbers that may be written to. A phone number that may be somebody's is left open, as
    `+...`, which the next run refuses: left out, a clause that needs it would pass.
    """
    options = (
        "--mock-variant",
        "--mock-fault",
        "--foreign-virtual-number",
        "--other-account-virtual-number",
        "--other-account-operator",
    )
    suite = ["--pyargs", "conformance.suite"] if config.getoption("pyargs") else []
    told = [word for option in options for value in config.getoption(option) for word in (option, str(value))]
    phones = (
        "--phone-number=" + (each if is_fictional(each) else "+...") for each in config.getoption("--phone-number")
    )
    return (*suite, *told, *dict.fromkeys(phones))


def read_selection(config: pytest.Config) -> frozenset[str] | None:
    """Return the clauses that were asked for, or None for all.

    Raises:
        pytest.UsageError: an unknown clause or family.
    """
    try:
        return judging.selection(config.getoption)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def read_excused(config: pytest.Config) -> KnownFailures:
    """Return what is known to fail.

    Raises:
        pytest.UsageError: --known-failures cannot be read, or says what makes no sense.
    """
    try:
        return judging.excused(config.getoption)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
