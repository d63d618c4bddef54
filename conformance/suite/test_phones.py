"""Phone numbers of many countries, and the forms that the contract leaves open. They climb the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from conformance.strategies.names import TELLING
from conformance.strategies.phone_numbers import countries, fictional, not_valid, open_forms, spelled
from conformance.suite.marks import THOROUGH, exercises
from conformance.suite.scene import Scene


@exercises("PHONE-RANGE", profiles=THOROUGH)
def test_numbers_of_many_countries(scene: Scene) -> None:
    """Stored digit for digit, or refused with a validation 422."""
    for country in scene.draw(st.sampled_from(countries()), 8, "country"):
        for phone in scene.draw(fictional(country), 4, country):
            scene.main.post({"phone_number": phone, "name": scene.name()})
    scene.main.read()


@exercises("PHONE-RANGE")
def test_numbers_that_are_e164_in_form_only(scene: Scene) -> None:
    """Reserved or unallocated: made, or refused; the page's own example is one."""
    names = ["0012"]  # some take it for a number
    for phone in [scene.free(not_valid(), "form only") for _ in range(scene.count(1, 10))]:
        scene.main.post({"phone_number": phone, "name": names.pop() if names else scene.name()})


@exercises("PHONE-OTHER-FORM")
def test_other_spellings_of_a_number(scene: Scene) -> None:
    """Normalised, or refused; whatever is stored is E.164 and the same number."""
    forms = {each["name"]: each for each in open_forms("US")}
    telling = ["spaced", "trailing-newline", "prefix-00", "extension", "vanity-compact", "full-width-digits", "no-plus"]
    others = [each for each in forms if each not in telling]
    names = [TELLING[3], TELLING[2], *(scene.name() for _ in forms)]
    for form in telling + scene.draw(st.sampled_from(others), scene.count(0, 27), "form"):
        text = _spelled(scene, forms[form])
        if text:
            scene.main.post({"phone_number": text, "name": names.pop(0)})


def _spelled(scene: Scene, form: Mapping[str, Any]) -> str:
    """Spell a number another way; without a plus it is read in every country, where a German one may ring nobody."""
    texts = [spelled(scene.free(fictional("US"), "other form"), "US", form)]
    if form["name"] == "no-plus":
        texts += [spelled(phone, "DE", form) for phone in scene.draw(fictional("DE"), 8, "other form")]
    return next(filter(scene.rings_nobody, texts), "")


@exercises("PHONE-OF-OTHER-TYPE")
def test_phone_numbers_that_are_no_text(scene: Scene) -> None:
    """Refused; a list of one valid text may be read as that text."""
    german = (int(each[1:]) for each in scene.draw(fictional("DE"), 8, "digits"))
    digits = next(filter(scene.rings_nobody, german), 0)  # without a plus it is read in every country
    values: tuple[object, ...] = (
        digits,
        [scene.phone()],
        {"e164": scene.phone()},
        True,
        [],
        [scene.phone(), scene.phone()],
    )
    for value in values[: scene.count(2, 6)]:
        if scene.rings_nobody(value):
            scene.main.post({"phone_number": value, "name": scene.name()})
    if scene.profile == "thorough":
        scene.main.read()


@exercises("PHONE-EXISTS")
def test_the_number_of_somebody_who_exists(scene: Scene) -> None:
    """A second operator, the existing one, or a refusal; the existing one keeps the name."""
    number, off = scene.main, scene.operator_off(scene.main)
    inactive = [each for each in number.ours if scene.world.operator(each).record.get("active") is False]
    seen = [each for each in number.of_project if each != number.ids[-1]]  # to move them would show
    here = (seen or inactive or [number.operator("middle")])[0]
    phones = {each: scene.world.operator(each).record.get("phone_number") for each in (off, here, *scene.ours)}
    # By number: which id went to which of the overlapping requests that made them is a race.
    elsewhere = sorted((str(phone), each) for each, phone in phones.items() if phone and each not in number.ids)
    sent = {phone for write in scene.world.writes if write.number == number.id for phone in write.phones}
    again = [(phones[each], each) for each in number.ours if phones.get(each) in sent]  # what was sent, much later
    twins = [*elsewhere[:1], *again[:1]][: 2 if scene.profile == "thorough" else 1]
    own = [(phone, scene.world.operator(each).record.get("name")) for phone, each in twins]
    # The very same person, and another of the same number.
    asked = [*((phone, name, "account") for phone, name in own), (phones[here], "0", number.closest_actor)]
    for phone, name, actor in asked:
        if phone and scene.rings_nobody(phone):
            number.post({"phone_number": phone, "name": name}, actor=actor)
    if scene.profile == "thorough":
        scene.main.read()
