"""A number's settings, updated before most stories: what is attached later has to leave them as they are."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from conformance.suite.marks import exercises
from conformance.suite.scene import Scene


@exercises("UPDATE-NUMBER-ANSWERS", "UPDATE-NUMBER-TAKES", "UPDATE-NUMBER-KEEPS")
def test_a_number_is_updated(scene: Scene) -> None:
    """One field, then several; the others keep their values, and an attachment leaves them alone."""
    number = scene.main
    known = scene.world.number(number.id).attributes
    strategies = number.other_strategies
    number.update(actor=number.closest_actor, routing_strategy=strategies[0])
    number.read()
    number.read()
    number.attach(scene.operator_off(number))
    number.attach(number.operator("first"))
    if scene.profile == "thorough":
        number.read()
    several: dict[str, Any] = {"recording": not known.get("recording"), "routing_strategy": strategies[1]}
    updated = number.update(**several, **number.renaming())
    if updated.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        number.update(**several)  # the name may have been why


@exercises("UPDATE-NUMBER-INVALID")
def test_an_unknown_strategy(scene: Scene) -> None:
    """422, and nothing changed."""
    number = scene.main
    known = scene.world.number(number.id).attributes
    ours = scene.mark in str(known.get("name"))
    valid: dict[str, Any] = {"recording": not known.get("recording")}
    if ours:  # a name that no request sent before, where it can be put back: an update that did not last has another
        valid["name"] = scene.name()
    number.update(**valid, routing_strategy="alphabetical")
    if scene.profile == "thorough":
        number.read()
