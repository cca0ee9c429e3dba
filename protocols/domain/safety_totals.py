"""Daily totals of a situation, as rules compare them and as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from protocols.domain.nutrients import NotCounted, TakenAmount, Total, totals
from protocols.domain.safety_facts import Situation, Taken
from protocols.domain.safety_taking import is_taken_on
from protocols.domain.safety_things import DailyAmount
from protocols.domain.substances import Substance
from protocols.domain.upper_limits import Limits, Person


@dataclass(frozen=True, slots=True)
class Summed:
    """daily: by nutrient, as rules compare it. not_counted: what was typed, and why no total has it.

    uncountable: of that, what is missing although its amount and its times are known, as typed.
    """

    daily: dict[str, DailyAmount]
    totals: tuple[Total, ...]
    not_counted: tuple[NotCounted, ...]
    uncountable: tuple[str, ...]


def daily_totals(situation: Situation, items: Sequence[Substance | None], limits: Limits) -> Summed:
    """Every nutrient in what is taken that day. What is only put on the skin or inhaled adds to none."""
    taken = {
        str(place): (each, item)
        for place, (each, item) in enumerate(zip(situation.taken, items, strict=True))
        if item is not None and item.nutrient is not None
        if not each.is_local and is_taken_on(each, situation.on)
    }
    found = totals(
        [
            TakenAmount(
                typed=each.substance,
                substance=item,
                code=place,
                amount=each.amount,
                times_per_day=each.times_per_day,
                basis=each.basis,
                pattern=each.pattern,
            )
            for place, (each, item) in taken.items()
        ],
        limits=limits,
        person=Person(age=situation.age, sex=situation.sex, pregnant=situation.pregnant),
    )
    missed = {miss.code: miss for miss in found.not_counted}
    daily: dict[str, DailyAmount] = {}
    for nutrient in dict.fromkeys(item.nutrient for _, item in taken.values() if item.nutrient is not None):
        places = [place for place, (_, item) in taken.items() if item.nutrient == nutrient]
        total = found.of(nutrient)
        daily[nutrient] = DailyAmount(
            amount=None if total is None else total.amount,
            names=frozenset(taken[place][1].name for place in places),
            entries=frozenset(map(int, places)),
            unknown=tuple(dict.fromkeys(_missing(taken[place][0]) for place in places if place in missed)),
        )
    uncountable = tuple(
        miss.typed
        for place, miss in missed.items()
        if taken[place][0].amount is not None and taken[place][0].times_per_day is not None
    )
    return Summed(daily, found.totals, found.not_counted, uncountable)


def _missing(taken: Taken) -> str:
    if taken.amount is None:
        return f"amount of {taken.substance}"
    if taken.times_per_day is None:
        return f"times_per_day of {taken.substance}"
    return f"elemental amount of {taken.substance}"
