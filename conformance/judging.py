"""What a person says of a conversation that is to be judged: the options that pytest and `judge` have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.contract.clauses import load_contract
from conformance.known_failures import KnownFailures, read_known_failures
from conformance.oracle.world import Setting

Option = Callable[[str], Any]
"""The name of an option, as in `--clause` -> its value."""


def add_options(add: Callable[..., object]) -> None:
    """Add the options that say what the target holds, which clauses count, and what the gate lets pass.

    Args:
        add: of argparse or of pytest.
    """
    for name, kind, metavar, meaning in (
        ("--foreign-virtual-number", int, "ID", "a number outside the project key's project"),
        ("--other-account-virtual-number", int, "ID", "a number of another account"),
        ("--other-account-operator", int, "ID", "an operator of another account"),
        ("--phone-number", str, "+...", "an E.164 number that the target accepts"),
        ("--clause", str, "ID", "only this clause"),
        ("--family", str, "NAME", "only the clauses of this family"),
    ):
        add(name, action="append", type=kind, default=[], metavar=metavar, help=f"{meaning}; repeatable")
    add("--require-complete", action="store_true", help="an incomplete run exits 1")
    add("--known-failures", type=Path, metavar="FILE", help="clauses that are known to fail (TOML)")


def setting(option: Option) -> Setting:
    """Return what was said of the target."""
    return Setting(
        frozenset(option("--virtual-number")),
        frozenset(option("--foreign-virtual-number")),
        frozenset(option("--other-account-virtual-number")),
        frozenset(option("--other-account-operator")),
        frozenset(option("--phone-number")),
    )


def selection(option: Option) -> frozenset[str] | None:
    """Return the clauses that were asked for, or None for all.

    Raises:
        ValueError: an unknown clause or family.
    """
    contract = load_contract()
    chosen: set[str] = set()
    for clause in option("--clause"):
        if clause not in contract.clauses:
            message = f"--clause {clause}: no such clause; `identitycall-conformance explain` lists them all"
            raise ValueError(message)
        chosen.add(clause)
    for family in option("--family"):
        if family not in contract.families:
            message = f"--family {family}: no such family; there are {', '.join(contract.families)}"
            raise ValueError(message)
        chosen |= {each.id for each in contract.clauses.values() if each.family == family}
    return frozenset(chosen) or None


def excused(option: Option) -> KnownFailures:
    """Read --known-failures.

    Raises:
        ValueError: the file cannot be read, or says what makes no sense.
    """
    path = option("--known-failures")
    return KnownFailures() if path is None else read_known_failures(path, load_contract().clauses)
