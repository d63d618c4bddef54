"""Faults of the key's scope."""

from collections.abc import Callable
from typing import Any

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import on_new_operator, text_of
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import NOT_FOUND, Call, Rules, not_found
from conformance.mock.wire import Answer, Refusal

PROJECT = "project key"
FOREIGN = "foreign number"


@fault("SCOPE-NUMBER", PROJECT, FOREIGN)
def project_key_attaches_anywhere(rules: Rules) -> None:
    """A project key attaches to numbers outside its project."""
    _see_numbers(rules, "add_operator")


@fault("SCOPE-NUMBER", PROJECT, FOREIGN)
def foreign_number_is_403(rules: Rules) -> None:
    """A number outside the key's project is answered 403."""
    _outside_number(rules, "add_operator", Answer(403, {"error": "Forbidden"}))


@fault("SCOPE-NUMBER", PROJECT, FOREIGN)
def foreign_number_has_another_text(rules: Rules) -> None:
    """A number outside the key's project is answered with another text than an unknown one."""
    _outside_number(rules, "add_operator", Answer(404, {"error": "Not in this project"}))


@fault("SCOPE-NUMBER-READ", PROJECT, FOREIGN)
def project_key_reads_anywhere(rules: Rules) -> None:
    """A project key reads numbers outside its project."""
    _see_numbers(rules, "get_number")


@fault("SCOPE-NUMBER-READ", PROJECT, FOREIGN)
def number_once_shown_is_shown_to_all(rules: Rules) -> None:
    """A number's page that was shown to any key is shown to every key of the account."""
    inner = rules.visible_number
    shown: set[int] = set()

    def visible(call: Call, number_id: int) -> VirtualNumber:
        if call.operation == "get_number" and number_id in shown and number_id in call.account.numbers:
            return call.account.numbers[number_id]
        found = inner(call, number_id)
        shown.add(number_id)
        return found

    rules.visible_number = visible


@fault("SCOPE-NUMBER-READ", PROJECT, FOREIGN)
def foreign_number_reads_403(rules: Rules) -> None:
    """Reading a number outside the key's project is answered 403."""
    _outside_number(rules, "get_number", Answer(403, {"error": "Forbidden"}))


@fault("REMOVE-NOT-FOUND", PROJECT, FOREIGN)
def project_key_removes_anywhere(rules: Rules) -> None:
    """A project key removes operators from numbers outside its project."""
    _see_numbers(rules, "remove_operator")


@fault("SCOPE-OPERATOR", PROJECT)
def project_key_refers_to_anybody(rules: Rules) -> None:
    """A project key refers to any operator of the account."""
    _see_operators(rules, lambda _call, _operator: True)


@fault("SCOPE-OPERATOR", PROJECT)
def project_key_refers_to_the_unlinked(rules: Rules) -> None:
    """A project key refers to operators of no project too."""
    _see_operators(rules, lambda _call, operator: operator.project_id is None)


@fault("SCOPE-OPERATOR", PROJECT)
def project_key_refers_to_the_neighbours(rules: Rules) -> None:
    """A project key refers to operators that stand on some number of its project."""

    def near(call: Call, operator: Operator) -> bool:
        return any(number.project_id == call.project_id for number in state.numbers_of(call.account, operator.id))

    _see_operators(rules, near)


@fault("SCOPE-OPERATOR", PROJECT)
def foreign_operator_is_422(rules: Rules) -> None:
    """A reference outside the key's project is answered 422."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        operator = call.account.operators.get(operator_id)
        if operator and call.operation == "add_operator" and call.project_id not in {None, operator.project_id}:
            raise Refusal(422, {"errors": ["Operator is of another project"]})
        return inner(call, operator_id)

    rules.visible_operator = visible


@fault("SCOPE-PROJECT-ATTACH", PROJECT)
def project_key_attaches_nobody(rules: Rules) -> None:
    """A project key resolves no operator."""
    _hide_operators(rules, lambda _call, _operator: True)


@fault("SCOPE-PROJECT-ATTACH", PROJECT)
def project_key_attaches_the_idle_only(rules: Rules) -> None:
    """A project key resolves no operator of its project that stands on a number already."""
    _hide_operators(rules, lambda call, operator: state.numbers_of(call.account, operator.id))


@fault("SCOPE-ACCOUNT-WIDE", PROJECT, FOREIGN)
def projects_kept_apart(rules: Rules) -> None:
    """An account-wide key attaches no operator of one project to a number of another."""
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        operator = inner(call, number, operator_id)
        if None not in {operator.project_id, number.project_id} and operator.project_id != number.project_id:
            raise not_found()
        return operator

    rules.referred = referred


@fault("SCOPE-ACCOUNT-WIDE", PROJECT, FOREIGN)
def account_key_needs_the_same_project(rules: Rules) -> None:
    """An account-wide key attaches an operator of a project only to a number of the same, by 422."""
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        operator = inner(call, number, operator_id)
        if operator.project_id not in {None, number.project_id}:
            raise Refusal(422, {"errors": ["Operator is of another project"]})
        return operator

    rules.referred = referred


def _find_any_number(rules: Rules, operation: str) -> None:
    """Let an account-wide key find every account's numbers in one operation."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        number = call.store.number(number_id)
        if call.operation == operation and number is not None and call.project_id is None:
            return number
        return inner(call, number_id)

    rules.visible_number = visible


@fault("SCOPE-OTHER-ACCOUNT-NUMBER", "other account's number")
def other_accounts_numbers_written(rules: Rules) -> None:
    """An account-wide key attaches to numbers of other accounts."""
    _find_any_number(rules, "add_operator")


@fault("SCOPE-OTHER-ACCOUNT-NUMBER", "other account's number")
def other_accounts_numbers_updated(rules: Rules) -> None:
    """PATCH finds the number without asking whose it is."""
    _find_any_number(rules, "update_number")


@fault("SCOPE-OTHER-ACCOUNT-NUMBER", "other account's number")
def other_accounts_number_is_403(rules: Rules) -> None:
    """A number of another account is answered 403."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        if number_id not in call.account.numbers and call.store.number(number_id) is not None:
            raise Refusal(403, {"error": "Forbidden"})
        return inner(call, number_id)

    rules.visible_number = visible


@fault("SCOPE-OTHER-ACCOUNT-OPERATOR", "other account's operator")
def other_accounts_operators_attached(rules: Rules) -> None:
    """An operator of another account is attached."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        operator = call.store.operator(operator_id)
        if call.operation == "add_operator" and operator is not None and call.project_id is None:
            return operator
        return inner(call, operator_id)

    rules.visible_operator = visible


@fault("SCOPE-OTHER-ACCOUNT-OPERATOR", "other account's operator")
def other_accounts_operator_is_422(rules: Rules) -> None:
    """An operator of another account is answered 422."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        if operator_id not in call.account.operators and call.store.operator(operator_id) is not None:
            raise Refusal(422, {"errors": ["Operator is of another account"]})
        return inner(call, operator_id)

    rules.visible_operator = visible


@fault("SCOPE-LIST-NUMBERS", PROJECT)
def project_key_lists_all_numbers(rules: Rules) -> None:
    """A project key lists all numbers of the account."""
    _see_numbers(rules, "list_numbers")


@fault("SCOPE-LIST-OPERATORS", PROJECT)
def project_key_lists_all_operators(rules: Rules) -> None:
    """A project key lists all operators of the account."""
    _list_operators(rules, lambda _call, _operator: True)


@fault("SCOPE-LIST-OPERATORS", PROJECT)
def project_key_lists_the_unlinked(rules: Rules) -> None:
    """A project key lists operators of no project too."""
    _list_operators(rules, lambda _call, operator: operator.project_id is None)


@fault("SCOPE-AVAILABLE", PROJECT)
def everybody_available_to_a_project(rules: Rules) -> None:
    """The available operators of a project key are of the whole account."""

    def available(call: Call, number: VirtualNumber) -> list[Operator]:
        operators = [operator for operator in call.account.operators.values() if not number.holds(operator.id)]
        return rules.sort_operators(call, operators)

    rules.available = available


@fault("SCOPE-SEES-ATTACHED", PROJECT)
def attached_strangers_hidden(rules: Rules) -> None:
    """A project key does not see attached operators of other projects."""
    inner = rules.show_assigned

    def show(call: Call, number: VirtualNumber) -> list[dict[str, Any]]:
        seen = {operator.id for operator in rules.operators_in_view(call)}
        return [shown for shown in inner(call, number) if shown["id"] in seen]

    rules.show_assigned = show


@fault("SCOPE-CREATED-PROJECT", PROJECT)
def created_in_no_project(rules: Rules) -> None:
    """An operator made with a project key belongs to no project."""

    def unlink(_call: Call, operator: Operator) -> None:
        operator.project_id = None

    on_new_operator(rules, unlink)


@fault("SCOPE-POST-PROJECT", PROJECT)
def posted_in_no_project(rules: Rules) -> None:
    """POST /operators with a project key links the operator to no project."""

    def unlink(_call: Call, operator: Operator) -> None:
        operator.project_id = None

    on_new_operator(rules, unlink, "create_operator")


@fault("SCOPE-CHANGES-NOTHING", PROJECT, FOREIGN)
def foreign_number_attached_anyway(rules: Rules) -> None:
    """A project key is answered 404 for a number outside its project, and the operator is attached."""

    def attach(call: Call, number: VirtualNumber) -> None:
        operator_id = rules.read_body(call).get("operator_id")
        if isinstance(operator_id, int) and operator_id in call.account.operators and not number.holds(operator_id):
            state.place(number, operator_id, rules.next_priority(call, number))

    _when_outside(rules, attach)


@fault("SCOPE-CHANGES-NOTHING", PROJECT, FOREIGN)
def foreign_number_leaves_an_operator(rules: Rules) -> None:
    """A project key is answered 404 for a number outside its project, and the operator is made."""

    def make(call: Call, _number: VirtualNumber) -> None:
        call.body = rules.read_body(call)
        if text_of(call, "phone_number") and "operator_id" not in call.body:
            operator = Operator(
                call.store.new_operator_id(), "Operator", rules.read_phone(call, call.body["phone_number"])
            )
            operator.name, operator.project_id = text_of(call, "name") or "Operator", call.project_id
            call.account.operators[operator.id] = operator

    _when_outside(rules, make)


@fault("SCOPE-CHANGES-NOTHING", PROJECT)
def foreign_operator_linked(rules: Rules) -> None:
    """A reference outside the key's project is answered 404, and the operator is of the project from then on."""
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        try:
            return inner(call, number, operator_id)
        except Refusal:
            operator = call.account.operators.get(operator_id)
            if operator is not None:
                operator.project_id = call.project_id
            raise

    rules.referred = referred


def _see_numbers(rules: Rules, operation: str) -> None:
    """Let a project key see all numbers of its account in an operation."""
    inner = rules.numbers_in_view

    def in_view(call: Call) -> list[VirtualNumber]:
        return list(call.account.numbers.values()) if call.operation == operation else inner(call)

    rules.numbers_in_view = in_view


def _outside_number(rules: Rules, operation: str, answer: Answer) -> None:
    """Answer differently for a number of the account that a project key must not see."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        number = call.account.numbers.get(number_id)
        if number and call.operation == operation and call.project_id not in {None, number.project_id}:
            raise Refusal(answer.status, answer.body or {"error": NOT_FOUND})
        return inner(call, number_id)

    rules.visible_number = visible


def _when_outside(rules: Rules, effect: Callable[[Call, VirtualNumber], None]) -> None:
    """Let something happen when a project key is refused a number of its account."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        number = call.account.numbers.get(number_id)
        if number and call.operation == "add_operator" and call.project_id not in {None, number.project_id}:
            effect(call, number)
        return inner(call, number_id)

    rules.visible_number = visible


def _see_operators(rules: Rules, applies: Callable[[Call, Operator], bool]) -> None:
    """Let a project key refer to more operators."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        operator = call.account.operators.get(operator_id)
        if operator and call.operation == "add_operator" and applies(call, operator):
            return operator
        return inner(call, operator_id)

    rules.visible_operator = visible


def _hide_operators(rules: Rules, applies: Callable[[Call, Operator], object]) -> None:
    """Let a project key refer to fewer operators."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        operator = inner(call, operator_id)
        if call.operation == "add_operator" and call.project_id is not None and applies(call, operator):
            raise not_found()
        return operator

    rules.visible_operator = visible


def _list_operators(rules: Rules, applies: Callable[[Call, Operator], bool]) -> None:
    """Let a project key list more operators."""
    inner = rules.operators_in_view

    def in_view(call: Call) -> list[Operator]:
        seen = inner(call)
        if call.operation != "list_operators":
            return seen
        return seen + [held for held in call.account.operators.values() if held not in seen and applies(call, held)]

    rules.operators_in_view = in_view


@fault("SCOPE-CREATED-ACCOUNT", PROJECT, "designated number outside the project")
def whoever_is_made_outside_is_the_projects(rules: Rules) -> None:
    """An operator whom the account's key makes at a number of another project is linked to the first project."""

    def link(call: Call, operator: Operator) -> None:
        outside = call.number is not None and call.number.project_id not in {None, min(call.account.projects)}
        if call.project_id is None and outside:
            operator.project_id = min(call.account.projects)

    on_new_operator(rules, link)
