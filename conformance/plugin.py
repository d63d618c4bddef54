"""The pytest plugin: the order of the stories, the story as a test, and the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from conformance import gate, known_failures, replaying, starting
from conformance.collecting import left_out_by_pytest, left_out_remarks, refuse_misread_paths, refuse_without_stories
from conformance.known_failures import KnownFailures
from conformance.mock.server import MockServer
from conformance.options import (
    add_options,
    mock_target,
    read_excused,
    read_limits,
    read_selection,
    read_target,
    told_again,
)
from conformance.recording.recorder import Notes
from conformance.report.model import Report
from conformance.report.verdicts import Facts
from conformance.run import Run
from conformance.suite.number import Number
from conformance.suite.scene import Scene
from conformance.target.settings import BUDGETS, PROFILES, Limits
from conformance.target.stops import Forbidden, NoJournal, NotTestable, Stop, TargetLost

ORDER = (
    "test_smoke",
    "test_opening",
    "test_attaching",
    "test_plain_refusals",
    "test_making",
    "test_updating",
    "test_reattaching",
    "test_precedence",
    "test_scopes",
    "test_refusals",
    "test_access",
    "test_oddities",
    "test_overlapping",
    "test_names",
    "test_neighbours",
    "test_phones",
    "test_agreeing",
    "test_more_oddities",
    "test_generated",
    "test_ordering",
    "test_long_stories",
    "test_more_refusals",
    "test_rare_states",
)
_RUN = pytest.StashKey["Session | None"]()


class Session:
    """What the plugin keeps for a pytest session that runs stories; `told_lost`: why the target was lost."""

    def __init__(self, run: Run, mock: MockServer | None, known: KnownFailures) -> None:
        self.run = run
        self.mock = mock
        self.known = known
        self.report: Report | None = None
        self.notes = Notes(run.facts.unmet)
        self.told_lost: set[str] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)
    replaying.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that stories carry, and refuse what pytest would misread.

    Raises:
        pytest.UsageError: an option's path was taken for one to collect tests from.
    """
    refuse_misread_paths(config)
    config.addinivalue_line("markers", "exercises(*clauses, profile): the clauses that a story puts to the test")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the stories in their order, leave out those of larger profiles, and open the run."""
    if config.getoption("collectonly"):
        return
    stories = [item for item in items if item.get_closest_marker("exercises")]
    facts = Facts(partial=bool(left_out_by_pytest(config)), strict=bool(config.getini("strict")))
    if config.getoption("--traffic"):
        facts = replace(facts, selected=read_selection(config), partial=False)
        replaying.begin_traffic(config, items, session, facts)
    elif stories:
        facts = replace(facts, selected=read_selection(config))
        _begin(config, items, stories, facts)
    else:
        refuse_without_stories(config)


def _begin(config: pytest.Config, items: list[pytest.Item], stories: list[pytest.Item], facts: Facts) -> None:
    """Leave in the stories of the profile and of what was selected, and open a run for them, or a recording."""
    chosen = _claimed_by_some(stories, facts.selected)
    if replaying.wants_replay(config):
        replaying.begin_replay(config, items, stories, facts, lambda item, profile: _is_in(item, profile, chosen))
        return
    kept = [item for item in stories if _is_in(item, config.getoption("--conformance-profile"), chosen)]
    config.hook.pytest_deselected(items=[item for item in stories if item not in kept])
    items[:] = sorted(kept, key=_place) + [item for item in items if item not in stories]
    facts.claims = {item.nodeid: _claims(item) for item in kept}
    config.stash[_RUN] = opened = _open(config, facts)
    if opened is None:
        config.hook.pytest_deselected(items=items)
        items[:] = []
    elif kept:
        _check_numbers(opened, items[0])


def _check_numbers(session: Session, first: pytest.Item) -> None:
    """Read the list of numbers, as the first story's first request, and see that it holds the designated ones.

    One whose own page is shown all the same is the account's: the list, read again, is what is wrong.

    Raises:
        pytest.UsageError: neither the list, answered 200, nor its page shows a number that is to be written to.
    """
    run = session.run
    run.begin_story(first.nodeid)
    try:
        run.scene.list_numbers()
        if run.judge.findings:
            return  # what was answered is no list that could be relied on
        listing = run.judge.world.number_lists.get("account")
        absent = [number for number in run.target.virtual_numbers if listing is not None and number not in listing.ids]
        for number in absent:
            Number(run.scene, number).read()
        shown = run.judge.world.readable.get("account", frozenset())
        if shown.intersection(absent):
            run.scene.list_numbers()
        absent = [number for number in absent if number not in shown]
    except Stop:
        return  # the first story meets the same, and says so
    if absent:
        run.client.wire.close()
        held = ", ".join(map(str, sorted(listing.ids))) if listing else "none"
        message = f"--virtual-number {absent[0]}: the account's list does not hold it; it holds {held}"
        raise pytest.UsageError(message)


def _place(item: pytest.Item) -> int:
    name = item.path.stem
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _claims(item: pytest.Item) -> tuple[str, ...]:
    marker = item.get_closest_marker("exercises")
    return marker.args if marker else ()


def _is_in(item: pytest.Item, profile: str, selected: frozenset[str] | None) -> bool:
    marker = item.get_closest_marker("exercises")
    if marker is None or profile not in marker.kwargs["profiles"]:
        return False
    arranges = item.path.stem in ORDER[:3]
    return selected is None or arranges or bool(selected & set(_claims(item)))


def _claimed_by_some(stories: list[pytest.Item], selected: frozenset[str] | None) -> frozenset[str] | None:
    """Return the selection, or None where no story claims any of it: then every story may exercise it."""
    claimed = {clause for item in stories for clause in _claims(item)}
    return selected if selected is not None and selected & claimed else None


def _open(config: pytest.Config, facts: Facts) -> Session | None:
    """Open the run; return None where only its plan was asked for."""
    if config.getoption("numprocesses", default=None):
        raise pytest.UsageError("a run is one conversation: leave out -n")
    target, mock = read_target(config)
    seed = config.getoption("--hypothesis-seed", default=None)
    limits = read_limits(config, target, int(seed) if str(seed).isdigit() else 0)
    known = read_excused(config)
    if starting.wants_plan_only(config, target, limits):
        return None
    gate.check_reports(config)
    if mock is not None:
        mock.start()
        target = mock_target(config, mock)
    facts.known_failures = known.causes
    facts.options = told_again(config)
    try:
        run = Run(target, limits, facts)
    except NoJournal as stop:
        raise pytest.UsageError(stop.reason) from None
    starting.end_in_order(config, run)
    run.client.say = lambda line: starting.say(config, line)
    return Session(run, mock, known)


def _session(config: pytest.Config) -> Session | None:
    return config.stash.get(_RUN, None)


@pytest.fixture(scope="session")
def scene(request: pytest.FixtureRequest) -> Scene:
    """The stage that every story of a run shares."""
    session = _session(request.config)
    if session is None:
        raise pytest.UsageError("stories run under the conformance plugin only")
    return session.run.scene


# ---------------------------------------------------------------------- a story
@dataclass(frozen=True, slots=True)
class _End:
    """How a story ended before it was told whole.

    Args:
        trouble: the harness error that ended it; nothing where it is only left out.
        skipped: why it is left out.
        needs: what was not given, where that is why.
    """

    trouble: str = ""
    skipped: str = ""
    needs: tuple[str, ...] = ()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run a story, then let it fail by what the judge found in it."""
    session, claims = _session(item.config), _claims(item)
    if session is None or not claims:
        return (yield)
    run = session.run
    is_first = run.client.story == item.nodeid
    before = 0 if is_first else run.begin_story(item.nodeid)
    session.notes.begin(item.nodeid, claims)
    _leave_out_what_is_lost(session, item)
    first_exchange = 1 if is_first else run.client.count.sent + 1
    end = _End()
    try:
        yield
    except Stop as stop:
        end = _ended_by(session, stop)
    except Exception as error:
        run.trouble(item.nodeid, f"the suite itself failed: {type(error).__name__}: {error}", claims)
        raise
    # Outside of `except`: what fails in there is printed with the stop before it, as two errors.
    _conclude(session, item, end, before)
    _miss_nothing(run, item, claims, first_exchange)
    return None


def _leave_out_what_is_lost(session: Session, item: pytest.Item) -> None:
    """Skip a story that comes after the target was lost, before it can find another reason to end."""
    lost = session.run.client.lost
    if lost in session.told_lost:
        reason = f"not run: {lost}"
        session.notes.skip(item.nodeid, reason)
        pytest.skip(reason)


def _ended_by(session: Session, stop: Stop) -> _End:
    """Say what a stop means: the first that loses the target is a harness error, others leave the story out."""
    run = session.run
    if isinstance(stop, NotTestable):
        run.facts.unmet |= frozenset(stop.needs)
        hints = [run.contract.needs[need] for need in stop.needs if need in run.contract.needs]
        return _End(skipped="; ".join([f"not testable: {stop.reason}", *hints]), needs=stop.needs)
    if isinstance(stop, TargetLost):
        if stop.reason in session.told_lost:
            return _End(skipped=f"the target is lost: {stop.reason}")
        session.told_lost.add(stop.reason)
        return _End(trouble=stop.reason)
    if isinstance(stop, Forbidden):
        if not run.judge.findings:
            return _End(trouble=f"a fault of the suite: {stop.reason}")
        return _End(skipped=f"not safe to go on, as the server showed what is wrong: {stop.reason}")
    return _End(skipped=f"{stop.reason}{_more_requests(run.limits)}")


def _more_requests(limits: Limits) -> str:
    """Say how a run may send more, to go behind a reason."""
    if limits.budget < BUDGETS[limits.profile]:
        return "; a larger --request-budget goes further"
    larger = PROFILES[PROFILES.index(limits.profile) + 1 :]
    return f"; --conformance-profile {larger[0]} has more" if larger else ""


def _conclude(session: Session, item: pytest.Item, end: _End, before: int) -> None:
    """Fail or skip a story by how it ended, and by what was found in it."""
    run = session.run
    if end.trouble:
        run.trouble(item.nodeid, end.trouble, _claims(item))
        pytest.fail(f"harness error: {end.trouble}", pytrace=False)
    if end.skipped:
        session.notes.skip(item.nodeid, end.skipped, end.needs)
    text = gate.failure_text(run.findings_since(before), run.contract, run.facts, run.client.conversation)
    if text:
        pytest.fail(text, pytrace=False)
    if end.skipped:
        pytest.skip(end.skipped)


def _miss_nothing(run: Run, item: pytest.Item, claims: Sequence[str], first_exchange: int) -> None:
    """Fail a story that claims what its conversation did not put to the test, where nothing excuses it."""
    missing = run.unexercised(_testable(run, claims), first_exchange)
    # Whoever was not made, here or in an earlier story, is missing from the arrangement of this one.
    declined = any(number >= first_exchange for number in run.judge.declined_at) or run.scene.phones.fiction_refused
    if not missing or declined or run.judge.findings or run.judge.holds_something_back:
        return
    if run.put_off(first_exchange):
        # What overlaps others is not sent again, as it would not overlap: neither we nor the server failed.
        pytest.skip("not testable: the target put off, by 429 or 503, what had to be answered")
    message = f"claims {', '.join(missing)}, which its conversation did not put to the test{run.losses(first_exchange)}"
    run.trouble(item.nodeid, message, missing)
    pytest.fail(f"harness error: the story {message}", pytrace=False)


def _testable(run: Run, claims: Sequence[str]) -> list[str]:
    return [clause for clause in claims if not run.facts.unmet & set(run.contract.clauses[clause].needs)]


# ---------------------------------------------------------------------- the end
@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """Put everything back when the stories are over, however they ended."""
    mine = _session(session.config)
    try:
        return (yield)
    finally:
        if mine is not None:
            mine.run.facts.partial |= session.shouldstop is not False or session.shouldfail is not False
            _close(session.config, mine)


def _close(config: pytest.Config, session: Session) -> None:
    session.run.close()
    if session.mock is not None:
        session.mock.stop()
    report = session.run.report()
    session.report = Report.from_json(report)
    replaying.record(config, session.run, session.notes, report)
    gate.write_reports(config, session.report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
    """Let the gate decide the exit code, unless the run was interrupted."""
    if exitstatus in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR}:
        return
    mine = _session(session.config)
    if session.config.getoption("--dry-run") and _RUN in session.config.stash and mine is None:
        session.exitstatus = pytest.ExitCode.OK
    if mine is None or mine.report is None:
        return
    complete = session.config.getoption("--require-complete")
    session.exitstatus = known_failures.exit_code(mine.report, mine.known, require_complete=complete)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, Any, Any]:
    """Print the verdict by family, and what was found: below everything that pytest itself has to say."""
    result = yield
    mine = _session(config)
    if mine is None or mine.report is None:
        return result
    remarks = [*mine.known.lines(mine.report.verdicts), *left_out_remarks(config)]
    if mine.run.scene.sequences and config.getoption("verbose") > 0:
        remarks.append(_described(mine.run.scene.sequences))
    gate.print_summary(terminalreporter, mine.report, remarks)
    return result


def _described(sequences: Sequence[frozenset[str]]) -> str:
    """Write how many sequences of changes were played, and how many of them came to what."""
    counts = Counter(event for sequence in sequences for event in sequence)
    shares = [f"{100 * count // len(sequences)} % {event}" for event, count in sorted(counts.items())]
    return ", ".join([f"drawn sequences of changes that were played: {len(sequences)}", *shares])
