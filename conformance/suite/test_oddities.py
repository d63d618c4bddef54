"""Odd input: spellings, casts, bodies and paths that the contract leaves open. None of it crashes a server."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from conformance.strategies.odd_requests import (
    ODD_HEADERS,
    ODD_JSON,
    ODD_PATHS,
    odd_bodies,
    unknown_fields,
)
from conformance.strategies.operator_ids import naming_nobody, read_as_octal, spellings
from conformance.suite.marks import exercises
from conformance.suite.number import Number
from conformance.suite.recalled import freed_phone
from conformance.suite.scene import JSON, Scene

_NAMES_BESIDE = {"negative": ', "name": ["Somebody"]', "word": ', "name": {"first": "Some", "last": "Body"}'}

# PHP reads a list, and an object, as 1: where that is a stranger at every number, these are read as 0 by such casts.
_IN_ITS_PLACE = {"list": "empty list", "object": "empty object"}

_NAME_NOBODY = (
    "text with letters",
    "exponent beyond all",
    "list",
    "object",
    "negative",
    "word",
    "zero",
    "fraction",
    "beyond 64 bits",
)


def _next(number: Number, operator: int) -> int:
    """Return who is named next: somebody else where a lenient reading attached this one, so that it can be told apart.

    Nobody is made, or removed, for it: where all stand on the list, a cast shows as nothing changed.
    """
    free = [each for each in number.scene.ours if each not in number.ids]
    return operator if operator not in number.ids or not free else free[0]


def _post_nobody(scene: Scene, kind: str, operator: int) -> Number | None:
    """Send an id that names nobody; return the number from which a stranger was taken off to whom a cast led."""
    texts = naming_nobody(operator)
    kinds = (kind, _IN_ITS_PLACE.get(kind, kind))
    ways = [(texts[each], number) for each in kinds for number in (scene.main, scene.other)]
    text, number = next((way for way in ways if way[1].may_post_text(way[0])), ("", None))
    if number is None:
        return None
    before = number.ids
    number.post_text(text, _NAMES_BESIDE.get(kind, ""))
    came = [each for each in number.ids if each not in before and (number.id, each) in scene.client.ledger.attached]
    for stranger in came:
        number.remove(stranger)
    return number if came else None


@exercises("OPERATOR-ID-NOBODY", "OPERATOR-ID-NOBODY-ATTACHED", "ROBUST-NO-SERVER-ERROR")
def test_ids_that_name_nobody(scene: Scene) -> None:
    """Built around an operator of the run's own, so that a cast hits nobody else; true, which is 1, comes last."""
    number, left = scene.main, None
    operator = scene.operator_off(number)
    others = [each for each in naming_nobody(operator) if each not in {*_NAME_NOBODY, "true"}]
    drawn = scene.draw(st.sampled_from(others), scene.count(0, 20), "nobody")
    for each in (*_NAME_NOBODY, *drawn, "true"):
        left = _post_nobody(scene, each, operator)
        operator = _next(number, operator)
    if left != number:  # else the answer to the removal showed it
        number.read()


@exercises("OPERATOR-ID-SPELLED")
def test_ids_spelled_another_way(scene: Scene) -> None:
    """Their value is an operator's: read as that one, or refused."""
    number = scene.main
    free = [each for each in scene.ours if each not in number.ids]
    octal = [each for each in free if read_as_octal(each) in scene.ours]  # that reading attaches somebody else
    operator = (*octal, scene.operator_off(number))[0]
    chosen, again = ["text with zeros", "fraction of zero"], "text"
    others = [each for each in spellings(operator) if each not in chosen]
    for each in chosen + scene.draw(st.sampled_from(others), scene.count(0, 10), "spelled"):
        number.post_text(spellings(operator)[each])
        operator = _next(number, operator)
    number.post_text(spellings(number.operator("middle"))[again])


@exercises("BODY-NOT-JSON", "BODY-NOT-OBJECT", "BODY-EMPTY", "ROBUST-CHANGES-NOTHING")
def test_bodies_that_are_no_object(scene: Scene) -> None:
    """Not JSON, not an object, empty: refused, nothing changed."""
    number, operator = scene.main, scene.operator_off(scene.main)
    for index in range(min(scene.count(7, 40), len(odd_bodies(operator)))):
        number.post(odd_bodies(operator)[index], headers=JSON)
        operator = _next(number, operator)
    number.read()


@exercises("JSON-ODDITIES", "ROBUST-NO-SERVER-ERROR")
def test_bodies_that_are_odd_json(scene: Scene) -> None:
    """The same field twice, a byte-order mark, a lone surrogate, invalid UTF-8: never a server error."""
    number, operator = scene.main, scene.operator_off(scene.main)
    for template in ODD_JSON[: scene.count(4, 6)]:
        odd = template.replace("NOBODY", str(scene.nobody)).replace("OPERATOR", str(operator))
        phone = scene.phone() if "PHONE" in odd else ""
        number.post(odd.replace("PHONE", phone).encode("latin-1"), headers=JSON)
        operator = _next(number, operator)


@exercises("CONTENT-TYPE", "CONTENT-TYPE-OTHER-JSON", "ACCEPT-WITHOUT-JSON")
def test_headers_that_are_odd(scene: Scene) -> None:
    """Content types, charsets and Accept headers that no page names."""
    number, operator = scene.main, scene.operator_off(scene.main)
    for headers in ODD_HEADERS[: scene.count(5, 20)]:
        number.post(json.dumps({"operator_id": operator}).encode(), headers=headers)
        operator = _next(number, operator)
    if scene.profile == "thorough":
        number.read()


@exercises("UNKNOWN-FIELDS", "EFFECTS-ROUTING-STRATEGY", "EFFECTS-NUMBER-ATTRIBUTES", "EFFECTS-OPERATOR-RECORD")
def test_fields_that_the_page_does_not_name(scene: Scene) -> None:
    """Ignored or refused; nothing that is not theirs is overwritten."""
    number, operator = scene.main, scene.operator_off(scene.main)
    known = scene.world.number(number.id).attributes
    number.attach(operator, **unknown_fields(scene.elsewhere(number), known))
    if scene.profile == "thorough":
        number.attach(number.operator("last"), priority=9, position=9)
    fields = unknown_fields(scene.elsewhere(number), known)
    person = {"phone_number": freed_phone(scene), "name": "null"}  # a name as any other, which some take for none
    number.post_or_plainly(person, **{**fields, "id": scene.free_id})
    if scene.profile == "thorough":  # an id that is somebody's, where the other was free
        number.post_or_plainly({"phone_number": scene.phone(), "name": scene.name()}, id=operator)
    number.read()
    scene.list_operators()


@exercises("PATH-ID-SPELLED", "PATH-ID-NOT-INTEGER", "PATH-ID-PREFIX", "PATH-SLASHES")
def test_paths_that_are_odd(scene: Scene) -> None:
    """Other spellings of the number's id, and what is none."""
    number, operator = scene.main, scene.operator_off(scene.main)
    for template in ODD_PATHS[: scene.count(5, len(ODD_PATHS))]:
        scene.send("POST", template.format(id=number.id, hex=hex(number.id)), {"operator_id": operator})
        operator = _next(number, operator)
    if scene.profile == "thorough":
        number.read()
