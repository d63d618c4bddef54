"""The conforming rules, and what a running server adds to them: pauses, limits, and other people."""

import asyncio
import math
import time
from collections import deque
from datetime import timedelta
from email.utils import formatdate
from itertools import count

from conformance.mock import access, bodies, calls, people, references, showing, state
from conformance.mock.behaviour import Behaviour
from conformance.mock.records import Operator, PhoneCall, VirtualNumber
from conformance.mock.rules import Call, Rules
from conformance.mock.seed import FIRST_CALL
from conformance.mock.state import Store
from conformance.mock.wire import Answer, Refusal

BUSY_NUMBER = 8
LARGEST_TEAM = 4


def ordinary_rules(behaviour: Behaviour) -> Rules:
    """Return the rules of a conforming server."""
    lock = asyncio.Lock()
    return Rules(
        behaviour=behaviour,
        guard=lambda: lock,
        arrive=_Gate(),
        find_route=access.find_route,
        authenticate=access.authenticate,
        authorise=access.authorise,
        read_path_id=access.read_path_id,
        visible_number=access.visible_number,
        visible_operator=access.visible_operator,
        numbers_in_view=access.numbers_in_view,
        operators_in_view=access.operators_in_view,
        read_body=bodies.read_body,
        read_operator_id=references.read_operator_id,
        read_phone=people.read_phone,
        read_name=people.read_name,
        read_draft=people.read_draft,
        owner_of_phone=people.owner_of_phone,
        referred=references.referred,
        admit=references.admit,
        next_priority=calls.next_priority,
        create_operator=calls.make_operator,
        attach=calls.attach,
        detach=calls.detach,
        delete_operator=calls.forget_operator,
        update_number=calls.change_number,
        update_operator=calls.change_operator,
        handlers=dict(calls.HANDLERS),
        show_detail=showing.show_detail,
        show_listed=showing.show_listed,
        show_assigned=showing.show_assigned,
        available=showing.available,
        recent_calls=showing.recent_calls,
        show_call=showing.show_call,
        show_operator=showing.show_operator,
        show_operator_page=showing.show_operator_page,
        sort_operators=showing.sort_operators,
        initials=people.initials,
        finish=_finish,
    )


def _finish(call: Call, answer: Answer) -> Answer:
    """Give an answer its last touch."""
    if call.behaviour.extra_fields and answer.body is not None and not isinstance(answer.body, bytes):
        answer.body = showing.with_extra_fields(answer.body)
    return answer


class _Gate:
    """What a request meets before anything of it is read."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.arrivals: deque[float] = deque()
        self.refused = count()
        self.others = OtherPeople()

    async def __call__(self, call: Call) -> None:
        behaviour, number = call.behaviour, next(self.numbers)
        if behaviour.delay is not None:
            low, high = behaviour.delay
            await asyncio.sleep(low + (high - low) * (number * 0.618 % 1))
        if number == behaviour.maintenance_at:
            raise Refusal(503, {"error": "Down for maintenance"}, retry_after="1")
        if behaviour.requests_in_a_second is not None:
            self._count(behaviour.requests_in_a_second)
        if behaviour.live:
            self.others.move(call.present or call.store)

    def _count(self, limit: int) -> None:
        """Refuse a request over the limit, with the time to wait in seconds and as a date by turns."""
        now = time.monotonic()
        while self.arrivals and self.arrivals[0] <= now - 1:
            self.arrivals.popleft()
        if len(self.arrivals) >= limit:
            as_date = next(self.refused) % 2
            when = formatdate(math.ceil(time.time()) + 1, usegmt=True) if as_date else "1"
            raise Refusal(429, {"error": "Rate limit exceeded"}, retry_after=when)
        self.arrivals.append(now)


class OtherPeople:
    """Callers who ring, and colleagues who edit a number that is not the suite's, between any two requests."""

    def __init__(self) -> None:
        """Begin with nobody made."""
        self.turns = count()
        self.own: list[int] = []

    def move(self, store: Store) -> None:
        """Let a little happen."""
        turn = next(self.turns)
        for number in store.own.numbers.values():
            number.stats.total_calls += 1
            number.stats.answered_calls += 1
            number.calls[:] = [*number.calls[-20:], _ringing(9000 + 50 * turn + number.id, turn)]
        if BUSY_NUMBER in store.own.numbers:
            self._edit(store, store.own.numbers[BUSY_NUMBER], turn)

    def _edit(self, store: Store, number: VirtualNumber, turn: int) -> None:
        """Edit a number, and one of the operators that stand on no other and never did."""
        number.name = f"After Hours, edit {turn}"
        number.routing_strategy = calls.ROUTING_STRATEGIES[turn % 3]
        if turn % 5 == 0 and len(self.own) < LARGEST_TEAM:
            operator = Operator(store.new_operator_id(), "Colleague", f"+1202555019{turn % 10}")
            store.own.operators[operator.id] = operator
            self.own.append(operator.id)
        elsewhere = {
            held.operator_id
            for other in store.own.numbers.values()
            if other is not number
            for held in other.assignments
        }
        self.own = [mine for mine in self.own if mine in store.own.operators and mine not in elsewhere]
        if not self.own:
            return
        mine = self.own[turn % len(self.own)]
        store.own.operators[mine].name = f"Colleague {turn}"
        if number.holds(mine):
            state.withdraw(number, mine)
        else:
            state.place(number, mine, max((held.priority for held in number.assignments), default=-1) + 1)


def _ringing(call_id: int, turn: int) -> PhoneCall:
    """Return a call that came in at that turn."""
    moment = FIRST_CALL + timedelta(days=1, seconds=turn)
    return PhoneCall(
        id=call_id,
        phone_number="+12025550177",
        caller_name=None,
        call_status="answered",
        call_duration=12,
        direction="inbound",
        ai_handled=False,
        transcript_summary=None,
        created_at=moment,
    )
