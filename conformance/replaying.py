"""pytest's side of recordings: when to record, when to judge a recording or traffic, and a story as an item."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance import gate, judging, known_failures
from conformance.collecting import left_out_remarks
from conformance.known_failures import KnownFailures
from conformance.options import read_excused
from conformance.recording import shelf
from conformance.recording.errors import RecordingError
from conformance.recording.pseudonyms import pseudonymised
from conformance.recording.recorder import Notes, recording_of
from conformance.recording.replay import Outcome, Replay, story_name
from conformance.recording.speakers import told_keys
from conformance.recording.traffic import TrafficRun, read_traffic
from conformance.report.model import Report
from conformance.report.verdicts import Facts
from conformance.run import Run

_RECORDS = frozenset({"all", "rewrite"})
_TARGET_OPTIONS = ("--target-url", "--mock-variant", "--mock-fault")


def add_options(parser: pytest.Parser) -> None:
    """Add the options of recordings; --record-mode is pytest-recording's."""
    group = parser.getgroup("conformance", "IdentityCall Add Operator conformance")
    add = group.addoption
    add("--cassettes", type=Path, default=Path("cassettes"), metavar="DIR", help="where recordings stand (cassettes)")
    add(
        "--pseudonymise",
        action="store_true",
        default=None,
        dest="pseudonymise",
        help="replace people's data in a recording (the default for anything but the mock)",
    )
    add(
        "--no-pseudonymise",
        action="store_false",
        default=None,
        dest="pseudonymise",
        help="keep people's data in a recording as it came",
    )
    add(
        "--traffic",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="judge a VCR cassette or a HAR file instead of sending anything",
    )


def wants_replay(config: pytest.Config) -> bool:
    """Tell whether a run judges a recording instead of speaking to a target.

    Raises:
        pytest.UsageError: a target is named as well.
    """
    mode = config.getoption("--record-mode", default=None)
    directory = config.getoption("--cassettes")
    replays = mode == "none" or (mode in {"once", "new_episodes"} and shelf.is_recorded(directory))
    named = next((option for option in _TARGET_OPTIONS if config.getoption(option)), None)
    if mode == "none" and named:
        message = f"--record-mode=none judges a recording and speaks to nobody: leave out {named}"
        raise pytest.UsageError(message)
    return replays


def begin_replay(
    config: pytest.Config,
    items: list[pytest.Item],
    stories: Sequence[pytest.Item],
    facts: Facts,
    is_in: Callable[[pytest.Item, str], bool],
) -> None:
    """Put a recording's stories in place of the tests, and let the gate judge it.

    Args:
        stories: the tests that were collected, selected or not.
        facts: what the run was told.
        is_in: whether a story is part of a profile and of what was selected.
    """
    asked = facts.selected
    excused = read_excused(config)
    facts.known_failures = excused.causes
    replay = Replay(shelf.read(config.getoption("--cassettes")), facts)
    about, order = replay.about, list(replay.shelf.files)

    def is_played(item: pytest.Item) -> bool:
        """What was recorded is played, and what the recorded profile ought to hold: its lack is a harness error."""
        if about is None or (asked is None and story_name(item.nodeid) in order):
            return True
        return is_in(item, about.profile)

    playable = [item for item in items if item in stories and is_played(item)]
    config.hook.pytest_deselected(items=[item for item in items if item in stories and item not in playable])
    places = {name: place for place, name in enumerate(order)}
    playable.sort(key=lambda item: places.get(story_name(item.nodeid), len(places)))
    items[:] = [_Story.of(item, replay) for item in playable] + [item for item in items if item not in stories]
    known = frozenset(story_name(item.nodeid) for item in stories)
    config.pluginmanager.register(_Gate(replay, known, excused, config), "conformance-replay")


class _Story(pytest.Item):
    """A story whose conversation was recorded."""

    replay: Replay
    claims: tuple[str, ...]
    original: pytest.Item

    @classmethod
    def of(cls, item: pytest.Item, replay: Replay) -> _Story:
        """Stand in for a test."""
        story: _Story = cls.from_parent(item.parent or item.session, name=item.name)
        story.original, story.replay = item, replay
        marker = item.get_closest_marker("exercises")
        story.claims = marker.args if marker else ()
        story.own_markers.extend(item.own_markers)
        return story

    def runtest(self) -> None:
        """Fail by what the judge found in the recorded conversation."""
        outcome: Outcome = self.replay.play(story_name(self.nodeid), self.nodeid, self.claims)
        replay = self.replay
        text = gate.failure_text(outcome.findings, replay.contract, replay.facts, replay.conversation)
        if outcome.trouble:
            text = f"harness error: {outcome.trouble}" + (f"\n\n{text}" if text else "")
        if text:
            pytest.fail(text, pytrace=False)
        if outcome.skipped:
            pytest.skip(outcome.skipped)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Say where the test stands."""
        return self.original.reportinfo()


class _TrafficFile(pytest.Item):
    """A traffic file as an item: it fails by what was found at its exchanges."""

    judged: TrafficRun

    def runtest(self) -> None:
        """Fail by what the judge found."""
        judged = self.judged
        if judged.facts.harness_errors:
            pytest.fail(f"harness error: {judged.facts.harness_errors[0][1]}", pytrace=False)
        found = judged.findings_in(self.name)
        text = gate.failure_text(found, judged.contract, judged.facts, judged.traffic.conversation)
        if text:
            pytest.fail(text, pytrace=False)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Say where the item stands."""
        return self.path, None, self.name


def begin_traffic(config: pytest.Config, items: list[pytest.Item], session: pytest.Session, facts: Facts) -> None:
    """Judge traffic files in place of the tests.

    Raises:
        pytest.UsageError: a file is not there, or a target is named as well.
    """
    files: list[Path] = config.getoption("--traffic")
    absent = next((path for path in files if not path.is_file()), None)
    if absent is not None:
        message = f"--traffic {absent}: no such file"
        raise pytest.UsageError(message)
    named = next((option for option in (*_TARGET_OPTIONS, "--record-mode") if config.getoption(option, None)), None)
    if named:
        message = f"--traffic judges what was sent already: leave out {named}"
        raise pytest.UsageError(message)
    setting = judging.setting(config.getoption)
    excused = read_excused(config)
    facts.known_failures = excused.causes
    try:
        judged = TrafficRun(read_traffic(files, setting, told_keys(os.environ)), facts)
    except RecordingError as error:
        judged = TrafficRun.unreadable(error, setting, facts)
    config.hook.pytest_deselected(items=list(items))
    items[:] = []
    for path in files:
        item: _TrafficFile = _TrafficFile.from_parent(session, name=str(path))
        item.judged = judged
        items.append(item)
    config.pluginmanager.register(_Gate(judged, frozenset(), excused, config), "conformance-replay")


class _Gate:
    """Writes the reports of what was judged, and decides the exit code."""

    def __init__(
        self, judged: Replay | TrafficRun, known: frozenset[str], excused: KnownFailures, config: pytest.Config
    ) -> None:
        self.judged = judged
        self.known = known
        self.excused = excused
        self.config = config
        self.report: Report | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Close the replay when the stories are over."""
        try:
            return (yield)
        finally:
            facts = self.judged.facts
            facts.partial |= session.shouldstop is not False or session.shouldfail is not False
            self.judged.close(self.known)
            self.report = Report.from_json(self.judged.report())
            gate.write_reports(self.config, self.report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let the gate decide the exit code."""
        if self.report is not None:
            complete = self.config.getoption("--require-complete")
            session.exitstatus = known_failures.exit_code(self.report, self.excused, require_complete=complete)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, Any, Any]:
        """Print the verdict by family, and what was found: below everything that pytest itself has to say."""
        result = yield
        if self.report is not None:
            remarks = [*self.excused.lines(self.report.verdicts), *left_out_remarks(self.config)]
            remarks += self.judged.remarks() if isinstance(self.judged, TrafficRun) else []
            gate.print_summary(terminalreporter, self.report, remarks)
        return result


# ---------------------------------------------------------------------- recording
def wants_recording(config: pytest.Config) -> bool:
    """Tell whether a run that speaks to a target is to be recorded."""
    mode = config.getoption("--record-mode", default=None)
    if mode in {"once", "new_episodes"}:
        return not shelf.is_recorded(config.getoption("--cassettes"))
    return mode in _RECORDS


def record(config: pytest.Config, run: Run, notes: Notes, report: dict[str, Any]) -> None:
    """Write a run that has ended, where it is to be recorded; a run of which nothing was answered is not.

    Raises:
        pytest.UsageError: the directory cannot be written to.
    """
    if not wants_recording(config) or all(each.response is None for each in run.client.conversation):
        return
    notes.loose += run.client.troubles
    recording = recording_of(report, run.client.conversation, run.target.setting, notes, run.facts)
    wanted = config.getoption("pseudonymise")
    if wanted or (wanted is None and run.target.kind != "mock"):
        recording = pseudonymised(recording, run.judge.world)
    try:
        shelf.write(recording, config.getoption("--cassettes"))
    except OSError as error:
        message = f"--cassettes {config.getoption('--cassettes')}: cannot be written ({error.strerror})"
        raise pytest.UsageError(message) from None
