"""Clauses of what a project-scoped key sees (contract 1, key scopes; contract 2)."""

from __future__ import annotations

from functools import partial

from conformance.oracle import calls
from conformance.oracle.answers import is_integer
from conformance.oracle.predicates.registry import (
    DETAILS,
    GETS_NUMBER,
    HOLDS,
    LISTS_NUMBERS,
    LISTS_OPERATORS,
    Judged,
    Observed,
    predicate,
)
from conformance.oracle.records import clause_of_the_gone, never_there
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import Listing

_RECENTLY = 6  # exchanges


def _ids(step: Step) -> frozenset[int]:
    return frozenset(each["id"] for each in step.answered.entries or () if is_integer(each.get("id")))


@predicate("SCOPE-LIST-NUMBERS", LISTS_NUMBERS)
def a_project_lists_its_numbers(step: Step) -> Judged:
    """Its project's numbers only, and none of another account (contract 2, GET /virtual_numbers)."""
    if step.answered.entries is None or step.actor.scope == "unknown":
        return None
    setting, account = step.before.setting, step.before.number_lists.get("account")
    wrong = setting.other_account_numbers & _ids(step)
    compared = account is not None or bool(setting.foreign_numbers | setting.other_account_numbers)
    if step.actor.scope == "project":
        wrong |= setting.foreign_numbers & _ids(step)
        before = step.before.number_lists.get("project")
        if account is not None and before is not None and before.seen < account.seen:
            wrong |= (_ids(step) & before.ids) - account.ids  # a number that is new since is other people's
    if not wrong:
        return HOLDS if step.actor.scope == "project" and compared else None
    message = f"number {min(wrong)} is listed for the {step.actor.name} key"
    return [Difference("SCOPE-LIST-NUMBERS", message, "not listed", "listed")]


@predicate("SCOPE-LIST-OPERATORS", LISTS_OPERATORS)
def a_project_lists_its_operators(step: Step) -> Judged:
    """Those linked to its project only, and none of another account (contract 2, GET /operators)."""
    if step.answered.entries is None or step.actor.scope == "unknown":
        return None
    found = [each for each in step.differences if each.clause == "SCOPE-LIST-OPERATORS"]
    if found:
        return found
    wrong = step.before.setting.other_account_operators & _ids(step)
    asked = False
    if step.actor.scope == "project":
        for operator, known in step.before.operators.items():
            if known.ours and known.is_posted_by("account") and known.exists:
                if known.put_at:
                    continue  # the link may be by its numbers
                asked = True
                wrong |= {operator} & _ids(step)
    if not wrong:
        return HOLDS if asked else None
    message = f"operator {min(wrong)}, of no project, is listed for the {step.actor.name} key"
    return [Difference("SCOPE-LIST-OPERATORS", message, "not listed", "listed")]


@predicate("SCOPE-AVAILABLE", DETAILS, settles=False)
def available_operators_are_of_the_project(step: Step) -> Judged:
    """Never what the project does not hold (contract 3, state and scope)."""
    if step.detail is None or step.actor.scope != "project":
        return None
    project, account = step.before.operator_lists.get("project"), step.before.operator_lists.get("account")
    if project is None or account is None:
        return None
    outside = {
        operator
        for operator in step.detail.available
        if operator not in project.ids
        and (_known_outside(step, operator, account, project) or _made_before(step, operator, project.seen))
    }
    outside |= step.before.setting.other_account_operators & set(step.detail.available)
    if not outside:
        compared = _is_recent(step, project) or any(
            _made_before(step, each, project.seen) for each in step.before.operators
        )
        return HOLDS if compared else None
    message = f"operator {min(outside)}, which the project does not have, is available to its key"
    refused = {each for write in step.unseen_writes if write.refused for each in write.operators}
    clause = "SCOPE-CHANGES-NOTHING" if outside <= refused else "SCOPE-AVAILABLE"
    return [Difference(clause, message, "not listed", "listed")]


def _known_outside(step: Step, operator: int, account: Listing, project: Listing) -> bool:
    """Tell whether somebody was just seen outside the project: other people link their operators to it."""
    outside = operator in account.ids and account.seen <= project.seen
    return _is_recent(step, project) and outside and not step.before.may_have_joined(operator, project.seen)


def _is_recent(step: Step, listing: Listing) -> bool:
    return step.exchange.number - listing.seen <= _RECENTLY


def _made_before(step: Step, operator: int, exchange: int) -> bool:
    known = step.before.operator(operator)
    made = known.ours and known.made_by == "account" and known.made < exchange and not step.before.reads_lag
    return made and not known.put_at


@predicate("SCOPE-SEES-ATTACHED", GETS_NUMBER)
def a_project_sees_all_that_are_attached(step: Step) -> Judged:
    """All, also of other projects (contract 3, state and scope)."""
    found = [each for each in step.differences if each.clause == "SCOPE-SEES-ATTACHED"]
    if found:
        return found
    applies = step.actor.scope == "project" and step.detail is not None and bool(step.state.places) and step.is_steady
    return HOLDS if applies else None


def _made_by(step: Step, actor: str, *, alone: bool) -> list[int]:
    return [
        operator
        for operator, known in step.before.operators.items()
        if known.ours and known.exists and known.made_by == actor and known.made_alone is alone
    ]


def _absent_from_the_project(step: Step, clause: str, *, alone: bool) -> Judged:
    made = _made_by(step, "project", alone=alone)
    if step.actor.scope != "project" or step.answered.entries is None or not made:
        return None
    absent = [operator for operator in made if operator not in _ids(step)]
    if not absent:
        return HOLDS
    earlier = step.before.operator_lists.get("project")
    if earlier is not None:  # whom that list lacked already is told of
        absent = [each for each in absent if each in earlier.ids or earlier.seen < step.before.operator(each).made]
    if not absent:
        return None
    if earlier is not None and absent[0] in earlier.ids:  # it was the project's, and something made it none since
        touching = [write for write in step.before.writes_since(earlier.seen) if absent[0] in write.operators]
        # Whom shape B made may have been the project's only by where it stood: taken off, it is nobody's again.
        may_be_nobodys = not alone and any(write.operation == calls.REMOVE for write in touching)
        by_call = {calls.REMOVE: "REMOVE-KEEPS-OPERATOR", calls.UPDATE_OPERATOR: "OPERATOR-UPDATE-TAKES"}
        blamed = clause
        if touching and not may_be_nobodys:
            likely = [by_call[write.operation] for write in touching if write.operation in by_call]
            blamed = likely[-1] if likely else "EFFECTS-OPERATOR-RECORD"
        message = f"operator {absent[0]}, which the project's list had, is not among the project's any more"
        return [Difference(blamed, message, "listed", "not listed")]
    message = f"operator {absent[0]}, made with the project key, is not among the project's"
    gone = clause_of_the_gone(step, absent[0])
    make = partial(Difference, clause, message, "listed", "not listed", about=absent[0], if_gone=gone)
    return [make(doubts_existence=True, explained_by=never_there(step, absent[0]))]


@predicate("SCOPE-POST-PROJECT", LISTS_OPERATORS)
def what_a_project_posts_is_the_projects(step: Step) -> Judged:
    """POST /operators under a project key, a must (contract 2): asked before the should that the same page decides."""
    return _absent_from_the_project(step, "SCOPE-POST-PROJECT", alone=True)


@predicate("SCOPE-CREATED-PROJECT", LISTS_OPERATORS)
def what_a_project_makes_is_the_projects(step: Step) -> Judged:
    """Shape B under a project key, a should (contract 3, state and scope)."""
    return _absent_from_the_project(step, "SCOPE-CREATED-PROJECT", alone=False)


@predicate("SCOPE-CREATED-ACCOUNT", LISTS_OPERATORS)
def what_an_account_key_makes(step: Step) -> Judged:
    """No project, or the number's (contract 3, state and scope)."""
    if step.actor.scope != "project" or step.answered.entries is None:
        return None
    elsewhere = [each for each in _made_by(step, "account", alone=False) if _at_numbers_outside_only(step, each)]
    if wrong := [each for each in elsewhere if each in _ids(step)]:
        message = f"operator {wrong[0]}, made at a number outside the project, is among the project's"
        return [Difference("SCOPE-CREATED-ACCOUNT", message, "not listed", "listed")]
    attached = [each for each in _made_by(step, "account", alone=False) if _at_a_number_of_the_project(step, each)]
    if not attached:
        return None
    return Observed("the number's" if attached[0] in _ids(step) else "none")


def _at_numbers_outside_only(step: Step, operator: int) -> bool:
    """Tell whether an operator was attached to numbers outside the project only, all through the conversation."""
    numbers = step.before.number_lists.get("project")
    held = step.before.attached_at(operator)
    if numbers is None or not held:
        return False
    return not ((held | step.before.operator(operator).put_at.keys()) & numbers.ids)


def _at_a_number_of_the_project(step: Step, operator: int) -> bool:
    numbers = step.before.number_lists.get("project")
    held = step.before.attached_at(operator) or frozenset()
    return numbers is not None and bool(held & numbers.ids)


def _counts_of_operators(step: Step) -> Judged:
    numbers = step.before.number_lists.get("project")
    if step.actor.scope != "project" or numbers is None:
        return None
    for entry in step.answered.entries or ():
        known = step.before.operator(entry["id"]) if is_integer(entry.get("id")) else None
        held = step.before.attached_at(entry["id"]) if known is not None and known.ours and known.exists else None
        count = entry.get("virtual_numbers_count")
        if held and is_integer(count) and count not in {len(held), len(held & numbers.ids)}:
            message = f"virtual_numbers_count of operator {entry['id']} for the project key"
            expected = " or ".join(map(str, sorted({len(held), len(held & numbers.ids)})))
            return [Difference("SCOPE-COUNTS", message, expected, str(count))]
    return None


@predicate("SCOPE-COUNTS", LISTS_NUMBERS | LISTS_OPERATORS)
def counts_of_a_project_key(step: Step) -> Judged:
    """Of its scope, or of the account (contract 3, state and scope)."""
    if step.call.operation == calls.LIST_OPERATORS:
        return _counts_of_operators(step)
    listing = step.before.operator_lists.get("project")
    if step.actor.scope != "project" or listing is None:
        return None
    for entry in step.answered.entries or ():
        state = step.before.number(entry["id"]) if is_integer(entry.get("id")) else None
        if state is None or not state.places or entry["id"] not in step.before.setting.virtual_numbers:
            continue
        if step.before.writes_since(state.seen):
            continue
        own = sum(place.operator in listing.ids for place in state.places)
        made_since = sum(step.before.operator(place.operator).made > listing.seen for place in state.places)
        count, total = entry.get("operators_count"), len(state.places)
        if count == total:
            if own == total:
                continue
            return Observed("of the account", "operators_count")
        if isinstance(count, int) and own <= count <= own + made_since:
            return Observed("of its scope", "operators_count")
        message = f"operators_count of number {entry['id']} for the project key"
        return [Difference("SCOPE-COUNTS", message, " or ".join(map(str, sorted({total, own}))), str(count))]
    return None
