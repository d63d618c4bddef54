"""The reports as files: seen to be writable before anything is done, and written at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from conformance.report import html, markdown
from conformance.report.model import Report

_RENDERERS: dict[str, Callable[[Report], str]] = {
    "json": Report.dumps,
    "html": html.render,
    "markdown": markdown.render,
}


class NotWrittenError(Exception):
    """A report cannot be written; the text says in one line which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report that somebody asked for.

    Args:
        option: how it was asked for, as in `--json`.
        path: where it goes; folders on the way are made.
        render: report -> its text.
    """

    option: str
    path: Path
    render: Callable[[Report], str]

    def check(self) -> None:
        """See that it can be written, and leave nothing behind.

        Raises:
            NotWrittenError: it cannot.
        """
        is_new = not self.path.exists()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.open("a", encoding="utf-8").close()
        except OSError as error:
            raise self._not_written(error) from None
        if is_new:
            self.path.unlink()

    def write(self, report: Report) -> None:
        """Write it.

        Raises:
            NotWrittenError: it cannot be written any more.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(self.render(report), encoding="utf-8")
        except OSError as error:
            raise self._not_written(error) from None

    def _not_written(self, error: OSError) -> NotWrittenError:
        return NotWrittenError(f"{self.option} {self.path}: cannot be written ({error.strerror}); name another path")


def asked_for(prefix: str, option: Callable[[str], Path | None]) -> list[ReportFile]:
    """Return the reports that were asked for.

    Args:
        prefix: what the options begin with, as in `--conformance-`.
        option: the name of an option -> its value.
    """
    paths = [(prefix + kind, option(prefix + kind), render) for kind, render in _RENDERERS.items()]
    return [ReportFile(name, path, render) for name, path, render in paths if path is not None]


def write_all(files: Iterable[ReportFile], report: Report) -> None:
    """Write them all, also where one of them cannot be.

    Raises:
        NotWrittenError: of the last one that could not be written.
    """
    failed: NotWrittenError | None = None
    for each in files:
        try:
            each.write(report)
        except NotWrittenError as error:
            failed = error
    if failed is not None:
        raise failed
