"""Waiting: pacing before a request, and coming again later where the server asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.exchange import Response
from conformance.target.settings import Limits

_SHORTEST = 0.1


class Patience:
    """Keeps a run's pace and its waits within what the user allows.

    Args:
        sleep: waits a number of seconds.
    """

    def __init__(
        self, limits: Limits, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = 60.0 / limits.rate if limits.rate else 0.0
        self._left = limits.max_wait
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0

    def pace(self) -> None:
        """Wait until the next request is due."""
        if not self._interval:
            return
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._interval

    def wait_as_asked(self, response: Response) -> bool:
        """Wait as a 429 or 503 asks; False where it does not say how long, or longer than is left."""
        seconds = retry_after_seconds(response.header("retry-after"))
        if seconds is None or seconds > self._left:
            return False
        seconds = max(seconds, _SHORTEST)
        self._left -= seconds
        self._sleep(seconds)
        return True

    def wait(self, seconds: float) -> None:
        """Wait some seconds that are the suite's own choice."""
        self._sleep(seconds)


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After asks for, given as seconds or as a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
