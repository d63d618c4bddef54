"""A whole recording: what is known of a run, its stories, and the conversation put together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Exchange
from conformance.oracle.world import Setting

NO_STORY = "putting everything back"


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one story of a recorded run.

    Args:
        name: `module::test`.
        skipped: why it ended early; empty where it did not.
        needs: the needs that it found not to be met.
    """

    name: str
    exchanges: tuple[Exchange, ...] = ()
    skipped: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a recorded run beside its conversation.

    Args:
        recorded: when, RFC 3339; the same in all files of one recording.
        target: `kind`, `url` and `actors`.
        setting: what the user told about the target: names as in `Setting`, each a list.
        unmet: the needs that were not met from the start.
        selected: the clauses that counted, or None for all.
        harness_errors: (test, message), less what judging again finds by itself.
        harness_clauses: the clauses that the stories of those errors claim.
        requests: `sent`, `budget` and `retried`.
    """

    recorded: str
    contract_sha256: str
    suite_version: str
    versions: Mapping[str, str]
    profile: str
    seed: int
    base_url: str
    target: Mapping[str, Any]
    setting: Mapping[str, Sequence[Any]]
    unmet: tuple[str, ...] = ()
    selected: tuple[str, ...] | None = None
    partial: bool = False
    harness_errors: tuple[tuple[str, str], ...] = ()
    harness_clauses: tuple[str, ...] = ()
    restored: bool | None = None
    not_restored: tuple[str, ...] = ()
    requests: Mapping[str, int | None] = field(default_factory=dict)
    pseudonymised: bool = False

    @property
    def oracle_setting(self) -> Setting:
        """Return what the oracle is told of the target."""
        return Setting(**{name: frozenset(values) for name, values in self.setting.items()})


@dataclass(frozen=True, slots=True)
class Recording:
    """A run that can be judged again.

    Args:
        stories: in the order in which they were run.
        ending: what was sent after the last story, to put everything back.
    """

    about: About
    stories: tuple[Story, ...]
    ending: tuple[Exchange, ...] = ()

    @property
    def conversation(self) -> list[Exchange]:
        """Return all exchanges by number."""
        everything = [each for story in self.stories for each in story.exchanges]
        return sorted([*everything, *self.ending], key=lambda each: each.number)


def as_heard(conversation: Sequence[Exchange]) -> list[Sequence[Exchange]]:
    """Part a run's conversation into the rounds in which its judge heard it: by group, else one at a time."""
    rounds: list[list[Exchange]] = []
    for exchange in conversation:
        if rounds and exchange.group and rounds[-1][-1].group == exchange.group:
            rounds[-1].append(exchange)
        else:
            rounds.append([exchange])
    return [tuple(each) for each in rounds]
