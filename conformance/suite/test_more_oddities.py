"""Odd requests that told least so far: they come where the budget of a lenient server may end."""

from __future__ import annotations

from conformance.strategies.odd_requests import FORM, OTHER_METHODS
from conformance.suite.marks import exercises
from conformance.suite.scene import Scene


@exercises("METHOD-OTHER")
def test_methods_that_the_page_does_not_name(scene: Scene) -> None:
    """404 or 405, and nothing changed, whether the operator is named in the query or in a body."""
    for method in OTHER_METHODS[: scene.count(2, 4)]:
        operator = scene.operator_off(scene.main)
        scene.send(method, f"{scene.main.path}/add_operator?operator_id={operator}", {"operator_id": operator})
    if scene.profile == "thorough":
        scene.main.read()


@exercises("QUERY-OR-FORM")
def test_fields_in_the_query(scene: Scene) -> None:
    """Read or ignored."""
    number, operator = scene.main, scene.operator_off(scene.main)
    number.post({}, query=f"?operator_id={operator}")
    if scene.profile == "thorough":
        number.post(f"operator_id={operator}".encode(), headers=FORM)
    number.read()
