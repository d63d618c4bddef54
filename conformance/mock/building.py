"""From the names of variants and faults to a server."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from conformance.mock.application import Application
from conformance.mock.behaviour import Behaviour
from conformance.mock.faults import FAULTS
from conformance.mock.variants import VARIANTS


def build(variants: Sequence[str] = (), faults: Sequence[str] = ()) -> Application:
    """Return the server of those variants and faults; an unknown name is a ValueError."""
    changes: dict[str, object] = {}
    for name in variants:
        changes.update(VARIANTS[_known(name, VARIANTS, "variant")].changes)
    application = Application(replace(Behaviour(), **changes))  # type: ignore[arg-type]
    for name in faults:
        FAULTS[_known(name, FAULTS, "fault")].install(application.rules)
    return application


def _known(name: str, catalogue: Mapping[str, object], kind: str) -> str:
    if name in catalogue:
        return name
    near = difflib.get_close_matches(name, catalogue, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}?" if near else "mock --list shows them"
    message = f"no {kind} is called {name!r}: {hint}"
    raise ValueError(message)
