"""Two reports side by side: clause by clause what got worse, better, or changed its reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from conformance.contract.clauses import Level
from conformance.report.model import ClauseResult, Report, Verdict
from conformance.report.overview import VERDICT_WORDS
from conformance.report.text import painter, plural, printable, wrap

Group = Literal["worse", "better", "reading changed", "same", "added", "removed"]

_RANKS: dict[Verdict, int] = {
    "conforms": 0,
    "observed": 0,
    "inconsistent": 1,
    "not_exercised": 2,
    "not_testable": 2,
    "harness_error": 3,
    "violated": 4,
}
_UNKNOWN = frozenset({"not_exercised", "not_testable", "harness_error"})


@dataclass(frozen=True, slots=True)
class Change:
    """One clause in two reports.

    Args:
        old: its verdict, or None where the older report does not hold it.
        new: its verdict, or None where the newer report does not hold it.
        readings: the input classes whose reading differs: (input class, old, new).
    """

    clause: str
    level: Level
    old: Verdict | None
    new: Verdict | None
    readings: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of each clause; every clause stands in exactly one group.

    A clause that was judged and is judged no longer is worse, also where it was violated: to leave a
    fault out of the run is not to mend it.
    """

    worse: tuple[Change, ...] = ()
    better: tuple[Change, ...] = ()
    reading_changed: tuple[Change, ...] = ()
    same: tuple[Change, ...] = ()
    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    def text(self, width: int = 80, *, markup: bool = False) -> str:
        """Return the comparison for a terminal; what is the same is only counted."""
        paint = painter(markup=markup)
        styles = {"worse": "bad", "better": "good", "reading changed": "warn"}
        blocks = [f"note: {note}" for note in self.notes]
        for name, changes in self._groups():
            if changes and name != "same":
                heading = paint(f"{name}: {plural(len(changes), 'clause')}", styles.get(name, "bold"))
                blocks.append("\n".join([heading, *_lines(changes, width)]))
        counts = ", ".join(f"{len(changes)} {name}" for name, changes in self._groups() if changes)
        verdict = "something got worse" if self.worse else "nothing got worse"
        blocks.append(paint(f"{verdict}: {counts or 'no clause in either'}", "bad" if self.worse else "good"))
        return "\n\n".join(blocks)

    def _groups(self) -> tuple[tuple[Group, tuple[Change, ...]], ...]:
        return (
            ("worse", self.worse),
            ("better", self.better),
            ("reading changed", self.reading_changed),
            ("added", self.added),
            ("removed", self.removed),
            ("same", self.same),
        )


def compare(old: Report, new: Report) -> Comparison:
    """Hold two reports against each other, in the order of the newer one's clauses."""
    before = {clause.id: clause for clause in old.clauses}
    after = {clause.id: clause for clause in new.clauses}
    groups: dict[Group, list[Change]] = {}
    for clause_id, clause in after.items():
        earlier = before.get(clause_id)
        change = Change(
            clause_id,
            clause.level,
            earlier.verdict if earlier else None,
            clause.verdict,
            _changed_readings(earlier, clause) if earlier else (),
        )
        groups.setdefault(_group(change), []).append(change)
    gone = [Change(each.id, each.level, each.verdict, None) for each in old.clauses if each.id not in after]
    return Comparison(
        worse=tuple(groups.get("worse", ())),
        better=tuple(groups.get("better", ())),
        reading_changed=tuple(groups.get("reading changed", ())),
        same=tuple(groups.get("same", ())),
        added=tuple(groups.get("added", ())),
        removed=tuple(gone),
        notes=tuple(_notes(old, new)),
    )


def _group(change: Change) -> Group:
    if change.new is None:
        return "removed"
    if change.old is None:
        return "added"
    if change.old == "violated" and change.new in _UNKNOWN:
        return "worse"
    step = _RANKS[change.new] - _RANKS[change.old]
    if step:
        return "worse" if step > 0 else "better"
    return "reading changed" if change.readings else "same"


def _changed_readings(old: ClauseResult, new: ClauseResult) -> tuple[tuple[str, str, str], ...]:
    """Return what differs in the input classes that both runs sent."""
    return tuple(
        (each, old.readings[each], reading)
        for each, reading in new.readings.items()
        if each in old.readings and old.readings[each] != reading
    )


def _notes(old: Report, new: Report) -> Iterator[str]:
    if old.contract_sha256 != new.contract_sha256:
        yield "the two were judged by different contracts"
    if old.profile != new.profile:
        yield f"the profiles differ: {old.profile or 'none'}, now {new.profile or 'none'}"


def _lines(changes: Sequence[Change], width: int) -> Iterator[str]:
    column = max(len(printable(change.clause)) for change in changes)
    for change in changes:
        old = VERDICT_WORDS[change.old] if change.old else ""
        new = VERDICT_WORDS[change.new] if change.new else ""
        verdicts = f"{old} -> {new}" if old and new and old != new else new or old
        yield f"  {printable(change.clause):<{column}}  {change.level:<6}  {verdicts}"
        for input_class, before, after in change.readings:
            named = f"{printable(input_class)}: " if input_class else ""
            yield from wrap(f"{named}{printable(before)} -> {printable(after)}", width, "      ")
