"""Attaching and making operators: the two shapes as the page describes them."""

from __future__ import annotations

from conformance.suite.marks import exercises
from conformance.suite.scene import Scene


def _how_ordinary(phone: str) -> tuple[bool, int]:
    """Sort a number of Italy, whose zero is part of it, before others, and the longest before shorter ones."""
    return not phone.startswith("+390"), -len(phone)


@exercises(
    "CREATE-ANSWERS",
    "CREATE-LISTED",
    "NAME-DEFAULT",
    "PHONE-STORED",
    "CREATE-MAKES-ONE",
    "OPERATORS-HOLD",
    "OPERATORS-COUNT",
)
def test_new_operators_are_made_and_attached(scene: Scene) -> None:
    """Shape B on two numbers, then the list of operators, with no other write in between."""
    scene.main.create_without_name()
    scene.spare.create()
    scene.list_operators()


@exercises("CREATE-LISTED", "ORDER-APPEND", "ATTACH-STANDS", "REMOVE-ANSWERS", "LIST-NUMBERS-AGREES")
def test_the_first_of_a_list_comes_back(scene: Scene) -> None:
    """Taken off, where it may be the only one, attached again; another one is made behind it, and has no name."""
    number = scene.spare
    operator = number.operator("last")
    number.remove(operator)
    scene.list_operators()
    number.attach(operator)
    number.create_without_name()  # after others were given names
    number.read()
    scene.list_numbers()  # since it was read first, nothing but attachments and a removal came between


@exercises("CREATE-ANSWERS", "CREATE-LISTED")
def test_a_vouched_phone_number_makes_an_operator(scene: Scene) -> None:
    """What the user vouches for is no number to refuse; a long one, and one with a zero first, tell most."""
    vouched = scene.phones.free_vouched()
    scene.need(vouched, "accepted phone number")
    for phone in sorted(vouched, key=_how_ordinary)[: scene.count(1, 3)]:
        scene.main.post({"phone_number": phone, "name": scene.name()})


@exercises("ATTACH-ANSWERS", "ATTACH-LISTED")
def test_an_operator_of_no_number_is_attached(scene: Scene) -> None:
    """Somebody made by POST /operators, with a name of three words, attached for the first time."""
    for _ in range(scene.count(1, 4)):
        body = {"operator_id": scene.post_operator(name=f"Ada {scene.name()}")}
        scene.main.post(body, headers=[("content-type", "application/json; charset=utf-8")])


@exercises("REATTACH-NOOP", "REATTACH-ANSWERS")
def test_attaching_the_first_of_all_again(scene: Scene) -> None:
    """On a list that the run began, the first is the run's own."""
    scene.other.attach(scene.other.operator("first"))


@exercises("ATTACH-LISTED", "ATTACH-NOBODY-ELSE", "ATTACH-SEVERAL-NUMBERS", "ORDER-STANDS")
def test_an_existing_operator_is_attached(scene: Scene) -> None:
    """Operators of one number are attached to another, in another order."""
    scene.other.operator("first")
    for operator in reversed(scene.other.ours):
        scene.main.attach(operator)
        if operator == scene.other.ours[-1]:
            scene.main.attach(operator)  # takes no slot, as the next one shows
    if scene.profile == "thorough":
        scene.main.read()
    scene.other.read()
