"""Drawing values from Hypothesis ahead of sending them.

A story draws its plan first and sends it afterwards. So the requests depend on the seed and on the
server's own ids alone, no answer can make Hypothesis call a story flaky, and nothing is sent again to
shrink it: the oracle shortens a failing conversation offline.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def drawn(strategy: SearchStrategy[T], count: int, of: int, label: str) -> list[T]:
    """Return `count` different values of a strategy, fewer if it has fewer.

    Args:
        of: the seed of the run.
        label: what the values are for; each label has a sequence of its own.
    """
    values: list[T] = []
    keys: set[str] = set()

    def collect(value: T) -> None:
        if len(values) <= count and repr(value) not in keys:
            keys.add(repr(value))
            values.append(value)

    run: Callable[[], None] = given(strategy)(collect)
    run = settings(
        max_examples=max(count * 4, 10),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )(run)
    seed(zlib.crc32(f"{of} {label}".encode()))(run)()
    # Hypothesis begins with the simplest value of all, which is the same for every label.
    return values[1:] if len(values) > count else values
