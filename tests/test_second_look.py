"""Late is a should and never is a must: what could have been so before is read again a second later."""

from __future__ import annotations

import time

from conformance.mock.server import MockServer
from conformance.suite.scene import Scene
from tests.kit import running, seven

MORE_THAN_THE_LAG = 0.5  # seconds; the variant's is a third of one


def attach_an_inactive_one(scene: Scene) -> None:
    """Leave an operator attached who was made inactive, and the list as it was read before that."""
    operator = scene.post_operator(active=False)
    scene.list_operators()
    seven(scene).attach(operator)


def test_what_never_was_is_not_read_again() -> None:
    """Nobody switched the operator on: no state that a read could lag behind shows them active."""
    with MockServer(faults=("attaching-switches-on",)) as server, running(server) as run:
        attach_an_inactive_one(run.scene)
        run.scene.list_operators()
        assert [finding.clause for finding in run.judge.findings] == ["EFFECTS-OPERATOR-RECORD"]
        assert run.client.count.retried == 0


def test_whoever_had_an_id_before_may_be_shown_late() -> None:
    """The page lags behind, and shows who was deleted: late, which is a should."""
    with MockServer(variants=("lagging", "ids-given-again")) as server, running(server) as run:
        newest = run.scene.post_operator()
        time.sleep(MORE_THAN_THE_LAG)
        run.scene.list_operators()
        run.scene.delete_operator(newest)
        again = run.scene.post_operator()
        run.scene.read_operator(again)
        assert again == newest
        assert {finding.clause for finding in run.judge.findings} == {"READ-YOUR-WRITES"}


def rename_shown_only(scene: Scene) -> None:
    """Leave an operator whose old name stands, whatever the update's answer said."""
    scene.update_operator(scene.post_operator(), name=scene.name())


def test_what_was_before_may_be_late() -> None:
    """An old name is what a read that lags would show: a second later it is there still."""
    with MockServer(faults=("name-update-shown-only",)) as server, running(server) as run:
        rename_shown_only(run.scene)
        run.scene.list_operators()
        assert run.judge.is_violated("OPERATOR-UPDATE-TAKES")
        assert not run.judge.is_violated("READ-YOUR-WRITES")
        assert run.client.count.retried == 1


def test_the_last_read_before_the_undo_is_looked_at_again_too() -> None:
    """Undoing has requests to spare; without a second look, never would be told as late, which is a should."""
    with MockServer(faults=("name-update-shown-only",)) as server, running(server, budget=30) as run:
        rename_shown_only(run.scene)
        while run.client.left > 1:
            run.scene.list_numbers()
        run.scene.list_operators()
        assert run.judge.is_violated("OPERATOR-UPDATE-TAKES")
        assert not run.judge.is_violated("READ-YOUR-WRITES")
    assert run.undo.not_restored == []
