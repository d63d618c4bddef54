"""The allow-list: the last look at a request before the wire. What it refuses is a fault of the suite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.actors import ACTORS
from conformance.exchange import Request
from conformance.oracle import calls
from conformance.oracle.bodies import Body, read_body
from conformance.oracle.calls import Call, read_call
from conformance.oracle.expect import number_named, removed_operator
from conformance.oracle.operator_ids import read_operator_id
from conformance.oracle.phone_numbers import E164, read_phone_number
from conformance.oracle.world import World
from conformance.target.settings import Target
from conformance.target.stops import Forbidden


class AllowList:
    """Refuses every write that could touch what is not the run's own.

    Args:
        is_fictional: tells whether an E.164 number is reserved for fiction.
    """

    def __init__(self, target: Target, is_fictional: Callable[[str], bool]) -> None:
        self._target = target
        self._is_fictional = is_fictional

    def check(self, request: Request, world: World, *, undoing: bool = False) -> None:
        """Let a request pass; while undoing, whoever stood on a designated number may be put back.

        Raises:
            Forbidden: it could change what the run may not change, or call a number that may be somebody's.
        """
        call, body = read_call(request), read_body(request)
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        self._check_phones(body, call)
        if not self._has_power(request) or (undoing and call.operation in {calls.ADD, calls.REMOVE, calls.DELETE_OPERATOR}):
            if undoing and call.number:
                self._check_number(request, call, world)
            return
        if call.operation in {calls.ADD, calls.UPDATE_NUMBER, calls.REMOVE} or (call.number and not call.operator):
            self._check_number(request, call, world)
        if call.operation == calls.ADD:
            for operator in _named(body, call):
                self._check_operator(operator, call, world)
        elif call.operation == calls.REMOVE:
            operator = removed_operator(call, body)
            if operator is not None and not self._is_ours_or_nobodys(operator, world):
                self._check_not_attached(operator, call, world)
        elif call.operation in {calls.UPDATE_OPERATOR, calls.DELETE_OPERATOR}:
            named = int(call.operator) if call.operator and call.operator.isdigit() else None
            if named is None or not self._is_ours_or_nobodys(named, world):
                _forbid(request, "an operator that this run did not make")

    def _has_power(self, request: Request) -> bool:
        actor = ACTORS.get(request.actor)
        return actor is None or (actor.key == "valid" and actor.may_write)

    def _check_phones(self, body: Body, call: Call) -> None:
        if self._target.any_phone_number:
            return
        for value in (body.fields.get("phone_number"), *(text for name, text in call.query if name == "phone_number")):
            inner = value[0] if isinstance(value, list) and value else value
            stored = read_phone_number(inner).stored
            if stored and E164.fullmatch(stored) and not self._may_be_sent(stored):
                message = f"refused to send {stored}: it is neither fictional nor given with --phone-number"
                raise Forbidden(message)

    def _may_be_sent(self, phone: str) -> bool:
        return phone in self._target.phone_numbers or self._is_fictional(phone)

    def _check_number(self, request: Request, call: Call, world: World) -> None:
        number = number_named(call)
        if number is None or number in self._target.virtual_numbers:
            return
        if number in self._target.other_account_virtual_numbers:
            return
        if request.actor == "project" and number in self._target.foreign_virtual_numbers:
            return
        if world.reads_number("account", "account", number) is False:
            return
        _forbid(request, f"virtual number {number}, which was not designated")

    def _check_operator(self, operator: int, call: Call, world: World) -> None:
        if self._is_ours_or_nobodys(operator, world) or operator in self._target.other_account_operators:
            return
        number = number_named(call)
        if number is not None and world.number(number).holds(operator):
            return
        message = f"refused to attach operator {operator}: this run did not make it"
        raise Forbidden(message)

    def _check_not_attached(self, operator: int, call: Call, world: World) -> None:
        number = number_named(call)
        if number is None or world.number(number).holds(operator) is not False:
            message = f"refused to remove operator {operator}: this run did not attach it"
            raise Forbidden(message)

    def _is_ours_or_nobodys(self, operator: int, world: World) -> bool:
        known = world.operator(operator)
        if known.ours or known.exists is False:
            return True
        listing = world.operator_lists.get("account")
        return listing is not None and operator not in listing.ids and known.exists is None


def _named(body: Body, call: Call) -> set[int]:
    """Return every operator that a body or query names, or that a lenient server could take it to name."""
    values: list[Any] = [fields["operator_id"] for fields in (body.fields, body.first) if "operator_id" in fields]
    values += [text for name, text in call.query if name == "operator_id"]
    named: set[int] = set()
    for value in values:
        given = read_operator_id(value)
        named |= set(given.casts) | ({given.value} if given.value else set())
    return named


def _forbid(request: Request, what: str) -> None:
    message = f"refused to send {request.method} {request.target} as {request.actor}: it writes to {what}"
    raise Forbidden(message)
