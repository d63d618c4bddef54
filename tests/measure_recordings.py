"""Whether replayed verdicts equal live ones: `python -m tests.measure_recordings [NAME...]`, run by hand.

Records a run of the mock as it is, of each of its personalities, and of every so many of its faults, judges each
recording again, and compares clause by clause. Prints a line for each and the sum; exits 1 where anything differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from conformance.mock.faults import FAULTS
from conformance.mock.personalities import PERSONALITIES
from tests.running import Outcome, run

_COMPARED = ("verdict", "exercised", "readings", "needs")


def differences(live: Outcome, replayed: Outcome) -> list[str]:
    """Return the clauses that two runs judge differently, and whatever else differs."""
    if live.report is None or replayed.report is None:
        return ["no report"]
    again = {each["id"]: each for each in replayed.clauses}
    found = [each["id"] for each in live.clauses if _judged(each) != _judged(again[each["id"]])]
    if live.verdict != replayed.verdict or live.code != replayed.code:
        found.append(f"{live.verdict} ({live.code}) -> {replayed.verdict} ({replayed.code})")
    return found


def _judged(clause: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was judged of a clause; by what its findings would show again is nothing that a recording knows."""
    findings = [{name: each[name] for name in each if name != "selection"} for each in clause["findings"]]
    return {**{name: clause[name] for name in _COMPARED}, "findings": findings}


def record_and_replay(arguments: list[str], profile: str) -> tuple[Outcome, Outcome]:
    """Record a run, judge the recording, and return what both came to."""
    with tempfile.TemporaryDirectory() as folder:
        place = f"--cassettes={Path(folder) / 'cassettes'}"
        live = run(place, "--record-mode=rewrite", f"--conformance-profile={profile}", *arguments)
        return live, run(place, "--record-mode=none", "--block-network")


def cases(every: int) -> Iterator[tuple[str, list[str]]]:
    """Yield names and arguments."""
    yield "as it is", []
    yield "as it is, pseudonymised", ["--pseudonymise"]
    for variant in PERSONALITIES:
        yield f"variant {variant.name}", [f"--mock-variant={variant.name}", "--pseudonymise"]
    for name in list(FAULTS)[::every]:
        yield f"fault {name}", [f"--mock-fault={name}"]


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only the cases whose names contain one of these")
    parser.add_argument("--every", type=int, default=25, help="take every so many faults (25)")
    parser.add_argument("--profile", default="standard")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    wanted = [
        each for each in cases(options.every) if not options.names or any(name in each[0] for name in options.names)
    ]
    unequal = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = pool.map(lambda case: record_and_replay(case[1], options.profile), wanted)
        for (name, _), (live, replayed) in zip(wanted, outcomes, strict=True):
            different = differences(live, replayed)
            unequal += bool(different)
            said = f"different: {', '.join(different[:5])}" if different else f"{len(live.clauses)} clauses alike"
            print(f"{name:<50} {live.verdict:<14} {said}", flush=True)  # noqa: T201 - a program
    print(f"{len(wanted) - unequal} of {len(wanted)} alike")  # noqa: T201
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main())
