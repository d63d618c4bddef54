"""What only a write's own answer shows to have changed: the next read says whether it did, or the answer was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from conformance.oracle import calls
from conformance.oracle.step import Difference, Step
from conformance.oracle.world import World

Held = tuple[Step, Difference]


class Claims:
    """Differences that wait for a read of the thing that they are about."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}

    def hold(self, step: Step, found: Iterable[Difference]) -> list[Difference]:
        """Keep back what a write alone claims; return the rest, that is certain already."""
        certain: list[Difference] = []
        for difference in found:
            if not difference.claim:
                certain.append(difference)
            elif difference.claim not in self._held:
                self._held[difference.claim] = (step, difference)
        if not step.reads:
            step.held = frozenset(self._held)
        return certain

    def settle(self, step: Step, world: World) -> tuple[World, list[Held]]:
        """Decide by a read: return the world that it found changed, and what each claim turned out to be.

        What an update sets itself is not to be read any more: the write's answer is taken at its word.
        """
        if not self._held or not step.succeeded:
            return world, []
        if step.call.operation == calls.UPDATE_NUMBER:
            overwritten = [claim_on_number(step.number_id, name) for name in step.fields]
            return world, [self._held.pop(claim) for claim in overwritten if claim in self._held]
        if not step.reads:
            return world, []
        settled: list[Held] = []
        for claim, value in _shown_claims(step):
            if claim in self._held:
                writing, difference = self._held.pop(claim)
                if repr(value) == difference.expected:
                    difference = _contradicted(difference, step)
                elif repr(value) == difference.actual:
                    world = _changed(world, claim, value)
                settled.append((writing, difference))
        return world, settled

    def unsettled(self) -> list[Held]:
        """Return what was never read again."""
        return list(self._held.values())


def claim_on_number(number: int | None, name: str) -> str:
    """Name what a claim is about: an attribute of a number."""
    return f"number {number} {name}"


def claim_on_operator(operator: int, name: str) -> str:
    """Name what a claim is about: a field of an operator."""
    return f"operator {operator} {name}"


def _shown_claims(step: Step) -> Iterator[tuple[str, object]]:
    if step.detail is not None:
        for name, value in step.detail.attributes.items():
            yield claim_on_number(step.number_id, name), value
        yield claim_on_number(step.number_id, "available"), "somebody" if step.detail.available else "nobody"
        for operator, entry in step.detail.operators.items():
            for name, value in entry.items():
                yield claim_on_operator(operator, name), value


def _contradicted(difference: Difference, step: Step) -> Difference:
    return replace(
        difference,
        clause="PAYLOAD-SAME-AS-GET",
        message=f"{difference.message} in the write's answer, and not in the read after it",
        culprits=(*difference.culprits, step.exchange.number),
    )


def _changed(world: World, claim: str, value: object) -> World:
    kind, number, name = claim.split(" ", 2)
    if name == "available":
        return world
    if kind == "number":
        known = world.number(int(number))
        return world.with_number(int(number), attributes={**known.attributes, name: value})
    operator = world.operator(int(number))
    return world.with_operators({int(number): replace(operator, record={**operator.record, name: value})})
