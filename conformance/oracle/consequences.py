"""What may only be a consequence: a number's list that goes wrong time and again spoils a look at other clauses too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from conformance.contract.clauses import Contract
from conformance.oracle.blame import CHANGES_NOTHING

MANY = 5  # findings of one clause
# Many findings of the first are one fact; the second is a should, which may not excuse a must; the third is told where
# it is not certain which refusal it was: the certain one is none of its consequences.
_NO_CAUSES = frozenset({"PAYLOAD-AVAILABLE-HOLDS", "ORDER-FIRST-IS-ZERO", "EFFECTS-REFUSED"})

DERIVED = frozenset({"SCOPE-COUNTS", "OPERATORS-COUNT", "OPERATOR-PAGE-AGREES", "LIST-NUMBERS-AGREES"})
"""Clauses about counts and pages, which follow from who is attached where."""
_MAKES_OR_MOVES = CHANGES_NOTHING | {"PRECEDENCE-CREATES-NOBODY", "EFFECTS-OPERATOR-LIST", "EFFECTS-REFUSED"}
_ALONE = frozenset({"attach", "create", "order", "reattach"})  # families of what requests do without overlapping
_ALONE_TOO = frozenset(
    {"EFFECTS-OTHER-NUMBERS", "REMOVE-ANSWERS", "REMOVE-TAKES-OFF", "REMOVE-NOT-ATTACHED", "ORDER-REST-STANDS"}
)
_MOVE_TOO = frozenset({"UPDATE-NUMBER-KEEPS", "OPERATOR-DELETE-TAKES"})
_SHOW_NUMBERS = frozenset({"OPERATOR-PAGE-AGREES", "LIST-NUMBERS-AGREES"})  # as an update left them


def goes_wrong_alone(contract: Contract, clause: str) -> bool:
    """Tell whether a must says what requests do without overlapping; a should may excuse no must."""
    known = contract.clauses[clause]
    return known.level == "must" and (known.family in _ALONE or clause in _ALONE_TOO)


def attaches_wrong(contract: Contract, clause: str) -> bool:
    """Tell whether a clause says who is attached where, from which counts and pages follow."""
    return goes_wrong_alone(contract, clause) or clause in _MAKES_OR_MOVES or clause in _MOVE_TOO


def consequences(contract: Contract, found: Sequence[str]) -> Mapping[str, str]:
    """Return clause -> the clause of whose violation what was found of it may be a consequence.

    Args:
        contract: says of each clause by what it is judged.
        found: the clauses of all findings, in their order, one entry for each.

    Counts and pages follow from who is attached where, whichever was found first. Of the rest, the clause that was
    found first is never a consequence.
    """
    moved = next((each for each in found if each not in DERIVED and attaches_wrong(contract, each)), "")
    explained: dict[str, str] = dict.fromkeys(DERIVED & set(found), moved) if moved else {}
    if "UPDATE-NUMBER-TAKES" in found:
        explained |= dict.fromkeys(_SHOW_NUMBERS & set(found), "UPDATE-NUMBER-TAKES")
    for what in ("lists", "names", "phone numbers"):
        domain = contract.depending_on(what)
        counts = Counter(each for each in found if each in domain)
        causes = Counter({each: count for each, count in counts.items() if each not in _NO_CAUSES})
        cause, most = causes.most_common(1)[0] if causes else ("", 0)
        if most >= MANY:
            alone = (each for each, count in counts.items() if count == 1 and each not in {cause, found[0]})
            explained |= dict.fromkeys(alone, cause)
    return explained
