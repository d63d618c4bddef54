"""A report for JUnit: properties that pytest writes beside a test."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.report.model import ClauseResult
from conformance.report.overview import readings_text
from conformance.report.text import printable


def properties(clauses: Iterable[ClauseResult]) -> list[tuple[str, str]]:
    """Return (name, value) pairs: the verdict of each clause, what it was put to, and why it was not judged.

    The names are `clause.ID`, and where there is something to say `clause.ID.level`, `.exercised`,
    `.readings`, `.needs` and `.known_failure` below it. No value holds a character that XML forbids.
    """
    pairs: list[tuple[str, str]] = []
    for clause in clauses:
        name = f"clause.{printable(clause.id)}"
        details = {
            "level": clause.level,
            "exercised": str(clause.exercised),
            "readings": readings_text(clause),
            "needs": ", ".join(map(printable, clause.needs)),
            "known_failure": "true" if clause.known_failure else "",
        }
        pairs.append((name, clause.verdict))
        pairs.extend((f"{name}.{key}", value) for key, value in details.items() if value)
    return pairs
