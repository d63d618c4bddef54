"""The client: the one way from a story to the wire, and from the wire to the judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from threading import Barrier

from conformance.actors import ACTORS
from conformance.exchange import Exchange, Request
from conformance.oracle import calls
from conformance.oracle.answers import read_answer
from conformance.oracle.calls import read_call
from conformance.oracle.contested import SECOND_LOOK_AFTER
from conformance.oracle.expect import number_named
from conformance.oracle.judge import Judge
from conformance.target.allow_list import AllowList
from conformance.target.causes import why
from conformance.target.interruption import Interruption
from conformance.target.journal import Journal
from conformance.target.ledger import Ledger
from conformance.target.marks import PREFIX, foreign_mark
from conformance.target.patience import Patience
from conformance.target.settings import Limits, Target
from conformance.target.stops import Forbidden, NotTestable, OutOfBudget, TargetLost
from conformance.target.wire import Wire

_SECOND_LOOK = SECOND_LOOK_AFTER + 0.06
_LOOKS_FROM_THE_SPARE = 2  # the requests that undoing has to spare
_MOST_PUT_OFF = 10
_TOO_MANY_REQUESTS, _UNAVAILABLE = 429, 503
_PAUSES = (0.0, 0.2, 0.6, 1.5, 4.0, 10.0, 20.0)  # before each control that sees whether others are answered
_DROPPED = frozenset({"interrupted", "connection"})
_DROPS_TO_BLAME = 2
_MOST_TRIES = 4
_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FREE_ID = 900_000_000
_MAKING = frozenset({calls.ADD, calls.CREATE_OPERATOR})
_FIRST_WRITE = 4  # what undoing needs as soon as anything was written, beside a look at each number
_INTERRUPTED = "interrupted: everything is put back first; Ctrl-C once more leaves that to `restore`"
_MAY_NOT_DELETE = (
    "the key may not delete operators: those that this run makes are taken off the numbers again, "
    "but stay on the account, and are named at the end"
)


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
        say: tells the user something before it happens.
    """

    target: Target
    limits: Limits
    wire: Wire
    judge: Judge
    allow_list: AllowList
    journal: Journal
    ledger: Ledger
    patience: Patience
    reserve: Callable[[], int] = lambda: 0
    heard: Callable[[Exchange], None] = lambda _exchange: None
    say: Callable[[str], None] = lambda _line: None
    interruption: Interruption = field(default_factory=Interruption)
    count: Count = field(default_factory=Count)
    conversation: list[Exchange] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)
    story: str = ""
    undoing: bool = False
    lost: str = ""
    _prepared: bool = False
    _is_shaky: bool = False
    _answered: set[str] = field(default_factory=set)
    _known_keys: set[str] = field(default_factory=set)
    _unreadable: set[int] = field(default_factory=set)

    # ------------------------------------------------------------------ one request
    def send(self, request: Request) -> Exchange:
        """Send one request and return what came in the end: read again, retried, as the contract allows.

        Raises:
            OutOfBudget: the budget, less what undoing needs, is used up.
            TargetLost: the target does not answer any more.
            Forbidden: the allow-list refuses it.
            NotTestable: how the number was found is not known, so that it could not be put back.
            KeyboardInterrupt: the run was asked to end, by SIGINT or SIGTERM.
        """
        exchange = self._looking_twice(request)
        self._check_the_key(exchange)
        if self.judge.wanted_page is not None and self._can_afford_another and not self.undoing:
            self._looking_twice(Request("account", "GET", self.judge.wanted_page))
        return exchange

    def _looking_twice(self, request: Request) -> Exchange:
        """Send a request, and once more a second later where the judge wants to tell late from never."""
        exchange = self._patiently(request)
        if exchange.response is None:
            return self._after_silence(exchange)
        if not (self.judge.wants_second_look and self._can_afford_another):
            return exchange
        self.patience.wait(_SECOND_LOOK)
        self.count.retried += 1
        again = self._patiently(request)
        return again if again.response is not None else self._after_silence(again)

    @property
    def _can_afford_another(self) -> bool:
        return self.left > 0

    def send_together(self, requests: Sequence[Request], apart: float = 0.0) -> list[Exchange]:
        """Send several requests so that they overlap; the judge hears them as one round.

        Args:
            apart: seconds between their starts: where one reads and writes later, the next comes in between.
        """
        for request in requests:
            self._may_send(request, len(requests))
        for request in requests:
            self.patience.pace()
            self._note(request)
        first = self.count.sent + 1
        self.count.sent += len(requests)
        barrier = Barrier(len(requests))

        def send(index: int) -> Exchange:
            barrier.wait(timeout=self.limits.timeout)
            if apart:
                self.patience.wait(index * apart)
            return self.wire.send(requests[index], first + index, self.story, first)

        with ThreadPoolExecutor(len(requests)) as pool:
            exchanges = list(pool.map(send, range(len(requests))))
        self._hear(exchanges)
        for exchange in exchanges:
            if exchange.response is None:
                self._control(exchange)
                self._trouble(exchange)
        return exchanges

    def may_send(self, request: Request) -> bool:
        """Tell whether the allow-list would let a request pass."""
        try:
            self.allow_list.check(request, self.judge.world, undoing=self.undoing)
        except Forbidden:
            return False
        return True

    @property
    def left(self) -> int:
        """Return how many requests may still be sent before the undo; a second look may take what that has to spare."""
        from_the_spare = _LOOKS_FROM_THE_SPARE if self.judge.wants_second_look else 0
        return self.limits.budget - self.count.sent - (0 if self.undoing else self.reserve() - from_the_spare)

    def begin_undo(self) -> None:
        """Turn to putting everything back: a target that was lost may be there again."""
        self.undoing = True
        self.lost = ""
        self.patience.begin_again()
        self.wire.begin_again()

    def _patiently(self, request: Request) -> Exchange:
        """Send, and come again where a 429 or 503 says when."""
        for times in range(_MOST_PUT_OFF):
            exchange = self._once(request)
            response = exchange.response
            if response is None or response.status not in {_TOO_MANY_REQUESTS, _UNAVAILABLE}:
                return exchange
            if response.header("retry-after") is None and response.status == _UNAVAILABLE:
                return exchange
            if not self.patience.wait_as_asked(response, times):
                asked = response.header("retry-after") or "not given"
                self._lose(f"{response.status} asks to wait longer than --max-wait leaves (Retry-After: {asked})")
            self.count.retried += 1
        self._lose(f"still {_TOO_MANY_REQUESTS} or {_UNAVAILABLE} after {_MOST_PUT_OFF} tries; try again later")
        return exchange

    def _once(self, request: Request, *, blame: bool = False) -> Exchange:
        self._may_send(request, 1)
        self._note(request)
        self.patience.pace()
        self.count.sent += 1
        exchange = self.wire.send(request, self.count.sent, self.story)
        if exchange.failure == "interrupted" and blame:
            exchange = replace(exchange, failure="connection")
        self._hear([exchange])
        return exchange

    def _note(self, request: Request) -> None:
        """Have on disk what would undo a write, before it goes out."""
        event = self.ledger.before(request)
        if event is not None:
            self.journal.write(event)

    def _may_send(self, request: Request, how_many: int) -> None:
        if not self.undoing and self.interruption.is_due():
            self.say(_INTERRUPTED)
            raise KeyboardInterrupt
        if self.lost:
            raise TargetLost(self.lost)
        call = read_call(request)
        self.allow_list.check(request, self.judge.world, undoing=self.undoing)
        is_write = request.method not in _READ_METHODS
        if is_write and not self.undoing:
            self._prepare(call.operation, number_named(call))
        # Nobody is made without a phone number, or by a fault: that is what undoing has to spare.
        may_make = call.operation in _MAKING and b"phone_number" in (request.body or b"")
        makes = 1 if is_write and not self.undoing and may_make else 0
        first = _FIRST_WRITE + len(self.target.virtual_numbers) if is_write and not self.ledger.writes else 0
        if self.left < how_many * (1 + makes) + first:
            but = "" if self.undoing else ", less what undoing needs"
            message = f"the request budget of {self.limits.budget} is used up{but}"
            raise OutOfBudget(message)

    def _prepare(self, operation: str, number: int | None) -> None:
        """See how everything is before the first write, and a number before the first write to it.

        Raises:
            NotTestable: the number cannot be read.
        """
        if not self._prepared and not self.ledger.writes:
            self._prepared = True
            if not self.ledger.listed:
                self.send(Request("account", "GET", "/operators"))
            if self.ledger.may_delete is None and operation != calls.DELETE_OPERATOR:
                nobody = max(self.ledger.strangers, default=0) + _FREE_ID
                self.send(Request("account", "DELETE", f"/operators/{nobody}"))
        if number not in self.target.virtual_numbers or number in self.ledger.found:
            return
        if number not in self._unreadable:
            self.send(Request("account", "GET", f"/virtual_numbers/{number}"))
            if number in self.ledger.found:
                return
            self._unreadable.add(number)
        message = f"virtual number {number} could not be read before the first write to it, so nothing is written to it"
        raise NotTestable(message)

    def _hear(self, exchanges: Sequence[Exchange]) -> None:
        self.conversation.extend(exchanges)
        for exchange in exchanges:
            self.heard(exchange)
            events = self.ledger.heard(exchange)
            self.journal.write_all(events)
            if {"event": "permission", "delete": False} in events:
                self.say(_MAY_NOT_DELETE)
            if exchange.response is not None:
                self._answered.add(read_call(exchange.request).operation)
        if not self.undoing:
            for exchange in exchanges:
                self._see_strangers(exchange)
        self.judge.hear(exchanges)

    def _check_the_key(self, exchange: Exchange) -> None:
        """Stop where a key that the user gave opens nothing: it is wrong, revoked or expired, which is no fault.

        Raises:
            TargetLost: its first read is refused with 401, and so is a list.
        """
        request, actor = exchange.request, ACTORS.get(exchange.request.actor)
        if exchange.response is None or actor is None or not actor.variable or actor.key != "valid":
            return
        if exchange.response.status != HTTPStatus.UNAUTHORIZED:
            self._known_keys.add(actor.name)
        elif request.method == "GET" and actor.name not in self._known_keys and not self.undoing:
            other = "/virtual_numbers" if request.target.startswith("/operators") else "/operators"
            again = self._patiently(Request(actor.name, "GET", other)).response
            if again is not None and again.status == HTTPStatus.UNAUTHORIZED:
                self._lose(f"every read answers 401 to the key in {actor.variable}: give one that is valid")
            self._known_keys.add(actor.name)  # or asked about once: that is enough

    def _see_strangers(self, exchange: Exchange) -> None:
        """Stop where another run writes to a designated number: the two would blame the server."""
        if exchange.response is None or PREFIX not in exchange.response.body:
            return
        call = read_call(exchange.request)
        detail = read_answer(exchange.response, is_detail=call.operation in calls.DETAIL_CALLS).detail
        if detail is None or detail.id not in self.target.virtual_numbers:
            return
        mark = foreign_mark((each.get("name") for each in detail.operators.values()), self.ledger.mark)
        if mark is not None:
            self._lose(
                f"virtual number {detail.id} carries the mark {mark} of another run: wait until that has ended, "
                "or finish it with `identitycall-conformance restore JOURNAL`"
            )

    # ------------------------------------------------------------------ no answer
    def _after_silence(self, exchange: Exchange) -> Exchange:
        """See whether others are answered; then ask again, where a repeat does no harm.

        A request that is dropped again and again, while everything else is answered each time, is the server's to
        answer for; after anything else that was dropped it is the network's. The controls between the repeats grow
        in number, so that no rhythm of the network's looks like that.
        """
        request, operation = exchange.request, read_call(exchange.request).operation
        if self.undoing:
            self._control(exchange)  # a list at the end tells whether a deletion took
            return exchange if operation == calls.DELETE_OPERATOR else self._once(request)
        suspect = operation in self._answered and not self._is_shaky
        for tries in range(1, _MOST_TRIES):
            suspect &= self._controls(exchange, tries) and exchange.failure in _DROPPED
            if not self._repeat_is_harmless(exchange) or (exchange.failure not in _DROPPED and tries > 1):
                break
            self.count.retried += 1
            exchange = self._once(request, blame=suspect and tries >= _DROPS_TO_BLAME)
            if exchange.response is not None:
                self._is_shaky = True
                return exchange
        if exchange.failure == "connection":
            self._control(exchange)
        else:
            self._trouble(exchange)
        return exchange

    def _controls(self, exchange: Exchange, times: int) -> bool:
        """Ask so many times; tell whether every answer came at once."""
        found = [self._control(exchange) for _ in range(times)]
        return all(found)

    def _control(self, exchange: Exchange) -> bool:
        """Ask for a number until an answer comes; tell whether the first one came at once.

        Raises:
            TargetLost: none came.
        """
        numbers = self.target.virtual_numbers
        target = f"/virtual_numbers/{numbers[0]}" if numbers else "/virtual_numbers"
        for index, pause in enumerate(self._pauses(exchange)):
            if not self.patience.wait_a_while(pause):
                break
            if self._patiently(Request("account", "GET", target)).response is not None:
                return index == 0
            self._is_shaky = True
        self._lose(self.why(exchange))
        return False

    def _pauses(self, exchange: Exchange) -> Sequence[float]:
        if exchange.failure in {"tls", "redirect"}:
            return _PAUSES[:1]
        if self.undoing:
            return _PAUSES
        return _PAUSES[:2] if exchange.failure == "timeout" else _PAUSES[:4]

    def _repeat_is_harmless(self, exchange: Exchange) -> bool:
        """Tell whether a request may be sent again.

        What makes an operator may not, unless the list shows that it made none, or the one that it made is deleted.
        A request that only timed out may still be on its way, and is not repeated at all.
        """
        request = exchange.request
        if read_call(request).operation not in _MAKING or request.method in _READ_METHODS:
            return True
        if exchange.failure == "timeout":
            return False
        before = set(self.ledger.made)
        listing = self._patiently(Request("account", "GET", "/operators"))
        entries = read_answer(listing.response, is_detail=False).entries if listing.response is not None else None
        if entries is None:
            return False
        ours, doubtful = self.ledger.newcomers(entries)
        made = [each for each in ours if each not in before and each not in self.ledger.deleted]
        for operator in made:
            self.journal.write({"event": "made", "operator": operator})
            self.ledger.apply({"event": "made", "operator": operator})
            if self.ledger.may_delete is False:
                return False
            self._patiently(Request("account", "DELETE", f"/operators/{operator}"))
        return not doubtful and not any(operator in self.ledger.made for operator in made)

    def why(self, exchange: Exchange) -> str:
        """Return why a request got no answer, in one line."""
        return why(exchange, self.limits.timeout, self.wire.causes.get(exchange.number, ""))

    def _trouble(self, exchange: Exchange) -> None:
        self.troubles.append((self.story, self.why(exchange)))

    def _lose(self, reason: str) -> None:
        self.lost = reason
        raise TargetLost(reason)
