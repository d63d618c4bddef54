"""Faults of names."""

import html
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import on_new_operator, refuse_when, supplies, switch, text_of
from conformance.mock.people import DEFAULT_NAME
from conformance.mock.records import Operator
from conformance.mock.rules import Call, Rules


@fault("NAME-DEFAULT", "accepted phone number")
def default_is_the_phone(rules: Rules) -> None:
    """Without a name, the new operator is called by its phone number."""
    _rename_default(rules, lambda operator: operator.phone_number)


@fault("NAME-DEFAULT", "accepted phone number")
def default_is_numbered(rules: Rules) -> None:
    """Without a name, the new operator is called Operator and its id."""
    _rename_default(rules, lambda operator: f"Operator {operator.id}")


@fault("NAME-DEFAULT", "accepted phone number")
def default_is_empty(rules: Rules) -> None:
    """Without a name, the new operator has none."""
    _rename_default(rules, lambda _operator: "")


@fault("NAME-DEFAULT", "accepted phone number")
def default_in_lower_case(rules: Rules) -> None:
    """Without a name, the new operator is called operator."""
    _rename_default(rules, lambda _operator: "operator")


@fault("NAME-KEPT", "accepted phone number")
def words_for_nothing_are_no_name(rules: Rules) -> None:
    """A name of None, null or n/a is taken for no name."""
    _store_name(rules, lambda name: "Operator" if name.casefold() in {"none", "null", "n/a"} else name)


@fault("NAME-KEPT", "accepted phone number")
def name_not_read(rules: Rules) -> None:
    """Whoever is made has the default name, whatever name was sent."""
    _store_name(rules, lambda _name: DEFAULT_NAME)


@fault("NAME-KEPT", "accepted phone number")
def name_in_title_case(rules: Rules) -> None:
    """Names are stored in title case."""
    _store_name(rules, str.title)


@fault("NAME-KEPT", "accepted phone number")
def name_decoded_as_in_a_url(rules: Rules) -> None:
    """Names are decoded as URLs are, but for those that cannot be."""
    _store_name(rules, lambda name: name if re.search("%(?![0-9a-fA-F]{2})", name) else unquote(name))


@fault("NAME-KEPT", "accepted phone number")
def name_ends_at_an_at_sign(rules: Rules) -> None:
    """Names end before the first @, as those of addresses do."""
    _store_name(rules, lambda name: name.partition("@")[0] or name)


@fault("NAME-KEPT", "accepted phone number")
def name_in_upper_case(rules: Rules) -> None:
    """Names that are all lower case are stored with a capital."""
    _store_name(rules, lambda name: name.capitalize() if name.islower() else name)


@fault("NAME-KEPT", "accepted phone number")
def name_cut_at_forty(rules: Rules) -> None:
    """Names are cut at forty characters."""
    _store_name(rules, lambda name: name[:40])


@fault("NAME-KEPT", "accepted phone number")
def name_cut_at_two_hundred(rules: Rules) -> None:
    """Names are cut at two hundred characters."""
    _store_name(rules, lambda name: name[:200] if len(name) < 256 else name)


@fault("NAME-KEPT", "accepted phone number")
def name_cut_at_255_bytes(rules: Rules) -> None:
    """Names of no more than 255 characters are cut at 255 bytes, and what is left of a character is dropped."""
    _store_name(rules, lambda name: name.encode()[:255].decode(errors="ignore") if len(name) < 256 else name)


@fault("NAME-KEPT", "accepted phone number")
def name_escaped(rules: Rules) -> None:
    """Names are stored escaped for HTML."""
    _store_name(rules, html.escape)


@fault("NAME-KEPT", "accepted phone number")
def apostrophes_doubled(rules: Rules) -> None:
    """Apostrophes are stored twice."""
    _store_name(rules, lambda name: name.replace("'", "''"))


@fault("NAME-KEPT", "accepted phone number")
def accents_lost(rules: Rules) -> None:
    """Accents are lost."""
    _store_name(
        rules, lambda name: "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    )


@fault("NAME-KEPT", "accepted phone number")
def emoji_lost(rules: Rules) -> None:
    """Characters beyond the basic plane are lost."""
    _store_name(rules, lambda name: "".join(letter for letter in name if ord(letter) < 0x10000))


@fault("NAME-KEPT", "accepted phone number")
def name_misread(rules: Rules) -> None:
    """Names beyond ASCII are read as Latin-1."""
    _store_name(rules, lambda name: name.encode().decode("latin-1"))


@fault("NAME-KEPT", "accepted phone number")
def inner_spaces_squeezed(rules: Rules) -> None:
    """Two spaces within a name become one."""
    _store_name(rules, lambda name: re.sub(r"(\S) {2,}(?=\S)", r"\1 ", name))


@fault("NAME-KEPT", "accepted phone number")
def other_scripts_as_question_marks(rules: Rules) -> None:
    """Letters beyond Latin-1 are stored as question marks."""
    _store_name(rules, lambda name: name.encode("latin-1", "replace").decode("latin-1"))


@fault("NAME-ACCEPTED", "accepted phone number")
def ascii_names_only(rules: Rules) -> None:
    """Names beyond ASCII are refused."""
    _refuse_name(rules, lambda name: not name.isascii())


@fault("NAME-ACCEPTED", "accepted phone number")
def apostrophes_refused(rules: Rules) -> None:
    """Names with an apostrophe are refused."""
    _refuse_name(rules, lambda name: "'" in name)


@fault("NAME-ACCEPTED", "accepted phone number")
def digits_in_names_refused(rules: Rules) -> None:
    """Names with a digit are refused."""
    _refuse_name(rules, lambda name: bool(re.search(r"[0-9]", name)))


@fault("NAME-ACCEPTED", "accepted phone number")
def first_and_last_name_required(rules: Rules) -> None:
    """Names of one word are refused."""
    _refuse_name(rules, lambda name: len(name.split()) == 1 and name != DEFAULT_NAME)


@fault("NAME-ACCEPTED", "accepted phone number")
def names_of_sixty_letters(rules: Rules) -> None:
    """Names of more than sixty characters are refused."""
    _refuse_name(rules, lambda name: len(name) > 60)


@fault("NAME-LONG", "accepted phone number")
def long_names_cut(rules: Rules) -> None:
    """Names are cut at 255 characters."""
    switch(rules, name_long="kept")
    _store_name(rules, lambda name: name[:255])


@fault("NAME-CONTROL", "accepted phone number")
def names_end_at_nul(rules: Rules) -> None:
    """Names end at the first NUL."""
    switch(rules, name_nul="kept")
    _store_name(rules, lambda name: name.partition("\0")[0])


@fault("NAME-CONTROL", "accepted phone number")
def control_letters_lost(rules: Rules) -> None:
    """Control characters within a name are lost."""
    switch(rules, name_control="kept")
    _store_name(rules, lambda name: re.sub(r"[\x01-\x1f\x7f]", "", name))


@fault("NAME-BLANK", "accepted phone number")
def null_name_is_text(rules: Rules) -> None:
    """A name of null is stored as the text null."""
    inner = rules.read_name
    rules.read_name = lambda call, value: "null" if value is None else inner(call, value)


def _store_name(rules: Rules, edit: Callable[[str], str]) -> None:
    def store(_call: Call, operator: Operator) -> None:
        operator.name = edit(operator.name)

    on_new_operator(rules, store)


def _rename_default(rules: Rules, name: Callable[[Operator], str]) -> None:
    def rename(call: Call, operator: Operator) -> None:
        if not supplies(call, "name"):
            operator.name = name(operator)

    on_new_operator(rules, rename)


def _refuse_name(rules: Rules, applies: Callable[[str], bool]) -> None:
    refuse_when(
        rules,
        lambda call: (
            supplies(call, "phone_number") and not supplies(call, "operator_id") and applies(text_of(call, "name"))
        ),
        422,
        {"errors": ["Name is invalid"]},
    )
