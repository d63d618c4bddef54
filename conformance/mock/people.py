"""What a new operator is made of: its phone number, its name, and the initials shown for it."""

import re
import string
import unicodedata
from decimal import Decimal
from functools import lru_cache

from conformance.mock.records import Operator
from conformance.mock.rules import Call, Draft, invalid, neither_field, refusal
from conformance.mock.wire import Refusal

DEFAULT_NAME = "Operator"
LONGEST_NAME = 255
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
FICTIONAL = re.compile(r"\+1(?:[2-9][0-9]{2}55501[0-9]{2}|5555550[0-9]{3})|\+44(?:2079460|1632960|7700900)[0-9]{3}")
_KEYPAD = dict(zip(string.ascii_uppercase, "22233344455566677778889999", strict=True))
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|;ext=)\s*[0-9]+$", re.IGNORECASE)
_BAD_PHONE = "Phone number is invalid"


def read_draft(call: Call) -> Draft:
    """Return what shape B supplies, or refuse it."""
    body, behaviour = call.body, call.behaviour
    if "phone_number" not in body:
        raise neither_field()
    value = body["phone_number"]
    if value is None or value == "":
        raise (
            neither_field() if behaviour.phone_empty == "missing" else refusal(call, behaviour.phone_empty, _BAD_PHONE)
        )
    messages = []
    phone = name = ""
    try:
        phone = call.rules.read_phone(call, value)
    except Refusal as error:
        messages = _messages(error)
    try:
        name = call.rules.read_name(call, body.get("name", DEFAULT_NAME))
    except Refusal as error:
        messages += _messages(error)
    if messages:
        raise invalid(call, *messages)
    return Draft(name, phone)


def read_phone(call: Call, value: object) -> str:
    """Return a phone number as E.164, or refuse it."""
    behaviour = call.behaviour
    if isinstance(value, list) and len(value) == 1 and behaviour.phone_list_of_one == "read":
        value = value[0]
    if not isinstance(value, str):
        raise refusal(call, behaviour.phone_of_other_type, _BAD_PHONE)
    number = _normalised(call, value)
    if number is None or not E164.fullmatch(number):
        raise refusal(call, behaviour.phone_invalid, _BAD_PHONE) if _is_none(value) else invalid(call, _BAD_PHONE)
    if number in behaviour.only_phone_numbers:
        return number
    if behaviour.phone_fictional == "refused" and (behaviour.only_phone_numbers or FICTIONAL.fullmatch(number)):
        raise invalid(call, "Phone number is not in service")
    if behaviour.phone_country == "us_only" and not number.startswith("+1"):
        raise invalid(call, "Phone number is of a country that is not served")
    return number


def _is_none(text: str) -> bool:
    """Tell whether a text is invalid beyond doubt: no digit, a zero first, or more digits than there can be."""
    digits = re.sub(r"\D", "", text)
    return not digits or text.replace(" ", "").startswith("+0") or len(digits) > 15


def read_name(call: Call, value: object) -> str:
    """Return the display name of a new operator, or refuse it."""
    behaviour = call.behaviour
    if value is None:
        return _blank(call, behaviour.name_null, "")
    if not isinstance(value, str):
        if behaviour.name_of_other_type == "default":
            return DEFAULT_NAME
        if behaviour.name_of_other_type == "text":
            return _as_text(value)
        raise refusal(call, behaviour.name_of_other_type, "Name is invalid")
    if not value.strip():
        return _blank(call, behaviour.name_blank if value else behaviour.name_empty, value)
    _check_letters(call, value)
    if behaviour.name_form == "normalised":
        value = unicodedata.normalize("NFC", value)
    return value.strip() if behaviour.name_space == "trimmed" else value


def owner_of_phone(call: Call, phone: str) -> Operator | None:
    """Return the operator to attach in place of a new one, where the behaviour looks for the number."""
    choice = call.behaviour.phone_of_existing
    if choice == "second":
        return None
    owner = next((held for held in call.rules.operators_in_view(call) if held.phone_number == phone), None)
    if owner is not None and choice == "refused":
        raise invalid(call, "Phone number has already been taken")
    return owner


def initials(call: Call, name: str) -> str:
    """Return the two letters (or one) that stand for a name."""
    behaviour = call.behaviour
    length = 1 if behaviour.initials_of_one_word == "one" else 2
    return _initials(name, length, 1 if behaviour.initials_of_three_words == "second" else -1)


@lru_cache(maxsize=2000)
def _initials(name: str, of_one_word: int, second: int) -> str:
    words = [word for word in ("".join(filter(str.isalnum, part)) for part in name.split()) if word]
    if not words:
        return "??"
    if len(words) == 1:
        return words[0][:of_one_word].upper()
    return (words[0][0] + words[second][0]).upper()


def _normalised(call: Call, text: str) -> str | None:
    """Return the digits of a number behind their plus, None where the behaviour refuses the form."""
    behaviour = call.behaviour
    forms = []
    if text != text.rstrip("\r\n"):
        forms.append(behaviour.phone_newline)
        text = text.rstrip("\r\n")
    if any(not letter.isascii() and letter.isdecimal() for letter in text):
        forms.append(behaviour.phone_other_digits)
        text = "".join(str(unicodedata.decimal(letter, letter)) for letter in text)
    if _EXTENSION.search(text):
        forms.append(behaviour.phone_extension)
        text = _EXTENSION.sub("", text)
    if re.fullmatch(r"\+1[0-9]{3}-?[A-Z0-9-]*[A-Z][A-Z0-9-]*", text):
        forms.append(behaviour.phone_vanity)
        text = "".join(_KEYPAD.get(letter, letter) for letter in text)
    if re.search(r"[ ().\-\t]", text):
        forms.append(behaviour.phone_spaced)
        text = re.sub(r"[ .\-\t()]", "", text.replace("(0)", ""))
    if re.fullmatch(r"[2-9][0-9]{9}|1[2-9][0-9]{9}", text):
        forms.append(behaviour.phone_local)
        text = "+1" + text[-10:]
    if text.startswith("00"):
        forms.append(behaviour.phone_local)
        text = "+" + text[2:]
    return None if "refused" in forms else text


def _check_letters(call: Call, name: str) -> None:
    behaviour = call.behaviour
    controls = any(unicodedata.category(letter) == "Cc" and letter != "\0" for letter in name)
    length = len(name.encode(errors="surrogatepass") if behaviour.name_counted_in == "bytes" else name)
    for applies, choice in (
        (length > LONGEST_NAME, behaviour.name_long),
        ("\0" in name, behaviour.name_nul),
        (controls, behaviour.name_control),
    ):
        if applies and choice != "kept":
            raise refusal(call, choice, "Name is invalid")


def _blank(call: Call, choice: str, kept: str) -> str:
    if choice == "refused":
        raise invalid(call, "Name can't be blank")
    return DEFAULT_NAME if choice == "default" else kept


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, Decimal)) else repr(value)


def _messages(error: Refusal) -> list[str]:
    """Return the texts of a validation error; any other refusal is raised again."""
    body = error.answer.body
    if error.answer.status != 422 or body == neither_field().answer.body:
        raise error
    return [str(text) for text in body.get("errors", [])] or [str(body["error"])]
