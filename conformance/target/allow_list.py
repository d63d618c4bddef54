"""The allow-list: the last look at a request before the wire. What it refuses is a fault of the suite."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from conformance.exchange import Request
from conformance.oracle import calls
from conformance.oracle.bodies import read_body
from conformance.oracle.calls import Call, canonical_integer, read_call
from conformance.oracle.expect import number_named, removed_operator
from conformance.oracle.operator_ids import leading_integer, spelled_integer
from conformance.oracle.world import World
from conformance.target.contents import Contents, read_contents
from conformance.target.dialling import could_ring
from conformance.target.ledger import Ledger
from conformance.target.settings import Target
from conformance.target.stops import Forbidden

_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FAR_ABOVE = 1000  # ids that other people's new records may take during a run, above the largest known
_OTHER_METHOD = re.compile(r"method-?override", re.IGNORECASE)


class AllowList:
    """Refuses every request that could change what is not the run's own, whoever sends it.

    A key that should be powerless is held to the same: it may not be what its user takes it for.

    Args:
        is_fictional: tells whether an E.164 number is reserved for fiction.
        ledger: what the run found and made.
    """

    def __init__(self, target: Target, is_fictional: Callable[[str], bool], ledger: Ledger) -> None:
        self._target = target
        self._is_fictional = is_fictional
        self._ledger = ledger

    def check(self, request: Request, world: World, *, undoing: bool = False) -> None:
        """Let a request pass; while undoing, only what the ledger says is to be put back.

        Raises:
            Forbidden: it could change what the run may not change, or call a number that may be somebody's.
        """
        call = read_call(request)
        contents = read_contents(request)
        self._check_phones(contents)
        if request.method in _READ_METHODS and call.operation in calls.READS and not request.body:
            return
        if undoing:
            self._check_undo(request, call)
            return
        self._check_path(request, call)
        self._check_number(request, call, world)
        if call.operator is not None:
            self._check_operator_itself(request, call, world)
        if call.operation == calls.CREATE_OPERATOR or (call.operator is None and call.number is None):
            return
        removed = self._removed(request, call)
        if call.operation == calls.REMOVE and not removed:
            self._check_everybody(request, call, world)
        passing = {each for each in contents.casts | removed if self._may_pass_by(each, call, world)}
        for operator in (contents.operators | removed) - passing:
            if not self._may_be_named(operator, world, removing=call.operation == calls.REMOVE):
                _forbid(request, f"names operator {operator}, whom this run did not make")

    # ------------------------------------------------------------------ phone numbers
    def _check_phones(self, contents: Contents) -> None:
        if self._target.any_phone_number:
            return
        for value in contents.phones:
            somebodys = could_ring(value, self._may_be_sent)
            if somebodys is not None:
                message = (
                    f"refused to send a phone number that can be read as {somebodys}: "
                    "it is neither fictional nor given with --phone-number"
                )
                raise Forbidden(message)

    def _may_be_sent(self, phone: str) -> bool:
        return phone in self._target.phone_numbers or (phone.startswith("+") and self._is_fictional(phone))

    # ------------------------------------------------------------------ where to
    def _check_path(self, request: Request, call: Call) -> None:
        """Refuse a path that no page describes, or that a server on the way could read as another."""
        path = unquote(unquote(request.target.partition("?")[0], errors="replace"), errors="replace")
        inner = f"{call.number or ''}{call.operator or ''}"
        if not call.known_path or ".." in path or "\\" in path or "/" in inner or ";" in path:
            _forbid(request, "goes to a path that no page describes")
        if call.operation == calls.OTHER and not path.rstrip("/").lower().endswith("/add_operator"):
            _forbid(request, "asks for what no page describes")
        if any(_OTHER_METHOD.search(name) for name, _ in request.headers) or "_method=" in request.target:
            _forbid(request, "asks for another method than its own")

    def _check_number(self, request: Request, call: Call, world: World) -> None:
        number = number_named(call)
        if number is not None and not self._may_be_written(abs(number), request.actor, world):
            _forbid(request, f"writes to virtual number {number}, which was not designated")

    def _may_be_written(self, number: int, actor: str, world: World) -> bool:
        target = self._target
        if number in target.virtual_numbers or number in target.other_account_virtual_numbers:
            return True
        if number in target.foreign_virtual_numbers and actor == "project":
            return True
        listing = world.number_lists.get("account")
        known = {*target.virtual_numbers, *world.readable.get("account", ()), *(listing.ids if listing else ())}
        return number == 0 or number > max(known, default=0) + _FAR_ABOVE

    # ------------------------------------------------------------------ whom
    def _check_operator_itself(self, request: Request, call: Call, world: World) -> None:
        text = call.operator or ""
        spelled = canonical_integer(text)
        spelled = spelled if spelled is not None else spelled_integer(text)
        operator = spelled if spelled is not None else leading_integer(text)
        if call.operation == calls.UPDATE_OPERATOR and operator in self._target.other_account_operators:
            body = read_body(request)
            if body.kind == "object" and not body.fields:
                return  # an update of nothing, that has to be refused, changes nothing where it is not
        if operator is None or not (self._is_ours(operator, world) or self._is_far_above(abs(operator), world)):
            _forbid(request, f"writes to operator {text}, whom this run did not make")

    def _check_everybody(self, request: Request, call: Call, world: World) -> None:
        """Refuse a removal that names nobody, or two, where a server that takes anybody off could hit a stranger."""
        places = world.number(number_named(call) or 0).places
        if places is None or not all(self._is_ours(place.operator, world) for place in places):
            _forbid(request, "names nobody, at a number where not only the run's own are known to stand")

    def _removed(self, request: Request, call: Call) -> frozenset[int]:
        operator = removed_operator(call, read_body(request)) if call.operation == calls.REMOVE else None
        return frozenset() if operator is None else frozenset({operator})

    def _may_be_named(self, operator: int, world: World, *, removing: bool) -> bool:
        if self._is_ours(operator, world) or operator in self._target.other_account_operators:
            return True
        if removing:
            return self._is_far_above(operator, world)
        return self._is_nobody(operator, world)

    def _may_pass_by(self, operator: int, call: Call, world: World) -> bool:
        """Tell whether somebody else's operator, to whom a cast leads, can be put at a number, or is there by one.

        Only where they do not stand: at the end of the list, and taken off again, they leave it as it was.
        """
        number = number_named(call) or 0
        found, places = self._ledger.found.get(number), world.number(number).places
        if found is None or places is None or operator in found.ids:
            return False
        if call.operation == calls.REMOVE:
            return (number, operator) in self._ledger.attached
        return call.operation == calls.ADD and all(place.operator != operator for place in places)

    def _is_ours(self, operator: int, world: World) -> bool:
        if operator in self._ledger.strangers:
            return False
        return self._ledger.is_ours(operator) or world.operator(operator).ours

    def _is_nobody(self, operator: int, world: World) -> bool:
        """Tell whether nobody of that id was ever seen, though everybody was listed."""
        if operator <= 0 or self._is_far_above(operator, world):
            return True
        seen = operator in self._ledger.strangers or world.operator(operator).exists is not None
        return "account" in world.operator_lists and not seen

    def _is_far_above(self, operator: int, world: World) -> bool:
        listing = world.operator_lists.get("account")
        known = {*self._ledger.strangers, *self._ledger.made, *(listing.ids if listing else ())}
        return operator > max(known, default=0) + _FAR_ABOVE

    # ------------------------------------------------------------------ the undo
    def _check_undo(self, request: Request, call: Call) -> None:
        ledger, number, operator = self._ledger, canonical_integer(call.number), canonical_integer(call.operator)
        if call.operation == calls.DELETE_OPERATOR and operator in ledger.made:
            return
        if number is not None and number in ledger.found:
            named = removed_operator(call, read_body(request)) if call.operation == calls.REMOVE else None
            if named is not None and (ledger.is_ours(named) or (number, named) in ledger.attached):
                return
            given = read_contents(request)
            attached_again = bool(given.operators) and all((number, each) in ledger.missing for each in given.operators)
            if call.operation == calls.ADD and attached_again and not given.phones:
                return
            if call.operation == calls.UPDATE_NUMBER:
                return
        _forbid(request, "undoes what the run did not do")


def _forbid(request: Request, what: str) -> None:
    message = f"refused to send {request.method} {request.target} as {request.actor}: it {what}"
    raise Forbidden(message)
