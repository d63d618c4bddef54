"""States and requests that are rare, for which only thorough has requests; each has its answer all the same."""

from __future__ import annotations

from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.number import Number
from conformance.suite.scene import Scene


@exercises("OPERATOR-PAGE-ANSWERS", "OPERATOR-UPDATE-TAKES", "REMOVE-ANSWERS", profiles=THOROUGH)
def test_an_operator_is_switched_off_and_on_again(scene: Scene) -> None:
    """Off, somebody still has a page and can be taken off; on again, they are as anybody."""
    number = scene.main
    operator = number.operator("middle")
    scene.update_operator(operator, active=False)
    scene.read_operator(operator)
    number.read()
    number.remove(operator)
    scene.read_operator(operator)
    scene.update_operator(operator, active=True)
    number.attach(operator)
    scene.read_operator(operator)


@exercises("REMOVE-ANSWERS", "GET-NUMBER-ANSWERS", "UPDATE-NUMBER-TAKES", profiles=THOROUGH)
def test_a_number_is_switched_off_and_on_again(scene: Scene) -> None:
    """Off, it has its page and may be left; on again, it takes whom it took before."""
    number = scene.main
    if scene.world.number(number.id).attributes.get("active") is not True:
        scene.leave_out("the number was found inactive, and stays so")
    operator = number.operator("first")
    number.update(active=False)
    number.attach(operator)
    number.read()
    number.post({"phone_number": scene.phone(), "name": scene.name()})
    number.remove(operator)
    scene.list_numbers()
    number.update(active=True)
    number.attach(operator)
    number.read()


@exercises("REMOVE-TAKES-OFF", "REMOVE-KEEPS-OPERATOR", profiles=THOROUGH)
def test_the_same_creation_twice(scene: Scene) -> None:
    """Word for word: a second operator, the first one again, or a refusal; taken off, it is one of them who goes."""
    number = scene.main
    same = {"phone_number": scene.phone(), "name": scene.name()}
    number.post(same)
    number.post(same)
    number.read()
    number.remove(number.newest)
    number.read()
    scene.list_operators()


@exercises("ATTACH-LISTED", "REMOVE-TAKES-OFF", "OPERATOR-PAGE-AGREES", profiles=THOROUGH)
def test_one_operator_at_every_number(scene: Scene) -> None:
    """Somebody may answer for several numbers, leaves them one by one, and leaves all of them when deleted."""
    numbers = [Number(scene, each) for each in scene.client.target.virtual_numbers]
    operator = scene.post_operator()
    for number in numbers:
        number.attach(operator)
    scene.read_operator(operator)
    for number in numbers:
        number.remove(operator)
        scene.read_operator(operator)
    for number in numbers:
        number.attach(operator)
    scene.list_operators()
    if scene.undo.may_delete:
        scene.delete_operator(operator)
    for number in numbers:
        number.read()


@exercises("REMOVE-NOT-ATTACHED", "ROBUST-NO-SERVER-ERROR", profiles=THOROUGH)
def test_removals_that_name_nobody(scene: Scene) -> None:
    """An id that nobody has, in the query or in the body, or none at all: everybody stays, who is the run's own."""
    number = scene.other
    number.read()
    number.remove(scene.nobody)
    number.remove(scene.nobody, in_body=True)
    if len(number.ours) < len(number.ids) or not number.ids:
        scene.leave_out("no designated number has the run's own operators alone", "empty number")
    for query, body in (("", None), ("?operator_id=", None), ("", {})):
        request = scene.request("DELETE", f"{number.path}/remove_operator{query}", body)
        if scene.client.may_send(request):  # after an answer that leaves it open who is there, it may not
            scene.client.send(request)
    number.read()


@exercises("NOT-FOUND-NUMBER", "OPERATOR-PAGE-NOT-FOUND", profiles=THOROUGH)
def test_writes_to_what_does_not_exist(scene: Scene) -> None:
    """404 for every neighbour."""
    Number(scene, scene.unknown_number()).update(recording=True)
    scene.read_operator(scene.nobody)
    scene.update_operator(scene.nobody, name=scene.name())
    if scene.undo.may_delete:
        scene.delete_operator(scene.nobody)


@exercises("REMOVE-ANSWERS", "EFFECTS-OTHER-NUMBERS", "OPERATOR-DELETE-ANSWERS", profiles=THOROUGH)
def test_a_project_key_takes_off_and_deletes(scene: Scene) -> None:
    """Whom it takes off one number stays at the others; whom it deletes has no page, for the account's key neither."""
    scene.need_actor("project", "project key")
    numbers = [Number(scene, each) for each in scene.client.target.virtual_numbers]
    operator = scene.post_operator("project")
    for number in numbers:
        number.attach(operator)
    scene.in_project.remove(operator, actor="project")
    for number in numbers:
        number.read()
    scene.delete_operator(operator, actor="project")
    scene.read_operator(operator)
    scene.list_operators()
    scene.main.read()


@exercises("ROBUST-NO-SERVER-ERROR", profiles=THOROUGH)
def test_invalid_values_for_the_neighbours(scene: Scene) -> None:
    """Whatever they answer, nothing crashes, and no number is stored that is none."""
    number = scene.main
    operator = number.operator("last")
    scene.send("POST", "/operators", {"name": scene.name(), "phone_number": "+0"})
    scene.send("POST", "/operators", {"name": scene.name()})
    scene.send("POST", "/operators", {"phone_number": "not a number", "name": scene.name()})
    scene.send("POST", "/operators", [])
    scene.update_operator(operator)
    scene.update_operator(operator, phone_number=None)
    scene.update_operator(operator, phone_number="+0", name=scene.name())
    for strategy in (5, None, True, "PRIORITY", "priority "):
        number.update(routing_strategy=strategy)
    number.update(recording=None)
    number.update()
    scene.list_operators()
    number.read()
    scene.read_operator(operator)


@exercises("UNKNOWN-FIELDS", profiles=THOROUGH)
def test_fields_that_nobody_knows_alone(scene: Scene) -> None:
    """Neither field, or fields that are refused: nothing comes of it."""
    number = scene.main
    number.post({"unknown": 1})
    number.post({"unknown": {"operator_id": number.operator("first")}, "name": scene.name()})
    number.post(b'{"unknown": ' + b'{"deep": ' * 500 + b"1" + b"}" * 501)
    number.read()


@exercises("ROBUST-TWO-FAULTS", profiles=THOROUGH)
def test_another_way_to_ask_is_no_way_around(scene: Scene) -> None:
    """A slash at the end, another case, a zero before the number, an id as text: each is held to the key."""
    number, target = scene.main, scene.client.target
    person = {"operator_id": scene.operator_off(number)}
    spellings = (f"{number.path}/add_operator/", f"/virtual_numbers/0{number.id}/add_operator")
    for actor in filter(scene.can_speak, ("anonymous", "read_only")):
        for path in (*spellings, f"/Virtual_Numbers/{number.id}/add_operator"):
            scene.send("POST", path, person, actor=actor)
    for stranger in target.other_account_operators[:1]:
        number.post_text(f'"{stranger}"')
    if scene.can_speak("project"):
        stranger = scene.post_operator()
        scene.list_operators("project")  # without the stranger, who is of no project
        scene.in_project.post_text(f'"{stranger}"', actor="project")
    for foreign in scene.foreign_numbers[:1] if scene.can_speak("project") else ():
        operator = scene.operator_of_project()
        scene.send("POST", f"/virtual_numbers/0{foreign}/add_operator", {"operator_id": operator}, actor="project")
    number.read()
