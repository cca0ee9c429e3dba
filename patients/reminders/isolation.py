"""One bad row never stops the rest, and the error still surfaces: the one file where any exception is caught."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


class Broken(Exception):
    """Something broke: its kind, and where in the code. Its own words are left out, since a database, for one, tells
    the failing row in them."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.__traceback__ = error.__traceback__


def together(do: Callable[[], Result], *, what: str) -> Result | None:
    """What comes of doing it with all at once; None if that broke: then `each` finds out with which of them.

    do: all or nothing, in a transaction of its own. what: the items in words, for the log.
    """
    try:
        return do()
    except Exception as error:  # noqa: BLE001 — what broke is met again, and raised, where they are gone through singly
        log.warning("%s could not be dealt with together: %s", what, type(error).__name__)
        return None


def each(
    items: Iterable[Item],
    do: Callable[[Item], bool],
    *,
    what: str,
    on_error: Callable[[Item, Exception], None] = lambda item, error: None,
) -> int:
    """Do it with every item; how many times it was done. What broke is raised together, after all had their turn.

    what: one item in words, for the log and the error; never with a name or a health detail.
    on_error: what to do about an item that broke. Should that break too, it stops the others as little.
    """
    done = 0
    broken: list[Broken] = []
    for item in items:
        try:
            try:
                done += do(item)
            except Exception as error:  # noqa: BLE001 — the edge that must survive anything; all of it is raised below
                broken.append(_noted(error, what=what))
                on_error(item, error)
        except Exception as error:  # noqa: BLE001 — the same edge
            broken.append(_noted(error, what=what))
    if broken:
        raise ExceptionGroup(f"{len(broken)} × {what} could not be dealt with", broken)
    return done


def _noted(error: Exception, *, what: str) -> Broken:
    log.error("%s could not be dealt with: %s", what, type(error).__name__)
    return Broken(error)
