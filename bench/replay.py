"""How long it takes to read and to judge recorded exchanges, 1,000 and 10,000 of them: `python bench/replay.py`.

The conversation comes from the mock without a socket: operators are attached, attached again, removed and read,
on lists that stay short, as in a long run of the suite.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.exchange import Exchange, Request, Response
from conformance.mock.building import build
from conformance.mock.direct import Direct, Said
from conformance.oracle.world import Setting
from conformance.recording import shelf
from conformance.recording.recorder import MOCK_URL
from conformance.recording.recording import About, Recording, Story
from conformance.recording.replay import Replay

IN_ONE_STORY = 40
JSON = (("content-type", "application/json"),)


def requests() -> Iterator[Said]:
    """Yield requests without end."""
    yield Said("GET", "/virtual_numbers")
    yield Said("GET", "/operators")
    numbers, operators = (7, 15), (31, 5, 8, 25, 17, 14, 27)
    for turn in itertools.count():
        number, operator = numbers[turn % 2], operators[turn % len(operators)]
        add = f"/virtual_numbers/{number}/add_operator"
        yield Said("POST", add, {"operator_id": operator})
        yield Said("POST", add, {"operator_id": operator, "name": "Not Used"})
        yield Said("GET", f"/virtual_numbers/{number}")
        yield Said("POST", add, {"operator_id": 900_000_000 + turn})
        yield Said("POST", add, {}, actor=("account", "project", "read_only")[turn % 3])
        yield Said("DELETE", f"/virtual_numbers/{number}/remove_operator?operator_id={operator}")
        yield Said("GET", f"/virtual_numbers/{number}")
        yield Said("GET", "/operators")


def recorded(count: int) -> Recording:
    """Return a recording of so many exchanges."""
    said = list(itertools.islice(requests(), count))
    direct = Direct(build((), ()))
    exchanges = []
    for place, (asked, answered) in enumerate(zip(said, direct.in_turn(said), strict=True), 1):
        body = None if asked.body is None else json.dumps(asked.body).encode()
        request = Request(asked.actor, asked.method, asked.path, JSON if body else (), body)
        response = Response(answered.status, tuple(answered.headers.items()), answered.content)
        story = f"test_bench::test_{place // IN_ONE_STORY}"
        exchanges.append(Exchange(place, request, response, None, place * 0.01, place * 0.01 + 0.005, story))
    stories = [
        Story(name, tuple(part)) for name, part in itertools.groupby(exchanges, key=lambda exchange: exchange.story)
    ]
    setting: dict[str, Any] = {name: [] for name in Setting.__dataclass_fields__} | {"virtual_numbers": [7, 15]}
    target = {"kind": "mock", "url": MOCK_URL, "actors": ["account", "project", "read_only"]}
    about = About("2026-01-01T00:00:00+00:00", "", "", {}, "standard", 0, MOCK_URL, target, setting)
    return Recording(about, tuple(stories))


def measured(count: int) -> tuple[float, float]:
    """Return the seconds that reading and judging so many exchanges take."""
    with tempfile.TemporaryDirectory() as folder:
        shelf.write(recorded(count), Path(folder))
        started = time.process_time()
        read = shelf.read(Path(folder))
        between = time.process_time()
        replay = Replay(read)
        ended = time.process_time()
    if read.problems or replay.judge.findings:
        sys.exit(f"the recording is not judged as it should be: {[*read.problems, *replay.judge.findings][:1]}")
    return between - started, ended - between


def main() -> int:
    """Print the seconds for each count, and whether they grow linearly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[1_000, 10_000])
    counts = parser.parse_args().counts
    measured(100)  # warms up
    rates = []
    for count in counts:
        reading, judging = measured(count)
        rates.append((reading + judging) / count)
        print(f"{count:>7} exchanges  read {reading:6.2f} s  judged {judging:6.2f} s  {rates[-1] * 1e6:5.0f} us each")
    print(f"growth of the time for each: {rates[-1] / rates[0]:.2f} (1 is linear)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
