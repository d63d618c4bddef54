"""What a project key sees and may refer to, and what belongs to another account."""

from __future__ import annotations

from conformance.suite.marks import exercises
from conformance.suite.number import Number
from conformance.suite.scene import Scene


@exercises("SCOPE-OPERATOR", "SCOPE-CHANGES-NOTHING", "SCOPE-AVAILABLE")
def test_an_operator_outside_the_project(scene: Scene) -> None:
    """A project key's reference to somebody of no project is 404; the project neither lists nor offers them."""
    number = scene.in_project
    stranger = scene.operator_outside_the_project()
    scene.list_operators("project")
    scene.list_operators()
    # Of those who stand there, the page has the number for the project's key, too.
    scene.read_operator(number.of_project[0] if number.of_project else scene.operator_of_project(), "project")
    number.attach(stranger, actor="project")
    number.read("project")
    if scene.profile == "thorough":
        number.attach(stranger, actor="project", phone_number=scene.phone(), name=scene.name())
    scene.read_operator(stranger, "project")


@exercises("SCOPE-NUMBER", "SCOPE-NUMBER-READ")
def test_a_number_outside_the_project(scene: Scene) -> None:
    """A project key is answered 404 there, for both shapes, reading and an update to what is there already."""
    scene.need_actor("project", "project key")
    listing = scene.world.number_lists.get("project")
    designated = [each for each in scene.client.target.virtual_numbers if listing and each not in listing.ids]
    outside = (*scene.foreign_numbers, *designated)
    number = Number(scene, scene.need(outside, "foreign number"))
    operator = scene.operator_of_project()
    if scene.world.number(number.id).places is None:
        number.read()
    number.attach(operator, actor="project")
    number.read("project")
    number.post({"phone_number": scene.phone(), "name": scene.name()}, actor="project")
    if number.settings:
        number.update(actor="project", **number.settings)
    for another in scene.foreign_numbers[1:2]:  # of a third project perhaps, or of none
        Number(scene, another).read()
        Number(scene, another).attach(operator, actor="project")
        Number(scene, another).read("project")
    if scene.profile == "thorough" or number.id not in scene.client.target.virtual_numbers:
        number.read()  # one that is designated is read when everything is put back


@exercises("SCOPE-OTHER-ACCOUNT-NUMBER")
def test_a_number_of_another_account(scene: Scene) -> None:
    """404, for attaching, for an update of nothing, and for reading."""
    number = Number(scene, scene.need(scene.client.target.other_account_virtual_numbers, "other account's number"))
    number.attach(scene.operator_off(scene.main))
    number.update()
    if scene.profile == "thorough":
        number.post({"phone_number": scene.phone(), "name": scene.name()})
    number.read()


@exercises("SCOPE-OTHER-ACCOUNT-OPERATOR")
def test_an_operator_of_another_account(scene: Scene) -> None:
    """Resolves to nobody."""
    operator = scene.need(scene.client.target.other_account_operators, "other account's operator")
    scene.main.attach(operator)
    if scene.profile == "thorough" and scene.can_speak("project"):
        scene.in_project.attach(operator, actor="project")
    scene.read_operator(operator)
    if scene.profile == "thorough":
        scene.update_operator(operator)  # of nothing
        scene.main.attach(operator, phone_number=scene.phone(), name=scene.name())
        scene.main.post_text(f'"{operator}"')
        scene.main.read()


@exercises("REATTACH-OTHER-PROJECT")
def test_a_project_key_attaches_a_stranger_again(scene: Scene) -> None:
    """Somebody of no project, attached by the account's key: 404 or the no-op; taken off again, 404."""
    number = scene.in_project
    listing = scene.world.operator_lists.get("project")
    strangers = [
        each
        for each in scene.ours
        if listing and each not in listing.ids and scene.world.operator(each).made < listing.seen
    ]
    if not strangers:
        scene.leave_out("nobody of the run's own is outside the project")
    number.attach(strangers[-1])
    number.attach(scene.operators_off(number, 1)[0])
    scene.list_numbers("project")
    number.attach(strangers[-1], actor="project")
    if scene.profile == "thorough":
        number.read()
    elsewhere = [Number(scene, each) for each in scene.client.target.virtual_numbers if each != number.id]
    for other in elsewhere[:1]:
        other.attach(strangers[-1], actor="project", phone_number=scene.phone(), name=scene.name())
        if strangers[-1] in other.ids:
            other.remove(strangers[-1])
    number.remove(strangers[-1], actor="project")
    number.attach(strangers[-1], actor="project")  # the project had them by the assignment alone, if at all


@exercises("SCOPE-ACCOUNT-WIDE")
def test_an_account_key_crosses_projects(scene: Scene) -> None:
    """Somebody of the project goes to a designated number outside it."""
    scene.need_actor("project", "project key")
    listing = scene.world.number_lists.get("project")
    outside = [each for each in scene.client.target.virtual_numbers if listing and each not in listing.ids]
    if not outside:
        _make_a_namesake(scene, scene.main)
        scene.leave_out("every designated number is in the project", "designated number outside the project")
    number, project = Number(scene, outside[0]), scene.world.operator_lists.get("project")
    of_project = [each for each in scene.ours if project and each in project.ids and each not in number.ids]
    if not of_project:
        of_project = [scene.post_operator("project")]
        scene.list_operators("project")
    posted = {each for each in of_project if scene.world.operator(each).is_posted_by("project")}
    number.attach(max(of_project, key=lambda each: (each in posted, _numbers_of(scene, each))))
    _make_a_namesake(scene, number)
    scene.list_operators("project")
    here = number.operator("first")
    number.attach(here, actor="project")
    number.remove(here, actor="project")
    number.read()


def _make_a_namesake(scene: Scene, number: Number) -> None:
    """Make somebody who is called as another one of the run's own is, where the target takes a phone number still."""
    if scene.phones.are_used_up:
        return
    names = (str(scene.world.operator(each).record.get("name")) for each in scene.ours)
    namesake = next((name for name in names if scene.mark in name), scene.name())
    phone = scene.phones.next_of_another_calling_code()
    number.post_or_plainly({"phone_number": phone, "name": scene.name()}, name=namesake)


def _numbers_of(scene: Scene, operator: int) -> int:
    """Count the designated numbers that an operator stands at: one more is somebody's third."""
    return sum(operator in Number(scene, each).ids for each in scene.client.target.virtual_numbers)
