"""The rules of the server, each replaceable by itself, and the call that they are applied to.

``ordinary.ordinary_rules`` fills them in with the conforming ones; a fault puts another in the place of one.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from conformance.mock.behaviour import Behaviour
from conformance.mock.records import Account, Key, Operator, PhoneCall, VirtualNumber
from conformance.mock.state import Store
from conformance.mock.wire import Answer, Refusal, Request

JsonObject = dict[str, Any]

NOT_FOUND = "Resource not found"
NEITHER_FIELD = "operator_id or phone_number is required"


@dataclass(frozen=True)
class Route:
    """One call of the API: its path with ``{id}`` for the one variable, and the permission that it needs."""

    operation: str
    method: str
    template: tuple[str, ...]
    permission: str


@dataclass
class Draft:
    """What a new operator is made of."""

    name: str
    phone_number: str
    email: str | None = None
    active: bool = True


@dataclass
class Call:
    """One request on its way through the rules, and what has been found out about it so far."""

    request: Request
    rules: "Rules"
    store: Store
    route: Route | None = None
    raw_id: str = ""
    key: Key | None = None
    number: VirtualNumber | None = None
    operator: Operator | None = None
    body: JsonObject = field(default_factory=dict)
    present: Store | None = None
    """The store as it is now, where a read lags behind it."""
    found_on_arrival: bool = False
    """Whether whom it removes stood on the list before its turn came."""
    notes: JsonObject = field(default_factory=dict)
    """Room for a fault to remember something between two rules."""

    @property
    def operation(self) -> str:
        """The name of the API's call, empty before it is known."""
        return self.route.operation if self.route else ""

    @property
    def behaviour(self) -> Behaviour:
        """The readings in force."""
        return self.rules.behaviour

    @property
    def holder(self) -> Key:
        """The key of the request; without one it is refused."""
        if self.key is None:
            raise Refusal(401, {"error": self.behaviour.unauthorized_text})
        return self.key

    @property
    def account(self) -> Account:
        """The account of the key."""
        return self.store.accounts[self.holder.account_id]

    @property
    def project_id(self) -> int | None:
        """The project that the key is confined to."""
        return self.holder.project_id

    @property
    def the_number(self) -> VirtualNumber:
        """The virtual number of the path."""
        if self.number is None:
            raise not_found()
        return self.number

    @property
    def the_operator(self) -> Operator:
        """The operator of the path."""
        if self.operator is None:
            raise not_found()
        return self.operator


@dataclass
class Rules:
    """Every rule of the server, in about the order in which a request meets them."""

    behaviour: Behaviour
    guard: Callable[[], AbstractAsyncContextManager[object]]
    arrive: Callable[[Call], Awaitable[None]]
    find_route: Callable[[Call], None]
    authenticate: Callable[[Call], Key]
    authorise: Callable[[Call], None]
    read_path_id: Callable[[Call, str], int]
    visible_number: Callable[[Call, int], VirtualNumber]
    visible_operator: Callable[[Call, int], Operator]
    numbers_in_view: Callable[[Call], list[VirtualNumber]]
    operators_in_view: Callable[[Call], list[Operator]]
    read_body: Callable[[Call], JsonObject]
    read_operator_id: Callable[[Call], int | None]
    read_phone: Callable[[Call, object], str]
    read_name: Callable[[Call, object], str]
    read_draft: Callable[[Call], Draft]
    owner_of_phone: Callable[[Call, str], Operator | None]
    referred: Callable[[Call, VirtualNumber, int], Operator]
    admit: Callable[[Call, VirtualNumber, Operator | None], None]
    next_priority: Callable[[Call, VirtualNumber], int]
    create_operator: Callable[[Call, Draft], Awaitable[Operator]]
    attach: Callable[[Call, VirtualNumber, Operator], Awaitable[None]]
    detach: Callable[[Call, VirtualNumber, int], Awaitable[None]]
    delete_operator: Callable[[Call, Operator], Awaitable[None]]
    update_number: Callable[[Call, VirtualNumber, JsonObject], None]
    update_operator: Callable[[Call, Operator, JsonObject], None]
    handlers: dict[str, Callable[[Call], Awaitable[Answer]]]
    show_detail: Callable[[Call, VirtualNumber], JsonObject]
    show_listed: Callable[[Call, VirtualNumber], JsonObject]
    show_assigned: Callable[[Call, VirtualNumber], list[JsonObject]]
    available: Callable[[Call, VirtualNumber], list[Operator]]
    recent_calls: Callable[[Call, VirtualNumber], list[PhoneCall]]
    show_call: Callable[[Call, PhoneCall], JsonObject]
    show_operator: Callable[[Call, Operator], JsonObject]
    show_operator_page: Callable[[Call, Operator], JsonObject]
    sort_operators: Callable[[Call, list[Operator]], list[Operator]]
    initials: Callable[[Call, str], str]
    finish: Callable[[Call, Answer], Answer]


def not_found() -> Refusal:
    """Return the documented 404."""
    return Refusal(404, {"error": NOT_FOUND})


def neither_field() -> Refusal:
    """Return the documented 422 for a body that supplies neither field."""
    return Refusal(422, {"error": NEITHER_FIELD})


def invalid(call: Call, *messages: str) -> Refusal:
    """Return the 422 of a failed validation, in the shape of the behaviour."""
    if call.behaviour.validation_shape == "error":
        return Refusal(422, {"error": ", ".join(messages)})
    return Refusal(422, {"errors": list(messages)})


FRAMEWORK_ANSWERS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "Bad request"),
    "not_acceptable": (406, "Not acceptable"),
    "refused": (405, "Method not allowed"),
    "too_large": (413, "Payload too large"),
    "unsupported": (415, "Unsupported media type"),
    "no_route": (404, "Not found"),
}


def refusal(call: Call, choice: str, message: str = "The request is not valid") -> Refusal:
    """Return the refusal that a behaviour names: its own 404 and 422s, or one of the framework's."""
    if choice == "not_found":
        return not_found()
    if choice == "missing":
        return neither_field()
    if choice == "unprocessable":
        return invalid(call, message)
    status, text = FRAMEWORK_ANSWERS[choice]
    return framework_refusal(call, status, text)


def framework_refusal(call: Call, status: int, text: str) -> Refusal:
    """Return an error raised before the application, in the form of the behaviour."""
    form = call.behaviour.framework_error
    if form == "json":
        return Refusal(status, {"error": text})
    if form == "message":
        return Refusal(status, {"statusCode": status, "message": text})
    error = Refusal(status, b"" if form == "empty" else f"<html><body><h1>{text}</h1></body></html>".encode())
    error.answer.content_type = "text/html; charset=utf-8"
    return error
