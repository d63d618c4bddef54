"""How an exchange changes what is known of the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.oracle import calls
from conformance.oracle.answers import ATTRIBUTES, LISTED_ATTRIBUTES, Detail, is_integer
from conformance.oracle.claims import claim_on_number, claim_on_operator
from conformance.oracle.differences import is_as_it_had_to_be
from conformance.oracle.names import read_name
from conformance.oracle.phone_numbers import read_phone_number
from conformance.oracle.step import Step
from conformance.oracle.views import BRIEF_RECORD, WHOLE_RECORD, fields_shown, shown, shows_whole_records
from conformance.oracle.world import Listing, Number, Operator, Place, World, Write
from conformance.oracle.writes import as_write

_UNKNOWN = object()
_WRITES_KEPT = 4000  # more than a run sends; recorded traffic may be longer


def learn(step: Step) -> World:
    """Return the world after an answered exchange."""
    world = step.before
    if step.answered.is_put_off:
        return world
    if step.call.operation not in calls.READS:
        world = remember_write(world, as_write(step))
    if not step.succeeded:
        return _doubted(world, step)
    world = _learn_records(world, step)
    if step.call.operation in calls.DETAIL_CALLS and step.number_id is not None:
        world = _learn_detail(world, step, step.number_id)
    elif step.call.operation == calls.LIST_NUMBERS:
        world = _learn_number_list(world, step)
    elif step.call.operation == calls.LIST_OPERATORS:
        world = _learn_operator_list(world, step)
    elif step.call.operation == calls.DELETE_OPERATOR and step.operator_id is not None:
        world = without_operator(world, step.operator_id)
    elif step.call.operation == calls.UPDATE_OPERATOR and step.operator_id is not None:
        world = _learn_update(world, step, step.operator_id)
    return world


def _doubted(world: World, step: Step) -> World:
    """Return the world without what a refusal was at odds with: a removal with a list, a deletion with a person."""
    operator = step.operator_id
    if step.match is not None:
        return world
    if step.call.operation == calls.REMOVE and step.number_id is not None:
        return world.with_number(step.number_id, places=None, orders=None, appended=None)
    if step.call.operation == calls.DELETE_OPERATOR and operator is not None and operator in world.operators:
        world = world.with_operators({operator: replace(world.operator(operator), exists=None)})
        for number, state in world.numbers.items():
            if state.holds(operator) is not False:
                world = world.with_number(number, places=None, orders=None, appended=None)
    return world


def learn_overlapping(step: Step, start: World) -> World:
    """Return the world with what one answer of an overlapping round tells: writes, attributes and newcomers."""
    world = step.before
    if step.answered.is_put_off:
        return world
    if step.reads:
        return learn(step) if step.detail is None else world
    world = remember_write(world, as_write(step))
    if step.succeeded and step.call.operation == calls.UPDATE_NUMBER and step.number_id is not None:
        updated = {name: value for name, value in step.fields.items() if name in ATTRIBUTES}
        return world.with_number(step.number_id, attributes={**world.number(step.number_id).attributes, **updated})
    if not step.succeeded or not step.adds or step.detail is None:
        return world
    sent = step.fields.get("phone_number") if "operator_id" not in step.fields else None
    changed: dict[int, Operator] = {}
    for operator, entry in step.detail.operators.items():
        if not start.operator(operator).exists and sent is not None and entry.get("phone_number") == sent:
            record = {name: entry[name] for name in BRIEF_RECORD if name in entry}
            number = step.exchange.number
            changed[operator] = Operator(
                exists=True, ours=True, record=record, seen=number, made=number, made_by=step.actor.name
            )
    return world.with_operators(changed)


def remember_write(world: World, write: Write) -> World:
    """Return the world with a write to explain what is seen next."""
    world = replace(world, writes=(*world.writes[-_WRITES_KEPT:], write))
    if write.refused or write.number is None:
        return world
    changed = {each: world.operators[each] for each in write.operators if each in world.operators}
    if write.operation == calls.ADD:
        put = {write.number: write.exchange}
        changed = {each: replace(known, put_at={**known.put_at, **put}) for each, known in changed.items()}
    elif write.operation == calls.REMOVE:
        changed = {
            each: replace(known, taken_off=write.exchange, available_at=_for_good(known))
            for each, known in changed.items()
        }
    return world.with_operators(changed)


def _for_good(known: Operator) -> frozenset[tuple[int, str]]:
    """Return where somebody is available who was taken off: to a project, perhaps by where they stood alone."""
    return frozenset(place for place in known.available_at if place[1] == "account" or known.is_posted_by(place[1]))


def _learn_records(world: World, step: Step) -> World:
    made = {step.created} if step.adds else set()
    # What is not judged does not settle what an operator's record is, unless it is an update of the record itself.
    settles = step.expectation is not None or step.call.operation == calls.UPDATE_OPERATOR
    if step.call.operation == calls.CREATE_OPERATOR and isinstance(step.answered.data, dict):
        made = {step.answered.data.get("id")}
    changed: dict[int, Operator] = {}
    for operator, entry in shown(step):
        known = changed.get(operator, world.operator(operator))
        if operator in made and known.exists is False:
            known = Operator()  # the id of somebody who was deleted is given again
        if known.ours and known.seen and not settles:
            continue
        plain = {name: entry[name] for name in fields_shown(step) if name in entry}
        record = {**known.record, **_unclaimed(step, plain, partial(claim_on_operator, operator))}
        if operator in made and not known.ours:
            alone = not step.adds
            known = replace(
                known,
                ours=True,
                made=step.exchange.number,
                made_by=step.actor.name,
                made_alone=alone,
                switched="active" in step.fields,
            )
        whole = step.exchange.number if shows_whole_records(step) and "active" in entry else known.seen_whole
        exists = not (known.ours and known.exists is False)  # deleted is deleted, whatever is shown
        changed[operator] = replace(known, exists=exists, record=record, seen=step.exchange.number, seen_whole=whole)
    if step.detail is not None and step.number_id is not None:
        place = (step.number_id, step.actor.name)
        for operator in step.detail.available:
            known = changed.get(operator, world.operator(operator))
            if place not in known.available_at:
                changed[operator] = replace(known, available_at=known.available_at | {place})
    return world.with_operators(changed)


def _learn_detail(world: World, step: Step, number: int) -> World:
    readable = world.readable.get(step.actor.name, frozenset())
    listing = world.number_lists.get("account")
    said_to_be_there = world.setting.virtual_numbers
    if step.actor.scope == "account":
        said_to_be_there |= world.setting.foreign_numbers
    is_named = listing is None or number in listing.ids or number in said_to_be_there
    may_see = step.match is not None and is_named
    if number not in readable and may_see:
        world = replace(world, readable={**world.readable, step.actor.name: readable | {number}})
    detail, old = step.detail, step.state
    if detail is None or detail.id not in {number, None}:
        if step.reads:
            return world
        known = {name: value for name, value in old.attributes.items() if name not in step.fields}
        return world.with_number(number, places=None, orders=None, appended=None, attributes=known)
    is_old_page = old.was_stale and any(places == detail.places for places, _ in old.pages.values())
    if step.reads and (old.pages_are_stale or is_old_page):
        return world
    if step.stale_since is not None or _shows_what_was(step, detail):
        return world.with_number(number, places=None, orders=None, appended=None, was_stale=step.reads)
    if old.was_stale and not step.reads and is_as_it_had_to_be(step, detail.places, old.answered):
        world = world.with_number(number, pages_are_stale=True)
    pages = {**old.pages, step.actor.name: (detail.places, step.exchange.number)} if step.reads else old.pages
    return world.with_number(
        number,
        pages=pages,
        places=detail.places,
        orders=None,
        before_deletions={},
        attributes={**old.attributes, **_unclaimed(step, detail.attributes, partial(claim_on_number, number))},
        seen=step.exchange.number,
        shown_by=step.call.operation,
        appended=_appended(step, detail, old),
        unread=_unread(step, old),
        overlapped=False,
        **_moving(step, detail, old),
        **_calls(step, detail, old),
        removed=_removed(step, old) - set(detail.ids),
        hidden=old.hidden - set(detail.ids) - _removed(step, old),
        answered=old.answered if step.reads else detail.places,
        was_stale=False,
        shrunk=old.shrunk or step.call.operation == calls.REMOVE,
        leaps=old.leaps or _leaps(step, detail, old),
    )


def _shows_what_was(step: Step, detail: Detail) -> bool:
    """Tell whether an accepted attachment's answer does not list whom it attached: who stands there is not known."""
    if not step.adds or step.reattaches:
        return False
    if step.match is None:
        return detail.places == step.state.places
    puts_somebody = step.match.outcome.answer.effect in {"attaches", "attaches-owner", "creates"}
    return puts_somebody and step.target not in detail.ids


def _unclaimed(step: Step, values: Mapping[str, Any], claim: Callable[[str], str]) -> Mapping[str, Any]:
    """Leave out what only writes show otherwise so far."""
    return {name: value for name, value in values.items() if claim(name) not in step.held} if step.held else values


def _moving(step: Step, detail: Detail, old: Number) -> dict[str, Any]:
    stats, recent_calls = detail.data.get("stats"), detail.data.get("recent_calls")
    if step.reads:
        return {"read_moving": (stats, recent_calls), "written_moving": ()}
    if old.read_moving is None:
        return {}
    return {"written_moving": (*old.written_moving, (step.exchange.number, stats, recent_calls))}


def _calls(step: Step, detail: Detail, old: Number) -> dict[str, Any]:
    if step.actor.scope != "account":
        return {}
    total = detail.total_calls
    return {
        "totals": old.totals | ({(len(detail.ids), total)} if total is not None else set()),
        "first_calls": detail.call_ids if old.first_calls is None else old.first_calls,
    }


def _appended(step: Step, detail: Detail, old: Number) -> int | None:
    if step.joins and step.target in detail.ids:
        return next(place.priority for place in detail.places if place.operator == step.target)
    if step.call.operation == calls.REMOVE or old.orders is not None:
        return None
    return old.appended if old.places is None or old.places == detail.places else None


def _leaps(step: Step, detail: Detail, old: Number) -> bool:
    """Tell whether the first one attached since a removal left priorities out."""
    if not (old.shrunk and step.joins and old.appended is None and old.places):
        return False
    mine = [place.priority for place in detail.places if place.operator == step.target]
    others = [place.priority for place in detail.places if place.operator != step.target]
    return bool(mine and others) and mine[0] > max(others) + 1


def _unread(step: Step, old: Number) -> frozenset[int]:
    if step.reads:
        return frozenset()
    return old.unread | {step.target} if step.joins and step.target is not None else old.unread


def _removed(step: Step, old: Number) -> frozenset[int]:
    if step.call.operation == calls.REMOVE and step.operator_id is not None:
        return old.removed | {step.operator_id}
    return old.removed


def _ids(step: Step) -> frozenset[int]:
    return frozenset(each["id"] for each in step.answered.entries or () if is_integer(each.get("id")))


def _learn_number_list(world: World, step: Step) -> World:
    if step.answered.entries is None:
        return world  # as with operators
    listing = Listing(_ids(step), step.exchange.number)
    world = replace(world, number_lists={**world.number_lists, step.actor.name: listing})
    for entry in step.answered.entries or ():
        if is_integer(entry.get("id")):
            known = world.number(entry["id"]).attributes
            shown_here = {name: entry[name] for name in LISTED_ATTRIBUTES & entry.keys() - known.keys()}
            if shown_here:
                world = world.with_number(entry["id"], attributes={**known, **shown_here})
    return world


def _learn_operator_list(world: World, step: Step) -> World:
    if step.answered.entries is None:
        return world  # no list at all says of nobody that they are not on it
    listing = Listing(_ids(step), step.exchange.number)
    world = replace(world, operator_lists={**world.operator_lists, step.actor.name: listing})
    if step.actor.scope != "account":
        return world
    gone = {
        operator: replace(known, exists=False)
        for operator, known in world.operators.items()
        if known.exists and not known.ours and operator not in listing.ids
    }
    return world.with_operators(gone)


def _learn_update(world: World, step: Step, operator: int) -> World:
    known = world.operator(operator)
    record, entry = {**known.record, **_as_stored(step.fields)}, step.answered.data
    if isinstance(entry, dict):
        record |= {name: entry[name] for name in WHOLE_RECORD if name in entry}
    elif "name" in step.fields:
        record.pop("initials", None)
    record = {name: value for name, value in record.items() if value is not _UNKNOWN}
    switched = known.switched or "active" in step.fields
    return world.with_operators({operator: replace(known, record=record, seen=step.exchange.number, switched=switched)})


def _as_stored(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an update makes of a record, as far as what was sent tells; its answer need not show it."""
    stored = {name: fields[name] for name in WHOLE_RECORD if name in fields}
    if "name" in stored and read_name(stored["name"]).clause != "NAME-KEPT":
        stored["name"] = _UNKNOWN  # it may be tidied
    if "phone_number" in stored:
        stored["phone_number"] = read_phone_number(stored["phone_number"]).stored or _UNKNOWN
    return stored


def with_assumed_places(step: Step) -> World:
    """Return the world in which a list whose order alone is known has the priorities that this answer shows.

    After a deletion the rest may be renumbered or not: who is there, and in which order, is certain all the same, and
    that nobody's priority is larger than it was, or than counting from 1 makes it.
    """
    state, detail = step.state, step.detail
    if detail is None or step.number_id is None or state.places is not None or state.overlapped:
        return step.before
    if state.orders is None or len(state.orders) != 1:
        return step.before
    (order,) = state.orders
    shown_here = {place.operator: place.priority for place in detail.places if place.operator in order}
    priorities = iter(sorted(shown_here.values()))
    places, last = [], -1
    for index, operator in enumerate(dict.fromkeys(order), start=1):
        last = next(priorities) if operator in shown_here else last
        was = state.before_deletions.get(operator, last)
        last = last if last <= max(was, index) else was
        places.append(Place(operator, last))
    return step.before.with_number(step.number_id, places=tuple(places), orders=None)


def without_operator(world: World, operator: int) -> World:
    """Return the world after an operator was deleted: its assignments are gone, priorities are open."""
    world = world.with_operators({operator: replace(world.operator(operator), exists=False)})
    for number, state in world.numbers.items():
        if state.places is not None and state.holds(operator):
            order = tuple(place.operator for place in state.places if place.operator != operator)
            known = {place.operator: place.priority for place in state.places}
            changes: dict[str, Any] = {"places": None, "orders": frozenset({order}), "appended": None}
            changes |= {"before_deletions": known, "answered": None}
            if not order:
                changes |= {"places": (), "orders": None}
        elif state.orders is not None and any(operator in order for order in state.orders):
            changes = {
                "orders": frozenset(tuple(each for each in order if each != operator) for order in state.orders),
                "appended": None,
            }
        else:
            continue
        world = world.with_number(number, **changes, removed=state.removed | {operator}, shrunk=True)
    return world
