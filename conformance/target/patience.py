"""Waiting: pacing before a request, and coming again later where the server asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.exchange import Response
from conformance.target.settings import Limits

_SHORTEST = 0.1
_UNSAID = 1.0
_MOST_DIGITS = 9
_TOO_MANY_REQUESTS = 429
_ENOUGH_TO_TELL_A_RATE = 5  # requests between two refusals
_MARGIN = 1.05  # a little slower than what was granted
_LESSONS = 2  # refused again though it goes as slowly as that, the rate was not why


class Patience:
    """Keeps a run's pace and its waits within what the user allows, and its pace within what the target grants.

    A request that is put off counts as sent: where a target limits the rate, going no faster than it grants takes
    little longer than being sent away time and again, and leaves those requests to the stories.

    Args:
        sleep: waits a number of seconds.
    """

    def __init__(
        self, limits: Limits, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = self._as_told = 60.0 / limits.rate if limits.rate else 0.0
        self._lessons = 0
        self._allowed = limits.max_wait
        self._left = limits.max_wait
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0
        self._granted, self._since = 0, clock()

    def pace(self) -> None:
        """Wait until the next request is due."""
        self._granted += 1
        if not self._interval:
            return
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._interval

    def begin_again(self) -> None:
        """Allow as much waiting as at the start: the undo has a patience of its own."""
        self._left = self._allowed

    def wait_as_asked(self, response: Response, times: int = 0) -> bool:
        """Wait as a 429 or 503 asks; False, and no wait, where that is longer than is left.

        An answer that does not say how long, or asks for no time at all, is waited for longer each time.

        Args:
            times: how often the same request was put off before.
        """
        asked = retry_after_seconds(response.header("retry-after"))
        least = (_UNSAID if asked is None else _SHORTEST) * 2**times
        seconds = max(asked or 0.0, least)
        if seconds > self._left:
            return False
        self._left -= seconds
        self._sleep(seconds)
        if response.status == _TOO_MANY_REQUESTS and not times:
            self._learn_the_rate()
        return True

    def _learn_the_rate(self) -> None:
        """Take what was granted since the last refusal, and its wait, for what the target grants."""
        granted, now = self._granted - 1, self._clock()  # the last one was refused
        self._lessons += 1
        if self._lessons > _LESSONS:
            self._interval = self._as_told
        elif granted >= _ENOUGH_TO_TELL_A_RATE:
            self._interval = max(self._interval, _MARGIN * (now - self._since) / granted)
        self._granted, self._since = 0, now

    def wait_a_while(self, seconds: float) -> bool:
        """Wait for a target to come back; False, and no wait, where that is longer than is left."""
        if seconds > self._left:
            return False
        self._left -= seconds
        if seconds:
            self._sleep(seconds)
        return True

    def wait(self, seconds: float) -> None:
        """Wait some seconds that are the suite's own choice."""
        self._sleep(seconds)


def retry_after_seconds(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After asks for, given as seconds or as a date (RFC 9110, 10.2.3).

    None where there is no such header, or it is neither.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= _MOST_DIGITS else float("inf")
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
