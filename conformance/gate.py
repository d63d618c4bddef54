"""What a judged conversation says to pytest: the failure of a story, the reports, the exit code, the summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from _pytest.junitxml import xml_key  # what record_testsuite_property does, without a test to ask for it

from conformance.contract.clauses import Contract
from conformance.exchange import Exchange
from conformance.oracle.judge import Finding
from conformance.report import files, junit, terminal
from conformance.report.model import Report
from conformance.report.text import printable, shorten
from conformance.report.verdicts import Facts

_LONGEST_LINE = 400


def failure_text(found: Iterable[Finding], contract: Contract, facts: Facts, conversation: Sequence[Exchange]) -> str:
    """Return what was found, a line for each clause, shoulds in strict runs only; the summary has the details, once.

    Never what is known to fail, or was not asked for.
    """
    counted = [
        each
        for each in found
        if (contract.clauses[each.clause].level != "should" or facts.strict)
        and each.clause not in facts.known_failures
        and (facts.selected is None or each.clause in facts.selected)
    ]
    requests = {each.number: f", {each.request.method} {each.request.target}" for each in conversation}
    lines = [
        f"{each.clause} violated: {each.difference.message} "
        f"(request {each.exchange}{requests.get(each.exchange, '')}; details below)"
        for each in {each.clause: each for each in reversed(counted)}.values()
    ]
    return "\n".join(shorten(printable(line), _LONGEST_LINE) for line in lines)


def check_reports(config: pytest.Config) -> None:
    """See that the reports that were asked for can be written, before anything is sent.

    Raises:
        pytest.UsageError: one of them cannot.
    """
    try:
        for each in _asked_for(config):
            each.check()
    except files.NotWrittenError as error:
        raise pytest.UsageError(str(error)) from None


def write_reports(config: pytest.Config, report: Report) -> None:
    """Write the reports that were asked for, and beside pytest's own --junitxml the verdict of each clause.

    Raises:
        pytest.UsageError: one of them cannot be written any more; the others are.
    """
    if (xml := config.stash.get(xml_key, None)) is not None:
        for name, value in junit.properties(report.clauses):
            xml.add_global_property(name, value)
    try:
        files.write_all(_asked_for(config), report)
    except files.NotWrittenError as error:
        raise pytest.UsageError(str(error)) from None


def _asked_for(config: pytest.Config) -> list[files.ReportFile]:
    return files.asked_for("--conformance-", config.getoption)


def print_summary(terminalreporter: pytest.TerminalReporter, report: Report, remarks: Sequence[str] = ()) -> None:
    """Print the verdict by family, and what was found.

    Args:
        remarks: what a person has to know besides, a line each.
    """
    writer = terminalreporter._tw  # noqa: SLF001 - the only way to learn width and colour
    terminalreporter.write_sep("=", "conformance")
    shown = terminal.summary(report, writer.fullwidth, markup=writer.hasmarkup, remarks=remarks)
    terminalreporter.write(shown + "\n")
