"""What only a later exchange makes certain: that a refusal was no limit, a name no reason, a drop no accident."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.exchange import Exchange, Request
from conformance.oracle import calls
from conformance.oracle.answers import is_integer
from conformance.oracle.expect import goes_beyond_http_limits
from conformance.oracle.expectation import FEWEST_AT_A_LIMIT
from conformance.oracle.names import read_name
from conformance.oracle.phone_numbers import read_phone_number
from conformance.oracle.predicates.answers import answer_difference, came, kind_of_attachment
from conformance.oracle.readings import Length
from conformance.oracle.step import Difference, Step

if TYPE_CHECKING:
    from conformance.oracle.judge import Judge

_RECORDED = frozenset({"OPERATOR-CREATE-ANSWERS", "OPERATOR-UPDATE-ANSWERS"})
_DROPS = 2


@dataclass(slots=True)
class _Refusal:
    """An attachment refused as a full list would refuse it, or an operator as a full account would."""

    step: Step
    number: int | None
    size: int
    people: int
    creates: bool


@dataclass(slots=True)
class _Accepted:
    """The lengths of lists at which an attachment went through, and the largest account in which a creation did."""

    by_number: dict[int, set[int]] = field(default_factory=dict)
    people: int = -1
    short_lists: set[tuple[str, str]] = field(default_factory=set)  # clauses and phone numbers that fewer than ten took
    # number, length of its list, who was attached, and what phone number stood beside
    people_at: set[tuple[int, int, int, str]] = field(default_factory=set)


class LateChecks:
    """Remembers what is not certain yet."""

    def __init__(self, judge: Judge, left_out: frozenset[str]) -> None:
        self._judge = judge
        self._left_out = left_out
        self._refusals: list[_Refusal] = []
        self._accepted = _Accepted()
        self._refused_names: dict[str, Step] = {}
        self._refused_records: dict[str, Step] = {}
        self._drops: Counter[Request] = Counter()
        self._answered_since: set[Request] = set()
        self._last: Step | None = None

    def judged(self, step: Step) -> None:
        """Take note of an answered step, before its world is learned."""
        self._last = step
        if step.expectation is not None and step.expectation.faulty:
            self._judge.count_late("ROBUST-CONNECTION", step)
        if step.adds and step.number_id is not None and step.state.places is not None:
            if step.limited:
                self._refused(step, step.number_id)
            elif step.joins:
                self._went_through(step, step.number_id)
        if step.match is not None and step.call.operation == calls.CREATE_OPERATOR:
            self._created_alone(step)
        self._names(step)
        self._records(step)

    def is_full(self, length: Length) -> bool:
        """Tell whether a list of that length takes nobody more, as far as was seen."""
        return any(
            (each.number == length.number and each.size <= length.operators)
            or (each.creates and each.people <= length.people)
            for each in self._refusals
        )

    def _created_alone(self, step: Step) -> None:
        if step.limited:
            self._refusals.append(_Refusal(step, None, step.before.people, step.before.people, creates=True))
        elif step.succeeded:
            self._accepted.people = max(self._accepted.people, step.before.people)
        self._confirm()

    def _refused(self, step: Step, number: int) -> None:
        creates = bool(step.expectation and any(each.creation for each in step.expectation.outcomes))
        self._refusals.append(_Refusal(step, number, len(step.old_places), step.before.people, creates))
        self._confirm()

    def _went_through(self, step: Step, number: int) -> None:
        size = len(step.old_places)
        self._accepted.by_number.setdefault(number, set()).add(size)
        if named := _named(step):
            self._accepted.people_at.add((number, size, named, _kind_of_phone_number(step)))
        if step.created is not None:
            self._accepted.people = max(self._accepted.people, step.before.people)
        if size < FEWEST_AT_A_LIMIT:
            clause = kind_of_attachment(step, step.expectation.clause if step.expectation else "")
            self._accepted.short_lists.add((clause, _kind_of_phone_number(step)))
            self._judge.count_late("ATTACH-LIMIT-BELOW-TEN", step)
        self._confirm()

    def _confirm(self) -> None:
        """Report every refusal that cannot have been a limit, as more went through elsewhere."""
        for refusal in list(self._refusals):
            here = refusal.number
            no_limit_here = here is None or max(self._accepted.by_number.get(here, ()), default=-1) >= refusal.size
            no_limit_at_all = not refusal.creates or self._accepted.people >= refusal.people
            if no_limit_here and no_limit_at_all:
                self._refusals.remove(refusal)
                self._judge.report_late(refusal.step, self._explained(refusal))

    def _explained(self, refusal: _Refusal) -> Difference:
        """Say which clause a refusal breaks that was no limit: that of limits, where shorter lists took such a one.

        Where a list of that very length took somebody of one number alone, its length was not the reason; where it took
        the very person, nothing but its length can have been.
        """
        found = answer_difference(refusal.step)
        known = self._judge.is_violated(found.clause) or self._judge.told.breaks_a_must(found.subject)
        of_several = found.clause == "ATTACH-SEVERAL-NUMBERS"
        as_long = of_several and refusal.size in self._accepted.by_number.get(refusal.number or 0, ())
        phone = _kind_of_phone_number(refusal.step)
        taken = (found.clause, phone) in self._accepted.short_lists
        themselves = (refusal.number, refusal.size, _named(refusal.step), phone) in self._accepted.people_at
        if known or refusal.size < FEWEST_AT_A_LIMIT or not (themselves or (taken and not as_long)):
            return found
        message = f"{refusal.size} operators were a limit once, and are none"
        return Difference("ATTACH-LIMIT", message, found.expected, found.actual)

    def _names(self, step: Step) -> None:
        creation = (
            next((each.creation for each in step.expectation.outcomes if each.creation), None)
            if step.adds and step.expectation and "operator_id" not in step.fields and not step.body.oddities
            else None
        )
        if creation is None or creation.phone.kind != "e164" or creation.phone.stored is None:
            return
        ordinary = not creation.name.may_refuse
        if step.created is not None:
            refused = self._refused_names.pop(creation.phone.stored, None)
            if refused is not None and not _there_is_more_room(step, refused):
                message = "a name was refused: the same number went through with another"
                self._judge.report_late(refused, Difference(_name_clause(refused), message, "200", came(refused)))
            elif refused is None and ordinary:
                self._judge.count_late("NAME-ACCEPTED", step)
        elif step.expectation is not None and step.expectation.clause == "PHONE-EXISTS":
            return  # refused, it was for the number, which may be free again by the time that it goes through
        elif ordinary and not step.succeeded and step.match is not None and not step.is_odd:
            self._refused_names[creation.phone.stored] = step

    def _records(self, step: Step) -> None:
        """Report a record refused by the neighbours whose phone number, the one thing in doubt, went through alone."""
        phone = step.fields.get("phone_number")
        if not isinstance(phone, str) or read_phone_number(phone).kind != "e164" or step.expectation is None:
            return
        if step.created is not None or (step.call.operation == calls.CREATE_OPERATOR and step.succeeded):
            refused = self._refused_records.pop(phone, None)
            if refused is None or refused.expectation is None:
                return
            if refused.call.operation == calls.UPDATE_OPERATOR or not _there_is_more_room(step, refused):
                message = "it was refused: its phone number went through by itself"
                found = Difference(refused.expectation.clause, message, "success", came(refused))
                self._judge.report_late(refused, found)
        elif _only_the_phone_number_is_in_doubt(step):
            self._refused_records[phone] = step

    # ------------------------------------------------------------------ dropped connections
    def lost(self, exchange: Exchange) -> None:
        """Take note of a request that got no answer."""
        if exchange.failure != "connection" or goes_beyond_http_limits(exchange.request):
            return
        request = exchange.request
        self._drops[request] += 1
        if (
            self._drops[request] >= _DROPS
            and request in self._answered_since
            and "ROBUST-CONNECTION" not in self._left_out
        ):
            step = self._judge.bare_step(exchange)
            message = "this request drops the connection again and again, while others are answered"
            self._judge.report_late(step, Difference("ROBUST-CONNECTION", message, "an answer", "connection closed"))
        self._answered_since.discard(request)

    def answered(self, exchange: Exchange) -> None:
        """Take note that the server answers."""
        for request in self._drops:
            if request != exchange.request:
                self._answered_since.add(request)

    def finish(self) -> None:
        """Call what is left of the refusals a limit."""
        for refusal in self._refusals:
            found = answer_difference(refusal.step)
            if self._judge.told.is_old(found):
                continue  # no limit: the same refusal was found wrong elsewhere
            self._judge.count_late("ATTACH-LIMIT", refusal.step, "limited", f"at {refusal.size}")
            may_be_the_accounts = refusal.creates and refusal.people >= FEWEST_AT_A_LIMIT
            if refusal.size < FEWEST_AT_A_LIMIT and not may_be_the_accounts:
                message = f"a list of {refusal.size} takes nobody more"
                difference = Difference("ATTACH-LIMIT-BELOW-TEN", message, "200", came(refusal.step))
                no_limit = self._judge.told.breaks_a_must(found.subject)  # elsewhere: it is its own clause's to say
                self._judge.report_late(refusal.step, found if no_limit else difference)
        if not self._refusals and self._last is not None and self._accepted.by_number:
            self._judge.count_late("ATTACH-LIMIT", self._last, "no limit seen")


def _named(step: Step) -> int:
    """Return the operator that an attachment names; 0 for none."""
    asked: Any = step.fields.get("operator_id")
    return int(asked) if is_integer(asked) else 0


def _only_the_phone_number_is_in_doubt(step: Step) -> bool:
    """Tell whether a neighbour refused, as not valid, a record that is ordinary, with a number that nobody had."""
    clause = step.expectation.clause if step.expectation is not None else ""
    if clause not in _RECORDED or step.answered.status != HTTPStatus.UNPROCESSABLE_ENTITY or step.match is None:
        return False
    name, phone = step.fields.get("name"), step.fields["phone_number"]
    taken = (known.record.get("phone_number") for known in step.before.operators.values() if known.exists)
    ordinary = name is None or not read_name(name).may_refuse
    return ordinary and step.fields.get("email") is None and phone not in taken


def _kind_of_phone_number(step: Step) -> str:
    return read_phone_number(step.fields["phone_number"]).kind if "phone_number" in step.fields else "none"


def _there_is_more_room(now: Step, then: Step) -> bool:
    """Tell whether a list, or the account, has fewer operators than when it refused one."""
    return len(now.old_places) < len(then.old_places) or now.before.people < then.before.people


def _name_clause(refused: Step) -> str:
    """Return the clause by which a refused name had to be taken: that of an open row has no refusal in it."""
    creations = (each.creation for each in refused.expectation.outcomes) if refused.expectation else ()
    clause = next((each.name.clause for each in creations if each), "")
    return "NAME-ACCEPTED" if clause in {"", "NAME-KEPT"} else clause
