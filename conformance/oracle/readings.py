"""The ledger of readings: what a target does where the contract is silent, by clause and input class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.oracle.predicates.registry import Observed
from conformance.oracle.step import Step


@dataclass(frozen=True, slots=True)
class Length:
    """How much there was when an attachment was refused: a full list refuses everything with the same answer.

    Args:
        operators: on the number's list.
        people: on the account.
    """

    number: int
    operators: int
    people: int


@dataclass(frozen=True, slots=True)
class _Entry:
    reading: str
    is_weak: bool
    refused_at: Length | None


class Readings:
    """Every reading that was seen, until what only a full list explains is known."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, set[_Entry]]] = defaultdict(lambda: defaultdict(set))

    def note(self, clause: str, observed: Observed, refused_at: Length | None) -> None:
        """Take note of a reading; an answer that may be several is none."""
        if observed.reading:
            entry = _Entry(observed.reading, observed.is_weak, refused_at)
            self._seen[clause][observed.input_class].add(entry)

    def of(self, clause: str, is_full: Callable[[Length], bool]) -> Mapping[str, frozenset[str]]:
        """Return input class -> its readings: a weak one only where there is no other.

        Args:
            is_full: tells whether a list of that length was found to take nobody more.
        """
        found: dict[str, frozenset[str]] = {}
        for input_class, entries in self._seen[clause].items():
            certain = [each for each in entries if each.refused_at is None or not is_full(each.refused_at)]
            strong = frozenset(each.reading for each in certain if not each.is_weak)
            if readings := strong or frozenset(each.reading for each in certain):
                found[input_class] = readings
        return found


def length_when_refused(step: Step) -> Length | None:
    """Return how much there was where an attachment was refused as a full list refuses it."""
    refused = step.adds and step.match is not None and step.match.outcome.answer.name == "invalid"
    orders = step.state.orders or () if step.state.places is None else (step.state.places,)
    sizes = {len(order) for order in orders}
    if not refused or step.number_id is None or len(sizes) != 1:
        return None
    return Length(step.number_id, sizes.pop(), step.before.people)
