"""What a run was told: where, with what, how much."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conformance.oracle.world import Setting
from conformance.target.keys import Keyring

Profile = Literal["smoke", "standard", "thorough"]
BUDGETS: dict[str, int] = {"smoke": 60, "standard": 300, "thorough": 3000}
PROFILES: tuple[Profile, ...] = ("smoke", "standard", "thorough")


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a run speaks to.

    Args:
        base_url: with the path, without a slash at the end.
        virtual_numbers: the designated numbers, in the order given.
        phone_numbers: E.164 numbers that the user vouches for.
        any_phone_number: whether numbers that are not fictional may be sent: to the embedded mock only.
    """

    kind: Literal["mock", "url", "recording"]
    base_url: str
    keys: Keyring
    virtual_numbers: tuple[int, ...] = ()
    foreign_virtual_numbers: tuple[int, ...] = ()
    other_account_virtual_numbers: tuple[int, ...] = ()
    other_account_operators: tuple[int, ...] = ()
    phone_numbers: tuple[str, ...] = ()
    any_phone_number: bool = False

    @property
    def setting(self) -> Setting:
        """Return what the oracle is told of the target."""
        return Setting(
            frozenset(self.virtual_numbers),
            frozenset(self.foreign_virtual_numbers),
            frozenset(self.other_account_virtual_numbers),
            frozenset(self.other_account_operators),
            frozenset(self.phone_numbers),
        )


LEAST_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a run may send, and how long it waits.

    Args:
        budget: requests, undo included.
        rate: requests a minute, or None for no pacing.
        timeout: seconds for one request.
        max_wait: seconds to wait in all because the server asked to come again later, and as much for the undo.
        mark: the word that the names of this run's operators carry; "" where the seed gives it.
    """

    profile: Profile = "standard"
    budget: int = BUDGETS["standard"]
    rate: int | None = None
    timeout: float = 10.0
    max_wait: float = LEAST_PATIENCE
    ca_bundle: Path | None = None
    journal: Path | None = None
    seed: int = 0
    mark: str = ""
