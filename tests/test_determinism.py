"""The same seed sends the same requests, byte for byte: the order of hashes and the day of the run do not matter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.running import Outcome, run, run_program

HASH_SEEDS = ("0", "1", "2")


def with_hash_seed(profile: str, hash_seed: str) -> Outcome:
    """Run in a new interpreter whose sets and dicts of text are ordered by that seed."""
    return run_program(
        f"--conformance-profile={profile}", "--hypothesis-seed=7", environment={"PYTHONHASHSEED": hash_seed}
    )


@pytest.mark.parametrize("profile", ["smoke", "standard"])
def test_the_same_seed_sends_the_same_requests(profile: str) -> None:
    """Three runs, three orders of hashes: every request is the same, those that overlap in any order."""
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(lambda hash_seed: with_hash_seed(profile, hash_seed), HASH_SEEDS))
    assert [outcome.code for outcome in outcomes] == [0, 0, 0], outcomes[0].output
    first, *others = outcomes
    assert len(first.requests) == first.sent > 0
    for other in others:
        assert other.requests == first.requests
        assert other.verdicts == first.verdicts


def test_another_seed_sends_other_requests() -> None:
    """A seed is what decides names, numbers and bodies; not how many requests there are."""
    one, other = (run("--conformance-profile=smoke", f"--hypothesis-seed={seed}") for seed in (7, 8))
    assert one.requests != other.requests
    assert one.verdicts == other.verdicts
