"""What pytest collects for a run, where it may go wrong: options that it misread, stories that it left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

_PATHS = (
    "--conformance-json",
    "--conformance-html",
    "--conformance-markdown",
    "--known-failures",
    "--journal",
    "--ca-bundle",
    "--cassettes",
    "--traffic",
)
_ABOUT_STORIES = (*_PATHS[:3], "--target-url", "--mock-variant", "--mock-fault", "--virtual-number")
_SELECTS = {"keyword": "-k", "markexpr": "-m", "lf": "--lf", "maxfail": "-x or --maxfail", "deselect": "--deselect"}


def refuse_misread_paths(config: pytest.Config) -> None:
    """See that no option's path was taken for a place to collect from: pyproject.toml is not found beside it then.

    Raises:
        pytest.UsageError: one was.
    """
    if config.inipath is not None or config.args_source is pytest.Config.ArgsSource.ARGS:
        return
    given = list(config.invocation_params.args)
    option = next((each for each in _PATHS if each in given[:-1]), None)
    if option is not None:
        value = given[given.index(option) + 1]
        message = f"{option} {value}: pytest collects tests from a path that stands alone: write {option}={value}"
        raise pytest.UsageError(message)


def refuse_without_stories(config: pytest.Config) -> None:
    """See that a run which collected no story was not meant to tell any.

    Raises:
        pytest.UsageError: an option was given that is about stories.
    """
    words = (str(each).partition("=")[0] for each in config.invocation_params.args)
    option = next((each for each in words if each in _ABOUT_STORIES), None)
    if option is not None and not _selecting(config):
        what_to_do = f"write {option}=... with the equals sign, and name no tests but conformance.suite's"
        message = f"{option}: no story of the suite was collected: {what_to_do}"
        raise pytest.UsageError(message)


def left_out_by_pytest(config: pytest.Config) -> list[str]:
    """Return what selects some of the stories by pytest's own means: options, and tests that were named."""
    return _selecting(config) + [each for each in config.args if "::" in each or each.endswith(".py")]


def _selecting(config: pytest.Config) -> list[str]:
    return [name for key, name in _SELECTS.items() if config.getoption(key, default=None)]


def left_out_remarks(config: pytest.Config) -> Iterator[str]:
    """Say that a selection by pytest's own means leaves every run incomplete."""
    by = left_out_by_pytest(config)
    if by:
        yield f"only some stories were told ({', '.join(by)}): without that, a run can be complete"
