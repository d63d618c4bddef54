"""Overlapping attachments that their own answers did not show: the next read tells whether they were done."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.oracle import calls, overlap
from conformance.oracle.step import Difference, Step


class Unshown:
    """Attachments that wait for a read."""

    def __init__(self) -> None:
        self._open: list[Step] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def note(self, writing: Step) -> None:
        """Take note of an attachment whose answer does not show whom it attached."""
        self._open.append(writing)

    def settle(self, step: Step) -> Iterator[tuple[Step, Difference]]:
        """Decide by a read of the number: what was done was badly answered, what was not is lost."""
        if step.call.operation != calls.GET_NUMBER or step.detail is None:
            return
        here = [writing for writing in self._open if writing.number_id == step.number_id]
        self._open = [writing for writing in self._open if writing not in here]
        for writing in here:
            done = overlap.is_done(writing, step.detail)
            clause = "CONCURRENT-ANSWERS" if done else "CONCURRENT-ALL-STAND"
            message = "the answer of an overlapping attachment does not show whom it attached"
            actual = "shown by the read after it" if done else "not on the list that the read after it shows either"
            yield writing, Difference(clause, message, "on the list", actual)
