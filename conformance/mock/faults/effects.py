"""Faults of what an attachment leaves alone."""

from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after,
    after_attaching,
    after_removing,
    arrange,
    before,
    edit_shown,
    in_order,
    on_refusal,
    others,
    supplies,
    text_of,
    when_attached_already,
)
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer


@fault("EFFECTS-OTHER-NUMBERS", "second number")
def attached_to_the_next_number_too(rules: Rules) -> None:
    """The operator is attached to the account's next number too."""
    _attach_elsewhere(rules, lambda call, number: others(call, number)[:1])


@fault("EFFECTS-OTHER-NUMBERS", "second number")
def attached_to_an_empty_number_too(rules: Rules) -> None:
    """The operator is attached to each number without operators too."""
    _attach_elsewhere(rules, lambda call, number: [other for other in others(call, number) if not other.assignments])


@fault("EFFECTS-OTHER-NUMBERS", "second number")
def attached_to_the_whole_project(rules: Rules) -> None:
    """The operator is attached to all numbers of the project too."""
    _attach_elsewhere(
        rules, lambda call, number: [other for other in others(call, number) if other.project_id == number.project_id]
    )


@fault("EFFECTS-OTHER-NUMBERS", "second number")
def created_one_attached_everywhere(rules: Rules) -> None:
    """An operator that is made is attached to every other active number too."""

    def where(call: Call, number: VirtualNumber) -> list[VirtualNumber]:
        return [] if supplies(call, "operator_id") else [other for other in others(call, number) if other.active]

    _attach_elsewhere(rules, where)


@fault("EFFECTS-OTHER-NUMBERS", "second number")
def removed_everywhere(rules: Rules) -> None:
    """A removal takes the operator off all numbers."""

    def remove(call: Call, _number: VirtualNumber, operator_id: int) -> None:
        for other in state.numbers_of(call.account, operator_id):
            state.withdraw(other, operator_id)

    after_removing(rules, remove)


@fault("EFFECTS-OTHER-NUMBERS", "second number")
def again_attaches_elsewhere(rules: Rules) -> None:
    """Attaching again attaches to the other designated numbers, where the list is short."""

    def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        for other in others(call, number):
            if len(other.assignments) < 2 and not other.holds(operator.id):
                state.place(other, operator.id, rules.next_priority(call, other))

    when_attached_already(rules, attach)


@fault("EFFECTS-OTHER-NUMBERS", "second number")
def order_copied_to_other_numbers(rules: Rules) -> None:
    """Attaching an operator of another number makes it the last there too."""

    def move(call: Call, number: VirtualNumber, operator: Operator) -> None:
        for other in state.numbers_of(call.account, operator.id):
            if other is not number:
                arrange(other, [*(held for held in in_order(other) if held != operator.id), operator.id])

    after_attaching(rules, move)


@fault("EFFECTS-ROUTING-STRATEGY")
def routing_reset(rules: Rules) -> None:
    """Attaching sets routing_strategy to priority."""
    after_attaching(rules, lambda _call, number, _operator: _set(number, routing_strategy="priority"))


@fault("EFFECTS-ROUTING-STRATEGY")
def second_operator_starts_the_round(rules: Rules) -> None:
    """The second operator of a number sets routing_strategy to round_robin."""

    def change(_call: Call, number: VirtualNumber, _operator: Operator) -> None:
        if len(number.assignments) == 2:
            number.routing_strategy = "round_robin"

    after_attaching(rules, change)


@fault("EFFECTS-ROUTING-STRATEGY")
def crowd_rings_together(rules: Rules) -> None:
    """From the eighth operator on, routing_strategy is simultaneous."""

    def change(_call: Call, number: VirtualNumber, _operator: Operator) -> None:
        if len(number.assignments) > 7:
            number.routing_strategy = "simultaneous"

    after_attaching(rules, change)


@fault("EFFECTS-ROUTING-STRATEGY")
def again_resets_routing(rules: Rules) -> None:
    """Attaching again sets routing_strategy to priority."""
    when_attached_already(rules, lambda _call, number, _operator: _set(number, routing_strategy="priority"))


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def recording_stopped(rules: Rules) -> None:
    """Attaching stops the recording."""
    after_attaching(rules, lambda _call, number, _operator: _set(number, recording=False))


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def receptionist_started(rules: Rules) -> None:
    """Attaching switches the receptionist on."""
    after_attaching(rules, lambda _call, number, _operator: _set(number, ai_receptionist_enabled=True))


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def number_takes_the_name(rules: Rules) -> None:
    """The name of an operator that is made becomes the number's too."""

    def rename(call: Call, number: VirtualNumber, _operator: Operator) -> None:
        number.name = text_of(call, "name") or number.name

    after_attaching(rules, rename)


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def number_takes_the_country(rules: Rules) -> None:
    """An operator of another country changes the number's country code."""

    def change(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        if not operator.phone_number.startswith("+1"):
            number.country_code = "GB"

    after_attaching(rules, change)


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def number_switched_off(rules: Rules) -> None:
    """Attaching an inactive operator switches the number off."""

    def change(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        number.active = number.active and operator.active

    after_attaching(rules, change)


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def receptionist_switched_off(rules: Rules) -> None:
    """Attaching switches the number's receptionist off: somebody answers now."""

    def change(_call: Call, number: VirtualNumber, _operator: Operator) -> None:
        number.ai_receptionist_enabled = False

    after_attaching(rules, change)


@fault("EFFECTS-NUMBER-ATTRIBUTES", "inactive number")
def number_switched_on(rules: Rules) -> None:
    """Attaching switches an inactive number on."""
    after_attaching(rules, lambda _call, number, _operator: _set(number, active=True))


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def again_switches_recording(rules: Rules) -> None:
    """Attaching again turns the recording over, once the answer is out."""
    when_attached_already(rules, lambda call, _number, _operator: call.notes.update(again=True))

    def turn(call: Call) -> None:
        if "again" in call.notes:
            call.the_number.recording = not call.the_number.recording

    after(rules, "add_operator", turn)


@fault("EFFECTS-OPERATOR-RECORD", "inactive operator")
def attaching_switches_on(rules: Rules) -> None:
    """Attaching an inactive operator makes it active."""
    after_attaching(rules, lambda _call, _number, operator: _set(operator, active=True))


@fault("EFFECTS-OPERATOR-RECORD")
def attaching_clears_the_email(rules: Rules) -> None:
    """Attaching clears the operator's e-mail address."""
    after_attaching(rules, lambda _call, _number, operator: _set(operator, email=None))


@fault("EFFECTS-OPERATOR-RECORD", "project key")
def attaching_changes_the_project(rules: Rules) -> None:
    """Attaching moves the operator to the number's project."""
    after_attaching(rules, lambda _call, number, operator: _set(operator, project_id=number.project_id))


@fault("EFFECTS-OPERATOR-RECORD")
def attaching_adds_the_number_to_the_name(rules: Rules) -> None:
    """Attaching by reference adds the number's name to the operator's."""

    def rename(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if supplies(call, "operator_id"):
            operator.name = f"{operator.name} ({number.name})"

    after_attaching(rules, rename)


@fault("EFFECTS-OPERATOR-RECORD", "second number")
def second_number_switches_off(rules: Rules) -> None:
    """Attaching to a second number makes the operator inactive."""

    def change(call: Call, _number: VirtualNumber, operator: Operator) -> None:
        if len(state.numbers_of(call.account, operator.id)) > 1:
            operator.active = False

    after_attaching(rules, change)


@fault("EFFECTS-OPERATOR-LIST")
def attaching_copies_the_operator(rules: Rules) -> None:
    """Attaching by reference makes a copy of the operator."""

    def copy(call: Call, _number: VirtualNumber, operator: Operator) -> None:
        if supplies(call, "operator_id"):
            twin = Operator(call.store.new_operator_id(), operator.name, operator.phone_number)
            call.account.operators[twin.id] = twin

    after_attaching(rules, copy)


@fault("EFFECTS-OPERATOR-LIST")
def attaching_tidies_up(rules: Rules) -> None:
    """Attaching by reference deletes an operator of no number."""

    def tidy(call: Call, _number: VirtualNumber, _operator: Operator) -> None:
        idle = [held for held in call.account.operators if not state.numbers_of(call.account, held)]
        if idle and supplies(call, "operator_id"):
            del call.account.operators[max(idle)]

    after_attaching(rules, tidy)


@fault("NOT-FOUND-CHANGES-NOTHING")
def not_found_stops_the_recording(rules: Rules) -> None:
    """After an attachment answered 404, the number's recording is off."""

    def switch_off(call: Call, _answer: Answer) -> None:
        if call.operation == "add_operator" and call.number is not None:
            call.number.recording = False

    on_refusal(rules, switch_off, 404)


@fault("EFFECTS-REFUSED")
def third_refusal_drops_the_last(rules: Rules) -> None:
    """Every third refused attachment takes the last operator of a list of three off."""
    refused: list[int] = []

    def drop(call: Call, _answer: Answer) -> None:
        refused.append(1)
        if call.number is not None and len(refused) % 3 == 0 and len(call.number.assignments) > 2:
            state.withdraw(call.number, in_order(call.number)[-1])

    on_refusal(rules, drop, 400, 404, 422)


@fault("PAYLOAD-SAME-AS-GET")
def reading_numbers_anew(rules: Rules) -> None:
    """Reading a number closes the gaps in its priorities."""
    before(rules, "get_number", lambda call: arrange(call.the_number, in_order(call.the_number)))


@fault("EFFECTS-READ")
def reading_turns_the_list(rules: Rules) -> None:
    """Reading a number whose strategy is round_robin moves its first operator to the end."""

    def turn(call: Call) -> None:
        ids = in_order(call.the_number)
        if call.the_number.routing_strategy == "round_robin":
            arrange(call.the_number, ids[1:] + ids[:1])

    after(rules, "get_number", turn)


@fault("EFFECTS-READ")
def listing_deletes_nameless_operators(rules: Rules) -> None:
    """Listing the operators deletes those called Operator that stand on no number."""

    def tidy(call: Call) -> None:
        operators = call.account.operators
        for held in [held for held in operators.values() if held.name == "Operator"]:
            if not state.numbers_of(call.account, held.id):
                del operators[held.id]

    after(rules, "list_operators", tidy)


def _set(record: Operator | VirtualNumber, **values: object) -> None:
    for name, value in values.items():
        setattr(record, name, value)


def _attach_elsewhere(rules: Rules, where: Callable[[Call, VirtualNumber], list[VirtualNumber]]) -> None:
    def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        for other in where(call, number):
            if not other.holds(operator.id):
                state.place(other, operator.id, rules.next_priority(call, other))

    after_attaching(rules, attach)


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def stats_multiplied_by_a_join(rules: Rules) -> None:
    """The stats count each call once for each operator of the number."""

    def multiply(_call: Call, number: VirtualNumber, data: JsonObject) -> None:
        for name in ("total_calls", "answered_calls", "missed_calls"):
            data["stats"][name] *= max(len(number.assignments), 1)

    edit_shown(rules, multiply)


@fault("EFFECTS-NUMBER-ATTRIBUTES")
def attaching_clears_recent_calls(rules: Rules) -> None:
    """Attaching takes the recent calls off the number."""
    after_attaching(rules, lambda _call, number, _operator: number.calls.clear())
