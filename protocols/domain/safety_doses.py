"""What several products hold together, at one time or in a day, where a rule asks how much of something is taken."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from protocols.domain.amount import Unit, UnitMismatch
from protocols.domain.rule_terms import HowMuch, Per
from protocols.domain.safety_facts import Situation, Taken


def bound_of(how_much: HowMuch, situation: Situation) -> Decimal | None:
    """The figure to compare with, in the unit of the rule; None where it hangs on a weight that nobody knows."""
    if not how_much.is_per_kg:
        return how_much.amount.value
    if situation.weight is None:
        return None
    return how_much.amount.value * situation.weight.to(Unit.G).value / 1000


def most_together(how_much: HowMuch, taken: Iterable[Taken]) -> Decimal:
    """The most that comes together: in a day, or at one time. What names no time may come at any."""
    known = [(each, value) for each in taken if (value := _value(how_much, each)) is not None]
    if how_much.per is Per.DAY:
        return sum((value for _, value in known), Decimal(0))
    times = {time for each, _ in known for time in each.times} or {""}
    return max(
        sum((value for each, value in known if not each.times or time in each.times), Decimal(0)) for time in times
    )


def _value(how_much: HowMuch, taken: Taken) -> Decimal | None:
    if taken.amount is None:
        return None
    try:
        value = taken.amount.to(how_much.amount.unit).value
    except UnitMismatch:
        return None
    if how_much.per is Per.DAY:
        return None if taken.times_per_day is None else value * taken.times_per_day
    return value
