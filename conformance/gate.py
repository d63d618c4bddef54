"""What a judged conversation says to pytest: the failure of a story, the reports, the exit code, the summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from conformance.contract.clauses import Contract
from conformance.exchange import Exchange
from conformance.oracle.judge import Finding
from conformance.report import html, markdown, terminal
from conformance.report.model import ClauseResult, FindingResult, Report
from conformance.report.verdicts import Facts, around, finding_result

EXIT_CODES = {"conforms": 0, "violates": 1, "incomplete": 0, "harness_error": 2}


def failure_text(found: Iterable[Finding], contract: Contract, facts: Facts, conversation: Sequence[Exchange]) -> str:
    """Return what was found as a person reads it: a clause once, shoulds in strict runs only, known failures never."""
    counted = [
        each
        for each in found
        if (contract.clauses[each.clause].level != "should" or facts.strict) and each.clause not in facts.known_failures
    ]
    texts = []
    for finding in {each.clause: each for each in reversed(counted)}.values():
        clause = contract.clauses[finding.clause]
        raw = finding_result(finding, around(conversation, finding), conversation)
        shown = FindingResult(**{**raw, "conversation": tuple(raw["conversation"])})
        result = ClauseResult(clause.id, clause.family, clause.level, clause.title, "violated")
        texts.append(terminal.failure(result, shown, shortest=False))
    return "\n\n".join(texts)


def write_reports(config: pytest.Config, report: Report) -> None:
    """Write the reports that were asked for."""
    writers = {
        "--conformance-json": Report.dumps,
        "--conformance-html": html.render,
        "--conformance-markdown": markdown.render,
    }
    for option, render in writers.items():
        path: Path | None = config.getoption(option)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(report), encoding="utf-8")


def exit_code(report: Report, *, require_complete: bool) -> int:
    """Return what the gate says of a report."""
    if report.verdict == "incomplete" and require_complete:
        return 1
    return EXIT_CODES[report.verdict]


def print_summary(terminalreporter: pytest.TerminalReporter, report: Report) -> None:
    """Print the verdict by family, and what was found."""
    writer = terminalreporter._tw  # noqa: SLF001 - the only way to learn width and colour
    terminalreporter.write_sep("=", "conformance")
    terminalreporter.write(terminal.summary(report, writer.fullwidth, markup=writer.hasmarkup) + "\n")
