"""Every chaos case against smoke, or another profile; run by hand.

python -m tests.chaos_matrix [--profile standard] [--only NAME ...]
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos_cases import CASES
from tests.test_safety_chaos import problems, strike

_MEGABYTE = 1024


def run(name: str) -> tuple[str, list[str], float, int, str]:
    """Run one case; return what is wrong with it, how long it took, the most memory it had, and what it said."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = strike(CASES[name], Path(folder))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MEGABYTE
    said = f"exit {outcome.code}, restored {outcome.restored}, " + outcome.harness_errors.replace("\n", " / ")
    return name, problems(CASES[name], outcome), time.monotonic() - began, memory, said


def main() -> int:
    """Run all cases, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(CASES))
    given = parser.parse_args()
    bad = 0
    with multiprocessing.get_context("fork").Pool(maxtasksperchild=1) as pool:
        for name, wrong, seconds, memory, said in pool.imap_unordered(run, given.only):
            bad += bool(wrong)
            told = "; ".join(wrong) or said
            sys.stdout.write(f"{'BAD' if wrong else 'ok '} {name:<32}{seconds:5.1f} s {memory:4} MB  {told}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(given.only)} cases, {bad} bad" + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
