"""Putting everything back: what the run made is deleted, what it found is as it was. It touches nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.exchange import Exchange, Request
from conformance.oracle.answers import Detail, read_answer
from conformance.target.ledger import CHANGEABLE, Found, Ledger
from conformance.target.stops import Stop

_FORBIDDEN, _NOT_FOUND = 403, 404
_SUCCESS = range(200, 300)
_SPARE = 2
_ROUNDS = 3
Entries = tuple[Mapping[str, Any], ...]
_RECORD = ("name", "phone_number", "email", "active")


@dataclass(slots=True)
class Undo:
    """Puts an account back as a ledger says that it was found.

    Args:
        send: sends one request as an actor.
        ledger: what was found, sent and made.
        reads_lag: tells whether reads were late so far: each of them may have to be sent twice.
        keeps_every_must: tells whether the target has kept its word so far: whoever of other people's operators is gone
            was deleted by other people then.
        not_restored: each thing that is not as it was found.
    """

    send: Callable[[Request], Exchange]
    ledger: Ledger
    reads_lag: Callable[[], bool] = lambda: False
    keeps_every_must: Callable[[], bool] = lambda: False
    not_restored: list[str] = field(default_factory=list)
    _checked: set[int] = field(default_factory=set)
    _unanswered: set[int] = field(default_factory=set)

    @property
    def may_delete(self) -> bool:
        """Tell whether the key may delete operators, as far as is known."""
        return self.ledger.may_delete is not False

    def requests_needed(self) -> int:
        """Return how many requests putting everything back would take now, some to spare."""
        ledger = self.ledger
        if not ledger.writes:
            return 0
        moved = [*ledger.attached, *ledger.missing]
        changed = ledger.numbers_changed()  # whatever was changed goes back in one request
        read_back = len({number for number, _ in moved} | changed)
        listing = 2 if ledger.unanswered or ledger.unseen else 1
        made = len(ledger.made) * (2 if ledger.lost else 1)
        if ledger.may_delete is not True:  # refused once, whom the run made is taken off each list instead
            places = ledger.places_of_ours()
            taken_off = 1 + len(places) + len({number for number, _ in places})
            made = taken_off if ledger.may_delete is False else max(made, taken_off)
        elif ledger.refused_a_deletion:
            made += len(ledger.places_of_ours())
        unread = len(ledger.found.keys() - self._checked)
        reads = (unread + read_back + listing) * (2 if self.reads_lag() else 1)
        return made + 2 * ledger.unanswered + ledger.unseen + len(moved) + len(changed) + reads + _SPARE

    def run(self) -> bool:
        """Put everything back; return whether it is, and name in `not_restored` what is not.

        A stop on the way (the target is lost, the budget is used up) is named there with all that it leaves.
        """
        self.not_restored.clear()
        self._checked.clear()
        self._unanswered.clear()
        if self.ledger.writes:
            try:
                self._put_all_back()
            except Stop as stop:
                self._name_the_rest(stop.reason)
        self.not_restored += [
            f"virtual number {number}: an attempt that had to be refused was answered with success; the run may not "
            "put back what came of it: look at that number"
            for number in sorted(self.ledger.trespassed)
        ]
        return not self.not_restored

    def _put_all_back(self) -> None:
        """Put settings back, delete the run's own, put the lists right; whoever was not deleted may be, once taken off.

        Settings come first: where the requests do not last, a number switched off is worse than somebody left over.
        """
        for number in sorted(self.ledger.numbers_changed()):
            detail = self._read(number)
            if detail is not None:
                self._change_attributes(number, self._wrong(number, self.ledger.found[number], detail))
        asked = set(self.ledger.made)
        for operator in sorted(asked, reverse=True):  # of two alike, the newer first: the older waits for its turn
            if not self.ledger.refused_a_deletion:  # else whoever stands on a list has to be taken off it first
                self._delete([operator])
        entries = self._list()
        doubtful = self._learn(entries)
        left_over = bool(entries and self.ledger.made and self.may_delete)
        self._delete([each for each in self.ledger.made if each not in asked] if left_over else [])
        for number, found in self.ledger.found.items():
            self._put_back(number, found)
        for _ in range(_ROUNDS if left_over else 0):
            self._delete([each for each in self.ledger.made if each in asked])
            entries = self._list()
            doubtful = self._learn(entries)
            if not self.ledger.made or not self.may_delete:
                break
            asked |= set(self.ledger.made)
        self._name_operators(entries, doubtful)

    def _name_the_rest(self, reason: str) -> None:
        self.not_restored.append(f"putting everything back was cut short: {reason}")
        self._name_made()
        self.not_restored += [
            f"virtual number {number} was not read back; it was found with operators {list(found.ids)}"
            for number, found in self.ledger.found.items()
            if number not in self._checked
        ]

    # ------------------------------------------------------------------ operators
    def _delete(self, operators: list[int]) -> None:
        for operator in operators if self.may_delete else ():
            status = self._send("DELETE", f"/operators/{operator}").status
            if status is None:
                self._unanswered.add(operator)
            elif status == _FORBIDDEN:
                self.ledger.apply({"event": "permission", "delete": False})
                return
            elif status in _SUCCESS or status == _NOT_FOUND:
                self.ledger.apply({"event": "deleted", "operator": operator})

    def _learn(self, entries: Entries | None) -> list[Mapping[str, Any]]:
        """Learn from the list who of the run's own is there; return who only may be the run's."""
        if entries is None:
            return []
        ours, doubtful = self.ledger.newcomers(entries)
        for operator in [each for each in self.ledger.made if each not in ours and each in self._unanswered]:
            self.ledger.apply({"event": "deleted", "operator": operator})
        for operator in ours:
            self.ledger.apply({"event": "made", "operator": operator})
        return doubtful

    def _name_operators(self, entries: Entries | None, doubtful: list[Mapping[str, Any]]) -> None:
        """Name everybody who is not as found."""
        self._name_made()
        if entries is None:
            self.not_restored.append("the operators could not be listed: whether the run left some is not known")
            return
        for entry in doubtful:
            self.not_restored.append(
                f"operator {entry['id']} ({entry.get('name')!r}, {entry.get('phone_number')}) came during the run, as "
                "if the run had made it, but under another name or number: delete it if it is nobody's"
            )
        self._compare_records({each["id"]: each for each in entries if isinstance(each.get("id"), int)})

    def _name_made(self) -> None:
        why = "" if self.may_delete else " (the key may not delete operators)"
        made = ", ".join(map(str, self.ledger.made))
        if made:
            self.not_restored.append(f"operators that this run made are still there: {made}{why}")

    def _compare_records(self, now: Mapping[int, Mapping[str, Any]]) -> None:
        """Name the people who are gone, and of those whom the run had to do with also what else is different.

        Other people edit and delete other operators meanwhile: that is theirs, as long as the target keeps its word.
        """
        trusted = self.keeps_every_must()
        for operator, was in self.ledger.records.items():
            entry = now.get(operator)
            if entry is None and trusted and not self.ledger.had_to_do_with(operator):
                continue
            if entry is None:
                message = "is not listed any more; the run did not ask for that: others did, or the server took it"
                self.not_restored.append(f"operator {operator} {message}")
            elif self.ledger.had_to_do_with(operator):
                self.not_restored += [
                    f"operator {operator}: {name} is {entry.get(name)!r}, and was {was.get(name)!r}; "
                    "the run did not ask for that"
                    for name in _RECORD
                    if entry.get(name) != was.get(name)
                ]

    def _list(self) -> Entries | None:
        exchange = self._send("GET", "/operators")
        if exchange.response is None or exchange.response.status not in _SUCCESS:
            return None
        return read_answer(exchange.response, is_detail=False).entries

    # ------------------------------------------------------------------ numbers
    def _put_back(self, number: int, found: Found) -> None:
        detail = self._read(number)
        if detail is None:  # what the run changed is known all the same
            changed = {name for each, name in self.ledger.changed if each == number and name in CHANGEABLE}
            known = {name: was for name, was in found.attributes.items() if name in changed}
            self._change_attributes(number, known)
            detail = self._read(number) if known else None
        if detail is not None and self._change_back(number, found, detail):
            detail = self._read(number)
        if detail is None:
            self.not_restored.append(f"virtual number {number} could not be read back")
            return
        self._checked.add(number)
        self.not_restored += _differences(number, found, detail)

    def _change_back(self, number: int, found: Found, detail: Detail) -> bool:
        """Undo what is the run's own work on a number; tell whether anything was sent."""
        wrong = self._wrong(number, found, detail)
        self._change_attributes(number, wrong)
        surplus = [
            each
            for each in detail.ids
            if each not in found.ids and (self.ledger.is_ours(each) or (number, each) in self.ledger.attached)
        ]
        for operator in surplus:
            self._send("DELETE", f"/virtual_numbers/{number}/remove_operator?operator_id={operator}")
        gone = [each for each in found.ids if each not in detail.ids and (number, each) in self.ledger.missing]
        for operator in gone:
            self._send("POST", f"/virtual_numbers/{number}/add_operator", {"operator_id": operator})
        return bool(wrong or surplus or gone)

    def _wrong(self, number: int, found: Found, detail: Detail) -> dict[str, Any]:
        """Return what was found of the settings that are as the run, and nobody else, set them."""
        return {
            name: was
            for name, was in found.attributes.items()
            if name in CHANGEABLE
            and detail.attributes.get(name) != was
            and detail.attributes.get(name) in self.ledger.changed.get((number, name), ())
        }

    def _change_attributes(self, number: int, values: Mapping[str, Any]) -> None:
        """Put them back in one request, or where one of them is refused each by itself."""
        if not values:
            return
        status = self._send("PATCH", f"/virtual_numbers/{number}", values).status
        if len(values) > 1 and status is not None and status not in _SUCCESS:
            for name, value in values.items():
                self._send("PATCH", f"/virtual_numbers/{number}", {name: value})

    def _read(self, number: int) -> Detail | None:
        exchange = self._send("GET", f"/virtual_numbers/{number}")
        return read_answer(exchange.response, is_detail=True).detail if exchange.response else None

    # ------------------------------------------------------------------ sending
    def _send(self, method: str, target: str, body: Any = None) -> Exchange:
        if body is None:
            return self.send(Request("account", method, target))
        raw = json.dumps(body).encode()
        return self.send(Request("account", method, target, (("content-type", "application/json"),), raw))


def _differences(number: int, found: Found, detail: Detail) -> list[str]:
    """Name everything of a number that is not as it was found."""
    named = []
    places = tuple((place.operator, place.priority) for place in detail.places)
    if detail.ids != found.ids:
        named.append(f"virtual number {number} has operators {list(detail.ids)}, and had {list(found.ids)}")
    elif places != found.places:
        now, was = [priority for _, priority in places], [priority for _, priority in found.places]
        named.append(f"virtual number {number}: the priorities are {now}, and were {was}; the order is the same")
    for name, was_value in found.attributes.items():
        if detail.attributes.get(name) != was_value:
            named.append(f"virtual number {number}: {name} is {detail.attributes.get(name)!r}, and was {was_value!r}")
    return named
