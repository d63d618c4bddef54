"""What findings have told already: one that tells nothing new would only blame the innocent beside the guilty."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from conformance.contract.clauses import Contract, Level
from conformance.oracle.consequences import DERIVED, MANY, attaches_wrong, goes_wrong_alone
from conformance.oracle.step import NOT_ON_THE_LIST, Difference

_ENOUGH = 2  # findings of one subject
_ENOUGH_CLAUSES = 2  # for one shape, or for one way to put a new operator in the wrong place
_ENOUGH_ANSWERS = 3  # clauses for one wrong answer
_ENOUGH_OF_THE_LIST = 3  # clauses about who stands where
_OTHERWISE = frozenset({"PAYLOAD-AVAILABLE-HOLDS", "PAYLOAD-SAME-AS-GET"})  # they tell of more than who stands where
_ANSWERED = re.compile(r"answer 4\d\d")
_OF_NO_ROW = ("402", "409", "410", "412", "418", "423", "424", "428", "451")
_SERVER_ERROR = "ROBUST-NO-SERVER-ERROR"
_SPECIAL = frozenset({"ATTACH-SEVERAL-NUMBERS", "REATTACH-AFTER-REMOVAL", "PRECEDENCE-WINS"})
_STORES_NO_NUMBER = frozenset(
    {"VALIDATION-PHONE", "PHONE-STORED-E164", "PRECEDENCE-KEEPS-RECORD", "VALIDATION-CHANGES-NOTHING"}
)


def about_answer(status: int, errors: tuple[str, ...] | None) -> str:
    """Return the subject of a wrong answer: the same wherever the same is answered."""
    return f"answer {status} {'; '.join(errors or ())}"


def _status_of(subject: str) -> str:
    """Return the subject of all answers with the status of this one, whatever their texts; "" for other subjects."""
    found = _ANSWERED.match(subject)
    return found[0] if found else ""


def _is_of_no_row(subject: str) -> bool:
    """Tell whether no row of the contract refuses a body so: 409 and the like are one choice, whatever the text."""
    return _status_of(subject).endswith(_OF_NO_ROW)


class Told:
    """Remembers which clauses were found violated, and by what."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._of_the_list = contract.depending_on("lists") - _OTHERWISE
        self._counts: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._clauses: dict[str, set[str]] = defaultdict(set)
        self._alone: set[str] = set()  # the violated clauses of what requests do without overlapping
        self._attached: set[str] = set()  # those of who is attached where
        self._aside: dict[str, str] = {}
        self.violated: set[str] = set()
        self.kept: set[str] = set()  # by some answer: what breaks it elsewhere is no choice of the whole server

    def restated(self, difference: Difference) -> Difference:
        """Return a difference by the clause that explains it.

        The general one, where one refusal meets special cases of several kinds; the one that people vanished by
        before, where somebody is not there.
        """
        if known := [each for each in difference.explained_by if each in self.violated]:
            self._set_aside(difference.clause, known)
            return replace(difference, clause=known[0])
        of_both = "ATTACH-ANSWERS" if difference.subject.startswith("answer ") else ""
        general = "ATTACH-LISTED" if difference.subject == NOT_ON_THE_LIST else of_both
        blamed = self._clauses.get(difference.subject, set())
        if general and difference.clause in _SPECIAL and blamed & (_SPECIAL - {difference.clause}):
            self._set_aside(difference.clause, (general,))
            return replace(difference, clause=general)
        return difference

    def tell(self, difference: Difference) -> None:
        """Take note of a finding."""
        clause = difference.clause
        self.violated.add(clause)
        self._findings[clause] += 1
        if goes_wrong_alone(self._contract, clause):
            self._alone.add(clause)
        if attaches_wrong(self._contract, clause):
            self._attached.add(clause)
        if difference.subject:
            self._counts[difference.subject] += 1
            for subject in {difference.subject, _status_of(difference.subject)} - {""}:
                self._clauses[subject].add(clause)

    def breaks_a_must(self, subject: str) -> bool:
        """Tell whether a must was found broken by a subject: an answer, a shape, a place."""
        return any(self._level(clause) == "must" for clause in self._clauses.get(subject, ()))

    def is_old(self, difference: Difference) -> bool:
        """Tell whether a difference tells nothing new, and keep in mind that its clause was not kept either.

        A thing found wrong twice; one shape that two clauses were blamed for; an answer that is wrong in the general
        case, or where the documentation is not silent, for special cases and open ones, unless it breaks a should that
        other answers keep; an answer that a request alone was blamed for, where requests overlap; one without a
        payload, where payloads are known to be none; counts, pages and overlapping requests, where attaching alone went
        wrong; a further clause about who stands where, where three were broken and one of them time and again.
        """
        told_by = self._told_by(difference)
        if self._level(difference.clause) == "must" and all(self._level(each) == "should" for each in told_by):
            return False  # else a run that breaks a must would not be red
        self._set_aside(difference.clause, told_by)
        return bool(told_by)

    def _told_by(self, difference: Difference) -> Collection[str]:
        """Return the violated clauses that told a difference already; none where it is new."""
        clause, subject = difference.clause, difference.subject
        if self._alone and self._contract.clauses[clause].family == "concurrency":
            return self._alone
        if self._attached and clause in DERIVED:
            return self._attached
        if clause not in self.violated and clause in self._of_the_list and self._list_is_wrong:
            return self._of_the_list & self.violated
        if subject in {"", NOT_ON_THE_LIST}:
            return ()
        if subject.startswith("answer 5") and self._level(clause) == "open":
            return (_SERVER_ERROR,)  # a crash says nothing of the reading that was chosen
        blamed = self._clauses[subject]
        if subject.startswith("shape phone_number") and (stored := self.violated & _STORES_NO_NUMBER):
            return stored  # what was stored shows wherever it is listed
        if subject.startswith(("shape ", "place ")):
            return blamed if clause not in blamed and len(blamed) >= _ENOUGH_CLAUSES else ()
        if subject.startswith("answer "):
            return self._told_by_answers(clause, subject)
        return blamed if self._counts[subject] >= _ENOUGH else ()

    def _told_by_answers(self, clause: str, subject: str) -> Collection[str]:
        """Return the violated clauses that told of a wrong answer already."""
        if subject.startswith("answer 2") and "PAYLOAD-SHAPE" in self.violated:
            return ("PAYLOAD-SHAPE",)
        if subject.startswith("answer 200") and self._level(clause) == "open" and "GET-NUMBER-SHAPE" in self.violated:
            return ("GET-NUMBER-SHAPE",)  # the page is shown, as broken as ever: that says which reading was chosen
        blamed = self._clauses[subject]
        alike = self._clauses[_status_of(subject)] if _is_of_no_row(subject) else blamed
        is_told = self._is_explained(clause, blamed) or self._is_choice_of(clause, alike)
        return alike if clause not in blamed and is_told else ()

    def _set_aside(self, clause: str, told_by: Collection[str]) -> None:
        if told_by and clause not in self.violated:
            self._aside.setdefault(clause, min(told_by, key=lambda each: (self._level(each) == "should", each)))

    @property
    def set_aside(self) -> Mapping[str, str]:
        """Return clause -> the violated clause that told what it would have been blamed for: it was not kept."""
        return {clause: told_by for clause, told_by in self._aside.items() if clause not in self.violated}

    @property
    def _list_is_wrong(self) -> bool:
        broken = [count for clause, count in self._findings.items() if clause in self._of_the_list]
        return len(broken) >= _ENOUGH_OF_THE_LIST and max(broken) >= MANY

    def _level(self, clause: str) -> Level:
        return self._contract.clauses[clause].level

    def _explains(self, clause: str) -> bool:
        level = self._level(clause)
        return level == "must" or (level == "should" and clause not in self.kept)

    def _is_explained(self, clause: str, blamed: set[str]) -> bool:
        is_special = bool(self._contract.clauses[clause].general & blamed)
        needs_no_race = self._contract.clauses[clause].family == "concurrency" and bool(blamed - {_SERVER_ERROR})
        return len(blamed) >= _ENOUGH_ANSWERS or is_special or needs_no_race

    def _is_choice_of(self, clause: str, blamed: set[str]) -> bool:
        """Tell whether an open row is answered as documented ones are: that was told already."""
        documented = {each for each in blamed - {_SERVER_ERROR} if self._explains(each)}
        return self._level(clause) == "open" and bool(documented)
