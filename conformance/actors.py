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
        header: its Authorization header as a shell writes it in double quotes; "" for the key of the variable.
    """

    name: str
    key: KeyState
    scope: Scope = "account"
    may_write: bool = True
    variable: str | None = None
    header: str = ""

    @property
    def header_in_a_shell(self) -> str:
        """Return the Authorization header, quoted, that a command line sends; "" for none."""
        value = self.header or (f"Bearer ${self.variable}" if self.variable else "")
        return f'"Authorization: {value}"' if value else ""


_KEY = "IDENTITYCALL_API_KEY"
_TO_THE_OTHER_CASE = f"$(printf %s ${{{_KEY}#idc_}} | tr a-zA-Z A-Za-z)"
ACTORS: dict[str, Actor] = {
    actor.name: actor
    for actor in (
        Actor("account", "valid", "account", variable=_KEY),
        Actor("project", "valid", "project", variable="IDENTITYCALL_PROJECT_API_KEY"),
        Actor("read_only", "valid", "unknown", may_write=False, variable="IDENTITYCALL_READ_ONLY_API_KEY"),
        Actor("expired", "expired", variable="IDENTITYCALL_EXPIRED_API_KEY"),
        Actor("anonymous", "missing"),
        Actor("malformed", "malformed", header=f"Bearer ${{{_KEY}}}x"),
        Actor("not_ascii", "malformed", header=f"Bearer ${{{_KEY}}}é"),
        Actor("cut_short", "malformed", header=f"Bearer ${{{_KEY}%?}}"),
        Actor("without_scheme", "malformed", header=f"${_KEY}"),
        Actor("other_scheme", "malformed", header=f"Token ${_KEY}"),
        Actor("without_space", "malformed", header=f"Bearer${_KEY}"),
        Actor("without_key", "malformed", header="Bearer"),
        Actor("without_prefix", "malformed", header=f"Bearer ${{{_KEY}#idc_}}"),
        Actor("unknown", "unknown", header=f"Bearer ${{{_KEY}%????????????}}aaaaaaaaaaaa"),
        Actor("other_case", "unknown", header=f"Bearer idc_{_TO_THE_OTHER_CASE}"),
        Actor("never_issued", "unknown", header="Bearer idc_$(printf %032d 0)"),
        # The account's key under a scheme name in lower case: its own actor, as its answer may differ.
        Actor("lower_case_scheme", "valid", "account", header=f"bearer ${_KEY}"),
    )
}
