"""Faults go red by their own clause: dozens of them here on the requests of smoke, every one in tests.matrix."""

from __future__ import annotations

import os
from functools import cache

import pytest

from conformance.mock.faults import FAULTS
from tests.driving import Drive, Rounds, read_rounds
from tests.matrix import Case, Row, row_of
from tests.running import plain, together

SEEN_BY_SMOKE = (
    *("attaching-is-201", "answer-from-before", "last-one-replaced", "attachment-not-saved", "attaching-moves"),
    *("creating-is-201", "created-not-attached", "two-made", "new-one-first", "every-other-slot"),
    *("list-sorted-by-name", "priority-from-the-length", "priorities-from-one", "newest-first"),
    *("removal-turns-the-rest-round", "again-is-422", "again-moves-to-the-end", "removed-returns-to-the-old-place"),
    *("both-refused", "both-done", "phone-beside-overwrites", "unresolved-falls-back", "neither-is-400"),
    *("name-alone-makes-one", "any-phone-accepted", "invalid-phone-is-400", "unknown-number-is-422"),
    *("unknown-operator-is-422", "payload-without-data", "write-shows-no-calls", "listed-phones-masked"),
    *("available-from-before", "answers-as-text", "unauthorized-as-text", "html-for-malformed-json"),
    *("attached-to-the-next-number-too", "recording-stopped", "created-ones-not-listed"),
    *("project-key-attaches-anywhere", "project-key-refers-to-anybody", "other-accounts-numbers-written"),
    *("other-accounts-operators-attached", "project-key-lists-all-operators", "everybody-available-to-a-project"),
    *("created-in-no-project", "attaching-needs-no-permission", "no-key-is-403", "expired-key-accepted"),
    *("made-without-a-key", "last-digit-lost", "default-is-the-phone", "name-in-title-case"),
    *("read-without-recording", "number-list-without-data", "query-not-read", "operator-list-without-data"),
    *("operators-by-id-listed", "deleting-is-204", "overlap-is-500", "attachment-lost", "priority-given-twice"),
    *("update-is-204", "page-without-numbers", "created-counted-as-none"),
)
END_TO_END = [
    Case("fault", name)
    for name in ("last-one-replaced", "again-moves-to-the-end", "both-done", "any-phone-accepted", "no-key-is-403")
]

SEEN_LAST = (  # by standard, on a server that takes less
    "inactive-number-is-409",
    "again-moves-while-inactive",
    "three-by-id-listed",
    "project-deletes-anybody",
)


@cache
def rounds() -> Rounds:
    """Return the requests of smoke, made once against the mock that conforms."""
    return read_rounds(plain("smoke").requests)


def test_they_are_of_different_clauses() -> None:
    """Dozens of clauses are shown to be worth their place."""
    assert len({FAULTS[name].clause for name in SEEN_BY_SMOKE}) >= 40


@pytest.mark.parametrize("name", SEEN_BY_SMOKE)
def test_a_fault_goes_red_by_its_own_clause(name: str) -> None:
    """Sixty requests are enough, and the clause named is the one that the fault breaks."""
    clause = FAULTS[name].clause
    assert Drive(name).until(clause, rounds()), f"{FAULTS[name].title}: not seen by {clause}"


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    """Judge a few by whole runs, several at a time."""
    runs = together([case.arguments("smoke") for case in END_TO_END], os.cpu_count() or 1)
    return {END_TO_END[place].name: row_of(END_TO_END[place], outcome, "smoke") for place, outcome in runs}


@pytest.mark.parametrize("name", [case.name for case in END_TO_END])
def test_a_run_against_it_exits_1(name: str, rows: dict[str, Row]) -> None:
    """From the wire to the exit code; and what was done is undone as far as the fault lets it."""
    row = rows[name]
    assert row.right, row.why
    assert (row.code, row.verdict) == (1, "violates")
    assert row.requests <= 60


def test_a_lenient_server_leaves_the_last_stories_their_requests() -> None:
    """What it takes, where others refuse, has to be undone: of 300 requests the least telling ones are left out."""
    arguments = [[f"--mock-fault={name}", "--mock-variant=lenient"] for name in SEEN_LAST]
    outcomes = dict(together(arguments, os.cpu_count() or 1))
    missed = [name for place, name in enumerate(SEEN_LAST) if FAULTS[name].clause not in outcomes[place].violated()]
    assert not missed
