"""What is refused beside the plainest cases, and changes nothing anywhere."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.strategies.operator_ids import blank
from conformance.strategies.phone_numbers import invalid_texts
from conformance.suite.marks import exercises
from conformance.suite.number import Number
from conformance.suite.scene import Scene


@exercises("MISSING-ID-BLANK", "MISSING-PHONE-BLANK")
def test_blank_fields(scene: Scene) -> None:
    """Null and empty text, alone and with a name."""
    number = scene.main
    for text in blank().values():
        number.post_text(text)
    for phone in (None, ""):
        number.post({"phone_number": phone, "name": scene.name()})
    if scene.profile == "thorough":
        number.post({"operator_id": "", "phone_number": "", "name": scene.name()})
        number.post(b'{"operator_id": null, "phone_number": null}')


@exercises("VALIDATION-PHONE", "VALIDATION-IS-422", "VALIDATION-CHANGES-NOTHING", "VALIDATION-SHAPE")
def test_phone_numbers_that_are_none(scene: Scene) -> None:
    """Invalid beyond doubt, one of each kind and more: refused, nobody made."""
    number = scene.main
    texts = {each.name: each.text for each in invalid_texts()}
    telling = ["word", "plus", "plus-zero-mobile", "sixteen-digits"]
    others = scene.draw(st.sampled_from([each for each in texts if each not in telling]), scene.count(0, 20), "invalid")
    for each in telling + others:
        number.post({"phone_number": texts[each], "name": scene.name()})
    number.read()


@exercises("NOT-FOUND-DELETED-OPERATOR", "OPERATOR-DELETE-ANSWERS", "OPERATOR-DELETE-TAKES", "OPERATOR-PAGE-NOT-FOUND")
def test_an_operator_that_was_deleted(scene: Scene) -> None:
    """Attached at every number and deleted, it resolves to nobody and has left them."""
    if not scene.undo.may_delete:
        scene.leave_out("the key may not delete operators", "delete permission")
    number = scene.main
    operator = number.newest  # its id may be given again
    others = [Number(scene, each) for each in scene.client.target.virtual_numbers if each != number.id]
    others.sort(key=lambda each: each.id != scene.spare.id)
    for another in others[: scene.count(2, 9)]:
        if operator not in another.ids:
            another.attach(operator)
        if operator not in another.ids:  # was the list the reason, or that it stands at two numbers?
            another.attach(another.newcomer())
    scene.read_operator(operator, "read_only" if scene.can_speak("read_only") else "account")
    scene.delete_operator(operator)
    number.attach(operator)
    if others:
        scene.other.read()
    number.read()
    scene.read_operator(operator)


@exercises("REMOVE-ANSWERS")
def test_a_removal_after_a_read(scene: Scene) -> None:
    """The page was just read; the next one, behind all attempts without a good key, does not show who was taken off."""
    scene.main.remove(scene.main.operator("middle"))
