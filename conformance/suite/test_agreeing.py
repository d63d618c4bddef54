"""The lists against the numbers' own pages, after all that happened, and while a number is inactive."""

from __future__ import annotations

from conformance.suite.marks import exercises
from conformance.suite.number import Number
from conformance.suite.recalled import operator_read_before
from conformance.suite.scene import Scene


@exercises("ATTACH-INACTIVE-NUMBER", "OPERATOR-PAGE-AGREES")
def test_an_inactive_number(scene: Scene) -> None:
    """Listed and attached to as ever, or refused; renamed meanwhile, it stays switched off, and its name with it.

    A page that was read before shows the new name, and that it is inactive.
    """
    number = scene.main
    if scene.world.number(number.id).attributes.get("active") is not True:
        scene.leave_out("the number was found inactive, and stays so")
    number.update(active=False)
    scene.list_numbers()
    if scene.mark in str(scene.world.number(number.id).attributes.get("name")):  # else it could not be put back
        number.update(name=f"Switched Off {scene.mark}")
    scene.read_operator(operator_read_before(scene, number.operator("first")))
    number.attach(scene.operator_off(number))
    if scene.profile == "thorough":
        number.post({"phone_number": scene.phone(), "name": scene.name()})  # refused, it makes nobody
    if number.of_project:
        number.attach(number.of_project[-1], actor="project")
    else:
        number.attach(number.operator("middle"))
    number.update(actor=number.closest_actor, active=True, routing_strategy=number.other_strategies[0])


@exercises("LIST-NUMBERS-AGREES", "LIST-NUMBERS-FIRST-THREE", "OPERATORS-COUNT", "OPERATORS-HOLD")
def test_the_lists_agree(scene: Scene) -> None:
    """Counts, first operators and records, after all that happened; a removal that names nobody takes off nobody.

    One who is taken off last tells counts that only grow.
    """
    naming_nobody = scene.request("DELETE", f"{scene.spare.path}/remove_operator")
    if scene.client.may_send(naming_nobody):
        scene.client.send(naming_nobody)
    scene.spare.remove(scene.spare.operator("last"))
    scene.list_operators()
    if scene.profile == "thorough":
        scene.main.read()
    scene.list_numbers()


@exercises("OPERATOR-PAGE-NOT-FOUND")
def test_a_project_key_changes_no_stranger(scene: Scene) -> None:
    """Who is not its project's is not found; an update asks for what is there already, so that it changes nothing."""
    scene.need_actor("project", "project key")
    if scene.profile == "thorough":
        scene.list_operators("project")
    placed = {each for number in scene.client.target.virtual_numbers for each in Number(scene, number).ids}
    outside = [each for each in scene.ours if scene.world.resolves("project", "project", each) is False]
    if not outside:
        scene.leave_out("nobody of the run is known not to be the project's")
    stranger = min(outside, key=placed.__contains__)  # who stands at a project's number may be the project's
    same = {"name": scene.world.operator(stranger).record.get("name")}
    for attempt in (
        scene.request("DELETE", f"/operators/{stranger}", actor="project"),
        scene.request("PATCH", f"/operators/{stranger}", same, actor="project"),
    ):
        if scene.client.may_send(attempt):
            scene.client.send(attempt)
