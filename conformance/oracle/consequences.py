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
_COUNTS = frozenset({"OPERATORS-COUNT", "OPERATOR-PAGE-AGREES"})
# Who is on a list and who is not: from these, and not from places or priorities, counts follow.
_ON_OR_OFF = frozenset(
    {
        "ATTACH-STANDS",
        "ATTACH-LISTED",
        "ATTACH-NOBODY-ELSE",
        "CREATE-LISTED",
        "EFFECTS-OTHER-NUMBERS",
        "REMOVE-TAKES-OFF",
        "REMOVE-NOT-ATTACHED",
        "UPDATE-NUMBER-KEEPS",
    }
)


def goes_wrong_alone(contract: Contract, clause: str) -> bool:
    """Tell whether a must says what requests do without overlapping; a should may excuse no must."""
    known = contract.clauses[clause]
    return known.level == "must" and (known.family in _ALONE or clause in _ALONE_TOO)


def attaches_wrong(contract: Contract, clause: str) -> bool:
    """Tell whether a clause says who is attached where: counts and pages found later tell nothing new."""
    return goes_wrong_alone(contract, clause) or clause in _MAKES_OR_MOVES or clause == "UPDATE-NUMBER-KEEPS"


def consequences(contract: Contract, found: Sequence[str], aside: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return clause -> the clause of whose violation what was found of it may be a consequence.

    Args:
        contract: says of each clause by what it is judged.
        found: the clauses of all findings, in their order, one entry for each.
        aside: clause -> the violated clause that told what it would have been blamed for.

    Counts of numbers follow from who is on their lists, whichever was found first. Of the rest, the clause that was
    found first is never a consequence.
    """
    moved = next((each for each in found if each in _ON_OR_OFF), "")
    explained: dict[str, str] = dict.fromkeys(_COUNTS & set(found), moved) if moved else {}
    for what in ("lists", "names", "phone numbers"):
        domain = contract.depending_on(what)
        counts = Counter(each for each in found if each in domain)
        causes = Counter({each: count for each, count in counts.items() if each not in _NO_CAUSES})
        cause, most = causes.most_common(1)[0] if causes else ("", 0)
        if most >= MANY:
            alone = (each for each, count in counts.items() if count == 1 and each not in {cause, found[0]})
            explained |= dict.fromkeys(alone, cause)
    told = {**(aside or {}), **explained}
    return {clause: _root(told, clause) for clause in told}


def _root(told: Mapping[str, str], clause: str) -> str:
    """Follow clauses to the one that nothing else explains; two that explain each other are told by the nearer."""
    seen = [clause]
    while (cause := told.get(seen[-1])) is not None and cause not in seen:
        seen.append(cause)
    return seen[-1] if cause is None else seen[1]
