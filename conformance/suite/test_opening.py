"""What is there before anything is written: everything later is compared with it."""

from __future__ import annotations

from conformance.suite.marks import exercises
from conformance.suite.number import Number
from conformance.suite.scene import Scene


@exercises("LIST-NUMBERS-ANSWERS", "OPERATORS-ANSWERS", "GET-NUMBER-ANSWERS", "GET-NUMBER-SHAPE")
def test_the_account_is_read(scene: Scene) -> None:
    """Both lists and every designated number, as they are found."""
    if "account" not in scene.world.number_lists:
        scene.list_numbers()  # else read before the first story, to see that the designated numbers are there
    scene.list_operators()
    for number in scene.client.target.virtual_numbers:
        Number(scene, number).read()


@exercises("SCOPE-LIST-NUMBERS")
def test_the_project_is_read(scene: Scene) -> None:
    """Which numbers and operators a project key sees, and who could be attached to the emptiest of its numbers."""
    scene.need_actor("project", "project key")
    scene.list_numbers("project")
    scene.list_operators("project")
    min(scene.numbers_in_project, key=lambda number: len(number.ids)).read("project")


@exercises("PERMISSION-READS")
def test_a_key_that_only_reads(scene: Scene) -> None:
    """The read permission is enough to read."""
    scene.need_actor("read_only", "read-only key")
    scene.list_numbers("read_only")
    scene.list_operators("read_only")


@exercises("OPERATOR-PAGE-NOT-FOUND")
def test_whether_operators_can_be_deleted(scene: Scene) -> None:
    """Deleting nobody tells whether the key may delete, before anybody is made."""
    scene.delete_operator(scene.nobody)
