"""Daily totals of a situation, as rules compare them and as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from protocols.domain.nutrients import NotCounted, TakenAmount, Total, totals
from protocols.domain.safety_facts import Situation, Taken
from protocols.domain.safety_taking import is_taken_on
from protocols.domain.safety_things import DailyAmount, is_pregnant
from protocols.domain.substances import Substance
from protocols.domain.upper_limits import Limits, Person

_PERHAPS: Final = "Whether it is still taken hangs on the day, which is not said."


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
    holding = {
        str(place): (each, item)
        for place, (each, item) in enumerate(zip(situation.taken, items, strict=True))
        if item is not None and item.nutrient is not None
        if not each.is_local
    }
    taken = {place: held for place, held in holding.items() if is_taken_on(held[0], situation.on)}
    perhaps = {place: held for place, held in holding.items() if is_taken_on(held[0], situation.on) is None}
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
        person=Person(age=situation.age, sex=situation.sex, pregnant=is_pregnant(situation)),
    )
    not_counted = (
        *found.not_counted,
        *(
            NotCounted(typed=each.substance, nutrient=item.nutrient or "", why=_PERHAPS, code=place)
            for place, (each, item) in perhaps.items()
        ),
    )
    missed = {miss.code: miss for miss in not_counted}
    open_ = {item.nutrient for _, item in perhaps.values()}
    daily: dict[str, DailyAmount] = {}
    for nutrient in dict.fromkeys(item.nutrient for _, item in holding.values() if item.nutrient is not None):
        # What is perhaps taken is named only where nothing else is.
        maybe = [place for place, (_, item) in perhaps.items() if item.nutrient == nutrient]
        places = [place for place, (_, item) in taken.items() if item.nutrient == nutrient] or maybe
        if not places:
            continue
        total = found.of(nutrient)
        daily[nutrient] = DailyAmount(
            amount=None if total is None else total.amount,
            names=frozenset(holding[place][1].name for place in places),
            entries=frozenset(map(int, places)),
            unknown=tuple(
                dict.fromkeys(
                    (
                        *(_missing(taken[place][0]) for place in places if place in missed and place in taken),
                        *("on" for _ in maybe[:1]),
                    )
                )
            ),
        )
    uncountable = tuple(
        miss.typed
        for place, miss in missed.items()
        if holding[place][0].amount is not None and holding[place][0].times_per_day is not None
    )
    summed = tuple(replace(total, incomplete=True) if total.nutrient in open_ else total for total in found.totals)
    return Summed(daily, summed, not_counted, uncountable)


def _missing(taken: Taken) -> str:
    if taken.amount is None:
        return f"amount of {taken.substance}"
    if taken.times_per_day is None:
        return f"times_per_day of {taken.substance}"
    return f"elemental amount of {taken.substance}"
