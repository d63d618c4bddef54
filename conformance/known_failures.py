"""Known failures: clauses that a target is known to violate, with a cause, a link and a last day. Strict both ways."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from conformance.report.model import Report

_FIELDS = ("clause", "cause", "link", "until")
_HOW = "[[known_failure]] with clause, cause, link and until, as in until = 2030-01-31"
EXIT_CODES = {"conforms": 0, "violates": 1, "incomplete": 0, "harness_error": 2}
_NO_LONGER = frozenset({"conforms", "observed", "inconsistent"})


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One entry of the file.

    Args:
        clause: the clause that is violated.
        cause: why.
        link: where more about it stands.
        until: the last day on which it is excused.
    """

    clause: str
    cause: str
    link: str
    until: date


@dataclass(frozen=True, slots=True)
class KnownFailures:
    """The entries of a file, parted by whether they still excuse."""

    excused: tuple[KnownFailure, ...] = ()
    expired: tuple[KnownFailure, ...] = ()

    @property
    def causes(self) -> Mapping[str, str]:
        """Return clause -> cause, of what is excused."""
        return {each.clause: f"{each.cause} ({each.link}, until {each.until})" for each in self.excused}

    def stale(self, verdicts: Mapping[str, str]) -> list[str]:
        """Return the clauses of entries that no longer fail; those that were not exercised are not among them.

        Args:
            verdicts: clause -> verdict, of the report.
        """
        return [each.clause for each in (*self.excused, *self.expired) if verdicts.get(each.clause) in _NO_LONGER]

    def lines(self, verdicts: Mapping[str, str]) -> Iterator[str]:
        """Yield what a person has to be told: entries that no longer fail, and those past their last day."""
        for clause in self.stale(verdicts):
            yield f"known failure {clause} fails no longer: take it out of the file"
        for each in self.expired:
            if verdicts.get(each.clause) == "violated":
                excused = f"{each.clause} was excused until {each.until} ({each.cause})"
                yield f"known failure {excused}: mend it, or set a later day"


def read_known_failures(path: Path, clauses: Collection[str], today: date | None = None) -> KnownFailures:
    """Read a file.

    Args:
        clauses: the ids of the contract.
        today: the day that `until` is held against; the present one, in UTC, by default.

    Raises:
        ValueError: what is wrong with the file, in one line that says what to do.
    """
    today = today or datetime.now(UTC).date()
    try:
        loaded = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"--known-failures {path}: {error.strerror}"
        raise ValueError(message) from None
    except ValueError as error:
        message = f"--known-failures {path}: not TOML ({error}); write {_HOW}"
        raise ValueError(message) from None
    entries = [_entry(table, path, clauses) for table in _tables(loaded, path)]
    for each in entries:
        if [other.clause for other in entries].count(each.clause) > 1:
            message = f"--known-failures {path}: {each.clause} stands there twice"
            raise ValueError(message)
    excused = tuple(each for each in entries if each.until >= today)
    return KnownFailures(excused, tuple(each for each in entries if each.until < today))


def exit_code(report: Report, known: KnownFailures, *, require_complete: bool) -> int:
    """Return what the gate says of a report: 0 good, 1 bad, 2 not judged; an entry that no longer fails is bad."""
    if report.verdict == "incomplete" and require_complete:
        return 1
    return EXIT_CODES[report.verdict] or int(bool(known.stale(report.verdicts)))


def _tables(loaded: Mapping[str, Any], path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the entries: the tables of every array, whatever its name."""
    for name, value in loaded.items():
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            message = f"--known-failures {path}: {name} is no list of entries; write {_HOW}"
            raise ValueError(message)
        yield from value


def _entry(table: Mapping[str, Any], path: Path, clauses: Collection[str]) -> KnownFailure:
    clause = table.get("clause")
    odd = [name for name in (*_FIELDS, *table) if name not in table or name not in _FIELDS]
    if odd:
        message = f"--known-failures {path}, entry {clause}: {odd[0]} is missing or unknown; write {_HOW}"
        raise ValueError(message)
    if clause not in clauses:
        message = f"--known-failures {path}: no clause {clause}; `identitycall-conformance explain` lists them all"
        raise ValueError(message)
    for name in ("cause", "link"):
        if not isinstance(table[name], str) or not table[name].strip():
            message = f"--known-failures {path}, entry {clause}: {name} is empty"
            raise ValueError(message)
    return KnownFailure(str(clause), table["cause"], table["link"], _day(table["until"], path, str(clause)))


def _day(value: object, path: Path, clause: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        message = f"--known-failures {path}, entry {clause}: until is no day; write it as 2030-01-31"
        raise ValueError(message) from None
