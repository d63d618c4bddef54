"""Who is made is somebody's: a project key's own, and on the lists."""

from __future__ import annotations

from conformance.suite.marks import exercises
from conformance.suite.scene import Scene


@exercises("SCOPE-PROJECT-ATTACH", "SCOPE-POST-PROJECT", "SCOPE-SEES-ATTACHED", "PAYLOAD-AVAILABLE-HOLDS")
def test_a_project_key_makes_and_attaches(scene: Scene) -> None:
    """Whoever a project key makes, either way, is its project's: available, attached, removed, available again."""
    number = scene.in_project
    made = None if scene.phones.are_used_up else number.create_without_name(actor="project")
    posted = scene.post_operator("project", email="nobody@example.com")
    made = made or posted
    number.remove(made, actor="project")
    scene.list_operators("project")
    if scene.profile == "thorough":
        number.read("project")
    number.attach(made, actor="project")
    number.attach(posted, actor="project")
    number.attach(made, actor="project")
    if scene.profile == "thorough":
        number.attach(posted, actor="project")  # the last one; and at a second number of the project
        for other in [each for each in scene.numbers_in_project if each != number][:1]:
            other.attach(posted, actor="project")
    number.remove(posted)
    if scene.profile == "thorough":
        scene.list_operators("project")  # what comes next is held against a list that is recent
    number.read("project")
