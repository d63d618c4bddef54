"""Names: ordinary ones are stored as sent, the rest is open. Each new operator is one more on the list."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from conformance.strategies import names
from conformance.suite.marks import exercises
from conformance.suite.scene import Scene


def _create(scene: Scene, name: Any) -> None:
    """Create under a name; where it is refused, ask again with the same number to learn whether the name was why."""
    plain = {"phone_number": scene.phones.accepted(), "name": scene.name()}
    if scene.phones.fiction_accepted:
        scene.main.post_or_plainly(plain, name=name)
    else:
        scene.main.post({**plain, "name": name})


def _create_or_lose(scene: Scene, name: Any) -> None:
    """Create under an odd name; where the connection is dropped, ask again, unless somebody was made by it."""
    body = {"phone_number": scene.phones.accepted(), "name": name}
    if scene.main.post(body).response is None:
        before = len(scene.ours)
        scene.main.read()
        if len(scene.ours) == before:
            scene.main.post(body)


@exercises("NAME-LONG", "NAME-CONTROL")
def test_names_too_long_or_with_control_characters(scene: Scene) -> None:
    """Kept whole or refused; never cut without a word."""
    telling = (names.of_length(10_000), *names.CONTROL[:2])
    for name in (*telling, names.of_length(300), *names.CONTROL[2:])[: scene.count(3, 6)]:
        _create_or_lose(scene, name)


@exercises("NAME-KEPT", "NAME-ACCEPTED")
def test_names_of_many_scripts(scene: Scene) -> None:
    """Accents, apostrophes, mark-up, other scripts, emoji, one word: character for character."""
    stored = {known.record.get("name") for known in scene.world.operators.values()}
    telling = names.TELLING if scene.profile == "thorough" else (names.TELLING_IN_ONE,)
    chosen = [each for each in telling if each not in stored]
    chosen.append("Q" if scene.profile == "thorough" else "0")  # as short as any; a nought is no missing name
    for name in chosen + scene.draw(names.unicode_letters(), scene.count(0, 30), "letters"):
        _create(scene, name)


@exercises("NAME-KEPT")
def test_long_names_within_reason(scene: Scene) -> None:
    """Up to 255 characters nothing is cut, also where they are more bytes; who counts these may refuse."""
    for length in (255, 101, 65)[: scene.count(1, 3)]:
        name = names.of_length(length)
        sent = scene.main.post({"phone_number": scene.phones.accepted(), "name": names.with_accents(name)})
        if sent.status != HTTPStatus.OK:
            _create(scene, name)


@exercises("NAME-BLANK", "NAME-OF-OTHER-TYPE")
def test_names_that_are_none(scene: Scene) -> None:
    """Blank, null, or no text."""
    for name in ("", 5, None, *names.BLANK, *names.other_types(scene.mark))[: scene.count(3, 14)]:
        scene.main.post({"phone_number": scene.phones.accepted(), "name": name})


@exercises("NAME-SPACES", "NAME-NOT-NFC")
def test_names_that_may_be_tidied(scene: Scene) -> None:
    """Space around them, or not composed."""
    per_kind = scene.count(1, 3)
    for name in (*names.SPACED[:per_kind], *names.NOT_COMPOSED[:per_kind]):
        _create(scene, name)
    scene.main.read(scene.main.reader)
