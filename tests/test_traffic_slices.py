"""A part of a conversation is judged like traffic that began before it was recorded: ignorance blames nobody."""

from __future__ import annotations

import random
from functools import cache

import pytest

from conformance.contract.clauses import load_contract
from conformance.exchange import in_rounds
from conformance.oracle.world import Setting
from conformance.recording.traffic import hear
from tests.driving import Drive, read_rounds
from tests.running import plain

SLICES, LENGTHS = 60, (5, 20, 60, 300)


@cache
def conversation() -> Drive:
    """Return a whole run against the mock that conforms."""
    drive = Drive()
    for requests in read_rounds(plain("standard").requests):
        drive.send(requests)
    return drive


@pytest.mark.parametrize("designated", [False, True], ids=["numbers unknown", "numbers named"])
def test_a_slice_of_a_conversation_blames_nobody(*, designated: bool) -> None:
    """Sixty slices, from anywhere, of a few requests to all that follow."""
    rounds, chance = in_rounds(conversation().conversation), random.Random(1)  # noqa: S311 - not a secret
    setting = conversation().setting if designated else Setting()
    for _ in range(SLICES):
        first = chance.randrange(len(rounds) - LENGTHS[0])
        judge = hear(rounds[first : first + chance.choice(LENGTHS)], setting, load_contract())
        assert judge.findings == [], (first, judge.findings)
