"""What others may have changed is asked for before anybody is blamed for it."""

from __future__ import annotations

import pytest

from conformance.mock.server import MockServer
from conformance.run import Run
from conformance.suite.number import Number
from tests.kit import Colleague, running

EMPTY = 15


def what_the_lists_show(run: Run) -> list[str]:
    """Read the lists with both keys; return what was found."""
    run.scene.list_operators()
    run.scene.list_numbers("project")
    run.scene.list_operators("project")
    return [finding.clause for finding in run.judge.findings]


@pytest.mark.parametrize("switched_off", [False, True])
def test_nobody_is_available_at_an_empty_number(*, switched_off: bool) -> None:
    """A fault, unless a colleague switched off meanwhile who could have been attached."""
    with MockServer(faults=("empty-numbers-offer-nobody",)) as server, running(server) as run:
        assert what_the_lists_show(run) == []
        if switched_off:
            colleague = Colleague(server)
            listing = run.judge.world.operator_lists["project"]
            for operator in listing.ids:
                colleague.ask("PATCH", f"/operators/{operator}", {"active": False})
        Number(run.scene, EMPTY).read("project")
        run.judge.finish()
        found = {finding.clause for finding in run.judge.findings}
        assert found == (set() if switched_off else {"PAYLOAD-AVAILABLE-HOLDS"})


@pytest.mark.parametrize(
    ("fault", "clause"), [("listed-names-cut", "PAYLOAD-OPERATOR-RECORD"), ("name-cut-at-forty", "NAME-KEPT")]
)
def test_a_name_cut_on_the_list_or_in_the_record(fault: str, clause: str) -> None:
    """The list shows the same in both cases: the operator's own page, asked for, tells which it was."""
    with MockServer(faults=(fault,)) as server, running(server) as run:
        name = f"Maximiliane Alexandra von Hohenfels-Waldburg {run.scene.mark}"
        Number(run.scene, EMPTY).post({"phone_number": run.scene.phone(), "name": name})
        assert run.client.conversation[-1].request.target.startswith("/operators/")
        assert {"NAME-KEPT", "PAYLOAD-OPERATOR-RECORD"} & {each.clause for each in run.judge.findings} == {clause}


def test_what_a_refused_update_stored_shows_though_an_odd_answer_came_first() -> None:
    """An update to a value of another type is not judged, nor does its answer settle what an operator is called."""
    with MockServer(faults=("refused-update-renames",)) as server, running(server) as run:
        number = Number(run.scene, EMPTY)
        operator = number.create()
        run.scene.list_operators()
        run.scene.update_operator(operator, phone_number="+0", name=f"Never {run.scene.mark}")
        number.update(recording=None)
        run.scene.list_operators()
        assert "EFFECTS-REFUSED" in {finding.clause for finding in run.judge.findings}
