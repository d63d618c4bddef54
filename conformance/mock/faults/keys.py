"""Faults of keys."""

import re
from collections.abc import Callable
from dataclasses import replace

from conformance.mock.faults.permissions import attach_anyway, make_anyway
from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import on_refusal
from conformance.mock.records import Key
from conformance.mock.rules import NOT_FOUND, Call, Rules
from conformance.mock.wire import Answer, Refusal


@fault("AUTH-MISSING")
def no_key_is_403(rules: Rules) -> None:
    """A request without a key is answered 403."""
    _refuse_key(rules, lambda header: header is None, Answer(403, {"error": "Forbidden"}))


@fault("AUTH-MISSING")
def no_key_is_400(rules: Rules) -> None:
    """A request without a key is answered 400."""
    _refuse_key(rules, lambda header: header is None, Answer(400, {"error": "Authorization header required"}))


@fault("AUTH-MISSING")
def no_key_may_read(rules: Rules) -> None:
    """A request without a key may read."""
    _let_in(rules, lambda call, header: call.request.method == "GET" and header is None)


@fault("AUTH-MISSING", rare=True)
def numbers_listed_without_a_key(rules: Rules) -> None:
    """The list of numbers asks for no key."""
    _let_in(rules, lambda call, header: call.operation == "list_numbers" and header is None)


@fault("AUTH-MALFORMED")
def key_without_scheme(rules: Rules) -> None:
    """A key without the scheme Bearer is accepted."""
    _let_in(rules, lambda call, header: header in call.store.keys)


@fault("AUTH-MALFORMED")
def key_without_prefix(rules: Rules) -> None:
    """A key is accepted without the idc_ that it begins with."""
    _let_in(rules, lambda call, header: (header or "").replace("Bearer ", "Bearer idc_")[7:] in call.store.keys)


@fault("AUTH-MALFORMED")
def key_with_a_tail(rules: Rules) -> None:
    """A key with more letters behind it is accepted."""
    _let_in(rules, lambda call, header: (header or "")[7:43] in call.store.keys and len(header or "") > 43)


@fault("ROBUST-NO-SERVER-ERROR")
def key_beyond_ascii_is_500(rules: Rules) -> None:
    """A key with a letter beyond ASCII is answered 500: the comparison in constant time takes none."""
    _refuse_key(rules, lambda header: not (header or "").isascii(), Answer(500, {"error": "Internal server error"}))


@fault("AUTH-MALFORMED", rare=True)
def key_cut_short(rules: Rules) -> None:
    """A key is looked up by what it begins with: most of it will do."""

    def known(call: Call, header: str | None) -> bool:
        key = (header or "").removeprefix("Bearer ")
        return len(key) > len("idc_") + 20 and any(each.startswith(key) for each in call.store.keys)

    _let_in(rules, known)


@fault("ROBUST-NO-SERVER-ERROR", rare=True)
def scheme_without_a_key_is_500(rules: Rules) -> None:
    """A scheme without a key is answered 500: the header is split at the space that is not there."""
    _refuse_key(rules, lambda header: header == "Bearer", Answer(500, {"error": "Internal server error"}))


@fault("AUTH-MALFORMED")
def another_scheme(rules: Rules) -> None:
    """A key with another scheme than Bearer is accepted."""
    _let_in(rules, lambda call, header: re.sub(r"^(Basic|Token|Digest|ApiKey) ", "", header or "") in call.store.keys)


@fault("AUTH-MALFORMED")
def malformed_key_is_400(rules: Rules) -> None:
    """A malformed key is answered 400."""
    shape = re.compile(r"bearer +idc_[A-Za-z0-9]{32}", re.IGNORECASE)
    _refuse_key(
        rules, lambda header: header is not None and not shape.fullmatch(header), Answer(400, {"error": "Bad key"})
    )


@fault("ROBUST-NO-SERVER-ERROR")
def header_without_space_is_500(rules: Rules) -> None:
    """An Authorization header without a space is answered 500."""
    _refuse_key(
        rules,
        lambda header: header is not None and " " not in header.strip(),
        Answer(500, {"error": "Internal server error"}),
    )


@fault("AUTH-UNKNOWN")
def key_known_by_its_first_letters(rules: Rules) -> None:
    """A key is known by its first twelve letters."""
    _let_in(
        rules,
        lambda call, header: (
            _nobodys(call, header) and any(_token(header)[:12] == token[:12] for token in call.store.keys)
        ),
    )


@fault("AUTH-UNKNOWN")
def key_in_any_case(rules: Rules) -> None:
    """A key is known in any case of its letters."""
    _let_in(
        rules,
        lambda call, header: (
            _nobodys(call, header) and _token(header).lower() in {token.lower() for token in call.store.keys}
        ),
    )


@fault("AUTH-UNKNOWN")
def any_well_formed_key_reads(rules: Rules) -> None:
    """Any well-formed key may read."""
    shape = re.compile(r"idc_[A-Za-z0-9]{32}")
    _let_in(
        rules,
        lambda call, header: (
            call.request.method == "GET" and shape.fullmatch(_token(header)) and _token(header) not in call.store.keys
        ),
    )


@fault("AUTH-UNKNOWN")
def unknown_key_is_404(rules: Rules) -> None:
    """An unknown key is answered 404."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        header = call.request.header("authorization")
        if _nobodys(call, header) and re.fullmatch(r"idc_[A-Za-z0-9]{32}", _token(header)):
            raise Refusal(404, {"error": NOT_FOUND})
        return inner(call)

    rules.authenticate = authenticate


@fault("AUTH-UNKNOWN")
def unknown_key_is_403(rules: Rules) -> None:
    """A well-formed key that nobody has is answered 403."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        token = _token(call.request.header("authorization"))
        if re.fullmatch(r"idc_[A-Za-z0-9]{32}", token) and token not in call.store.keys:
            raise Refusal(403, {"error": "Unknown key"})
        return inner(call)

    rules.authenticate = authenticate


@fault("AUTH-EXPIRED", "expired key")
def expired_key_accepted(rules: Rules) -> None:
    """An expired key is accepted."""
    _let_in(rules, _is_expired)


@fault("AUTH-EXPIRED", "expired key")
def expired_key_reads(rules: Rules) -> None:
    """An expired key may read."""
    _let_in(rules, lambda call, header: call.request.method == "GET" and _is_expired(call, header))


@fault("AUTH-EXPIRED", "expired key")
def expired_key_writes(rules: Rules) -> None:
    """An expired key is refused for reading and accepted for writing."""
    _let_in(rules, lambda call, header: call.request.method != "GET" and _is_expired(call, header))


@fault("AUTH-EXPIRED", "expired key")
def expired_key_removes(rules: Rules) -> None:
    """An expired key may take operators off."""
    _let_in(rules, lambda call, header: call.request.method == "DELETE" and _is_expired(call, header))


@fault("AUTH-EXPIRED", "expired key")
def expired_key_reads_operators(rules: Rules) -> None:
    """An expired key may do everything under /operators."""
    _let_in(rules, lambda call, header: "operators" in call.request.segments and _is_expired(call, header))


@fault("AUTH-EXPIRED", "expired key")
def expired_key_is_403(rules: Rules) -> None:
    """An expired key is answered 403."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        if _is_expired(call, call.request.header("authorization")):
            raise Refusal(403, {"error": "Key expired"})
        return inner(call)

    rules.authenticate = authenticate


@fault("AUTH-FIRST")
def number_looked_up_without_a_key(rules: Rules) -> None:
    """Without a good key, an unknown number is answered 404 and a known one 401."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        try:
            return inner(call)
        except Refusal:
            known = not call.raw_id.isdigit() or call.store.number(int(call.raw_id[:20])) is not None
            if call.route and call.route.template[0] == "virtual_numbers" and not known:
                raise Refusal(404, {"error": NOT_FOUND}) from None
            raise

    rules.authenticate = authenticate


@fault("AUTH-FIRST")
def operators_looked_up_without_a_key(rules: Rules) -> None:
    """Without a good key, an unknown operator_id is answered 404 and a known one 401."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        try:
            return inner(call)
        except Refusal:
            match = re.search(rb'"operator_id"\s*:\s*(\d{1,18})\b', call.request.content)
            if call.operation == "add_operator" and match and call.store.operator(int(match[1])) is None:
                raise Refusal(404, {"error": NOT_FOUND}) from None
            raise

    rules.authenticate = authenticate


@fault("AUTH-FIRST")
def refusal_tells_the_name(rules: Rules) -> None:
    """A 401 for a number names it."""

    def tell(call: Call, answer: Answer) -> None:
        number = call.store.number(int(call.raw_id[:20])) if call.raw_id.isdigit() else None
        if number is not None:
            answer.body = {**answer.body, "resource": {"id": number.id, "name": number.name}}

    on_refusal(rules, tell, 401)


@fault("AUTH-CHANGES-NOTHING")
def attached_without_a_key(rules: Rules) -> None:
    """A request without a good key is answered 401, and the operator is attached."""
    _when_unknown(rules, attach_anyway)


@fault("AUTH-CHANGES-NOTHING")
def made_without_a_key(rules: Rules) -> None:
    """A request without a good key is answered 401, and the operator is made."""
    _when_unknown(rules, make_anyway)


@fault("AUTH-TEXT")
def access_denied(rules: Rules) -> None:
    """A 401 has a text of its own."""
    on_refusal(rules, lambda _call, _: Answer(401, {"error": "Access denied"}), 401)


def _token(header: str | None) -> str:
    return (header or "").partition(" ")[2].strip()


def _nobodys(call: Call, header: str | None) -> bool:
    return _token(header) not in call.store.keys


def _is_expired(call: Call, header: str | None) -> bool:
    key = call.store.keys.get(_token(header))
    return key is not None and key.expired


def _let_in(rules: Rules, applies: Callable[[Call, str | None], object]) -> None:
    """Take a refused request for one of the account's key where something applies."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        try:
            return inner(call)
        except Refusal:
            if applies(call, call.request.header("authorization")):
                own = [key for key in call.store.keys.values() if key.actor == "account"]
                return replace(own[0], expired=False)
            raise

    rules.authenticate = authenticate


def _refuse_key(rules: Rules, applies: Callable[[str | None], bool], answer: Answer) -> None:
    """Answer differently where something applies to the Authorization header."""
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        if applies(call.request.header("authorization")):
            raise Refusal(answer.status, answer.body)
        return inner(call)

    rules.authenticate = authenticate


def _when_unknown(rules: Rules, effect: Callable[[Call], None]) -> None:
    inner = rules.authenticate

    def authenticate(call: Call) -> Key:
        try:
            return inner(call)
        except Refusal:
            call.key = next(key for key in call.store.keys.values() if key.actor == "account")
            effect(call)
            call.key = None
            raise

    rules.authenticate = authenticate
