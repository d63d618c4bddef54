"""Faults of attaching that only a telling value shows: values beside others, names, phone numbers."""

import re
import unicodedata
from collections.abc import Callable

from conformance.mock import state
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    before,
    crash_when,
    in_order,
    on_new_operator,
    refuse_when,
    supplies,
    switch,
    text_of,
)
from conformance.mock.people import DEFAULT_NAME
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Rules
from conformance.mock.wire import Refusal

PLAIN_LETTERS = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-"})
DIGITS = re.compile(r"[1-9][0-9]{6,14}")


@fault("PRECEDENCE-WINS")
def known_phone_beside_wins(rules: Rules) -> None:
    """The phone number of another operator beside an operator_id attaches that one."""
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        return _owner(call) or inner(call, number, operator_id)

    rules.referred = referred


@fault("PRECEDENCE-WINS")
def taken_phone_beside_is_422(rules: Rules) -> None:
    """A phone number that some operator has already fails the validation beside an operator_id."""
    refuse_when(
        rules,
        lambda call: supplies(call, "operator_id") and _owner(call),
        422,
        {"errors": ["Phone number has already been taken"]},
    )


@fault("PRECEDENCE-UNRESOLVED")
def unresolved_falls_back_to_the_owner(rules: Rules) -> None:
    """An operator_id that resolves to nobody falls back to the operator that has the phone number beside it."""
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        try:
            return inner(call, number, operator_id)
        except Refusal:
            owner = _owner(call)
            if owner is None:
                raise
            return owner

    rules.referred = referred


@fault("REATTACH-NOOP")
def eleventh_attached_twice(rules: Rules) -> None:
    """Whether an operator is attached is looked up among the first ten only: those behind are listed twice."""
    inner = rules.attach

    async def attach(call: Call, number: VirtualNumber, operator: Operator) -> None:
        if operator.id in in_order(number)[10:]:
            state.place(number, operator.id, rules.next_priority(call, number))
        else:
            await inner(call, number, operator)

    rules.attach = attach


@fault("ROBUST-NO-SERVER-ERROR", "delete permission", "accepted phone number")
def phone_of_a_deleted_one_is_500(rules: Rules) -> None:
    """The phone number of an operator that was deleted is answered 500, by an index that holds the deleted too."""
    deleted: set[str] = set()
    before(rules, "delete_operator", lambda call: deleted.add(call.the_operator.phone_number))
    crash_when(rules, lambda call: _makes_one(call) and text_of(call, "phone_number") in deleted)


@fault("NAME-KEPT", "delete permission", "accepted phone number")
def phone_of_a_deleted_one_revives_its_name(rules: Rules) -> None:
    """The phone number of an operator that was deleted brings its name back, whatever name is sent."""
    deleted: dict[str, str] = {}

    def remember(call: Call) -> None:
        deleted[call.the_operator.phone_number] = call.the_operator.name

    def revive(_call: Call, operator: Operator) -> None:
        operator.name = deleted.get(operator.phone_number, operator.name)

    before(rules, "delete_operator", remember)
    on_new_operator(rules, revive)


@fault("NAME-ACCEPTED", "accepted phone number")
def names_of_two_letters_refused(rules: Rules) -> None:
    """Names of one letter or two are refused."""
    refuse_when(
        rules,
        lambda call: _makes_one(call) and len(text_of(call, "name")) in {1, 2},
        422,
        {"errors": ["Name is too short"]},
    )


@fault("NAME-ACCEPTED", "accepted phone number")
def name_once_on_the_account(rules: Rules) -> None:
    """A name that another operator of the account has is refused, the default apart."""

    def taken(call: Call) -> bool:
        names = {operator.name for operator in call.account.operators.values()} - {DEFAULT_NAME}
        return _makes_one(call) and text_of(call, "name") in names

    refuse_when(rules, taken, 422, {"errors": ["Name has already been taken"]})


@fault("NAME-KEPT", "accepted phone number")
def names_in_compatibility_form(rules: Rules) -> None:
    """Names are stored in normal form KC: ligatures, wide letters and raised figures become plain ones."""
    _store_name(rules, lambda name: unicodedata.normalize("NFKC", name))


@fault("NAME-KEPT", "accepted phone number")
def curly_quotes_straightened(rules: Rules) -> None:
    """Curly quotes and dashes in names are stored as plain ones."""
    _store_name(rules, lambda name: name.translate(PLAIN_LETTERS))


@fault("NAME-CONTROL", "accepted phone number")
def names_end_at_the_line_break(rules: Rules) -> None:
    """Names end at the first line break."""
    switch(rules, name_control="kept")
    _store_name(rules, lambda name: name.partition("\n")[0])


@fault("ROBUST-NO-SERVER-ERROR", "accepted phone number")
def emoji_first_is_500(rules: Rules) -> None:
    """A name with a word at either end that begins with an emoji is answered 500: half a pair is no initial."""

    def applies(call: Call) -> bool:
        words = text_of(call, "name").split()
        return _makes_one(call) and any(ord(word[0]) > 0xFFFF for word in (*words[:1], *words[-1:]))

    crash_when(rules, applies)


@fault("PHONE-STORED-E164")
def digits_without_plus_stored(rules: Rules) -> None:
    """A phone number of digits alone is accepted and stored without a plus: the pattern leaves it optional."""
    inner = rules.read_phone

    def read(call: Call, value: object) -> str:
        return value if isinstance(value, str) and DIGITS.fullmatch(value) else inner(call, value)

    rules.read_phone = read


def _makes_one(call: Call) -> bool:
    """Say whether a request is of shape B."""
    return supplies(call, "phone_number") and not supplies(call, "operator_id")


def _owner(call: Call) -> Operator | None:
    """Return the operator of the account that has the phone number sent."""
    sent = text_of(call, "phone_number")
    return next((operator for operator in call.account.operators.values() if operator.phone_number == sent), None)


def _store_name(rules: Rules, edit: Callable[[str], str]) -> None:
    def store(_call: Call, operator: Operator) -> None:
        operator.name = edit(operator.name)

    on_new_operator(rules, store)
