"""One bad row never stops the rest, and the error still surfaces: the one place where any exception is caught."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

log = logging.getLogger(__name__)

Item = TypeVar("Item")


def each(
    items: Iterable[Item],
    do: Callable[[Item], bool],
    *,
    what: str,
    on_error: Callable[[Item, Exception], None] | None = None,
) -> int:
    """Do it with every item; how many times it was done. What broke is raised together, after all had their turn.

    what: one item in words, for the log and the error; never with a name or a health detail.
    """
    done = 0
    broken: list[Exception] = []
    for item in items:
        try:
            done += do(item)
        except Exception as error:  # noqa: BLE001 — the edge that must survive anything; all of it is raised below
            log.error("%s could not be dealt with: %s", what, type(error).__name__)
            broken.append(error)
            if on_error is not None:
                on_error(item, error)
    if broken:
        raise ExceptionGroup(f"{len(broken)} × {what} could not be dealt with", broken)
    return done
