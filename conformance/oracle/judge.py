"""The judge: hears a conversation round by round, and says of every clause what became of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.actors import ACTORS, Actor
from conformance.contract.clauses import Contract
from conformance.exchange import Exchange, Response, in_rounds
from conformance.oracle import calls, learning, overlap
from conformance.oracle.answers import read_answer
from conformance.oracle.attributes import changed_attribute, of_attributes
from conformance.oracle.blame import Suspicion, likeliest
from conformance.oracle.bodies import read_body
from conformance.oracle.calls import read_call
from conformance.oracle.claims import Held
from conformance.oracle.consequences import consequences
from conformance.oracle.contested import SECOND_LOOK_AFTER
from conformance.oracle.differences import of_places, suspects
from conformance.oracle.expect import Expect
from conformance.oracle.expectation import OTHER_FAULT, Expecting
from conformance.oracle.held_back import HeldBack
from conformance.oracle.late import LateChecks
from conformance.oracle.predicates import PREDICATES, Judged, Observed
from conformance.oracle.predicates.answers import answer_predicates, overlapping_answer_difference
from conformance.oracle.predicates.listings import numbers_gained
from conformance.oracle.predicates.registry import HOLDS, Registered
from conformance.oracle.readings import Readings, length_when_refused
from conformance.oracle.records import of_operators
from conformance.oracle.step import Difference, Step
from conformance.oracle.told import Told
from conformance.oracle.unshown import Unshown
from conformance.oracle.validators import Validators
from conformance.oracle.world import Setting, World
from conformance.oracle.writes import as_write

_SERVER_ERROR = 500
_DISTRUSTED = frozenset({"SCOPE-LIST-OPERATORS", "SCOPE-POST-PROJECT"})  # broken, lists tell nothing of the project
_MOVES_BY_ITSELF = "PAYLOAD-STATS"  # what was otherwise a second before is not late: it moved (contract 3)
_NOBODY = Actor("", "valid", "unknown")


@dataclass(frozen=True, slots=True)
class Finding:
    """A clause violated at an exchange."""

    clause: str
    exchange: int
    difference: Difference


class Judge:
    """Hears exchanges in order and judges each by every clause.

    Args:
        contract: the clauses.
        setting: what the user told about the target.
        without: clauses to leave out, for the test that every predicate is needed.
    """

    def __init__(self, contract: Contract, setting: Setting | None = None, *, without: Iterable[str] = ()) -> None:
        self.contract = contract
        self.world = World(setting=setting or Setting())
        self.findings: list[Finding] = []
        self.exercised: Counter[str] = Counter()
        self.exercised_at: dict[str, list[int]] = defaultdict(list)
        self.declined_at: list[int] = []
        self.told = Told(contract)
        self._readings = Readings()
        self._expecting = Expecting(contract)
        left_out = frozenset(without)
        registered = {**PREDICATES, **answer_predicates(contract, PREDICATES)}
        self._by_operation: dict[str, list[Registered]] = defaultdict(list)
        for each in registered.values():
            if each.clause not in left_out:
                for operation in each.on:
                    self._by_operation[operation].append(each)
        self._late = LateChecks(self, left_out)
        self.validators = Validators()
        self._held_back = HeldBack(contract.depending_on("lists"))
        self._suspicion = Suspicion()
        self._doubt: tuple[Step, tuple[Difference, ...]] | None = None
        self._left_out = left_out
        self._unshown = Unshown()

    # ------------------------------------------------------------------ hearing
    def hear_all(self, conversation: Iterable[Exchange]) -> Judge:
        """Hear a whole conversation and finish."""
        for exchanges in in_rounds(conversation):
            self.hear(exchanges)
        self.finish()
        return self

    def hear(self, exchanges: Sequence[Exchange]) -> None:
        """Hear one round: one exchange, or several that overlapped."""
        exchanges = [self.validators.represented(exchange) for exchange in exchanges]
        if len(exchanges) == 1:
            self._hear_one(exchanges[0])
        else:
            self._settle_doubt(None)
            self._hear_together(exchanges)

    def finish(self) -> None:
        """Say what only the end of a conversation tells."""
        self._settle_doubt(None)
        self._report_held(self._held_back.unsettled())
        self._late.finish()

    @property
    def consequences(self) -> Mapping[str, str]:
        """Return clause -> the clause of whose violation what was found of it may be no more than a consequence."""
        return consequences(self.contract, [finding.clause for finding in self.findings], self.told.set_aside)

    def readings(self, clause: str) -> Mapping[str, frozenset[str]]:
        """Return what was observed of an open clause: input class -> readings."""
        return self._readings.of(clause, self._late.is_full)

    @property
    def wants_second_look(self) -> bool:
        """Tell whether the last read is at odds with the writes before it, so that it is worth reading again."""
        return self._doubt is not None or self._held_back.wants_second_look

    @property
    def holds_something_back(self) -> bool:
        """Tell whether something was found that a later answer has to decide."""
        return bool(self._held_back.unsettled() or self._doubt or self._unshown)

    @property
    def wanted_page(self) -> str | None:
        """Return the target of a page that would tell which of two faults the last answer showed."""
        return self._held_back.wanted_page

    # ------------------------------------------------------------------ one exchange
    def _hear_one(self, exchange: Exchange) -> None:
        step = self.step(exchange)
        if step is None:
            self._late.lost(exchange)
            self._lose(exchange)
            return
        self._late.answered(exchange)
        self._settle_doubt(step)
        if step.answered.is_put_off:
            self._judge(step, only_firm=True)
            return
        self.world, settled, guilty = self._held_back.settle(step, self.world)
        self._report_held(settled)
        if guilty is not None:
            self._suspect(guilty)
        step.before = known = self.world
        step.before = self.world = learning.with_assumed_places(step)
        for writing, difference in self._unshown.settle(step):
            self._report_new(writing, difference)
        self._compare(step)
        found, unsettled = self._judge(step)
        if step.reads and unsettled and not self._looked_twice and step.answered.status < _SERVER_ERROR:
            self._doubt = (step, tuple(unsettled))
            self._report(step, [each for each in found if each not in unsettled])
            self.world = known  # what a doubtful read shows is not assumed
            return
        self._looked_twice = False
        kept, self.world = self._held_back.hold(step, found, self.world)
        step.before = self.world
        self._report(step, kept)
        if not self._held_back.is_contested(step.number_id):
            self._suspect(step)
        if step.reads and step.state.places is not None:
            self._count("READ-YOUR-WRITES", step)
        self._late.judged(step)
        self._note_declined(step)
        self._learn(step, frozenset(each.clause for each in kept))

    def _learn(self, step: Step, found: frozenset[str]) -> None:
        self.world = learning.learn(step)
        if found & _DISTRUSTED:
            self.world = self.world.without_operator_list(step.actor.name)
        is_open = "SCOPE-SEES-ATTACHED" in found or self._held_back.leaves_open_who_is_at(step.number_id)
        if step.number_id is not None and is_open:
            self.world = self.world.with_number(step.number_id, places=None, orders=None, appended=None)
        step.after = self.world

    _looked_twice = False

    def _settle_doubt(self, step: Step | None) -> None:
        """Decide what an odd read was, by the next exchange: late, never, or not looked at again."""
        if self._doubt is None:
            return
        first, differences = self._doubt
        self._doubt = None
        same = step is not None and step.exchange.request == first.exchange.request
        if same and step is not None and step.exchange.started - first.exchange.ended >= SECOND_LOOK_AFTER:
            step.before = learning.with_assumed_places(step)
            self._compare(step)
            found, _ = self._judge(step, count=False, old_too=True)
            lasting = {told for each in found for told in (each.clause, each.message)}
            late = [each for each in differences if not {each.clause, each.message} & lasting]
            self._looked_twice = True
        else:
            late = list(differences)
        late = [each for each in late if each.clause != _MOVES_BY_ITSELF and not self.told.is_old(each)]
        if late and "READ-YOUR-WRITES" not in self._left_out:
            why = "a second later it was right" if same else "it was not read again, so late or never is not known"
            message = f"{late[0].message}; {why}"
            difference = Difference("READ-YOUR-WRITES", message, late[0].expected, late[0].actual)
            self._report(first, [difference])
            self.world = replace(self.world, reads_lag=True)

    def step(self, exchange: Exchange) -> Step | None:
        """Read an exchange as a step in the world as it is; None where no answer came."""
        if exchange.response is None:
            return None
        request = exchange.request
        call, body = read_call(request), read_body(request)
        actor = ACTORS.get(request.actor, replace(_NOBODY, name=request.actor))
        answered = read_answer(exchange.response, is_detail=call.operation in calls.DETAIL_CALLS)
        expectation = None
        if not answered.is_put_off:
            expectation = Expect(self._expecting, self.world, request, call, body, actor).expectation()
        found = Step(exchange, self.contract, call, body, actor, answered, expectation, self.world)
        found.suspicion = self._suspicion
        return found

    def bare_step(self, exchange: Exchange) -> Step:
        """Return a step of which nothing is expected, for what is not about the answer."""
        call, body = read_call(exchange.request), read_body(exchange.request)
        answered = read_answer(exchange.response or Response(0), is_detail=False)
        actor = ACTORS.get(exchange.request.actor, _NOBODY)
        return Step(exchange, self.contract, call, body, actor, answered, None, self.world)

    def _compare(self, step: Step) -> None:
        if not step.differences:
            found = (*of_places(step), *of_attributes(step), *of_operators(step), *numbers_gained(step))
            step.differences = tuple(each for each in found if not self.told.is_old(each))

    def _judge(
        self, step: Step, *, only_firm: bool = False, count: bool = True, old_too: bool = False
    ) -> tuple[list[Difference], list[Difference]]:
        """Ask every predicate; return what is violated, and of that what a second look may take back."""
        asked = {registered.clause for registered in self._by_operation[step.call.operation]}
        found = [] if only_firm else [each for each in step.differences if each.clause not in asked]
        unsettled = [each for each in found if not (each.never_was or each.clause in self.told.violated)]
        for registered in self._by_operation[step.call.operation]:
            if only_firm and registered.settles:
                continue
            judged = registered.judge(step)
            if judged is None:
                continue
            if count:
                self._count(registered.clause, step, judged)
            if judged == HOLDS:
                self.told.kept.add(registered.clause)
            if not isinstance(judged, Observed):
                found.extend(each for each in judged if old_too or not self.told.is_old(each))
                if registered.settles and registered.clause not in self.told.violated:
                    unsettled.extend(each for each in judged if not each.never_was)
        if only_firm:
            self._report(step, found)
        return found, unsettled

    def _count(self, clause: str, step: Step, judged: Judged = ()) -> None:
        if clause in self._left_out:
            return
        self.exercised[clause] += 1
        self.exercised_at[clause].append(step.exchange.number)
        if isinstance(judged, Observed):
            self._readings.note(clause, judged, length_when_refused(step) if clause != "ATTACH-LIMIT" else None)

    def _report_held(self, settled: Iterable[Held]) -> None:
        for writing, difference in settled:
            self._report(writing, [difference])

    def _suspect(self, step: Step) -> None:
        """Take note of the writes after which a number is as it had to be, or is not."""
        if step.detail is None or not step.is_steady or step.state.places is None:
            return
        candidates = suspects(step)
        if not step.differences:
            held = [(name, repr(value)) for name, value in step.detail.attributes.items()]
            self._suspicion.note(candidates, step.number_id, guilty=False, holding=held)
        elif candidates:
            likely = likeliest(candidates, self._suspicion, step.number_id, changed_attribute(step))
            self._suspicion.note(likely, step.number_id, guilty=True)

    def _note_declined(self, step: Step) -> None:
        """Take note of a refusal, or an inactive number, that says nothing of the plain case: a claim is excused."""
        if step.expectation is not None and step.expectation.clause == "ATTACH-INACTIVE-NUMBER":
            self.declined_at.append(step.exchange.number)
        if step.match is None or step.succeeded or step.expectation is None:
            return
        elsewhere = step.match.reading == OTHER_FAULT or step.limited
        if elsewhere or any(outcome.succeeds for outcome in step.expectation.outcomes):
            self.declined_at.append(step.exchange.number)

    def _report(self, step: Step, differences: Iterable[Difference]) -> None:
        for difference in dict.fromkeys(map(self.told.restated, differences)):
            if difference.clause in self._left_out:
                continue
            self.told.tell(difference)
            self.findings.append(Finding(difference.clause, step.exchange.number, difference))

    def _report_new(self, step: Step, difference: Difference) -> None:
        self._report(step, [] if self.told.is_old(difference) else [difference])

    def report_late(self, step: Step, difference: Difference) -> None:
        """Report what only a later exchange made certain, at the exchange that it is about."""
        if difference.clause not in self._left_out:
            self.exercised[difference.clause] += 1
            self.exercised_at[difference.clause].append(step.exchange.number)
            self._report_new(step, difference)

    def is_violated(self, clause: str) -> bool:
        """Tell whether a clause was found violated."""
        return clause in self.told.violated

    def count_late(self, clause: str, step: Step, reading: str | None = None, input_class: str = "") -> None:
        """Count what a late check found to hold."""
        self._count(clause, step, Observed(reading, input_class) if reading else ())

    def _lose(self, exchange: Exchange) -> None:
        """Forget what a request without answer may have changed."""
        call = read_call(exchange.request)
        if call.operation in calls.READS:
            return
        step = self.bare_step(exchange)
        self.world = learning.remember_write(self.world, as_write(step, lost=True))
        if step.number_id is not None and call.operation in {calls.ADD, calls.REMOVE, calls.UPDATE_NUMBER}:
            self.world = self.world.with_number(
                step.number_id, places=None, orders=None, attributes={}, appended=None, unread=frozenset()
            )
        elif call.operation == calls.DELETE_OPERATOR and step.operator_id is not None:
            for number, state in self.world.numbers.items():
                if state.holds(step.operator_id) is not False:
                    self.world = self.world.with_number(number, places=None, orders=None, appended=None)
            known = replace(self.world.operator(step.operator_id), exists=None, ours=False)
            self.world = self.world.with_operators({step.operator_id: known})

    # ------------------------------------------------------------------ several at once
    def _hear_together(self, exchanges: Sequence[Exchange]) -> None:
        steps = [step for step in map(self.step, exchanges) if step is not None]
        writes = [step for step in steps if not step.reads]
        lost = [exchange for exchange in exchanges if exchange.response is None]
        start = self.world
        for step in steps:
            self._judge(step, only_firm=True)
            if "CONCURRENT-ANSWERS" not in self._left_out:
                self._judge_overlapping_answer(step, writes)
            for difference in (
                *overlap.named_otherwise(step, writes, start),
                *overlap.made_as_one(step, writes, start),
            ):
                self._report_new(step, difference)
        for step in steps:
            step.before = self.world
            self.world = learning.learn_overlapping(step, start)
        for number in overlap.numbers_in_doubt(writes):
            orders = None if lost else self._orders(number, steps, start)
            self.world = self.world.with_number(
                number,
                places=None,
                orders=orders,
                overlapped=True,
                appended=None,
                unread=frozenset(),
                answered=None,
                read_moving=None,
                written_moving=(),
            )
        for exchange in lost:
            self._lose(exchange)

    def _judge_overlapping_answer(self, step: Step, writes: Sequence[Step]) -> None:
        if step.expectation is None or (step.reads and not step.has_to_be_refused):
            return
        self._count("CONCURRENT-ANSWERS", step)
        if not overlap.is_shown(step, writes):
            self._unshown.note(step)
        if not overlap.refusals_allowed(step, writes):
            self._report_new(step, overlapping_answer_difference(step))

    def _orders(self, number: int, steps: Sequence[Step], start: World) -> frozenset[overlap.Order] | None:
        state = start.number(number)
        known = state.orders
        if state.places is not None:
            known = frozenset({tuple(place.operator for place in state.places)})
        actions = overlap.actions_on(number, [step for step in steps if not step.answered.is_put_off], start)
        if known is None or actions is None:
            return None
        orders = overlap.possible_orders(known, actions)
        if orders is not None and not orders:
            message = f"no order of the requests on number {number} explains their answers"
            if "CONCURRENT-ANSWERS" not in self._left_out:
                here = next(step for step in steps if step.number_id == number and not step.reads)
                self._report_new(here, Difference("CONCURRENT-ANSWERS", message, "one order", "none"))
            return overlap.possible_orders(known, [replace(action, was_there=None) for action in actions])
        return orders
