"""Why a dose lies elsewhere than it was written, and what a day cannot keep, in words for whoever lives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Final

from protocols.domain.day_easing import gap_as_written
from protocols.domain.day_places import Places, meal_of
from protocols.domain.day_taken import Apart, Clash, Taken, lies_apart, slots_of
from protocols.domain.dayplan_times import BEFORE_A_MEAL
from protocols.domain.dose_form import FoodRule
from protocols.domain.dose_words import joined

Pair = tuple[Apart, str, str]
"""Hours that lie between two things of this day: which, a’s code and b’s code."""
Minutes = Mapping[str, tuple[int, ...]]
"""By code: when it is taken, in the order of its times of day."""

NO_PLACE: Final = "this day has no place for that"
_NUMBERS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


class Reasons:
    """What is to be said of one placing."""

    def __init__(
        self,
        places: Places,
        things: Mapping[str, Taken],
        pairs: Sequence[Pair],
        found: Minutes,
        written: Minutes,
        *,
        is_proven: bool,
    ) -> None:
        self._places = places
        self._things = things
        self._pairs = pairs
        self._found = found
        self._written = written
        self._no_place = NO_PLACE if is_proven else "we found no place for that in this day"

    def why(self, code: str, written: int) -> str:
        """Why a dose does not lie where it was written; it completes “Magnesium is at bedtime: …”."""
        near = list(self._in_the_way(code, written))
        if near:
            return joined(dict.fromkeys(near))
        thing = self._things[code]
        if not self._places.suits(thing.food, written):
            return "with a meal" if thing.food is FoodRule.WITH else "on an empty stomach"
        return "so that its times lie apart" if len(self._found[code]) > 1 else "so that everything fits"

    def clashes(self, broken: Sequence[Pair]) -> Iterator[Clash]:
        """What this day cannot keep. broken: the hours that it does not."""
        # Two rules may ask for the same.
        for a, b, asked in dict.fromkeys((a, b, self._asked(entry, a, b)) for entry, a, b in broken):
            are_fixed = self._things[a].is_fixed and self._things[b].is_fixed
            yield Clash((a, b), f"{asked}, and {NO_PLACE if are_fixed else self._no_place}.")
        for code, thing in self._things.items():
            for text in self._of_meals(thing):
                yield Clash((code,), text, is_of_meals=True)
            if not thing.is_fixed and not all(self._places.suits(thing.food, at) for at in self._found[code]):
                how = "with meals" if thing.food is FoodRule.WITH else "on an empty stomach"
                yield Clash((code,), f"{_begins(thing)} is meant {how}, and {self._no_place}.")
            yield from self._of_gap(thing)

    def _of_gap(self, thing: Taken) -> Iterator[Clash]:
        found = gap_as_written(self._found[thing.code])
        meant = gap_as_written(self._written[thing.code])
        if found < meant:
            between = f"{hours_in_words(Decimal(found) / 60)} between two of its times"
            text = f"{_begins(thing)} has only {between} instead of {hours_in_words(Decimal(meant) / 60)}"
            yield Clash((thing.code,), f"{text}, so that it lies apart from the rest.")

    def _in_the_way(self, code: str, written: int) -> Iterator[str]:
        """What would be too near where it was written, with the hours that lie between the two."""
        for entry, a, b in self._pairs:
            if code not in {a, b}:
                continue
            other = b if a == code else a
            there = ((written,), self._found[b]) if a == code else (self._found[a], (written,))
            if not lies_apart(entry, *there) and lies_apart(entry, self._found[a], self._found[b]):
                name = in_a_sentence(self._things[other].name)
                yield f"{_distance(entry, self._found[code], self._found[other], is_a=a == code)} {name}"

    def _of_meals(self, thing: Taken) -> Iterator[str]:
        times = zip(slots_of(thing), self._found[thing.code], self._written[thing.code], strict=True)
        # A dose that was moved does not lie at that meal any more.
        for slot in [slot for (_, slot), found, written in times if found == written]:
            meal = meal_of(slot)
            if self._places.lacks_meal(slot):
                yield f"{_begins(thing)} is meant {slot.value.replace('-', ' ')}, and {meal} is not eaten."
            elif self._places.is_too_early(slot, minutes_before=thing.minutes_before):
                minutes = thing.minutes_before or BEFORE_A_MEAL
                yield f"{_begins(thing)} is meant {minutes} minutes before {meal}, and {meal} is sooner after waking."

    def _asked(self, entry: Apart, a: str, b: str) -> str:
        first, second = _begins(self._things[a]), in_a_sentence(self._things[b].name)
        before, after = entry.before_hours, entry.after_hours
        if before is not None and before == after:
            return f"{first} and {second} are meant {hours_in_words(before)} apart"
        sides = [f"{hours_in_words(before)} before"] if before is not None else []
        sides += [f"{hours_in_words(after)} after"] if after is not None else []
        return f"{first} is meant {' or '.join(sides) or 'apart from'} {second}"


def hours_in_words(hours: Decimal) -> str:
    """“four hours”, “half an hour”, “2.5 hours”."""
    if hours == Decimal("0.5"):
        return "half an hour"
    if hours == int(hours) and int(hours) < len(_NUMBERS):
        return f"{_NUMBERS[int(hours)]} {'hour' if hours == 1 else 'hours'}"
    return f"{hours.normalize():f} hours"


def in_a_sentence(name: str) -> str:
    """“levothyroxine”; “L-glutamine” and “PHGG” stay as they are."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _begins(thing: Taken) -> str:
    return thing.name[:1].upper() + thing.name[1:]


def _distance(entry: Apart, own: Sequence[int], others: Sequence[int], *, is_a: bool) -> str:
    """“four hours from”; where the sides differ, those on which it lies: “two hours after or six hours before”."""
    before, after = entry.before_hours, entry.after_hours
    if before is not None and before == after:
        return f"{hours_in_words(before)} from"
    comes_first = {x < y for x, y in product(own, others)}
    behind, ahead = (after, before) if is_a else (before, after)
    sides = []
    if False in comes_first and behind is not None:
        sides.append(f"{hours_in_words(behind)} after")
    if True in comes_first and ahead is not None:
        sides.append(f"{hours_in_words(ahead)} before")
    return " or ".join(sides) or "apart from"
