"""Traffic from elsewhere: found, told apart from what is not ours, and judged without alarm from ignorance."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance import __version__
from conformance.contract.clauses import Contract, contract_sha256, load_contract
from conformance.exchange import Exchange, Request, Response, in_rounds
from conformance.oracle.calls import canonical_integer, read_call
from conformance.oracle.judge import Finding, Judge
from conformance.oracle.world import Setting
from conformance.recording.cassette import is_ours, loads
from conformance.recording.errors import RecordingError
from conformance.recording.keeping import kept
from conformance.recording.messages import Message, messages_of, parse
from conformance.recording.recording import as_heard
from conformance.recording.speakers import Speakers, speakers_of
from conformance.report.verdicts import SCHEMA_VERSION, Facts, clause_results, run_verdict, totals

_DOCUMENTED = re.compile(
    r"(?P<base>.*?)/(?:virtual_numbers(?:/[^/]+(?:/(?:add|remove)_operator)?)?|operators(?:/[^/]+)?)/?", re.IGNORECASE
)
_NOT_KNOWN = "not in the file"
_DAY = 86_400.0
_MOST_GUESSED = 4  # keys whose scope is found by trying
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a judge hears of some traffic files.

    Args:
        rounds: the exchanges as they are heard.
        actors: who spoke.
        base_url: where, or None where it is not known.
        aside: requests that are none of the contract's.
        without_answer: requests whose answer, or whose own body, the files do not hold.
        notes: what a person has to know of how it was read.
    """

    rounds: tuple[Sequence[Exchange], ...]
    setting: Setting
    actors: tuple[str, ...]
    base_url: str | None
    aside: int = 0
    without_answer: int = 0
    notes: tuple[str, ...] = ()

    @property
    def conversation(self) -> list[Exchange]:
        """Return all exchanges in order."""
        return [exchange for each in self.rounds for exchange in each]


def read_traffic(
    paths: Sequence[Path],
    setting: Setting | None = None,
    keys: Mapping[str, str] | None = None,
    contract: Contract | None = None,
) -> Traffic:
    """Read VCR cassettes, ours or anybody's, and HAR files, as one conversation.

    Args:
        setting: what the user tells of the target.
        keys: a key -> its actor, as the user told.

    Raises:
        RecordingError: a file cannot be read, or holds no request of the contract.
    """
    documents = [(path, parse(path)) for path in paths]
    ours = [path for path, document in documents if is_ours(document)]
    if ours and len(ours) != len(documents):
        other = next(path for path, document in documents if not is_ours(document))
        raise RecordingError(other, "it is no cassette of this suite, and others are", advice="judge them apart")
    if ours:
        return _of_cassettes(ours, setting)
    messages = [message for path, document in documents for message in messages_of(document, path)]
    base_url, relevant = _relevant(messages, paths)
    speakers = _speakers(relevant, base_url, setting or Setting(), keys, contract or load_contract())
    rounds = _rounds(relevant, base_url, speakers)
    spoken = dict.fromkeys(each.request.actor for group in rounds for each in group)
    return Traffic(
        tuple(rounds),
        setting or Setting(),
        tuple(spoken),
        base_url,
        len(messages) - len(relevant),
        sum(each.failure == _NOT_KNOWN for group in rounds for each in group),
        tuple(_notes(setting or Setting(), speakers)),
    )


def _of_cassettes(paths: Sequence[Path], setting: Setting | None) -> Traffic:
    """Read some stories of a recording: what they are told stands in each file."""
    cassettes = [loads(path.read_text(encoding="utf-8"), path) for path in paths]
    heard = [
        replace(each, story=str(path))
        for path, cassette in zip(paths, cassettes, strict=True)
        for each in cassette.exchanges
    ]
    exchanges = sorted(heard, key=lambda each: each.number)
    told = setting or Setting()
    if not told.virtual_numbers:
        numbers = {number for each in cassettes for number in each.metadata.get("virtual_numbers") or ()}
        told = replace(told, virtual_numbers=frozenset(numbers))
    actors = dict.fromkeys(each.request.actor for each in exchanges)
    if not exchanges:
        raise RecordingError(paths[0], "it holds no interaction", advice="judge the whole directory, or another file")
    base_url = str(cassettes[0].metadata["base_url"])
    return Traffic(tuple(as_heard(exchanges)), told, tuple(actors), base_url)


# ---------------------------------------------------------------------- what is ours
def _relevant(messages: Sequence[Message], paths: Sequence[Path]) -> tuple[str, list[Message]]:
    """Find the base URL: that below which most documented paths stand."""
    bases: Counter[str] = Counter()
    for message in messages:
        found = _DOCUMENTED.fullmatch(urlsplit(message.url).path)
        if found is not None:
            parts = urlsplit(message.url)
            bases[f"{parts.scheme}://{parts.netloc}{found['base']}"] += 1
    if not bases:
        what = f"none of its {len(messages)} requests is to a documented path (/virtual_numbers, /operators)"
        raise RecordingError(", ".join(map(str, paths)), what, advice="record traffic of the IdentityCall API")
    base_url = max(bases, key=lambda each: (bases[each], -len(each)))
    return base_url, [each for each in messages if _is_below(each, base_url)]


def _is_below(message: Message, base_url: str) -> bool:
    if not message.url.startswith(f"{base_url}/") or message.method == "OPTIONS":
        return False  # a browser asks OPTIONS by itself, of whatever stands before the API
    call = read_call(Request("", message.method, _target(message, base_url)))
    return call.known_path or call.path_oddity is not None


def _target(message: Message, base_url: str) -> str:
    return message.url.removeprefix(base_url).partition("#")[0]


# ---------------------------------------------------------------------- who spoke, and when
def _speakers(
    messages: Sequence[Message], base_url: str, setting: Setting, keys: Mapping[str, str] | None, contract: Contract
) -> Speakers:
    """Take a key for a project's where, as the account's, it would break what a project's does not."""
    speakers = speakers_of(messages, keys)
    guessed = speakers.guesses()[:_MOST_GUESSED]
    best, fewest = speakers, len(_found(messages, base_url, speakers, setting, contract))
    for demoted in (each for size in range(1, len(guessed) + 1) for each in combinations(reversed(guessed), size)):
        if not fewest:
            break
        if guessed[0] in demoted and not _is_refused(messages, base_url, speakers, setting, contract):
            continue
        trial = speakers
        for place, key in enumerate(demoted):
            trial = trial.with_scope(key, "a key of unknown scope" if place else "project")
        found = len(_found(messages, base_url, trial, setting, contract))
        if found < fewest:
            best, fewest = trial, found
    if fewest and best.are_mixed:
        blamed = {each.exchange for each in _found(messages, base_url, best, setting, contract)}
        of_projects = {(each.file, each.place) for number, each in enumerate(_ordered(messages), 1) if number in blamed}
        trial = replace(best, of_projects=frozenset(of_projects))
        return trial if len(_found(messages, base_url, trial, setting, contract)) < fewest else best
    return best


def _found(
    messages: Sequence[Message], base_url: str, speakers: Speakers, setting: Setting, contract: Contract
) -> list[Finding]:
    return hear(_rounds(messages, base_url, speakers), setting, contract).findings


def _is_refused(
    messages: Sequence[Message], base_url: str, speakers: Speakers, setting: Setting, contract: Contract
) -> bool:
    """Tell whether a 404 is held against the server: that is how a project's key meets what is beyond it."""
    rounds = _rounds(messages, base_url, speakers)
    blamed = {each.exchange for each in hear(rounds, setting, contract).findings}
    answers = [each.response for group in rounds for each in group if each.number in blamed]
    return any(each is not None and each.status == _NOT_FOUND for each in answers)


def _rounds(messages: Sequence[Message], base_url: str, speakers: Speakers) -> list[Sequence[Exchange]]:
    """Put messages in order of time; files that know no times follow one another."""
    starts = [each.started for each in messages]
    zero = min((start for start in starts if start > _DAY), default=0.0)
    exchanges = [_exchange(place, each, base_url, speakers, zero) for place, each in enumerate(_ordered(messages), 1)]
    return list(in_rounds(exchanges))


def _ordered(messages: Sequence[Message]) -> list[Message]:
    return sorted(messages, key=lambda each: each.started)


def _exchange(number: int, message: Message, base_url: str, speakers: Speakers, zero: float) -> Exchange:
    request = Request(
        speakers.actor(message), message.method, _target(message, base_url), message.headers, message.body
    )
    response = None
    if message.status is not None and message.answer is not None and message.body_is_known:
        response = Response(message.status, message.answer_headers, message.answer)
    shift = zero if message.started > _DAY else 0.0
    exchange = Exchange(
        number,
        request,
        response,
        None if response else _NOT_KNOWN,
        message.started - shift,
        message.ended - shift,
        f"{message.file}",
    )
    return kept(exchange)


def _notes(setting: Setting, speakers: Speakers) -> Iterable[str]:
    if not setting.virtual_numbers:
        yield (
            "no --virtual-number: other people may have changed any number meanwhile, so that what a list was before"
            " is not held against it; name the numbers that only this traffic changed"
        )
    if not speakers.header_was_kept:
        yield "no request has an Authorization header, as browsers leave it out: none is taken for anonymous"
    scopes = {actor for key, actor in speakers.actors.items() if key not in speakers.told}
    if "project" in scopes:
        yield "a key was answered as a project's would be, and is taken for one; set IDENTITYCALL_API_KEY to be sure"


# ---------------------------------------------------------------------- judging
def hear(rounds: Iterable[Sequence[Exchange]], setting: Setting, contract: Contract) -> Judge:
    """Let a judge hear traffic: what other people may have changed between two requests is not known."""
    judge = Judge(contract, setting)
    written: set[int] = set()
    for exchanges in rounds:
        names = {
            canonical_integer(read_call(each.request).number) for each in exchanges if each.request.method != "GET"
        }
        numbers = {each for each in names if each is not None and each not in setting.virtual_numbers}
        written |= numbers
        for number in numbers:
            _forget(judge, number, None if len(exchanges) > 1 else _NOT_SURE)
        judge.hear(exchanges)
        for number in written:
            state = judge.world.number(number)
            if state.places is None and not state.orders:
                _forget(judge, number, _NOT_SURE)
    judge.finish()
    return judge


_NOT_SURE: frozenset[tuple[int, ...]] = frozenset()  # possible orders of a list: none is known, somebody may be on it


def _forget(judge: Judge, number: int, orders: frozenset[tuple[int, ...]] | None) -> None:
    """Forget who is on a number's list: before a write, other people may have changed it."""
    judge.world = judge.world.with_number(number, places=None, orders=orders, appended=None)


@dataclass
class TrafficRun:
    """Traffic files, judged.

    Args:
        facts: what the judging run was told.
    """

    traffic: Traffic
    facts: Facts = field(default_factory=Facts)
    contract: Contract = field(default_factory=load_contract)

    def __post_init__(self) -> None:
        self._clock = time.monotonic()
        self.judge = hear(self.traffic.rounds, self.traffic.setting, self.contract)

    @classmethod
    def unreadable(cls, error: RecordingError, setting: Setting, facts: Facts) -> TrafficRun:
        """Return a run that judged nothing, because of an error in a file."""
        facts.harness_errors.append((error.file, str(error)))
        return cls(Traffic((), setting, (), None), facts)

    def close(self, known: frozenset[str] = frozenset()) -> None:
        """End the run; there is nothing to wait for, whatever tests are known."""

    def remarks(self) -> list[str]:
        """Return what a person has to know beside the verdict, a line each."""
        traffic = self.traffic
        lines = [f"judged: {_plural(len(traffic.conversation), 'request')} below {traffic.base_url or 'no address'}"]
        if traffic.aside:
            lines.append(f"left aside: {_plural(traffic.aside, 'request')} that the contract says nothing of")
        if traffic.without_answer:
            lines.append(f"not whole in the file, so not judged: {_plural(traffic.without_answer, 'exchange')}")
        return lines + [f"note: {note}" for note in traffic.notes]

    def findings_in(self, file: str) -> list[Finding]:
        """Return what was found at the exchanges of one file."""
        numbers = {each.number for each in self.traffic.conversation if each.story == file}
        return [each for each in self.judge.findings if each.exchange in numbers]

    def report(self) -> dict[str, Any]:
        """Return report.json, version 1."""
        traffic = self.traffic
        clauses = clause_results(self.contract, self.judge, traffic.conversation, traffic.setting, self.facts)
        return {
            "schema_version": SCHEMA_VERSION,
            "verdict": run_verdict(clauses, self.facts),
            "suite_version": __version__,
            "contract_sha256": contract_sha256(),
            "target": {
                "kind": "recording",
                "url": traffic.base_url,
                "actors": list(traffic.actors),
                "virtual_numbers": sorted(traffic.setting.virtual_numbers),
            },
            "profile": None,
            "seed": None,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "duration_s": round(time.monotonic() - self._clock, 3),
            "requests": {"sent": len(traffic.conversation), "budget": None, "retried": 0},
            "restored": None,
            "not_restored": [],
            "clauses": clauses,
            "totals": totals(clauses),
            "harness_errors": [{"test": test, "message": message} for test, message in self.facts.harness_errors],
            "versions": {},
        }


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")
