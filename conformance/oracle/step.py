"""One exchange with all that the oracle knows around it: what predicates judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.actors import Actor
from conformance.contract.clauses import Contract
from conformance.exchange import Exchange
from conformance.oracle import calls
from conformance.oracle.answers import Answered, Detail, is_integer
from conformance.oracle.blame import Suspicion
from conformance.oracle.bodies import Body
from conformance.oracle.calls import Call, canonical_integer
from conformance.oracle.expect import number_named, removed_operator
from conformance.oracle.expectation import LIMITED, UNJUDGED, UNLIKELY, Expectation, Outcome
from conformance.oracle.world import Number, Places, World, Write

OK = 200
_INACTIVE = frozenset({"ATTACH-INACTIVE-OPERATOR", "ATTACH-INACTIVE-NUMBER"})
MADE_BESIDE_AN_ID = "answer of a success that read the phone number beside an operator_id"
MADE_UP = "answer of a success that attached somebody new in the place of the operator asked for"
NOTHING_DONE = "answer of a success that changed nothing"
NOT_ON_THE_LIST = "whom an attachment does not list"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it had to be.

    Args:
        clause: the clause that it breaks.
        message: what is wrong, in one line.
        expected: what would have conformed.
        actual: what came.
        culprits: numbers of the exchanges that it is held against, beside the one that shows it.
        subject: what kind of thing differs; one that differs time and again is not judged any more.
        claim: the thing itself, where only a write's own answer shows it otherwise: the next read of it decides.
        about: an operator whose own page would decide what is wrong.
        if_gone: the clause that is broken where that page is not found.
        if_not_there: the clause that is broken where that page does not list the number that this is about.
        if_as_sent: the clause that is broken where that page shows the name sent: the list alone has another.
        doubts_existence: whether it may be that the operator exists no more.
        explained_by: the clauses of which one is broken instead, where it was found violated before.
        unless_changed: whether it holds only for an operator who is there and active: other people change their own.
        never_was: whether it was never so before: no read that comes late shows it.
    """

    clause: str
    message: str
    expected: str
    actual: str
    culprits: tuple[int, ...] = ()
    subject: str = ""
    claim: str = ""
    about: int = 0
    if_gone: str = ""
    if_not_there: str = ""
    if_as_sent: str = ""
    doubts_existence: bool = False
    explained_by: tuple[str, ...] = ()
    unless_changed: bool = False
    never_was: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The reading that an answer is, and its outcome."""

    reading: str
    outcome: Outcome


@dataclass(eq=False)
class Step:
    """One exchange, read as a call of the contract, in the world before it.

    Args:
        answered: the parsed response; a step without response is not judged.
        expectation: what conforms; None where the contract says nothing.
        before: the world that the conversation had shown until here.
        after: the world with this exchange learned; set once it is.
        differences: what the answer shows that had to be otherwise; set once compared.
        held: what writes alone claim so far, and nobody learns before a read shows it.
        suspicion: what was seen so far of writes that change what they should not.
    """

    exchange: Exchange
    contract: Contract
    call: Call
    body: Body
    actor: Actor
    answered: Answered
    expectation: Expectation | None
    before: World
    after: World = field(default_factory=World)
    differences: tuple[Difference, ...] = ()
    held: frozenset[str] = frozenset()
    suspicion: Suspicion = field(default_factory=Suspicion)

    # ------------------------------------------------------------------ the request
    @property
    def number_id(self) -> int | None:
        """Return the virtual number that the path names, however spelled."""
        return self._number_id

    @cached_property
    def _number_id(self) -> int | None:
        return number_named(self.call)

    @cached_property
    def operator_id(self) -> int | None:
        """Return the operator in the path of an operator call, or of a removal."""
        if self.call.operation == calls.REMOVE:
            return removed_operator(self.call, self.body)
        return canonical_integer(self.call.operator)

    @property
    def adds(self) -> bool:
        """Tell whether this is the endpoint under test."""
        return self.call.operation == calls.ADD

    @property
    def reads(self) -> bool:
        """Tell whether this is one of the four reading calls."""
        return self.call.operation in calls.READS

    @property
    def succeeded(self) -> bool:
        """Tell whether the answer is a 2xx."""
        return self.answered.status // 100 == OK // 100

    @property
    def has_to_be_refused(self) -> bool:
        """Tell whether nothing but an error conforms."""
        expected = self.expectation
        known = expected is not None and expected.clause != UNJUDGED and bool(expected.outcomes)
        return known and expected is not None and not any(each.succeeds for each in expected.outcomes)

    @property
    def fields(self) -> Mapping[str, Any]:
        """Return the JSON body's fields; empty where it is no object."""
        return self.body.fields

    # ------------------------------------------------------------------ the answer
    @property
    def detail(self) -> Detail | None:
        """Return the detail payload of a 2xx, as far as it can be read and is of the number asked for."""
        return None if self.shows_another_number else self.answered.detail

    @cached_property
    def shows_another_number(self) -> bool:
        """Tell whether the payload is of another number than the path names."""
        shown = self.answered.detail.id if self.answered.detail is not None else None
        return is_integer(shown) and self._number_id is not None and shown != self._number_id

    @cached_property
    def match(self) -> Match | None:
        """Return the reading that the answer is; None where it is none, or nothing is expected."""
        if self.expectation is None:
            return None
        found = self._first_match(with_effects=True)
        if found is None and self._is_firm:
            found = self._first_match(with_effects=False)
        return found

    @cached_property
    def reading(self) -> str:
        """Return the one reading that the answer is, or "" where it may be several, or says nothing of the clause.

        A documented text is that answer, not a refusal that may have any text.
        """
        clause = self.contract.clauses.get(self.expectation.clause) if self.expectation else None
        if clause is None or self.match is None or self.expectation is None:
            return ""
        fitting = [
            (reading, outcome)
            for reading, outcomes in self.expectation.readings.items()
            for outcome in outcomes
            if reading != UNLIKELY and self._fits(outcome)
        ]
        documented = [each for each in fitting if each[1].answer.error == "documented"]
        names = {reading for reading, _ in documented or fitting}
        return names.pop() if len(names) == 1 and names <= clause.readings.keys() else ""

    @property
    def _is_firm(self) -> bool:
        """A must decides by status and text alone; what it does is other clauses' to judge.

        So does whether somebody attached may be refused for being inactive: not refused, it is the no-op.
        """
        clause = self.expectation.clause if self.expectation else UNJUDGED
        asked: Any = self.fields.get("operator_id")
        again = clause in _INACTIVE and is_integer(asked) and bool(self.state.holds(asked))
        return again or clause == UNJUDGED or self.contract.clauses[clause].level != "open"

    def _first_match(self, *, with_effects: bool) -> Match | None:
        if self.expectation is None:
            return None
        for reading, outcomes in self.expectation.readings.items():
            for outcome in outcomes:
                if self._fits(outcome, with_effects=with_effects):
                    return Match(reading, outcome)
        return None

    def _fits(self, outcome: Outcome, *, with_effects: bool = True) -> bool:
        if not self.answered.fits(outcome.answer) or (outcome.succeeds and self._shows_no_payload):
            return False
        return not with_effects or self._has_effect(outcome)

    @property
    def _shows_no_payload(self) -> bool:
        """Tell whether an odd request was answered with something else than what it would have been read as."""
        return not self._is_firm and self.call.operation in calls.DETAIL_CALLS and self.answered.detail is None

    def _has_effect(self, outcome: Outcome) -> bool:
        if not self.adds or self.detail is None:
            return True
        effect = outcome.answer.effect
        if effect in {"attaches", "attaches-owner"}:
            joined = set(self.detail.ids) - set(self._ids_before or self.detail.ids)
            attached = bool(outcome.operators & set(self.detail.ids)) and joined <= outcome.operators
            return attached and (bool(joined) or not outcome.joins)
        if effect == "creates":
            return self._new_entry(outcome) is not None
        if effect == "nothing" and outcome.operators and not outcome.operators & set(self.detail.ids):
            return False  # nothing to do is right only where whom it names is attached
        return effect == "any" or self._ids_before is None or set(self.detail.ids) == set(self._ids_before)

    @property
    def limited(self) -> bool:
        """Tell whether the answer is the refusal that a full list would give."""
        return self.match is not None and self.match.reading == LIMITED

    # ------------------------------------------------------------------ the effect
    @property
    def state(self) -> Number:
        """Return the number's state before this exchange."""
        return self.before.number(self._number_id or 0)

    @property
    def _ids_before(self) -> tuple[int, ...] | None:
        places = self.state.places
        return None if places is None else tuple(place.operator for place in places)

    @cached_property
    def created(self) -> int | None:
        """Return the operator that a shape B made, as the answer's list shows it."""
        if self.match is None or self.match.outcome.creation is None:
            return None
        return self._new_entry(self.match.outcome)

    def _new_entry(self, outcome: Outcome) -> int | None:
        """Find the new operator: by its phone number among those not attached before, else the last of these."""
        if self.detail is None or outcome.creation is None:
            return None
        before = self._ids_before
        if before is not None:
            new = [each for each in self.detail.ids if each not in before]
        else:
            new = [each for each in self.detail.ids if self.before.operator(each).exists is None]
        new = [each for each in new if self._may_be_new(each)]
        sent = outcome.creation.phone.stored
        by_phone = [each for each in new if self.detail.operators[each].get("phone_number") == sent]
        if by_phone or before is None:
            return by_phone[-1] if by_phone else None
        culprits = {write_phone for write in self.before.writes for write_phone in write.phones}
        unexplained = [each for each in new if self.detail.operators[each].get("phone_number") not in culprits]
        if unexplained:
            return unexplained[-1]
        # Another spelling of the number may have been refused just before: then it is this one that was taken.
        ending = outcome.creation.phone.ending
        own = [each for each in new if str(self.detail.operators[each].get("phone_number")).endswith(ending)]
        return own[-1] if ending and own else None

    def _may_be_new(self, operator: int) -> bool:
        """Tell whether an id may be a new operator's: nobody had it, or whoever had it was deleted."""
        known = self.before.operator(operator)
        return known.exists is False or (known.exists is None and not known.ours)

    @cached_property
    def referred(self) -> int | None:
        """Return the operator that the answer attached by reference, new on the list or not."""
        if not self.adds or self.match is None or not self.match.outcome.succeeds:
            return None
        operators = self.match.outcome.operators
        if self.detail is not None and operators & set(self.detail.ids):
            new = operators & set(self.detail.ids) - set(self._ids_before or ())
            return min(new or operators & set(self.detail.ids))
        return min(operators) if len(operators) == 1 else None

    @property
    def target(self) -> int | None:
        """Return whoever this request attached: referred to, or made."""
        return self.referred if self.referred is not None else self.created

    @property
    def reattaches(self) -> bool:
        """Tell whether whom it attached was known to be attached already."""
        return self.referred is not None and bool(self.state.holds(self.referred))

    @property
    def joins(self) -> bool:
        """Tell whether whom it attached was known not to be attached before."""
        return self.adds and self.target is not None and self.state.holds(self.target) is False

    @property
    def unseen_writes(self) -> tuple[Write, ...]:
        """Return the writes since the number's operators were shown last."""
        return self.before.writes_since(self.state.seen)

    @property
    def is_steady(self) -> bool:
        """Tell whether only this conversation changes the number's operators (contract 3, what moves by itself)."""
        return self._number_id in self.before.setting.virtual_numbers

    @cached_property
    def stale_since(self) -> Write | None:
        """Return the last write that a number's page does not show, where the page is as the same key saw it before.

        None where the page shows it, and where another write may have taken back what the page does not show.
        """
        page, seen = self.state.pages.get(self.actor.name, ((), 0))
        if self.call.operation != calls.GET_NUMBER or self.detail is None or not self.is_steady or not seen:
            return None
        if self.state.places is None or page != self.detail.places or page == self.state.places:
            return None
        was = {place.operator for place in page}
        writes = self.before.writes_since(seen)
        changed = [each for each in writes if not each.refused and _changes_a_list(each)]
        if was <= {place.operator for place in self.state.places} and len(changed) < len(writes):
            return None
        here = [each for each in changed if each.number in {self._number_id, None}]
        return here[-1] if here else None

    def repeats_a_page_without(self, operator: int) -> bool:
        """Tell whether a page is as the same key read it before, and lacks somebody who was attached since."""
        page, seen = self.state.pages.get(self.actor.name, ((), 0))
        is_as_before = bool(seen) and self.reads and self.detail is not None and self.detail.places == page
        return is_as_before and operator in self.state.unread

    @property
    def is_odd(self) -> bool:
        """Tell whether something about the request may be refused for itself."""
        return self.expectation is not None and self.expectation.faulty

    @property
    def old_places(self) -> Places:
        """Return the places before; empty where unknown."""
        return self.state.places or ()


def _changes_a_list(write: Write) -> bool:
    return write.operation in {calls.ADD, calls.REMOVE, calls.DELETE_OPERATOR}
