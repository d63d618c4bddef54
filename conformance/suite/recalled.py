"""What a run asks for once more, because something changed since: a freed phone number, a page read before."""

from __future__ import annotations

from http import HTTPStatus

from conformance.suite.scene import Scene


def freed_phone(scene: Scene) -> str:
    """Return the phone number of somebody of the run's own who was deleted, else a new one."""
    if scene.phones.refuses_fiction:
        return scene.phone()
    known = scene.world.operators.values()
    taken = {each.record.get("phone_number") for each in known if each.exists}
    freed = (each.record.get("phone_number") for each in known if each.ours and each.exists is False)
    return next((str(phone) for phone in freed if phone and phone not in taken), None) or scene.phone()


def operator_read_before(scene: Scene, otherwise: int) -> int:
    """Return the first of the run's own whose page was read: a page that is kept since then shows; else another."""
    pages = {f"/operators/{operator}": operator for operator in scene.ours}
    for exchange in scene.client.conversation:
        request, response = exchange.request, exchange.response
        was_read = request.method == "GET" and response is not None and response.status == HTTPStatus.OK
        if was_read and request.actor == "account" and request.target in pages:
            return pages[request.target]
    return otherwise
