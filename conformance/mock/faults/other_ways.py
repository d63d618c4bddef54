"""Faults of the other ways to ask: an id as text, another spelling of the path, what was not offered or not sent."""

import asyncio
import gzip
import json
import re
from decimal import Decimal
from typing import Any

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    DETAILS,
    READS,
    WRITES,
    before,
    crash_when,
    id_of,
    on_answer,
    on_data,
    on_new_operator,
    pausing,
    switch,
    when_attached_already,
)
from conformance.mock.records import Key, Operator, VirtualNumber
from conformance.mock.rules import Call, Rules
from conformance.mock.wire import Answer

_BEYOND = 2**64


@fault("REATTACH-NOOP")
def text_id_attaches_again(rules: Rules) -> None:
    """An operator_id sent as text is read, and attaches whoever is attached already a second time."""
    switch(rules, id_plain_text="read")

    def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if isinstance(call.body.get("operator_id"), str):
            state.place(number, operator.id, rules.next_priority(call, number))

    when_attached_already(rules, attach)


@fault("OPERATOR-ID-SPELLED", "project key", rare=True)
def text_id_of_any_project(rules: Rules) -> None:
    """An operator_id sent as text is read, and not held to the key's project."""
    switch(rules, id_plain_text="read")
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        operator = call.account.operators.get(operator_id)
        if operator is not None and isinstance(call.body.get("operator_id"), str):
            return operator
        return inner(call, number, operator_id)

    rules.referred = referred


@fault("OPERATOR-ID-SPELLED", rare=True)
def zeros_make_it_octal(rules: Rules) -> None:
    """An operator_id as text with a zero in front is read in base eight."""
    inner = rules.read_operator_id

    def read(call: Call) -> int | None:
        given = call.body.get("operator_id")
        if isinstance(given, str) and re.fullmatch(r"0+[0-7]+", given):
            return int(given, 8)
        return inner(call)

    rules.read_operator_id = read


@fault("SCOPE-AVAILABLE", "project key")
def update_shows_everybody_to_a_project(rules: Rules) -> None:
    """An update with a project key answers with the available operators of the whole account."""

    def edit(call: Call, data: Any) -> None:
        free = [each for each in call.account.operators.values() if not call.the_number.holds(each.id)]
        shown = [
            {**vars(each), "initials": rules.initials(call, each.name)} for each in rules.sort_operators(call, free)
        ]
        brief = ("id", "name", "phone_number", "initials")
        data["available_operators"] = [{name: each[name] for name in brief} for each in shown]

    on_data(rules, edit, "update_number")


@fault("ORDER-NEXT-SLOT")
def again_takes_a_slot(rules: Rules) -> None:
    """Attaching again takes a slot: the next one attached leaves it out."""
    taken: dict[int, int] = {}
    inner = rules.next_priority
    when_attached_already(
        rules, lambda _call, number, _operator: taken.update({number.id: taken.get(number.id, 0) + 1})
    )
    rules.next_priority = lambda call, number: inner(call, number) + taken.pop(number.id, 0)


@fault("PAYLOAD-JSON")
def answers_packed_unasked(rules: Rules) -> None:
    """Writes are answered in gzip, which they do not offer to take."""

    def pack(_call: Call, answer: Answer) -> Answer:
        packed = gzip.compress(json.dumps(answer.body).encode())
        return Answer(answer.status, packed, [*answer.headers, ("content-encoding", "gzip")])

    on_answer(rules, pack, *WRITES)


@fault("NAME-DEFAULT", "accepted phone number")
def default_is_null(rules: Rules) -> None:
    """Without a name, the new operator's is null."""

    def forget(call: Call, operator: Operator) -> None:
        operator.name = operator.name if "name" in call.body else ""

    on_new_operator(rules, forget)
    on_data(rules, lambda _call, data: _empty_names_to_null(data), *DETAILS, *READS)


def _empty_names_to_null(data: object) -> None:
    if isinstance(data, dict) and "initials" in data and data["name"] == "":
        data["name"] = None
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _empty_names_to_null(each)


@fault("ROBUST-TWO-FAULTS", "project key", rare=True)
def spelled_path_leaves_the_project(rules: Rules) -> None:
    """A path id with a zero before it is read, and not held to the key's project."""
    switch(rules, path_id_spelled="read")
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        number = call.account.numbers.get(number_id)
        return number if number is not None and call.raw_id.startswith("0") else inner(call, number_id)

    rules.visible_number = visible


@fault("ROBUST-TWO-FAULTS", rare=True)
def slash_needs_no_key(rules: Rules) -> None:
    """With a slash at the end of the path, attaching needs no key."""
    switch(rules, trailing_slash="read")
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        if call.request.raw_path.endswith(b"/add_operator/"):
            return next(key for key in call.store.keys.values() if key.account_id == call.store.own_account_id)
        return inner(call)

    rules.authenticate = authenticate


@fault("SCOPE-NUMBER", "project key")
def project_not_checked_when_attached(rules: Rules) -> None:
    """A project key is answered 200 at a number outside its project for whoever is attached there already."""
    inner = rules.visible_number

    def visible(call: Call, number_id: int) -> VirtualNumber:
        number = call.account.numbers.get(number_id)
        if number is not None and call.operation == "add_operator":
            call.body = rules.read_body(call)
            if number.holds(id_of(call)):
                return number
        return inner(call, number_id)

    rules.visible_number = visible


@fault("PAYLOAD-RIGHT-NUMBER", "second number")
def id_in_the_body_wins(rules: Rules) -> None:
    """A field id in the body is taken for the number's, in place of the one in the path."""
    inner = rules.handlers["add_operator"]

    async def attach(call: Call) -> Answer:
        named = call.account.numbers.get(call.body.get("id") or 0)
        call.number = named or call.number
        return await inner(call)

    rules.handlers["add_operator"] = attach


@fault("EFFECTS-OPERATOR-RECORD")
def again_switches_the_operator_on(rules: Rules) -> None:
    """Attaching an inactive operator again makes it active."""
    when_attached_already(rules, lambda _call, _number, operator: setattr(operator, "active", True))


@fault("REATTACH-NOOP")
def again_takes_inactive_ones_off(rules: Rules) -> None:
    """Attaching an inactive operator again takes it off the list."""

    def leave(_call: Call, number: VirtualNumber, operator: Operator) -> None:
        if not operator.active:
            state.withdraw(number, operator.id)

    when_attached_already(rules, leave)


@fault("EFFECTS-OPERATOR-RECORD", "accepted phone number")
def existing_one_is_written_over(rules: Rules) -> None:
    """The number of an operator who exists attaches that one, made active and without an e-mail address."""
    switch(rules, phone_of_existing="existing_attached")
    inner = rules.owner_of_phone

    def owner(call: Call, phone: str) -> Operator | None:
        found = inner(call, phone)
        if found is not None:
            found.active, found.email = True, None
        return found

    rules.owner_of_phone = owner


@fault("ROBUST-NO-SERVER-ERROR")
def infinity_is_500(rules: Rules) -> None:
    """An operator_id of 1e400 crashes: it is infinite as a double."""
    crash_when(rules, lambda call: call.body.get("operator_id") in {Decimal("1e400"), float("inf")})


@fault("OPERATOR-ID-NOBODY-ATTACHED")
def ids_wrap_at_64_bits(rules: Rules) -> None:
    """An operator_id beyond 64 bits is cut to its last 64."""

    def wrap(call: Call) -> None:
        if id_of(call) >= _BEYOND:
            call.body["operator_id"] = id_of(call) % _BEYOND

    before(rules, "add_operator", wrap)


@fault("CONCURRENT-DISTINCT", "overlap", "project key")
def lock_for_each_key(rules: Rules) -> None:
    """Attachments by two keys that overlap get the same priority: each key waits for itself alone."""
    pause = pausing(rules)
    locks: dict[str, asyncio.Lock] = {}

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        async with locks.setdefault(call.holder.actor, asyncio.Lock()):
            if number.holds(operator.id):
                return
            priority = rules.next_priority(call, number)
            await pause()
            if not number.holds(operator.id):
                state.place(number, operator.id, priority)

    rules.attach = attach
