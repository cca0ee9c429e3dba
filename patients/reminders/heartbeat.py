"""The sweep and the workers leave a trace of themselves, so that somebody can see that they stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from patients.models import Heartbeat, Part

KEPT = timedelta(days=7)
"""A worker of which nothing was heard for so long is forgotten."""


@contextmanager
def beating(part: Part, *, worker: str, at: datetime) -> Iterator[None]:
    """What stands inside is done by this worker at this instant; of a sweep it is also kept when one broke last.

    A sweep that broke did the rest of its work all the same: it beats, and says that it broke.
    """
    is_whole = False
    try:
        yield
        is_whole = True
    finally:
        _beat(part, worker=worker, at=at)
        if part is Part.SWEEP:
            if not is_whole:
                _beat(Part.SWEEP_BROKE, worker=worker, at=at)
            Heartbeat.objects.filter(at__lt=at - KEPT).delete()


def _beat(part: Part, *, worker: str, at: datetime) -> None:
    Heartbeat.objects.update_or_create(part=part.value, worker=worker[:120], defaults={"at": at})
