"""What the contract expects of an answer: the clause that governs it and the answers that conform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from conformance.contract.clauses import Answer, Contract
from conformance.oracle.names import Name
from conformance.oracle.phone_numbers import PhoneNumber

LIMITED = "limited"
OTHERWISE_AT_FAULT = "otherwise at fault"
UNLIKELY = "unlikely"  # conforms, but tells nothing: another reading that fits the answer is the likelier one
OTHER_FAULT = "another fault"  # conforms, and says nothing of the clause: it answers something else in the request
UNJUDGED = ""
FEWEST_AT_A_LIMIT = 10  # a limit below this is a violated should (contract 3, a limit on operators)

# Input that is at fault in itself, whoever sends it: such a fault may be answered before any other.
_AT_FAULT_FAMILIES = frozenset({"missing", "validation", "robustness"})
_AT_FAULT = frozenset(
    {
        "PHONE-OF-OTHER-TYPE",
        "NAME-OF-OTHER-TYPE",
        "NAME-LONG",
        "NAME-CONTROL",
        "PRECEDENCE-BLANK-ID",
        "PRECEDENCE-PHONE-OF-OTHER-TYPE",
        "UPDATE-NUMBER-INVALID",
        "PHONE-OTHER-FORM",
    }
)


@dataclass(frozen=True, slots=True)
class Creation:
    """A new operator that a request asks for."""

    phone: PhoneNumber
    name: Name


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer that conforms, with what it does.

    Args:
        answer: status and error body.
        operators: whom an answer that attaches may attach; the first that fits is taken.
        creation: what an answer that creates makes.
        joins: whether somebody has to be new on the list.
    """

    answer: Answer
    operators: frozenset[int] = frozenset()
    creation: Creation | None = None
    joins: bool = False

    @property
    def succeeds(self) -> bool:
        """Tell whether this is a 2xx answer."""
        return any(status < 300 for status in self.answer.status)


@dataclass(frozen=True, slots=True)
class Expectation:
    """The clause that governs an answer, and its readings.

    Args:
        clause: its id, or UNJUDGED where what is known does not decide the answer.
        readings: reading -> outcomes, in the order in which they are tried.
        input_class: what kind of input this is, for the ledger of readings.
        faulty: whether the request is at fault in itself (body, path or headers).
    """

    clause: str
    readings: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict)
    input_class: str = ""
    faulty: bool = False

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return the outcomes of all readings."""
        return tuple(chain.from_iterable(self.readings.values()))

    @property
    def refusals(self) -> tuple[Outcome, ...]:
        """Return the outcomes that are errors."""
        return tuple(outcome for outcome in self.outcomes if not outcome.succeeds)

    @property
    def likely_refusals(self) -> tuple[Outcome, ...]:
        """Return the errors that this very request may get for what it asks: none that only a full list would give."""
        apart = {LIMITED, UNLIKELY, OTHER_FAULT}
        likely = chain.from_iterable(each for reading, each in self.readings.items() if reading not in apart)
        return () if self.clause == UNJUDGED else tuple(outcome for outcome in likely if not outcome.succeeds)

    def also(self, reading: str, outcomes: Iterable[Outcome]) -> Expectation:
        """Return this expectation with one more reading, tried last."""
        return replace(self, readings={**self.readings, reading: tuple(outcomes)})


class Expecting:
    """Builds expectations from the clauses of a contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    def answer(self, name: str) -> Outcome:
        """Return a named answer of the contract as an outcome without operator or creation."""
        return Outcome(self.contract.answers[name])

    def of(
        self,
        clause: str,
        input_class: str = "",
        *,
        operators: Iterable[int] = (),
        creation: Creation | None = None,
    ) -> Expectation:
        """Return what a clause expects, its effects filled in."""
        named = frozenset(operators)
        readings = {
            reading: tuple(
                Outcome(
                    answer,
                    named if answer.effect in {"attaches", "nothing"} and 200 in answer.status else frozenset(),
                    creation if answer.effect == "creates" else None,
                )
                for answer in answers
            )
            for reading, answers in self.contract.clauses[clause].readings.items()
        }
        return Expectation(clause, readings, input_class, faulty=self.is_fault(clause))

    def is_fault(self, clause: str) -> bool:
        """Tell whether requests governed by a clause are at fault in themselves."""
        return clause in _AT_FAULT or self.contract.clauses[clause].family in _AT_FAULT_FAMILIES

    def unjudged(self, *expectations: Expectation) -> Expectation:
        """Return an expectation that no answer violates; its outcomes still tell what happened."""
        return Expectation(UNJUDGED, {"": tuple(chain.from_iterable(each.outcomes for each in expectations))})

    def around(self, clause: str, base: Expectation, input_class: str) -> Expectation:
        """Return what a clause about odd input expects of a request that is `base` otherwise.

        Its readings of success become those of `base`; if `base` is or may be an error, that stays possible, and such
        an answer is no reading of the clause.
        """
        readings: dict[str, tuple[Outcome, ...]] = {}
        apart = {name: each for name, each in base.readings.items() if name in {LIMITED, UNLIKELY}}
        plain = tuple(chain.from_iterable(each for name, each in base.readings.items() if name not in apart))
        for reading, answers in self.contract.clauses[clause].readings.items():
            succeeds = any(200 in answer.status for answer in answers)
            refusals = tuple(Outcome(answer) for answer in answers if 200 not in answer.status)
            readings[reading] = (*(each for each in plain if each.succeeds), *refusals) if succeeds else refusals
        at_fault = tuple(each for each in plain if not each.succeeds)
        if at_fault:
            readings[OTHERWISE_AT_FAULT] = at_fault
        readings |= apart
        judged = base.clause != UNJUDGED
        return Expectation(clause if judged else UNJUDGED, readings, input_class, faulty=True)

    def either(self, first: Expectation, *others: Expectation) -> Expectation:
        """Return what conforms where a request has several faults: the answer of any."""
        second = tuple(chain.from_iterable(other.refusals for other in others))
        classes = ", ".join(each.input_class or each.clause for each in (first, *others))
        if UNJUDGED in {first.clause, *(other.clause for other in others)}:
            return self.unjudged(first, *others)
        return Expectation("ROBUST-TWO-FAULTS", {"first": first.refusals, "second": second}, classes, faulty=True)
