"""A report for a terminal: readable at 80 columns, without colour, and safe whatever the server sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from conformance.report import overview
from conformance.report.model import HERE, ClauseResult, FindingResult, Report
from conformance.report.text import Paint, cut, listed, painter, plural, printable, shorten, wrap

WIDTH = 80
LONGEST_LINE = 400  # characters of a line of a conversation; a name of 5,000 letters says no more than its ends
FINDINGS_SHOWN = 3  # for a clause; the other reports hold them all
_WHOLE_AGAIN = "What needs the whole conversation, a long list or an earlier removal, shows again without --clause."
_COLUMNS = (("must", 6), ("should", 6), ("open", 6), ("violated", 8), ("inconsistent", 12), ("not judged", 10))


def summary(report: Report, width: int = WIDTH, *, markup: bool = False, remarks: Sequence[str] = ()) -> str:
    """Return the whole report: families, what is violated, observed, not judged, and the verdict last.

    A run with a harness error begins with that, and has no list of what was not judged: that may come of it as well.

    Args:
        width: columns; commands and lines of conversations are never broken, whatever it is.
        markup: whether to colour with ANSI escapes.
        remarks: what is to be said besides, a line each.
    """
    paint = painter(markup=markup)
    said = (line for remark in remarks for line in wrap(printable(remark), width))
    ends = (_loose_ends(report, width, paint), said)
    judged = (_table(report, paint), _violations(report, width, markup=markup))
    first = _circumstances(report, width, paint)
    parts: tuple[Iterator[str], ...]
    if report.verdict != "harness_error":
        parts = (first, *judged, *_lists(report, width, paint), *ends, _verdict(report, paint))
    elif overview.judged_little(report):
        cause = chain(_verdict(report, paint), _harness_errors(report, width, paint), _found_before(report, width))
        parts = (cause, first, *ends)
    else:
        cause = chain(_verdict(report, paint), _harness_errors(report, width, paint))
        parts = (cause, first, *judged, *ends, _verdict(report, paint))
    return "\n\n".join(text for text in ("\n".join(part).strip("\n") for part in parts) if text)


def _lists(report: Report, width: int, paint: Paint) -> tuple[Iterator[str], ...]:
    """Return the parts that name what the target chose, and what was not judged."""
    return (
        _inconsistent(report, width, paint),
        _observations(report, width, paint),
        _not_judged(report, width, paint),
    )


def failure(
    clause: ClauseResult, finding: FindingResult, width: int = WIDTH, *, again: Sequence[str] = (), markup: bool = False
) -> str:
    """Return one finding as a person reads it: clause, conversation, what conforms, what came, how to see it again.

    Args:
        again: commands that show it again.
    """
    paint = painter(markup=markup)
    source = overview.source_of(clause.id)
    where = f"   ({source})" if source else ""
    known = " (known failure)" if clause.known_failure else ""
    title = f"{printable(clause.title)}."
    name = f"{paint(printable(clause.id), 'bold')} {paint('violated', 'bad')}{known}"
    plain = f"{printable(clause.id)} violated{known}   {title}{where}"
    lines = [f"{name}   {title}{where}"] if len(plain) <= width else [f"{name}{where}", *wrap(title, width, "  ")]
    return "\n".join([*lines, *_evidence(finding, width, again, paint)])


def _evidence(finding: FindingResult, width: int, again: Sequence[str], paint: Paint) -> Iterator[str]:
    yield from wrap(printable(finding.message), width, "  ")
    if finding.conversation:
        heading = "shortest conversation" if finding.is_shortest else "conversation"
        yield f"  {heading}, {plural(len(finding.conversation), 'request')}:"
        yield from (_spoken(line, paint) for line in overview.conversation(finding))
    expected, actual = printable(finding.expected), printable(finding.actual)
    together = f"  conforms:  {expected}        came:  {actual}"
    if len(together) <= width:
        yield together
    else:
        yield from (*wrap(expected, width, "  conforms:  "), *wrap(actual, width, "  came:      "))
    yield from (f"  {'again:' if place == 0 else '':<11}{line}" for place, line in enumerate(again))


def _spoken(line: str, paint: Paint) -> str:
    text = "    " + shorten(line, LONGEST_LINE)
    return paint(text, "bold") if line.endswith(HERE) else text


def _circumstances(report: Report, width: int, paint: Paint) -> Iterator[str]:
    head = f"conformance to the contract {report.contract_sha256[:12]}, suite {printable(report.suite_version)}"
    yield paint(head, "bold")
    yield from wrap("; ".join(overview.circumstances(report)), width)


def _table(report: Report, paint: Paint) -> Iterator[str]:
    rows = overview.families(report)
    if not rows:
        return
    first = max(len("family"), *(len(printable(row.family)) for row in rows))
    yield paint(f"{'family':<{first}}" + "".join(f"  {heading:>{width}}" for heading, width in _COLUMNS), "dim")
    for row in rows:
        bad, odd, unknown = row.count("violated"), row.count("inconsistent"), row.not_judged
        counts = (row.cell("must"), row.cell("should"), row.cell("open"), bad or "", odd or "", unknown or "")
        line = f"{printable(row.family):<{first}}"
        line += "".join(f"  {count:>{width}}" for count, (_, width) in zip(counts, _COLUMNS, strict=True))
        if bad or odd or unknown:
            yield paint(line.rstrip(), "bad" if bad else "warn")
        else:
            yield line.rstrip()


def _violations(report: Report, width: int, *, markup: bool) -> Iterator[str]:
    broken = overview.violations(report)
    for place, clause in enumerate(broken):
        yield from [""] if place else []
        yield from _findings(report, clause, width, markup=markup)
    if report.target.kind != "recording" and broken:
        yield from ("", *wrap(_WHOLE_AGAIN, width))


def _found_before(report: Report, width: int) -> Iterator[str]:
    """Name what was found before a run broke off, which may come of the same cause: a wrong key violates everything."""
    if names := ", ".join(printable(clause.id) for clause in overview.violations(report)):
        yield from wrap(f"found before that (details in the other reports): {names}", width, "  ", "    ")


def _findings(report: Report, clause: ClauseResult, width: int, *, markup: bool) -> Iterator[str]:
    """Tell the first findings of a clause; its title, and where it stands, once."""
    paint = painter(markup=markup)
    for place, finding in enumerate(clause.findings[:FINDINGS_SHOWN]):
        commands = overview.request_again(report, finding), overview.rerun(report, clause, finding)
        again = [command for command in commands if command]
        if place:
            yield from ("", f"{paint(printable(clause.id), 'bold')} once more")
            yield from _evidence(finding, width, again, paint)
        else:
            yield failure(clause, finding, width, again=again, markup=markup)
    more = len(clause.findings) - FINDINGS_SHOWN
    if more > 0:
        yield f"  and {plural(more, 'more finding')} of {printable(clause.id)} (in the JSON and HTML reports)"


def _inconsistent(report: Report, width: int, paint: Paint) -> Iterator[str]:
    clauses = report.of_verdict("inconsistent")
    if clauses:
        yield paint("inconsistent", "warn") + ": more than one reading of the same input"
        for clause in clauses:
            yield from wrap(overview.readings_text(clause), width, f"  {printable(clause.id)}  ")


def _observations(report: Report, width: int, paint: Paint) -> Iterator[str]:
    clauses = report.of_verdict("observed")
    if clauses:
        yield paint("observed", "bold") + ": where the contract is silent, what the target does"
        column = max(len(printable(clause.id)) for clause in clauses)
        for clause in clauses:
            yield cut(f"  {printable(clause.id):<{column}}  {overview.readings_text(clause)}", width)


def _names(clauses: Sequence[ClauseResult], width: int, indent: str) -> Iterator[str]:
    yield from wrap(", ".join(printable(clause.id) for clause in clauses), width, indent)


def _not_judged(report: Report, width: int, paint: Paint) -> Iterator[str]:
    clauses = report.of_verdict("not_testable")
    if clauses:
        yield paint("not testable", "warn") + f": {plural(len(clauses), 'clause')}, for want of"
    for needs, missing in overview.missing_needs(report).items():
        yield from wrap(listed(map(printable, needs)), width, "  ")
        for need in needs:
            yield from wrap(printable(overview.hint(need)), width, "    -> ")
        yield from _names(missing, width, "    ")
    not_exercised = report.of_verdict("not_exercised")
    if not_exercised:
        if clauses:
            yield ""
        yield paint("not exercised", "warn") + f": {plural(len(not_exercised), 'clause')}"
        yield from wrap(overview.exercise_hint(report), width, "    -> ")
        yield from _names(not_exercised, width, "    ")


def _harness_errors(report: Report, width: int, paint: Paint) -> Iterator[str]:
    clauses = report.of_verdict("harness_error")
    if report.harness_errors or clauses:
        yield paint("harness errors", "bad") + ": the suite could not judge"
    for error in report.harness_errors:
        yield from wrap(shorten(printable(error.message), LONGEST_LINE), width, "  ")
        if error.test not in error.message:
            yield from wrap(f"in {printable(error.test)}", width, "    ")
    if clauses:
        names = ", ".join(printable(clause.id) for clause in clauses)
        yield from wrap(f"clauses not judged for that: {names}", width, "  ", "    ")


def _loose_ends(report: Report, width: int, paint: Paint) -> Iterator[str]:
    stale = overview.stale_known_failures(report)
    if stale:
        yield paint("known failures that fail no longer", "warn") + ": take them out of the file"
        yield from _names(stale, width, "  ")
        yield ""
    left = [*overview.left_behind(report)]
    if left:
        yield paint("not as it was found on the server", "bad")
        for line in left:
            yield from wrap(line, width, "  ")


def _verdict(report: Report, paint: Paint) -> Iterator[str]:
    style = {"conforms": "good", "incomplete": "warn"}.get(report.verdict, "bad")
    yield paint(overview.verdict_line(report), style)
