"""No predicate is spare: without any one of them some fault of the mock goes unseen, by the clause it is about."""

from __future__ import annotations

from functools import cache

import pytest

from conformance.contract.clauses import load_contract
from conformance.mock.faults import FAULTS
from tests.driving import Drive, Rounds, read_rounds
from tests.running import plain

JUDGED = [clause.id for clause in load_contract().clauses.values() if clause.level != "open"]
SECOND_LOOK = 1.06

ELSEWHERE = {
    "EFFECTS-OPERATOR-LIST": "no fault is seen by it in `standard` yet: the copies have ids that shift all that follow",
    "EFFECTS-READ": "no fault is seen by it in `standard` yet: what a read changes is blamed on the write before",
    "PERMISSION-READS": "no fault is seen by it in `standard` yet: the read-only key reads neither list nor page",
    "NAME-ACCEPTED": "a refused name is known by trying another: a story that adapts, which no fixed request can",
    "ROBUST-CONNECTION": "a dropped connection is no answer that the mock gives without a socket",
    "CONCURRENT-SOME-ORDER": "no fault is seen by it in `standard` yet: no removal overlaps an attachment",
}
"""Clauses without a conversation here, and why. Each is a gap to close, not an exception to keep."""


@cache
def rounds(profile: str) -> Rounds:
    """Return the requests of one run, made once against the mock that conforms."""
    return read_rounds(plain(profile).requests)


def showing(clause: str) -> Drive | None:
    """Return a conversation with a fault in which the whole judge finds a clause violated."""
    faults = [fault.name for fault in FAULTS.values() if fault.clause == clause]
    for profile in ("smoke", "standard"):
        for fault in faults:
            drive = Drive(fault, pause=SECOND_LOOK if clause == "READ-YOUR-WRITES" else 0.0)
            if drive.until(clause, rounds(profile)):
                return drive
    return None


def test_the_conforming_mock_is_not_blamed() -> None:
    """The same requests, sent without a socket to a server without a fault: nothing is found, all is exercised."""
    drive = Drive()
    for requests in rounds("standard"):
        drive.send(requests)
    judge = drive.judge().hear_all(drive.conversation)
    assert judge.findings == []
    assert [clause for clause in JUDGED if not judge.exercised[clause]] == []


@pytest.mark.parametrize("clause", [clause for clause in JUDGED if clause not in ELSEWHERE])
def test_without_its_predicate_a_fault_goes_unseen(clause: str) -> None:
    """The whole judge finds the clause violated; the one that lacks its predicate does not."""
    drive = showing(clause)
    assert drive is not None, f"no fault of {clause} is seen by {clause}"
    judge = drive.heard_without(clause)
    assert clause not in {finding.clause for finding in judge.findings}
    assert not judge.exercised[clause]


def test_the_list_of_gaps_names_clauses() -> None:
    """A clause that is gone, or judged by nobody, is not excused."""
    assert set(ELSEWHERE) <= set(JUDGED)
