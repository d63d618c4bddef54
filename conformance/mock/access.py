"""Who asks, for what, and what that key can see."""

import re
from urllib.parse import quote

from conformance.mock.records import Key, Operator, VirtualNumber
from conformance.mock.rules import Call, Route, framework_refusal, not_found, refusal
from conformance.mock.wire import Refusal

BASE_PATH = ("api", "v1", "public")
ROUTES = (
    Route("list_numbers", "GET", ("virtual_numbers",), "read"),
    Route("get_number", "GET", ("virtual_numbers", "{id}"), "read"),
    Route("update_number", "PATCH", ("virtual_numbers", "{id}"), "write"),
    Route("add_operator", "POST", ("virtual_numbers", "{id}", "add_operator"), "write"),
    Route("remove_operator", "DELETE", ("virtual_numbers", "{id}", "remove_operator"), "write"),
    Route("list_operators", "GET", ("operators",), "read"),
    Route("create_operator", "POST", ("operators",), "write"),
    Route("get_operator", "GET", ("operators", "{id}"), "read"),
    Route("update_operator", "PATCH", ("operators", "{id}"), "write"),
    Route("delete_operator", "DELETE", ("operators", "{id}"), "write"),
)
_KEY = re.compile(r"idc_[A-Za-z0-9]{32}\Z")
_LARGEST_ID = 2**63 - 1


def authenticate(call: Call) -> Key:
    """Return the key of a request, or refuse with 401."""
    behaviour = call.behaviour
    scheme, _, token = (call.request.header("authorization") or "").partition(" ")
    token = token.strip()
    known = scheme == "Bearer" or (scheme.lower() == "bearer" and behaviour.bearer_in_lower_case == "accepted")
    key = call.store.keys.get(token) if known and _KEY.match(token) else None
    if key is None or key.expired:
        raise Refusal(401, {"error": behaviour.unauthorized_text})
    return key


def authorise(call: Call) -> None:
    """Refuse with 403 what the key has no permission for."""
    needed = call.route.permission if call.route else "read"
    if call.operation == "delete_operator":
        needed = call.behaviour.delete_operator_needs
    if needed not in call.holder.permissions:
        raise Refusal(403, {"error": f"{needed.capitalize()} permission required"})


def find_route(call: Call) -> None:
    """Find which call of the API a request is, and the id in its path."""
    segments = _tidied(call, list(call.request.segments))
    matching = [route for route in ROUTES if _matches((*BASE_PATH, *route.template), segments)]
    if not matching:
        raise framework_refusal(call, 404, "Not found")
    method, behaviour = call.request.method, call.behaviour
    allowed = sorted({route.method for route in matching})
    if method == "HEAD" and behaviour.head == "as_get" and "GET" in allowed:
        method = "GET"
    call.route = next((route for route in matching if route.method == method), None)
    if call.route is not None:
        call.raw_id = next(
            (part for part, name in zip(segments[3:], call.route.template, strict=True) if name == "{id}"), ""
        )
        return
    if method == "OPTIONS" and behaviour.options == "answered":
        raise Refusal(204, None, allow=", ".join(allowed))
    is_json = (call.request.header("content-type") or "").startswith("application/json")
    if behaviour.body_before_method and call.request.content and not is_json:
        raise refusal(call, "unsupported")
    choice = {"HEAD": behaviour.head, "OPTIONS": behaviour.options}.get(method, behaviour.other_method)
    error = refusal(call, "no_route" if choice == "not_found" else "refused")
    if error.answer.status == 405:
        error.answer.headers.append(("allow", ", ".join(allowed)))
    raise error


def read_path_id(call: Call, text: str) -> int:
    """Return the integer that a path's id is."""
    if re.fullmatch(r"0|[1-9][0-9]*", text):
        return int(text) if len(text) < 20 else _LARGEST_ID + 1
    behaviour = call.behaviour
    spelled = re.fullmatch(r"\s*\+?0*([0-9]+)(?:\.0+)?\s*", text, re.ASCII)
    hexadecimal = re.fullmatch(r"0x([0-9a-f]+)", text)
    prefix = re.match(r"[0-9]+", text)
    if spelled or hexadecimal:
        choice = behaviour.path_id_spelled
        value = int(spelled[1]) if spelled else int(text, 16)
    elif prefix:
        choice, value = behaviour.path_id_prefix, int(prefix[0])
    else:
        choice, value = behaviour.path_id_text, 0
    if choice == "read":
        return value
    raise refusal(call, choice, "Id is not a number")


def visible_number(call: Call, number_id: int) -> VirtualNumber:
    """Return a virtual number that the key can see, or refuse with 404."""
    found = next((number for number in call.rules.numbers_in_view(call) if number.id == number_id), None)
    if found is None:
        raise not_found()
    return found


def visible_operator(call: Call, operator_id: int) -> Operator:
    """Return an operator that the key can see, or refuse with 404."""
    found = next((operator for operator in call.rules.operators_in_view(call) if operator.id == operator_id), None)
    if found is None:
        raise not_found()
    return found


def numbers_in_view(call: Call) -> list[VirtualNumber]:
    """Return the virtual numbers that the key can see, by id."""
    numbers = [number for _, number in sorted(call.account.numbers.items())]
    return [number for number in numbers if call.project_id in {None, number.project_id}]


def operators_in_view(call: Call) -> list[Operator]:
    """Return the operators that the key can see, by id."""
    operators = [operator for _, operator in sorted(call.account.operators.items())]
    linked: set[int] = set()
    if call.behaviour.linked_to_a_project == "by_assignments_too":
        numbers = [number for number in call.account.numbers.values() if number.project_id == call.project_id]
        linked = {each.operator_id for number in numbers for each in number.assignments}
    return [each for each in operators if call.project_id in {None, each.project_id} or each.id in linked]


def _matches(template: tuple[str, ...], segments: list[str]) -> bool:
    if len(template) != len(segments):
        return False
    return all(part in ("{id}", segment) and segment for part, segment in zip(template, segments, strict=True))


def _tidied(call: Call, segments: list[str]) -> list[str]:
    """Undo what the behaviour forgives in a path, or answer as it says."""
    behaviour, forgiven = call.behaviour, list(segments)
    choices = []
    if forgiven[-1] == "":
        forgiven.pop()
        choices.append(behaviour.trailing_slash)
    if "" in forgiven:
        forgiven = [segment for segment in forgiven if segment]
        choices.append(behaviour.double_slash)
    if [segment.lower() for segment in forgiven] != forgiven and behaviour.path_case != "not_found":
        forgiven = [segment.lower() for segment in forgiven]
        choices.append(behaviour.path_case)
    if "not_found" in choices:
        return segments
    if "redirected" in choices:
        query = b"?" + call.request.raw_query if call.request.raw_query else b""
        location = (
            "/" + "/".join(quote(segment, errors="surrogateescape") for segment in forgiven) + query.decode("latin-1")
        )
        raise Refusal(308, None, location=location)
    return forgiven
