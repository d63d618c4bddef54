"""Why a story or a run ends early. None of them is an Exception: no property test takes them for a failure."""

from __future__ import annotations


class Stop(BaseException):
    """A story ends here; its reason is printed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutOfBudget(Stop):
    """The request budget, less what undoing needs, is used up."""


class NotTestable(Stop):
    """The target, or what the user gave, does not allow this story."""

    def __init__(self, reason: str, needs: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.needs = needs


class TargetLost(Stop):
    """The target does not answer any more: a harness error, never the server's failure."""


class Forbidden(Stop):
    """A story tried to send what the allow-list refuses: a fault of the suite."""


class NoJournal(TargetLost):
    """The journal cannot be written: nothing may be sent that it would have to undo."""


class BrokenRequestError(Exception):
    """The suite could not send a request, for a reason of its own; its text holds no key."""
