"""Every fault and variant of the mock against the safety of the account; run by hand, it takes some minutes.

    python -m tests.safety_matrix [--profile standard] [--only NAME ...]

A row is bad where the account differs and the report does not say so, where a key stands in an artefact, or where
a run on a conforming server leaves any difference at all.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path

from conformance.mock.faults import FAULTS
from conformance.mock.server import MockServer
from conformance.mock.variants import VARIANTS
from tests.safety import play

_MOVING = frozenset({"live"})  # there other people change things meanwhile, and what they did has to stand
_LEFT = frozenset({"no-delete-permission"})  # there whom the run made has to stay, each of them named


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one run."""

    name: str
    kind: str
    problem: str
    differs: bool
    notes: str


def run(case: tuple[str, str, str]) -> Row:
    """Run one server and judge what it leaves."""
    kind, name, profile = case
    servers = {"variant": ((name,), ()), "fault": ((), (name,)), "plain": ((), ())}
    variants, faults = servers[kind]
    with tempfile.TemporaryDirectory() as folder, MockServer(variants, faults) as server:
        try:
            outcome = play(server, Path(folder), profile=profile)
        except BaseException:  # noqa: BLE001 - a row of the table, not an end of the program
            return Row(name, kind, "crashed", differs=True, notes=traceback.format_exc(limit=-3))
    problem = ""
    if not outcome.report:
        problem = f"no report (exit {outcome.code})"
    elif outcome.leaks:
        problem = f"a key in {', '.join(outcome.leaks)}"
    elif not outcome.is_honest and name not in _MOVING:
        problem = f"differs, and restored is {outcome.restored}"
    elif kind != "fault" and name not in _MOVING | _LEFT and (outcome.differences or outcome.restored is not True):
        problem = "a conforming server was not restored"
    elif outcome.report["requests"]["sent"] > outcome.report["requests"]["budget"]:
        problem = "over the budget"
    elif name in _LEFT and any("cut short" in each for each in outcome.report["not_restored"]):
        problem = "the budget did not hold the undo"
    elif not outcome.differences and outcome.restored is False:
        problem = "" if kind == "fault" else "restored is false without need"
    notes = "; ".join(outcome.differences) + " || " + "; ".join(outcome.report.get("not_restored", ()))
    if outcome.report and outcome.report["verdict"] == "harness_error":
        notes += " || " + outcome.harness_errors.replace("\n", "; ")
    return Row(name, kind, problem, bool(outcome.differences), notes)


def main() -> int:
    """Run everything and print a line for each case that is not simply restored."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="smoke")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    given = parser.parse_args()
    cases = [("plain", "plain", given.profile)]
    cases += [("variant", name, given.profile) for name in VARIANTS]
    cases += [("fault", name, given.profile) for name in FAULTS]
    cases = [case for case in cases if not given.only or case[1] in given.only]
    with multiprocessing.get_context("fork").Pool(given.processes, maxtasksperchild=1) as pool:
        rows = []
        for row in pool.imap_unordered(run, cases):
            rows.append(row)
            if row.problem or row.differs:
                sign = "BAD " if row.problem else "said"
                sys.stdout.write(f"{sign} {row.kind} {row.name}: {row.problem} {row.notes}\n")
                sys.stdout.flush()
    bad = sum(bool(row.problem) for row in rows)
    sys.stdout.write(f"{len(rows)} runs, {sum(row.differs for row in rows)} with a difference, {bad} bad" + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
