"""Who spoke in traffic from elsewhere: keys to actors, by what the user told or by how each key was answered."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.actors import ACTORS
from conformance.recording.messages import Message

_OWN_KEY = re.compile(r"idc_[A-Za-z0-9]{32}")
_UNAUTHORISED, _FORBIDDEN = 401, 403


@dataclass(frozen=True, slots=True)
class Speakers:
    """Says as whom a message was sent.

    Args:
        actors: a key without its scheme -> actor.
        told: the keys whose actor the user told.
        per_answer: keys that a program made alike, so that each answer tells for itself.
        header_was_kept: whether any message has the header at all: browsers leave it out of what they export.
        of_projects: messages, by file and place, that a project's key must have sent where no key tells.
    """

    actors: Mapping[str, str]
    told: frozenset[str]
    per_answer: frozenset[str]
    header_was_kept: bool
    of_projects: frozenset[tuple[str, int]] = frozenset()

    @property
    def are_mixed(self) -> bool:
        """Tell whether several keys may have sent what looks like one."""
        return not self.header_was_kept or bool(self.per_answer)

    def actor(self, message: Message) -> str:
        """Return the name of the actor that sent a message."""
        if message.key is None:
            return "anonymous" if self.header_was_kept else self._untold(message)
        scheme, key = split(message.key)
        if key in self.told:
            actor = self.actors[key]
            return "lower_case_scheme" if actor == "account" and scheme == "bearer" else actor
        if key in self.per_answer or message.status == _UNAUTHORISED:
            actor = self.actors.get(key, "unknown")
            return self._untold(message) if actor not in {"unknown", "malformed", "expired"} else actor
        actor = self.actors[key]
        return "lower_case_scheme" if actor == "account" and scheme == "bearer" else actor

    def _untold(self, message: Message) -> str:
        found = _by_answer(message)
        return "project" if found == "account" and (message.file, message.place) in self.of_projects else found

    def guesses(self) -> list[str]:
        """Return the keys whose scope was only guessed."""
        return [key for key, actor in self.actors.items() if actor == "account" and key not in self.told]

    def with_scope(self, key: str, actor: str) -> Speakers:
        """Return these speakers with one key taken for another actor's."""
        return replace(self, actors={**self.actors, key: actor})


def told_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the keys that the environment tells: a key -> its actor."""
    given = {actor.name: environment.get(actor.variable, "").strip() for actor in ACTORS.values() if actor.variable}
    return {key: name for name, key in given.items() if key}


def split(authorization: str) -> tuple[str, str]:
    """Return scheme and key of an Authorization header's value."""
    scheme, _, key = authorization.partition(" ")
    return (scheme, key.strip()) if key.strip() else ("", authorization)


def speakers_of(messages: Sequence[Message], told: Mapping[str, str] | None = None) -> Speakers:
    """Find out who speaks.

    Args:
        messages: those to documented paths.
        told: a key -> its actor, as the user told in the environment.
    """
    by_key: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        if message.key is not None:
            by_key[split(message.key)[1]].append(message)
    told = {key: actor for key, actor in (told or {}).items() if key in by_key}
    actors: dict[str, str] = dict(told)
    per_answer = set()
    for key, spoken in by_key.items():
        if key in told:
            continue
        actors[key] = _guess(key, spoken)
        if not _OWN_KEY.fullmatch(key) and len({_by_answer(each) for each in spoken}) > 1:
            per_answer.add(key)
            actors[key] = "account"
    return Speakers(actors, frozenset(told), frozenset(per_answer), bool(by_key))


def _guess(key: str, spoken: Iterable[Message]) -> str:
    answers = {_by_answer(each) for each in spoken}
    if answers == {"unknown"}:
        return "unknown" if _OWN_KEY.fullmatch(key) else "malformed"
    return "read_only" if "read_only" in answers else "account"


def _by_answer(message: Message) -> str:
    """Return whom an answer speaks to: a bad key, a key that only reads, or a good one."""
    if message.status == _UNAUTHORISED:
        return "unknown"
    if message.status == _FORBIDDEN and message.answer is not None:
        try:
            parsed = json.loads(message.answer)
        except (ValueError, RecursionError):
            return "account"
        if isinstance(parsed, dict) and parsed.get("error") == "Write permission required":
            return "read_only"
    return "account"
