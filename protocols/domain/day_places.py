"""Times of day as people name them, put on the clock of one person’s day: “before breakfast” is 7:00 for her.

A minute is counted from midnight before waking, as in `dayplan_times`; beyond 1,440 it is after the next midnight.
"""

from __future__ import annotations

from datetime import time
from typing import Final

from protocols.domain.dayplan_terms import Day
from protocols.domain.dayplan_times import AFTER_A_MEAL, BEFORE_A_MEAL, GRID, DayTimes, clock
from protocols.domain.dose_form import FoodRule
from protocols.domain.slots import Slot

USUAL_DAY: Final = Day(time(7), time(22, 30), {"breakfast": time(7, 30), "lunch": time(12, 30), "dinner": time(18, 30)})
"""What is assumed, and said to be assumed, until somebody says otherwise."""

_MEAL_OF: Final = {
    Slot.BEFORE_BREAKFAST: "breakfast",
    Slot.WITH_BREAKFAST: "breakfast",
    Slot.BEFORE_LUNCH: "lunch",
    Slot.WITH_LUNCH: "lunch",
    Slot.BEFORE_DINNER: "dinner",
    Slot.WITH_DINNER: "dinner",
}
_BEFORE: Final = frozenset({Slot.BEFORE_BREAKFAST, Slot.BEFORE_LUNCH, Slot.BEFORE_DINNER})
_TYPED: Final = {
    "morning": Slot.ON_WAKING,
    "noon": Slot.WITH_LUNCH,
    "night": Slot.BEDTIME,
}
"""How prescribers write some times of day; the others are written as the slots are."""
_USUAL_AFTERNOON: Final = 15 * 60 + 30
_AFTER_DINNER: Final = 120
_BESIDE_A_MEAL: Final = 180
"""So many minutes from a meal a time is no longer named by it."""


def slot_of(written: str) -> Slot | None:
    """The time of day that this is the name of; None for what has no place on a clock, such as “any”."""
    words = "-".join(written.casefold().split())
    return Slot(words) if words in set(Slot) else _TYPED.get(words)


def meal_of(slot: Slot) -> str:
    """The meal that it is named by; empty if none."""
    return _MEAL_OF.get(slot, "")


class Places:
    """The times of day of one person. Raises nothing: a meal that is not eaten lies where it usually would."""

    def __init__(self, day: Day) -> None:
        self.day: Final = day
        self._times: Final = DayTimes(day, ())
        self.wake: Final = self._times.wake
        self.sleep: Final = self._times.sleep
        self.meals: Final = self._times.meals

    def minute_of(self, slot: Slot, *, minutes_before: int | None = None) -> int:
        """When it is. minutes_before: so long before a meal, for “before …”; 30 if nobody says how long.

        Never before waking: whoever eats right after getting up cannot take anything half an hour before.
        """
        if slot is Slot.ON_WAKING:
            return self.wake
        if slot is Slot.BEDTIME:
            return self.sleep
        if slot is Slot.AFTERNOON:
            return self._afternoon()
        if slot is Slot.EVENING:
            return self._evening()
        meal = self._meal(_MEAL_OF[slot])
        return max(self.wake, meal - (minutes_before or BEFORE_A_MEAL)) if slot in _BEFORE else meal

    def is_too_early(self, slot: Slot, *, minutes_before: int | None = None) -> bool:
        """Whether there is less time between waking and the meal than it needs."""
        return slot in _BEFORE and self._meal(_MEAL_OF[slot]) - (minutes_before or BEFORE_A_MEAL) < self.wake

    def lacks_meal(self, slot: Slot) -> bool:
        """Whether it is named by a meal that this person does not eat."""
        return slot in _MEAL_OF and _MEAL_OF[slot] not in self.meals

    def at_or_near(self, slot: Slot) -> tuple[int, ...]:
        """Where an afternoon or an evening may lie: where it usually does, or at a time beside it; else one minute."""
        if slot is Slot.AFTERNOON:
            beside = [self.meals["lunch"]] if "lunch" in self.meals else []
            beside += [self.minute_of(Slot.BEFORE_DINNER)] if "dinner" in self.meals else []
        elif slot is Slot.EVENING:
            beside = [*([self.meals["dinner"]] if "dinner" in self.meals else []), self.sleep]
        else:
            beside = []
        return (self.minute_of(slot), *beside)

    def suits(self, food: FoodRule, minute: int) -> bool:
        """Whether what goes with meals so may be taken then."""
        meals = self.meals.values()
        if food is FoodRule.WITH:
            return minute in meals
        if food is FoodRule.WITHOUT:
            return all(minute <= meal - BEFORE_A_MEAL or minute >= meal + AFTER_A_MEAL for meal in meals)
        return True

    def clock(self, minute: int) -> str:
        """“7:00”, as it stands above what is taken then."""
        at = clock(minute)
        return f"{at.hour}:{at:%M}"

    def name(self, minute: int) -> str:
        """What that time is in this person’s day: “on waking”, “breakfast”, “between lunch and dinner”."""
        named = {self.sleep: "bedtime", **{at: meal for meal, at in self.meals.items()}, self.wake: "on waking"}
        if minute in named:
            return named[minute]
        for meal, at in self.meals.items():
            if 0 < at - minute <= BEFORE_A_MEAL:
                return f"{at - minute} minutes before {meal}"
        earlier = [meal for meal, at in self.meals.items() if at < minute]
        later = [meal for meal, at in self.meals.items() if at > minute]
        if earlier and later:
            return f"between {earlier[-1]} and {later[0]}"
        if earlier:
            return f"after {earlier[-1]}" if minute - self.meals[earlier[-1]] <= _BESIDE_A_MEAL else ""
        return f"before {later[0]}" if later and self.meals[later[0]] - minute <= _BESIDE_A_MEAL else ""

    def where(self, minute: int) -> str:
        """As it stands in a sentence: “with breakfast”, “at bedtime”, “on waking”, “at 11:00”."""
        if minute == self.wake:
            return "on waking"
        meal = next((name for name, at in self.meals.items() if at == minute), "")
        if meal:
            return f"with {meal}"
        return "at bedtime" if minute == self.sleep else f"at {self.clock(minute)}"

    def _meal(self, name: str) -> int:
        return self.meals[name] if name in self.meals else self._usually(DayTimes(USUAL_DAY, ()).meals[name])

    def _afternoon(self) -> int:
        if "lunch" not in self.meals or "dinner" not in self.meals:
            return self._usually(_USUAL_AFTERNOON)
        return (self.meals["lunch"] + self.meals["dinner"]) // 2 // GRID * GRID

    def _evening(self) -> int:
        dinner = self._meal("dinner")
        if dinner + _AFTER_DINNER < self.sleep:
            return dinner + _AFTER_DINNER
        return max(dinner, (dinner + self.sleep) // 2)

    def _usually(self, minute: int) -> int:
        """The same share of this person’s waking day as of the usual one, at a full half hour."""
        usual = DayTimes(USUAL_DAY, ())
        gone = (minute - usual.wake) * (self.sleep - self.wake) // (usual.sleep - usual.wake)
        return max(self.wake, (self.wake + gone) // GRID * GRID)
