"""Waiting for something that is to happen soon."""

import time
from collections.abc import Callable
from typing import Final

POLL_SECONDS: Final = 0.05
PATIENCE_SECONDS: Final = 600.0


def wait_until(
    happened: Callable[[], bool], *, why: str, poll: float = POLL_SECONDS, patience: float = PATIENCE_SECONDS
) -> None:
    """Return once it has; raises TimeoutError with `why` after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{patience:.0f} seconds have passed: {why}.")
        time.sleep(poll)
