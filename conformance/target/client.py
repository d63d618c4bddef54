"""The client: the one way from a story to the wire, and from the wire to the judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier

from conformance.exchange import Exchange, Request
from conformance.oracle import calls
from conformance.oracle.bodies import read_body
from conformance.oracle.calls import read_call
from conformance.oracle.judge import SECOND_LOOK_AFTER, Judge
from conformance.oracle.phone_numbers import read_phone_number
from conformance.target.allow_list import AllowList
from conformance.target.journal import Journal
from conformance.target.patience import Patience
from conformance.target.settings import Limits, Target
from conformance.target.stops import OutOfBudget, TargetLost
from conformance.target.wire import Wire

_SECOND_LOOK = SECOND_LOOK_AFTER + 0.06
_MOST_PUT_OFF = 6
_TOO_MANY_REQUESTS, _UNAVAILABLE = 429, 503
_WORDS = {
    "timeout": "no answer within {timeout:g} s",
    "unreachable": "nothing listens there, or the connection was refused",
    "connection": "the connection was closed without an answer",
    "oversized": "the answer is larger than 4 MiB",
    "protocol": "what came is not HTTP",
}


@dataclass(slots=True)
class Count:
    """What was sent so far."""

    sent: int = 0
    retried: int = 0


@dataclass(slots=True)
class Client:
    """Sends requests as actors and lets the judge hear what came.

    Args:
        reserve: returns how many requests undoing everything would take now.
    """

    target: Target
    limits: Limits
    wire: Wire
    judge: Judge
    allow_list: AllowList
    journal: Journal
    patience: Patience
    reserve: Callable[[], int] = lambda: 0
    heard: Callable[[Exchange], None] = lambda _exchange: None
    count: Count = field(default_factory=Count)
    conversation: list[Exchange] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)
    story: str = ""
    undoing: bool = False
    lost: str = ""

    # ------------------------------------------------------------------ one request
    def send(self, request: Request) -> Exchange:
        """Send one request and return what came in the end: read again, retried, as the contract allows.

        Raises:
            OutOfBudget: the budget, less what undoing needs, is used up.
            TargetLost: the target does not answer any more.
            Forbidden: the allow-list refuses it.
        """
        exchange = self._patiently(request)
        if exchange.response is None:
            return self._after_silence(exchange)
        if self.judge.wants_second_look and self.left > 0:
            self.patience.wait(_SECOND_LOOK)
            self.count.retried += 1
            exchange = self._patiently(request)
        return exchange

    def send_together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send several requests so that they overlap; the judge hears them as one round."""
        for request in requests:
            self._may_send(request, len(requests))
            self.journal.before(request)
        first = self.count.sent + 1
        self.count.sent += len(requests)
        barrier = Barrier(len(requests))

        def send(index: int) -> Exchange:
            barrier.wait(timeout=self.limits.timeout)
            return self.wire.send(requests[index], first + index, self.story, first)

        with ThreadPoolExecutor(len(requests)) as pool:
            exchanges = list(pool.map(send, range(len(requests))))
        self._hear(exchanges)
        if all(exchange.response is None for exchange in exchanges):
            self._give_up(exchanges[0])
        return exchanges

    @property
    def left(self) -> int:
        """Return how many requests may still be sent before the undo."""
        return self.limits.budget - self.count.sent - (0 if self.undoing else self.reserve())

    def _patiently(self, request: Request) -> Exchange:
        """Send, and come again where a 429 or 503 says when."""
        for _ in range(_MOST_PUT_OFF):
            exchange = self._once(request)
            response = exchange.response
            if response is None or response.status not in {_TOO_MANY_REQUESTS, _UNAVAILABLE}:
                return exchange
            if response.header("retry-after") is None and response.status == _UNAVAILABLE:
                return exchange
            if not self.patience.wait_as_asked(response):
                self._lose(f"{response.status} asks to wait longer than --max-wait allows, or not how long")
            self.count.retried += 1
        self._lose(f"still {_TOO_MANY_REQUESTS} or {_UNAVAILABLE} after {_MOST_PUT_OFF} tries")
        return exchange

    def _once(self, request: Request) -> Exchange:
        self._may_send(request, 1)
        self.journal.before(request)
        self.patience.pace()
        self.count.sent += 1
        exchange = self.wire.send(request, self.count.sent, self.story)
        self._hear([exchange])
        return exchange

    def _may_send(self, request: Request, how_many: int) -> None:
        if self.lost:
            raise TargetLost(self.lost)
        self.allow_list.check(request, self.judge.world, undoing=self.undoing)
        makes = 0 if self.undoing or read_call(request).operation not in {calls.ADD, calls.CREATE_OPERATOR} else 1
        if self.left < how_many + makes:
            message = f"the request budget of {self.limits.budget} is used up, less what undoing needs"
            raise OutOfBudget(message)

    def _hear(self, exchanges: Sequence[Exchange]) -> None:
        self.conversation.extend(exchanges)
        for exchange in exchanges:
            self.heard(exchange)
            self.journal.after(exchange)
        self.judge.hear(exchanges)

    # ------------------------------------------------------------------ no answer
    def _after_silence(self, exchange: Exchange) -> Exchange:
        """See whether others are answered; then ask once more, where a repeat does no harm."""
        self._control(exchange)
        if not self._repeat_is_harmless(exchange.request):
            return exchange
        self.count.retried += 1
        again = self._once(exchange.request)
        if again.response is not None:
            return again
        self._control(again)
        if again.failure != "connection":
            self.troubles.append((self.story, f"{exchange.request.method} {exchange.request.target}: {self._why(again)}"))
        return again

    def _control(self, exchange: Exchange) -> None:
        numbers = self.target.virtual_numbers
        target = f"/virtual_numbers/{numbers[0]}" if numbers else "/virtual_numbers"
        if self._once(Request("account", "GET", target)).response is None:
            self._give_up(exchange)

    def _repeat_is_harmless(self, request: Request) -> bool:
        """A repeat of shape B makes a second operator, unless the read-back showed that there is none."""
        call = read_call(request)
        if call.operation not in {calls.ADD, calls.CREATE_OPERATOR}:
            return True
        phone = read_phone_number(read_body(request).fields.get("phone_number")).stored
        known = self.judge.world.operators.values()
        return phone is None or not any(each.exists and each.record.get("phone_number") == phone for each in known)

    def _why(self, exchange: Exchange) -> str:
        return _WORDS.get(exchange.failure or "", "no answer").format(timeout=self.limits.timeout)

    def _give_up(self, exchange: Exchange) -> None:
        request = exchange.request
        self._lose(f"{self._why(exchange)} ({request.method} {self.target.base_url}{request.target})")

    def _lose(self, reason: str) -> None:
        self.lost = reason
        raise TargetLost(reason)
