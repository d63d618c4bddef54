"""Names: ordinary ones are stored as sent, the rest is open. Each new operator is one more on the list."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.strategies import names
from conformance.suite.marks import exercises
from conformance.suite.scene import Scene


def _create(scene: Scene, name: Any) -> None:
    """Create under a name; where it is refused, ask again with the same number to learn whether the name was why."""
    phone = scene.phone()
    before = len(scene.ours)
    scene.main.post({"phone_number": phone, "name": name})
    if len(scene.ours) == before and isinstance(name, str) and scene.fiction_accepted:
        scene.main.post({"phone_number": phone, "name": scene.name()})


@exercises("NAME-KEPT", "NAME-ACCEPTED")
def test_names_of_many_scripts(scene: Scene) -> None:
    """Accents, apostrophes, mark-up, other scripts, emoji: character for character."""
    if scene.profile == "smoke":
        _create(scene, names.TELLING[0])
        return
    chosen = list(names.TELLING[:4]) + scene.draw(st.sampled_from(names.TELLING[4:]), scene.count(0, 40), "telling")
    chosen += scene.draw(names.unicode_letters(), scene.count(0, 30), "letters")
    for name in chosen:
        _create(scene, name)


@exercises("NAME-KEPT")
def test_long_names_within_reason(scene: Scene) -> None:
    """Up to 255 characters nothing is cut."""
    for length in (255, 101, 65)[: scene.count(1, 3)]:
        _create(scene, names.of_length(length))


@exercises("NAME-LONG", "NAME-CONTROL")
def test_names_too_long_or_with_control_characters(scene: Scene) -> None:
    """Kept whole or refused; never cut without a word."""
    for name in (names.of_length(10_000), names.CONTROL[0], names.of_length(300), *names.CONTROL[1:])[
        : scene.count(2, 6)
    ]:
        scene.main.post({"phone_number": scene.phone(), "name": name})


@exercises("NAME-BLANK", "NAME-OF-OTHER-TYPE")
def test_names_that_are_none(scene: Scene) -> None:
    """Blank, null, or no text."""
    for name in ("", 5, None, *names.BLANK, *names.OTHER_TYPES)[: scene.count(3, 14)]:
        scene.main.post({"phone_number": scene.phone(), "name": name})


@exercises("NAME-SPACES", "NAME-NOT-NFC")
def test_names_that_may_be_tidied(scene: Scene) -> None:
    """Space around them, or not composed."""
    per_kind = scene.count(1, 3)
    for name in (*names.SPACED[:per_kind], *names.NOT_COMPOSED[:per_kind]):
        scene.main.post({"phone_number": scene.phone(), "name": name})
    scene.main.read()
