"""How many faults a number of requests buys: from the matrix' JSON to a table and a plot.

python -m tests.matrix --faults --profile standard --json matrix.json
python bench/detection.py matrix.json [more.json ...] --svg detection.svg
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

WIDTH, HEIGHT, MARGIN = 760, 420, 60
COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce")
_SHARES = (0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Curve:
    """One profile's faults, by the request at which each showed.

    Args:
        faults: how many there are, caught or not.
        caught_at: the number of that request, of each that was caught, sorted.
        requests: the most that a run sent.
    """

    name: str
    faults: int
    caught_at: tuple[int, ...]
    requests: int

    @classmethod
    def read(cls, path: Path) -> Curve:
        """Read a matrix' JSON."""
        matrix = json.loads(path.read_text(encoding="utf-8"))
        rows = [row for row in matrix["rows"] if row["kind"] == "fault"]
        caught = sorted(row["first_request"] for row in rows if row["right"] and row["first_request"])
        return cls(matrix["profile"], len(rows), tuple(caught), max((row["requests"] for row in rows), default=0))

    def by(self, request: int) -> int:
        """Return how many faults had shown when so many requests were sent."""
        return bisect_right(self.caught_at, request)

    def needed_for(self, share: float) -> int | None:
        """Return how many requests show a share of all faults; None where none do."""
        place = max(1, round(share * self.faults)) - 1
        return self.caught_at[place] if place < len(self.caught_at) else None


def table_of(curves: Sequence[Curve]) -> Table:
    """Return requests against faults, cumulatively."""
    table = Table(title="faults caught by their own clause, by the request at which they show")
    table.add_column("requests", justify="right")
    for curve in curves:
        table.add_column(f"{curve.name} ({curve.faults} faults)", justify="right")
    for request in steps(curves):
        shown = [f"{curve.by(request)}  {100 * curve.by(request) / max(1, curve.faults):.1f} %" for curve in curves]
        table.add_row(
            str(request),
            *(cell if request <= curve.requests else "" for cell, curve in zip(shown, curves, strict=True)),
        )
    return table


def steps(curves: Iterable[Curve]) -> list[int]:
    """Return the numbers of requests that are worth a row: fine at first, coarser later."""
    most = max((curve.requests for curve in curves), default=0)
    wide = max(10, -(-most // _STEPS // 10) * 10)
    return sorted({5, 10, 15, 20, 30, 40, 50, 60, *range(wide, most + wide, wide)})


def shares(curves: Iterable[Curve]) -> Iterator[str]:
    """Say in words what a share of the faults costs."""
    for curve in curves:
        costs = [(share, curve.needed_for(share)) for share in _SHARES]
        told = ", ".join(f"{share:.0%} by request {cost}" for share, cost in costs if cost is not None)
        yield f"{curve.name}: {told or 'none'}"


# ---------------------------------------------------------------------- the plot
def svg(curves: Sequence[Curve]) -> str:
    """Draw the curves, as a picture of its own that needs nothing to be shown."""
    most = max(curve.requests for curve in curves)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_grid(most),
    ]
    for place, curve in enumerate(curves):
        colour = COLOURS[place % len(COLOURS)]
        lines.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{_points(curve, most)}"/>')
        label = f"{curve.name}: {len(curve.caught_at)} of {curve.faults}"
        lines.append(
            f'<text x="{WIDTH - MARGIN - 170}" y="{HEIGHT - MARGIN - 14 - 18 * place}" fill="{colour}">{label}</text>'
        )
    return "\n".join([*lines, "</svg>", ""])


def _points(curve: Curve, most: int) -> str:
    """Return the stairs of a curve: up where a fault shows, level until the next does."""
    corners = [(0, 0)]
    for caught, request in enumerate(curve.caught_at, start=1):
        corners += [(request, caught - 1), (request, caught)]
    corners.append((curve.requests, len(curve.caught_at)))
    faults = max(1, curve.faults)
    return " ".join(f"{_x(request, most):.1f},{_y(caught / faults):.1f}" for request, caught in corners)


def _grid(most: int) -> Iterator[str]:
    for tenth in range(0, 11, 2):
        y = _y(tenth / 10)
        yield f'<line x1="{MARGIN}" y1="{y:.1f}" x2="{WIDTH - MARGIN}" y2="{y:.1f}" stroke="#e5e5e5"/>'
        yield f'<text x="{MARGIN - 8}" y="{y + 4:.1f}" text-anchor="end">{tenth * 10} %</text>'
    for part in range(6):
        request = round(most * part / 5)
        yield f'<text x="{_x(request, most):.1f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{request}</text>'
    yield f'<text x="{WIDTH / 2}" y="{HEIGHT - 16}" text-anchor="middle">requests sent</text>'
    yield f'<text x="{MARGIN}" y="{MARGIN - 22}">faults caught by their own clause</text>'


def _x(request: float, most: int) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * request / max(1, most)


def _y(share: float) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and draw the plot where it was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("matrix", type=Path, nargs="+", help="the matrix' JSON, of one profile each")
    parser.add_argument("--svg", type=Path, metavar="PATH", help="draw the plot there")
    options = parser.parse_args(arguments)
    curves = sorted((Curve.read(path) for path in options.matrix), key=lambda curve: curve.requests)
    console = Console()
    console.print(table_of(curves))
    for line in shares(curves):
        console.print(line, highlight=False)
    if options.svg:
        options.svg.write_text(svg(curves), encoding="utf-8")
        console.print(f"the plot is in {options.svg}", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
