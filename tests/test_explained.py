"""What a clause found broken before explains is told as that clause: one cause, wherever it shows."""

from __future__ import annotations

from collections.abc import Callable

from conformance.mock.server import MockServer
from conformance.suite.number import Number
from conformance.suite.scene import Scene
from tests.kit import running, seven

BRITISH = "+441144960010"  # of those that are kept for drama


def found_by(fault: str, story: Callable[[Scene, Number], object]) -> set[str]:
    """Play a story on number 7; return the clauses that were found violated."""
    with MockServer(faults=(fault,)) as server, running(server) as run:
        number = seven(run.scene)
        story(run.scene, number)
        run.judge.finish()
        return {finding.clause for finding in run.judge.findings}


def names_of_every_kind(scene: Scene, number: Number) -> None:
    """Ordinary first, then those that are kept in one of several ways."""
    number.create()
    for name in (f"  Trim {scene.mark} ", "Zoe\u0301 Adams", "Bell\x07", "x" * 300):
        number.post({"phone_number": scene.phone(), "name": name})
    scene.update_operator(scene.post_operator(name=f"Zoë {scene.mark}"), name=f"Łukasz {scene.mark}")


def test_who_reads_no_ordinary_name_reads_no_odd_one() -> None:
    """The ordinary name says it."""
    assert found_by("name-not-read", names_of_every_kind) == {"NAME-KEPT"}


def test_a_digit_lost_is_lost_by_whatever_stores_it() -> None:
    """By an attachment, by an operator made alone, by an update."""

    def story(scene: Scene, number: Number) -> None:
        number.post({"phone_number": BRITISH, "name": scene.name()})
        operator = scene.post_operator(phone_number=BRITISH[:-1] + "3")
        scene.update_operator(operator, phone_number=BRITISH[:-1] + "4")

    assert found_by("last-digit-lost", story) == {"PHONE-STORED"}


def test_a_count_that_is_no_number_is_a_shape_alone() -> None:
    """It counts right."""

    def story(scene: Scene, number: Number) -> None:
        number.create()
        scene.list_operators()
        scene.list_operators("project")

    assert found_by("operator-counts-as-text", story) == {"OPERATORS-ANSWERS"}


def test_what_cannot_be_read_says_so_once() -> None:
    """What it would show is missed where nothing unreadable came before."""

    def story(scene: Scene, number: Number) -> None:
        number.update(recording=True)
        number.post({"phone_number": scene.phone(), "name": scene.name()})
        scene.send("POST", "/operators", {"phone_number": scene.phone(), "name": scene.name()})

    assert found_by("answers-packed-unasked", story) == {"PAYLOAD-JSON"}


def test_what_stays_attached_does_not_tell_whether_it_could_be() -> None:
    """An inactive number that leaves alone whom it has, and takes nobody else, is one that refuses."""
    with MockServer(variants=("inactive-numbers-refused",)) as server, running(server) as run:
        number = seven(run.scene)
        number.create()
        number.update(active=False)
        number.attach(number.operator("first"))
        assert not run.judge.readings("ATTACH-INACTIVE-NUMBER")
        number.attach(run.scene.post_operator())
        assert run.judge.readings("ATTACH-INACTIVE-NUMBER") == {"reference": {"refused"}}
