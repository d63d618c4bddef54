"""The program `identitycall-conformance`: mock, judge, compare, restore, explain."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from conformance import __version__, judging
from conformance.contract.clauses import load_contract
from conformance.known_failures import EXIT_CODES, exit_code
from conformance.oracle.world import Setting
from conformance.recording.errors import RecordingError
from conformance.recording.replay import Replay
from conformance.recording.shelf import RUN_FILE, is_recorded, read
from conformance.recording.speakers import told_keys
from conformance.recording.traffic import TrafficRun, read_traffic
from conformance.report import files, overview, terminal
from conformance.report.compare import compare
from conformance.report.explain import UnknownClauseError, explain, explain_all
from conformance.report.model import Report, ReportError
from conformance.report.verdicts import Facts

USAGE = 4
_WIDEST = 120


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits 4."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0, 1 as the gate has it, 2 for harness errors, 4 for usage."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (_UsageError, files.NotWrittenError) as error:
        sys.stderr.write(f"identitycall-conformance {options.command}: {error}\n")
        return USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


class _UsageError(Exception):
    """What was asked for cannot be done; the text says in one line what to do."""


def _parser() -> _Parser:
    parser = _Parser(
        prog="identitycall-conformance", description="Conformance of IdentityCall's Add Operator endpoint."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    _add_mock(commands.add_parser("mock", help="serve the mock until interrupted"))
    _add_judge(commands.add_parser("judge", help="judge a recording, VCR cassettes or HAR files"))
    command = commands.add_parser("compare", help="say what got worse, better, or changed its reading; 1 where worse")
    command.add_argument(
        "old", metavar="OLD", type=Path, help="report.json, a recording's directory, or a traffic file"
    )
    command.add_argument("new", metavar="NEW", type=Path, help="the same, later")
    command.set_defaults(run=_compare)
    command = commands.add_parser("restore", help="put back what an interrupted run left behind")
    command.add_argument("journal", metavar="JOURNAL", type=Path, help="the run's journal (*.jsonl)")
    command.set_defaults(run=_restore)
    command = commands.add_parser("explain", help="print a clause of the contract, or list them all")
    command.add_argument("clause", metavar="CLAUSE", nargs="?", help="its id")
    command.set_defaults(run=_explain)
    return parser


# ---------------------------------------------------------------------- mock
def _add_mock(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    command.add_argument("--port", type=_port, default=8080, help="port to listen on, 0 for any free one (8080)")
    command.add_argument(
        "--variant", action="append", default=[], metavar="NAME", help="a conforming variant; repeatable"
    )
    command.add_argument("--fault", action="append", default=[], metavar="NAME", help="a fault; repeatable")
    what = "list variants and faults, those with WORD in name or title, and end"
    command.add_argument("--list", nargs="?", const="", metavar="WORD", help=what)
    command.set_defaults(run=_mock)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**16:
        message = f"{text!r} is no port: give a number from 0 to 65535"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _mock(options: argparse.Namespace) -> int:
    from conformance import catalogue  # noqa: PLC0415 - the other commands need no server
    from conformance.mock.server import serve  # noqa: PLC0415 - as above

    try:
        if options.list is not None:
            sys.stdout.write(catalogue.listed(options.list, _width()))
            return 0
        return serve(options.host, options.port, options.variant, options.fault)
    except ValueError as error:
        raise _UsageError(str(error)) from None


# ---------------------------------------------------------------------- judge
def _add_judge(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("files", metavar="FILE", nargs="+", type=Path, help="a recording's directory, or VCR cassettes and HAR files")
    add(
        "--virtual-number",
        action="append",
        type=int,
        default=[],
        metavar="ID",
        help="a number whose operators only this traffic changed",
    )
    judging.add_options(add)
    add("--strict", action="store_true", help="violated shoulds count too")
    add("--json", type=Path, metavar="PATH", help="write report.json there")
    add("--html", type=Path, metavar="PATH", help="write the report as a page there")
    add("--markdown", type=Path, metavar="PATH", help="write the report as Markdown there")
    command.set_defaults(run=_judge)


def _judge(options: argparse.Namespace) -> int:
    def option(name: str) -> Any:  # noqa: ANN401 - as argparse has it
        return getattr(options, name.removeprefix("--").replace("-", "_"))

    try:
        selected, excused = judging.selection(option), judging.excused(option)
    except ValueError as error:
        raise _UsageError(str(error)) from None
    wanted = files.asked_for("--", option)
    for each in wanted:
        each.check()
    facts = Facts(selected=selected, strict=options.strict, known_failures=excused.causes)
    judged = _judged(options.files, judging.setting(option), facts)
    report = Report.from_json(judged.report())
    files.write_all(wanted, report)
    for trouble in report.harness_errors:
        sys.stderr.write(f"harness error: {trouble.message}\n")
    remarks = [*excused.lines(report.verdicts), *(judged.remarks() if isinstance(judged, TrafficRun) else [])]
    if any(clause.exercised for clause in report.clauses):
        sys.stdout.write(terminal.summary(report, _width(), markup=False, remarks=remarks) + "\n")
    else:
        sys.stdout.write(overview.verdict_line(report) + "\n")
    return exit_code(report, excused, require_complete=options.require_complete)


def _judged(files: Sequence[Path], setting: Setting, facts: Facts) -> Replay | TrafficRun:
    """Judge a recording as a whole, or traffic files together.

    Raises:
        _UsageError: a file is not there, or a recording is mixed with other files.
    """
    absent = next((path for path in files if not path.exists()), None)
    if absent is not None:
        message = f"{absent}: no such file"
        raise _UsageError(message)
    whole = [path for path in files if path.is_dir() or path.name == RUN_FILE]
    if whole and len(files) > 1:
        message = f"{whole[0]} is a recording of a whole run: judge it by itself"
        raise _UsageError(message)
    if whole:
        directory = whole[0] if whole[0].is_dir() else whole[0].parent
        if not is_recorded(directory):
            message = f"{directory}: no recording is there (it has no {RUN_FILE})"
            raise _UsageError(message)
        replay = Replay(read(directory), facts)
        replay.play_alone()
        return replay
    try:
        return TrafficRun(read_traffic(files, setting, told_keys(os.environ)), facts)
    except RecordingError as error:
        return TrafficRun.unreadable(error, setting, facts)


# ---------------------------------------------------------------------- compare
def _compare(options: argparse.Namespace) -> int:
    reports = []
    for path in (options.old, options.new):
        report = _report(path)
        if report.verdict == "harness_error" and report.harness_errors:
            sys.stderr.write(f"{path}: {report.harness_errors[0].message}\n")
            if not any(clause.exercised for clause in report.clauses):
                return EXIT_CODES["harness_error"]
        reports.append(report)
    comparison = compare(*reports)
    sys.stdout.write(comparison.text(_width()) + "\n")
    return 1 if comparison.worse else 0


def _report(path: Path) -> Report:
    """Read a report, or judge a recording or a traffic file."""
    if path.is_file() and path.suffix == ".json":
        try:
            return Report.loads(path.read_bytes())
        except ReportError as error:
            if b'"log"' not in path.read_bytes()[:4096] and b'"interactions"' not in path.read_bytes()[:4096]:
                message = f"{path}: {error}"
                raise _UsageError(message) from None
    return Report.from_json(_judged([path], Setting(), Facts()).report())


# ---------------------------------------------------------------------- restore, explain
def _restore(options: argparse.Namespace) -> int:
    from conformance.target import restore  # noqa: PLC0415 - the other commands send nothing

    if not options.journal.is_file():
        message = f"{options.journal}: no such file; journals stand under .conformance/ unless --journal named another"
        raise _UsageError(message)
    return restore.main(options.journal)


def _explain(options: argparse.Namespace) -> int:
    contract = load_contract()
    try:
        text = explain(contract, options.clause, _width()) if options.clause else explain_all(contract, _width())
    except UnknownClauseError as error:
        raise _UsageError(str(error.args[0])) from None
    sys.stdout.write(text + "\n")
    return 0


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST)


if __name__ == "__main__":
    sys.exit(main())
