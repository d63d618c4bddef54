"""Which operator a request's operator_id refers to."""

import re
from decimal import Decimal

from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, invalid, neither_field, not_found, refusal

LARGEST_ID = 2**63 - 1
_SPELLINGS = (
    ("id_plain_text", re.compile(r"[1-9][0-9]*")),
    ("id_padded_text", re.compile(r"\s*\+?0*([0-9]+)\s*", re.ASCII)),
    ("id_decimal_text", re.compile(r"\s*\+?[0-9]+(\.[0-9]+)?(e\+?[0-9]{1,2})?\s*", re.ASCII | re.IGNORECASE)),
    ("id_hex_text", re.compile(r"0x[0-9a-f]+", re.ASCII | re.IGNORECASE)),
    ("id_prefix_text", re.compile(r"\s*\+?[0-9]+.*", re.ASCII | re.DOTALL)),
)
_NAMES_NOBODY = {
    "id_prefix_text",
    "id_fraction",
    "id_true",
    "id_list",
    "id_words",
    "id_false",
    "id_empty_list",
    "id_object",
    "id_empty_object",
    "id_blank_text",
    "id_out_of_range",
}


def read_operator_id(call: Call) -> int | None:
    """Return the id that the request refers to, None where it refers to none, or refuse it."""
    behaviour, body = call.behaviour, call.body
    if "operator_id" in call.request.query:
        text = call.request.query["operator_id"]
        beats = behaviour.id_in_query == "wins" or (behaviour.id_in_query == "fills" and "operator_id" not in body)
        if beats and text.isascii() and text.isdigit():
            return int(text[:20])
    if "operator_id" not in body:
        return None
    value = body["operator_id"]
    if (
        behaviour.form_body == "read"
        and isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and _sent_as_form(call)
    ):
        return int(value[:20])
    kind, number = classify(value)
    phone = body.get("phone_number")
    if kind != "integer":
        settled = _settled(call, kind, number, beside_phone=phone not in (None, ""))
        if settled is None:
            return None
        number = settled
    odd_phone = "phone_number" in body and not isinstance(phone, str)
    if odd_phone and behaviour.id_beside_odd_phone != "wins":
        raise refusal(call, behaviour.id_beside_odd_phone, "Phone number is invalid")
    if behaviour.id_beside_name != "ignored" and "name" in body and "phone_number" not in body:
        raise invalid(call, "Name does not go with operator_id")
    return number


def classify(value: object) -> tuple[str, int]:
    """Return the kind of an operator_id (a switch of the behaviour, or ``integer``) and the number in it."""
    if isinstance(value, int):
        if isinstance(value, bool):
            return ("id_true", 1) if value else ("id_false", 0)
        return ("integer", value) if 0 < value <= LARGEST_ID else ("id_out_of_range", 0)
    if isinstance(value, (Decimal, str)):
        return _classify_decimal(value) if isinstance(value, Decimal) else _classify_text(value)
    if isinstance(value, list) and value:
        kind, number = classify(value[0]) if len(value) == 1 else ("", 0)
        return "id_list", number if kind in {"integer", "id_plain_text"} else 0
    if isinstance(value, dict):
        return "id_object" if value else "id_empty_object", 0
    return "id_empty_list" if value == [] else "id_null_alone", 0


def referred(call: Call, number: VirtualNumber, operator_id: int) -> Operator:
    """Return the operator of an id, or refuse with 404."""
    if call.behaviour.foreign_reattached_by_project == "no_op" and number.holds(operator_id):
        return call.account.operators[operator_id]
    return call.rules.visible_operator(call, operator_id)


def admit(call: Call, number: VirtualNumber, operator: Operator | None) -> None:
    """Refuse an attachment (of a new operator, if there is none yet) that the behaviour does not allow."""
    behaviour = call.behaviour
    if not number.active and behaviour.inactive_number != "attached":
        raise invalid(call, "Virtual number is not active")
    if operator is not None and not operator.active and behaviour.inactive_operator != "attached":
        raise invalid(call, "Operator is not active")
    limit = behaviour.operators_of_a_number
    if limit is not None and len(number.assignments) >= limit:
        raise invalid(call, f"A virtual number has at most {limit} operators")
    if operator is None:
        check_account_limit(call)


def check_account_limit(call: Call) -> None:
    """Refuse one operator more than the account may have."""
    limit = call.behaviour.operators_of_the_account
    if limit is not None and len(call.account.operators) >= limit:
        raise invalid(call, f"An account has at most {limit} operators")


def _settled(call: Call, kind: str, number: int, *, beside_phone: bool) -> int | None:
    """Return what the behaviour makes of a value that is no ordinary id."""
    behaviour = call.behaviour
    choice = getattr(behaviour, kind)
    if kind == "id_null_alone" and beside_phone:
        choice = behaviour.id_null_beside_phone
    elif beside_phone and kind in _NAMES_NOBODY and behaviour.id_nobody_beside_phone == "absent":
        choice = "absent"
    if choice == "absent":
        return None
    if choice == "one":
        return 1
    if choice in {"read", "first"}:
        if not 0 < number <= LARGEST_ID:
            raise not_found()
        return number
    if choice == "missing":
        raise neither_field()
    raise refusal(call, choice, "Operator is not a number")


def _sent_as_form(call: Call) -> bool:
    return "form" in (call.request.header("content-type") or "")


def _classify_decimal(value: Decimal) -> tuple[str, int]:
    if not value.is_finite() or value.adjusted() > 18 or value < 0:
        return "id_out_of_range", 0
    if value.adjusted() < -400:
        return "id_fraction", 0
    whole = int(value)
    if value == whole:
        return ("id_integral_float", whole) if 0 < whole <= LARGEST_ID else ("id_out_of_range", 0)
    if float(value).is_integer():
        return "id_lossy_fraction", int(float(value))
    return "id_fraction", whole


def _classify_text(text: str) -> tuple[str, int]:
    if not text:
        return "id_null_alone", 0
    if not text.strip():
        return "id_blank_text", 0
    kind = next((kind for kind, pattern in _SPELLINGS if pattern.fullmatch(text)), "id_words")
    digits = re.match(r"\s*\+?([0-9]{1,30})", text)
    number = int(digits[1]) if digits else 0
    if kind == "id_hex_text":
        number = int(text[:30], 16)
    if kind == "id_decimal_text":
        decimal_kind, number = _classify_decimal(Decimal(text.strip()))
        kind = {"id_fraction": "id_prefix_text", "id_integral_float": kind}.get(decimal_kind, decimal_kind)
    if kind == "id_words" and re.fullmatch(r"\s*-\s*[0-9.]+\s*", text):
        return "id_out_of_range", 0
    if kind in {"id_plain_text", "id_padded_text"} and not 0 < number <= LARGEST_ID:
        return "id_out_of_range", 0
    return kind, number
