"""When what a patient has at home will not be enough any more.

Two dates are reckoned: as planned, and as what was recorded suggests. Low is always the earlier of the two, so
that nobody who begins to take everything runs out unwarned; the later one is only shown. Days without a record are not
recorded, never missed: they say nothing about how much is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from protocols.domain.dose_count import DoseCountError
from protocols.domain.units_needed import Counted, Use, restocked, units_needed

LOW_BEFORE_DAYS: Final = 7
"""“Running low” is said so long before the first day without enough."""
ADHERENCE_DAYS: Final = 28
LEAST_RECORDED_DAYS: Final = 7
LOOKED_AHEAD_DAYS: Final = 730
"""What lasts longer than this is enough for as far as anybody looks."""

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """A lived day: how many doses the plan had, and how many were recorded as taken. taken None: nothing recorded."""

    on: date
    planned: int
    taken: int | None


@dataclass(frozen=True, slots=True)
class Adherence:
    """share: of the planned doses on recorded days; above 1 where more was taken. None: too few days recorded."""

    share: Fraction | None
    recorded_days: int

    def display(self) -> str:
        """Where the shown date comes from, as a sentence."""
        if self.share is None:
            return "Reckoned as if everything is taken as planned: too little has been recorded to say more."
        percent = round(self.share * 100)
        return f"Reckoned from {self.recorded_days} recorded days: {percent} % of what was planned was taken."


def adherence(days: Iterable[RecordedDay], *, today: date) -> Adherence:
    """From the days before today among the last 28 lived ones; today may not be over. Days without a dose say nothing.

    days: lived days only; one on hold is none.
    """
    lived = sorted((day for day in days if day.on < today and day.planned), key=lambda day: day.on)[-ADHERENCE_DAYS:]
    recorded = [(day.planned, day.taken) for day in lived if day.taken is not None]
    if len(recorded) < LEAST_RECORDED_DAYS:
        return Adherence(None, len(recorded))
    return Adherence(
        Fraction(sum(taken for _, taken in recorded), sum(planned for planned, _ in recorded)), len(recorded)
    )


class RunOutKind(StrEnum):
    """ends: on a date. lasts: to the end of what is ordered. The others have no date, and say why."""

    ENDS = "ends"
    LASTS = "lasts"
    UNKNOWN = "unknown"
    UNDECIDED = "undecided"
    WAITS = "waits"
    HELD = "held"
    AS_NEEDED = "as-needed"

    @property
    def label(self) -> str:
        return {
            "ends": "Will run out",
            "lasts": "Enough to the end",
            "unknown": "Not known: nobody has counted",
            "undecided": "Not known: the amount cannot be counted in units",
            "waits": "Has no dates yet",
            "held": "On hold: nothing is taken now",
            "as-needed": "Taken as needed: nobody can say how long it lasts",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOut:
    """planned_on: the first day for which it is not enough if all is taken as planned. expected_on: the same at the
    recorded share; as planned while that is unknown. Both are None where it lasts, and for every kind but `ends`.

    problem: why units cannot be counted, as a sentence; empty otherwise. A date before today: by this reckoning it is
    used up, so somebody should count.
    """

    kind: RunOutKind
    planned_on: date | None = None
    expected_on: date | None = None
    adherence: Adherence = Adherence(None, 0)
    problem: str = ""

    @property
    def earliest(self) -> date | None:
        """The earlier of the two dates: the one that warnings go by."""
        return min((day for day in (self.planned_on, self.expected_on) if day is not None), default=None)


def run_out(
    counts: Iterable[Counted], uses: Sequence[Use], *, today: date, adherence: Adherence = Adherence(None, 0)
) -> RunOut:
    """When one product runs out, over all orders of it.

    What is taken as needed takes nothing from the reckoning; nor does, while it is on, what is on hold without an end.
    Purchases that lie ahead count from their day. A supply that was bought after a shortage ends it.
    """
    recorded = sorted(counts, key=lambda each: each.on)
    going = [use for use in uses if use.window is not None and (use.window.last is None or use.window.last >= today)]
    regular = [use for use in going if not use.pattern.is_as_needed]
    if not going and any(use.window is None for use in uses):
        return RunOut(kind=RunOutKind.WAITS, adherence=adherence)
    if going and not regular:
        return RunOut(kind=RunOutKind.AS_NEEDED, adherence=adherence)
    if regular and all(_rests(use, today) for use in regular):
        return RunOut(kind=RunOutKind.HELD, adherence=adherence)
    if going and not recorded:
        return RunOut(kind=RunOutKind.UNKNOWN, adherence=adherence)
    try:
        planned_on = None if not going else short_on(recorded, uses, today=today)
        share = Fraction(1) if adherence.share is None else adherence.share
        expected_on = planned_on if share == 1 or not going else short_on(recorded, uses, today=today, share=share)
    except DoseCountError as error:
        return RunOut(kind=RunOutKind.UNDECIDED, adherence=adherence, problem=error.text)
    ends = planned_on is not None or expected_on is not None
    return RunOut(
        kind=RunOutKind.ENDS if ends else RunOutKind.LASTS,
        planned_on=planned_on,
        expected_on=expected_on,
        adherence=adherence,
    )


def low_from(found: RunOut, *, days_before: int = LOW_BEFORE_DAYS) -> date | None:
    """The day from which it is running low: so many days before the earlier date. None where there is no date."""
    return None if found.earliest is None else found.earliest - timedelta(days=days_before)


def _rests(use: Use, today: date) -> bool:
    return any(hold.last is None and hold.first <= today for hold in use.holds)


def short_on(
    counts: Sequence[Counted], uses: Sequence[Use], *, today: date, share: Fraction = Fraction(1)
) -> date | None:
    """The first day for which it is not enough at this share of what is planned; None where there is none in sight.

    counts: at least one, by day. today: from here it is looked so far ahead. Raises `DoseCountError` where units cannot
    be counted.
    """
    # Everything times the share's denominator: so the arithmetic stays exact.
    scaled = [replace(each, count=each.count * share.denominator) for each in counts]
    last = max((use.window.last or date.max for use in uses if use.window is not None), default=date.min)
    last = min(last, today + timedelta(days=LOOKED_AHEAD_DAYS))
    left, found, day = Decimal(0), None, counts[0].on
    while day <= last and not (found and day > counts[-1].on):
        restocked_left = restocked(left, scaled, day)
        if restocked_left > left:
            found = None
        needed = units_needed(uses, day) * share.numerator
        if needed > restocked_left:
            found = found or day
        left = max(Decimal(0), restocked_left - needed)
        day += _ONE_DAY
    return found
