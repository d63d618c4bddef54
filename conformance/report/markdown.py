"""A report as a comment on a pull request: Markdown that shows what the server sent and obeys none of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conformance.report import overview
from conformance.report.model import ClauseResult, FindingResult, Report
from conformance.report.text import listed, plural, printable, shorten

MOST = 60_000  # characters; the forges take some 65,000 for a comment
LONGEST_LINE = 300
FINDINGS_SHOWN = 2  # for a clause
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~@:&$^=])")


def render(report: Report) -> str:
    """Return the comment: the verdict, a table of families, and the rest folded up."""
    sections = [*_head(report), *_table(report)]
    size = sum(map(len, sections))
    broken = overview.violations(report)
    for place, clause in enumerate(broken):
        section = _violated(report, clause)
        size += len(section)
        if size > MOST // 2:
            more = plural(len(broken) - place, "more violated clause")
            sections.append(f"... and {more}, in the JSON and HTML reports.")
            break
        sections.append(section)
    for section in _rest(report):
        size += len(section)
        sections.append(section if size <= MOST else "...")
    return "\n\n".join(sections) + "\n"


def escape(text: str) -> str:
    """Return a text that Markdown shows as it is, in a sentence or a table."""
    return _SPECIAL.sub(r"\\\1", printable(text))


def code(text: str) -> str:
    """Return a text as code in a sentence (not in a table), whatever backticks it holds."""
    shown = printable(text) or " "
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _block(lines: Iterable[str]) -> str:
    text = "\n".join(map(printable, lines))
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}text\n{text}\n{fence}"


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _head(report: Report) -> Iterator[str]:
    yield f"### Add Operator: {escape(report.verdict)}"
    yield f"**{escape(overview.verdict_reason(report))}**"
    yield escape("; ".join(overview.circumstances(report)))


def _table(report: Report) -> Iterator[str]:
    rows = ["| family | must | should | open | violated | not judged |", "|:--|--:|--:|--:|--:|--:|"]
    for row in overview.families(report):
        broken = row.count("violated")
        levels = f"{row.cell('must')} | {row.cell('should')} | {row.cell('open')}"
        rows.append(
            f"| {escape(row.family)} | {levels} | {f'**{broken}**' if broken else ''} | {row.not_judged or ''} |"
        )
    if len(rows) > 2:  # noqa: PLR2004 - the heading takes two
        yield "\n".join(rows)


def _violated(report: Report, clause: ClauseResult) -> str:
    source = overview.source_of(clause.id)
    known = ", known failure" if clause.known_failure else ""
    lines = [f"#### {code(clause.id)} violated ({clause.level}{known})"]
    lines.append(escape(f"{clause.title}.{f' ({source})' if source else ''}"))
    for finding in clause.findings[:FINDINGS_SHOWN]:
        lines += _finding(report, finding)
    more = len(clause.findings) - FINDINGS_SHOWN
    if more > 0:
        lines.append(f"... and {plural(more, 'more finding')}.")
    command = overview.rerun(report, clause, clause.findings[0])
    if command:
        lines.append(_folded("The clause again", _block([command])))
    return "\n\n".join(lines)


def _finding(report: Report, finding: FindingResult) -> Iterator[str]:
    yield escape(shorten(printable(finding.message), LONGEST_LINE))
    if finding.conversation:
        yield _block(shorten(line, LONGEST_LINE) for line in overview.conversation(finding))
    expected, actual = (code(shorten(printable(each), LONGEST_LINE)) for each in (finding.expected, finding.actual))
    yield f"conforms: {expected}, came: {actual}"
    if curl := overview.request_again(report, finding):
        yield _folded("The guilty request again", _block([curl]))


def _names(clauses: Iterable[ClauseResult]) -> str:
    return ", ".join(code(clause.id) for clause in clauses)


def _readings(clauses: Iterable[ClauseResult]) -> str:
    return "\n".join(f"- {code(each.id)} {escape(overview.readings_text(each))}" for each in clauses)


def _rest(report: Report) -> Iterator[str]:
    odd, seen, idle = (report.of_verdict(each) for each in ("inconsistent", "observed", "not_exercised"))
    if odd:
        yield f"**Inconsistent**: more than one reading of the same input\n\n{_readings(odd)}"
    if seen:
        yield _folded(f"Observed: {plural(len(seen), 'open clause')}", _readings(seen))
    missing = overview.missing_needs(report)
    if missing:
        lines = []
        for needs, clauses in missing.items():
            advice = "; ".join(map(overview.hint, needs))
            lines.append(f"- {escape(listed(needs))}: {escape(advice)}<br>{_names(clauses)}")
        yield _folded(f"Not testable: {plural(sum(map(len, missing.values())), 'clause')}", "\n".join(lines))
    if idle:
        advice = escape(overview.exercise_hint(report))
        yield _folded(f"Not exercised: {plural(len(idle), 'clause')}", f"{advice}\n\n{_names(idle)}")
    if report.harness_errors:
        errors = [(code(each.test), escape(shorten(each.message, LONGEST_LINE))) for each in report.harness_errors]
        yield "**Harness errors**\n\n" + "\n".join(f"- {test} {message}" for test, message in errors)
    stale = overview.stale_known_failures(report)
    if stale:
        yield f"**Known failures that fail no longer**: {_names(stale)}; take them out of the file"
    left = [*overview.left_behind(report)]
    if left:
        yield "**Left behind on the server**\n\n" + "\n".join(f"- {escape(line)}" for line in left)
