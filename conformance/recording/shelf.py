"""A directory of cassettes: one file for each story, and `run.yaml`, which says what belongs to the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

from conformance.recording.cassette import (
    RECORDER,
    Cassette,
    loads,
    parts,
    read_yaml,
    sealed,
    write_yaml,
)
from conformance.recording.errors import RecordingError
from conformance.recording.recording import NO_STORY, About, Recording, Story

RUN_FILE = "run.yaml"
_NOT_IN_NAMES = "<>?%*:|\"'/\\"  # as pytest-recording names its files
_HEAD = 400  # bytes in which the recorder's name stands
_IN_EVERY_FILE = (
    "recorded",
    "contract_sha256",
    "suite_version",
    "versions",
    "profile",
    "seed",
    "base_url",
    "pseudonymised",
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a directory holds.

    Args:
        recording: the run, or None where something is wrong.
        problems: what is wrong, by story; what concerns no story stands under "".
        files: story -> the name of its file.
    """

    recording: Recording | None
    problems: tuple[tuple[str, RecordingError], ...]
    files: dict[str, str]


def file_name(story: str) -> str:
    """Return where a story's cassette stands: `module/test.yaml`."""
    module, _, test = story.partition("::")
    return f"{module}/{''.join('-' if each in _NOT_IN_NAMES else each for each in test)}.yaml"


# ---------------------------------------------------------------------- writing
def write(recording: Recording, directory: Path) -> list[Path]:
    """Write a recording in place of whatever was recorded there before, and return its files.

    Raises:
        OSError: the directory cannot be written to.
    """
    common = {name: value for name, value in _plain(recording.about).items() if name in _IN_EVERY_FILE}
    common |= {"virtual_numbers": sorted(recording.about.setting.get("virtual_numbers", ()))}
    texts: dict[str, str] = {}
    places: dict[str, dict[str, Any]] = {}
    for story in recording.stories:
        facts = {**common, "skipped": story.skipped, "needs": list(story.needs)}
        name = _free(file_name(story.name), texts)
        texts[name] = Cassette(story.name, facts, story.exchanges).dumps()
        places[name] = {"story": story.name, "interactions": len(story.exchanges)}
    run = {**common, **_plain(recording.about), "files": places}
    texts[RUN_FILE] = Cassette(NO_STORY, run, recording.ending).dumps()
    clear(directory)
    for name, text in texts.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [directory / name for name in texts]


def _free(name: str, taken: Iterable[str]) -> str:
    """Return a name that no other story has, case aside: some file systems see none."""
    lower = {each.lower() for each in taken}
    stem, number, free = name.removesuffix(".yaml"), 1, name
    while free.lower() in lower:
        number += 1
        free = f"{stem}-{number}.yaml"
    return free


def clear(directory: Path) -> None:
    """Remove what an earlier recording left in a directory; nobody else's files."""
    for path in _yaml_files(directory):
        with path.open("rb") as file:
            ours = RECORDER.encode() in file.read(_HEAD)
        if ours:
            path.unlink()


def _yaml_files(directory: Path) -> list[Path]:
    return sorted([*directory.glob("*.yaml"), *directory.glob("test_*/*.yaml")])


def _plain(about: About) -> dict[str, Any]:
    """Return the run's facts as YAML holds them: no tuples."""
    return {name: _listed(value) for name, value in asdict(about).items()}


def _listed(value: Any) -> Any:
    if isinstance(value, tuple | list | frozenset):
        return [_listed(each) for each in value]
    return {name: _listed(each) for name, each in value.items()} if isinstance(value, dict) else value


# ---------------------------------------------------------------------- reading
def is_recorded(directory: Path) -> bool:
    """Tell whether a recording stands in a directory."""
    return (directory / RUN_FILE).is_file()


def read(directory: Path) -> Shelf:
    """Read a recording; what is wrong with it is in `problems`, and never raised."""
    problems: list[tuple[str, RecordingError]] = []

    def attempt(story: str, do: Callable[[], Any]) -> Any:
        try:
            return do()
        except RecordingError as error:
            problems.append((story, error))
            return None

    run = attempt("", lambda: _load(directory, RUN_FILE))
    if run is None:
        return Shelf(None, tuple(problems), {})
    about = attempt("", lambda: _about(run, directory))
    places = run.metadata.get("files")
    if about is None or not isinstance(places, dict):
        if about is not None:
            problems.append(("", RecordingError(directory / RUN_FILE, "it does not list the files of the run")))
        return Shelf(None, tuple(problems), {})
    stories: list[Story] = []
    for name, place in places.items():
        expected = place if isinstance(place, dict) else {}
        story = str(expected.get("story", ""))
        read_story = attempt(story, partial(_story, directory, name, expected, about))
        if read_story is not None:
            stories.append(read_story)
    problems += [("", error) for error in _strays(directory, places)]
    recording = Recording(about, tuple(stories), run.exchanges)
    problems += _misplaced(recording, directory, {str(each.get("story")): str(name) for name, each in _dicts(places)})
    files = {str(each.get("story")): str(directory / str(name)) for name, each in _dicts(places)}
    return Shelf(None if problems else recording, tuple(problems), files)


def _dicts(places: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, each) for name, each in places.items() if isinstance(each, dict))


def _load(directory: Path, name: str) -> Cassette:
    path = directory / name
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise RecordingError(path, "the file is missing") from None
    except (OSError, ValueError) as error:
        raise RecordingError(path, f"it cannot be read ({error})") from None
    return loads(text, path)


def _about(run: Cassette, directory: Path) -> About:
    facts = run.metadata
    try:
        values = {each.name: facts[each.name] for each in fields(About)}
        for name in ("unmet", "harness_clauses", "not_restored"):
            values[name] = tuple(map(str, values[name]))
        values["selected"] = None if values["selected"] is None else tuple(map(str, values["selected"]))
        values["harness_errors"] = tuple((str(test), str(message)) for test, message in values["harness_errors"])
        about = About(**values)
        _ = about.oracle_setting, [about.target[name] for name in ("kind", "url", "actors")]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"its metadata is not as it was recorded ({type(error).__name__}: {error})"
        raise RecordingError(directory / RUN_FILE, what) from None
    return about


def _story(directory: Path, name: str, expected: dict[str, Any], about: About) -> Story:
    cassette = _load(directory, name)
    path, facts = directory / name, cassette.metadata
    if cassette.story != expected.get("story"):
        raise RecordingError(path, f"it holds {cassette.story}, and {RUN_FILE} expects {expected.get('story')}")
    if facts.get("recorded") != about.recorded:
        raise RecordingError(path, f"it is of another recording ({facts.get('recorded')}, the run: {about.recorded})")
    there = len(cassette.exchanges)
    if there != expected.get("interactions"):
        what = f"{there} interactions are there, and {RUN_FILE} expects {expected.get('interactions')}"
        raise RecordingError(path, what, interaction=there)
    needs = facts.get("needs")
    return Story(
        cassette.story,
        cassette.exchanges,
        str(facts.get("skipped") or ""),
        tuple(map(str, needs)) if isinstance(needs, list) else (),
    )


def _strays(directory: Path, places: dict[str, Any]) -> Iterator[RecordingError]:
    """Find cassettes of ours that no run plays."""
    known = {directory / RUN_FILE, *(directory / str(name) for name in places)}
    for path in _yaml_files(directory):
        if path not in known and RECORDER.encode() in path.read_bytes()[:_HEAD]:
            yield RecordingError(
                path,
                f"{RUN_FILE} does not list it, so that it would not be played",
                advice="delete it, or record again",
            )


def _misplaced(recording: Recording, directory: Path, files: dict[str, str]) -> Iterator[tuple[str, RecordingError]]:
    """Find numbers that stand twice, and stories that do not follow one another."""
    seen: dict[int, str] = {}
    last = 0
    endings = [*recording.stories, Story(NO_STORY, recording.ending)]
    for story in endings:
        path = directory / files.get(story.name, RUN_FILE)
        for place, exchange in enumerate(story.exchanges, 1):
            if exchange.number in seen:
                what = f"number {exchange.number} stands in {seen[exchange.number]} too"
                yield story.name, RecordingError(path, what, interaction=place)
            elif exchange.number < last:
                what = f"out of order: number {exchange.number} after {last}"
                yield story.name, RecordingError(path, what, interaction=place)
            seen[exchange.number] = str(path)
            last = max(last, exchange.number)


# ---------------------------------------------------------------------- mending
def seal(directory: Path) -> None:
    """Make counts and digests right again after an edit by hand.

    Raises:
        RecordingError: a file is no cassette of ours any more.
    """
    run_path = directory / RUN_FILE
    run_facts, ending = parts(read_yaml(run_path.read_text(encoding="utf-8"), run_path), run_path)
    for name, expected in run_facts["files"].items():
        path = directory / name
        facts, interactions = parts(read_yaml(path.read_text(encoding="utf-8"), path), path)
        expected["interactions"] = len(interactions)
        path.write_text(write_yaml(sealed(facts, interactions)), encoding="utf-8")
    run_path.write_text(write_yaml(sealed(run_facts, ending)), encoding="utf-8")
