"""What the contract expects of the answer to any request."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from conformance.actors import Actor
from conformance.exchange import Request
from conformance.oracle import calls
from conformance.oracle.bodies import Body
from conformance.oracle.calls import Call, canonical_integer
from conformance.oracle.expect_add import AddExpecting
from conformance.oracle.expectation import LIMITED, OTHER_FAULT, UNJUDGED, Expectation, Expecting
from conformance.oracle.operator_ids import leading_integer, spelled_integer
from conformance.oracle.phone_numbers import read_phone_number
from conformance.oracle.world import World

_ROUTING_STRATEGIES = frozenset({"priority", "round_robin", "simultaneous"})
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ]{0,59}")
_MOST_HEADER_BYTES = 7000
_MOST_BODY_BYTES = 4000  # more may be too large for whoever reads the body, before anybody looks into it
_AUTH_CLAUSES = {
    "missing": "AUTH-MISSING",
    "malformed": "AUTH-MALFORMED",
    "unknown": "AUTH-UNKNOWN",
    "expired": "AUTH-EXPIRED",
}
_TELLS_NOTHING = frozenset({400, 405, 406, 413, 414, 415, 417, 422, 431})
_TELLS_OF_THE_ACCOUNT = frozenset({"PHONE-EXISTS", "ATTACH-INACTIVE-OPERATOR", "ATTACH-INACTIVE-NUMBER"})


class Expect:
    """Expects of one request in one world."""

    def __init__(  # noqa: PLR0913, PLR0917 - one request is these six things
        self, expecting: Expecting, world: World, request: Request, call: Call, body: Body, actor: Actor
    ) -> None:
        self.expecting = expecting
        self.world = world
        self.request = request
        self.call = call
        self.body = body
        self.actor = actor
        self.number = number_named(call)

    def expectation(self) -> Expectation | None:
        """Return what conforms, or None where the contract says nothing of such a request."""
        if self.call.operation == calls.OTHER:
            return self._other_method()
        base = self._by_itself()
        if base is None:
            return None
        faults = [fault for fault in (self._number_fault(),) if fault is not None]
        if self.actor.key != "valid":
            return self._without_key(self._odd_headers(base), faults)
        if not self.actor.may_write and self.call.operation not in calls.READS:
            return self._without_permission(self._odd_headers(base), faults)
        base = self._odd_path(self._odd_headers(self._seen(base)))
        if not faults:
            return self._scheme(base)
        if base.faulty or _is_refusal(base):
            return self.expecting.either(faults[0], base)
        return faults[0].also(OTHER_FAULT, base.likely_refusals)

    # ------------------------------------------------------------------ who asks
    def _without_key(self, base: Expectation, faults: list[Expectation]) -> Expectation:
        """A key comes before all that tells of the account; what only the input tells may come first."""
        refused = self.expecting.of(_AUTH_CLAUSES[self.actor.key])
        if self.actor.name == "not_ascii":  # HTTP may refuse such a header before anybody reads it
            refused = refused.also(OTHER_FAULT, [self.expecting.answer("bad request")])
        base = self._odd_path(base)
        of_the_input = [each for each in base.likely_refusals if each.answer.status <= _TELLS_NOTHING]
        telling_nothing = of_the_input if base.faulty else []
        if self.call.path_oddity or canonical_integer(self.call.number or "0") is None:
            no_route = [outcome for outcome in base.refusals if outcome.answer.name in {"no route", "redirected"}]
            telling_nothing = [*telling_nothing, *no_route]
        if telling_nothing:
            return Expectation(
                "ROBUST-TWO-FAULTS",
                {"first": refused.outcomes, "second": tuple(telling_nothing)},
                f"{refused.clause}, {base.clause}",
                faulty=True,
            )
        if faults or _is_refusal(base):
            return replace(refused, clause="AUTH-FIRST")
        if base.clause in _TELLS_OF_THE_ACCOUNT:
            return refused
        return refused.also(OTHER_FAULT, of_the_input)

    def _without_permission(self, base: Expectation, faults: list[Expectation]) -> Expectation:
        adds = self.call.operation == calls.ADD
        refused = self.expecting.of("PERMISSION-WRITE" if adds else "PERMISSION-NEIGHBOURS")
        if self.call.operation != calls.DELETE_OPERATOR and not adds:
            only = tuple(each for each in refused.outcomes if each.answer.name == "write refused")
            refused = replace(refused, readings={"": only})
        base = self._odd_path(base)
        if base.faulty or _is_refusal(base):
            return self.expecting.either(refused, *faults, base)
        hidden = [self.expecting.answer("not found")] if self._may_be_hidden() else []
        of_the_number = [each for fault in faults for each in fault.refusals]
        return refused.also(OTHER_FAULT, [*base.likely_refusals, *of_the_number, *hidden])

    def _may_be_hidden(self) -> bool:
        """Tell whether it is not known if the key sees what the path names."""
        if self.number is not None:
            return self.world.reads_number(self.actor.name, self.actor.scope, self.number) is None
        return self.call.operator is not None and self.actor.scope not in {"account", "project"}

    def _scheme(self, base: Expectation) -> Expectation:
        if self.actor.name != "lower_case_scheme" or base.faulty:
            return base
        accepted = base.outcomes
        return Expectation(
            "AUTH-SCHEME-CASE",
            {"accepted": accepted, "refused": (self.expecting.answer("unauthorized"),)},
            "bearer",
        )

    # ------------------------------------------------------------------ what is asked for
    def _number_fault(self) -> Expectation | None:
        spelled = self.call.number or ""
        if self.number is None or (canonical_integer(spelled) is None and spelled_integer(spelled) is None):
            return None
        sees = self.world.reads_number(self.actor.name, self.actor.scope, self.number)
        if sees is not False:
            return None
        reads = self.call.operation == calls.GET_NUMBER
        if self.number in self.world.setting.other_account_numbers:
            return self.expecting.of("SCOPE-OTHER-ACCOUNT-NUMBER")
        listing = self.world.number_lists.get("account")
        exists = self.number in self.world.setting.foreign_numbers or (listing and self.number in listing.ids)
        if self.actor.scope == "project" and exists and self.call.operation != calls.REMOVE:
            return self.expecting.of("SCOPE-NUMBER-READ" if reads else "SCOPE-NUMBER")
        by_call = {calls.GET_NUMBER: "GET-NUMBER-NOT-FOUND", calls.REMOVE: "REMOVE-NOT-FOUND"}
        return self.expecting.of(by_call.get(self.call.operation, "NOT-FOUND-NUMBER"))

    def _by_itself(self) -> Expectation | None:
        """Return what is expected where key, permission, headers and path are in order."""
        operation = self.call.operation
        if operation == calls.ADD:
            return self._add()
        if operation == calls.GET_NUMBER:
            return self.expecting.of(self._read_clause("GET-NUMBER-ANSWERS"))
        if operation == calls.LIST_NUMBERS:
            return self.expecting.of(self._read_clause("LIST-NUMBERS-ANSWERS"))
        if operation == calls.LIST_OPERATORS:
            return self.expecting.of(self._read_clause("OPERATORS-ANSWERS"))
        if operation == calls.UPDATE_NUMBER:
            return self._update_number()
        if operation == calls.REMOVE:
            return self._remove()
        if operation == calls.CREATE_OPERATOR:
            return self._create_operator()
        return self._operator_call()

    def _read_clause(self, clause: str) -> str:
        return clause if self.actor.may_write else "PERMISSION-READS"

    def _seen(self, base: Expectation) -> Expectation:
        """Leave the answer open where it is not known whether the key can see the number."""
        if self.number is None:
            return base
        if self.world.reads_number(self.actor.name, self.actor.scope, self.number) is None:
            return self.expecting.unjudged(base, self.expecting.of("NOT-FOUND-NUMBER"))
        return base

    def _add(self) -> Expectation:
        adding = AddExpecting(self.expecting, self.world, self._owner(), self._scope(), self.number)
        return adding.of_body(self.body, dict(self.call.query))

    def _owner(self) -> str:
        return self.actor.name if self.actor.key == "valid" else "account"

    def _scope(self) -> str:
        return self.actor.scope if self.actor.scope == "project" else "account"

    def _update_number(self) -> Expectation | None:
        fields = self.body.fields
        if self.body.kind != "object" or self.body.oddities:
            return None
        strategy = fields.get("routing_strategy", "priority")
        if isinstance(strategy, str) and strategy not in _ROUTING_STRATEGIES:
            return self.expecting.of("UPDATE-NUMBER-INVALID")
        types = {"name": str, "active": bool, "recording": bool, "routing_strategy": str}
        if any(not isinstance(value, types.get(name, str)) for name, value in fields.items()):
            return None
        if fields.keys() - types.keys():
            return None
        updated = self.expecting.of("UPDATE-NUMBER-ANSWERS")
        if self._leaves_all_out():
            return updated.also("refused", [self.expecting.answer("invalid"), self.expecting.answer("bad request")])
        if "name" not in fields or _PLAIN_NAME.fullmatch(fields["name"]):
            return updated
        return updated.also("refused", [self.expecting.answer("invalid")])  # no page says which names are valid

    def _remove(self) -> Expectation | None:
        operator = removed_operator(self.call, self.body)
        in_query = any(name == "operator_id" and text for name, text in self.call.query)
        names_nobody = not in_query and "operator_id" not in self.body.fields
        if names_nobody and self.number is not None and self.body.kind in {"object", "empty"}:
            # How it is answered is not said; that nobody goes by it is judged by who is there.
            answers = ("no route", "unprocessable", "bad request", "unchanged")
            return self.expecting.unjudged(Expectation("", {"": tuple(map(self.expecting.answer, answers))}))
        if operator is None or self.number is None or self.body.kind not in {"object", "empty"} or self.body.oddities:
            return None
        holds = self.world.number(self.number).holds(operator)
        if holds is None:
            return self.expecting.unjudged(
                self.expecting.of("REMOVE-ANSWERS"), self.expecting.of("REMOVE-NOT-ATTACHED")
            )
        return self.expecting.of("REMOVE-ANSWERS" if holds else "REMOVE-NOT-ATTACHED")

    def _create_operator(self) -> Expectation | None:
        fields = self.body.fields
        phone = read_phone_number(fields.get("phone_number"))
        if self.body.kind != "object" or self.body.oddities or phone.stored is None or phone.kind == "other type":
            return None
        if "name" not in fields or not self._is_plain_record():
            return None
        made = self.expecting.of("OPERATOR-CREATE-ANSWERS")
        vouched = fields["phone_number"] in self.world.setting.accepted_phone_numbers
        firm = vouched and fields.get("email") is None  # no page says which addresses are valid
        return made.also(LIMITED if firm else "refused", [self.expecting.answer("invalid")])

    def _operator_call(self) -> Expectation | None:
        operator = canonical_integer(self.call.operator)
        if operator is None:
            return None
        resolves = self.world.resolves(self._owner(), self._scope(), operator)
        # A key of unknown scope may be of a project, whatever its list had more before others changed something.
        may_be_hidden = self.actor.scope == "unknown" and not self.world.has_listed(self.actor.name, operator)
        if self.call.operation == calls.GET_OPERATOR:
            found, missing = self._read_clause("OPERATOR-PAGE-ANSWERS"), "OPERATOR-PAGE-NOT-FOUND"
        elif self.call.operation == calls.UPDATE_OPERATOR:
            if not self._is_plain_record() and not self._leaves_all_out():
                return None
            found, missing = "OPERATOR-UPDATE-ANSWERS", "OPERATOR-PAGE-NOT-FOUND"
        else:
            return self._delete_operator(resolves=None if may_be_hidden else resolves)
        if resolves is None:
            return self.expecting.unjudged(self.expecting.of(found), self.expecting.of(missing))
        expected = self.expecting.of(found if resolves else missing)
        if resolves and may_be_hidden:
            return expected.also(OTHER_FAULT, self.expecting.of(missing).outcomes)
        phone, email = self.body.fields.get("phone_number"), self.body.fields.get("email")
        unsure = phone is not None and phone not in self.world.setting.accepted_phone_numbers
        if resolves and (unsure or email is not None):
            return expected.also("refused", [self.expecting.answer("invalid")])
        if self.call.operation == calls.UPDATE_OPERATOR and self._leaves_all_out():
            return expected.also("refused", [self.expecting.answer("invalid"), self.expecting.answer("bad request")])
        return expected

    def _leaves_all_out(self) -> bool:
        """Tell whether an update names no field: all keep their values, or something is asked for."""
        return self.body.kind == "object" and not self.body.oddities and not self.body.fields

    def _is_plain_record(self) -> bool:
        """Tell whether a body gives an operator's fields, each of its type: of the rest the documentation is silent."""
        if self.body.kind != "object" or self.body.oddities:
            return False
        checks = {
            "name": lambda value: isinstance(value, str) and bool(value.strip()),
            "phone_number": lambda value: read_phone_number(value).stored is not None and isinstance(value, str),
            "email": lambda value: value is None or (isinstance(value, str) and "@" in value),
            "active": lambda value: isinstance(value, bool),
        }
        fields = self.body.fields
        return bool(fields) and all(name in checks and checks[name](value) for name, value in fields.items())

    def _delete_operator(self, *, resolves: bool | None) -> Expectation:
        needs_permission = self.expecting.of("PERMISSION-DELETE").readings["delete is needed"]
        deleted, missing = self.expecting.of("OPERATOR-DELETE-ANSWERS"), self.expecting.of("OPERATOR-PAGE-NOT-FOUND")
        if resolves is None:
            return self.expecting.unjudged(deleted, missing, self.expecting.of("PERMISSION-DELETE"))
        return (deleted if resolves else missing).also("delete is needed", needs_permission)

    # ------------------------------------------------------------------ odd ways to ask
    def _other_method(self) -> Expectation | None:
        if not self.call.known_path or self.request.method in {"HEAD", "OPTIONS"}:
            return None
        found = self.expecting.of("METHOD-OTHER", self.request.method)
        if self.request.body and (self.request.method == "GET" or self.body.oddities):
            of_the_body = (self.expecting.answer(each) for each in ("bad request", "unsupported"))
            found = found.also("refused", [*found.readings["refused"], *of_the_body])
        if self.actor.key != "valid":
            return found.also("unauthorized", [self.expecting.answer("unauthorized")])
        if not self.actor.may_write:
            return found.also("write refused", [self.expecting.answer("write refused")])
        return found

    def _odd_headers(self, base: Expectation) -> Expectation:
        accept = self.request.header("accept")
        if accept is not None and not _allows_json(accept):
            base = self.expecting.around("ACCEPT-WITHOUT-JSON", base, "Accept")
        if goes_beyond_http_limits(self.request):
            expects = self.request.header("expect") is not None
            base = self.expecting.around("HTTP-LIMITS", base, "Expect" if expects else "size")
        if len(self.request.body or b"") > _MOST_BODY_BYTES:
            base = base.also("refused", [*base.readings.get("refused", ()), self.expecting.answer("too large")])
        return base

    def _odd_path(self, base: Expectation) -> Expectation:
        if self.call.path_oddity:
            return self.expecting.around(self.call.path_oddity, base, "slashes or case")
        if self.call.number is None or canonical_integer(self.call.number) is not None:
            return base
        if spelled_integer(self.call.number) is not None:
            return self.expecting.around("PATH-ID-SPELLED", base, "number")
        label = "no number" if self.number is None else "a number and letters"
        row = self.expecting.around("PATH-ID-NOT-INTEGER", base, label)
        if self.number is None:  # no reading of the text is a number: nothing can be read
            refusals = (*row.readings["refused"], *base.refusals)
            if not self.call.number:  # two slashes: a router may take them for one
                refusals += tuple(self.expecting.answer(each) for each in ("redirected", "method refused"))
            row = replace(row, clause="PATH-ID-NOT-INTEGER", readings={"refused": refusals})
        return row


def goes_beyond_http_limits(request: Request) -> bool:
    """Tell whether HTTP itself may refuse a request, by any body or by closing the connection (contract 3)."""
    size = len(request.target) + sum(len(name) + len(value) for name, value in request.headers)
    return request.header("expect") is not None or size > _MOST_HEADER_BYTES


def number_named(call: Call) -> int | None:
    """Return the virtual number that a path names, however it is spelled, or None."""
    if call.number is None:
        return None
    canonical = canonical_integer(call.number)
    if canonical is not None:
        return canonical
    spelled = spelled_integer(call.number)
    return spelled if spelled is not None else leading_integer(call.number)


def removed_operator(call: Call, body: Body) -> int | None:
    """Return the operator that a removal names in the query or the JSON body; None if none or two."""
    named: set[Any] = {canonical_integer(value) for name, value in call.query if name == "operator_id"}
    if body.kind == "object" and "operator_id" in body.fields:
        value = body.fields["operator_id"]
        named.add(value if isinstance(value, int) and not isinstance(value, bool) else None)
    return named.pop() if len(named) == 1 else None


def _is_refusal(base: Expectation) -> bool:
    return base.clause != UNJUDGED and bool(base.outcomes) and not any(each.succeeds for each in base.outcomes)


def _allows_json(accept: str) -> bool:
    ranges = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return bool(ranges & {"application/json", "application/*", "*/*"})
