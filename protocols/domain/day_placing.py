"""Where everything that is taken lies in one person’s day, and what was moved, and why.

What was written is followed. What a signature or another prescriber fixes never moves; what the clinic itself wrote
moves only where meals or hours apart forbid its place, and then to where the day has the fewest times. An afternoon or
an evening, which say no hour, join a time that is there anyway. See docs/decisions/0025-what-is-written-stays.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, product
from typing import Final

from protocols.domain.day_easing import BESIDE, Eased, gap_as_written
from protocols.domain.day_places import Places, meal_of, slot_of
from protocols.domain.day_reasons import Minutes, Pair, Reasons
from protocols.domain.day_taken import Apart, Placed, Placing, Taken, lies_apart, slots_of
from protocols.domain.dayplan import Timetable, plan_day
from protocols.domain.dayplan_terms import BeforeMeal, Day, DayError, DayIntake, Food, Spacing
from protocols.domain.dayplan_times import BEFORE_A_MEAL, MINUTES, clock
from protocols.domain.dose_form import FoodRule
from protocols.domain.slots import Slot

MOST_ROUNDS: Final = 4
"""So often a day is tried, each time with more set free: first nothing, then what is too near or in the way."""
MOST_DAYS_TRIED: Final = 12
"""So many days at most are planned for one placing, over all rounds and all that has to give way."""
_VAGUE: Final = frozenset({Slot.AFTERNOON, Slot.EVENING})


def place(day: Day, things: Sequence[Taken], apart: Sequence[Apart]) -> Placing:
    """The same for the same input, whatever the weekday: give it all that is taken in a stretch of days.

    So it is reckoned once for each input: the same day is looked at again and again.
    """
    meals = tuple((name, at) for name, at in day.meals.items())
    sides = tuple(_Sides(each.a_codes, each.b_codes, each.before_hours, each.after_hours) for each in apart)
    return _placed(day.wake, day.sleep, meals, tuple(things), sides)


@dataclass(frozen=True, slots=True)
class _Sides:
    a_codes: tuple[str, ...]
    b_codes: tuple[str, ...]
    before_hours: Decimal | None
    after_hours: Decimal | None


@lru_cache(maxsize=512)
def _placed(
    wake: time,
    sleep: time,
    meals: tuple[tuple[str, time], ...],
    things: tuple[Taken, ...],
    apart: tuple[_Sides, ...],
) -> Placing:
    return _Placer(Day(wake, sleep, dict(meals)), things, apart).placing()


class _Placer:
    def __init__(self, day: Day, things: Sequence[Taken], apart: Sequence[Apart]) -> None:
        self._day = day
        self._places = Places(day)
        self._slots = {thing.code: slots_of(thing) for thing in things}
        self._things = {thing.code: thing for thing in things if self._slots[thing.code]}
        self._all = things
        self._apart = [
            (entry, a, b)
            for entry in apart
            for a, b in product(entry.a_codes, entry.b_codes)
            if a != b and a in self._things and b in self._things
        ]
        self._written = self._written_minutes()
        self._days_left = MOST_DAYS_TRIED
        self._is_proven = True

    def placing(self) -> Placing:
        free = {code for code, thing in self._things.items() if not thing.is_fixed and not self._suits(thing)}
        best: Minutes = {}
        fewest: int | None = None
        for _ in range(MOST_ROUNDS):
            found = self._solved(free)
            broken = self._broken(found)
            if fewest is None or len(broken) < fewest:
                best, fewest = found, len(broken)
            more = self._next_to_free(free, broken)
            if not broken or not more:
                break
            free |= more
        else:
            self._is_proven = False
        return self._described(best)

    # --- Where everything would lie as it is written ---------------------------------------------------------

    def _written_minutes(self) -> dict[str, tuple[int, ...]]:
        exact = {
            code: tuple(self._minute(thing, slot) for _, slot in self._slots[code])
            for code, thing in self._things.items()
        }
        used = {
            minute
            for code, minutes in exact.items()
            for (_, slot), minute in zip(self._slots[code], minutes, strict=True)
            if slot not in _VAGUE
        }
        found = dict(exact)
        for code in exact:
            found[code] = self._joining(code, found, used)
        return found

    def _joining(self, code: str, exact: Minutes, used: set[int]) -> tuple[int, ...]:
        """An afternoon or an evening at a time that is used anyway, where meals and hours apart allow it."""
        thing, minutes = self._things[code], list(exact[code])
        if thing.is_fixed:
            return tuple(minutes)
        for position, (_, slot) in enumerate(self._slots[code]):
            if slot not in _VAGUE:
                continue
            others = minutes[:position] + minutes[position + 1 :]
            choices = [
                minute
                for minute in self._places.at_or_near(slot)
                if self._places.suits(thing.food, minute)
                and all(abs(minute - other) >= BESIDE for other in others)
                and not self._breaks(code, minute, exact)
            ]
            usual = minutes[position]
            joined = min(choices, key=lambda at: (at not in used, abs(at - usual), at), default=usual)
            minutes[position] = joined
        return tuple(minutes)

    def _minute(self, thing: Taken, slot: Slot) -> int:
        return self._places.minute_of(slot, minutes_before=thing.minutes_before)

    def _suits(self, thing: Taken) -> bool:
        return all(self._places.suits(thing.food, minute) for minute in self._written[thing.code])

    # --- Hours apart ------------------------------------------------------------------------------------------

    def _broken(self, found: Minutes) -> list[Pair]:
        return [(entry, a, b) for entry, a, b in self._apart if not lies_apart(entry, found[a], found[b])]

    def _breaks(self, code: str, minute: int, found: Minutes) -> bool:
        for entry, a, b in self._apart:
            if a == code and not lies_apart(entry, (minute,), found[b]):
                return True
            if b == code and not lies_apart(entry, found[a], (minute,)):
                return True
        return False

    def _next_to_free(self, free: set[str], broken: Sequence[Pair]) -> set[str]:
        """What may be moved beside what is already: of what is too near, then of what stands in its way."""
        near = {code for _, a, b in broken for code in (a, b)}
        more = {code for code in near if not self._things[code].is_fixed} - free
        if more:
            return more
        beside = {code for _, a, b in self._apart for code in (a, b) if near & {a, b}}
        return {code for code in beside if not self._things[code].is_fixed} - free

    # --- Moving ---------------------------------------------------------------------------------------------

    def _solved(self, free: set[str]) -> dict[str, tuple[int, ...]]:
        """What may move, moved; everything else where it was written.

        Where not all can be kept, meals give way before the hours between a thing’s own doses, and these before
        anything is given up. Hours from another thing never give way: what cannot keep them stays as it was written,
        so nothing comes nearer to anything than it was.
        """
        eased = Eased()
        while free - eased.stays:
            moves = free - eased.stays
            planned = self._planned(moves, eased)
            if planned is None:
                return dict(self._written)
            self._is_proven = self._is_proven and planned.is_proven
            if not planned.conflicts:
                return self._by_meals(self._found(planned, moves), moves)
            eased = eased.by(planned.conflicts, self._things)
        return dict(self._written)

    def _planned(self, moves: set[str], eased: Eased) -> Timetable | None:
        """None where a day cannot be planned with so much: then it stands as it was written, with what does not fit."""
        if not self._days_left:
            self._is_proven = False
            return None
        self._days_left -= 1
        intakes = [
            self._free(thing, eased) if code in moves else self._pinned(code) for code, thing in self._things.items()
        ]
        spacing = [
            Spacing(a=a, b=b, before_hours=entry.before_hours, after_hours=entry.after_hours)
            for entry, a, b in self._apart
            if {a, b} & moves
        ]
        try:
            return plan_day(self._day, intakes, spacing)
        except DayError:
            self._is_proven = False
            return None

    def _found(self, planned: Timetable, moves: set[str]) -> dict[str, tuple[int, ...]]:
        times = {each.id: each.at for each in planned.explained}
        moved = {code: tuple(self._within(at) for at in times[code]) for code in self._things if code in moves}
        return {**self._written, **moved}

    def _by_meals(self, found: dict[str, tuple[int, ...]], free: set[str]) -> dict[str, tuple[int, ...]]:
        """The same, with a time that only moved doses have put beside a meal or bedtime: nobody lives by 11:00."""
        places = self._places
        named = {places.wake, places.sleep, *places.meals.values()}
        pinned = {minute for code, minutes in found.items() if code not in free for minute in minutes}
        for minute in sorted({minute for code in free for minute in found[code]} - named - pinned):
            for place in sorted(named, key=lambda at: (abs(at - minute), at)):
                tried = {
                    code: tuple(place if code in free and at == minute else at for at in minutes)
                    for code, minutes in found.items()
                }
                if self._is_as_good(tried, found):
                    found = tried
                    break
        return found

    def _is_as_good(self, tried: dict[str, tuple[int, ...]], found: dict[str, tuple[int, ...]]) -> bool:
        changed = [code for code in found if tried[code] != found[code]]
        if len(self._broken(tried)) > len(self._broken(found)):
            return False
        for code in changed:
            gap = max(gap_as_written(self._written[code]), 1)
            if any(later - earlier < gap for earlier, later in pairwise(tried[code])):
                return False
            food = self._things[code].food
            if any(
                self._places.suits(food, was) and not self._places.suits(food, at)
                for at, was in zip(tried[code], found[code], strict=True)
            ):
                return False
        return True

    def _pinned(self, code: str) -> DayIntake:
        minutes = sorted(set(self._written[code]))
        return DayIntake(id=code, times_per_day=len(minutes), fixed=tuple(clock(minute) for minute in minutes))

    def _free(self, thing: Taken, eased: Eased) -> DayIntake:
        slots, minutes = [slot for _, slot in self._slots[thing.code]], self._written[thing.code]
        gap = gap_as_written(minutes)
        food, before = (Food.ANY, None) if thing.code in eased.at_any_meal else self._food(thing, slots)
        return DayIntake(
            id=thing.code,
            times_per_day=len(minutes),
            food=food,
            before_meal=before,
            min_gap_hours=Decimal(min(gap, BESIDE) if thing.code in eased.nearer else gap) / 60,
            prefer=tuple(dict.fromkeys(clock(minute).isoformat("minutes") for minute in minutes)),
        )

    def _food(self, thing: Taken, slots: list[Slot]) -> tuple[Food, BeforeMeal | None]:
        """What is asked of its times: what the catalogue knows, else what all its words say."""
        if thing.food is FoodRule.WITHOUT:
            return Food.WITHOUT, None
        if thing.food in {FoodRule.WITH, FoodRule.AFTER_MEAL}:
            return Food.WITH, None
        if thing.food is FoodRule.UNKNOWN and all(slot.value.startswith("with-") for slot in slots):
            return Food.WITH, None
        before = slots[0] if len(slots) == 1 and slots[0].value.startswith("before-") else None
        if before is None or meal_of(before) not in self._places.meals or self._is_too_early(thing, before):
            return Food.ANY, None
        return Food.ANY, BeforeMeal(meal_of(before), thing.minutes_before or BEFORE_A_MEAL)

    def _is_too_early(self, thing: Taken, slot: Slot) -> bool:
        return self._places.is_too_early(slot, minutes_before=thing.minutes_before)

    def _within(self, at: time) -> int:
        minute = at.hour * 60 + at.minute
        return minute if minute >= self._places.wake else minute + MINUTES

    def _described(self, found: Minutes) -> Placing:
        reasons = Reasons(self._places, self._things, self._apart, found, self._written, is_proven=self._is_proven)
        placed = [
            Placed(
                code=code,
                written=written,
                minute=minute,
                written_minute=meant,
                why=reasons.why(code, meant) if minute != meant else "",
            )
            for code in found
            for (written, _), minute, meant in zip(self._slots[code], found[code], self._written[code], strict=True)
        ]
        order = {code: number for number, code in enumerate(found)}
        return Placing(
            placed=tuple(sorted(placed, key=lambda each: (each.minute, order[each.code]))),
            unplaced=tuple(
                (thing.code, written) for thing in self._all for written in thing.written if slot_of(written) is None
            ),
            clashes=tuple(reasons.clashes(self._broken(found))),
            is_proven=self._is_proven,
        )
