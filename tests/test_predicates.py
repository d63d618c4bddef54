"""No predicate is spare: without any one of them some fault of the mock goes unseen, by the clause it is about."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from conformance.contract.clauses import load_contract
from conformance.exchange import Exchange, Request
from conformance.mock.faults import FAULTS
from tests.driving import Drive, Rounds, read_rounds
from tests.running import plain

JUDGED = [clause.id for clause in load_contract().clauses.values() if clause.level != "open"]
SECOND_LOOK = 1.06
ADD = "/virtual_numbers/7/add_operator"
JSON = (("content-type", "application/json"),)


@cache
def rounds(profile: str) -> Rounds:
    """Return the requests of one run, made once against the mock that conforms."""
    return read_rounds(plain(profile).requests)


def showing(clause: str) -> Drive | None:
    """Return a conversation with a fault in which the whole judge finds a clause violated."""
    if clause in BY_HAND:
        return BY_HAND[clause]()
    faults = [fault.name for fault in FAULTS.values() if fault.clause == clause]
    for profile in ("smoke", "standard"):
        for fault in faults:
            drive = Drive(fault, pause=SECOND_LOOK if clause == "READ-YOUR-WRITES" else 0.0)
            if drive.until(clause, rounds(profile)):
                return drive
    return None


def shown(drive: Drive, target: str) -> Any:
    """Return what a read shows."""
    (exchange,) = drive.send([Request("account", "GET", target)])
    assert exchange.response is not None
    return json.loads(exchange.response.body)["data"]


def a_refused_name() -> Drive:
    """Return a conversation in which a name is refused, and the same number goes through with another."""
    drive = Drive("apostrophes-refused")
    for name in ("Ann O'Hara", "Ann Hara"):
        body = json.dumps({"name": name, "phone_number": "+12025550143"}).encode()
        drive.send([Request("account", "POST", ADD, JSON, body)])
    return drive


def an_undone_removal() -> Drive:
    """Return a conversation in which a removal and an attachment overlap, and the removed one stays."""
    drive = Drive("removal-undone")
    there = [each["id"] for each in shown(drive, "/virtual_numbers/7")["operators"]]
    absent = next(each["id"] for each in shown(drive, "/operators") if each["id"] not in there)
    attach = Request("account", "POST", ADD, JSON, json.dumps({"operator_id": absent}).encode())
    remove = Request("account", "DELETE", f"/virtual_numbers/7/remove_operator?operator_id={there[0]}")
    drive.send([attach, remove])
    for _ in ("once", "and again, as it may be late"):
        shown(drive, "/virtual_numbers/7")
    return drive


def a_dropped_connection() -> Drive:
    """Return a conversation in which one request gets no answer, time and again, and others do."""
    drive = Drive()
    attach = Request("account", "POST", ADD, JSON, b'{"name": "\\u0000", "phone_number": "+12025550143"}')
    for _ in range(3):
        number = len(drive.conversation) + 1
        drive.conversation.append(Exchange(number, attach, None, "connection", number * 2.0, number * 2.0 + 1))
        shown(drive, "/virtual_numbers/7")
    return drive


BY_HAND = {
    "NAME-ACCEPTED": a_refused_name,
    "CONCURRENT-SOME-ORDER": an_undone_removal,
    "ROBUST-CONNECTION": a_dropped_connection,
}
"""Clauses that no fixed list of one run's requests shows: a story adapts, times have to fit, a socket is needed."""


def test_the_conforming_mock_is_not_blamed() -> None:
    """The same requests, sent without a socket to a server without a fault: nothing is found, all is exercised."""
    drive = Drive()
    for requests in rounds("standard"):
        drive.send(requests)
    judge = drive.judge().hear_all(drive.conversation)
    assert judge.findings == []
    assert [clause for clause in JUDGED if not judge.exercised[clause]] == []


@pytest.mark.parametrize("clause", JUDGED)
def test_without_its_predicate_a_fault_goes_unseen(clause: str) -> None:
    """The whole judge finds the clause violated; the one that lacks its predicate does not."""
    drive = showing(clause)
    assert drive is not None, f"no fault of {clause} is seen by {clause}"
    assert clause in {finding.clause for finding in drive.judge().hear_all(drive.conversation).findings}
    judge = drive.heard_without(clause)
    assert clause not in {finding.clause for finding in judge.findings}
    assert not judge.exercised[clause]
