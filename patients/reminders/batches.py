"""What is due, read in batches, so that what breaks each time never stands in the way of what is behind it."""

from collections.abc import Iterator
from typing import Final, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
MOST_BATCHES: Final = 10
"""In one sweep; the next one goes on."""


def in_batches(due: QuerySet[Row], *, size: int) -> Iterator[Row]:
    """The rows of this query, each once. A row is dealt with before the next batch is read: whatever is still due then,
    because it broke or was not to be dealt with yet, is passed by.

    size: the most of one batch. Where nothing is due this is one read.
    """
    passed: list[int] = []
    for _ in range(MOST_BATCHES):
        rows = list(due.exclude(pk__in=passed)[:size])
        yield from rows
        if len(rows) < size:
            return
        passed += [row.pk for row in rows]
