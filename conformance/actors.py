"""Who may speak: a name for each kind of key, and what the contract says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KeyState = Literal["valid", "missing", "malformed", "unknown", "expired"]
Scope = Literal["account", "project", "unknown"]


@dataclass(frozen=True, slots=True)
class Actor:
    """One kind of key.

    Args:
        name: what reports and recordings call it.
        key: whether the server knows the key.
        scope: what the key can see; unknown where the contract does not tie the permission to a scope.
        may_write: whether the key has write permission.
        variable: the environment variable that holds the key, where a user gives one.
    """

    name: str
    key: KeyState
    scope: Scope = "account"
    may_write: bool = True
    variable: str | None = None


ACTORS: dict[str, Actor] = {
    actor.name: actor
    for actor in (
        Actor("account", "valid", "account", variable="IDENTITYCALL_API_KEY"),
        Actor("project", "valid", "project", variable="IDENTITYCALL_PROJECT_API_KEY"),
        Actor("read_only", "valid", "unknown", may_write=False, variable="IDENTITYCALL_READ_ONLY_API_KEY"),
        Actor("expired", "expired", variable="IDENTITYCALL_EXPIRED_API_KEY"),
        Actor("anonymous", "missing"),
        Actor("malformed", "malformed"),
        Actor("without_scheme", "malformed"),
        Actor("other_scheme", "malformed"),
        Actor("without_space", "malformed"),
        Actor("without_prefix", "malformed"),
        Actor("unknown", "unknown"),
        Actor("other_case", "unknown"),
        Actor("never_issued", "unknown"),
        # The account's key under a scheme name in lower case: its own actor, as its answer may differ.
        Actor("lower_case_scheme", "valid", "account"),
    )
}
