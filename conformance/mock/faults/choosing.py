"""Faults of telling the two shapes of the body apart, and of refusing what is neither."""

from collections.abc import Callable

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import (
    after_attaching,
    id_of,
    refuse_when,
    supplies,
    text_of,
    when_attached_already,
)
from conformance.mock.people import DEFAULT_NAME, E164
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Draft, Rules
from conformance.mock.wire import Refusal


@fault("PRECEDENCE-WINS")
def phone_wins(rules: Rules) -> None:
    """With both fields present, phone_number wins."""
    _ignore_id_when(rules, lambda call: supplies(call, "phone_number"))


@fault("PRECEDENCE-WINS")
def later_key_wins(rules: Rules) -> None:
    """Of the two fields, the one that stands later in the text wins."""
    _ignore_id_when(rules, lambda call: supplies(call, "operator_id") and list(call.body)[-1] == "phone_number")


@fault("PRECEDENCE-WINS")
def three_fields_make_an_operator(rules: Rules) -> None:
    """With all three fields present, an operator is made."""
    _ignore_id_when(rules, lambda call: supplies(call, "operator_id", "phone_number", "name"))


@fault("PRECEDENCE-WINS")
def attached_one_makes_way(rules: Rules) -> None:
    """Where the operator of operator_id is attached already, phone_number is used."""
    _ignore_id_when(rules, lambda call: supplies(call, "phone_number") and call.the_number.holds(id_of(call)))


@fault("PRECEDENCE-WINS")
def both_refused(rules: Rules) -> None:
    """Both fields together are refused."""
    refuse_when(
        rules, lambda call: supplies(call, "operator_id", "phone_number"), 422, {"errors": ["Send exactly one"]}
    )


@fault("PRECEDENCE-WINS")
def phone_validated_beside_an_id(rules: Rules) -> None:
    """An invalid phone number is refused also beside a good operator_id."""
    refuse_when(
        rules,
        lambda call: (
            supplies(call, "operator_id", "phone_number") and not E164.fullmatch(text_of(call, "phone_number"))
        ),
        422,
        {"errors": ["Phone number is invalid"]},
    )


@fault("PRECEDENCE-CREATES-NOBODY")
def both_done(rules: Rules) -> None:
    """With both fields present, the operator is attached, and another is made and attached nowhere."""
    _make_beside(rules)


@fault("PRECEDENCE-CREATES-NOBODY")
def one_made_beside_an_attached_one(rules: Rules) -> None:
    """Where the operator of operator_id is attached already, another is made from the phone number."""

    def make(call: Call, _number: VirtualNumber, _operator: Operator) -> None:
        if supplies(call, "phone_number"):
            make_one(call)

    when_attached_already(rules, make)


@fault("PRECEDENCE-KEEPS-RECORD")
def phone_beside_overwrites(rules: Rules) -> None:
    """A phone number beside operator_id becomes the operator's own."""
    _overwrite(rules, "phone_number")


@fault("PRECEDENCE-KEEPS-RECORD")
def name_beside_overwrites(rules: Rules) -> None:
    """A name beside operator_id becomes the operator's own."""
    _overwrite(rules, "name")


@fault("PRECEDENCE-KEEPS-RECORD")
def null_name_beside_becomes_the_default(rules: Rules) -> None:
    """A name of null beside operator_id makes the operator's own the default."""

    def rename(call: Call, _number: VirtualNumber, operator: Operator) -> None:
        if call.body.get("name", "") is None:
            operator.name = DEFAULT_NAME

    when_attached_already(rules, rename)


@fault("PRECEDENCE-KEEPS-RECORD")
def name_beside_overwrites_when_attached(rules: Rules) -> None:
    """A name beside the operator_id of one who is attached already becomes the operator's own."""

    def rename(call: Call, _number: VirtualNumber, operator: Operator) -> None:
        operator.name = text_of(call, "name") or operator.name

    when_attached_already(rules, rename)


@fault("PRECEDENCE-UNRESOLVED")
def unresolved_falls_back(rules: Rules) -> None:
    """Where operator_id resolves to nobody, phone_number is used."""
    _ignore_id_when(
        rules,
        lambda call: supplies(call, "phone_number") and id_of(call) > 0 and id_of(call) not in call.account.operators,
    )


@fault("NOT-FOUND-OPERATOR")
def whoever_is_not_found_is_made(rules: Rules) -> None:
    """Where operator_id resolves to nobody, a new operator is made in their place."""
    inner = rules.read_operator_id

    def read(call: Call) -> int | None:
        found = inner(call)
        if found is None or found in call.account.operators:
            return found
        call.body.setdefault("phone_number", "+12025550100")
        return None

    rules.read_operator_id = read


@fault("PRECEDENCE-UNRESOLVED")
def unresolved_beside_phone_is_422(rules: Rules) -> None:
    """Where operator_id resolves to nobody beside a phone number, the answer is 422."""
    refuse_when(
        rules,
        lambda call: (
            supplies(call, "operator_id", "phone_number")
            and isinstance(call.body["operator_id"], int)
            and call.body["operator_id"] not in call.account.operators
        ),
        422,
        {"errors": ["Operator must exist"]},
    )


@fault("PRECEDENCE-CREATES-NOBODY")
def unresolved_makes_one(rules: Rules) -> None:
    """Where operator_id resolves to nobody beside a phone number, the answer is 404 and an operator is made."""
    when_unresolved(rules, lambda call, _: make_one(call) if supplies(call, "phone_number") else None)


def store_one(call: Call, draft: Draft) -> None:
    """Store an operator, attached nowhere."""
    operator = Operator(call.store.new_operator_id(), draft.name, draft.phone_number, project_id=call.project_id)
    call.account.operators[operator.id] = operator


def make_one(call: Call) -> None:
    """Store an operator made of the body, attached nowhere."""
    store_one(call, Draft(text_of(call, "name") or "Operator", text_of(call, "phone_number") or "+12025550100"))


def _ignore_id_when(rules: Rules, applies: Callable[[Call], bool]) -> None:
    inner = rules.read_operator_id
    rules.read_operator_id = lambda call: None if applies(call) else inner(call)


def _make_beside(rules: Rules) -> None:
    def make(call: Call, _number: VirtualNumber, _operator: Operator) -> None:
        if supplies(call, "operator_id") and E164.fullmatch(text_of(call, "phone_number")):
            make_one(call)

    after_attaching(rules, make)


def _overwrite(rules: Rules, field: str) -> None:
    def overwrite(call: Call, _number: VirtualNumber, operator: Operator) -> None:
        if supplies(call, "operator_id") and text_of(call, field):
            setattr(operator, field, text_of(call, field))

    after_attaching(rules, overwrite)


def when_unresolved(rules: Rules, effect: Callable[[Call, VirtualNumber], None]) -> None:
    """Let something happen when an operator_id resolves to nobody."""
    inner = rules.referred

    def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
        try:
            return inner(call, number, operator_id)
        except Refusal:
            effect(call, number)
            raise

    rules.referred = referred
