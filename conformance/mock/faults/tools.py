"""What faults are made with: ways to come before, after or between the rules."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import Any

from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer, Refusal

Effect = Callable[[Call], None]
WRITES = ("add_operator", "remove_operator", "update_number")
DETAILS = ("get_number", *WRITES)
READS = ("list_numbers", "get_number", "list_operators", "get_operator")


def switch(rules: Rules, **changes: object) -> None:
    """Change switches of the behaviour."""
    rules.behaviour = replace(rules.behaviour, **changes)  # type: ignore[arg-type]


def before(rules: Rules, operation: str, effect: Effect) -> None:
    """Let something happen before an operation is carried out, its body read and its path resolved."""
    inner = rules.handlers[operation]

    async def handle(call: Call) -> Answer:
        effect(call)
        return await inner(call)

    rules.handlers[operation] = handle


def after(rules: Rules, operation: str, effect: Effect) -> None:
    """Let something happen after an operation succeeded, too late for its answer to show."""
    inner = rules.handlers[operation]

    async def handle(call: Call) -> Answer:
        answer = await inner(call)
        effect(call)
        return answer

    rules.handlers[operation] = handle


def after_attaching(rules: Rules, effect: Callable[[Call, VirtualNumber, Operator], None]) -> None:
    """Let something happen once a new assignment is stored, in time for the answer to show it."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        there = number.holds(operator.id)
        await inner(call, number, operator)
        if not there:
            effect(call, number, operator)

    rules.attach = attach


def when_attached_already(rules: Rules, effect: Callable[[Call, VirtualNumber, Operator], None]) -> None:
    """Put something in the place of the no-op."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if number.holds(operator.id):
            effect(call, number, operator)
        else:
            await inner(call, number, operator)

    rules.attach = attach


def after_removing(rules: Rules, effect: Callable[[Call, VirtualNumber, int], None]) -> None:
    """Let something happen once an operator is off the list, in time for the answer to show it."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        await inner(call, number, operator_id)
        effect(call, number, operator_id)

    rules.detach = detach


def on_answer(rules: Rules, edit: Callable[[Call, Answer], Answer | None], *operations: str) -> None:
    """Edit the successful answers of some operations, or put others in their place."""
    inner = rules.finish

    def finish(call: Call, answer: Answer) -> Answer:
        if answer.status < 300 and call.operation in operations:
            answer = edit(call, answer) or answer
        return inner(call, answer)

    rules.finish = finish


def on_data(rules: Rules, edit: Callable[[Call, Any], object], *operations: str) -> None:
    """Edit what stands under data in the successful answers of some operations."""

    def edit_answer(call: Call, answer: Answer) -> None:
        edit(call, answer.data)

    on_answer(rules, edit_answer, *operations)


def on_refusal(rules: Rules, edit: Callable[[Call, Answer], Answer | None], *statuses: int) -> None:
    """Edit refusals of some statuses, or let something happen with them."""
    inner = rules.finish

    def finish(call: Call, answer: Answer) -> Answer:
        if answer.status in statuses:
            answer = edit(call, answer) or answer
        return inner(call, answer)

    rules.finish = finish


def on_new_operator(rules: Rules, edit: Callable[[Call, Operator], None], *operations: str) -> None:
    """Change what is stored for an operator that add_operator makes (or the operations named)."""
    inner, meant = rules.create_operator, operations or ("add_operator",)

    async def create(call: Call, draft: Any) -> Operator:
        operator = await inner(call, draft)
        if call.operation in meant:
            edit(call, operator)
        return operator

    rules.create_operator = create


def crash_when(rules: Rules, applies: Callable[[Call], object], operation: str = "add_operator") -> None:
    """Answer 500 where something applies to a request whose body has been read."""

    def crash(call: Call) -> None:
        if applies(call):
            message = "a fault of the server"
            raise RuntimeError(message)

    before(rules, operation, crash)


def refuse_when(
    rules: Rules, applies: Callable[[Call], object], status: int, body: object, operation: str = "add_operator"
) -> None:
    """Refuse where something applies to a request whose body has been read."""

    def refuse(call: Call) -> None:
        if applies(call):
            raise Refusal(status, body)

    before(rules, operation, refuse)


def answer_as_it_is(rules: Rules, applies: Callable[[Call], bool]) -> None:
    """Answer 200 with the number as it is where something applies."""
    inner = rules.handlers["add_operator"]

    async def handle(call: Call) -> Answer:
        if applies(call):
            return Answer(200, {"data": rules.show_detail(call, call.the_number)})
        return await inner(call)

    rules.handlers["add_operator"] = handle


def edit_shown(rules: Rules, edit: Callable[[Call, VirtualNumber, JsonObject], object], *operations: str) -> None:
    """Edit the detail payload where it is made, for some operations or all."""
    inner = rules.show_detail

    def show(call: Call, number: VirtualNumber) -> JsonObject:
        data = inner(call, number)
        if not operations or call.operation in operations:
            edit(call, number, data)
        return data

    rules.show_detail = show


def unguarded(rules: Rules) -> None:
    """Take away the lock, so that requests really overlap."""

    def guard() -> AbstractAsyncContextManager[object]:
        return nullcontext()

    rules.guard = guard


def pausing(rules: Rules, seconds: float = 0.05) -> Callable[[], Awaitable[None]]:
    """Return a pause for the middle of a read-modify-write, without the lock."""
    unguarded(rules)

    async def pause() -> None:
        await asyncio.sleep(seconds)

    return pause


def text_of(call: Call, field: str) -> str:
    """Return a field of the body if it is text."""
    value = call.body.get(field)
    return value if isinstance(value, str) else ""


def supplies(call: Call, *fields: str) -> bool:
    """Say whether the body has all of those fields."""
    return all(field in call.body for field in fields)


def id_of(call: Call) -> int:
    """Return the operator_id of the body if it is an integer, otherwise 0."""
    value = call.body.get("operator_id")
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def in_order(number: VirtualNumber) -> list[int]:
    """Return the ids of a number's operators by priority."""
    return [held.operator_id for held in sorted(number.assignments, key=lambda held: held.priority)]


def arrange(number: VirtualNumber, operator_ids: list[int]) -> None:
    """Give a number's operators the priorities 0, 1, 2 in that order."""
    for held in number.assignments:
        held.priority = operator_ids.index(held.operator_id)


def others(call: Call, number: VirtualNumber) -> list[VirtualNumber]:
    """Return the other virtual numbers of the account, by id."""
    return [other for _, other in sorted(call.account.numbers.items()) if other is not number]
