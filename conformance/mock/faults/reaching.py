"""Faults of a change that reaches further than it was asked to: other numbers, other people, other fields."""

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import before
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules


@fault("UPDATE-NUMBER-KEEPS")
def renaming_switches_on(rules: Rules) -> None:
    """Renaming an inactive number makes it active."""

    def switch_on(call: Call) -> None:
        if "name" in call.body and "active" not in call.body:
            call.the_number.active = True

    before(rules, "update_number", switch_on)


@fault("UPDATE-NUMBER-KEEPS", "project key", "second number")
def strategy_of_the_whole_project(rules: Rules) -> None:
    """With the project's key, an update of the routing_strategy goes for all numbers of the project."""

    def update(call: Call) -> None:
        strategy = call.body.get("routing_strategy")
        if call.holder.actor == "project" and strategy in {"priority", "round_robin", "simultaneous"}:
            for number in call.account.numbers.values():
                if number.project_id == call.the_number.project_id is not None:
                    number.routing_strategy = strategy

    before(rules, "update_number", update)


@fault("UPDATE-NUMBER-KEEPS", "second number")
def every_number_recorded(rules: Rules) -> None:
    """An update of the recording goes for every number of the account: it forgets to say which."""
    inner = rules.update_number

    def update(call: Call, number: VirtualNumber, changes: JsonObject) -> None:
        inner(call, number, changes)
        for each in call.account.numbers.values() if "recording" in changes else ():
            each.recording = number.recording

    rules.update_number = update


@fault("OPERATOR-UPDATE-TAKES", "project key")
def project_switching_off_detaches(rules: Rules) -> None:
    """An operator whom the project's key makes inactive is taken off all lists."""
    inner = rules.update_operator

    def update(call: Call, operator: Operator, changes: JsonObject) -> None:
        inner(call, operator, changes)
        if call.holder.actor == "project" and not operator.active:
            for number in state.numbers_of(call.account, operator.id):
                state.withdraw(number, operator.id)

    rules.update_operator = update


@fault("OPERATOR-UPDATE-TAKES", "project key")
def operator_update_unlinks_from_the_project(rules: Rules) -> None:
    """Whoever is updated is of no project from then on."""
    inner = rules.update_operator

    def update(call: Call, operator: Operator, changes: JsonObject) -> None:
        inner(call, operator, changes)
        operator.project_id = None

    rules.update_operator = update


@fault("OPERATOR-DELETE-TAKES", "delete permission")
def deletion_takes_the_first_of_a_phone_number(rules: Rules) -> None:
    """Deleting an operator deletes the oldest one with the same phone number, and no other."""
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        alike = (each for each in call.account.operators.values() if each.phone_number == operator.phone_number)
        await inner(call, min(alike, key=lambda each: each.id))

    rules.delete_operator = delete


@fault("OPERATOR-DELETE-TAKES", "delete permission")
def deletion_moves_priorities_up(rules: Rules) -> None:
    """Deleting an operator makes every priority of the account one more."""
    inner = rules.delete_operator

    async def delete(call: Call, operator: Operator) -> None:
        await inner(call, operator)
        for number in call.account.numbers.values():
            for held in number.assignments:
                held.priority += 1

    rules.delete_operator = delete
