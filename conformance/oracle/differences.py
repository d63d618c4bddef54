"""What an answer shows that differs from what had to be there, each difference with the clause it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.oracle import calls
from conformance.oracle.answers import Detail
from conformance.oracle.blame import (
    changes_nothing_clause,
    clause_of_change,
    clause_of_newcomer,
    clause_of_the_likeliest,
    culprits,
    likeliest,
)
from conformance.oracle.step import MADE_BESIDE_AN_ID, NOT_ON_THE_LIST, Difference, Step
from conformance.oracle.world import Place, Places, Write
from conformance.oracle.writes import as_write

_SHOWN_FIRST, _SHOWN_LAST = 8, 4  # operators of a list
STALE_AFTER = {
    calls.ADD: "ATTACH-STANDS",
    calls.REMOVE: "REMOVE-TAKES-OFF",
    calls.DELETE_OPERATOR: "OPERATOR-DELETE-TAKES",
}
NOT_LISTED = ("ATTACH-LISTED", "CREATE-LISTED", "ATTACH-STANDS")
"""The clauses that are broken where whoever was attached is not on the list."""
ATTACHED_TWICE = ("REATTACH-NOOP", "ATTACH-LISTED", "CREATE-LISTED")
"""The clauses that are broken where an attachment made two of one."""


def show(places: Places | tuple[int, ...]) -> str:
    """Write a list of operators for people: `12@0 22@1`, or ids alone; of a long one the middle is left out.

    Who was attached last, and most is about them, stands at the end.
    """
    parts = [f"{each.operator}@{each.priority}" if isinstance(each, Place) else str(each) for each in places]
    left_out = len(parts) - _SHOWN_FIRST - _SHOWN_LAST
    if left_out > 1:
        parts[_SHOWN_FIRST:-_SHOWN_LAST] = [f"({left_out} more)"]
    return " ".join(parts) or "nobody"


def of_places(step: Step) -> Iterator[Difference]:
    """Compare the operators that a detail payload lists with those that had to be there."""
    detail = step.detail
    if detail is None or step.number_id is None or step.call.path_oddity:
        return
    if step.call.operation == calls.GET_NUMBER:
        yield from _read(step, detail)
    elif step.state.places is not None and step.succeeded:
        if step.adds:
            yield from _added(step, detail)
        elif step.call.operation == calls.REMOVE:
            yield from _removed(step, detail)
        elif step.call.operation == calls.UPDATE_NUMBER:
            yield from _updated(step, detail)


def _newcomers(step: Step, detail: Detail, ids: list[int], otherwise: str) -> Iterator[Difference]:
    for operator in [each for each in ids if each not in step.state.hidden]:
        entry = detail.operators[operator]
        phone, name = entry.get("phone_number"), entry.get("name")
        here = [write for write in step.unseen_writes if write.number == step.number_id]
        found = culprits(here, operator=operator, phone=phone, name=name)
        found = found or culprits(step.unseen_writes, operator=operator, phone=phone, name=name)
        clause = clause_of_newcomer(step.contract, found[0], step.number_id) if found else otherwise
        if found and clause in {"CREATE-MAKES-ONE", "EFFECTS-OPERATOR-LIST"}:
            clause = otherwise
        if step.reads and operator in step.state.removed and (not found or _stands_as_before(step, detail, operator)):
            found, clause = [], "REMOVE-TAKES-OFF"
        deleted = [
            write
            for write in step.unseen_writes
            if write.operation == calls.DELETE_OPERATOR and not write.refused and operator in write.operators
        ]
        if deleted and operator in step.state.removed:
            found, clause = deleted, "OPERATOR-DELETE-TAKES"  # whoever has the id now has the places of the deleted
        yield Difference(
            clause,
            f"operator {operator} is on the list of number {step.number_id}, where nothing put it",
            show(step.old_places),
            show(detail.places),
            tuple(write.exchange for write in found[:1]),
            explained_by=NOT_LISTED if _was_sent_here(step, operator, phone) else (),
        )


def _was_sent_here(step: Step, operator: int, phone: Any) -> bool:
    """Tell whether an accepted attachment may have put somebody here whom no list showed."""
    here = (write for write in step.before.writes if write.operation == calls.ADD and write.number == step.number_id)
    sent = any(phone in write.phones and not write.refused for write in here)
    return sent or step.before.was_put(operator, step.number_id)


def _stands_as_before(step: Step, detail: Detail, operator: int) -> bool:
    """Tell whether somebody is shown before others of the list: an attachment would have put them behind it."""
    behind = detail.ids[detail.ids.index(operator) + 1 :]
    return any(place.operator in behind for place in step.old_places)


def suspects(step: Step) -> tuple[Write, ...]:
    """Return what may have changed what this answer is the first to show: writes, its own last, or the read itself."""
    if not step.reads:
        return (*step.unseen_writes, as_write(step))
    return (*step.unseen_writes, replace(as_write(step), clause=_clause_of_reading(step), does="read"))


def _clause_of_reading(step: Step) -> str:
    """Return the clause that is broken where no write explains what a read shows."""
    by_last = {
        "": "EFFECTS-READ",
        calls.GET_NUMBER: "EFFECTS-READ",
        calls.UPDATE_NUMBER: "UPDATE-NUMBER-KEEPS",
        calls.REMOVE: "ORDER-REST-STANDS",
    }
    return by_last.get(step.state.shown_by, "PAYLOAD-SAME-AS-GET")


def _changed_by(step: Step, otherwise: str) -> str:
    likely = likeliest(suspects(step), step.suspicion, step.number_id)
    if all(write.refused for write in likely):
        refusals = (*step.suspicion.guilty_refusals, *likely)
        if len({changes_nothing_clause(step.contract, write) for write in refusals}) > 1:
            return "EFFECTS-REFUSED"  # refusals of several kinds change things
    return clause_of_the_likeliest(
        likely, lambda write: clause_of_change(step.contract, write, step.number_id or 0, otherwise)
    )


# ---------------------------------------------------------------------- a read
def _read(step: Step, detail: Detail) -> Iterator[Difference]:
    expected = step.state.places
    if expected is None or not step.is_steady:
        yield from _ours_elsewhere(step, detail)
        return
    if step.stale_since is not None:
        clause = STALE_AFTER[step.stale_since.operation]
        message = f"the page of number {step.number_id} is as it was before exchange {step.stale_since.exchange}"
        make = partial(Difference, clause, message, show(expected), show(detail.places))
        yield make(culprits=(step.stale_since.exchange,), explained_by=tuple(STALE_AFTER.values()))
        return
    before = [place.operator for place in expected]
    extra = [each for each in detail.ids if each not in before]
    missing = [each for each in before if each not in detail.ids]
    changed = _changed_by(step, "ATTACH-STANDS")
    yield from _newcomers(step, detail, extra, changed)
    make = partial(Difference, expected=show(expected), actual=show(detail.places))
    for operator in missing:
        clause = "ATTACH-STANDS" if _was_just_attached(step, operator) else changed
        if _went_elsewhere(step, operator):
            clause = "ATTACH-SEVERAL-NUMBERS"
        elif _was_removed_elsewhere(step, operator):
            clause = "EFFECTS-OTHER-NUMBERS"
        message = f"operator {operator} is gone from the list of number {step.number_id}"
        found = _of_the_missing(step, operator, make(clause, message))
        if clause != "ATTACH-STANDS" and step.repeats_a_page_without(operator):
            found = replace(found, clause="ATTACH-STANDS", about=operator, if_not_there=found.clause)
        yield found
    rest = tuple(place for place in detail.places if place.operator in before)
    old = tuple(place for place in expected if place.operator in detail.ids)
    if rest != old and sorted(rest, key=_key) != sorted(old, key=_key):
        if changed == "ORDER-REST-STANDS" and [place.operator for place in rest] == [place.operator for place in old]:
            changed = "PAYLOAD-SAME-AS-GET"  # the order stands; the removal's answer has other numbers than the page
        yield make(changed, f"the order or priorities of number {step.number_id} changed")


def _was_just_attached(step: Step, operator: int) -> bool:
    """Tell whether a write's answer showed somebody here whom no page has shown since, and nothing was done here."""
    return operator in step.state.unread and all(
        write.number != step.number_id and write.operation != calls.DELETE_OPERATOR for write in step.unseen_writes
    )


def _of_the_missing(step: Step, operator: int, found: Difference) -> Difference:
    """Return what is said of somebody who is gone: hidden from the key, or, where it was seen before, not attached."""
    if _is_hidden(step, operator):
        return replace(found, clause="SCOPE-SEES-ATTACHED", explained_by=(found.clause,))
    return replace(found, explained_by=("ATTACH-STANDS",) if operator in step.state.unread else ())


def _is_hidden(step: Step, operator: int) -> bool:
    """Tell whether a project's key is shown a list without somebody who is not its project's."""
    return step.actor.scope == "project" and not step.before.is_of_the_project(operator)


def _was_removed_elsewhere(step: Step, operator: int) -> bool:
    """Tell whether a removal from another number named an operator since this list was shown."""
    return any(
        write.operation == calls.REMOVE and write.number != step.number_id and operator in write.operators
        for write in step.unseen_writes
        if not write.refused
    )


def _went_elsewhere(step: Step, operator: int) -> bool:
    """Tell whether the last write on an operator, named or by its phone number, attached it to another number."""
    phone = step.before.operator(operator).record.get("phone_number")
    accepted = (write for write in step.unseen_writes if not write.refused)
    on_it = [write for write in accepted if operator in write.operators or phone in write.phones]
    return bool(on_it) and on_it[-1].operation == calls.ADD and on_it[-1].number != step.number_id


def _key(place: Place) -> tuple[int, int]:
    return place.operator, place.priority


def _ours_elsewhere(step: Step, detail: Detail) -> Iterator[Difference]:
    """Elsewhere other people edit: only an operator of ours is held against the server."""
    if step.is_steady or step.state.orders is not None:
        return
    expected = {place.operator for place in step.old_places}
    for operator in detail.ids:
        known = step.before.operator(operator)
        if known.ours and known.exists and operator not in expected:
            clause, exchanges = who_attached(step, operator, step.number_id or 0)
            yield Difference(
                clause,
                f"operator {operator} is on number {step.number_id}, to which nobody attached it",
                f"number {step.number_id} without operator {operator}",
                show(detail.places),
                exchanges,
                never_was=not was_ever_put(step, operator, step.number_id or 0),
            )


def who_attached(step: Step, operator: int, number: int) -> tuple[str, tuple[int, ...]]:
    """Return the clause that an operator of ours at a number breaks where nobody put it, and the exchange to blame."""
    found = culprits(step.before.writes, operator=operator)
    here = [write for write in found if write.number == number and write.operation == calls.ADD]
    refused = bool(here) and here[0].refused
    clause = changes_nothing_clause(step.contract, here[0]) if refused else "EFFECTS-OTHER-NUMBERS"
    return clause, tuple(write.exchange for write in (here or found)[:1])


def was_ever_put(step: Step, operator: int, number: int) -> bool:
    """Tell whether somebody of ours may have stood at a number before: a read that lags may show it still."""
    known = step.before.operator(operator)
    made_there = any(write.exchange == known.made and write.number == number for write in step.before.writes)
    return made_there or number in known.put_at or operator in step.before.number(number).removed


# ---------------------------------------------------------------------- a write's own answer
def _added(step: Step, detail: Detail) -> Iterator[Difference]:
    target = step.target
    before = [place.operator for place in step.old_places]
    make = partial(Difference, expected=_expected_after_adding(step), actual=show(detail.places))
    again = step.reattaches
    extra = [each for each in detail.ids if each not in before and each != target]
    if step.match is None:
        return
    creation = step.match.outcome.creation
    of_others = step.expectation is not None and step.expectation.clause == "REATTACH-OTHER-PROJECT"
    kept = "REATTACH-OTHER-PROJECT" if of_others else "REATTACH-NOOP"
    otherwise = kept if again else "ATTACH-NOBODY-ELSE"
    changed = _changed_by(step, otherwise)
    sent_phones = {step.fields.get("phone_number")} - {None} if step.fields and _hashable(step) else set()
    beside = [each for each in extra if detail.operators[each].get("phone_number") in sent_phones]
    for operator in dict.fromkeys(beside):
        clause = "CREATE-LISTED" if creation else "PRECEDENCE-CREATES-NOBODY"
        subject = "" if creation else MADE_BESIDE_AN_ID
        yield make(clause, f"operator {operator} was made and attached besides", subject=subject)
        if again:
            message = f"the phone number was read beside operator {target}, who is attached"
            yield make("PRECEDENCE-WINS", message, subject=subject)
    yield from _newcomers(step, detail, [each for each in dict.fromkeys(extra) if each not in beside], otherwise)
    for operator in [each for each in before if each not in detail.ids]:
        clause = "ATTACH-STANDS" if operator in step.state.unread and not step.unseen_writes else changed
        if _was_removed_elsewhere(step, operator):
            clause = "EFFECTS-OTHER-NUMBERS"
        yield _of_the_missing(step, operator, make(clause, f"operator {operator} is gone from the list"))
    yield from _of_the_rest(step, detail, _changed_by(step, kept if again else "ORDER-STANDS"))
    if target is not None and detail.array.count(target) != 1:
        listed = "CREATE-LISTED" if creation else clause_of_the_unlisted(step, target)
        clause = kept if again else listed
        message = f"operator {target} stands {detail.array.count(target)} times on the list"
        explained_by, subject = ((), "") if creation else (("ATTACH-LISTED",), NOT_ON_THE_LIST)
        yield make(clause, message, explained_by=explained_by, subject=subject)
    if creation and target is not None and step.fields.get("id") == target:
        yield make("UNKNOWN-FIELDS", f"the new operator took the id {target}, of a field that there is not")
    if target is None and step.match.outcome.answer.effect == "creates":
        yield make("CREATE-LISTED", "no new operator is on the list")


def clause_of_the_unlisted(step: Step, operator: int) -> str:
    """Return the clause that an answer breaks which does not list whom its request referred to."""
    if step.expectation is not None and step.expectation.clause in {"PRECEDENCE-WINS", "JSON-ODDITIES"}:
        return step.expectation.clause
    return "REATTACH-AFTER-REMOVAL" if operator in step.state.removed else "ATTACH-LISTED"


def _hashable(step: Step) -> bool:
    return isinstance(step.fields.get("phone_number"), str | None)


def _expected_after_adding(step: Step) -> str:
    if step.reattaches:
        return show(step.old_places)
    return f"{show(step.old_places)}, then {step.target if step.target is not None else 'the new one'}"


def _of_the_rest(step: Step, detail: Detail, clause: str) -> Iterator[Difference]:
    here = [place for place in detail.places if any(place.operator == old.operator for old in step.old_places)]
    old = [place for place in step.old_places if place.operator in detail.ids]
    if sorted(here, key=_key) != sorted(old, key=_key):
        yield Difference(
            clause, "those on the list before changed their order or priorities", show(tuple(old)), show(tuple(here))
        )


def _removed(step: Step, detail: Detail) -> Iterator[Difference]:
    gone = step.operator_id
    if step.match is None:
        return
    taken_off = "REMOVE-TAKES-OFF" if gone is not None else "REMOVE-NOT-ATTACHED"
    rest = tuple(place for place in step.old_places if place.operator != gone)
    make = partial(Difference, expected=f"{show(rest)}, renumbered or not", actual=show(detail.places))
    if gone in detail.ids:
        was_twice = [place.operator for place in step.old_places].count(gone or 0) > 1
        explained_by = (*ATTACHED_TWICE, "ORDER-DISTINCT") if was_twice else ()
        yield make("REMOVE-TAKES-OFF", f"operator {gone} is still on the list", explained_by=explained_by)
    ids = [place.operator for place in rest]
    for operator in [each for each in ids if each not in detail.ids]:
        clause = "EFFECTS-OTHER-NUMBERS" if _was_removed_elsewhere(step, operator) else taken_off
        yield _of_the_missing(step, operator, make(clause, f"operator {operator} is gone from the list too"))
    yield from _newcomers(
        step, detail, [each for each in detail.ids if each not in ids and each != gone], "REMOVE-TAKES-OFF"
    )
    left = [place for place in detail.places if place.operator in ids]
    stayed = [each for each in ids if each in detail.ids]
    if [place.operator for place in left] != stayed:
        yield make("ORDER-REST-STANDS", "the order of the rest changed")
    elif removal_reading(rest, tuple(left)) is None:
        yield make("ORDER-AFTER-REMOVAL", "the priorities of the rest are neither the old ones nor 0, 1, 2 and so on")


def removal_reading(rest: Places, left: Places) -> str | None:
    """Name what became of the priorities of the rest; None where it is no reading."""
    priorities = [place.priority for place in left]
    renumbered = list(range(len(left)))
    kept = [place.priority for place in rest if any(place.operator == each.operator for each in left)]
    if priorities == kept:
        return "removed last" if priorities == renumbered else "gap"
    start = min((place.priority for place in rest), default=0)
    consecutive = list(range(min(start, 1), min(start, 1) + len(left)))
    gaps = [place for place, each in enumerate(kept) if each > (kept[place - 1] + 1 if place else 0)]
    closed = [[*kept[:place], *(each - 1 for each in kept[place:])] for place in gaps]  # those behind move up by one
    return "renumbered" if priorities in (renumbered, consecutive, *closed) else None


def _updated(step: Step, detail: Detail) -> Iterator[Difference]:
    back = [each for each in detail.ids if each in step.state.removed and _stands_as_before(step, detail, each)]
    for operator in back:
        message = f"operator {operator}, who was removed, stands where they stood"
        yield Difference("REMOVE-TAKES-OFF", message, show(step.old_places), show(detail.places))
    lost = [each.operator for each in step.old_places if each.operator not in detail.ids]
    lost = [each for each in lost if _was_just_attached(step, each)]
    for operator in lost:
        message = f"operator {operator}, who was attached, is not there at the next look"
        found = Difference("ATTACH-STANDS", message, show(step.old_places), show(detail.places))
        yield _of_the_missing(step, operator, found)
    rest = [place for place in detail.places if place.operator not in back]
    old = [place for place in step.old_places if place.operator not in lost]
    if sorted(rest, key=_key) != sorted(old, key=_key):
        yield Difference(
            _changed_by(step, "UPDATE-NUMBER-KEEPS"),
            "an update changed the operators",
            show(step.old_places),
            show(detail.places),
        )


def is_as_it_had_to_be(step: Step, places: Places, old: Places | None = None) -> bool | None:
    """Tell whether a list may be what a write had to leave; None where that is not known.

    Args:
        old: what was there before the write, if not what is known.
    """
    old = step.state.places if old is None else old
    if old is None or not step.is_steady or not step.succeeded or step.match is None:
        return None
    if step.call.operation == calls.UPDATE_NUMBER or (step.adds and step.reattaches):
        return places == old
    if step.call.operation == calls.REMOVE:
        rest = tuple(place for place in old if place.operator != step.operator_id)
        same = [place.operator for place in rest] == [place.operator for place in places]
        return same and removal_reading(rest, places) is not None
    mine = [place.priority for place in places if place.operator == step.target]
    if not step.adds or step.target is None or len(mine) != 1:
        return None
    others = tuple(place for place in places if place.operator != step.target)
    return others == old and all(place.priority < mine[0] for place in others)
