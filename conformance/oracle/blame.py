"""Which clause a change breaks: found through the writes that could have caused it."""

from __future__ import annotations

from collections.abc import Iterable

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
CHANGES_NOTHING = frozenset(_BY_FAMILY.values()) | frozenset(_BY_CLAUSE.values())


def changes_nothing_clause(contract: Contract, write: Write, *, made_somebody: bool = False) -> str:
    """Return the clause that says that a refused write changes nothing."""
    actor = ACTORS.get(write.actor)
    if actor is not None and actor.key != "valid":
        return "AUTH-CHANGES-NOTHING"
    if actor is not None and not actor.may_write:
        return "PERMISSION-CHANGES-NOTHING"
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
    if contract.clauses[culprit.clause].family == "precedence" if culprit.clause in contract.clauses else False:
        return "PRECEDENCE-CREATES-NOBODY"
    return "CREATE-MAKES-ONE" if culprit.phones else "EFFECTS-OPERATOR-LIST"


def clause_of_change(contract: Contract, writes: tuple[Write, ...], number: int) -> str:
    """Return the clause that a changed, shortened or reordered list breaks, by the writes before it."""
    if not writes:
        return "EFFECTS-READ"
    accepted = [write for write in writes if not write.refused]
    if not accepted:
        clauses = {changes_nothing_clause(contract, write) for write in writes}
        return clauses.pop() if len(clauses) == 1 else "EFFECTS-REFUSED"
    last = accepted[-1]
    if last.operation == calls.DELETE_OPERATOR:
        return "OPERATOR-DELETE-TAKES"
    if last.operation == calls.UPDATE_OPERATOR:
        return "OPERATOR-UPDATE-TAKES"
    if last.number is not None and last.number != number:
        return "EFFECTS-OTHER-NUMBERS"
    if last.operation == calls.UPDATE_NUMBER:
        return "UPDATE-NUMBER-KEEPS"
    return "EFFECTS-OTHER-NUMBERS" if last.operation == calls.CREATE_OPERATOR else "ATTACH-STANDS"
