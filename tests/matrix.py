"""Every variant and every fault of the embedded mock against a profile: who is caught, by which clause, at what price.

python -m tests.matrix                            all of them, standard
python -m tests.matrix --faults --profile smoke   faults alone, another profile
python -m tests.matrix --fault NAME --variant NAME --variant ONE+OTHER
python -m tests.matrix --variants --seeds 20 --json matrix.json
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from conformance.contract.clauses import load_contract
from conformance.mock.behaviour import Behaviour
from conformance.mock.faults import FAULTS
from conformance.mock.readings import possible_readings
from conformance.mock.variants import VARIANTS
from conformance.target.settings import BUDGETS, PROFILES
from tests.running import Outcome, together

CAUGHT_AT_LEAST = {"smoke": 0.85, "standard": 0.99, "thorough": 1.0}
BLAMED_AT_LEAST = 0.95
MOST_OTHERS = 2
_ROWS_SHOWN = 40
_TOLD_EVERY = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One server to be judged: a fault, or one variant or several of them at once."""

    kind: str
    name: str
    seed: int = 0

    @property
    def variants(self) -> list[str]:
        """Return the variants that the server is."""
        return self.name.split("+") if self.kind == "variant" else []

    def arguments(self, profile: str) -> list[str]:
        """Return the options of a run against it."""
        chosen = [f"--mock-variant={name}" for name in self.variants]
        if self.kind == "fault":
            chosen = [f"--mock-fault={self.name}"]
        return [*chosen, f"--conformance-profile={profile}", f"--hypothesis-seed={self.seed}", "-q"]


@dataclass(slots=True)
class Row:
    """What became of one case.

    Args:
        clause: the clause that a fault breaks.
        right: whether it is as it has to be.
        blamed: whether a fault's own clause is named, and at most two others.
        others: the violated clauses beside its own, or beside the shoulds that a variant is listed with.
        first_request: the request at which it showed first.
        mismatches: readings reported that are not the variant's own.
        why: what is wrong, in words.
        apart: whether it is a fault for which the profile has no requests: it is counted apart.
    """

    kind: str
    name: str
    seed: int
    clause: str = ""
    level: str = ""
    right: bool = False
    blamed: bool = False
    violated: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    first_request: int | None = None
    requests: int = 0
    seconds: float = 0.0
    verdict: str = ""
    code: int = 0
    restored: bool | None = None
    mismatches: list[str] = field(default_factory=list)
    why: str = ""
    apart: bool = False


# ---------------------------------------------------------------------- judging a run
def row_of(case: Case, outcome: Outcome, profile: str) -> Row:
    """Say what a run told of a case."""
    row = Row(case.kind, case.name, case.seed, requests=outcome.sent, seconds=round(outcome.seconds, 2))
    row.verdict, row.code, row.violated = outcome.verdict, outcome.code, outcome.violated()
    if outcome.report is None:
        row.why = f"no report: {outcome.last_line}"
        return row
    row.restored = outcome.report["restored"]
    if case.kind == "fault":
        row.apart = FAULTS[row.name].rare and profile != "thorough"
        _judge_fault(row, outcome)
    else:
        _judge_variant(row, case, outcome, profile)
    if row.requests > BUDGETS[profile] or outcome.received != row.requests:
        row.right = False
        row.why += f" {row.requests} requests by its own count, {outcome.received} by the mock's"
    return row


def _judge_fault(row: Row, outcome: Outcome) -> None:
    fault = FAULTS[row.name]
    row.clause, row.level = fault.clause, load_contract().clauses[fault.clause].level
    row.others = [clause for clause in row.violated if clause != fault.clause]
    named = fault.clause in row.violated
    row.first_request = first_request(outcome, fault.clause if named else "")
    row.right = named and (row.verdict == "violates" or (row.level == "should" and row.verdict != "harness_error"))
    row.blamed = row.right and len(row.others) <= MOST_OTHERS
    if row.verdict == "harness_error":
        row.why = f"harness error: {harness_errors(outcome)}"
    elif not row.right:
        own = outcome.verdicts.get(fault.clause, "unknown")
        row.why = f"blamed {', '.join(row.others)}; its own: {own}" if row.others else f"not seen; its own: {own}"


def _judge_variant(row: Row, case: Case, outcome: Outcome, profile: str) -> None:
    listed = {clause for name in case.variants for clause in VARIANTS[name].violates_should}
    row.others = sorted(set(row.violated) - listed)
    lacking = sorted(listed - set(row.violated)) if profile != "smoke" and len(case.variants) == 1 else []
    row.first_request = first_request(outcome, "")
    row.mismatches = mismatches(case, outcome)
    problems = [f"violated: {', '.join(row.others)}"] if row.others else []
    problems += [f"listed but not violated: {', '.join(lacking)}"] if lacking else []
    problems += [f"exit code {outcome.code}"] if outcome.code else []
    restorable = all(VARIANTS[name].lets_operators_be_deleted for name in case.variants)
    problems += ["not restored"] if restorable and row.restored is False else []
    problems += ["said to be restored, which the key cannot do"] if not restorable and row.restored else []
    problems += [f"harness error: {harness_errors(outcome)}"] if row.verdict == "harness_error" else []
    row.why = "; ".join(problems)
    row.right = not problems


def harness_errors(outcome: Outcome) -> str:
    """Return the harness errors of a run in one line."""
    errors = (outcome.report or {}).get("harness_errors", [])
    return "; ".join(f"{each['test'].rpartition('::')[2]}: {each['message']}" for each in errors[:2])


def first_request(outcome: Outcome, clause: str) -> int | None:
    """Return the number of the first request that a finding is about, of one clause or of any."""
    numbers = [
        int(line.split(maxsplit=1)[0])
        for each in outcome.clauses
        if clause in {"", each["id"]}
        for finding in each["findings"]
        for line in finding["conversation"]
        if line.endswith("<-- here")
    ]
    return min(numbers, default=None)


def _own_readings(variants: Sequence[str]) -> dict[str, frozenset[str]]:
    changes = {switch: value for name in variants for switch, value in VARIANTS[name].changes.items()}
    return possible_readings(replace(Behaviour(), **changes))  # type: ignore[arg-type]  # a variant's changes are of any type


def mismatches(case: Case, outcome: Outcome) -> list[str]:
    """Compare the readings that were reported with those that the variant has."""
    known = _own_readings(case.variants)
    found = []
    for clause in outcome.clauses:
        wanted = known.get(clause["id"], frozenset())
        if not wanted or clause["level"] != "open":
            continue
        if clause["verdict"] == "inconsistent":
            found.append(f"{clause['id']}: inconsistent {clause['readings']}")
        for kind, reading in clause["readings"].items():
            if reading not in wanted and clause["verdict"] != "inconsistent":
                found.append(f"{clause['id']} ({kind}): {reading}, not {' or '.join(sorted(wanted))}")
    return found


# ---------------------------------------------------------------------- running all
def run_all(cases: Sequence[Case], profile: str, jobs: int, console: Console) -> list[Row]:
    """Run the cases, several at a time; rows in the order of the cases."""
    rows: dict[int, Row] = {}
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(profile, total=len(cases))
        for place, outcome in together([case.arguments(profile) for case in cases], jobs):
            rows[place] = row_of(cases[place], outcome, profile)
            progress.advance(task)
            if not console.is_terminal and (len(rows) % _TOLD_EVERY == 0 or not rows[place].right):
                right = sum(row.right for row in rows.values())
                console.print(
                    f"{right} right of {len(rows)}, of {len(cases)}: {_brief(rows[place])}",
                    soft_wrap=True,
                    highlight=False,
                    markup=False,
                )
    return [rows[place] for place in sorted(rows)]


def run_again(rows: list[Row], cases: Sequence[Case], profile: str, console: Console) -> list[Row]:
    """Run what was not right once more, by itself: races and clocks depend on what else the machine does."""
    again = [place for place, row in enumerate(rows) if not row.right]
    for place in again:
        (row,) = run_all([cases[place]], profile, 1, console)
        if row.right:
            row.why = f"only the second time; the first: {rows[place].why}"
            rows[place] = row
    return rows


def _brief(row: Row) -> str:
    return f"{'ok' if row.right else 'NO'} {row.name} {row.clause} {row.requests} requests, {row.seconds} s. {row.why}"


def cases_of(options: argparse.Namespace) -> Iterator[Case]:
    """Return what was asked for; everything where nothing was."""
    everything = not (options.fault or options.variant or options.faults or options.variants or options.pairs)
    variants = list(options.variant) or (list(VARIANTS) if options.variants or everything else [])
    faults = list(options.fault) or (list(FAULTS) if options.faults or everything else [])
    pairs = ["+".join(pair) for pair in combinations(VARIANTS, 2)]
    variants += Random(options.seeds).sample(pairs, min(options.pairs, len(pairs)))  # noqa: S311 - no secret
    for seed in range(options.seeds):
        yield from (Case("variant", name, seed) for name in variants)
        yield from (Case("fault", name, seed) for name in faults)


# ---------------------------------------------------------------------- telling
def table_of(rows: Sequence[Row]) -> Table:
    """Return rows as a table."""
    table = Table(title="as it has to be, or not", show_lines=False)
    for column in ("", "name", "clause", "blamed beside it", "at", "requests", "s", "verdict", "why"):
        table.add_column(column, overflow="fold")
    for row in rows:
        name = row.name if not row.seed else f"{row.name} (seed {row.seed})"
        at = str(row.first_request or "")
        table.add_row(
            "ok" if row.right else "NO",
            name,
            row.clause,
            ", ".join(row.others),
            at,
            str(row.requests),
            f"{row.seconds:.1f}",
            row.verdict,
            row.why,
        )
    return table


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a whole matrix."""

    faults: int
    caught: int
    blamed: int
    apart: int
    caught_apart: int
    variants: int
    green: int
    mismatched: int
    most_requests: int
    most_seconds: float

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Summary:
        """Count."""
        faults = [row for row in rows if row.kind == "fault" and not row.apart]
        apart = [row for row in rows if row.kind == "fault" and row.apart]
        variants = [row for row in rows if row.kind == "variant"]
        return cls(
            len(faults),
            sum(row.right for row in faults),
            sum(row.blamed for row in faults),
            len(apart),
            sum(row.right for row in apart),
            len(variants),
            sum(row.right for row in variants),
            sum(bool(row.mismatches) for row in variants),
            max((row.requests for row in rows), default=0),
            max((row.seconds for row in rows), default=0.0),
        )

    def lines(self) -> list[str]:
        """Return the figures in words."""
        found = []
        if self.faults:
            found.append(
                f"faults caught by their own clause: {self.caught} of {self.faults} ({_part(self.caught, self.faults)})"
            )
            found.append(f"of these with at most two others blamed: {self.blamed} ({_part(self.blamed, self.caught)})")
        if self.apart:
            found.append(f"beside these, of the {self.apart} that only thorough has requests for: {self.caught_apart}")
        if self.variants:
            found.append(f"variants green: {self.green} of {self.variants}; readings not their own: {self.mismatched}")
        return [*found, f"most requests: {self.most_requests}; longest: {self.most_seconds:.1f} s"]

    def is_enough(self, share: float, blamed: float = BLAMED_AT_LEAST) -> bool:
        """Tell whether all is as it has to be, if such a share of the faults has to be caught, and blamed alone."""
        caught = self.caught >= share * self.faults
        return caught and self.blamed >= blamed * self.caught and self.green == self.variants


def _part(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m tests.matrix", description=(__doc__ or "").splitlines()[0])
    made.add_argument("--profile", choices=PROFILES, default="standard")
    made.add_argument("--variant", action="append", default=[], metavar="NAME[+NAME]")
    made.add_argument("--fault", action="append", default=[], metavar="NAME", choices=[*FAULTS])
    made.add_argument("--variants", action="store_true", help="all variants")
    made.add_argument("--faults", action="store_true", help="all faults")
    made.add_argument("--pairs", type=int, default=0, metavar="N", help="N pairs of variants at once")
    made.add_argument("--seeds", type=int, default=1, metavar="N", help="each with N seeds")
    made.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="so many at a time")
    made.add_argument("--at-least", type=float, metavar="SHARE", help="faults to catch, if not the profile's own")
    blamed = "of those, to blame with at most two others"
    made.add_argument("--blamed-at-least", type=float, default=BLAMED_AT_LEAST, metavar="SHARE", help=blamed)
    made.add_argument("--again", action="store_true", help="run what is not right once more, and say so")
    made.add_argument("--json", type=Path, metavar="PATH", help="write every row there")
    made.add_argument("--all", action="store_true", help="print every row, not only those that are not right")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the matrix; 1 where anything is not as it has to be."""
    options = parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 180)
    cases = list(cases_of(options))
    unknown = sorted({name for case in cases for name in case.variants} - set(VARIANTS))
    if unknown:
        console.print(f"no variant is called {', '.join(unknown)}")
        return 4
    rows = run_all(cases, options.profile, options.jobs, console)
    if options.again:
        rows = run_again(rows, cases, options.profile, console)
    shown = rows if options.all or len(rows) <= _ROWS_SHOWN else [row for row in rows if not row.right or row.why]
    console.print(table_of(shown))
    for row in rows:
        if row.mismatches:
            console.print(f"{row.name}: {'; '.join(row.mismatches)}", highlight=False)
    summary = Summary.of(rows)
    for line in summary.lines():
        console.print(line, highlight=False)
    if options.json:
        content = {"profile": options.profile, "summary": asdict(summary), "rows": [asdict(row) for row in rows]}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(content, indent=1) + "\n")
    share = CAUGHT_AT_LEAST[options.profile] if options.at_least is None else options.at_least
    share = 1.0 if options.fault or options.variant else share
    return 0 if summary.is_enough(share, options.blamed_at_least) else 1


if __name__ == "__main__":
    sys.exit(main())
