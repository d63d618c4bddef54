"""The faults in a fraction of the matrix' time: without sockets, stories and waiting.

    python -m tests.driven                       every fault, the requests of standard
    python -m tests.driven --profile smoke --fault NAME

The requests of one run against the conforming mock are sent, as they are, to each faulty server, and judged. A run
that adapts to what it is answered may see more, or less: of 225 faults seven came out differently. For working on
the oracle; what counts is tests.matrix.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rich.console import Console

from conformance.contract.clauses import load_contract
from conformance.mock.faults import FAULTS
from conformance.target.settings import PROFILES
from tests.driving import Drive, Rounds, read_rounds
from tests.matrix import MOST_OTHERS, Row, Summary, table_of
from tests.running import plain

_TOLD_EVERY = 50


def drive(name: str, rounds: Rounds) -> Row:
    """Send all requests to a server with a fault, and say what the judge found."""
    fault = FAULTS[name]
    driven = Drive(name)
    judge = driven.judge()
    for requests in rounds:
        driven.put(requests, judge)
    judge.finish()
    row = Row("fault", name, 0, fault.clause, load_contract().clauses[fault.clause].level)
    row.violated = list(dict.fromkeys(finding.clause for finding in judge.findings))
    row.others = [clause for clause in row.violated if clause != fault.clause]
    row.right = fault.clause in row.violated
    row.blamed = row.right and len(row.others) <= MOST_OTHERS
    row.requests = len(driven.conversation)
    row.first_request = min((each.exchange for each in judge.findings if each.clause == fault.clause), default=None)
    if not row.right:
        seen = "exercised and not seen" if judge.exercised[fault.clause] else "not exercised"
        row.why = f"blamed others; its own: {seen}" if row.others else seen
    return row


def main(arguments: Sequence[str] | None = None) -> int:
    """Drive the faults, several at a time, and print those that were missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.driven", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--profile", choices=PROFILES, default="standard")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", choices=[*FAULTS])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write every row there")
    options = parser.parse_args(arguments)
    rounds = read_rounds(plain(options.profile).requests)
    names = options.fault or list(FAULTS)
    rows: list[Row] = []
    console = Console(width=None if sys.stdout.isatty() else 180)
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for row in pool.imap(partial(drive, rounds=rounds), names, chunksize=4):
            rows.append(row)
            if len(rows) % _TOLD_EVERY == 0:
                console.print(f"{sum(each.right for each in rows)} caught of {len(rows)}, of {len(names)}")
    console.print(table_of([row for row in rows if options.fault or not row.right]))
    summary = Summary.of(rows)
    for line in summary.lines():
        console.print(line, highlight=False)
    if options.json:
        content = {"profile": options.profile, "summary": asdict(summary), "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
