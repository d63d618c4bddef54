"""Record the repository's own cassettes again: `python -m tests.record_cassettes`, after stories have changed.

cassettes/ is the standard profile on the mock as it is; tests/cassettes/ holds the smoke profile on a few faults.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.running import ROOT, run

FAULTS = ("again-moves-to-the-end", "created-one-first", "neither-is-400", "unknown-operator-is-200")
OF_FAULTS = Path(__file__).parent / "cassettes"


def main() -> int:
    """Record, and say what each recording came to."""
    bad = 0
    runs: list[tuple[Path, list[str], str]] = [(ROOT / "cassettes", [], "conforms")]
    runs += [
        (OF_FAULTS / fault, [f"--mock-fault={fault}", "--conformance-profile=smoke"], "violates") for fault in FAULTS
    ]
    for directory, arguments, wanted in runs:
        live = run(f"--cassettes={directory}", "--record-mode=rewrite", *arguments)
        again = run(f"--cassettes={directory}", "--record-mode=none", "--block-network")
        good = live.verdict == again.verdict == wanted
        bad += not good
        said = "" if good else f"   <-- {wanted} was expected; {live.last_line}"
        print(f"{directory.relative_to(ROOT)}: {live.verdict}, replayed {again.verdict}{said}", flush=True)  # noqa: T201 - a program
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
