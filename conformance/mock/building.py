"""From the names of variants and faults to a server."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from conformance.mock.application import Application
from conformance.mock.behaviour import Behaviour
from conformance.mock.faults import FAULTS
from conformance.mock.variants import VARIANTS

_LIKE = 0.5  # of 1, as difflib counts


def build(variants: Sequence[str] = (), faults: Sequence[str] = ()) -> Application:
    """Return the server of those variants and faults.

    Raises:
        ValueError: one has no such name; the message tells those that are near, and where all are.
    """
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
    near = difflib.get_close_matches(name, catalogue, n=3, cutoff=_LIKE)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    message = f"no {kind} is called {name!r}: {hint}`identitycall-conformance mock --list` shows them all"
    raise ValueError(message)
