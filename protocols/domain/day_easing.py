"""What gives way first where a day cannot keep everything: meals, then the hours between a thing’s own doses.

Hours from another thing never give way. What cannot keep them is not moved at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from protocols.domain.day_taken import Taken
from protocols.domain.dayplan import Conflict
from protocols.domain.dayplan_terms import USUAL_GAP_HOURS, Rule
from protocols.domain.dayplan_times import MINUTES
from protocols.domain.dose_form import FoodRule

BESIDE: Final = 120
"""So many minutes at least lie between two times of one thing, whatever else has to give way."""


def gap_as_written(minutes: Sequence[int]) -> int:
    """The minutes that lie between its own doses: four hours, or what was written if that is less."""
    nearest = min((later - earlier for earlier, later in pairwise(sorted(minutes))), default=MINUTES)
    return min(int(USUAL_GAP_HOURS * 60), nearest)


@dataclass(frozen=True, slots=True)
class Eased:
    """Codes of things. at_any_meal: no longer bound to meals; nearer: two hours between its doses are enough.

    stays: where it was written, because nowhere else keeps its hours from other things.
    """

    at_any_meal: frozenset[str] = frozenset()
    nearer: frozenset[str] = frozenset()
    stays: frozenset[str] = frozenset()

    def by(self, conflicts: Sequence[Conflict], things: Mapping[str, Taken]) -> Eased:
        """One step further for each set that cannot stand together; never the same twice."""
        eased = self
        for number in {each.set for each in conflicts}:
            eased = eased._by_set([each for each in conflicts if each.set == number], things)
        return eased

    def _by_set(self, conflicts: Sequence[Conflict], things: Mapping[str, Taken]) -> Eased:
        food = {code for each in conflicts if each.rule is Rule.FOOD for code in each.ids}
        unknown = {code for code in food if things[code].food is FoodRule.UNKNOWN}
        if food:
            return replace(self, at_any_meal=self.at_any_meal | (unknown or food))
        gap = {code for each in conflicts if each.rule is Rule.GAP for code in each.ids} - self.nearer
        if gap:
            return replace(self, nearer=self.nearer | gap)
        involved = {code for each in conflicts for code in each.ids if not things[code].is_fixed}
        return replace(self, stays=self.stays | involved)
