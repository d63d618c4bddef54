"""Faults of attaching an operator that exists."""

from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after,
    after_attaching,
    after_removing,
    edit_shown,
    in_order,
    on_answer,
    supplies,
    switch,
)
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Rules, invalid
from conformance.mock.wire import Answer


@fault("ATTACH-ANSWERS")
def attaching_is_201(rules: Rules) -> None:
    """Attaching by reference is answered 201."""

    def edit(call: Call, answer: Answer) -> None:
        answer.status = 201 if supplies(call, "operator_id") else 200

    on_answer(rules, edit, "add_operator")


@fault("ATTACH-ANSWERS")
def attaching_is_204(rules: Rules) -> None:
    """Attaching by reference is answered 204, without a payload."""
    on_answer(rules, lambda call, _: Answer(204) if supplies(call, "operator_id") else None, "add_operator")


@fault("ATTACH-ANSWERS")
def namesakes_refused(rules: Rules) -> None:
    """An operator is refused whose initials somebody on the list has already."""
    _refuse_references(
        rules,
        lambda call, number, operator: any(
            call.rules.initials(call, other.name) == call.rules.initials(call, operator.name)
            for other in _operators_on(call, number)
        ),
    )


@fault("ATTACH-ANSWERS")
def unreachable_operators_refused(rules: Rules) -> None:
    """An operator without an e-mail address is refused."""
    _refuse_references(rules, lambda _call, _number, operator: operator.email is None)


@fault("ATTACH-ANSWERS")
def names_of_three_words_refused(rules: Rules) -> None:
    """An operator whose name has three words is refused."""
    _refuse_references(rules, lambda _call, _number, operator: len(operator.name.split()) == 3)


@fault("ATTACH-LIMIT")
def full_from_ten(rules: Rules) -> None:
    """From ten operators on, every other attachment is refused."""
    turns = iter(range(10**6))
    _refuse_references(rules, lambda _call, number, _operator: len(number.assignments) >= 10 and next(turns) % 2 == 0)


@fault("ATTACH-LISTED")
def answer_from_before(rules: Rules) -> None:
    """The answer shows the list as it was before the attachment."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        call.notes["shown"] = rules.show_assigned(call, number)
        await inner(call, number, operator)

    rules.attach = attach
    edit_shown(rules, lambda call, _, data: data.update(operators=call.notes["shown"]), "add_operator")


@fault("ATTACH-LISTED")
def listed_twice_in_the_answer(rules: Rules) -> None:
    """The answer lists the one who was attached twice."""
    edit_shown(rules, lambda _call, _number, data: data["operators"].extend(data["operators"][-1:]), "add_operator")


@fault("ATTACH-LISTED")
def lists_end_at_ten(rules: Rules) -> None:
    """Every operator list ends at the tenth."""
    edit_shown(rules, lambda _call, _number, data: data.update(operators=data["operators"][:10]))


@fault("ATTACH-LISTED")
def lists_end_at_twenty_five(rules: Rules) -> None:
    """Every operator list ends at the twenty-fifth."""
    edit_shown(rules, lambda _call, _number, data: data.update(operators=data["operators"][:25]))


@fault("ATTACH-NOBODY-ELSE")
def last_one_replaced(rules: Rules) -> None:
    """The new operator takes the last one's place on the list."""

    def replace_last(_call: Call, number: VirtualNumber, _operator: Operator) -> None:
        ids = in_order(number)
        if len(ids) > 1:
            state.withdraw(number, ids[-2])

    after_attaching(rules, replace_last)


@fault("ATTACH-NOBODY-ELSE")
def eleventh_pushes_out_the_first(rules: Rules) -> None:
    """The eleventh operator of a number pushes the first one out."""

    def push(_call: Call, number: VirtualNumber, _operator: Operator) -> None:
        if len(number.assignments) > 10:
            state.withdraw(number, in_order(number)[0])

    after_attaching(rules, push)


@fault("ATTACH-NOBODY-ELSE")
def removed_ones_come_back(rules: Rules) -> None:
    """Attaching somebody brings back who was removed before."""
    removed: dict[int, list[int]] = {}
    after_removing(rules, lambda _call, number, operator_id: removed.setdefault(number.id, []).append(operator_id))

    def bring_back(call: Call, number: VirtualNumber, _operator: Operator) -> None:
        for operator_id in removed.pop(number.id, []):
            if operator_id in call.account.operators and not number.holds(operator_id):
                state.place(number, operator_id, rules.next_priority(call, number))

    after_attaching(rules, bring_back)


@fault("ATTACH-NOBODY-ELSE")
def namesake_pushed_out(rules: Rules) -> None:
    """Attaching takes off an operator with the same name."""

    def push(call: Call, number: VirtualNumber, operator: Operator) -> None:
        for other in _operators_on(call, number):
            if other.id != operator.id and other.name == operator.name:
                state.withdraw(number, other.id)

    after_attaching(rules, push)


@fault("ATTACH-STANDS")
def attachment_not_saved(rules: Rules) -> None:
    """The answer shows an attachment that is never saved."""
    _forget_new(rules, lambda call: supplies(call, "operator_id"))


@fault("ATTACH-STANDS")
def created_not_saved_on_the_list(rules: Rules) -> None:
    """The answer shows a new operator on the list whose attachment is never saved."""
    _forget_new(rules, lambda call: not supplies(call, "operator_id"))


@fault("ATTACH-STANDS")
def attachment_lost_after_a_removal(rules: Rules) -> None:
    """The first attachment after a removal is shown and not saved."""
    pending: set[int] = set()
    after_removing(rules, lambda _call, number, _operator_id: pending.add(number.id))

    def pops(call: Call) -> bool:
        found = call.the_number.id in pending
        pending.discard(call.the_number.id)
        return found

    _forget_new(rules, pops)


@fault("ATTACH-STANDS", "inactive operator")
def inactive_attachment_not_saved(rules: Rules) -> None:
    """The attachment of an inactive operator is shown and not saved."""
    _forget_new(rules, lambda call: not call.notes["new"].active)


@fault("ATTACH-STANDS")
def eleventh_not_saved(rules: Rules) -> None:
    """The eleventh operator of a number is shown and not saved."""
    _forget_new(rules, lambda call: len(call.the_number.assignments) > 10)


@fault("ATTACH-SEVERAL-NUMBERS", "second number")
def one_number_each(rules: Rules) -> None:
    """An operator of another number is refused."""

    def elsewhere(call: Call, number: VirtualNumber, operator: Operator) -> bool:
        return any(other is not number for other in state.numbers_of(call.account, operator.id))

    _refuse_references(rules, elsewhere)


@fault("ATTACH-SEVERAL-NUMBERS", "second number")
def attaching_moves(rules: Rules) -> None:
    """Attaching an operator takes it off its other numbers."""

    def move(call: Call, number: VirtualNumber, operator: Operator) -> None:
        for other in state.numbers_of(call.account, operator.id):
            if other is not number:
                state.withdraw(other, operator.id)

    after_attaching(rules, move)


@fault("ATTACH-LIMIT-BELOW-TEN")
def five_at_most(rules: Rules) -> None:
    """A number has at most five operators."""
    switch(rules, operators_of_a_number=5)


@fault("ATTACH-LIMIT-BELOW-TEN")
def two_at_most(rules: Rules) -> None:
    """A number has at most two operators, as the first has from the start."""
    switch(rules, operators_of_a_number=2)


def _operators_on(call: Call, number: VirtualNumber) -> list[Operator]:
    return [call.account.operators[operator_id] for operator_id in in_order(number)]


def _forget_new(rules: Rules, applies: Callable[[Call], bool]) -> None:
    """Undo a new attachment where something applies, once it was answered."""
    after_attaching(rules, lambda call, _number, operator: call.notes.update(new=operator))

    def forget(call: Call) -> None:
        if "new" in call.notes and applies(call):
            state.withdraw(call.the_number, call.notes["new"].id)

    after(rules, "add_operator", forget)


def _refuse_references(rules: Rules, applies: Callable[[Call, VirtualNumber, Operator], bool]) -> None:
    """Fail the validation of a new attachment by reference where something applies."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if supplies(call, "operator_id") and not number.holds(operator.id) and applies(call, number, operator):
            raise invalid(call, "Operator cannot be attached")
        await inner(call, number, operator)

    rules.attach = attach
