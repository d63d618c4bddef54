"""The journal: before each write, what would undo it is on disk. It never holds a key.

JSON lines, each an event of the ledger, between `begin` (who, where, which numbers, which mark) and `end`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from conformance.target.ledger import Ledger
from conformance.target.stops import NoJournal

VERSION = 1


class Journal:
    """Writes one JSON line for each thing to know, flushed and synced before the write that it is about.

    Args:
        path: where to write, or None to write nothing (the embedded mock, whose account ends with the run).
        redact: takes keys out of a line.

    Raises:
        NoJournal: the file cannot be written.
    """

    def __init__(self, path: Path | None, redact: Callable[[str], str] = str) -> None:
        self.path = path
        self._redact = redact
        self._file: TextIO | None = None
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._file = open(path, "a", encoding="utf-8", opener=_private)  # noqa: SIM115 - Path.open takes no opener
                _sync_folder(path.parent)
            except OSError as error:
                raise NoJournal(_cannot(path, error)) from None

    def begin(self, **facts: Any) -> None:
        """Write what a later restore has to know: target, numbers, and the mark of the run."""
        self.write({"event": "begin", "version": VERSION, "process": os.getpid(), **facts})

    def end(self, *, restored: bool) -> None:
        """Write that the run put everything back, or not, and close."""
        self.write({"event": "end", "restored": restored})
        self.close()

    def close(self) -> None:
        """Close the file, and say nothing of an end."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def write(self, event: Mapping[str, Any]) -> None:
        """Write an event; it is on the disk when this returns.

        Raises:
            NoJournal: it could not be written, so that nothing may be sent.
        """
        if self._file is None or self.path is None:
            return
        try:
            self._file.write(self._redact(json.dumps(event, default=str)) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise NoJournal(_cannot(self.path, error)) from None

    def write_all(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Write several events."""
        for event in events:
            self.write(event)


@dataclass(slots=True)
class Entry:
    """One run in a journal.

    Args:
        facts: what its `begin` says.
        restored: what its last `end` says; None where there is none, as the run was cut off.
    """

    facts: Mapping[str, Any]
    ledger: Ledger = field(default_factory=Ledger)
    restored: bool | None = None

    @property
    def unfinished(self) -> bool:
        """Tell whether there is something left to put back."""
        return self.ledger.writes > 0 and self.restored is not True

    @property
    def may_be_running(self) -> bool:
        """Tell whether the run may still be going on: its process is there, and it said nothing of its end."""
        process = self.facts.get("process")
        return self.restored is None and isinstance(process, int) and _is_alive(process)


def read_journal(path: Path) -> list[Entry]:
    """Read the runs of a journal, oldest first; a last line that was cut off is left out.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no journal.
    """
    entries: list[Entry] = []
    for event in _events(path):
        if event.get("event") == "begin":
            entries.append(Entry(event))
        if not entries:
            message = f"{path} is no journal: it does not begin with what a run was"
            raise ValueError(message)
        if event.get("event") == "end":
            entries[-1].restored = bool(event.get("restored"))
        entries[-1].ledger.apply(event)
    return entries


def unfinished(folder: Path) -> list[tuple[Path, Entry]]:
    """Return the runs in a folder's journals that left something; what cannot be read is left out."""
    found: list[tuple[Path, Entry]] = []
    for path in sorted(folder.glob("*.jsonl")):
        try:
            found += [(path, entry) for entry in read_journal(path) if entry.unfinished]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _events(path: Path) -> Iterator[Mapping[str, Any]]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
        except ValueError:
            if number == len(lines) > 1:
                return  # cut off in the middle: what it was about was not sent yet
            message = f"{path}, line {number}: not JSON"
            raise ValueError(message) from None
        if not isinstance(event, dict):
            message = f"{path}, line {number}: no event"
            raise ValueError(message)  # noqa: TRY004 - a fault of the file, not of a caller
        yield event


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Let the file's name be on the disk too, where the system can do that."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _is_alive(process: int) -> bool:
    if os.name != "posix" or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _cannot(path: Path, error: OSError) -> str:
    return f"the journal {path} cannot be written ({error.strerror}): nothing is sent without it; give --journal PATH"
