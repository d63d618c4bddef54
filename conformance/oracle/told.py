"""What findings have told already: one that tells nothing new would only blame the innocent beside the guilty."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from conformance.contract.clauses import Contract
from conformance.oracle.consequences import DERIVED, MANY, attaches_wrong, goes_wrong_alone
from conformance.oracle.step import Difference

_ENOUGH = 2  # findings of one subject
_ENOUGH_CLAUSES = 2  # for one shape, or for one way to put a new operator in the wrong place
_ENOUGH_ANSWERS = 3  # clauses for one wrong answer
_ENOUGH_OF_THE_LIST = 3  # clauses about who stands where
_OTHERWISE = frozenset({"PAYLOAD-AVAILABLE-HOLDS", "PAYLOAD-SAME-AS-GET"})  # they tell of more than who stands where
_SERVER_ERROR = "ROBUST-NO-SERVER-ERROR"
_SPECIAL = frozenset({"ATTACH-SEVERAL-NUMBERS", "REATTACH-AFTER-REMOVAL", "PRECEDENCE-WINS"})
_STORES_NO_NUMBER = frozenset(
    {"VALIDATION-PHONE", "PHONE-STORED-E164", "PRECEDENCE-KEEPS-RECORD", "VALIDATION-CHANGES-NOTHING"}
)


def about_answer(status: int, errors: tuple[str, ...] | None) -> str:
    """Return the subject of a wrong answer: the same wherever the same is answered."""
    return f"answer {status} {'; '.join(errors or ())}"


class Told:
    """Remembers which clauses were found violated, and by what."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._of_the_list = contract.depending_on("lists") - _OTHERWISE
        self._counts: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._clauses: dict[str, set[str]] = defaultdict(set)
        self._alone_is_wrong = self._attached_wrong = False
        self.violated: set[str] = set()
        self.kept: set[str] = set()  # by some answer: what breaks it elsewhere is no choice of the whole server

    def restated(self, difference: Difference) -> Difference:
        """Return a difference by the clause that explains it.

        The general one, where one refusal meets special cases of several kinds; the one that people vanished by
        before, where somebody is not there.
        """
        if known := [each for each in difference.explained_by if each in self.violated]:
            return replace(difference, clause=known[0])
        blamed = self._clauses[difference.subject] if difference.subject.startswith("answer ") else set()
        if difference.clause in _SPECIAL and blamed & (_SPECIAL - {difference.clause}):
            return replace(difference, clause="ATTACH-ANSWERS")
        return difference

    def tell(self, difference: Difference) -> None:
        """Take note of a finding."""
        clause = difference.clause
        self.violated.add(clause)
        self._findings[clause] += 1
        self._alone_is_wrong |= goes_wrong_alone(self._contract, clause)
        self._attached_wrong |= attaches_wrong(self._contract, clause)
        if difference.subject:
            self._counts[difference.subject] += 1
            self._clauses[difference.subject].add(clause)

    def breaks_a_must(self, subject: str) -> bool:
        """Tell whether a must was found broken by a subject: an answer, a shape, a place."""
        return any(self._contract.clauses[clause].level == "must" for clause in self._clauses.get(subject, ()))

    def is_old(self, difference: Difference) -> bool:
        """Tell whether a difference tells nothing new.

        A thing found wrong twice; one shape that two clauses were blamed for; an answer that is wrong in the general
        case, or where the documentation is not silent, for special cases and open ones, unless it breaks a should that
        other answers keep; an answer that a request alone was blamed for, where requests overlap; one without a
        payload, where payloads are known to be none; counts, pages and overlapping requests, where attaching alone went
        wrong; a further clause about who stands where, where three were broken and one of them time and again.
        """
        clause, subject = difference.clause, difference.subject
        if self._contract.clauses[clause].family == "concurrency" and self._alone_is_wrong:
            return True
        if clause in DERIVED and self._attached_wrong:
            return True
        if clause not in self.violated and clause in self._of_the_list and self._list_is_wrong:
            return True
        if not subject:
            return False
        blamed = self._clauses[subject]
        if subject.startswith("shape phone_number") and self.violated & _STORES_NO_NUMBER:
            return True  # what was stored shows wherever it is listed
        if subject.startswith(("shape ", "place ")):
            return clause not in blamed and len(blamed) >= _ENOUGH_CLAUSES
        if subject.startswith("answer 2") and "PAYLOAD-SHAPE" in self.violated:
            return True
        if subject.startswith("answer "):
            return clause not in blamed and self._is_explained(clause, blamed)
        return self._counts[subject] >= _ENOUGH

    @property
    def _list_is_wrong(self) -> bool:
        broken = [count for clause, count in self._findings.items() if clause in self._of_the_list]
        return len(broken) >= _ENOUGH_OF_THE_LIST and max(broken) >= MANY

    def _explains(self, clause: str) -> bool:
        level = self._contract.clauses[clause].level
        return level == "must" or (level == "should" and clause not in self.kept)

    def _is_explained(self, clause: str, blamed: set[str]) -> bool:
        documented = {each for each in blamed - {_SERVER_ERROR} if self._explains(each)}
        is_open = self._contract.clauses[clause].level == "open"
        is_special = bool(self._contract.clauses[clause].general & blamed)
        needs_no_race = self._contract.clauses[clause].family == "concurrency" and bool(blamed - {_SERVER_ERROR})
        return len(blamed) >= _ENOUGH_ANSWERS or is_special or needs_no_race or bool(is_open and documented)
