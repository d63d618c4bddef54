"""What is left of the budget: writes and reads of the neighbours that have to be refused, one request each."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.exchange import Request
from conformance.suite.marks import exercises
from conformance.suite.scene import Scene
from conformance.target.stops import OutOfBudget

_EACH = 2  # requests: the attempt, and what undoing it may take


def _attempts(scene: Scene) -> Iterator[Request]:
    """Yield the attempts, the most telling first; each asks for what is there already, so that it changes nothing."""
    yield scene.request("GET", "/virtual_numbers", actor="anonymous")
    for operator in scene.ours[-1:]:
        record = scene.world.operator(operator).record
        yield scene.request("PATCH", f"/operators/{operator}", {"name": record.get("name")}, actor="anonymous")
        yield scene.request("DELETE", f"/operators/{operator}", actor="never_issued")
    main = scene.main
    yield scene.request("PATCH", main.path, main.settings, actor="anonymous")
    for operator in scene.client.target.other_account_operators[:1]:
        yield scene.request("GET", f"/operators/{operator}")
    person = {"name": scene.name(), "phone_number": scene.phone()}
    yield scene.request("POST", "/operators", person, actor="anonymous")


@exercises("AUTH-MISSING", "AUTH-UNKNOWN")
def test_the_neighbours_refuse_too(scene: Scene) -> None:
    """By no key, and by one that nobody has; as far as the budget goes."""
    attempts = list(_attempts(scene))
    for sent, request in enumerate(attempts):
        if scene.client.left < _EACH:
            left = f"{len(attempts) - sent} of {len(attempts)}"
            message = f"{left} attempts want more requests than are left"
            raise OutOfBudget(message)
        if request.body != b"{}" and scene.client.may_send(request):
            scene.client.send(request)
