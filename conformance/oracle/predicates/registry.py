"""The registry of predicates, and the two common ways to make one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from conformance.oracle import calls
from conformance.oracle.step import Difference, Step

ADDS = frozenset({calls.ADD})
DETAILS = calls.DETAIL_CALLS
GETS_NUMBER = frozenset({calls.GET_NUMBER})
LISTS_NUMBERS = frozenset({calls.LIST_NUMBERS})
LISTS_OPERATORS = frozenset({calls.LIST_OPERATORS})
EVERY = (
    DETAILS
    | calls.READS
    | {
        calls.CREATE_OPERATOR,
        calls.UPDATE_OPERATOR,
        calls.DELETE_OPERATOR,
        calls.OTHER,
    }
)


@dataclass(frozen=True, slots=True)
class Observed:
    """The reading of an open clause that an answer showed, by input class.

    Args:
        reading: "" where the answer may be several.
        is_weak: whether any other reading of the same class shows that it was none.
    """

    reading: str
    input_class: str = ""
    is_weak: bool = False


HOLDS: tuple[Difference, ...] = ()
Judged = Sequence[Difference] | Observed | None
"""None: not applicable. Empty: the clause holds. Differences: it is violated."""

Predicate = Callable[[Step], Judged]


@dataclass(frozen=True, slots=True)
class Registered:
    """A predicate with what it is asked about.

    Args:
        on: the operations whose steps it is asked about.
        settles: whether a read a second later may take its finding back (contract 3, a GET that lags).
    """

    clause: str
    judge: Predicate
    on: frozenset[str]
    settles: bool = True


PREDICATES: dict[str, Registered] = {}


def predicate(clause: str, on: Collection[str], *, settles: bool = True) -> Callable[[Predicate], Predicate]:
    """Register a function as the predicate of a clause.

    Raises:
        ValueError: the clause has a predicate already.
    """

    def register(function: Predicate) -> Predicate:
        if clause in PREDICATES:
            message = f"{clause} has two predicates"
            raise ValueError(message)
        PREDICATES[clause] = Registered(clause, function, frozenset(on), settles)
        return function

    return register


def by_differences(clause: str, on: Collection[str], applies: Callable[[Step], bool]) -> None:
    """Register a clause that is judged by the differences found, where `applies` says so.

    A difference of the clause violates it also where `applies` did not foresee it.
    """

    def judge(step: Step) -> Judged:
        found = [each for each in step.differences if each.clause == clause]
        return found or (HOLDS if applies(step) else None)

    predicate(clause, on)(judge)
