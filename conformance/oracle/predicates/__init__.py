"""One small predicate for each clause, registered under its id."""

from __future__ import annotations

from conformance.oracle.predicates import (
    answers,
    concurrency,
    effects,
    listings,
    names_and_phones,
    order,
    payload,
    precedence,
    scopes,
)
from conformance.oracle.predicates.registry import PREDICATES, Judged, Observed, Predicate

__all__ = [
    "PREDICATES",
    "Judged",
    "Observed",
    "Predicate",
    "answers",
    "concurrency",
    "effects",
    "listings",
    "names_and_phones",
    "order",
    "payload",
    "precedence",
    "scopes",
]
