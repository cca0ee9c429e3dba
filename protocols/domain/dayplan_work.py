"""How much a timetable may cost: counted in steps of the search, so that the same day always ends the same way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

STEPS_OF_A_DAY: Final = 15_000
"""For one timetable with all its aims. A full day of a clinic takes some hundred."""
STEPS_OF_A_CONFLICT: Final = 20_000
"""For proving that no smaller sets contradict, and once more for sets of which nothing can be left out."""
STEPS_AT_FIRST: Final = 500
"""For whether so many times are enough, before more of them are asked about."""
STEPS_OF_A_QUESTION: Final = 150
"""For a single question whose answer is not needed: where it costs more, it is left open."""


class WorkSpent(Exception):
    """So many steps were taken and the question is open."""


class Work:
    """What is left of a number of steps."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def step(self, steps: int = 1) -> None:
        """Raises `WorkSpent` once nothing is left."""
        self._left -= steps
        if self._left < 0:
            raise WorkSpent

    @contextmanager
    def at_most(self, steps: int) -> Iterator[None]:
        """Within this, no more than so many steps; what is not used of them remains."""
        kept_back = max(0, self._left - steps)
        self._left -= kept_back
        try:
            yield
        finally:
            self._left += kept_back
