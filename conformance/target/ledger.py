"""The ledger: what a run found, what it sent, what it made; all that undoing needs, and nothing that it must not touch.

It is written as events, one JSON object each, so that the journal on disk can be read back into the same ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Exchange, Request
from conformance.oracle import calls
from conformance.oracle.answers import Answered, Detail, is_integer, read_answer
from conformance.oracle.bodies import read_body
from conformance.oracle.calls import Call, canonical_integer, read_call
from conformance.oracle.expect import number_named
from conformance.target.contents import read_contents
from conformance.target.evidence import Claim, is_plain, matches
from conformance.target.marks import carries

CHANGEABLE = ("name", "active", "recording", "routing_strategy")
_PAGES = frozenset({calls.CREATE_OPERATOR, calls.GET_OPERATOR, calls.UPDATE_OPERATOR})
_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAKING = frozenset({calls.ADD, calls.CREATE_OPERATOR, calls.OTHER})
_WRITING = frozenset({calls.ADD, calls.REMOVE, calls.UPDATE_NUMBER})
_SUCCESS = range(200, 300)
# Of the others, those after which what was asked for may be done all the same (RFC 9110, 15.4.3, 15.4.4, 15.6.1).
_PERHAPS_DONE = frozenset({*_SUCCESS, 302, 303, 500, 502, 504})
_FORBIDDEN = 403
_REFUSED_AS_ATTACHED = frozenset({400, 409, 422, 423})
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """How a designated number was found: (operator, priority) by priority, and its attributes."""

    places: tuple[tuple[int, int], ...]
    attributes: Mapping[str, Any]

    @property
    def ids(self) -> tuple[int, ...]:
        """Return its operators by priority."""
        return tuple(operator for operator, _ in self.places)


@dataclass(slots=True)
class Ledger:
    """What undoing needs to know.

    Args:
        designated: the numbers that may be written to.
        mark: the word in the names of this run's operators.
        found: the designated numbers as they were before the first write to them.
        strangers: the operators that were there before the first write.
        records: strangers as the account's list showed them; empty where it was not read.
        listed: whether the account's operators were listed before the first write.
        made: the operators that this run made and that were not deleted since.
        deleted: those of them that were.
        suspects: who was first shown on a number's list, or as made, by the answer to such a request.
        written: the numbers that a write was sent to.
        named: the operators that a write named, or could be taken to name.
        attached: (number, operator) where the run attached somebody whom it did not make.
        missing: (number, operator) of attachments found that went while the run wrote.
        trespassed: numbers where an attempt that had to be refused was not, and that cannot be put back.
        changed: (number, attribute) -> the values that the run sent, or that came while it wrote.
        claims: what the run asked a server to make.
        lost: how many requests got no answer.
        unanswered: how many requests to make somebody got no answer, or a success that shows nobody.
        unseen: how many were answered as if they had made somebody, or may have, whom no list has shown since.
        writes: how many writes were sent.
        may_delete: whether the account's key may delete operators; None as long as that is not known.
        refused_a_deletion: whether one of the run's own was not deleted, by a key that may: they may have to be taken
            off their lists first.
        watching: whether what moves is the run's doing; not so for a restore, long after.
    """

    designated: frozenset[int] = frozenset()
    mark: str = ""
    found: dict[int, Found] = field(default_factory=dict)
    strangers: set[int] = field(default_factory=set)
    records: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    listed: bool = False
    made: dict[int, None] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    suspects: set[int] = field(default_factory=set)
    written: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    attached: set[tuple[int, int]] = field(default_factory=set)
    missing: set[tuple[int, int]] = field(default_factory=set)
    trespassed: set[int] = field(default_factory=set)
    changed: dict[tuple[int, str], list[Any]] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    lost: int = 0
    unanswered: int = 0
    unseen: int = 0
    writes: int = 0
    may_delete: bool | None = None
    refused_a_deletion: bool = False
    watching: bool = True
    _seen: dict[int, tuple[tuple[int, ...], Mapping[str, Any], int]] = field(default_factory=dict)
    _changed_at: dict[tuple[int, str], int] = field(default_factory=dict)

    # ------------------------------------------------------------------ from the conversation
    def before(self, request: Request) -> Event | None:
        """Take note of a request that is about to be sent; return its event if it is a write."""
        call = read_call(request)
        if request.method in _READ_METHODS and call.operation in {*calls.READS, calls.OTHER}:
            return None
        contents = read_contents(request)
        event: Event = {
            "event": "write",
            "call": call.operation,
            "actor": request.actor,
            "method": request.method,
            "target": request.target,
            "number": number_named(call),
            "operators": sorted(contents.operators),
            "phones": [each for each in contents.phones if is_plain(each)],
            "names": [each for each in contents.names if is_plain(each)],
        }
        if call.operation == calls.UPDATE_NUMBER:
            fields = read_body(request).fields
            event["sets"] = {name: fields[name] for name in CHANGEABLE if name in fields and is_plain(fields[name])}
        self.apply(event)
        return event

    def places_of_ours(self) -> list[tuple[int, int]]:
        """Return (number, operator) of each place on a list, as last shown, where somebody stands whom the run made."""
        return [(number, each) for number, (ids, _, _) in self._seen.items() for each in ids if each in self.made]

    def numbers_changed(self) -> set[int]:
        """Return the numbers that are to be put back: an attribute was changed, and not seen since as it was found."""
        return {number for number, name in self.changed if number in self.found and not self._is_back(number, name)}

    def _is_back(self, number: int, name: str) -> bool:
        _, attributes, seen_at = self._seen[number]
        was = self.found[number].attributes.get(name)
        return seen_at >= self._changed_at[number, name] and attributes.get(name) == was

    def heard(self, exchange: Exchange) -> list[Event]:
        """Take note of what came; return the events that say what undoing has to know of it."""
        call = read_call(exchange.request)
        making = call.operation in _MAKING and exchange.request.method not in _READ_METHODS
        if exchange.response is None:
            self.lost += 1
            self.unanswered += making
            return []
        is_detail = call.operation in calls.DETAIL_CALLS or (call.number is not None and call.operator is None)
        answered = read_answer(exchange.response, is_detail=is_detail)
        shown = _entries(call, answered)
        self.unanswered += making and answered.status in _SUCCESS and not shown  # whom it made will be seen at the end
        contents = read_contents(exchange.request) if making else None
        claim = Claim.of(contents) if contents is not None else None
        events = [*self._opening(call, answered, shown), *self._made_in(shown, claim)]
        if contents is None or claim is None:
            self.unseen = max(0, self.unseen - sum(event["event"] == "made" for event in events))
        elif answered.status in _PERHAPS_DONE and claim.phones and not contents.operators:
            is_shown = any(matches(claim, entry, strictly=False) for entry in shown)
            self.unseen += (bool(shown) or answered.status not in _SUCCESS) and not is_shown
        if call.operation == calls.DELETE_OPERATOR:
            events += self._deleting(exchange.request.actor, canonical_integer(call.operator), answered.status)
        number = canonical_integer(call.number)
        if call.operation in _WRITING and answered.status in _SUCCESS and number not in {None, *self.found}:
            events.append({"event": "trespass", "number": number})
        for event in events:
            self.apply(event)
        detail = answered.detail
        if detail is not None and detail.id in self.found:
            moved = list(self._moved(call, detail.id, detail)) if self.watching else []
            for event in moved:
                self.apply(event)
            events += moved
            self._seen[detail.id] = (detail.ids, detail.attributes, self.writes)
        if not self.writes:
            self.strangers |= {entry["id"] for entry in shown}
        return events

    def _opening(self, call: Call, answered: Answered, shown: list[Mapping[str, Any]]) -> Iterator[Event]:
        """Say how the operators were found, before the first write, and a designated number, before one to it."""
        detail = answered.detail
        if answered.status not in _SUCCESS:
            return
        if (
            call.operation == calls.LIST_OPERATORS
            and answered.entries is not None
            and not self.listed
            and not self.writes
        ):
            self.records = {entry["id"]: entry for entry in shown}
            yield {"event": "strangers", "operators": sorted(self.records)}
        if detail is None or call.operation != calls.GET_NUMBER or number_named(call) != detail.id:
            return
        if detail.id in self.designated and detail.id not in self.found and detail.id not in self.written:
            yield {
                "event": "found",
                "number": detail.id,
                "places": [[each.operator, each.priority] for each in detail.places if not self.is_ours(each.operator)],
                "attributes": detail.attributes,
            }

    def _deleting(self, actor: str, operator: int | None, status: int) -> Iterator[Event]:
        """Say whom a deletion took, and whether the key may delete at all."""
        if actor == "account" and (self.may_delete is None or (self.may_delete and status == _FORBIDDEN)):
            yield {"event": "permission", "delete": status != _FORBIDDEN}
        if status in _SUCCESS and operator in self.made:
            yield {"event": "deleted", "operator": operator}
        if actor == "account" and status in _REFUSED_AS_ATTACHED and operator in self.made:
            self.refused_a_deletion = True

    def _made_in(self, shown: list[Mapping[str, Any]], claim: Claim | None) -> Iterator[Event]:
        """Find operators of the run's own among those that an answer shows for the first time."""
        for entry in shown if self.writes else ():
            operator = entry["id"]
            again = operator in self.deleted and claim is not None and matches(claim, entry, strictly=True)
            if operator in self.strangers or (self.is_ours(operator) and not again):
                continue
            if carries(entry.get("name"), self.mark) or (claim is not None and matches(claim, entry, strictly=False)):
                yield {"event": "made", "operator": operator}
            elif claim is not None and claim.phones and ("priority" in entry or "email" in entry):
                yield {"event": "suspect", "operator": operator}

    def _moved(self, call: Call, number: int, detail: Detail) -> Iterator[Event]:
        """Compare a designated number with its last look: what moved while the run wrote is the run's to undo."""
        ids, attributes, writes = self._seen[number]
        if writes == self.writes:
            return
        found = self.found[number]
        for operator in found.ids:
            if operator in ids and operator not in detail.ids:
                yield {"event": "missing", "number": number, "operator": operator}
        came = [each for each in detail.ids if each not in ids]
        if call.operation == calls.ADD and len(came) == 1 and not self.is_ours(came[0]) and came[0] not in found.ids:
            yield {"event": "attached", "number": number, "operator": came[0]}
        for name, was in found.attributes.items():
            value = detail.attributes.get(name)
            if value not in (was, attributes.get(name)) and self._is_our_doing(name, value):
                yield {"event": "changed", "number": number, "attribute": name, "to": value}

    def _is_our_doing(self, attribute: str, value: Any) -> bool:
        """Tell whether a change between two looks is the run's: a name only if it is empty, or one that was sent."""
        return attribute != "name" or not value or any(value in claim.names for claim in self.claims)

    # ------------------------------------------------------------------ events
    def apply(self, event: Mapping[str, Any]) -> None:
        """Take one event in, be it new or read from a journal; what it does not know it leaves."""
        kind, number, operator = str(event.get("event")), event.get("number"), event.get("operator")
        if kind == "begin":
            self.mark = str(event.get("mark", ""))
            self.designated = frozenset(each for each in event.get("virtual_numbers", ()) if is_integer(each))
        elif kind == "write":
            self._apply_write(event)
        elif kind == "permission":
            self.may_delete = bool(event["delete"])
        elif kind == "strangers":
            self.listed = True
            self.strangers |= {each for each in event["operators"] if is_integer(each)}
        elif kind == "found" and isinstance(number, int):
            places = tuple((int(operator), int(priority)) for operator, priority in event["places"])
            self.found[number] = Found(places, dict(event["attributes"]))
            self._seen[number] = (self.found[number].ids, self.found[number].attributes, self.writes)
            self.strangers |= set(self.found[number].ids)
        elif kind == "trespass" and isinstance(number, int):
            self.trespassed.add(number)
        elif kind == "changed" and isinstance(number, int):
            self._change(number, str(event["attribute"]), event.get("to"))
        elif isinstance(operator, int):
            self._apply_operator(kind, operator, number)

    def _apply_write(self, event: Mapping[str, Any]) -> None:
        number = event.get("number")
        self.writes += 1
        self.named |= {each for each in event.get("operators", ()) if is_integer(each)}
        self.written |= {number} if isinstance(number, int) else set()
        if event.get("call") in _MAKING:
            self.claims.append(Claim(tuple(event.get("phones", ())), tuple(event.get("names", ()))))
        for name, value in dict(event.get("sets", {})).items():
            if isinstance(number, int):
                self._change(number, name, value)

    def _change(self, number: int, name: str, value: Any) -> None:
        self.changed.setdefault((number, name), []).append(value)
        self._changed_at[number, name] = self.writes

    def _apply_operator(self, kind: str, operator: int, number: Any) -> None:
        if kind == "suspect":
            self.suspects.add(operator)
        elif kind == "made" and operator not in self.strangers:
            self.made[operator] = None
            self.deleted.discard(operator)
        elif kind == "deleted":
            self.made.pop(operator, None)
            self.deleted.add(operator)
        elif kind == "attached":
            self.attached.add((int(number), operator))
        elif kind == "missing":
            self.missing.add((int(number), operator))

    # ------------------------------------------------------------------ what it knows
    def is_ours(self, operator: int) -> bool:
        """Tell whether the run made an operator, deleted since or not."""
        return operator in self.made or operator in self.deleted

    def had_to_do_with(self, operator: int) -> bool:
        """Tell whether a stranger stands on a designated number, or was named in a write."""
        return operator in self.named or any(operator in found.ids for found in self.found.values())

    def newcomers(self, entries: Iterable[Mapping[str, Any]]) -> tuple[list[int], list[Mapping[str, Any]]]:
        """Part the newcomers of an operator list: the run's own, and those that only may be."""
        ours: list[int] = []
        doubtful: list[Mapping[str, Any]] = []
        for entry in entries:
            operator = entry.get("id")
            if not isinstance(operator, int) or operator in self.strangers:
                continue
            proven = self.is_ours(operator) or carries(entry.get("name"), self.mark)
            if proven or any(matches(claim, entry, strictly=True) for claim in self.claims):
                ours.append(operator)
            elif operator in self.suspects | self.named or any(
                claim.sent_phone(entry.get("phone_number")) for claim in self.claims
            ):
                doubtful.append(entry)
        return ours, doubtful


def _entries(call: Call, answered: Answered) -> list[Mapping[str, Any]]:
    """Return every operator that an answer shows, be it a list, a detail payload or a page."""
    shown: list[Mapping[str, Any]] = []
    if answered.detail is not None:
        shown += [*answered.detail.operators.values(), *answered.detail.available.values()]
    elif call.operation == calls.LIST_OPERATORS:
        shown += answered.entries or ()
    elif call.operation in _PAGES and isinstance(answered.data, dict):
        shown.append(answered.data)
    return [each for each in shown if is_integer(each.get("id"))]
