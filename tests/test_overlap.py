"""The worlds that overlapping requests lead to."""

from __future__ import annotations

from conformance.oracle.overlap import Action, possible_orders

START = frozenset({(1, 2)})


def add(operator: int, started: float = 0, ended: float = 1) -> Action:
    """Return an attachment."""
    return Action(operator, None, was_there=None, started=started, ended=ended)


def test_two_attachments_take_either_order() -> None:
    assert possible_orders(START, [add(3), add(4)]) == frozenset({(1, 2, 3, 4), (1, 2, 4, 3)})


def test_one_that_was_over_before_the_other_began_comes_first() -> None:
    assert possible_orders(START, [add(3, 0, 1), add(4, 1, 2)]) == frozenset({(1, 2, 3, 4)})


def test_the_same_operator_twice_stands_once() -> None:
    assert possible_orders(START, [add(3), add(3)]) == frozenset({(1, 2, 3)})


def test_a_removal_answered_404_came_before_the_attachment() -> None:
    assert possible_orders(START, [add(3), Action(None, 3, was_there=False, started=0, ended=1)]) == frozenset(
        {(1, 2, 3)}
    )


def test_answers_that_no_order_explains_leave_no_world() -> None:
    assert possible_orders(START, [Action(None, 9, was_there=True, started=0, ended=1)]) == frozenset()


def test_beyond_the_bound_nothing_is_judged() -> None:
    assert possible_orders(START, [add(operator) for operator in range(3, 12)]) is None


def test_rounds_that_nobody_read_between_are_not_multiplied() -> None:
    """Eight attachments lead to 40,320 lists; eight more to each of them are not looked at."""
    once = possible_orders(START, [add(each) for each in range(10, 18)])
    assert once is not None
    assert len(once) == 40_320
    assert possible_orders(once, [add(each) for each in range(20, 28)]) is None
