"""The shortest conversation that shows a finding, found offline: nothing is sent again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.contract.clauses import Contract
from conformance.exchange import Exchange
from conformance.oracle.calls import read_call
from conformance.oracle.judge import Finding, Judge
from conformance.oracle.world import Setting

_MOST_EXCHANGES_JUDGED = 1500  # about a second
Shows = Callable[[Sequence[Exchange]], bool]


def shortest(
    conversation: Sequence[Exchange], finding: Finding, contract: Contract, setting: Setting
) -> tuple[tuple[Exchange, ...], bool]:
    """Return a part of a conversation, in order, that shows the finding, and whether it was tried without each request.

    A conversation too long to try every part of is cut down as far as the time for it goes.
    """
    at = next((index for index, each in enumerate(conversation) if each.number == finding.exchange), None)
    if at is None:
        return (), False
    needed = {finding.exchange, *finding.difference.culprits}
    budget = [_MOST_EXCHANGES_JUDGED]

    def shows(part: Sequence[Exchange]) -> bool:
        budget[0] -= len(part)
        heard = Judge(contract, setting).hear_all(part)
        return any(_is_same(each, finding) for each in heard.findings)

    for whole in (tuple(conversation[: at + 1]), tuple(conversation)):  # the second where it is certain only later
        for part in _starts(whole, finding):
            if shows(part):
                return _reduce(part, needed, shows, budget), budget[0] > 0
    return tuple(each for each in conversation if each.number in needed), False


def _is_same(one: Finding, other: Finding) -> bool:
    """Tell whether a part shows the fact itself: another one of the same clause may have needed less."""
    first, second = one.difference, other.difference
    facts = (first.message, first.expected, first.actual) == (second.message, second.expected, second.actual)
    return one.clause == other.clause and one.exchange == other.exchange and facts


def _starts(whole: tuple[Exchange, ...], finding: Finding) -> tuple[tuple[Exchange, ...], ...]:
    """Return the story alone, the story with the opening, all of the same virtual number, and all, smallest first."""
    guilty = next(each for each in whole if each.number == finding.exchange)
    same_story = tuple(each for each in whole if each.story == guilty.story)
    opening = tuple(each for each in whole if each.story in {whole[0].story, guilty.story})
    number = read_call(guilty.request).number
    same_number = tuple(each for each in whole if number is not None and read_call(each.request).number == number)
    return same_story, opening, same_number, whole


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
