"""One cassette: a file in VCR's YAML format that vcrpy loads and a person can read, sealed by a digest."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from conformance.exchange import Exchange
from conformance.recording.errors import RECORD_AGAIN, RecordingError
from conformance.recording.interactions import from_interaction, to_interaction

RECORDER = "identitycall-conformance"
FORMAT = 1
_VCR_VERSION = 1
_LONG_LINE = 1_000_000  # a body is one line
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BaseDumper):  # type: ignore[misc]  # its base is C's or Python's, as it comes
    """Writes every value in full, never as a reference to an earlier one."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the name is PyYAML's
        return True


@dataclass(frozen=True, slots=True)
class Cassette:
    """The exchanges of one story.

    Args:
        story: the test's name, `module::test`, or a word for what belongs to no test.
        metadata: what else the file says: of the run, and of what became of the story.
        exchanges: in order; their `story` is this one.
    """

    story: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()

    def dumps(self) -> str:
        """Return the file's text; `metadata` has to hold `base_url`."""
        interactions = [to_interaction(each, self.metadata["base_url"]) for each in self.exchanges]
        facts = {"recorder": RECORDER, "format": FORMAT, "story": self.story, **self.metadata}
        return write_yaml(sealed(facts, interactions))


def sealed(facts: Mapping[str, Any], interactions: Sequence[Any]) -> dict[str, Any]:
    """Return a cassette's document: its metadata ends in the number of interactions and the digest of both."""
    facts = {name: value for name, value in facts.items() if name not in {"interactions", "digest"}}
    facts["interactions"] = len(interactions)
    facts["digest"] = _digest(facts, interactions)
    return {"version": _VCR_VERSION, "metadata": facts, "interactions": list(interactions)}


def loads(text: str, file: object) -> Cassette:
    """Read a cassette of ours.

    Raises:
        RecordingError: it is none, is cut off, or was changed since it was sealed.
    """
    document = read_yaml(text, file)
    facts, interactions = parts(document, file)
    if len(interactions) != facts.get("interactions"):
        what = f"{len(interactions)} of {facts.get('interactions')} interactions are there"
        raise RecordingError(file, what, interaction=len(interactions) + 1)
    if facts.get("digest") != _digest({name: facts[name] for name in facts if name != "digest"}, interactions):
        raise RecordingError(file, "it was changed since it was recorded (its digest does not match)")
    story, base_url = facts.get("story"), facts.get("base_url")
    if not isinstance(story, str) or not isinstance(base_url, str):
        raise RecordingError(file, "its metadata lacks story or base_url")
    exchanges: list[Exchange] = []
    for place, raw in enumerate(interactions, 1):
        try:
            exchange = from_interaction(raw, base_url, story)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"it is not as it was recorded ({type(error).__name__}: {error})"
            raise RecordingError(file, what, interaction=place) from None
        if exchanges and exchange.number <= exchanges[-1].number:
            what = f"out of order: number {exchange.number} after {exchanges[-1].number}"
            raise RecordingError(file, what, interaction=place)
        exchanges.append(exchange)
    return Cassette(story, {name: facts[name] for name in facts if name not in _OWN}, tuple(exchanges))


_OWN = frozenset({"recorder", "format", "story", "interactions", "digest"})


def parts(document: object, file: object) -> tuple[dict[str, Any], list[Any]]:
    """Return metadata and interactions of a cassette of ours.

    Raises:
        RecordingError: it is none.
    """
    facts = document.get("metadata") if isinstance(document, dict) else None
    if not isinstance(facts, dict) or facts.get("recorder") != RECORDER:
        raise RecordingError(file, f"it has no metadata of {RECORDER}: cut off, or no cassette of this suite")
    if facts.get("format") != FORMAT:
        raise RecordingError(file, f"its format is {facts.get('format')!r}, and this version reads {FORMAT}")
    interactions = document.get("interactions") if isinstance(document, dict) else None
    if not isinstance(interactions, list):
        raise RecordingError(file, "it has no list of interactions: cut off")
    return facts, interactions


def is_ours(document: object) -> bool:
    """Tell whether a parsed YAML document is a cassette of this suite."""
    facts = document.get("metadata") if isinstance(document, dict) else None
    return isinstance(facts, dict) and facts.get("recorder") == RECORDER


def read_yaml(text: str, file: object, *, advice: str = RECORD_AGAIN) -> Any:
    """Parse YAML.

    Args:
        advice: what to do where it is none.

    Raises:
        RecordingError: it is not YAML.
    """
    try:
        return _load(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        what = f"it is not YAML{where} ({getattr(error, 'problem', None) or error})"
        raise RecordingError(file, what, advice=advice) from None


_PREFIX = "tag:yaml.org,2002:"
_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_PREFIX}str": str,
    f"{_PREFIX}int": int,
    f"{_PREFIX}float": float,
    f"{_PREFIX}null": lambda _: None,
    f"{_PREFIX}bool": lambda text: text.lower() in {"true", "yes", "on"},
    f"{_PREFIX}binary": base64.b64decode,
}


class _UnusualError(Exception):
    """A document holds what only PyYAML's own constructor reads: anchors' merges, dates, octal numbers."""


def _load(text: str) -> Any:
    """Build a document from its nodes; several times faster than PyYAML's constructor, which reads what is unusual."""
    loader = _Loader(text)
    try:
        return _built(loader.get_single_node())
    except _UnusualError:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, in C where there is one
    finally:
        loader.dispose()


def _built(node: Any) -> Any:
    value = node.value if node is not None else ""
    if isinstance(value, str):
        make = _SCALARS.get(node.tag) if node is not None else _SCALARS[f"{_PREFIX}null"]
        if make is None:
            raise _UnusualError
        try:
            return make(value)
        except ValueError:
            raise _UnusualError from None
    if node.tag == f"{_PREFIX}seq":
        return [_built(each) for each in value]
    if node.tag != f"{_PREFIX}map" or any(key.tag != f"{_PREFIX}str" for key, _ in value):
        raise _UnusualError
    return {key.value: _built(each) for key, each in value}


def write_yaml(document: object) -> str:
    """Return YAML, keys in the order given, a long text on one line."""
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=_LONG_LINE))


def _digest(facts: Mapping[str, Any], interactions: Sequence[Any]) -> str:
    try:
        canonical = json.dumps([facts, interactions], sort_keys=True, ensure_ascii=True, default=_binary)
    except (TypeError, ValueError):
        return "no digest: it holds what no recording holds"
    return "sha256:" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _binary(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"binary": value.hex()}
    message = f"{value!r} is in no recording"
    raise TypeError(message)
