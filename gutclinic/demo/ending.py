"""Being told to end: Ctrl-C, a closed terminal, or a supervisor's signal."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

TOLD_BY: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody wants this to end. Like KeyboardInterrupt it is no error, so that nothing swallows it as one."""


class Ending:
    """Raises `Stopped` once in the main thread, as soon as it may; later signals change nothing.

    They would only tear apart the tidying up that the first one has begun.
    """

    def __init__(self) -> None:
        self._is_wanted = False
        self._must_wait = False

    def listen(self) -> None:
        for each in TOLD_BY:
            signal.signal(each, self._tell)

    @contextmanager
    def later(self) -> Iterator[None]:
        """What stands inside is finished first: a process must not be started and then forgotten."""
        self._must_wait = True
        try:
            yield
        finally:
            self._must_wait = False
        if self._is_wanted:
            raise Stopped

    def _tell(self, number: int, frame: FrameType | None) -> None:
        # Not by ignoring the signal from now on: a process that is being started would inherit that.
        if self._is_wanted:
            return
        self._is_wanted = True
        if not self._must_wait:
            raise Stopped
