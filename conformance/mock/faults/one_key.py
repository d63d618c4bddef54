"""Faults that one key alone shows, or what was sent with it before: what the account's key sees is right."""

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import crash_when, on_data, on_new_operator, text_of
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules, not_found

_PROJECT = "project key"
_FOREIGN = "foreign number"


@fault("OPERATOR-PAGE-AGREES", _PROJECT)
def page_without_numbers_for_the_project(rules: Rules) -> None:
    """An operator's page shows no numbers to the project's key."""

    def edit(call: Call, data: JsonObject) -> None:
        if call.holder.actor == "project":
            data["virtual_numbers"] = []

    on_data(rules, edit, "get_operator")


@fault("SCOPE-NUMBER", _PROJECT, _FOREIGN)
def project_key_updates_anywhere(rules: Rules) -> None:
    """The project's key updates numbers outside its project."""
    inner = rules.numbers_in_view

    def in_view(call: Call) -> list[VirtualNumber]:
        return list(call.account.numbers.values()) if call.operation == "update_number" else inner(call)

    rules.numbers_in_view = in_view


@fault("SCOPE-OPERATOR", _PROJECT)
def unresolved_by_the_project_falls_back(rules: Rules) -> None:
    """Where operator_id resolves to nobody of the key's project, phone_number is used."""
    inner = rules.read_operator_id

    def read(call: Call) -> int | None:
        found = inner(call)
        operator = call.account.operators.get(found) if found is not None else None
        outside = call.project_id is not None and (operator is None or operator.project_id != call.project_id)
        return None if outside and text_of(call, "phone_number") else found

    rules.read_operator_id = read


@fault("ROBUST-NO-SERVER-ERROR", _PROJECT)
def known_phone_by_the_project_is_500(rules: Rules) -> None:
    """A phone number that somebody has is answered 500 to the project's key."""

    def is_known(call: Call) -> bool:
        everybody = call.account.operators.values()
        asked = text_of(call, "phone_number") if "operator_id" not in call.body else ""
        return call.holder.actor == "project" and asked in {each.phone_number for each in everybody}

    crash_when(rules, is_known)


@fault("NAME-DEFAULT")
def default_name_is_the_last_one_given(rules: Rules) -> None:
    """Whoever is made without a name gets the last name that was given with the same key."""
    last: dict[str, str] = {}

    def rename(call: Call, operator: Operator) -> None:
        if "name" in call.body:
            last[call.holder.actor] = operator.name
        else:
            operator.name = last.get(call.holder.actor, operator.name)

    on_new_operator(rules, rename)


@fault("OPERATOR-PAGE-NOT-FOUND", _PROJECT, _FOREIGN)
def project_deletes_anybody(rules: Rules) -> None:
    """The project's key deletes operators of no project too."""
    inner = rules.visible_operator

    def visible(call: Call, operator_id: int) -> Operator:
        if call.operation != "delete_operator":
            return inner(call, operator_id)
        operator = call.account.operators.get(operator_id)
        if operator is None:
            raise not_found()
        return operator

    rules.visible_operator = visible
