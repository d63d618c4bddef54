"""What shows only after more has happened than other profiles have requests for."""

from __future__ import annotations

from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene

_LONG = 10  # operators: from there on a list may be full (contract 3)


@exercises("CREATE-ANSWERS", "CREATE-LISTED", profiles=THOROUGH)
def test_a_phone_number_is_free_again(scene: Scene) -> None:
    """Whoever had it was deleted: the next one is made with it, at the end of a list that is long by now."""
    if not scene.undo.may_delete:
        scene.leave_out("the key may not delete operators", "delete permission")
    had = {each: scene.world.operator(each).record.get("phone_number") for each in scene.ours}
    others = [known for each, known in scene.world.operators.items() if known.exists and each not in had]
    taken = {known.record.get("phone_number") for known in others}
    scene.need(scene.client.target.phone_numbers, "accepted phone number")
    free = [each for each in scene.client.target.phone_numbers if each not in taken]
    if not free:
        scene.leave_out("every --phone-number is somebody else's")
    vouched = free[0]
    for owner in [each for each, phone in had.items() if phone == vouched]:
        scene.delete_operator(owner)
    number = scene.main
    number.read()  # how long the list is without them
    for operator in scene.operators_off(number, max(0, _LONG - len(number.ids))):
        number.attach(operator)
    number.post({"phone_number": vouched, "name": scene.name()})
    number.attach(scene.post_operator())  # a list that takes a reference is not full
    number.read()
    scene.list_operators()


@exercises("OPERATOR-DELETE-TAKES", "OPERATOR-CREATE-ANSWERS", profiles=THOROUGH)
def test_an_id_is_given_again(scene: Scene) -> None:
    """Whoever is made after the newest was deleted may have their id, and none of their places."""
    if not scene.undo.may_delete:
        scene.leave_out("the key may not delete operators", "delete permission")
    number, newest = scene.spare, scene.post_operator()
    number.attach(newest)
    scene.delete_operator(newest)
    scene.read_operator(scene.post_operator())
    number.read()


@exercises("REATTACH-AFTER-REMOVAL", "REATTACH-NOOP", profiles=THOROUGH)
def test_the_same_request_again(scene: Scene) -> None:
    """What the answer was the first time says nothing of the next: others came and went, and the operator too."""
    number = scene.spare
    operator, other = scene.operators_off(number, 2)
    number.attach(operator)
    number.attach(other)
    number.attach(operator)
    number.remove(operator)
    number.attach(operator)
    number.remove(other)
    number.attach(operator)
    number.read()
