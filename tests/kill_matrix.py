"""Fifty runs, each killed with SIGKILL at a random moment and put right by `restore`; run by hand.

python -m tests.kill_matrix [--times 50] [--profile standard] [--seed 0]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.killing import left_after_kill

_LAST = {"smoke": 56, "standard": 290}


def main() -> int:
    """Kill and restore, a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--profile", default="standard", choices=_LAST)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    moments = random.Random(given.seed)  # noqa: S311 - not a secret
    bad = cut = 0
    for turn in range(given.times):
        requests = moments.randint(1, _LAST[given.profile])
        with tempfile.TemporaryDirectory() as folder:
            cut_off, different = left_after_kill(Path(folder), requests, given.profile)
        bad, cut = bad + bool(different), cut + cut_off
        sys.stdout.write(f"{turn + 1:3} killed at request {requests:3}: {'; '.join(different) or 'no difference'}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{given.times} runs, {cut} cut off, {bad} with a difference after restore\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
