"""The smoke profile: sixty requests, undo included, each of them serving many clauses.

The next payload is the read-back of the request before; attempts that must change nothing stand in groups
between two reads, each with a phone number of its own, so that the read-back names the culprit.
"""

from __future__ import annotations

import json
from http import HTTPStatus

from conformance.strategies.names import CONTROL, LONGEST_ORDINARY, TELLING, TELLING_IN_ONE, of_length
from conformance.strategies.odd_requests import odd_bodies, unknown_fields
from conformance.strategies.operator_ids import beyond_a_double
from conformance.strategies.phone_numbers import in_form, invalid_text
from conformance.suite.marks import SMOKE, exercises
from conformance.suite.number import Number
from conformance.suite.scene import JSON, Scene


@exercises("LIST-NUMBERS-ANSWERS", "OPERATORS-ANSWERS", "GET-NUMBER-ANSWERS", "GET-NUMBER-SHAPE", profiles=SMOKE)
def test_what_is_there(scene: Scene) -> None:
    """Both lists, and the numbers that the stories write to."""
    if "account" not in scene.world.number_lists:
        scene.list_numbers()  # else read before the first story, to see that the designated numbers are there
    scene.list_operators()
    scene.main.read()
    if len(scene.client.target.virtual_numbers) > 1:
        scene.other.read()
    scene.delete_operator(scene.nobody)  # may the key delete? it is told before anybody is made


@exercises("CREATE-LISTED", "NAME-DEFAULT", "NAME-KEPT", "PHONE-STORED", "ORDER-APPEND", profiles=SMOKE)
def test_operators_are_made(scene: Scene) -> None:
    """Shape B with and without a name, on an empty list and on one that is not."""
    scene.other.create_without_name()
    scene.other.create(name=TELLING_IN_ONE)
    long = {"name": of_length(LONGEST_ORDINARY)}
    if scene.phones.free_vouched():
        scene.main.post({"phone_number": scene.phones.next_vouched(), **long})
    else:
        scene.main.create(**long)


@exercises("ATTACH-LISTED", "ATTACH-NOBODY-ELSE", "ATTACH-SEVERAL-NUMBERS", "ORDER-STANDS", profiles=SMOKE)
def test_operators_are_attached(scene: Scene) -> None:
    """In another order than they were made, to a number where others are; who may only read sees them at the first."""
    scene.other.operator("first")
    known = scene.world.number(scene.main.id).attributes
    last, *rest = reversed(scene.other.ours)
    scene.main.attach(last)
    for operator in rest:
        scene.main.attach(operator, **unknown_fields(scene.elsewhere(scene.main), known))
    if not scene.can_speak("read_only") or scene.other.read("read_only").status != HTTPStatus.OK:
        scene.other.read()


@exercises("REATTACH-NOOP", "PRECEDENCE-CREATES-NOBODY", profiles=SMOKE)
def test_operators_are_attached_again(scene: Scene) -> None:
    """In the middle, with a phone number and a name beside; the next story begins with the first."""
    number = scene.main
    number.attach(number.operator("middle"), phone_number=scene.phone(), name=scene.name())


@exercises("REMOVE-TAKES-OFF", "REATTACH-ANSWERS", "REATTACH-AFTER-REMOVAL", "PRECEDENCE-WINS", profiles=SMOKE)
def test_an_operator_comes_back(scene: Scene) -> None:
    """Removed, and attached by an id that stands behind a phone number in the text; an update comes between."""
    number = scene.main
    operator = number.operator("first")
    number.remove(operator)
    known = scene.world.number(number.id).attributes
    strategy = "priority" if known.get("routing_strategy") == "round_robin" else "round_robin"
    number.update(routing_strategy=strategy, recording=not known.get("recording"))
    number.post(json.dumps({"phone_number": scene.phone(), "operator_id": operator}).encode())
    number.attach(number.operator("first"))


@exercises("SCOPE-OPERATOR", "SCOPE-AVAILABLE", profiles=SMOKE)
def test_a_project_key(scene: Scene) -> None:
    """Somebody of the project is made and listed; somebody of no project is 404; the number is as it was found."""
    number = scene.in_project
    scene.list_numbers("project")
    number.create(actor="project")
    stranger = scene.post_operator(phone_form="spaced", email="nobody@example.com")
    scene.list_operators("project")
    number.attach(stranger, actor="project")
    found = scene.undo.ledger.found[number.id].attributes
    as_found = {name: found[name] for name in ("routing_strategy", "recording") if name in found}
    number.update(actor="project", **as_found)  # answered with what a read would show


@exercises("SCOPE-NUMBER", profiles=SMOKE)
def test_a_number_outside_the_project(scene: Scene) -> None:
    """404 for somebody of the project; undoing reads it again."""
    scene.need_actor("project", "project key")
    number = Number(scene, scene.need(scene.foreign_numbers, "foreign number"))
    number.attach(scene.operator_of_project(), actor="project")


@exercises("MISSING-BOTH", "VALIDATION-PHONE", "PRECEDENCE-UNRESOLVED", "NOT-FOUND-OPERATOR", profiles=SMOKE)
def test_what_is_refused(scene: Scene) -> None:
    """Neither field, no phone number, nobody, digits and letters, no number, another account."""
    number, target = scene.main, scene.client.target
    number.post({"name": scene.name()})
    number.post({"phone_number": invalid_text("sixteen-digits"), "name": scene.name()})
    number.attach(scene.nobody, phone_number=scene.phone(), name=scene.name())
    number.attach(beyond_a_double(scene.operator_off(number)))
    number.post_text(f'"{scene.operator_off(number)}abc"')
    Number(scene, scene.unknown_number()).attach(scene.operator_off(number))
    for operator in target.other_account_operators[:1]:
        number.attach(operator)
    for other in target.other_account_virtual_numbers[:1]:
        Number(scene, other).attach(scene.operator_off(number))


@exercises("AUTH-MISSING", "AUTH-UNKNOWN", profiles=SMOKE)
def test_keys_that_are_no_good(scene: Scene) -> None:
    """None, one that nobody has, an expired one, and one that may only read."""
    number = scene.main
    number.attach(scene.operator_off(number), actor="anonymous")
    number.post({"phone_number": scene.phone(), "name": scene.name()}, actor="unknown")
    if scene.can_speak("expired"):
        number.post({"phone_number": scene.phone(), "name": scene.name()}, actor="expired")
    if scene.can_speak("read_only"):
        scene.other.post({"phone_number": scene.phone(), "name": scene.name()}, actor="read_only")
    number.attach(scene.operator_off(number), actor="without_scheme")


@exercises("BODY-NOT-JSON", "ROBUST-NO-SERVER-ERROR", profiles=SMOKE)
def test_odd_input(scene: Scene) -> None:
    """A body that is cut off, and a letter that many a database does not store."""
    number = scene.main
    operator = scene.operator_off(number)
    number.post(odd_bodies(operator)[0], headers=JSON)
    number.post({"phone_number": scene.phone(), "name": CONTROL[0]})


@exercises("OPERATOR-UPDATE-ANSWERS", "OPERATOR-UPDATE-TAKES", "PHONE-EXISTS", profiles=SMOKE)
def test_an_operator_is_changed(scene: Scene) -> None:
    """All of a record at once, and off; a phone number that is somebody's shows then that nothing odd changed anything.

    Whom it makes or attaches is open, not what becomes of its owner, and of everybody else.
    """
    scene.update_operator(
        scene.main.operator("last"),
        name=f"Zz {TELLING[0]} {scene.mark}",
        email="somebody@example.com",
        phone_number=in_form(scene.phone(), "dashed"),
        active=False,
    )
    first = scene.main.operator("first")
    phone = scene.world.operator(first).record.get("phone_number")
    if phone and scene.rings_nobody(phone):
        scene.main.post({"phone_number": phone, "name": scene.name()})
    else:
        scene.main.attach(first)


@exercises("CONCURRENT-ANSWERS", "CONCURRENT-ALL-STAND", "CONCURRENT-DISTINCT", profiles=SMOKE)
def test_two_at_once(scene: Scene) -> None:
    """Two operators attached by requests that overlap; both stand."""
    number = scene.spare
    off = scene.operators_off(number, 2)
    scene.together([number.adding({"operator_id": each}) for each in off])
    number.read()


@exercises("OPERATOR-DELETE-ANSWERS", "NOT-FOUND-DELETED-OPERATOR", "LIST-NUMBERS-AGREES", profiles=SMOKE)
def test_an_operator_is_deleted(scene: Scene) -> None:
    """All lists and a page; then somebody is deleted and resolved no more, and undoing reads the rest."""
    scene.list_numbers()
    scene.list_operators()
    operator = scene.main.operator("middle")
    scene.read_operator(operator)
    scene.delete_operator(operator)
    scene.main.attach(operator)
