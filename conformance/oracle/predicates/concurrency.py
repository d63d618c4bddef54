"""Clauses of overlapping requests, judged at the read that follows them (contract 3, two attachments at once)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from conformance.oracle import calls
from conformance.oracle.differences import show
from conformance.oracle.predicates.registry import DETAILS, GETS_NUMBER, HOLDS, Judged, predicate
from conformance.oracle.step import Difference, Step


def _orders(step: Step) -> frozenset[tuple[int, ...]] | None:
    """Return the orders that the overlapping requests allow, where this read is the first to show one."""
    return step.state.orders if step.detail is not None and step.state.overlapped and step.is_steady else None


def _expected(orders: frozenset[tuple[int, ...]]) -> str:
    shown = [show(order) for order in sorted(orders)[:2]]
    return " or ".join(shown) + (f" or {len(orders) - 2} more" if len(orders) > 2 else "")


def _judge(
    clause: str,
    wrong: Callable[[Step, frozenset[tuple[int, ...]]], str | None],
    on: frozenset[str] = GETS_NUMBER,
) -> None:
    @predicate(clause, on)
    def judge(step: Step) -> Judged:
        orders = _orders(step)
        if orders is None or step.detail is None:
            return None
        message = wrong(step, orders)
        if message is None:
            return HOLDS
        return [Difference(clause, message, _expected(orders), show(step.detail.places))]


def _somebody_is_lost(step: Step, orders: frozenset[tuple[int, ...]]) -> str | None:
    ids = set(step.detail.array) if step.detail else set()
    lost = set(_in_all_of(orders)) - ids
    if step.call.operation == calls.REMOVE:
        lost -= {step.operator_id}
    return f"operator {min(lost)} is not on the list" if lost else None


@lru_cache(maxsize=4)
def _in_all_of(orders: frozenset[tuple[int, ...]]) -> frozenset[int]:
    """Return who is on every list; eight requests lead to 40,320 of them, which several clauses ask about."""
    first, *others = orders
    return frozenset(first).intersection(*others)


def _somebody_is_there_twice(step: Step, _orders: frozenset[tuple[int, ...]]) -> str | None:
    array = step.detail.array if step.detail else ()
    twice = [each for each in array if array.count(each) > 1]
    return f"operator {twice[0]} is on the list {array.count(twice[0])} times" if twice else None


def _priorities_collide(step: Step, _orders: frozenset[tuple[int, ...]]) -> str | None:
    priorities = [place.priority for place in step.detail.places] if step.detail else []
    return "two operators have one priority" if len(set(priorities)) < len(priorities) else None


def _no_order_explains_it(step: Step, orders: frozenset[tuple[int, ...]]) -> str | None:
    if step.detail is None or any(
        judge(step, orders) for judge in (_somebody_is_lost, _somebody_is_there_twice, _priorities_collide)
    ):
        return None  # another clause says so
    return None if step.detail.ids in orders else "no order of the overlapping requests leads to this list"


_judge("CONCURRENT-ALL-STAND", _somebody_is_lost, DETAILS)
_judge("CONCURRENT-ONCE", _somebody_is_there_twice)
_judge("CONCURRENT-DISTINCT", _priorities_collide, DETAILS)
_judge("CONCURRENT-SOME-ORDER", _no_order_explains_it)
