"""Faults of caches: what was, or what another key saw, in the place of what is."""

import copy
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from conformance.mock.faults.registry import fault
from conformance.mock.faults.tools import after_attaching, after_removing, before, on_new_operator
from conformance.mock.rules import Call, Rules
from conformance.mock.wire import Answer

Place = tuple[object, ...]


@fault("ATTACH-STANDS")
def page_cached_until_a_removal(rules: Rules) -> None:
    """A number's page is kept from its first reading until an operator is removed from it."""
    forget = _cache(rules, "get_number", lambda call: (call.the_number.id, call.holder.actor))
    after_removing(rules, lambda _call, _number, _operator_id: forget())


@fault("REMOVE-TAKES-OFF")
def page_cached_until_an_attachment(rules: Rules) -> None:
    """A number's page is kept from its first reading until an operator is attached to it."""
    forget = _cache(rules, "get_number", lambda call: (call.the_number.id, call.holder.actor))
    after_attaching(rules, lambda _call, _number, _operator: forget())


@fault("REMOVE-TAKES-OFF")
def page_kept_through_a_removal(rules: Rules) -> None:
    """A number's page is kept until any write is tried, refused ones too, but a removal."""
    forget = _cache(rules, "get_number", lambda call: (call.the_number.id, call.holder.actor))
    for operation in ("add_operator", "update_number", "create_operator", "update_operator", "delete_operator"):
        before(rules, operation, lambda _call: forget())


@fault("ATTACH-STANDS", "read-only key")
def page_cached_for_readers(rules: Rules) -> None:
    """A number's page is kept from its first reading for a key that may only read."""
    _cache(
        rules,
        "get_number",
        lambda call: (call.the_number.id, call.holder.actor),
        lambda call: call.holder.actor == "read_only",
    )


@fault("OPERATORS-HOLD")
def operator_list_cached(rules: Rules) -> None:
    """The list of operators is kept from its first reading."""
    _cache(rules, "list_operators", lambda call: (call.holder.actor,))


@fault("OPERATORS-COUNT")
def operator_list_kept_until_an_operator_changes(rules: Rules) -> None:
    """The list of operators is kept until an operator is made, updated or deleted: assignments do not count."""
    forget = _cache(rules, "list_operators", lambda call: (call.holder.actor,))
    on_new_operator(rules, lambda _call, _operator: forget(), "add_operator", "create_operator")
    for operation in ("update_operator", "delete_operator"):
        before(rules, operation, lambda _call: forget())


@fault("LIST-NUMBERS-AGREES")
def number_list_cached(rules: Rules) -> None:
    """The list of numbers is kept from its first reading."""
    _cache(rules, "list_numbers", lambda call: (call.holder.actor,))


@fault("OPERATOR-PAGE-AGREES")
def operator_page_cached(rules: Rules) -> None:
    """An operator's page is kept from its first reading."""
    _cache(rules, "get_operator", lambda call: (call.the_operator.id, call.holder.actor))


@fault("SCOPE-LIST-OPERATORS", "project key")
def operator_list_shared(rules: Rules) -> None:
    """The list of operators is kept until the next write, and shown to every key of the account."""
    _share(rules, "list_operators")


@fault("SCOPE-LIST-NUMBERS", "project key")
def number_list_shared(rules: Rules) -> None:
    """The list of numbers is kept until the next write, and shown to every key of the account."""
    _share(rules, "list_numbers")


@fault("SCOPE-AVAILABLE", "project key")
def page_shared(rules: Rules) -> None:
    """A number's page is kept until the next write, and shown to every key that may see the number."""
    _share(rules, "get_number", lambda call: (call.the_number.id,))


@fault("PAYLOAD-SAME-AS-GET")
def attachment_remembered(rules: Rules) -> None:
    """An attachment that was answered once is answered the same again, whoever came and went since."""
    _cache(
        rules,
        "add_operator",
        lambda call: (call.the_number.id, call.holder.actor, call.request.content),
        lambda call: "operator_id" in call.body,
    )


@fault("ATTACH-NOBODY-ELSE", rare=True)
def same_phone_answered_from_memory(rules: Rules) -> None:
    """A phone number sent again with another name is answered with the list of the first time, without the newer."""
    _cache(
        rules,
        "add_operator",
        lambda call: (call.the_number.id, call.body.get("phone_number")),
        lambda call: isinstance(call.body.get("phone_number"), str) and "operator_id" not in call.body,
    )


@fault("ATTACH-STANDS")
def entity_tag_without_operators(rules: Rules) -> None:
    """A page's entity tag is made of all but its operators: sent back, it is answered 304 after an attachment."""
    shown = ("name", "active", "recording", "routing_strategy")
    _tag(rules, "get_number", lambda answer: repr([answer.data[each] for each in shown]))


@fault("LIST-NUMBERS-AGREES")
def entity_tag_of_the_numbers_ids(rules: Rules) -> None:
    """The entity tag of the list of numbers is made of their ids: sent back, it is answered 304 after attachments."""
    _tag(rules, "list_numbers", lambda answer: repr([each["id"] for each in answer.data]))


def _tag(rules: Rules, operation: str, content: Callable[[Answer], str]) -> None:
    """Give the answers of an operation an entity tag, and answer 304 where it is sent back."""
    inner = rules.finish

    def finish(call: Call, answer: Answer) -> Answer:
        answer = inner(call, answer)
        if call.operation != operation or answer.status != HTTPStatus.OK:
            return answer
        tag = f'"{sha256(content(answer).encode()).hexdigest()[:32]}"'
        if call.request.header("if-none-match") == tag:
            return Answer(HTTPStatus.NOT_MODIFIED, headers=[("etag", tag)])
        answer.headers.append(("etag", tag))
        return answer

    rules.finish = finish


def _cache(
    rules: Rules,
    operation: str,
    place: Callable[[Call], Place],
    applies: Callable[[Call], bool] = lambda _call: True,
) -> Callable[[], None]:
    """Keep the answers of an operation; return what forgets them."""
    kept: dict[Place, Answer] = {}
    inner = rules.handlers[operation]

    async def handle(call: Call) -> Answer:
        if not applies(call):
            return await inner(call)
        where = place(call)
        if where not in kept:
            kept[where] = await inner(call)
        return copy.deepcopy(kept[where])

    rules.handlers[operation] = handle
    return kept.clear


def _share(rules: Rules, operation: str, place: Callable[[Call], Place] = lambda _call: ()) -> None:
    """Keep the answers of an operation for all keys of an account until the next write."""
    forget = _cache(rules, operation, lambda call: (call.account.id, *place(call)))
    inner = rules.finish

    def finish(call: Call, answer: Answer) -> Answer:
        if call.request.method != "GET":
            forget()
        return inner(call, answer)

    rules.finish = finish
