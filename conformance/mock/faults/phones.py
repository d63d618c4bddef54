"""Faults of phone numbers."""

import re
from collections.abc import Callable

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import on_new_operator, refuse_when, supplies, switch, text_of
from conformance.mock.people import DEFAULT_NAME
from conformance.mock.records import Operator, VirtualNumber
from conformance.mock.rules import Call, Rules
from conformance.mock.wire import Answer, Refusal


@fault("VALIDATION-PHONE")
def any_phone_accepted(rules: Rules) -> None:
    """Any text at all is accepted as a phone number."""
    _accept(rules, bool)


@fault("VALIDATION-PHONE")
def zero_after_plus_accepted(rules: Rules) -> None:
    """A phone number that begins with +0 is accepted."""
    _accept(rules, lambda text: re.fullmatch(r"\+0[0-9]{7,14}", text))


@fault("VALIDATION-PHONE")
def sixteen_digits_accepted(rules: Rules) -> None:
    """A phone number of more than 15 digits is accepted."""
    _accept(rules, lambda text: re.fullmatch(r"\+[1-9][0-9]{15,}", text))


@fault("VALIDATION-PHONE")
def letters_accepted(rules: Rules) -> None:
    """A phone number without a digit is accepted."""
    _accept(rules, lambda text: text and not re.search(r"[0-9]", text) and text != "+")


@fault("VALIDATION-PHONE")
def plus_alone_accepted(rules: Rules) -> None:
    """A plus alone is accepted as a phone number."""
    _accept(rules, lambda text: text == "+")


@fault("VALIDATION-PHONE")
def invalid_phone_is_200(rules: Rules) -> None:
    """An invalid phone number is answered 200 with the number as it is."""
    inner = rules.handlers["add_operator"]

    async def handle(call: Call) -> Answer:
        try:
            return await inner(call)
        except Refusal as refusal:
            if refusal.answer.status == 422 and text_of(call, "phone_number"):
                return Answer(200, {"data": rules.show_detail(call, call.the_number)})
            raise

    rules.handlers["add_operator"] = handle


@fault("VALIDATION-PHONE")
def invalid_phone_is_404(rules: Rules) -> None:
    """An invalid phone number is answered 404."""
    refuse_when(
        rules,
        lambda call: (
            re.fullmatch(r"[^0-9]+|\+0.*|\+[1-9][0-9]{15,}", text_of(call, "phone_number"))
            and not supplies(call, "operator_id")
        ),
        404,
        {"error": "Resource not found"},
    )


@fault("VALIDATION-IS-422")
def invalid_phone_is_400(rules: Rules) -> None:
    """An invalid phone number is answered 400."""
    switch(rules, phone_invalid="bad_request")


@fault("VALIDATION-CHANGES-NOTHING")
def invalid_phone_saved(rules: Rules) -> None:
    """An invalid phone number is refused when the operator is saved already."""
    _when_refused(rules, _save)


@fault("VALIDATION-CHANGES-NOTHING")
def invalid_phone_moves_the_first(rules: Rules) -> None:
    """An invalid phone number is refused, and the first operator of a list of three is at its end."""

    def move(call: Call) -> None:
        held = sorted(call.the_number.assignments, key=lambda place: place.priority)
        if len(held) > 2:
            held[0].priority = held[-1].priority + 1

    _when_refused(rules, move)


@fault("VALIDATION-SHAPE")
def errors_by_field(rules: Rules) -> None:
    """A failed validation is answered with an object of errors by field."""
    _answer_refused(rules, {"errors": {"phone_number": ["is invalid"]}})


@fault("VALIDATION-SHAPE")
def errors_as_objects(rules: Rules) -> None:
    """A failed validation is answered with a list of objects."""
    _answer_refused(rules, {"errors": [{"field": "phone_number", "message": "is invalid"}]})


@fault("VALIDATION-SHAPE")
def validation_detail(rules: Rules) -> None:
    """A failed validation is answered with detail, as one framework does."""
    _answer_refused(rules, {"detail": [{"loc": ["body", "phone_number"], "msg": "invalid"}]})


@fault("PHONE-STORED", "accepted phone number")
def last_digit_lost(rules: Rules) -> None:
    """The last digit of a phone number of more than eleven is lost."""
    _store_phone(rules, lambda phone: phone[:12])


@fault("PHONE-STORED", "accepted phone number")
def country_code_twice(rules: Rules) -> None:
    """A number of another country than the United States gets their code before its own."""
    _store_phone(rules, lambda phone: phone if phone.startswith("+1") else ("+1" + phone[1:])[:16])


@fault("PHONE-STORED", "accepted phone number")
def zero_after_the_country_lost(rules: Rules) -> None:
    """A zero after the code of Italy is lost, as a trunk prefix."""
    _store_phone(rules, lambda phone: re.sub(r"^\+390", "+39", phone))


@fault("PHONE-STORED", "accepted phone number")
def trunk_zero_put_in(rules: Rules) -> None:
    """A number of the United Kingdom is stored with its trunk zero."""
    _store_phone(rules, lambda phone: re.sub(r"^\+44([1-9])", r"+440\1", phone))


@fault("PHONE-STORED", "accepted phone number")
def phone_as_a_double(rules: Rules) -> None:
    """A phone number of fifteen digits is rounded."""
    _store_phone(rules, lambda phone: phone[:-1] + "0" if len(phone) == 16 else phone)


@fault("PHONE-STORED", "accepted phone number")
def fictional_numbers_masked(rules: Rules) -> None:
    """The last digits of a number in the range for fiction are stored as 00."""
    _store_phone(rules, lambda phone: re.sub(r"^(\+1\d{3}55501)\d\d$", r"\g<1>00", phone))


@fault("PHONE-STORED-E164", "accepted phone number")
def phone_without_plus(rules: Rules) -> None:
    """A phone number is stored without its plus."""
    _store_phone(rules, lambda phone: phone[1:])


@fault("PHONE-STORED-E164", "accepted phone number")
def phone_in_national_form(rules: Rules) -> None:
    """A number of the United States is stored in its national form."""
    _store_phone(rules, lambda phone: re.sub(r"^\+1(\d{3})(\d{3})(\d{4})$", r"(\1) \2-\3", phone))


@fault("PHONE-STORED-E164")
def spaces_stored(rules: Rules) -> None:
    """A spaced phone number is checked without its spaces and stored with them."""
    _store_as_sent(rules, r".*[ ().\-].*")


@fault("PHONE-STORED-E164")
def newline_stored(rules: Rules) -> None:
    """A newline at the end of a phone number is stored."""
    _store_as_sent(rules, r".*\n")


@fault("PHONE-STORED-E164")
def other_digits_stored(rules: Rules) -> None:
    """Digits of other scripts are stored as they are."""
    _accept(rules, lambda text: not text.isascii() and re.fullmatch(r"\+\d{7,15}", text))


@fault("PHONE-STORED-E164")
def double_zero_stored(rules: Rules) -> None:
    """A phone number with 00 in place of the plus is stored so."""
    _accept(rules, lambda text: re.fullmatch(r"00[1-9][0-9]{6,14}", text))


@fault("PHONE-STORED-E164")
def vanity_letters_stored(rules: Rules) -> None:
    """The letters of a vanity number are stored."""
    _accept(rules, lambda text: re.fullmatch(r"\+1[0-9]{3}[A-Z0-9-]*[A-Z][A-Z0-9-]*", text))


@fault("PHONE-NORMALISED")
def vanity_letters_dropped(rules: Rules) -> None:
    """The letters of a vanity number are dropped."""
    _read_as(rules, r"\+1[0-9]{3}[A-Z0-9-]*[A-Z][A-Z0-9-]*", lambda text: re.sub(r"[^+0-9]", "", text).ljust(12, "0"))


@fault("PHONE-NORMALISED")
def extension_appended(rules: Rules) -> None:
    """The digits of an extension are stored as part of the number."""
    _read_as(rules, r"\+[0-9 ().-]+\s*(x|ext\.?|;ext=)\s*[0-9]+", lambda text: re.sub(r"[^+0-9]", "", text)[:16])


@fault("PHONE-NORMALISED")
def spaced_number_cut(rules: Rules) -> None:
    """A spaced phone number loses its last group."""
    _read_as(rules, r"\+[0-9]+( [0-9]+){2,}", lambda text: text.rpartition(" ")[0].replace(" ", "").ljust(9, "0"))


def _accept(rules: Rules, applies: Callable[[str], object]) -> None:
    """Store phone numbers as they were sent where something applies."""
    inner = rules.read_phone
    rules.read_phone = lambda call, value: value if isinstance(value, str) and applies(value) else inner(call, value)


def _read_as(rules: Rules, pattern: str, edit: Callable[[str], str]) -> None:
    """Read phone numbers of a form in another way."""
    inner = rules.read_phone
    meant = re.compile(pattern, re.DOTALL)
    rules.read_phone = lambda call, value: (
        edit(value) if isinstance(value, str) and meant.fullmatch(value) else inner(call, value)
    )


def _store_as_sent(rules: Rules, pattern: str) -> None:
    """Store phone numbers of a form as they were sent, once they were found valid."""
    inner = rules.read_phone
    meant = re.compile(pattern, re.DOTALL)

    def read(call: Call, value: object) -> str:
        phone = inner(call, value)
        return value if isinstance(value, str) and meant.fullmatch(value) else phone

    rules.read_phone = read


def _store_phone(rules: Rules, edit: Callable[[str], str]) -> None:
    def store(_call: Call, operator: Operator) -> None:
        operator.phone_number = edit(operator.phone_number)

    on_new_operator(rules, store, "add_operator", "create_operator")


def _when_refused(rules: Rules, effect: Callable[[Call], None]) -> None:
    """Let something happen when a phone number given as text is refused."""
    inner = rules.read_phone

    def read(call: Call, value: object) -> str:
        try:
            return inner(call, value)
        except Refusal:
            if isinstance(value, str) and call.operation == "add_operator":
                effect(call)
            raise

    rules.read_phone = read


def _answer_refused(rules: Rules, body: object) -> None:
    """Answer a phone number given as text, where it is refused, with another body."""
    inner = rules.handlers["add_operator"]

    async def handle(call: Call) -> Answer:
        try:
            return await inner(call)
        except Refusal as refusal:
            if refusal.answer.status == 422 and text_of(call, "phone_number"):
                refusal.answer.body = body
            raise

    rules.handlers["add_operator"] = handle


def _save(call: Call) -> None:
    number: VirtualNumber = call.the_number
    operator = Operator(
        call.store.new_operator_id(), text_of(call, "name") or DEFAULT_NAME, text_of(call, "phone_number")
    )
    operator.project_id = number.project_id
    call.account.operators[operator.id] = operator
