"""Faults of the detail payload."""

from collections.abc import Callable
from typing import Any

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    WRITES,
    edit_shown,
    on_answer,
    on_data,
    supplies,
)
from conformance.mock.records import VirtualNumber
from conformance.mock.rules import Call, JsonObject, Rules
from conformance.mock.wire import Answer


@fault("PAYLOAD-SHAPE")
def payload_without_data(rules: Rules) -> None:
    """The answer of a write on a number is not wrapped in data."""

    def unwrap(_call: Call, answer: Answer) -> None:
        answer.body = answer.data

    on_answer(rules, unwrap, *WRITES)


@fault("PAYLOAD-SHAPE")
def write_shows_names_as_objects(rules: Rules) -> None:
    """The answer of a write on a number shows the names of its operators as objects."""

    def wrap(_call: Call, data: JsonObject) -> None:
        for shown in data["operators"]:
            shown["name"] = {"text": shown["name"]}

    on_data(rules, wrap, *WRITES)


@fault("PAYLOAD-SHAPE")
def write_without_available(rules: Rules) -> None:
    """The answer of a write on a number has no available_operators."""
    on_data(rules, lambda _call, data: data.pop("available_operators"), *WRITES)


@fault("PAYLOAD-SHAPE")
def write_without_stats(rules: Rules) -> None:
    """The answer of a write on a number has no stats."""
    on_data(rules, lambda _call, data: data.pop("stats"), *WRITES)


@fault("PAYLOAD-SHAPE")
def write_answers_with_the_listing(rules: Rules) -> None:
    """Attaching answers with the number as the list shows it."""
    _answer_instead(rules, lambda call: rules.show_listed(call, call.the_number))


@fault("PAYLOAD-SHAPE")
def priorities_as_text(rules: Rules) -> None:
    """The answer of a write has its priorities as texts."""
    edit_listed(rules, lambda shown: shown.update(priority=str(shown["priority"])))


@fault("PAYLOAD-SHAPE")
def ids_as_text(rules: Rules) -> None:
    """The answer of a write has the ids of operators as texts."""
    edit_listed(rules, lambda shown: shown.update(id=str(shown["id"])))


@fault("PAYLOAD-SHAPE")
def new_one_without_priority(rules: Rules) -> None:
    """The answer shows the operator that was made without a priority."""

    def edit(call: Call, data: Any) -> None:
        if not supplies(call, "operator_id") and data["operators"]:
            data["operators"][-1].pop("priority")

    on_data(rules, edit, "add_operator")


@fault("PAYLOAD-SHAPE")
def new_one_without_initials(rules: Rules) -> None:
    """The answer shows the operator that was made with initials of null."""

    def edit(call: Call, data: Any) -> None:
        if not supplies(call, "operator_id") and data["operators"]:
            data["operators"][-1]["initials"] = None

    on_data(rules, edit, "add_operator")


@fault("PAYLOAD-SHAPE")
def switches_as_numbers(rules: Rules) -> None:
    """The answer of a write has active and recording as 0 and 1."""
    on_data(rules, lambda _c, data: data.update(active=int(data["active"]), recording=int(data["recording"])), *WRITES)


@fault("PAYLOAD-SHAPE")
def operators_by_id(rules: Rules) -> None:
    """The answer of a write has its operators as an object by id."""
    on_data(rules, lambda _c, data: data.update(operators={str(o["id"]): o for o in data["operators"]}), *WRITES)


@fault("PAYLOAD-SAME-AS-GET")
def write_shows_nobody_available(rules: Rules) -> None:
    """The answer of a write shows nobody as available, as in the documentation's example."""
    on_data(rules, lambda _call, data: data.update(available_operators=[]), *WRITES)


@fault("PAYLOAD-SAME-AS-GET")
def write_shows_recording(rules: Rules) -> None:
    """Attaching answers with recording the wrong way round."""
    on_data(rules, lambda _call, data: data.update(recording=not data["recording"]), "add_operator")


@fault("PAYLOAD-SAME-AS-GET")
def write_always_shows_priority(rules: Rules) -> None:
    """Attaching answers with the routing_strategy priority, whatever it is."""
    on_data(rules, lambda _call, data: data.update(routing_strategy="priority"), "add_operator")


@fault("PAYLOAD-SAME-AS-GET")
def write_shows_places(rules: Rules) -> None:
    """Attaching answers with places without gaps in place of the priorities."""

    def edit(_call: Call, data: Any) -> None:
        for place, shown in enumerate(data["operators"]):
            shown["priority"] = place

    on_data(rules, edit, "add_operator")


@fault("PAYLOAD-SAME-AS-GET")
def reading_shows_places(rules: Rules) -> None:
    """Reading shows places without gaps in place of the priorities."""

    def edit(_call: Call, data: Any) -> None:
        for place, shown in enumerate(data["operators"]):
            shown["priority"] = place

    on_data(rules, edit, "get_number")


@fault("PAYLOAD-SAME-AS-GET")
def write_shows_no_name(rules: Rules) -> None:
    """Attaching answers without the number's name."""
    on_data(rules, lambda _call, data: data.update(name=None), "add_operator")


@fault("PAYLOAD-SAME-AS-GET")
def write_shows_country_in_lower_case(rules: Rules) -> None:
    """Attaching answers with the country code in lower case."""
    on_data(rules, lambda _call, data: data.update(country_code=data["country_code"].lower()), "add_operator")


@fault("PAYLOAD-STATS")
def write_shows_no_calls(rules: Rules) -> None:
    """Attaching answers without recent calls."""
    on_data(rules, lambda _call, data: data.update(recent_calls=[]), "add_operator")


@fault("PAYLOAD-STATS")
def write_shows_old_calls_first(rules: Rules) -> None:
    """Attaching answers with the recent calls turned round."""
    on_data(rules, lambda _call, data: data["recent_calls"].reverse(), "add_operator")


@fault("PAYLOAD-STATS")
def write_shows_stats_of_zero(rules: Rules) -> None:
    """Attaching answers with stats of zero."""
    on_data(rules, lambda _call, data: data.update(stats=dict.fromkeys(data["stats"], 0)), "add_operator")


@fault("PAYLOAD-STATS")
def write_adds_missed_calls(rules: Rules) -> None:
    """Attaching answers with the missed calls added to the answered ones."""

    def edit(_call: Call, data: Any) -> None:
        data["stats"]["answered_calls"] += data["stats"]["missed_calls"]

    on_data(rules, edit, "add_operator")


@fault("PAYLOAD-STATS-NUMBERS")
def negative_average(rules: Rules) -> None:
    """The average duration is negative."""
    edit_shown(rules, lambda _c, _n, data: data["stats"].update(average_duration_seconds=-1))


@fault("PAYLOAD-SHAPE")
def stats_as_text(rules: Rules) -> None:
    """The numbers in stats are texts."""
    edit_shown(
        rules, lambda _c, _n, data: data.update(stats={name: str(value) for name, value in data["stats"].items()})
    )


@fault("PAYLOAD-RIGHT-NUMBER", "second number")
def answer_of_the_first_number(rules: Rules) -> None:
    """Attaching answers with the account's first number."""
    _answer_instead(rules, lambda call: rules.show_detail(call, rules.numbers_in_view(call)[0]))


@fault("PAYLOAD-RIGHT-NUMBER", "second number")
def answer_of_the_number_before(rules: Rules) -> None:
    """Attaching answers with the number of the attachment before."""
    numbers: list[int] = []

    def show(call: Call) -> JsonObject:
        numbers.append(call.the_number.id)
        return rules.show_detail(call, call.account.numbers.get(numbers[-2:][0], call.the_number))

    _answer_instead(rules, show)


@fault("PAYLOAD-RIGHT-NUMBER", "second number")
def answer_with_the_operators_id(rules: Rules) -> None:
    """Attaching answers with the operator's id in the place of the number's."""

    def edit(_call: Call, data: Any) -> None:
        data["id"] = data["operators"][-1]["id"] if data["operators"] else data["id"]

    on_data(rules, edit, "add_operator")


@fault("PAYLOAD-SAME-AS-GET")
def write_counts_from_one(rules: Rules) -> None:
    """Attaching answers with the priorities counted from one."""
    edit_listed(rules, lambda shown: shown.update(priority=shown["priority"] + 1), "add_operator")


def _answer_instead(rules: Rules, show: Callable[[Call], JsonObject]) -> None:
    """Answer an attachment with something else than the detail payload."""

    def edit(call: Call, answer: Answer) -> None:
        answer.body = {"data": show(call)}

    on_answer(rules, edit, "add_operator")


def edit_listed(rules: Rules, edit: Callable[[JsonObject], object], *operations: str) -> None:
    """Edit each operator of the list that a number's answers show."""

    def edit_all(_call: Call, data: Any) -> None:
        for shown in data["operators"]:
            edit(shown)

    on_data(rules, edit_all, *(operations or WRITES))


@fault("ORDER-DISTINCT", "second number")
def who_is_at_several_numbers_is_listed_as_often(rules: Rules) -> None:
    """A number's page has a row for each number that an operator is attached to."""

    def repeat(call: Call, _number: VirtualNumber, data: JsonObject) -> None:
        rows = [[shown] * len(state.numbers_of(call.account, shown["id"])) for shown in data["operators"]]
        data["operators"] = [each for row in rows for each in row]

    edit_shown(rules, repeat, "get_number")
