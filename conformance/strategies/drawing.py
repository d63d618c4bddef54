"""Drawing values from Hypothesis ahead of sending them.

A story draws its plan first and sends it afterwards. So the requests depend on the seed and on the
server's own ids alone, no answer can make Hypothesis call a story flaky, and nothing is sent again to
shrink it: the oracle shortens a failing conversation offline.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import TypeVar
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
_CACHED_CONSTANTS = LRUCache[providers.CacheKeyT, providers.CacheValueT](1024)


class _Enough(BaseException):
    """No failing example, which Hypothesis would try once more, but the end of the drawing."""


def drawn(strategy: SearchStrategy[T], count: int, of: int, label: str) -> list[T]:
    """Return `count` different values of a strategy, fewer if it has fewer.

    Args:
        of: the seed of the run.
        label: what the values are for; each label has a sequence of its own.
    """
    values: list[T] = []
    keys: set[str] = set()

    def collect(value: T) -> None:
        if repr(value) not in keys:
            keys.add(repr(value))
            values.append(value)
        if len(values) > count:
            raise _Enough

    run: Callable[[], None] = given(strategy)(collect)
    run = settings(
        max_examples=max(count * 4, 10),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )(run)
    with _no_constants_of_modules(), suppress(_Enough):
        seed(zlib.crc32(f"{of} {label}".encode()))(run)()
    # Hypothesis begins with the simplest value of all, which is the same for every label.
    return values[1:] if len(values) > count else values


def _no_constants_of_modules() -> AbstractContextManager[object]:
    """Keep Hypothesis from drawing constants that it finds in whatever local modules happen to be loaded.

    With them, an installed package and a clone, a mock beside the suite and a URL draw different
    values of the same seed. Hypothesis has no setting for that.
    """
    return patch.multiple(providers, _get_local_constants=Constants, CONSTANTS_CACHE=_CACHED_CONSTANTS)
