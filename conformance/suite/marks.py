"""What a story says of itself: the clauses it puts to the test, and the smallest profile it is part of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])


def exercises(*clauses: str, profile: str = "smoke") -> Callable[[F], F]:
    """Claim clauses; a run in which the judge did not see them exercised by this story is a harness error.

    Args:
        profile: the smallest profile that the story is part of.
    """
    return pytest.mark.exercises(*clauses, profile=profile)
