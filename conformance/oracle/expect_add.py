"""What the contract expects of POST /virtual_numbers/{id}/add_operator (contract 1 and 3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.oracle import names, operator_ids, phone_numbers
from conformance.oracle.bodies import DOCUMENTED_FIELDS, MAKE_IT_NO_JSON, Body
from conformance.oracle.expectation import (
    FEWEST_AT_A_LIMIT,
    LIMITED,
    OTHER_FAULT,
    OTHERWISE_AT_FAULT,
    UNJUDGED,
    UNLIKELY,
    Creation,
    Expectation,
    Expecting,
)
from conformance.oracle.names import Name, read_name
from conformance.oracle.operator_ids import OperatorId, read_operator_id
from conformance.oracle.phone_numbers import PhoneNumber, read_phone_number
from conformance.oracle.world import World

_UNREADABLE_TEXT = Name("JSON-ODDITIES", {"read": lambda _stored: True}, may_refuse=True, label="unreadable")


def _is_unreadable(body: Body, name: Any) -> bool:
    """Tell whether a name holds what has no one reading: a lone surrogate, or bytes that are no UTF-8."""
    if not isinstance(name, str):
        return False
    in_bytes = "invalid UTF-8" in body.labels["JSON-ODDITIES"] and not name.isascii()
    return in_bytes or any(unicodedata.category(character) == "Cs" for character in name)


@dataclass(frozen=True, slots=True)
class Fields:
    """The three documented fields of a body, as the contract reads them."""

    operator_id: OperatorId = operator_ids.ABSENT
    phone_number: PhoneNumber = phone_numbers.ABSENT
    name: Name = names.ABSENT
    has_name: bool = False


def read_fields(raw: Mapping[str, Any]) -> Fields:
    """Read the documented fields of a parsed object."""
    return Fields(
        read_operator_id(raw["operator_id"]) if "operator_id" in raw else operator_ids.ABSENT,
        read_phone_number(raw["phone_number"]) if "phone_number" in raw else phone_numbers.ABSENT,
        read_name(raw["name"]) if "name" in raw else names.ABSENT,
        "name" in raw,
    )


class AddExpecting:
    """Expects of one request's fields, sent by one actor to one number, in one world."""

    def __init__(self, expecting: Expecting, world: World, actor: str, scope: str, number: int | None) -> None:
        self.expecting = expecting
        self.world = world
        self.actor = actor
        self.scope = scope
        self.number = number

    def of_body(self, body: Body, query: Mapping[str, str]) -> Expectation:
        """Return what is expected of a body, its oddities and the query's fields included."""
        if body.kind in {"not JSON", "other value", "form", "empty"}:
            found = self._unreadable(body, query)
        else:
            found = self._object(body, query)
        for clause in body.oddities:
            found = self.expecting.around(clause, found, body.labels.get(clause, found.input_class))
            if any(each in body.labels.get(clause, "") for each in MAKE_IT_NO_JSON):
                unsupported = self.expecting.answer("unsupported")  # as for any body that is not JSON
                found = found.also("refused", [*found.readings["refused"], unsupported])
        return self._for_the_number(found)

    def _for_the_number(self, found: Expectation) -> Expectation:
        """Let an inactive number, or a full one, be the reason of a refusal that is due anyway: two faults."""
        state = self.world.number(self.number or 0)
        if found.clause == UNJUDGED or any(each.succeeds for each in found.outcomes):
            return found
        if state.attributes.get("active") is False:
            return found.also(OTHER_FAULT, [self.expecting.answer("invalid")])
        if state.places is not None and len(state.places) >= FEWEST_AT_A_LIMIT:
            return found.also(LIMITED, [self.expecting.answer("invalid")])
        return found

    def of_fields(self, fields: Fields) -> Expectation:
        """Return what is expected of the three fields by themselves."""
        found = self._by_operator_id(fields)
        if fields.operator_id.kind == "exact" and fields.has_name and found.clause != "PRECEDENCE-NAME-BESIDE":
            of_the_name = self.expecting.of("PRECEDENCE-NAME-BESIDE").refusals
            limited = {LIMITED: found.readings[LIMITED]} if LIMITED in found.readings else {}
            # refused for the name, before it is taken for the refusal of a full list
            unlikely = (*found.readings.get(UNLIKELY, ()), *of_the_name)
            found = replace(found, readings={**_without(found, LIMITED), UNLIKELY: unlikely, **limited})
        if fields.has_name and fields.name.clause == "NAME-OF-OTHER-TYPE" and found.clause != fields.name.clause:
            refused = [outcome for outcome in self.expecting.of(fields.name.clause).outcomes if not outcome.succeeds]
            found = found.also("refused for the name", refused)
        return found

    def _unreadable(self, body: Body, query: Mapping[str, str]) -> Expectation:
        clause = {"not JSON": "BODY-NOT-JSON", "other value": "BODY-NOT-OBJECT", "empty": "BODY-EMPTY"}.get(
            body.kind, "QUERY-OR-FORM"
        )
        found = self.expecting.of(clause, body.kind)
        for fields, where in ((body.form, "form"), (query, "query alone")):
            if DOCUMENTED_FIELDS & fields.keys():
                row = self.expecting.around("QUERY-OR-FORM", self.of_fields(read_fields(dict(fields))), where)
                ignored = tuple(each for each in row.readings["ignored"] if not each.succeeds)
                readings = {**row.readings, "ignored": ignored, "body refused": found.outcomes}
                return replace(row, clause="QUERY-OR-FORM", readings=readings)
        return self.expecting.unjudged(found) if body.kind == "form" else found

    def _object(self, body: Body, query: Mapping[str, str]) -> Expectation:
        fields = read_fields(body.fields)
        if "JSON-ODDITIES" in body.oddities and _is_unreadable(body, body.fields.get("name")):
            fields = replace(fields, name=_UNREADABLE_TEXT)
        found = self.of_fields(fields)
        if body.first != body.fields:
            found = found.also("first of the same field", self.of_fields(read_fields(body.first)).outcomes)
        if DOCUMENTED_FIELDS & query.keys():
            merged = self.of_fields(read_fields({**body.fields, **query}))
            alone = self.of_fields(read_fields(dict(query)))
            row = self.expecting.around("QUERY-OR-FORM", found, "query beside a body")
            unknown = [self.expecting.answer(each) for each in ("invalid", "bad request")]  # as an unknown field may be
            refused = {"refused": tuple(unknown), UNLIKELY: found.refusals}
            readings = {"ignored": found.outcomes, **refused, "read": (*merged.outcomes, *alone.outcomes)}
            found = replace(row, readings=readings)
        if body.fields.keys() - DOCUMENTED_FIELDS:
            found = self.expecting.around("UNKNOWN-FIELDS", found, "beside the documented fields")
        return found

    # ------------------------------------------------------------------ shape A
    def _by_operator_id(self, fields: Fields) -> Expectation:
        given, phone = fields.operator_id, fields.phone_number
        if given.kind == "absent":
            return self._by_phone(fields)
        if given.kind == "exact":
            return self._reference(given.value or 0, fields)
        beside_phone = phone.kind in {"e164", "other form"}
        if given.kind == "spelled":
            named = self._reference(given.value or 0, replace(fields, operator_id=OperatorId("exact", given.value)))
            found = self.expecting.around("OPERATOR-ID-SPELLED", named, given.label)
            return replace(found, clause=UNJUDGED) if beside_phone else found
        if beside_phone:
            made = self._create(phone, fields.name)
            found = self.expecting.of("PRECEDENCE-BLANK-ID", given.label, operators=given.casts)
            cast = found.readings["cast"] if given.casts else ()
            absent = tuple(each for each in made.outcomes if each.succeeds)
            likely = {**found.readings, "absent": absent, "cast": cast}
            return replace(found, readings={**likely, UNLIKELY: made.refusals})
        if phone.kind not in {"absent", "blank"}:
            return self.expecting.either(self._naming_nobody(given), self._by_phone(fields))
        return self._naming_nobody(given)

    def _naming_nobody(self, given: OperatorId) -> Expectation:
        if given.kind == "blank":
            return self.expecting.of("MISSING-ID-BLANK", given.label)
        found = self.expecting.of("OPERATOR-ID-NOBODY", given.label, operators=given.casts)
        readings = dict(found.readings)
        if not given.may_be_absent:
            del readings["absent"]
        if not given.casts:
            del readings["cast"]
        # That nobody is attached is a should whomever a cast finds: somebody whom no rule of ours foresees as well.
        anybody = frozenset(each for each, known in self.world.operators.items() if known.exists)
        taken = self.expecting.of(found.clause, operators=anybody).readings["cast"]
        attached = tuple(replace(each, joins=True) for each in taken if each.answer.effect == "attaches")
        return replace(found, readings={**readings, "cast": (*readings.get("cast", ()), *attached)})

    def _reference(self, operator: int, fields: Fields) -> Expectation:
        state = self.world.number(self.number or 0)
        attached = state.holds(operator)
        resolves = self.world.resolves(self.actor, self.scope, operator)
        success = self.expecting.of(self._success_clause(operator, fields, attached=attached), operators={operator})
        success = replace(success, input_class=fields.phone_number.label or ("name alone" if fields.has_name else ""))
        if resolves is None and not (self.scope == "project" and attached):
            return self.expecting.unjudged(success, self.expecting.of("NOT-FOUND-OPERATOR"))
        if not resolves:
            if attached and self.world.operator(operator).exists is not False:
                return self.expecting.of("REATTACH-OTHER-PROJECT", operators={operator})
            return self.expecting.of(self._unresolved_clause(operator, fields))
        if attached is None:
            return replace(success.also(LIMITED, [self.expecting.answer("invalid")]), clause=UNJUDGED)
        if attached:
            return self._unless_inactive(success, operator, attached=True)
        return self._onto_the_list(success, operator)

    def _onto_the_list(self, success: Expectation, operator: int | None) -> Expectation:
        """Add what may refuse one more operator: an inactive one, an inactive number, a full list."""
        found = self._unless_inactive(success, operator)
        return found if found is not success else success.also(LIMITED, [self.expecting.answer("invalid")])

    def _unless_inactive(self, success: Expectation, operator: int | None, *, attached: bool = False) -> Expectation:
        """Add that an inactive operator, or an inactive number, may be refused.

        Be they together already: where that stays, it tells nothing of whether they could be attached now.
        """
        if operator is not None and self.world.operator(operator).record.get("active") is False:
            clause = "ATTACH-INACTIVE-OPERATOR"
        elif self.world.number(self.number or 0).attributes.get("active") is False:
            clause = "ATTACH-INACTIVE-NUMBER"
        else:
            return success
        taken = UNLIKELY if attached else "attached"
        readings = {taken: success.outcomes, "refused": (self.expecting.answer("invalid"),)}
        return replace(success, clause=clause, input_class="reference", readings=readings)

    def _success_clause(self, operator: int, fields: Fields, *, attached: bool | None) -> str:
        phone = fields.phone_number
        if phone.kind == "other type" or phone.label == "null":
            return "PRECEDENCE-PHONE-OF-OTHER-TYPE"
        if phone.kind != "absent":  # a text, if an empty one: present or absent, the id stands
            return "PRECEDENCE-WINS"
        if fields.has_name:
            return "PRECEDENCE-NAME-BESIDE"
        if attached:
            return "REATTACH-ANSWERS"
        if self.scope == "project":
            return "SCOPE-PROJECT-ATTACH"
        if self._crosses_projects(operator):
            return "SCOPE-ACCOUNT-WIDE"
        return "ATTACH-ANSWERS"

    def _crosses_projects(self, operator: int) -> bool:
        """Tell whether an operator of the project key's project goes to a number outside it."""
        operators, numbers = self.world.operator_lists.get("project"), self.world.number_lists.get("project")
        if operators is None or numbers is None:
            return False
        return operator in operators.ids and self.number not in numbers.ids

    def _unresolved_clause(self, operator: int, fields: Fields) -> str:
        known = self.world.operator(operator)
        if operator in self.world.setting.other_account_operators:
            return "SCOPE-OTHER-ACCOUNT-OPERATOR"
        if self.scope == "project" and known.exists:
            return "SCOPE-OPERATOR"
        if fields.phone_number.kind != "absent":
            return "PRECEDENCE-UNRESOLVED"
        return "NOT-FOUND-DELETED-OPERATOR" if known.exists is False else "NOT-FOUND-OPERATOR"

    # ------------------------------------------------------------------ shape B
    def _by_phone(self, fields: Fields) -> Expectation:
        phone = fields.phone_number
        if phone.kind == "absent":
            return self.expecting.of("MISSING-BOTH")
        if phone.kind == "blank":
            return self.expecting.of("MISSING-PHONE-BLANK", phone.label)
        if phone.kind == "invalid":
            return self.expecting.of("VALIDATION-PHONE", phone.label)
        if phone.kind == "other type":
            return self._by_phone_of_other_type(phone, fields.name)
        return self._create(phone, fields.name)

    def _by_phone_of_other_type(self, phone: PhoneNumber, name: Name) -> Expectation:
        creation = Creation(PhoneNumber("e164", phone.stored), name)
        found = self.expecting.of("PHONE-OF-OTHER-TYPE", phone.label, creation=creation)
        readings = {reading: each for reading, each in found.readings.items() if phone.stored or reading != "list read"}
        if owners := self._owners(phone) if phone.stored else frozenset():
            existing = self.expecting.of("PHONE-EXISTS", operators=owners).readings["existing attached"]
            readings["list read"] = (*readings["list read"], *(replace(each, operators=owners) for each in existing))
        return replace(found, readings=readings)

    def _owners(self, phone: PhoneNumber) -> frozenset[int]:
        """Return whose number it may be."""
        return frozenset(
            operator
            for operator, known in self.world.operators.items()
            if known.exists and _may_be_the_number(phone, known.record.get("phone_number"))
        )

    def _create(self, phone: PhoneNumber, name: Name) -> Expectation:
        creation = Creation(phone, name)
        created = self.expecting.of("CREATE-ANSWERS", phone.label, creation=creation)
        owners = self._owners(phone)
        if owners and phone.kind == "other form":
            existing = self.expecting.of("PHONE-EXISTS", operators=owners).readings["existing attached"]
            found = self.expecting.of("PHONE-OTHER-FORM", phone.label, creation=creation)
            return found.also("existing attached", [replace(outcome, operators=owners) for outcome in existing])
        if owners:
            found = self.expecting.of("PHONE-EXISTS", phone.label, operators=owners, creation=creation)
            existing = tuple(replace(outcome, operators=owners) for outcome in found.readings["existing attached"])
            return replace(found, readings={"existing attached": existing, **_without(found, "existing attached")})
        if name.may_refuse:
            return self._create_with_odd_name(created, name)
        if phone.kind == "other form":
            return self.expecting.of("PHONE-OTHER-FORM", phone.label, creation=creation)
        if phone.stored in self.world.setting.accepted_phone_numbers:
            return self._onto_the_list(created, None)
        found = self.expecting.of("PHONE-RANGE", phone.label, creation=creation)
        return found if not self._is_served(phone) else self._unlikely_refused(found)

    def _is_served(self, phone: PhoneNumber) -> bool:
        """Tell whether another number of this kind was taken, so that a refusal has likely another reason."""
        accepted = self.world.setting.accepted_phone_numbers
        return phone.stored in accepted or self.world.made_of_kind(phone.label)

    @staticmethod
    def _unlikely_refused(found: Expectation) -> Expectation:
        """Keep the refusal of a number as conforming, though another reading of the same answer is the likelier."""
        likely = {name: each for name, each in found.readings.items() if any(one.succeeds for one in each)}
        return replace(found, readings={**likely, UNLIKELY: found.refusals})

    def _create_with_odd_name(self, created: Expectation, name: Name) -> Expectation:
        if name.clause == "JSON-ODDITIES":
            return created.also(UNLIKELY, [self.expecting.answer("invalid")])
        if name.clause == "NAME-KEPT":  # to a server that counts bytes it is a long one
            return created.also(UNLIKELY, self.expecting.of("NAME-LONG").refusals)
        row = self.expecting.of(name.clause, name.label)
        phone = next(each.creation.phone for each in created.outcomes if each.creation)
        refused = (*row.refusals, self.expecting.answer("invalid"))
        return Expectation(
            name.clause,
            {
                "created": created.outcomes,
                "refused": refused,
                **({} if self._is_served(phone) else {OTHERWISE_AT_FAULT: (self.expecting.answer("invalid"),)}),
            },
            name.label,
            faulty=self.expecting.is_fault(name.clause),
        )


def _without(found: Expectation, reading: str) -> dict[str, Any]:
    return {name: outcomes for name, outcomes in found.readings.items() if name != reading}


def _may_be_the_number(phone: PhoneNumber, stored: Any) -> bool:
    """Tell whether somebody's number may be the one sent: a text that names no country says only how it ends."""
    if phone.stored is not None:
        return bool(stored == phone.stored)
    return isinstance(stored, str) and bool(phone.ending) and stored.endswith(phone.ending)
