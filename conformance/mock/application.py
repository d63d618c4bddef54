"""The server as an ASGI application: each request goes through the rules, one after another."""

import asyncio
import json
import time
from collections import deque
from dataclasses import replace
from typing import Any

from conformance.mock.behaviour import Behaviour
from conformance.mock.calls import removed_operator
from conformance.mock.ordinary import ordinary_rules
from conformance.mock.records import Operator
from conformance.mock.rules import Call, Rules
from conformance.mock.seed import Seed, make_seed
from conformance.mock.state import Store
from conformance.mock.wire import Answer, Receive, Refusal, Request, Scope, Send, receive_request, send_answer

BACK_DOOR = "/__mock__/state"


class Application:
    """The whole API over one store."""

    def __init__(self, behaviour: Behaviour, seed: Seed | None = None) -> None:
        """Start from the behaviour's own seed unless another is given."""
        served = "+1" if behaviour.phone_country == "us_only" else "+"
        self.seed = seed or make_seed(
            behaviour.seed,
            deletes=behaviour.account_key_deletes,
            vouched=served if behaviour.vouched else None,
            named=behaviour.detail_name == "kept",
        )
        if behaviour.only_phone_numbers:
            self.seed = replace(self.seed, phone_numbers=behaviour.only_phone_numbers)
        self.store = self.seed.store
        if "one" in {behaviour.id_true, behaviour.id_list, behaviour.id_object}:
            self.store.own.operators[1] = Operator(1, "Zelda One", "+12025550101")
        self.store.last_operator_id = max(self.store.last_operator_id, behaviour.new_ids_after)
        self.rules: Rules = ordinary_rules(behaviour)
        self.requests_received = 0
        self._past = _Past()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == BACK_DOOR:
            await _send_plainly(send, {**self.snapshot(), "requests_received": self.requests_received})
            return
        self.requests_received += 1
        request = await receive_request(scope, receive)
        answer = await self.answer(request)
        await send_answer(send, request, answer, self.rules.behaviour)

    def snapshot(self) -> dict[str, Any]:
        """Return the account's state as plain data."""
        return self.store.snapshot()

    async def answer(self, request: Request) -> Answer:
        """Apply the rules to a request."""
        call = Call(request, self.rules, self._store_for(request), present=self.store)
        try:
            await self.rules.arrive(call)
            self.rules.find_route(call)
            for step in self.rules.behaviour.first_of_two_faults:
                _STEPS[step](call)
            await _find_whom_to_remove(call)
            async with self.rules.guard():
                _look_up(call)
                answer = await self.rules.handlers[call.operation](call)
        except Refusal as refusal:
            answer = refusal.answer
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001 - whatever breaks here is a server error, as anywhere
            answer = Answer(500, {"error": "Internal server error"})
        self._past.remember(self.store, self.rules.behaviour.read_lag)
        return self.rules.finish(call, answer)

    def _store_for(self, request: Request) -> Store:
        lag = self.rules.behaviour.read_lag
        return self._past.recall(self.store, lag) if request.method == "GET" else self.store


def _authenticate(call: Call) -> None:
    call.key = call.rules.authenticate(call)


def _look_up(call: Call) -> None:
    """Find what the path names, again just before it is used: it may have gone meanwhile."""
    if not call.raw_id or not call.route:
        return
    identifier = call.rules.read_path_id(call, call.raw_id)
    if call.route.template[0] == "virtual_numbers":
        call.number = call.rules.visible_number(call, identifier)
    else:
        call.operator = call.rules.visible_operator(call, identifier)


async def _find_whom_to_remove(call: Call) -> None:
    """Look before it is this request's turn, as a query without a lock does."""
    if call.operation == "remove_operator" and call.behaviour.removals_at_once == "all_succeed":
        _look_up(call)
        call.found_on_arrival = call.the_number.holds(removed_operator(call))
        await asyncio.sleep(_BETWEEN_FINDING_AND_REMOVING)


def _read_body(call: Call) -> None:
    call.body = call.rules.read_body(call)
    at_once = call.behaviour.new_operator_validated == "with_the_body" and call.operation == "add_operator"
    if at_once and "operator_id" not in call.body and "phone_number" in call.body:
        call.rules.read_draft(call)


_BETWEEN_FINDING_AND_REMOVING = 0.02  # seconds
_STEPS = {
    "key": _authenticate,
    "permission": lambda call: call.rules.authorise(call),
    "number": _look_up,
    "body": _read_body,
}


class _Past:
    """What the store was: reads come from here when they lag behind the writes."""

    def __init__(self) -> None:
        self.stores: deque[tuple[float, Store]] = deque()

    def remember(self, store: Store, lag: float) -> None:
        """Keep the store as it is now, if anybody will ask."""
        if lag:
            self.stores.append((time.monotonic(), store.copy()))

    def recall(self, store: Store, lag: float) -> Store:
        """Return the store as it was before the lag."""
        if not lag:
            return store
        if not self.stores:
            self.remember(store, lag)
        moment = time.monotonic() - lag
        while len(self.stores) > 1 and self.stores[1][0] <= moment:
            self.stores.popleft()
        return self.stores[0][1]


async def _send_plainly(send: Send, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})
