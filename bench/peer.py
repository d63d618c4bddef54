"""Side by side with Schemathesis' own command line, on the same faults and variants of the mock.

    python bench/peer.py                       30 faults, 10 variants, one after another
    python bench/peer.py --faults 60 --jobs 2

Schemathesis runs all phases and all checks on specs/openapi.yaml, with its own defaults unless --examples says less.
It reports findings on the conforming mock as well; so a fault counts as caught by it where it reports anything that
it does not report there (in any of several runs). A false alarm is anything reported of a variant, which conforms.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from random import Random
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from conformance import __version__  # noqa: E402 - the path comes first
from conformance.mock.application import BACK_DOOR  # noqa: E402 - as above
from conformance.mock.faults import FAULTS  # noqa: E402 - as above
from conformance.mock.server import BASE  # noqa: E402 - as above
from tests.matrix import Case, row_of  # noqa: E402 - as above
from tests.running import mock_program, run  # noqa: E402 - as above

VARIANTS = ("lenient", "casting", "strict", "typed", "renumbering", "crowded", "bare", "verbose", "live", "picky")
BASELINE_SEEDS = (1, 2, 3)
_LIMIT = 900
Finding = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What one tool said of one server.

    Args:
        found: whatever it reported.
        caught: whether that is the fault, by the rules above.
    """

    case: Case
    found: frozenset[Finding]
    caught: bool
    requests: int
    seconds: float


# ---------------------------------------------------------------------- the two tools
def ours(profile: str, case: Case) -> Result:
    """Run this suite; caught means by the fault's own clause."""
    outcome = run(*case.arguments(profile))
    row = row_of(case, outcome, profile)
    violated = outcome.violated("must", "open")
    found = frozenset(("violated", clause) for clause in violated)
    if row.verdict in {"harness_error", "no report"}:
        found |= {("harness error", row.why)}
    return Result(case, found, row.right, row.requests, row.seconds)


def theirs(case: Case, examples: int | None, seed: int = 1, known: frozenset[Finding] = frozenset()) -> Result:
    """Run Schemathesis; caught means that it reports what it does not report of the conforming mock."""
    chosen = {case.kind: case.name} if case.name else {}
    with mock_program(**chosen) as (url, keys, _), tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        started = time.monotonic()
        subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"), "run", str(ROOT / "specs" / "openapi.yaml"),
                "--url", url, "-H", f"Authorization: Bearer {keys['IDENTITYCALL_API_KEY']}",
                "--phases", "examples,coverage,fuzzing,stateful", "--checks", "all", "--continue-on-failure",
                *(["--max-examples", str(examples)] if examples else []), "--seed", str(seed),
                "--report", "json", "--report-json-path", str(report),
            ],
            check=False, cwd=folder, capture_output=True, timeout=_LIMIT,
        )  # fmt: skip
        seconds = time.monotonic() - started
        requests = _received(url)
        found = frozenset(_findings(json.loads(report.read_text())) if report.exists() else ())
    return Result(case, found, bool(found - known), requests, seconds)


def _findings(report: dict[str, list[dict[str, object]]]) -> Iterator[Finding]:
    for failure in report["failures"]:
        operations = failure["operations"]
        if isinstance(operations, list):
            yield from ((str(failure["title"]), str(operation)) for operation in operations)
    yield from (("error", str(error.get("title", error))) for error in report["errors"])


def _received(url: str) -> int:
    with urllib.request.urlopen(url.removesuffix(BASE) + BACK_DOOR, timeout=10) as answer:  # noqa: S310 - our own
        return int(json.load(answer)["requests_received"])


# ---------------------------------------------------------------------- side by side
def sample(count: int) -> list[Case]:
    """Return so many faults, no two of one clause as long as there are clauses, and always the same."""
    random = Random(count)  # noqa: S311 - no secret
    names = random.sample(sorted(FAULTS), len(FAULTS))
    first = {FAULTS[name].clause: name for name in reversed(names)}
    ordered = [*first.values(), *(name for name in names if name not in first.values())]
    return [Case("fault", name) for name in ordered[:count]]


def row(name: str, results: Sequence[Result]) -> str:
    """Return one tool's line of the table."""
    faults = [each for each in results if each.case.kind == "fault"]
    variants = [each for each in results if each.case.kind == "variant"]
    caught = sum(each.caught for each in faults)
    alarmed = [each for each in variants if each.found]
    alarms = sum(len(each.found) for each in variants)
    requests, seconds = [each.requests for each in results], [each.seconds for each in results]
    return (
        f"| {name} | {caught} of {len(faults)} | {len(alarmed)} of {len(variants)} ({alarms} findings) "
        f"| {median(requests):.0f} (at most {max(requests)}) | {median(seconds):.1f} (at most {max(seconds):.1f}) |"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faults", type=int, default=30, metavar="N")
    parser.add_argument("--variants", type=int, default=len(VARIANTS), metavar="N")
    parser.add_argument("--examples", type=int, metavar="N", help="Schemathesis' --max-examples (default: its own)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write what each said of each there")
    options = parser.parse_args(arguments)
    cases = [*sample(options.faults), *(Case("variant", name) for name in VARIANTS[: options.variants])]
    with ThreadPoolExecutor(options.jobs) as pool:
        healthy = Case("variant", "")
        known: frozenset[Finding] = frozenset().union(
            *(each.found for each in pool.map(lambda seed: theirs(healthy, options.examples, seed), BASELINE_SEEDS))
        )
        tools: dict[str, Callable[[Case], Result]] = {
            "this suite, smoke": partial(ours, "smoke"),
            "this suite, standard": partial(ours, "standard"),
            "Schemathesis, all phases, all checks": partial(theirs, examples=options.examples, known=known),
        }
        results = {name: list(pool.map(tool, cases)) for name, tool in tools.items()}
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, identitycall-conformance {__version__}, "
        f"schemathesis {metadata.version('schemathesis')}, hypothesis {metadata.version('hypothesis')}; "
        f"Schemathesis reports {len(known)} findings on the conforming mock, which are taken off.\n"
    )
    print("| tool | faults caught | conforming variants blamed | requests, median | seconds, median |")
    print("| --- | --- | --- | --- | --- |")
    for name, found in results.items():
        print(row(name, found))
    if options.json:
        content = {
            name: [
                {"kind": each.case.kind, "name": each.case.name, "caught": each.caught, "found": sorted(each.found),
                 "requests": each.requests, "seconds": round(each.seconds, 2)}
                for each in found
            ]
            for name, found in results.items()
        }  # fmt: skip
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
