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
from conformance.oracle.calls import Call, read_call
from conformance.oracle.expect import number_named
from conformance.target.contents import read_contents
from conformance.target.evidence import Claim, is_plain, matches
from conformance.target.marks import carries

CHANGEABLE = ("name", "active", "recording", "routing_strategy")
_SWITCHES = frozenset(CHANGEABLE) - {"name"}
_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAKING = frozenset({calls.ADD, calls.CREATE_OPERATOR, calls.OTHER})
_SUCCESS = range(200, 300)
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
        found: the designated numbers as they were before the first write.
        strangers: the operators that were there before the first write, and whoever else is not the run's.
        records: strangers as the account's list showed them; empty where it was not read.
        made: the operators that this run made and that were not deleted since.
        deleted: those of them that were.
        attached: (number, operator) where the run attached somebody whom it did not make.
        missing: (number, operator) of attachments found that went while the run wrote.
        changed: (number, attribute) that changed while the run wrote.
        claims: what the run asked a server to make.
        writes: how many writes were sent.
    """

    designated: frozenset[int] = frozenset()
    mark: str = ""
    found: dict[int, Found] = field(default_factory=dict)
    strangers: set[int] = field(default_factory=set)
    records: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    made: dict[int, None] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    attached: set[tuple[int, int]] = field(default_factory=set)
    missing: set[tuple[int, int]] = field(default_factory=set)
    changed: set[tuple[int, str]] = field(default_factory=set)
    claims: list[Claim] = field(default_factory=list)
    listed: bool = False
    writes: int = 0
    _seen: dict[int, tuple[tuple[int, ...], Mapping[str, Any], int]] = field(default_factory=dict)
    _sent: dict[tuple[int, str], list[Any]] = field(default_factory=dict)

    # ------------------------------------------------------------------ from the conversation
    def before(self, request: Request) -> Event | None:
        """Take note of a request that is about to be sent; return its event if it is a write."""
        call = read_call(request)
        if request.method in _READ_METHODS and call.operation in {*calls.READS, calls.OTHER}:
            return None
        contents = read_contents(request)
        event: Event = {
            "event": "write", "call": call.operation, "actor": request.actor, "method": request.method,
            "target": request.target, "number": number_named(call), "operators": sorted(contents.operators),
            "phones": [each for each in contents.phones if is_plain(each)],
            "names": [each for each in contents.names if is_plain(each)],
        }
        if call.operation == calls.UPDATE_NUMBER or "PATCH" in request.method:
            event["sets"] = _sets(request)
        self.apply(event)
        return event

    def heard(self, exchange: Exchange) -> list[Event]:
        """Take note of what came; return the events that say what undoing has to know of it."""
        if exchange.response is None:
            return []
        call = read_call(exchange.request)
        is_detail = call.operation in calls.DETAIL_CALLS or (call.number is not None and call.operator is None)
        answered = read_answer(exchange.response, is_detail=is_detail)
        events = [*self._opening(call, answered), *self._made_in(exchange, call, answered)]
        number = answered.detail.id if answered.detail is not None else None
        if answered.detail is not None and number in self.found:
            events += self._moved(call, number, answered.detail)
        if call.operation == calls.DELETE_OPERATOR and answered.status in _SUCCESS and call.operator:
            if call.operator.isdigit() and int(call.operator) in self.made:
                events.append({"event": "deleted", "operator": int(call.operator)})
        for event in events:
            self.apply(event)
        if answered.detail is not None and number in self.found:
            self._seen[number] = (answered.detail.ids, answered.detail.attributes, self.writes)
        if not self.writes:
            self.strangers |= {entry["id"] for entry in _entries(answered)}
        if call.operation == calls.LIST_OPERATORS and exchange.request.actor == "account" and not self.writes:
            self.records = {entry["id"]: entry for entry in _entries(answered)}
        return events

    def _opening(self, call: Call, answered: Answered) -> Iterator[Event]:
        """Say how a designated number, or the list of operators, was found: before the first write only."""
        if self.writes or answered.status not in _SUCCESS:
            return
        detail = answered.detail
        if detail is not None and detail.id in self.designated and detail.id not in self.found:
            if call.operation == calls.GET_NUMBER and number_named(call) == detail.id:
                yield {
                    "event": "found", "number": detail.id,
                    "places": [[place.operator, place.priority] for place in detail.places],
                    "attributes": {name: detail.attributes[name] for name in CHANGEABLE if name in detail.attributes},
                }
        if call.operation == calls.LIST_OPERATORS and answered.entries is not None and not self.listed:
            yield {"event": "strangers", "operators": sorted(entry["id"] for entry in _entries(answered))}

    def _made_in(self, exchange: Exchange, call: Call, answered: Answered) -> Iterator[Event]:
        """Find operators of the run's own among those that an answer shows for the first time."""
        if not self.writes:
            return
        claim = None
        if call.operation in _MAKING and exchange.request.method not in _READ_METHODS:
            claim = Claim.of(read_contents(exchange.request))
        for entry in _entries(answered):
            operator = entry["id"]
            if operator in self.strangers or operator in self.made or operator in self.deleted:
                continue
            if carries(entry.get("name"), self.mark) or (claim is not None and matches(claim, entry, strictly=False)):
                yield {"event": "made", "operator": operator}

    def _moved(self, call: Call, number: int, detail: Detail) -> Iterator[Event]:
        """Compare a designated number with its last look: what moved while the run wrote is the run's to undo."""
        before = self._seen.get(number)
        if before is None or before[2] == self.writes:
            return
        ids, attributes, _ = before
        for operator in self.found[number].ids:
            if operator in ids and operator not in detail.ids:
                yield {"event": "missing", "number": number, "operator": operator}
        new = [each for each in detail.ids if each not in ids and each not in self.made and each in self.strangers]
        came = [each for each in detail.ids if each not in ids]
        if call.operation == calls.ADD and len(came) == 1:
            yield from ({"event": "attached", "number": number, "operator": each} for each in new)
        for name, value in detail.attributes.items():
            was = self.found[number].attributes.get(name)
            if name in self.found[number].attributes and value != was and attributes.get(name) != value:
                if name in _SWITCHES or value in self._sent.get((number, name), ()):
                    yield {"event": "changed", "number": number, "attribute": name}

    # ------------------------------------------------------------------ events
    def apply(self, event: Mapping[str, Any]) -> None:
        """Take one event in, be it new or read from a journal; what it does not know it leaves."""
        kind, number, operator = event.get("event"), event.get("number"), event.get("operator")
        if kind == "begin":
            self.mark = str(event.get("mark", ""))
            self.designated = frozenset(each for each in event.get("virtual_numbers", ()) if is_integer(each))
        elif kind == "write":
            self._apply_write(event)
        elif kind == "strangers":
            self.listed = True
            self.strangers |= {each for each in event.get("operators", ()) if is_integer(each)}
        elif kind == "found" and is_integer(number):
            places = tuple((int(operator), int(priority)) for operator, priority in event["places"])
            self.found[int(number or 0)] = Found(places, dict(event["attributes"]))
            self._seen[int(number or 0)] = (tuple(each for each, _ in places), dict(event["attributes"]), 0)
            self.strangers |= {each for each, _ in places}
        elif kind == "changed":
            self.changed.add((int(number or 0), str(event["attribute"])))
        elif is_integer(operator) and operator is not None:
            self._apply_operator(str(kind), int(operator), number)

    def _apply_write(self, event: Mapping[str, Any]) -> None:
        self.writes += 1
        if event.get("call") in _MAKING:
            self.claims.append(Claim(tuple(event.get("phones", ())), tuple(event.get("names", ()))))
        for name, value in dict(event.get("sets", {})).items():
            number = event.get("number")
            if is_integer(number):
                self._sent.setdefault((int(number or 0), name), []).append(value)
                self.changed.add((int(number or 0), name))

    def _apply_operator(self, kind: str, operator: int, number: Any) -> None:
        if kind == "made" and operator not in self.strangers:
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

    def left_over(self, entries: Iterable[Mapping[str, Any]]) -> tuple[list[int], list[Mapping[str, Any]]]:
        """Part the newcomers of an operator list: the run's own, and those that only carry a number it sent."""
        ours, doubtful = [], []
        for entry in entries:
            if not is_integer(entry.get("id")) or entry["id"] in self.strangers:
                continue
            if self.is_ours(entry["id"]) or carries(entry.get("name"), self.mark):
                ours.append(entry["id"])
            elif any(matches(claim, entry, strictly=True) for claim in self.claims):
                ours.append(entry["id"])
            elif any(claim.sent_phone(entry.get("phone_number")) for claim in self.claims):
                doubtful.append(entry)
        return ours, doubtful


def _entries(answered: Answered) -> list[Mapping[str, Any]]:
    """Return every operator that an answer shows, be it a list, a detail payload or a page."""
    shown: list[Any] = []
    if answered.detail is not None:
        shown += [*answered.detail.operators.values(), *answered.detail.available.values()]
    elif answered.entries is not None:
        shown += [each for each in answered.entries if "operators_count" not in each]
    elif isinstance(answered.data, dict) and "operators" not in answered.data:
        shown.append(answered.data)
    return [each for each in shown if is_integer(each.get("id"))]


def _sets(request: Request) -> dict[str, Any]:
    from conformance.oracle.bodies import read_body  # noqa: PLC0415

    fields = read_body(request).fields
    return {name: fields[name] for name in CHANGEABLE if name in fields and is_plain(fields[name])}
