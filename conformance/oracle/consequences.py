"""What may only be a consequence: a number's list that goes wrong time and again spoils a look at other clauses too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from conformance.oracle.blame import CHANGES_NOTHING

MANY = 5  # findings of one clause
# Clauses that are judged by who stands where, or by what is known of people: a wrong world shows in any of them.
OF_THE_WORLD = CHANGES_NOTHING | {
    "ATTACH-LISTED",
    "ATTACH-NOBODY-ELSE",
    "ATTACH-STANDS",
    "ATTACH-SEVERAL-NUMBERS",
    "CREATE-LISTED",
    "CREATE-MAKES-ONE",
    "ORDER-APPEND",
    "ORDER-NEXT-SLOT",
    "ORDER-STANDS",
    "ORDER-FIRST-IS-ZERO",
    "ORDER-REST-STANDS",
    "REATTACH-NOOP",
    "REATTACH-AFTER-REMOVAL",
    "PRECEDENCE-NAME-BESIDE",
    "PRECEDENCE-BLANK-ID",
    "PRECEDENCE-PHONE-OF-OTHER-TYPE",
    "PAYLOAD-SAME-AS-GET",
    "PAYLOAD-AVAILABLE-HOLDS",
    "EFFECTS-OTHER-NUMBERS",
    "EFFECTS-OPERATOR-LIST",
    "EFFECTS-REFUSED",
    "EFFECTS-READ",
    "UPDATE-NUMBER-KEEPS",
    "REMOVE-ANSWERS",
    "REMOVE-TAKES-OFF",
    "REMOVE-NOT-ATTACHED",
    "OPERATORS-HOLD",
    "OPERATOR-DELETE-TAKES",
    "OPERATOR-PAGE-AGREES",
    "SCOPE-COUNTS",
    "SCOPE-OPERATOR",
    "SCOPE-CREATED-PROJECT",
    "CONTENT-TYPE",
    "ACCEPT-WITHOUT-JSON",
    "JSON-ODDITIES",
    "UNKNOWN-FIELDS",
}


# Many findings of the first are one fact; the second is a should, which may not excuse a must.
_NO_CAUSES = frozenset({"PAYLOAD-AVAILABLE-HOLDS", "ORDER-FIRST-IS-ZERO"})
_OF_NAMES = frozenset({"NAME-KEPT", "NAME-SPACES", "NAME-NOT-NFC", "NAME-BLANK", "NAME-CONTROL", "NAME-LONG"})
_OF_PHONES = frozenset({"PHONE-STORED", "PHONE-NORMALISED", "PHONE-STORED-E164"})


def consequences(found: Sequence[str]) -> Mapping[str, str]:
    """Return clause -> the clause of whose violation its own single finding may be a consequence.

    Args:
        found: the clauses of all findings, in their order, one entry for each.

    The clause that was found first is never one.
    """
    explained: dict[str, str] = {}
    for domain in (OF_THE_WORLD, _OF_NAMES, _OF_PHONES):
        counts = Counter(each for each in found if each in domain)
        causes = Counter({each: count for each, count in counts.items() if each not in _NO_CAUSES})
        cause, most = causes.most_common(1)[0] if causes else ("", 0)
        if most >= MANY:
            alone = (each for each, count in counts.items() if count == 1 and each not in {cause, found[0]})
            explained |= dict.fromkeys(alone, cause)
    return explained
