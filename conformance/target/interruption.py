"""SIGINT and SIGTERM end a run between two requests, where nothing is half done and all of it can be put back.

Raised from a signal's handler, a KeyboardInterrupt comes up wherever the program happens to be: between sending a
write and noting what it made, or in the undo itself. So the first signal is kept until the next request is due.
"""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether somebody asked the run to end, and whether it was told so.

    A second SIGINT, of somebody who will not wait, is raised at once: the journal then has what is left.
    """

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._told = False
        self._handlers = {each: signal.getsignal(each) for each in _ENDING}

    def watch(self) -> None:
        """Keep the signals from now on; only a program's main thread can."""
        if threading.current_thread() is threading.main_thread():
            for each in _ENDING:
                signal.signal(each, self._hear)

    def leave(self) -> None:
        """Let each signal do again what it did before."""
        if threading.current_thread() is threading.main_thread():
            for each, handler in self._handlers.items():
                signal.signal(each, handler)

    def is_due(self) -> bool:
        """Tell, once, that the run is to end."""
        due = self._asked.is_set() and not self._told
        self._told |= due
        return due

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until the run is to end."""
        if self._asked.is_set():
            time.sleep(seconds)
        else:
            self._asked.wait(seconds)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()
