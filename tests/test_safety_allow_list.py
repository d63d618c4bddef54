"""The last look before the wire: what is not the run's own cannot be written to, whoever asks and however."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from conformance.exchange import Request
from conformance.mock.server import MockServer
from conformance.oracle.world import Listing, Place, World
from conformance.strategies.phone_numbers import is_fictional
from conformance.target.allow_list import AllowList
from conformance.target.ledger import Ledger
from conformance.target.stops import Forbidden
from tests.kit import JSON, running, target_of

STRANGERS = (1, 12, 22, 31)
OURS, NOBODY = 51, 900_000_099


def stage() -> tuple[AllowList, World]:
    """Return an allow-list and a world: numbers 7 and 15 are designated, 51 is the run's own."""
    ledger = Ledger(frozenset({7, 15}))
    ledger.apply({"event": "strangers", "operators": list(STRANGERS)})
    ledger.apply({"event": "found", "number": 7, "places": [[12, 0], [22, 1]], "attributes": {"active": True}})
    ledger.apply({"event": "made", "operator": OURS})
    target = target_of(MockServer(), virtual_numbers=(7, 15))
    numbers = Listing(frozenset({7, 8, 9, 15}), 1)
    world = World(number_lists={"account": numbers}, operator_lists={"account": Listing(frozenset(STRANGERS), 2)})
    return AllowList(target, is_fictional, ledger), world


def ask(method: str, target: str, body: str | None = None, actor: str = "account") -> Request:
    """Return a request."""
    return Request(actor, method, target, JSON if body else (), body.encode() if body else None)


@pytest.mark.parametrize(
    "request_",
    [
        ask("POST", "/virtual_numbers/8/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/08/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/%38/add_operator", '{"operator_id": 51}'),
        ask("POST", "/Virtual_Numbers//8/add_operator/", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/-8/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/7/../8/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/7%2F..%2F8/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/7%252F..%252F8/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/9/add_operator", '{"operator_id": 51}'),
        ask("PATCH", "/virtual_numbers/8", '{"active": false}', "read_only"),
        ask("PATCH", "/virtual_numbers/8", '{"active": false}', "expired"),
        ask("PUT", "/virtual_numbers/8", '{"active": false}'),
        ask("DELETE", "/virtual_numbers/8"),
        ask("POST", "/virtual_numbers/8/operators", '{"operator_id": 51}'),
        ask("DELETE", "/virtual_numbers/7/operators/12"),
        ask("POST", "/virtual_numbers", '{"phone_number": "+12025550123"}'[:2] + "}"),
        ask("POST", "/anything/else", "{}"),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": 31}'),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": "31abc"}'),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": [31]}'),
        ask("POST", "/virtual_numbers/7/add_operator", '[{"operator_id": 31}]'),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": 51, "operator_id": 31, "operator_id": 51}'),
        ask("POST", "/virtual_numbers/7/add_operator?operator_id=31", "{}"),
        ask("POST", "/virtual_numbers/7/add_operator", "operator_id=31"),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": 12}'),
        ask("GET", "/virtual_numbers/7/add_operator?operator_id=31"),
        ask("DELETE", "/virtual_numbers/7/remove_operator?operator_id=12"),
        ask("DELETE", "/virtual_numbers/7/remove_operator", '{"operator_id": 31}', "read_only"),
        ask("DELETE", "/virtual_numbers/7/remove_operator"),
        ask("DELETE", "/virtual_numbers/15/remove_operator?operator_id="),
        ask("DELETE", "/virtual_numbers/7/remove_operator?operator_id=51", '{"operator_id": 52}'),
        ask("PATCH", "/operators/12", '{"name": "Renamed"}'),
        ask("PATCH", "/operators/12", "{}"),
        ask("PATCH", "/operators/50", '{"name": "Renamed"}'),
        ask("PATCH", "/operators/50", "[]"),
        ask("DELETE", "/operators/12"),
        ask("DELETE", "/operators/12", actor="read_only"),
        ask("DELETE", "/operators/012"),
        ask("DELETE", "/operators/12abc"),
        ask("DELETE", "/operators/40"),
        ask("PUT", "/operators/12", "{}"),
        Request("account", "POST", "/virtual_numbers/7", (("x-http-method-override", "DELETE"),)),
        ask("POST", "/virtual_numbers/7?_method=delete", "{}"),
    ],
    ids=lambda request: f"{request.actor} {request.method} {request.target} {request.body!r}",
)
def test_what_is_not_the_runs_own_is_refused(request_: Request) -> None:
    """Other numbers, other people, other paths and methods, by whatever key and in whatever spelling."""
    guard, world = stage()
    with pytest.raises(Forbidden, match="refused to send"):
        guard.check(request_, world)


@pytest.mark.parametrize(
    "request_",
    [
        ask("GET", "/virtual_numbers/8"),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": "51abc"}'),
        ask("POST", "/virtual_numbers/7/add_operator", f'{{"operator_id": {NOBODY}}}'),
        ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": 50}'),
        ask("POST", "/virtual_numbers/900000001/add_operator", '{"operator_id": 51}'),
        ask("POST", "/virtual_numbers/9/add_operator", '{"operator_id": 51}', "project"),
        ask("POST", "/virtual_numbers/40/add_operator", '{"operator_id": 51}'),
        ask("DELETE", "/virtual_numbers/7/remove_operator?operator_id=51"),
        ask("PATCH", "/operators/51", '{"name": "Renamed"}'),
        ask("PATCH", "/operators/50", "{}"),
        ask("DELETE", f"/operators/{NOBODY}"),
        ask("POST", "/operators", '{"name": "Ann", "phone_number": "+12025550123"}'),
    ],
    ids=lambda request: f"{request.actor} {request.method} {request.target} {request.body!r}",
)
def test_what_the_stories_need_passes(request_: Request) -> None:
    """The run's own, nobody, and what the user named for attempts that must be refused."""
    guard, world = stage()
    guard.check(request_, world)


@pytest.mark.parametrize(
    ("request_", "passes"),
    [
        (ask("DELETE", "/operators/51"), True),
        (ask("DELETE", "/operators/12"), False),
        (ask("DELETE", f"/operators/{NOBODY}"), False),
        (ask("DELETE", "/virtual_numbers/7/remove_operator?operator_id=51"), True),
        (ask("DELETE", "/virtual_numbers/7/remove_operator?operator_id=12"), False),
        (ask("DELETE", "/virtual_numbers/15/remove_operator?operator_id=51"), False),
        (ask("POST", "/virtual_numbers/7/add_operator", '{"operator_id": 12}'), False),
        (ask("POST", "/virtual_numbers/7/add_operator", '{"phone_number": "+12025550123"}'), False),
        (ask("PATCH", "/virtual_numbers/8", '{"active": true}'), False),
    ],
    ids=lambda value: f"{value.method} {value.target}" if isinstance(value, Request) else str(value),
)
def test_the_undo_may_undo_the_runs_own_work_only(request_: Request, passes: bool) -> None:  # noqa: FBT001
    """Whatever goes wrong in it, it cannot delete or take off somebody else."""
    guard, world = stage()
    if passes:
        guard.check(request_, world, undoing=True)
    else:
        with pytest.raises(Forbidden):
            guard.check(request_, world, undoing=True)


def test_a_removal_that_names_nobody_may_go_where_all_are_the_runs_own() -> None:
    allowed, world = stage()
    world = world.with_number(15, places=(Place(OURS, 0),))
    allowed.check(ask("DELETE", "/virtual_numbers/15/remove_operator"), world)
    with pytest.raises(Forbidden):
        allowed.check(
            ask("DELETE", "/virtual_numbers/15/remove_operator"), world.with_number(15, places=(Place(12, 0),))
        )


@pytest.mark.parametrize(("there", "passes"), [((12, 22), True), ((12, 1), False), (None, False)])
def test_a_cast_may_lead_to_who_can_be_taken_off_again(there: tuple[int, ...] | None, *, passes: bool) -> None:
    """True counts as 1 in places: somebody else's operator is attached by it at most where they do not stand."""
    guard, world = stage()
    places = None if there is None else tuple(Place(each, at) for at, each in enumerate(there))
    for value, may in (("true", passes), ("[51]", passes), ('{"id": 51}', passes), ("[1]", False), ("1", False)):
        request = ask("POST", "/virtual_numbers/7/add_operator", f'{{"operator_id": {value}}}')
        with nullcontext() if may else pytest.raises(Forbidden, match="operator 1,"):
            guard.check(request, world.with_number(7, places=places))


def test_nobody_is_above_whoever_was_seen_since_the_list_was_read() -> None:
    """Other people's newest, whom a page shows as available, may have an id of any size."""
    with MockServer() as server, running(server) as run:
        run.scene.list_operators()
        run.scene.undo.ledger.strangers.add(2**53)
        run.scene.delete_operator(run.scene.nobody)
        assert run.client.conversation[-1].response is not None
