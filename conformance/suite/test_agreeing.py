"""The lists against the numbers' own pages, after all that happened, and while a number is inactive."""

from __future__ import annotations

from conformance.suite.marks import exercises
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
    if number.of_project:
        number.attach(number.of_project[-1], actor="project")
    else:
        number.attach(number.operator("middle"))
    number.update(actor=number.closest_actor, active=True, routing_strategy=number.other_strategies[0])


@exercises("LIST-NUMBERS-AGREES", "LIST-NUMBERS-FIRST-THREE", "OPERATORS-COUNT", "OPERATORS-HOLD")
def test_the_lists_agree(scene: Scene) -> None:
    """Counts, first operators and records, after all that happened; a removal that names nobody takes off nobody."""
    naming_nobody = scene.request("DELETE", f"{scene.spare.path}/remove_operator")
    if scene.client.may_send(naming_nobody):
        scene.client.send(naming_nobody)
    scene.spare.read()
    scene.list_operators()
    if scene.profile == "thorough":
        scene.main.read()
    scene.list_numbers()
