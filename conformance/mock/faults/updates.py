"""Faults of updating a number, of removing from it, and of a server that is busy."""

from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after,
    after_removing,
    arrange,
    before,
    in_order,
    on_answer,
    refuse_when,
    switch,
)
from conformance.mock.records import VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules, not_found
from conformance.mock.wire import Answer, Refusal


@fault("UPDATE-NUMBER-ANSWERS")
def update_is_204(rules: Rules) -> None:
    """An update of a number is answered 204."""
    on_answer(rules, lambda _call, _answer: Answer(204), "update_number")


@fault("UPDATE-NUMBER-ANSWERS")
def update_needs_all_fields(rules: Rules) -> None:
    """An update of a number needs its name."""
    refuse_when(rules, lambda call: "name" not in call.body, 422, {"errors": ["Name can't be blank"]}, "update_number")


@fault("UPDATE-NUMBER-TAKES")
def false_not_stored(rules: Rules) -> None:
    """An update leaves out what is false."""
    _update(rules, lambda changes: {name: value for name, value in changes.items() if value})


@fault("UPDATE-NUMBER-TAKES")
def update_shown_and_not_stored(rules: Rules) -> None:
    """The answer of an update shows a routing_strategy that is not stored."""
    before(rules, "update_number", lambda call: call.notes.update(old=call.the_number.routing_strategy))
    after(rules, "update_number", lambda call: setattr(call.the_number, "routing_strategy", call.notes["old"]))


@fault("UPDATE-NUMBER-TAKES")
def simultaneous_becomes_round_robin(rules: Rules) -> None:
    """The routing_strategy simultaneous is stored as round_robin."""
    _update(
        rules,
        lambda changes: (
            {**changes, "routing_strategy": "round_robin"}
            if changes.get("routing_strategy") == "simultaneous"
            else changes
        ),
    )


@fault("UPDATE-NUMBER-KEEPS")
def left_out_becomes_default(rules: Rules) -> None:
    """A field left out of an update gets its default."""
    _update(rules, lambda changes: {"recording": False, "routing_strategy": "priority", **changes})


@fault("UPDATE-NUMBER-KEEPS")
def round_robin_turns_the_list(rules: Rules) -> None:
    """An update of routing_strategy turns the list round."""

    def turn(call: Call) -> None:
        if "routing_strategy" in call.body:
            arrange(call.the_number, in_order(call.the_number)[::-1])

    after(rules, "update_number", turn)


@fault("UPDATE-NUMBER-KEEPS")
def update_drops_the_last(rules: Rules) -> None:
    """An update of routing_strategy takes the last operator of a list of three off."""

    def drop(call: Call) -> None:
        if "routing_strategy" in call.body and len(call.the_number.assignments) > 2:
            state.withdraw(call.the_number, in_order(call.the_number)[-1])

    after(rules, "update_number", drop)


@fault("UPDATE-NUMBER-INVALID")
def any_strategy_stored(rules: Rules) -> None:
    """An unknown routing_strategy is stored."""
    inner = rules.handlers["update_number"]

    async def handle(call: Call) -> Answer:
        strategy = call.body.pop("routing_strategy", None)
        if isinstance(strategy, str):
            call.the_number.routing_strategy = strategy
        return await inner(call)

    rules.handlers["update_number"] = handle


@fault("UPDATE-NUMBER-INVALID")
def unknown_strategy_ignored(rules: Rules) -> None:
    """An unknown routing_strategy is answered 200 and ignored."""
    known = {"priority", "round_robin", "simultaneous"}

    def ignore(call: Call) -> None:
        if call.body.get("routing_strategy") not in known:
            call.body.pop("routing_strategy", None)

    before(rules, "update_number", ignore)


@fault("UPDATE-NUMBER-INVALID")
def unknown_strategy_is_400(rules: Rules) -> None:
    """An unknown routing_strategy is answered 400."""
    known = {"priority", "round_robin", "simultaneous"}
    refuse_when(
        rules,
        lambda call: call.body.get("routing_strategy", "priority") not in known,
        400,
        {"error": "Bad request"},
        "update_number",
    )


@fault("UPDATE-NUMBER-INVALID")
def invalid_update_halfway(rules: Rules) -> None:
    """An unknown routing_strategy is answered 422 and the strategy is priority from then on."""

    def reset(call: Call) -> None:
        if call.body.get("routing_strategy") not in {None, "priority", "round_robin", "simultaneous"}:
            call.the_number.routing_strategy = "priority"
            call.the_number.recording = False

    before(rules, "update_number", reset)


@fault("REMOVE-ANSWERS")
def query_not_read(rules: Rules) -> None:
    """A removal reads operator_id from the body only."""
    before(rules, "remove_operator", lambda call: call.request.query.clear())


@fault("REMOVE-ANSWERS")
def body_not_read(rules: Rules) -> None:
    """A removal reads operator_id from the query only."""
    before(rules, "remove_operator", lambda call: call.body.clear())


@fault("REMOVE-ANSWERS")
def removal_is_204(rules: Rules) -> None:
    """A removal is answered 204."""
    on_answer(rules, lambda _call, _answer: Answer(204), "remove_operator")


@fault("REMOVE-TAKES-OFF")
def removal_not_stored(rules: Rules) -> None:
    """A removal is shown and not stored."""
    before(rules, "remove_operator", lambda call: call.notes.update(old=list(call.the_number.assignments)))
    after(
        rules, "remove_operator", lambda call: call.the_number.assignments.__setitem__(slice(None), call.notes["old"])
    )


@fault("REMOVE-TAKES-OFF")
def last_one_removed(rules: Rules) -> None:
    """A removal takes the last operator off, whoever was meant."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        await inner(call, number, in_order(number)[-1] if number.holds(operator_id) else operator_id)

    rules.detach = detach


@fault("REMOVE-TAKES-OFF")
def namesakes_removed_too(rules: Rules) -> None:
    """A removal takes off everybody of the same name."""

    def remove(call: Call, number: VirtualNumber, operator_id: int) -> None:
        name = call.account.operators[operator_id].name
        for other in in_order(number):
            if call.account.operators[other].name == name:
                state.withdraw(number, other)

    after_removing(rules, remove)


@fault("REMOVE-TAKES-OFF")
def those_behind_removed_too(rules: Rules) -> None:
    """Removing the first operator of a list empties it."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        was_first = in_order(number)[:1] == [operator_id]
        await inner(call, number, operator_id)
        if was_first:
            number.assignments.clear()

    rules.detach = detach


@fault("REMOVE-KEEPS-OPERATOR")
def removal_deletes(rules: Rules) -> None:
    """A removal deletes the operator."""

    def delete(call: Call, _number: VirtualNumber, operator_id: int) -> None:
        if not state.numbers_of(call.account, operator_id):
            del call.account.operators[operator_id]

    after_removing(rules, delete)


@fault("REMOVE-KEEPS-OPERATOR")
def removal_switches_off(rules: Rules) -> None:
    """A removal makes the operator inactive."""
    after_removing(
        rules, lambda call, _number, operator_id: setattr(call.account.operators[operator_id], "active", False)
    )


@fault("REMOVE-KEEPS-OPERATOR")
def removal_stops_the_recording(rules: Rules) -> None:
    """A removal stops the number's recording."""
    after_removing(rules, lambda _call, number, _operator_id: setattr(number, "recording", False))


@fault("REMOVE-NOT-ATTACHED")
def removing_nobody_is_200(rules: Rules) -> None:
    """Removing an operator that is not attached is answered 200."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        if number.holds(operator_id):
            await inner(call, number, operator_id)

    rules.detach = detach


@fault("REMOVE-NOT-ATTACHED")
def removing_nobody_is_422(rules: Rules) -> None:
    """Removing an operator that is not attached is answered 422."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        if not number.holds(operator_id):
            raise Refusal(422, {"errors": ["Operator is not attached"]})
        await inner(call, number, operator_id)

    rules.detach = detach


@fault("REMOVE-NOT-ATTACHED")
def removing_nobody_removes_the_last(rules: Rules) -> None:
    """Removing an operator that is not attached is answered 404, and the last of three is off."""
    inner = rules.detach

    async def detach(call: Call, number: VirtualNumber, operator_id: int) -> None:
        if not number.holds(operator_id) and len(number.assignments) > 2:
            state.withdraw(number, in_order(number)[-1])
            raise not_found()
        await inner(call, number, operator_id)

    rules.detach = detach


@fault("REMOVE-NOT-FOUND")
def removing_from_an_unknown_number_is_200(rules: Rules) -> None:
    """Removing from an unknown number is answered 200."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        if call.operation == "remove_operator" and number_id not in call.account.numbers:
            raise Refusal(200, {"success": True})
        return inner(call, number_id)

    rules.visible_number = visible


@fault("MAINTENANCE")
def down_without_a_word(rules: Rules) -> None:
    """The server is down once, without Retry-After."""
    requests: list[int] = []
    inner = rules.arrive

    async def arrive(call: Call) -> None:
        requests.append(1)
        if len(requests) == 6:
            raise Refusal(503, {"error": "Down for maintenance"})
        await inner(call)

    rules.arrive = arrive


@fault("RATE-LIMIT-RETRY-AFTER")
def too_many_without_a_word(rules: Rules) -> None:
    """Every fifteenth request is one too many, and the 429 has no Retry-After."""
    requests: list[int] = []
    inner = rules.arrive

    async def arrive(call: Call) -> None:
        requests.append(1)
        if len(requests) % 15 == 0:
            raise Refusal(429, {"error": "Rate limit exceeded"})
        await inner(call)

    rules.arrive = arrive


@fault("READ-YOUR-WRITES")
def reads_come_late(rules: Rules) -> None:
    """A read lags a third of a second behind the write."""
    switch(rules, read_lag=0.33)


def _update(rules: Rules, edit: Callable[[JsonObject], JsonObject]) -> None:
    """Store something else than an update's values."""
    inner = rules.update_number
    rules.update_number = lambda call, number, changes: inner(call, number, edit(changes))
