"""What a run says and asks before its first request: the plan, production, journals that were left unfinished."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.report.terminal import WIDTH
from conformance.report.text import wrap
from conformance.target.journal import unfinished
from conformance.target.production import is_production, plan
from conformance.target.settings import Limits, Target

if TYPE_CHECKING:
    from conformance.run import Run

_MOST_JOURNALS_TOLD = 3
_MINUTE = 60  # seconds


def say(config: pytest.Config, text: str) -> None:
    """Print lines where a person sees them at once, whatever is captured."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    capture = config.pluginmanager.getplugin("capturemanager")
    if reporter is None:
        return
    if capture is not None:
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(text)
    else:
        reporter.write_line(text)


def wants_plan_only(config: pytest.Config, target: Target, limits: Limits) -> bool:
    """Print what has to be said before anything is sent; tell whether that is all (--dry-run).

    Raises:
        pytest.UsageError: the target is production, and it was not allowed, or not confirmed.
    """
    dry = bool(config.getoption("--dry-run"))
    production = target.kind == "url" and is_production(target.base_url)
    if production and not dry and not config.getoption("--allow-production"):
        message = f"{target.base_url} is production: look at the plan with --dry-run, then add --allow-production"
        raise pytest.UsageError(message)
    _note_unfinished(config, target, limits)
    if dry or production:
        say(config, f"{plan(target, limits)}\n{_reckoned(limits)}")
    if dry:
        say(config, "dry run: nothing was sent")
        return True
    if production and not _is_confirmed(config):
        raise pytest.UsageError("not confirmed: nothing was sent")
    return False


def _reckoned(limits: Limits) -> str:
    """Say how the plan's worst case comes about: without that, an hour for 300 requests looks like what to expect."""
    requests = f"{limits.budget} requests of {limits.timeout:g} s (--timeout)"
    if limits.rate and limits.budget * _MINUTE / limits.rate > limits.budget * limits.timeout:
        requests = f"{limits.budget} requests at {limits.rate} a minute (--rate)"
    waits = f"two waits of {limits.max_wait:g} s (--max-wait), the second in the undo"
    indent = " " * 18  # where the plan's texts begin
    return "\n".join(wrap(f"(that is {requests} and {waits}; as a rule it takes seconds to minutes)", WIDTH, indent))


def _is_confirmed(config: pytest.Config) -> bool:
    """Ask where there is a terminal; where there is none, --allow-production was the answer."""
    stdin = sys.__stdin__
    if stdin is None or stdin.closed or not stdin.isatty():
        return True
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.suspend_global_capture(in_=True)
    try:
        sys.stderr.write("Go on? [y/N] ")
        sys.stderr.flush()
        answer = stdin.readline()
    finally:
        if capture is not None:
            capture.resume_global_capture()
    return answer.strip().lower() in {"y", "yes"}


def _note_unfinished(config: pytest.Config, target: Target, limits: Limits) -> None:
    """Say which journals a run on this target left unfinished, the newest last: a line each, no error."""
    folders = {Path(".conformance"), *([limits.journal.parent] if limits.journal else [])}
    everywhere = [each for folder in sorted(folders) for each in unfinished(folder)]
    found = [(path, entry) for path, entry in everywhere if entry.facts.get("base_url") == target.base_url]
    if len(found) > _MOST_JOURNALS_TOLD:
        say(config, f"{len(found) - _MOST_JOURNALS_TOLD} more journals beside these are of runs left unfinished")
    for path, entry in found[-_MOST_JOURNALS_TOLD:]:
        if entry.may_be_running:
            say(config, f"{path}: its run may still be going on (process {entry.facts.get('process')})")
        else:
            say(
                config,
                f"{path}: a run that did not put everything back; `identitycall-conformance restore {path}` does",
            )


def end_in_order(config: pytest.Config, run: Run) -> None:
    """Let SIGINT and SIGTERM end a run between two of its requests: everything is put back first."""
    run.client.interruption.watch()
    config.add_cleanup(run.client.interruption.leave)
