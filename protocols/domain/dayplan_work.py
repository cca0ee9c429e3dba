"""How much a timetable may cost: counted in steps of the search, so that the same day always ends the same way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

STEPS_OF_A_DAY: Final = 600_000
"""For one timetable with all its aims: less than a second. A full day of a clinic takes some tens of thousands."""
STEPS_OF_A_PROOF: Final = 600_000
"""For proving that no smaller sets of requirements contradict."""
STEPS_OF_A_CONFLICT: Final = 200_000
"""For finding sets of which nothing can be left out, and once more for what fits beside the rest at all."""
STEPS_AT_FIRST: Final = 25_000
"""For whether so many times are enough, before more of them are asked about."""
STEPS_OF_A_QUESTION: Final = 10_000
"""For a single question whose answer is not needed: where it costs more, it is left open."""


class WorkSpent(Exception):
    """So many steps were taken and the question is open."""


class Work:
    """What is left of a number of steps. A step is about a microsecond: one dose looked at once."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def step(self, steps: int) -> None:
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
