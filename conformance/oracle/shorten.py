"""The shortest conversation that shows a finding, found offline: nothing is sent again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.contract.clauses import Contract
from conformance.exchange import Exchange
from conformance.oracle.judge import Finding, Judge
from conformance.oracle.world import Setting

_MOST_EXCHANGES_JUDGED = 1500  # about half a second
Shows = Callable[[Sequence[Exchange]], bool]


def shortest(
    conversation: Sequence[Exchange], finding: Finding, contract: Contract, setting: Setting
) -> tuple[Exchange, ...]:
    """Return a part of a conversation, in order, in which the finding still stands and of which little is missable."""
    at = next((index for index, each in enumerate(conversation) if each.number == finding.exchange), None)
    if at is None:
        return ()
    needed = {finding.exchange, *finding.difference.culprits}
    budget = [_MOST_EXCHANGES_JUDGED]

    def shows(part: Sequence[Exchange]) -> bool:
        budget[0] -= len(part)
        heard = Judge(contract, setting).hear_all(part)
        return any(each.clause == finding.clause and each.exchange == finding.exchange for each in heard.findings)

    for whole in (tuple(conversation[: at + 1]), tuple(conversation)):  # the second where it is certain only later
        for part in _starts(whole, finding):
            if shows(part):
                return _reduce(part, needed, shows, budget)
    return tuple(each for each in conversation if each.number in needed)


def _starts(whole: tuple[Exchange, ...], finding: Finding) -> tuple[tuple[Exchange, ...], ...]:
    """Return the story alone, the story with the opening, and all, smallest first."""
    story = next((each.story for each in whole if each.number == finding.exchange), "")
    same_story = tuple(each for each in whole if each.story == story)
    opening = tuple(each for each in whole if each.story in {whole[0].story, story})
    return same_story, opening, whole


def _reduce(part: tuple[Exchange, ...], needed: set[int], shows: Shows, budget: list[int]) -> tuple[Exchange, ...]:
    size = max(1, len(part) // 2)
    while size >= 1 and budget[0] > 0:
        index = 0
        while index < len(part) and budget[0] > 0:
            cut = part[index : index + size]
            shorter = part[:index] + part[index + size :]
            if not any(each.number in needed for each in cut) and shows(shorter):
                part = shorter
            else:
                index += size
        size //= 2
    return part
