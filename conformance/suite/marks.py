"""What a story says of itself: the clauses it puts to the test, and the profiles it is part of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])

SMOKE = ("smoke",)
STANDARD = ("standard", "thorough")
THOROUGH = ("thorough",)


def exercises(*clauses: str, profiles: tuple[str, ...] = STANDARD) -> Callable[[F], F]:
    """Claim clauses; a run in which the judge did not see them exercised by this story is a harness error.

    Args:
        profiles: the profiles that the story is part of.
    """
    return pytest.mark.exercises(*clauses, profiles=profiles)
