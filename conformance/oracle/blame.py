"""Which clause a change breaks: found through the writes that could have caused it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from conformance.actors import ACTORS
from conformance.contract.clauses import Contract
from conformance.oracle import calls
from conformance.oracle.world import Write

_BY_FAMILY = {
    "missing": "MISSING-CHANGES-NOTHING",
    "validation": "VALIDATION-CHANGES-NOTHING",
    "phone": "VALIDATION-CHANGES-NOTHING",
    "name": "VALIDATION-CHANGES-NOTHING",
    "create": "VALIDATION-CHANGES-NOTHING",
    "not-found": "NOT-FOUND-CHANGES-NOTHING",
    "scope": "SCOPE-CHANGES-NOTHING",
    "permission": "PERMISSION-CHANGES-NOTHING",
    "auth": "AUTH-CHANGES-NOTHING",
    "robustness": "ROBUST-CHANGES-NOTHING",
    "reattach": "REATTACH-NOOP",
}
_BY_CLAUSE = {
    "UPDATE-NUMBER-INVALID": "UPDATE-NUMBER-INVALID",
    "REMOVE-NOT-ATTACHED": "REMOVE-NOT-ATTACHED",
    "REMOVE-NOT-FOUND": "NOT-FOUND-CHANGES-NOTHING",
    "PERMISSION-DELETE": "PERMISSION-CHANGES-NOTHING",
}
# How likely a write changes a number where it should not, before anything was seen of its kind.
_PRIOR, _PRIOR_REFUSED, _PRIOR_ELSEWHERE, _PRIOR_READ = 0.1, 0.05, 0.001, 0.0005
_PRIOR_HALF_DONE = 0.5  # neither done nor refused, as it was answered
_HALF_DONE = frozenset({"crashed", "redirected"})
_OPEN_PRECEDENCE = frozenset({"PRECEDENCE-BLANK-ID", "PRECEDENCE-PHONE-OF-OTHER-TYPE"})
CHANGES_NOTHING = frozenset(_BY_FAMILY.values()) | frozenset(_BY_CLAUSE.values())


def changes_nothing_clause(contract: Contract, write: Write, *, made_somebody: bool = False) -> str:
    """Return the clause that says that a refused write changes nothing."""
    actor = ACTORS.get(write.actor)
    if actor is not None and actor.key != "valid":
        return "AUTH-CHANGES-NOTHING"
    if actor is not None and not actor.may_write:
        return "PERMISSION-CHANGES-NOTHING"
    if write.does == "crashed":
        return "ROBUST-NO-SERVER-ERROR"  # no refusal: what a server error leaves half done comes of it
    if write.does == "redirected" and write.clause in contract.clauses:
        return write.clause  # no refusal either: that it was answered so is what is wrong
    if write.does == "limited":
        return "ATTACH-LIMIT"
    if write.clause in _BY_CLAUSE:
        return _BY_CLAUSE[write.clause]
    if write.clause == "PRECEDENCE-UNRESOLVED":
        return "PRECEDENCE-CREATES-NOBODY" if made_somebody else "NOT-FOUND-CHANGES-NOTHING"
    family = contract.clauses[write.clause].family if write.clause in contract.clauses else ""
    return _BY_FAMILY.get(family, "EFFECTS-REFUSED")


def culprits(
    writes: Iterable[Write], *, operator: int | None = None, phone: str | None = None, name: str | None = None
) -> list[Write]:
    """Return the writes that name an operator, a phone number or a name, latest first; phones weigh most."""
    newest_first = list(writes)[::-1]
    by_phone = [write for write in newest_first if phone is not None and phone in write.phones]
    if by_phone:
        return by_phone
    by_operator = [write for write in newest_first if operator is not None and operator in write.operators]
    return by_operator or [write for write in newest_first if name is not None and name in write.names]


Attribute = tuple[str, str]
"""The name of an attribute of a number, and its value as repr writes it."""


class Suspicion:
    """How often writes of each kind were followed by a change that nobody asked for, and how often by none.

    A kind is what a write did, at the clause that governs it; a new kind is judged by its like.
    """

    def __init__(self) -> None:
        self._guilty: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._seen_holding: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.guilty_refusals: list[Write] = []

    def note(
        self, writes: Iterable[Write], number: int | None, *, guilty: bool, holding: Iterable[Attribute] = ()
    ) -> None:
        """Take note of what was seen at a number after some writes, and of what it held before and after them."""
        listed, held = list(writes), list(holding)
        if guilty and len({write.clause for write in listed}) == 1:
            self.guilty_refusals += [write for write in listed if write.refused]
        for write in listed:
            for kind in _kinds(write, number):
                self._seen[kind] += 1
                self._guilty[kind] += guilty
                for name, value in held:
                    self._seen_holding[kind, name][value] += 1

    def of(self, write: Write, number: int | None, now: Attribute | None = None) -> float:
        """Return how likely a write is the one that changed a number, or an attribute of it to what it is now.

        What left such an attribute alone says nothing where it was so already.
        """
        rate = _PRIOR_HALF_DONE if write.does in _HALF_DONE else _PRIOR_REFUSED if write.refused else _PRIOR
        any_list = {calls.DELETE_OPERATOR, calls.UPDATE_OPERATOR}  # these may change any list
        elsewhere = write.number != number and write.operation not in any_list
        if write.does == "read" or elsewhere:
            rate = _PRIOR_READ if write.does == "read" else _PRIOR_ELSEWHERE
        for kind in _kinds(write, number):
            seen = self._seen[kind] if now is None else self._guilty[kind] + self._seen_otherwise(kind, *now)
            rate = (self._guilty[kind] + rate) / (seen + 1)
        return rate

    def _seen_otherwise(self, kind: str, name: str, value: str) -> int:
        held = self._seen_holding[kind, name]
        return held.total() - held[value]


def _kinds(write: Write, number: int | None) -> tuple[str, str]:
    what = f"{write.operation} {write.does} {'here' if write.number == number else 'elsewhere'}"
    return what, f"{what} {write.clause}"


def likeliest(
    suspects: Sequence[Write], suspicion: Suspicion, number: int | None, now: Attribute | None = None
) -> list[Write]:
    """Return the likeliest of some writes to have changed a number, or an attribute of it."""
    rates = [suspicion.of(each, number, now) for each in suspects]
    return [each for each, rate in zip(suspects, rates, strict=True) if rate == max(rates)]


def clause_of_the_likeliest(likely: Sequence[Write], clause_of: Callable[[Write], str]) -> str:
    """Return the clause that the likeliest suspects broke; EFFECTS-REFUSED where it is refusals of several kinds."""
    if len({clause_of(each) for each in likely}) > 1 and all(each.refused for each in likely):
        return "EFFECTS-REFUSED"
    return clause_of(likely[-1])


def clause_of_newcomer(contract: Contract, culprit: Write, number: int | None) -> str:
    """Return the clause that somebody new on a list, or on the account, breaks."""
    if culprit.refused:
        return changes_nothing_clause(contract, culprit, made_somebody=True)
    if number is not None and culprit.number is not None and culprit.number != number:
        return "EFFECTS-OTHER-NUMBERS"
    if culprit.operation == calls.REMOVE:
        return "REMOVE-TAKES-OFF"
    if culprit.operation == calls.DELETE_OPERATOR:
        return "OPERATOR-DELETE-TAKES"
    if culprit.operation in {calls.CREATE_OPERATOR, calls.UPDATE_OPERATOR}:
        return "EFFECTS-OTHER-NUMBERS" if number is not None else "OPERATORS-HOLD"
    if culprit.clause in _OPEN_PRECEDENCE:
        return culprit.clause
    if contract.clauses[culprit.clause].family == "precedence" if culprit.clause in contract.clauses else False:
        return "PRECEDENCE-CREATES-NOBODY"
    return "CREATE-MAKES-ONE" if culprit.phones else "EFFECTS-OPERATOR-LIST"


def clause_of_change(contract: Contract, write: Write, number: int, otherwise: str) -> str:
    """Return the clause that a write broke after which a list is changed, shortened or reordered.

    Args:
        otherwise: the clause of a write that attached or removed somebody at this number.
    """
    if write.operation == calls.GET_NUMBER:
        return write.clause
    if write.refused:
        return changes_nothing_clause(contract, write)
    if write.operation == calls.DELETE_OPERATOR:
        return "OPERATOR-DELETE-TAKES"
    if write.operation == calls.UPDATE_OPERATOR:
        return "OPERATOR-UPDATE-TAKES"
    if write.operation == calls.CREATE_OPERATOR or write.number != number:
        return "EFFECTS-OTHER-NUMBERS"
    return "UPDATE-NUMBER-KEEPS" if write.operation == calls.UPDATE_NUMBER else otherwise
