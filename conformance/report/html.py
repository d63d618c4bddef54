"""A report as one HTML file that loads nothing, runs nothing and is safe whatever the server sent."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.report import overview
from conformance.report.model import HERE, LEVELS, Report
from conformance.report.text import listed, plural, printable

TEMPLATE = "report.html.jinja"
_SIGNS = {"violated": "✕", "harness_error": "!", "inconsistent": "≠", "not_testable": "?", "not_exercised": "·"}


def render(report: Report) -> str:
    """Return the page."""
    return _environment().get_template(TEMPLATE).render(report=report)


@cache
def _environment() -> Environment:
    """Return an environment that escapes every value and makes its control characters visible."""
    environment = Environment(
        loader=PackageLoader("conformance.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        HERE=HERE,
        LEVELS=LEVELS,
        SIGNS=_SIGNS,
        WORDS=overview.VERDICT_WORDS,
        listed=listed,
        overview=overview,
        plural=plural,
    )
    return environment


def _finalize(value: object) -> object:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
