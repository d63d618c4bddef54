"""One fault that shows everywhere is named once; what shows once beside it may come of it."""

from __future__ import annotations

from functools import partial

import pytest

from conformance.contract.clauses import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.oracle.consequences import consequences
from conformance.oracle.judge import Judge
from conformance.oracle.step import Difference
from conformance.oracle.told import Told, about_answer
from conformance.oracle.world import Setting
from conformance.report.verdicts import Facts, clause_results, run_verdict

CONTRACT = load_contract()


def test_a_single_finding_beside_many_of_another_clause() -> None:
    """A list that is wrong time and again explains one odd look at the account."""
    found = ["ORDER-STANDS"] * 5 + ["EFFECTS-OTHER-NUMBERS"]
    assert consequences(CONTRACT, found) == {"EFFECTS-OTHER-NUMBERS": "ORDER-STANDS"}


def test_what_was_found_first_is_none() -> None:
    """Nothing went wrong before it that could explain it."""
    assert consequences(CONTRACT, ["EFFECTS-OTHER-NUMBERS"] + ["ORDER-STANDS"] * 9) == {}


def test_few_findings_explain_nothing() -> None:
    """Four findings of one clause and one of another are two things to mend."""
    assert consequences(CONTRACT, ["ORDER-STANDS"] * 4 + ["EFFECTS-OTHER-NUMBERS"]) == {}


def test_what_is_found_twice_stands_by_itself() -> None:
    """A consequence would be chance; twice is none."""
    assert consequences(CONTRACT, ["ORDER-STANDS"] * 9 + ["REMOVE-TAKES-OFF"] * 2) == {}


def test_answers_that_depend_on_nothing_else_stand_by_themselves() -> None:
    """Whatever becomes of the list, a missing key is answered 401."""
    assert consequences(CONTRACT, ["ORDER-STANDS"] * 9 + ["AUTH-MISSING"]) == {}


def test_a_should_explains_no_must() -> None:
    """Else a run that breaks a must would not be red."""
    assert consequences(CONTRACT, ["PAYLOAD-SHAPE"] + ["ORDER-FIRST-IS-ZERO"] * 9 + ["ORDER-STANDS"]) == {}


def test_answers_that_break_shoulds_tell_no_must() -> None:
    """Three shoulds that one answer broke are enough for a fourth; a must that it breaks is told all the same."""
    told = Told(CONTRACT)
    wrong = partial(Difference, message="", expected="", actual="", subject=about_answer(409, ("Conflict",)))
    shoulds = [each.id for each in CONTRACT.clauses.values() if each.level == "should"]
    for clause in shoulds[:3]:
        told.tell(wrong(clause))
    assert told.is_old(wrong(shoulds[3]))
    assert not told.is_old(wrong("MISSING-BOTH"))


def test_refusals_of_several_kinds_explain_no_certain_one() -> None:
    """It is the certain one that they may be of."""
    found = ["AUTH-MISSING", "REMOVE-NOT-ATTACHED"] + ["EFFECTS-REFUSED"] * 6
    assert consequences(CONTRACT, found) == {}


def test_counts_follow_from_who_is_attached() -> None:
    """Whichever was seen first: mended is the attachment, and then the count is right or told."""
    found = ["OPERATORS-COUNT", "OPERATORS-COUNT", "ATTACH-STANDS"]
    assert consequences(CONTRACT, found) == {"OPERATORS-COUNT": "ATTACH-STANDS"}
    assert consequences(CONTRACT, found[:2]) == {}


def test_what_was_told_already_was_not_kept_either() -> None:
    """A shape that two clauses were blamed for is not told of a third, which does not conform by that."""
    told = Told(CONTRACT)
    shape = partial(Difference, message="", expected="", actual="", subject="shape phone_number")
    for clause in ("LIST-NUMBERS-ANSWERS", "OPERATORS-ANSWERS"):
        assert not told.is_old(shape(clause))
        told.tell(shape(clause))
    assert told.is_old(shape("PAYLOAD-SHAPE"))
    assert told.set_aside == {"PAYLOAD-SHAPE": "LIST-NUMBERS-ANSWERS"}
    told.tell(shape("PAYLOAD-SHAPE"))
    assert told.set_aside == {}


def test_a_selected_clause_that_another_one_tells_is_no_pass() -> None:
    """Whoever asks for it alone reads which clause is broken, asked for or not."""
    judge = Judge(CONTRACT)
    shape = partial(Difference, message="", expected="", actual="", subject="shape phone_number")
    for clause in ("LIST-NUMBERS-ANSWERS", "OPERATORS-ANSWERS"):
        judge.report_late(
            judge.bare_step(Exchange(1, Request("account", "GET", "/operators", ()), Response(200))), shape(clause)
        )
    assert judge.told.is_old(shape("PAYLOAD-SHAPE"))
    judge.exercised["PAYLOAD-SHAPE"] += 1
    facts = Facts(selected=frozenset({"PAYLOAD-SHAPE", "NAME-KEPT"}))
    told = clause_results(CONTRACT, judge, (), Setting(), facts)
    verdicts = {each["id"]: each["verdict"] for each in told}
    expected = {"LIST-NUMBERS-ANSWERS": "violated", "PAYLOAD-SHAPE": "not_testable", "NAME-KEPT": "not_exercised"}
    assert verdicts == expected
    assert run_verdict(told, facts) == "violates"


@pytest.mark.parametrize(("known", "verdict"), [("ATTACH-STANDS", "conforms"), ("ORDER-STANDS", "incomplete")])
def test_what_a_known_failure_hides_is_excused_with_it(known: str, verdict: str) -> None:
    """Else nobody with a known failure could ask for a complete run; what another clause hides is not excused."""
    kept = {"level": "must", "verdict": "conforms", "known_failure": False, "needs": []}
    failing = {**kept, "id": known, "verdict": "violated", "known_failure": True}
    hidden = {**kept, "id": "OPERATORS-COUNT", "verdict": "not_testable", "needs": ["ATTACH-STANDS kept"]}
    assert run_verdict([failing, hidden], Facts()) == verdict


def test_what_explains_is_followed_to_its_root() -> None:
    """The clause that is named is one that nothing else explains; of two that explain each other, the other."""
    aside = {"ORDER-NEXT-SLOT": "OPERATORS-COUNT"}
    assert consequences(CONTRACT, ["OPERATORS-COUNT", "ATTACH-STANDS"], aside)["ORDER-NEXT-SLOT"] == "ATTACH-STANDS"
    aside = {"ORDER-STANDS": "ORDER-APPEND", "ORDER-APPEND": "ORDER-STANDS"}
    assert consequences(CONTRACT, [], aside) == aside


@pytest.mark.parametrize("cause", ["ORDER-STANDS", "REATTACH-NOOP", "UPDATE-NUMBER-TAKES", "OPERATOR-DELETE-TAKES"])
def test_counts_do_not_follow_from_places_or_settings(cause: str) -> None:
    """Nobody is on a list or off it for that."""
    assert consequences(CONTRACT, [cause, "OPERATORS-COUNT", "LIST-NUMBERS-AGREES"]) == {}


def test_a_list_that_is_not_sorted_explains_no_count() -> None:
    """It is a should."""
    assert consequences(CONTRACT, ["ORDER-ARRAY", "OPERATORS-COUNT"]) == {}


@pytest.mark.parametrize(("before", "is_old"), [("ORDER-FIRST-IS-ZERO", False), ("ORDER-APPEND", True)])
def test_only_a_must_excuses_overlapping_requests(before: str, *, is_old: bool) -> None:
    """Who counts from 1 may lose attachments as well."""
    told = Told(CONTRACT)
    told.tell(Difference(before, "a place", "0", "1"))
    assert told.is_old(Difference("CONCURRENT-ALL-STAND", "lost", "both", "one")) is is_old


@pytest.mark.parametrize(
    ("before", "errors", "is_old"),
    [
        ("PHONE-RANGE", ("Not found",), True),
        ("PHONE-RANGE", ("Another",), False),
        ("ROBUST-NO-SERVER-ERROR", ("Not found",), False),  # a crash that only the race brings is told by both
    ],
)
def test_an_answer_that_a_request_alone_got_comes_of_no_race(before: str, errors: tuple[str], *, is_old: bool) -> None:
    """The same refusal, where requests overlap."""
    told = Told(CONTRACT)
    told.tell(Difference(before, "wrong", "200", "404", subject=about_answer(404, errors)))
    raced = Difference("CONCURRENT-ANSWERS", "wrong", "200", "404", subject=about_answer(404, ("Not found",)))
    assert told.is_old(raced) is is_old


@pytest.mark.parametrize(
    ("clause", "status", "is_old"),
    [("AUTH-SCHEME-CASE", 200, True), ("AUTH-SCHEME-CASE", 404, False), ("ATTACH-ANSWERS", 200, False)],
)
def test_a_page_of_a_wrong_shape_says_which_reading_was_chosen(clause: str, status: int, *, is_old: bool) -> None:
    """It is shown to whoever asks in another way, as broken as ever; of writes it says nothing."""
    told = Told(CONTRACT)
    told.tell(Difference("GET-NUMBER-SHAPE", "operators", "array", "object", subject="shape operators"))
    wrong = Difference(clause, "none of those that conform", "200", str(status), subject=about_answer(status, ()))
    assert told.is_old(wrong) is is_old
