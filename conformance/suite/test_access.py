"""Keys: none, malformed, unknown, expired, read-only. Each is refused, and nothing changes."""

from __future__ import annotations

from http import HTTPStatus

from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene


@exercises("AUTH-MISSING", "AUTH-UNKNOWN", "AUTH-TEXT")
def test_without_a_good_key(scene: Scene) -> None:
    """No key and a key that nobody has, with both shapes: 401."""
    number = scene.main
    operator = scene.operator_off(number)
    number.attach(operator, actor="anonymous")
    number.post({"phone_number": scene.phone(), "name": scene.name()}, actor="unknown")
    known = scene.world.number(number.id).attributes
    number.update(actor="anonymous", recording=not known.get("recording"))
    person = {"name": scene.name(), "phone_number": scene.phone()}
    scene.send("POST", "/operators", person, actor="without_scheme")
    scene.send("PATCH", f"/operators/{operator}", {"name": scene.name()}, actor="other_scheme")
    number.attach(operator, actor="not_ascii")  # a good key, and a letter that some crash on
    scene.read_operator(operator, "other_case")
    if scene.profile == "thorough":
        number.attach(operator, actor="without_space")
        number.attach(operator, actor="malformed")
        number.attach(operator, actor="without_key")
        scene.list_operators("cut_short")


@exercises("AUTH-EXPIRED")
def test_with_an_expired_key(scene: Scene) -> None:
    """A key that was good once, to write and to read; a removal comes with the neighbours."""
    scene.need_actor("expired", "expired key")
    number = scene.main
    number.post({"phone_number": scene.phone(), "name": scene.name()}, actor="expired")
    if scene.profile == "thorough":
        number.attach(scene.operator_off(number), actor="expired")
        number.read("expired")
    scene.read_operator(number.operator("first"), "expired")


@exercises("AUTH-CHANGES-NOTHING")
def test_nothing_came_of_the_bad_keys(scene: Scene) -> None:
    """The list is read back."""
    scene.main.read()


@exercises("AUTH-SCHEME-CASE")
def test_the_scheme_in_lower_case(scene: Scene) -> None:
    """Schemes are compared without case in HTTP; here both readings conform. Reading twice changes nothing."""
    scene.main.read("lower_case_scheme")


@exercises("AUTH-FIRST")
def test_nothing_is_told_without_a_key(scene: Scene) -> None:
    """Whether a number or an operator exists is not told to a stranger, whoever is looked for first."""
    path = f"/virtual_numbers/{scene.unknown_number()}"
    for actor in ("never_issued", "anonymous"):
        scene.send("POST", f"{path}/add_operator", {"operator_id": scene.nobody}, actor=actor)
    if scene.profile == "thorough":
        scene.send("GET", path, actor="anonymous")
        scene.list_numbers("anonymous")


@exercises("AUTH-MALFORMED", "AUTH-MISSING")
def test_the_neighbours_without_a_good_key(scene: Scene) -> None:
    """The neighbours ask for a key too, and for one that is still good."""
    scene.list_operators("anonymous")
    scene.list_numbers("without_prefix")
    scene.main.remove(scene.main.operator("first"), actor="expired" if scene.can_speak("expired") else "anonymous")


@exercises("PERMISSION-WRITE", "PERMISSION-CHANGES-NOTHING")
def test_with_a_key_that_may_only_read(scene: Scene) -> None:
    """403, Write permission required, for both shapes and for a re-attachment."""
    scene.need_actor("read_only", "read-only key")
    number = scene.main
    number.attach(scene.operator_off(number), actor="read_only")
    number.post({"phone_number": scene.phone(), "name": scene.name()}, actor="read_only")
    number.attach(number.operator("first"), actor="read_only")
    if number.read("read_only").status != HTTPStatus.OK:
        number.read()  # the key is of another project


@exercises("PERMISSION-NEIGHBOURS")
def test_the_other_writes_ask_for_the_permission_too(scene: Scene) -> None:
    """Every writing neighbour refuses a key that may only read."""
    scene.need_actor("read_only", "read-only key")
    number = scene.main
    operator = number.operator("last")
    number.remove(operator, actor="read_only")
    known = scene.world.number(number.id).attributes
    number.update(actor="read_only", recording=not known.get("recording"))
    scene.send("POST", "/operators", {"name": scene.name(), "phone_number": scene.phone()}, actor="read_only")
    scene.send("PATCH", f"/operators/{operator}", {"name": scene.name()}, actor="read_only")
    scene.send("DELETE", f"/operators/{operator}", actor="read_only")
    if scene.profile == "thorough":
        scene.list_operators()  # else the list is read after the odd requests


@exercises("ROBUST-TWO-FAULTS", profiles=THOROUGH)
def test_two_faults_at_once(scene: Scene) -> None:
    """The answer of either; nothing changes."""
    scene.send("POST", f"/virtual_numbers/{scene.unknown_number()}/add_operator", {})
    scene.main.post({}, actor="anonymous")
    if scene.can_speak("read_only"):
        scene.main.attach(scene.nobody, actor="read_only")
