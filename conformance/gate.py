"""What a judged conversation says to pytest: the failure of a story, the reports, the exit code, the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from _pytest.junitxml import xml_key  # what record_testsuite_property does, without a test to ask for it

from conformance.contract.clauses import Contract
from conformance.exchange import Exchange
from conformance.oracle.judge import Finding
from conformance.report import html, junit, markdown, terminal
from conformance.report.model import ClauseResult, FindingResult, Report
from conformance.report.verdicts import Facts, around, finding_result

_WRITERS: dict[str, Callable[[Report], str]] = {
    "--conformance-json": Report.dumps,
    "--conformance-html": html.render,
    "--conformance-markdown": markdown.render,
}
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
        texts.append(terminal.failure(result, shown))
    return "\n\n".join(texts)


def check_reports(config: pytest.Config) -> None:
    """See that the reports that were asked for can be written, before anything is sent.

    Raises:
        pytest.UsageError: one of them cannot.
    """
    for option, path in _wanted(config):
        is_new = not path.exists()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.open("a", encoding="utf-8").close()
        except OSError as error:
            raise _not_written(option, path, error) from None
        if is_new:
            path.unlink()


def write_reports(config: pytest.Config, report: Report) -> None:
    """Write the reports that were asked for, and beside pytest's own --junitxml the verdict of each clause.

    Raises:
        pytest.UsageError: one of them cannot be written any more; the others are.
    """
    if (xml := config.stash.get(xml_key, None)) is not None:
        for name, value in junit.properties(report.clauses):
            xml.add_global_property(name, value)
    failed: pytest.UsageError | None = None
    for option, path in _wanted(config):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_WRITERS[option](report), encoding="utf-8")
        except OSError as error:
            failed = _not_written(option, path, error)
    if failed is not None:
        raise failed


def _wanted(config: pytest.Config) -> list[tuple[str, Path]]:
    paths = [(option, config.getoption(option)) for option in _WRITERS]
    return [(option, path) for option, path in paths if path is not None]


def _not_written(option: str, path: Path, error: OSError) -> pytest.UsageError:
    return pytest.UsageError(f"{option} {path}: cannot be written ({error.strerror}); name another path")


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
