"""Judging a recorded run again: the whole conversation is heard once, each story has its part of what was found."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance import __version__
from conformance.contract.clauses import Contract, contract_sha256, load_contract
from conformance.exchange import Exchange
from conformance.oracle.judge import Finding, Judge
from conformance.recording.errors import RecordingError
from conformance.recording.recording import About, Recording, Story, as_heard
from conformance.recording.shelf import Shelf
from conformance.report.verdicts import SCHEMA_VERSION, Facts, clause_results, run_verdict, totals

UNEXERCISED = "claims "
_NOT_PLAYED = "delete it and record again with --record-mode=rewrite"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the judge made of one story.

    Args:
        findings: what was found while it was heard.
        exercised: the clauses that its own exchanges put to the test.
        excused: whether the target declined what would have put its claims to the test, or something was found
            until its end, so that claims that are not exercised are no fault of the recording.
    """

    story: Story
    findings: tuple[Finding, ...] = ()
    exercised: frozenset[str] = frozenset()
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a story's test says.

    Args:
        trouble: a harness error, in one line; empty where there is none.
        skipped: why it was skipped when it was recorded; empty where it was not.
    """

    findings: tuple[Finding, ...] = ()
    trouble: str = ""
    skipped: str = ""


@dataclass
class Replay:
    """A recorded run, judged by today's oracle and clauses.

    Args:
        shelf: what was read; where it holds problems, nothing is judged.
        facts: what the judging run was told; what the recorded run knew is added.
    """

    shelf: Shelf
    facts: Facts = field(default_factory=Facts)
    contract: Contract = field(default_factory=load_contract)

    def __post_init__(self) -> None:
        self._clock = time.monotonic()
        recording = self.shelf.recording
        about = recording.about if recording else None
        self.judge = Judge(self.contract, about.oracle_setting if about else None)
        self.conversation: list[Exchange] = recording.conversation if recording else []
        self._heard: dict[str, Heard] = {}
        self._played: set[str] = set()
        for story, error in self.shelf.problems:
            self._trouble(story or "the recording", str(error))
        if recording and about:
            self.facts.unmet |= frozenset(about.unmet)
            self.facts.partial |= about.partial
            if self.facts.selected is None and about.selected is not None:
                self.facts.selected = frozenset(about.selected)
            self.facts.harness_errors += about.harness_errors
            self.facts.harness_clauses |= frozenset(about.harness_clauses)
            self._hear(recording)

    @property
    def about(self) -> About | None:
        """Return what is known of the recorded run; None where the recording cannot be judged."""
        return self.shelf.recording.about if self.shelf.recording else None

    # ------------------------------------------------------------------ hearing
    def _hear(self, recording: Recording) -> None:
        judge = self.judge
        for story in recording.stories:
            found, declined = len(judge.findings), len(judge.declined_at)
            before = {clause: len(numbers) for clause, numbers in judge.exercised_at.items()}
            for exchanges in as_heard(story.exchanges):
                judge.hear(exchanges)
            first = story.exchanges[0].number if story.exchanges else 0
            self._heard[story.name] = Heard(
                story,
                tuple(judge.findings[found:]),
                frozenset(
                    clause
                    for clause, numbers in judge.exercised_at.items()
                    if any(first and number >= first for number in numbers[before.get(clause, 0) :])
                ),
                bool(judge.findings)
                or judge.holds_something_back
                or any(first and number >= first for number in judge.declined_at[declined:]),
            )
        for exchanges in as_heard(recording.ending):
            judge.hear(exchanges)
        judge.finish()

    # ------------------------------------------------------------------ a story
    def play(self, name: str, test: str, claims: Sequence[str]) -> Outcome:
        """Say what a story's test says.

        Args:
            name: `module::test`.
            test: what reports call it.
            claims: the clauses that it claims today.
        """
        self._played.add(name)
        problem = next((error for story, error in self.shelf.problems if story == name), None)
        if problem is not None:
            self.facts.harness_clauses |= frozenset(claims)
            return Outcome(trouble=str(problem))
        if self.shelf.problems:
            self.facts.harness_clauses |= frozenset(claims)
            return Outcome(skipped=f"not judged, as the recording is not whole: {self.shelf.problems[0][1]}")
        heard = self._heard.get(name)
        return self._not_recorded(name, test, claims) if heard is None else self._outcome(heard, test, claims)

    def _outcome(self, heard: Heard, test: str, claims: Sequence[str]) -> Outcome:
        story = heard.story
        self.facts.unmet |= frozenset(story.needs)
        recorded = next((message for each, message in self.facts.harness_errors if same_test(each, test)), "")
        trouble = f"as recorded: {recorded}" if recorded else ""
        missing = [clause for clause in claims if self._testable(clause) and clause not in heard.exercised]
        if missing and not (heard.excused or story.skipped or recorded):
            trouble = f"{UNEXERCISED}{', '.join(missing)}, which its recorded conversation does not put to the test"
            trouble += f" ({self.shelf.files.get(story.name, 'no file')}); record again with --record-mode=rewrite"
            self._trouble(test, trouble, claims=missing)
        return Outcome(heard.findings, trouble, story.skipped)

    def _not_recorded(self, name: str, test: str, claims: Sequence[str]) -> Outcome:
        error = RecordingError(name, "no cassette holds this story", advice="record again with --record-mode=rewrite")
        self._trouble(test, str(error), claims=claims)
        return Outcome(trouble=str(error))

    def _testable(self, clause: str) -> bool:
        return clause in self.contract.clauses and not self.facts.unmet & set(self.contract.clauses[clause].needs)

    def _trouble(self, story: str, message: str, *, claims: Sequence[str] = ()) -> None:
        self.facts.harness_errors.append((story, message))
        self.facts.harness_clauses |= frozenset(claims)

    # ------------------------------------------------------------------ the end
    def close(self, known: frozenset[str]) -> None:
        """Find recorded stories that no test plays.

        Args:
            known: the stories that were collected, selected or not.
        """
        for name in self._heard:
            if name not in known and not self.facts.partial:
                file = self.shelf.files.get(name, name)
                what = f"no test plays its story {name} any more"
                self._trouble(name, str(RecordingError(file, what, advice=_NOT_PLAYED)))

    def play_alone(self) -> None:
        """Take the recorded stories as they are, where no tests are at hand."""
        for heard in self._heard.values():
            self.facts.unmet |= frozenset(heard.story.needs)

    def report(self) -> dict[str, Any]:
        """Return report.json, version 1."""
        about = self.about
        clauses = clause_results(self.contract, self.judge, self.conversation, self.judge.world.setting, self.facts)
        return {
            "schema_version": SCHEMA_VERSION,
            "verdict": run_verdict(clauses, self.facts),
            "suite_version": __version__,
            "contract_sha256": contract_sha256(),
            "target": {
                "kind": "recording",
                "url": about.target["url"] if about else None,
                "actors": list(about.target["actors"]) if about else [],
                "virtual_numbers": list(about.setting["virtual_numbers"]) if about else [],
            },
            "profile": about.profile if about else None,
            "seed": about.seed if about else None,
            "started": about.recorded if about else "1970-01-01T00:00:00+00:00",
            "duration_s": round(time.monotonic() - self._clock, 3),
            "requests": dict(about.requests) if about else {"sent": 0, "budget": None, "retried": 0},
            "restored": about.restored if about else None,
            "not_restored": list(about.not_restored) if about else [],
            "clauses": clauses,
            "totals": totals(clauses),
            "harness_errors": [{"test": story, "message": message} for story, message in self.facts.harness_errors],
            "versions": dict(about.versions) if about else {},
        }


def same_test(recorded: str, test: str) -> bool:
    """Tell whether two names are of the same test, wherever the suite was installed."""
    return story_name(recorded) == story_name(test)


def story_name(test: str) -> str:
    """Return `module::test` of pytest's name for a test; other names are returned as they are."""
    path, separator, rest = test.partition("::")
    if not separator:
        return test
    return f"{path.replace(chr(92), '/').rsplit('/', 1)[-1].removesuffix('.py')}::{rest}"
