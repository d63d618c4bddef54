"""A number that was refused, and is taken in the next request, which spells it otherwise."""

from __future__ import annotations

from conformance.mock.server import MockServer
from conformance.run import Run
from conformance.target.marks import new_mark
from conformance.target.settings import Limits
from tests.kit import seven, target_of

SPACED = "+1 702 555 0100"
WITHOUT_PLUS = "17025550100"  # which number it is depends on where it is dialled


def test_who_is_made_after_a_refusal_with_the_same_digits() -> None:
    """The first was refused for its blank name; nothing says that it, and not the second, made the operator."""
    with MockServer(variants=("phones-normalised", "blank-names-refused")) as server:
        run = Run(target_of(server, any_phone_number=True), Limits(mark=new_mark()))
        run.scene.list_operators()
        seven(run.scene).read()
        answers = [
            seven(run.scene).post({"phone_number": phone, "name": name}).response
            for phone, name in ((SPACED, " "), (WITHOUT_PLUS, run.scene.name()))
        ]
        seven(run.scene).read()
        assert [answer.status for answer in answers if answer] == [422, 200]
        run.close()
        assert run.restored
        assert [finding.clause for finding in run.judge.findings] == []
