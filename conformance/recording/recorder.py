"""From a run that has ended to its recording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from conformance import __version__
from conformance.contract.clauses import contract_sha256
from conformance.exchange import Exchange
from conformance.oracle.world import Setting
from conformance.recording.keeping import kept
from conformance.recording.recording import NO_STORY, About, Recording, Story
from conformance.recording.replay import UNEXERCISED, story_name
from conformance.report.verdicts import Facts

MOCK_URL = "http://mock.invalid/api/v1/public"


@dataclass(slots=True)
class Notes:
    """What became of each story while a run was recorded.

    Args:
        unmet: the needs that were not met when the run began.
        loose: harness errors, (test, message), that concern no story's claims.
    """

    unmet: frozenset[str] = frozenset()
    loose: list[tuple[str, str]] = field(default_factory=list)
    _skipped: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    _claims: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def begin(self, test: str, claims: Sequence[str]) -> None:
        """Note that a story is told."""
        self._claims[story_name(test)] = tuple(claims)

    def skip(self, test: str, reason: str, needs: Sequence[str] = ()) -> None:
        """Note that a story ended early, and why."""
        self._skipped[story_name(test)] = (reason, tuple(needs))

    @property
    def tests(self) -> Mapping[str, tuple[str, ...]]:
        """Return story -> the clauses that it claims, in the order in which they were told."""
        return self._claims

    def story(self, name: str, exchanges: Sequence[Exchange]) -> Story:
        """Return the record of a story."""
        reason, needs = self._skipped.get(name, ("", ()))
        return Story(name, tuple(exchanges), reason, needs)


def recording_of(
    report: Mapping[str, Any],
    conversation: Iterable[Exchange],
    setting: Setting,
    notes: Notes,
    facts: Facts,
) -> Recording:
    """Put a recording together.

    Args:
        report: the run's report.json.
        conversation: what was sent and answered.
        setting: what the oracle was told of the target.
        notes: what became of the stories.
        facts: what the run knew beside the conversation.
    """
    by_story: dict[str, list[Exchange]] = {}
    for name, exchanges in groupby(map(kept, conversation), key=lambda each: story_name(each.story)):
        by_story.setdefault(name, []).extend(replace(each, story=name) for each in exchanges)
    stories = [notes.story(name, by_story.get(name, [])) for name in notes.tests]
    ending = [each for name, exchanges in by_story.items() if name not in notes.tests for each in exchanges]
    errors = [
        (story_name(each["test"]), str(each["message"]))
        for each in report["harness_errors"]
        if not each["message"].startswith(UNEXERCISED)
    ]
    loose = {(story_name(test), message) for test, message in notes.loose}
    claims = {clause for error in errors if error not in loose for clause in notes.tests.get(error[0], ())}
    is_mock = report["target"]["kind"] == "mock"
    about = About(
        recorded=report["started"],
        contract_sha256=contract_sha256(),
        suite_version=__version__,
        versions=dict(report["versions"]),
        profile=report["profile"],
        seed=report["seed"],
        base_url=MOCK_URL if is_mock else report["target"]["url"],
        target={
            "kind": report["target"]["kind"],
            "url": MOCK_URL if is_mock else report["target"]["url"],
            "actors": list(report["target"]["actors"]),
        },
        setting=_listed(setting),
        unmet=tuple(sorted(notes.unmet)),
        selected=None if facts.selected is None else tuple(sorted(facts.selected)),
        partial=facts.partial,
        harness_errors=tuple(errors),
        harness_clauses=tuple(sorted(claims)),
        restored=report["restored"],
        not_restored=tuple(report["not_restored"]),
        requests=dict(report["requests"]),
    )
    return Recording(about, tuple(stories), tuple(replace(each, story=NO_STORY) for each in ending))


def _listed(setting: Setting) -> dict[str, list[Any]]:
    return {name: sorted(getattr(setting, name)) for name in setting.__dataclass_fields__}
