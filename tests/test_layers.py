"""The layers hold: which room of the package may import what (ARCHITECTURE.md), read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "conformance"
OUTSIDE_WORLD = {
    *("httpx", "httpcore", "requests", "urllib3", "pytest", "hypothesis", "schemathesis", "starlette", "uvicorn"),
    *("time", "datetime", "pathlib", "os", "io", "socket", "subprocess", "threading", "asyncio", "random", "tempfile"),
}
KNOWS_PYTEST = (
    "conformance.plugin",
    "conformance.collecting",
    "conformance.options",
    "conformance.replaying",
    "conformance.gate",
    "conformance.starting",
)

MAY_NOT = {
    "conformance.oracle": OUTSIDE_WORLD,
    "conformance.contract": {"pytest", "httpx", "hypothesis", "schemathesis"},
    "conformance.strategies": {"httpx", "pytest"},
    "conformance.suite": {"conformance.mock", "httpx", "conformance.recording", "conformance.report"},
    "conformance.target": {"pytest", "hypothesis", "schemathesis", "conformance.suite", "conformance.mock"},
    "conformance.report": {"pytest", "httpx", "conformance.suite", "conformance.target", "conformance.mock"},
    "conformance.recording": {"pytest", "httpx", "conformance.suite", "conformance.mock"},
}
BENEATH = {
    "conformance.mock": ("oracle", "target", "suite", "strategies", "recording", "report"),
    "conformance.oracle": ("mock", "target", "suite", "strategies", "recording", "report"),
    "conformance.contract": ("oracle", "mock", "target", "suite", "strategies", "recording", "report"),
    "conformance.strategies": ("mock", "oracle", "target", "suite", "recording", "report"),
}


@cache
def modules() -> dict[str, Path]:
    """Return every module of the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Return what a module imports, with the line, wherever in it that stands."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide from this test"
            yield from ((node.lineno, f"{node.module}.{each.name}") for each in node.names)


def is_in(module: str, room: str) -> bool:
    """Tell whether a module is a room, or in it."""
    return module == room or module.startswith(f"{room}.")


def breaches(room: str, forbidden: set[str]) -> list[str]:
    """Return every import in a room of what is forbidden there."""
    return [
        f"{module}:{line} imports {imported}"
        for module, path in modules().items()
        if is_in(module, room)
        for line, imported in imports(path)
        if any(is_in(imported, each) for each in forbidden)
    ]


@pytest.mark.parametrize("room", MAY_NOT)
def test_a_room_stays_away_from_the_outside(room: str) -> None:
    """The oracle is pure, the strategies know nobody, and so on."""
    assert breaches(room, MAY_NOT[room]) == []


@pytest.mark.parametrize("room", BENEATH)
def test_a_room_stays_away_from_other_rooms(room: str) -> None:
    """What stands beneath does not know what stands on it; mock and oracle never share a mistake."""
    assert breaches(room, {f"conformance.{each}" for each in BENEATH[room]}) == []


@pytest.mark.parametrize(("library", "rooms"), [("httpx", ("conformance.target",)), ("uvicorn", ("conformance.mock",))])
def test_only_one_room_sends_and_one_serves(library: str, rooms: tuple[str, ...]) -> None:
    """Requests leave through the target, and arrive at the mock."""
    found = breaches("conformance", {library})
    assert [each for each in found if not each.startswith(rooms)] == []
    assert found


def test_only_the_gate_and_the_suite_know_pytest() -> None:
    """A run can be judged without pytest."""
    found = breaches("conformance", {"pytest", "_pytest"})
    assert [each for each in found if not each.startswith((*KNOWS_PYTEST, "conformance.suite"))] == []


def test_nobody_imports_the_tests() -> None:
    """What ships does not need what does not."""
    assert breaches("conformance", {"tests", "bench"}) == []


def test_every_room_is_there() -> None:
    """A renamed room would make its rule say nothing."""
    assert {*MAY_NOT, *BENEATH} <= set(modules())
    assert len(modules()) > len(MAY_NOT)
