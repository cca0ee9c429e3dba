"""What a safety rule may ask of a situation: the parts of a condition, after its words have been understood.

A condition is a tree of these. Names of substances and codes of conditions stand in them already; nothing is looked up
while a situation is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from protocols.domain.amount import Amount


class TimeUnit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Span:
    """So long a time. Months and years are counted on the calendar."""

    number: int
    unit: TimeUnit

    def after(self, day: date) -> date:
        """The civil date that lies this long after `day`. Hours are counted as begun days."""
        match self.unit:
            case TimeUnit.HOURS:
                return day + timedelta(days=-(-self.number // 24))
            case TimeUnit.DAYS:
                return day + timedelta(days=self.number)
            case TimeUnit.WEEKS:
                return day + timedelta(weeks=self.number)
            case TimeUnit.MONTHS:
                return _months_after(day, self.number)
            case TimeUnit.YEARS:
                return _months_after(day, 12 * self.number)


class Comparison(StrEnum):
    MORE = "more than"
    AT_LEAST = "at least"
    LESS = "less than"
    AT_MOST = "at most"

    def holds(self, left: Decimal, right: Decimal) -> bool:
        found: Callable[[Decimal, Decimal], bool] = {
            "more than": Decimal.__gt__,
            "at least": Decimal.__ge__,
            "less than": Decimal.__lt__,
            "at most": Decimal.__le__,
        }[self.value]
        return found(left, right)


class Per(StrEnum):
    DOSE = "dose"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class HowMuch:
    """More than 2500 [USP'U]/kg per dose."""

    comparison: Comparison
    amount: Amount
    is_per_kg: bool
    per: Per


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Whether one of these substances is taken, in this way.

    words: as the rule has them. names: canonical names of substances; None: any substance at all.
    stopped_less_than, stopped_within: also what was stopped less than so long ago, or so long ago at most.
    for_at_least, for_more_than: taken so long. changed_within: started, stopped or being reduced within that time.
    is_oral_only: a stated route that is not by mouth does not count. needs_systemic_route: only a stated route by which
    it reaches the whole body counts, and an unstated one is unknown. Otherwise a stated local route (on the skin,
    inhaled) does not count.
    """

    words: str
    names: frozenset[str] | None
    except_names: frozenset[str] = frozenset()
    stopped_less_than: Span | None = None
    stopped_within: Span | None = None
    for_at_least: Span | None = None
    for_more_than: Span | None = None
    changed_within: Span | None = None
    is_tapering: bool = False
    with_meal: bool | None = None
    how_much: HowMuch | None = None
    times_a_day: tuple[Comparison, int] | None = None
    is_oral_only: bool = False
    needs_systemic_route: bool = False

    def is_about(self, name: str) -> bool:
        return (self.names is None or name in self.names) and name not in self.except_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Whether what is taken in a day of a nutrient, or of these substances together, comes to so much.

    nutrient: its total across everything that holds it. names: substances whose amounts are added as they are.
    """

    words: str
    comparison: Comparison
    amount: Amount
    nutrient: str | None = None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionGroup:
    """Conditions that rules look at together. codes: beginnings of ICD-10-CM codes.

    stays: of those, what counts when it is over too: what lasts for life, and what has happened once.
    denied_by: codes that, all looked for and not there, say that no condition of the group is there; empty: `codes`.
    """

    key: str
    words: str
    codes: tuple[str, ...]
    stays: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HasCondition:
    groups: tuple[ConditionGroup, ...]


@dataclass(frozen=True, slots=True)
class Age:
    comparison: Comparison
    years: int


@dataclass(frozen=True, slots=True)
class IsPregnant:
    pass


@dataclass(frozen=True, slots=True)
class IsBreastfeeding:
    pass


@dataclass(frozen=True, slots=True)
class IsSex:
    sex: str


@dataclass(frozen=True, slots=True)
class InPhase:
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """Whether a result is there, or is so high. code: LOINC, or the clinic's own. comparison None: there at all."""

    code: str
    comparison: Comparison | None = None
    value: Decimal = Decimal(0)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class WrittenTwice:
    """Whether one medicine is written down in more than one place. Only a rule that is built in asks this."""


@dataclass(frozen=True, slots=True)
class Not:
    of: Expression


@dataclass(frozen=True, slots=True)
class All:
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple[Expression, ...]


Expression = (
    Taking
    | Daily
    | HasCondition
    | Age
    | IsPregnant
    | IsBreastfeeding
    | IsSex
    | InPhase
    | Lab
    | WrittenTwice
    | Not
    | All
    | AnyOf
)


def _months_after(day: date, months: int) -> date:
    """The same day of a later month; its last one where it is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
