"""Driving the mock without a socket or a clock: requests that were recorded once, sent to any other server of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import groupby

from conformance.contract.clauses import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.mock.building import build
from conformance.mock.direct import Direct, Said, Spoken
from conformance.oracle.judge import Judge
from conformance.oracle.world import Setting
from conformance.target.keys import Keyring

_BETWEEN, _AT_ONCE = 2.0, 0.5  # seconds that a request is said to take, and that lie between two
Rounds = list[list[Request]]


class Drive:
    """One conversation with one server of the mock.

    Args:
        fault: the fault that the server has; none where it is "".
        pause: seconds to wait before a second look, for faults that go by the clock.
    """

    def __init__(self, fault: str = "", pause: float = 0.0) -> None:
        self.pause = pause
        application = build([], [fault] if fault else [])
        seed = application.seed
        self.direct = Direct(application)
        self.keys = Keyring(seed.keys)
        self.conversation: list[Exchange] = []
        numbers = (seed.foreign_virtual_number, seed.other_account_virtual_number, seed.other_account_operator)
        foreign, other, stranger = (frozenset() if each is None else frozenset({each}) for each in numbers)
        self.setting = Setting(frozenset(seed.virtual_numbers), foreign, other, stranger, frozenset(seed.phone_numbers))

    def judge(self, without: str = "") -> Judge:
        """Return a judge of this server, that may leave out a clause."""
        return Judge(load_contract(), self.setting, without={without} if without else ())

    def until(self, clause: str, rounds: Rounds) -> bool:
        """Send rounds of requests until the judge finds a clause violated; tell whether it does."""
        judge = self.judge()
        for requests in rounds:
            self.put(requests, judge)
            if any(finding.clause == clause for finding in judge.findings):
                return True
        judge.finish()
        return any(finding.clause == clause for finding in judge.findings)

    def put(self, requests: Sequence[Request], judge: Judge) -> None:
        """Send a round and let a judge hear it, once more where it wants to look again."""
        self._put_twice(requests, judge)
        if judge.wanted_page is not None:
            self._put_twice([Request("account", "GET", judge.wanted_page)], judge)

    def _put_twice(self, requests: Sequence[Request], judge: Judge) -> None:
        judge.hear(self.send(requests))
        if judge.wants_second_look:
            time.sleep(self.pause)
            judge.hear(self.send(requests))

    def heard_without(self, clause: str) -> Judge:
        """Judge what was said so far by all clauses but one."""
        return self.judge(without=clause).hear_all(self.conversation)

    def send(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send a round of requests: one, or several that overlap."""
        first = len(self.conversation) + 1
        began = first * (_BETWEEN + _AT_ONCE)
        spoken = self.direct.at_once([self._said(request) for request in requests])
        exchanges = [
            Exchange(first + place, request, _response(answer), None, began, began + _AT_ONCE)
            for place, (request, answer) in enumerate(zip(requests, spoken, strict=True))
        ]
        self.conversation += exchanges
        return exchanges

    def _said(self, request: Request) -> Said:
        headers = {**dict(request.headers), "authorization": self.keys.authorization(request.actor)}
        return Said(request.method, request.target, request.body, request.actor, headers)


def _response(answer: Spoken) -> Response:
    headers = tuple((name.lower(), value) for name, value in answer.headers.items())
    return Response(answer.status, headers, answer.content)


def read_rounds(lines: Sequence[str]) -> Rounds:
    """Read requests as `tests.watching` wrote them; those of one group stand together."""
    return [[request for _, request in together] for _, together in groupby(_numbered(lines), key=lambda each: each[0])]


def _numbered(lines: Sequence[str]) -> Iterator[tuple[int, Request]]:
    for line in lines:
        group, actor, method, target, headers, body = json.loads(line)
        content = None if body is None else body.encode("latin-1")
        yield group, Request(actor, method, target, tuple((name, value) for name, value in headers), content)
