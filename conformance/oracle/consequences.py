"""What may only be a consequence: a number's list that goes wrong time and again spoils a look at other clauses too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from conformance.contract.clauses import Contract

MANY = 5  # findings of one clause
# Many findings of the first are one fact; the second is a should, which may not excuse a must; the third is told where
# it is not certain which refusal it was: the certain one is none of its consequences.
_NO_CAUSES = frozenset({"PAYLOAD-AVAILABLE-HOLDS", "ORDER-FIRST-IS-ZERO", "EFFECTS-REFUSED"})


def consequences(contract: Contract, found: Sequence[str]) -> Mapping[str, str]:
    """Return clause -> the clause of whose violation its own single finding may be a consequence.

    Args:
        contract: says of each clause by what it is judged.
        found: the clauses of all findings, in their order, one entry for each.

    The clause that was found first is never one.
    """
    explained: dict[str, str] = {}
    for what in ("lists", "names", "phone numbers"):
        domain = contract.depending_on(what)
        counts = Counter(each for each in found if each in domain)
        causes = Counter({each: count for each, count in counts.items() if each not in _NO_CAUSES})
        cause, most = causes.most_common(1)[0] if causes else ("", 0)
        if most >= MANY:
            alone = (each for each, count in counts.items() if count == 1 and each not in {cause, found[0]})
            explained |= dict.fromkeys(alone, cause)
    return explained
