"""The pytest plugin: the order of the stories, the story as a test, and the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from typing import Any

import pytest

from conformance import gate, known_failures, replaying, starting
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
from conformance.target.stops import Forbidden, NoJournal, NotTestable, OutOfBudget, Stop, TargetLost

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
    """What the plugin keeps for a pytest session that runs stories."""

    def __init__(self, run: Run, mock: MockServer | None, known: KnownFailures) -> None:
        self.run = run
        self.mock = mock
        self.known = known
        self.report: Report | None = None
        self.notes = Notes(run.facts.unmet)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)
    replaying.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that stories carry."""
    config.addinivalue_line("markers", "exercises(*clauses, profile): the clauses that a story puts to the test")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the stories in their order, leave out those of larger profiles, and open the run."""
    stories = [item for item in items if item.get_closest_marker("exercises")]
    if config.getoption("collectonly"):
        return
    if config.getoption("--traffic"):
        facts = Facts(selected=read_selection(config), strict=bool(config.getini("strict")))
        replaying.begin_traffic(config, items, session, facts)
        return
    if not stories:
        return
    selected = read_selection(config)
    if replaying.wants_replay(config):
        partial, strict = _is_partial(config), bool(config.getini("strict"))
        facts = Facts(selected=selected, partial=partial, strict=strict)
        chosen = _claimed_by_some(stories, selected)
        replaying.begin_replay(config, items, stories, facts, lambda item, profile: _is_in(item, profile, chosen))
        return
    profile = config.getoption("--conformance-profile")
    kept = [item for item in stories if _is_in(item, profile, _claimed_by_some(stories, selected))]
    left_out = [item for item in stories if item not in kept]
    others = [item for item in items if item not in stories]
    if config.inipath is None and config.args_source is not pytest.Config.ArgsSource.ARGS:
        # An option's value that is a path outside hides pyproject.toml from pytest, and its testpaths with it.
        left_out, others = left_out + others, []
    config.hook.pytest_deselected(items=left_out)
    items[:] = sorted(kept, key=_place) + others
    config.stash[_RUN] = opened = _open(config, selected, partial=_is_partial(config))
    if opened is None:
        config.hook.pytest_deselected(items=items)
        items[:] = []
    elif kept:
        opened.run.facts.claims = {item.nodeid: _claims(item) for item in kept}
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


def _is_partial(config: pytest.Config) -> bool:
    options = ("keyword", "markexpr", "lf", "maxfail", "deselect")
    return any(config.getoption(option, default=None) for option in options) or bool(
        [argument for argument in config.args if "::" in argument or argument.endswith(".py")]
    )


def _open(config: pytest.Config, selected: frozenset[str] | None, *, partial: bool) -> Session | None:
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
    try:
        run = Run(target, limits)
    except NoJournal as stop:
        raise pytest.UsageError(stop.reason) from None
    starting.end_in_order(config, run)
    run.client.say = lambda line: starting.say(config, line)
    run.facts.known_failures = known.causes
    run.facts.selected = selected
    run.facts.partial = partial
    run.facts.strict = bool(config.getini("strict"))
    run.facts.options = told_again(config)
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
@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:  # noqa: C901 - one branch for each end
    """Run a story, then let it fail by what the judge found in it."""
    session = _session(item.config)
    claims = _claims(item)
    if session is None or not claims:
        return (yield)
    run = session.run
    is_first = run.client.story == item.nodeid
    before = 0 if is_first else run.begin_story(item.nodeid)
    session.notes.begin(item.nodeid, claims)
    first_exchange = 1 if is_first else run.client.count.sent + 1
    skipped = ""
    needs: tuple[str, ...] = ()
    try:
        yield
    except NotTestable as stop:
        needs = stop.needs
        run.facts.unmet |= frozenset(needs)
        skipped = f"not testable: {stop.reason}"
    except OutOfBudget as stop:
        skipped = stop.reason
    except TargetLost as stop:
        if not run.facts.harness_errors:
            run.trouble(item.nodeid, stop.reason, claims)
            pytest.fail(f"harness error: {stop.reason}", pytrace=False)
        skipped = f"the target is lost: {stop.reason}"
    except Forbidden as stop:
        if not run.judge.findings:
            run.trouble(item.nodeid, f"a fault of the suite: {stop.reason}", claims)
            pytest.fail(f"harness error, a fault of the suite: {stop.reason}", pytrace=False)
        skipped = f"not safe to go on, as the server showed what is wrong: {stop.reason}"
    except Exception as error:
        run.trouble(item.nodeid, f"the suite itself failed: {type(error).__name__}: {error}", claims)
        raise
    if skipped:
        session.notes.skip(item.nodeid, skipped, needs)
    _fail_by_findings(session, before)
    if skipped:
        pytest.skip(skipped)
    missing = run.unexercised(_testable(run, claims), first_exchange)
    # Whoever was not made, here or in an earlier story, is missing from the arrangement of this one.
    declined = any(number >= first_exchange for number in run.judge.declined_at) or run.scene.phones.fiction_refused
    excused = declined or bool(run.judge.findings) or run.judge.holds_something_back
    if missing and not excused and run.put_off(first_exchange):
        # What overlaps others is not sent again, as it would not overlap: neither we nor the server failed.
        pytest.skip("not testable: the target put off, by 429 or 503, what had to be answered")
    if missing and not excused:
        message = (
            f"claims {', '.join(missing)}, which its conversation did not put to the test{run.losses(first_exchange)}"
        )
        run.trouble(item.nodeid, message, missing)
        pytest.fail(f"harness error: the story {message}", pytrace=False)
    return None


def _testable(run: Run, claims: tuple[str, ...]) -> list[str]:
    return [clause for clause in claims if not run.facts.unmet & set(run.contract.clauses[clause].needs)]


def _fail_by_findings(session: Session, before: int) -> None:
    run = session.run
    text = gate.failure_text(run.findings_since(before), run.contract, run.facts, run.client.conversation)
    if text:
        pytest.fail(text, pytrace=False)


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the verdict by family, and what was found."""
    mine = _session(config)
    if mine is None or mine.report is None:
        return
    gate.print_summary(terminalreporter, mine.report)
    if mine.run.scene.sequences:
        terminalreporter.write_line(_described(mine.run.scene.sequences))
    for line in mine.known.lines(mine.report.verdicts):
        terminalreporter.write_line(line)


def _described(sequences: Sequence[frozenset[str]]) -> str:
    """Write how many sequences of changes were played, and how many of them came to what."""
    counts = Counter(event for sequence in sequences for event in sequence)
    shares = [f"{100 * count // len(sequences)} % {event}" for event, count in sorted(counts.items())]
    return ", ".join([f"sequences of changes: {len(sequences)}", *shares])
