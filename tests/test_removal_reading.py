"""What may become of the priorities of the rest once somebody was taken off (contract 3, state and scope)."""

from __future__ import annotations

import pytest

from conformance.oracle.differences import removal_reading
from conformance.oracle.world import Place


def places(*priorities: int) -> tuple[Place, ...]:
    """Return operators 1, 2, 3 and so on at these priorities."""
    return tuple(Place(operator, priority) for operator, priority in enumerate(priorities, 1))


@pytest.mark.parametrize(
    ("rest", "left", "reading"),
    [
        ((0, 1, 3), (0, 1, 3), "gap"),
        ((0, 1), (0, 1), "removed last"),
        ((0, 1, 3), (0, 1, 2), "renumbered"),
        ((1, 2), (0, 1), "renumbered"),
        ((0, 2, 5, 6), (0, 1, 4, 5), "renumbered"),  # those behind move up; an older gap stays
        ((0, 1, 3), (-1, 0, 2), None),
        ((0, 1, 3), (0, 1, 9), None),
        ((0, 2, 3), (0, 0, 1), None),
    ],
)
def test_the_rest(rest: tuple[int, ...], left: tuple[int, ...], reading: str | None) -> None:
    """As it was, from 0 on, or moved up behind the gap; nothing else."""
    assert removal_reading(places(*rest), places(*left)) == reading
