"""What happens on the way is never blamed on the server, and never harms the account."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.mock.server import MockServer
from tests import chaos
from tests.chaos_cases import CASES, Case
from tests.safety import Outcome, play

QUICK = (
    "reset-now-and-then",
    "reset-after-some-writes",
    "reset-in-the-middle",
    "reset-all-writes-after-work",
    "truncated",
    "silent-after-a-write",
    "dripping-head",
    "oversized",
    "gzip-bomb",
    "length-too-small",
    "429-storm",
    "503-too-long",
    "redirected",
    "tls-unverified",
)


def strike(case: Case, folder: Path) -> Outcome:
    """Run smoke through a chaos."""
    tls = case.tls(folder) if case.tls else None
    run = folder / "run"
    run.mkdir()
    with MockServer() as server, chaos.ChaosProxy(server.base_url, case.chaos, tls) as proxy:
        return play(server, run, *case.options, base_url=proxy.base_url)


def problems(case: Case, outcome: Outcome) -> list[str]:
    """Return what must not be, of a run through a chaos."""
    found = []
    if outcome.violated:
        found.append(f"blamed on {outcome.violated}")
    if outcome.differences and case.heals:
        found.append(f"the account differs: {outcome.differences}")
    if not outcome.is_honest:
        found.append("the account differs, and the report does not say so")
    if outcome.leaks:
        found.append(f"a key in {outcome.leaks}")
    if outcome.code == 2 and not re.search(case.cause, outcome.harness_errors):
        found.append(f"the cause is not named: {outcome.harness_errors}")
    if outcome.code not in ({0, 2} if case.may_pass else {2}):
        found.append(f"exit code {outcome.code}")
    return found


@pytest.mark.parametrize("name", QUICK)
def test_chaos_on_the_way(name: str, tmp_path: Path) -> None:
    """A harness error that names the cause, or a sound retry; the account as it was; no key anywhere."""
    case = CASES[name]
    assert problems(case, strike(case, tmp_path)) == []
