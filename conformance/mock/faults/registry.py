"""The register of faults."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.mock.rules import Rules


@dataclass(frozen=True)
class Fault:
    """One deviation that a real team could ship."""

    name: str
    title: str
    clause: str
    needs: tuple[str, ...]
    install: Callable[[Rules], None]
    """Puts the wrong rule in the place of the right one."""
    rare: bool = False
    """Whether it shows only in states, or by requests, for which the profile standard has no request to spare."""


FAULTS: dict[str, Fault] = {}


def fault(clause: str, *needs: str, rare: bool = False) -> Callable[[Callable[[Rules], None]], Callable[[Rules], None]]:
    """Register a fault under its function's name; its docstring is the title."""

    def register(install: Callable[[Rules], None]) -> Callable[[Rules], None]:
        name = install.__name__.replace("_", "-")
        title = (install.__doc__ or "").strip().splitlines()[0].rstrip(".")
        if name in FAULTS:
            message = f"two faults are called {name}"
            raise ValueError(message)
        FAULTS[name] = Fault(name, title, clause, needs, install, rare)
        return install

    return register
