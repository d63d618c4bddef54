"""Faults that only overlapping requests show: the lock is gone, and a pause stands in the middle."""

import contextlib
from typing import Any

from conformance.mock import state
from conformance.mock.calls import renumber
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import in_order, pausing
from conformance.mock.records import Assignment, Key, Operator, VirtualNumber
from conformance.mock.rules import Call, Draft, Rules, not_found
from conformance.mock.wire import Answer, Refusal

OVERLAP = "overlap"


@fault("CONCURRENT-ALL-STAND", OVERLAP)
def attachment_lost(rules: Rules) -> None:
    """Of two overlapping attachments one is lost: each stores the whole list that it had read."""
    pause = pausing(rules)

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if number.holds(operator.id):
            return
        rules.admit(call, number, operator)
        before = [Assignment(held.operator_id, held.priority) for held in number.assignments]
        priority = rules.next_priority(call, number)
        await pause()
        number.assignments[:] = [*before, Assignment(operator.id, priority)]

    rules.attach = attach


@fault("CONCURRENT-ALL-STAND", OVERLAP)
def created_lost(rules: Rules) -> None:
    """Of two operators made at once only one is attached."""
    pause = pausing(rules)
    inner = rules.attach
    latest: dict[int, int] = {}

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if "operator_id" in call.body:
            await inner(call, number, operator)
            return
        latest[number.id] = operator.id
        await pause()
        if latest[number.id] == operator.id:
            await inner(call, number, operator)

    rules.attach = attach


@fault("CONCURRENT-ALL-STAND", OVERLAP)
def created_at_once_get_one_id(rules: Rules) -> None:
    """Two operators made at once get the same id, and one of them is written over."""
    pause = pausing(rules)
    create = rules.create_operator

    async def make(call: Call, draft: Draft) -> Operator:
        if call.operation != "add_operator":
            return await create(call, draft)
        operator_id = max(operator.id for operator in call.store.every_operator) + 1
        await pause()
        operator = await create(call, draft)
        del call.account.operators[operator.id]
        operator.id = operator_id
        call.account.operators[operator_id] = operator
        return operator

    rules.create_operator = make


@fault("CONCURRENT-DISTINCT", OVERLAP)
def priority_given_twice(rules: Rules) -> None:
    """Two overlapping attachments get the same priority."""
    pause = pausing(rules)

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if number.holds(operator.id):
            return
        rules.admit(call, number, operator)
        priority = rules.next_priority(call, number)
        await pause()
        if not number.holds(operator.id):
            state.place(number, operator.id, priority)

    rules.attach = attach


@fault("CONCURRENT-DISTINCT", OVERLAP)
def created_get_one_priority(rules: Rules) -> None:
    """Two operators made at once get the same priority."""
    pause = pausing(rules)
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        priority = rules.next_priority(call, number)
        if "operator_id" in call.body:
            await inner(call, number, operator)
            return
        await pause()
        if not number.holds(operator.id):
            state.place(number, operator.id, priority)

    rules.attach = attach


@fault("CONCURRENT-ONCE", OVERLAP)
def double_submit_attaches_twice(rules: Rules) -> None:
    """The same reference sent twice at once attaches the operator twice."""
    pause = pausing(rules)

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if number.holds(operator.id):
            return
        rules.admit(call, number, operator)
        await pause()
        state.place(number, operator.id, rules.next_priority(call, number))

    rules.attach = attach


@fault("CONCURRENT-ANSWERS", OVERLAP)
def overlap_is_500(rules: Rules) -> None:
    """An attachment that overlaps another on the same number is answered 500."""
    _refuse_overlap(rules, Refusal(500, {"error": "Internal server error"}))


@fault("CONCURRENT-ANSWERS", OVERLAP)
def overlap_is_409(rules: Rules) -> None:
    """An attachment that overlaps another on the same number is answered 409."""
    _refuse_overlap(rules, Refusal(409, {"error": "Conflict"}))


@fault("CONCURRENT-ANSWERS", OVERLAP)
def double_submit_is_422(rules: Rules) -> None:
    """The same reference sent twice at once is answered 422 the second time."""
    pause = pausing(rules)
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        held_before = number.holds(operator.id)
        await pause()
        if number.holds(operator.id) and not held_before:
            raise Refusal(422, {"errors": ["Operator has already been taken"]})
        await inner(call, number, operator)

    rules.attach = attach


@fault("CONCURRENT-SOME-ORDER", OVERLAP)
def removal_undone(rules: Rules) -> None:
    """A removal that overlaps an attachment is undone by it."""
    pause = pausing(rules)

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if number.holds(operator.id):
            return
        rules.admit(call, number, operator)
        seen = [Assignment(held.operator_id, held.priority) for held in number.assignments]
        await pause()
        priority = rules.next_priority(call, number)
        for held in seen:
            if not number.holds(held.operator_id) and held.operator_id in call.account.operators:
                state.place(number, held.operator_id, held.priority)
        if not number.holds(operator.id):
            state.place(number, operator.id, max(priority, rules.next_priority(call, number)))

    rules.attach = attach


@fault("CONCURRENT-ALL-STAND", OVERLAP)
def removal_takes_the_new_one_too(rules: Rules) -> None:
    """A removal that overlaps an attachment takes off both."""
    pause = pausing(rules)

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        if not number.holds(operator_id):
            raise not_found()
        kept = [held for held in in_order(number) if held != operator_id]
        await pause()
        number.assignments[:] = [held for held in number.assignments if held.operator_id in kept]
        renumber(call, number)

    rules.detach = detach


@fault("CONCURRENT-ANSWERS", OVERLAP)
def answer_without_the_own_attachment(rules: Rules) -> None:
    """Of overlapping attachments, an answer shows the list without the one that was asked for."""
    pause = pausing(rules)
    inner = rules.attach
    busy: dict[int, int] = {}

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        busy[number.id] = busy.get(number.id, 0) + 1
        await pause()
        call.notes["hide"] = operator.id if busy[number.id] > 1 else 0
        busy[number.id] -= 1
        await inner(call, number, operator)

    rules.attach = attach
    show = rules.show_assigned

    def shown(call: Call, number: VirtualNumber) -> list[dict[str, Any]]:
        return [held for held in show(call, number) if held["id"] != call.notes.get("hide")]

    rules.show_assigned = shown


@fault("CONCURRENT-ALL-STAND", OVERLAP)
def requests_mixed_up(rules: Rules) -> None:
    """Of two overlapping attachments on a number, both attach the operator of the later one."""
    pause = pausing(rules)
    inner = rules.attach
    latest: dict[int, Operator] = {}

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        latest[number.id] = operator
        await pause()
        await inner(call, number, latest[number.id])

    rules.attach = attach


@fault("NAME-KEPT", OVERLAP)
def names_mixed_up(rules: Rules) -> None:
    """Of two operators made at once, both get the name of the later one."""
    pause = pausing(rules)
    inner = rules.create_operator
    latest: list[str] = []

    async def create(call: Call, draft: Any) -> Operator:
        latest[:] = [draft.name]
        await pause()
        draft.name = latest[0]
        return await inner(call, draft)

    rules.create_operator = create


def _refuse_overlap(rules: Rules, refusal: Refusal) -> None:
    """Refuse an attachment while another on the same number is not yet done."""
    pause = pausing(rules)
    busy: set[int] = set()
    inner = rules.handlers["add_operator"]

    async def handle(call: Call) -> Answer:
        if call.the_number.id in busy:
            raise Refusal(refusal.answer.status, refusal.answer.body)
        busy.add(call.the_number.id)
        try:
            await pause()
            return await inner(call)
        finally:
            busy.discard(call.the_number.id)

    rules.handlers["add_operator"] = handle


@fault("CONCURRENT-ANSWERS", OVERLAP, "project key", "foreign number")
def key_of_the_request_that_came_last(rules: Rules) -> None:
    """Which numbers a request sees is decided by the key of the request that came last, kept where all share it."""
    pause = pausing(rules)
    arrive, visible = rules.arrive, rules.visible_number
    latest: list[Key] = []

    async def arrive_and_remember(call: Call) -> None:
        await arrive(call)
        with contextlib.suppress(Refusal):
            latest[:] = [rules.authenticate(call)]
        await pause()

    def visible_to_the_latest(call: Call, number_id: int) -> VirtualNumber:
        own = call.key
        try:
            call.key = next((key for key in latest if own and key.account_id == own.account_id), own)
            return visible(call, number_id)
        finally:
            call.key = own

    rules.arrive, rules.visible_number = arrive_and_remember, visible_to_the_latest
