"""Daily totals: how much of a nutrient everything that is taken holds together, and the upper limit beside it.

Exact decimals of the nutrient itself: 500 mg of magnesium oxide count as 301.5 mg. Only g, mg and µg convert, IU with
the factor of that substance alone, CFU and activities of enzymes never. What cannot be counted is named with its
reason, and a total that lacks something says that it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from typing import Final

from protocols.domain.amount import MAX_DECIMALS, Amount, AmountError, Unit
from protocols.domain.pattern import Pattern, PatternKind
from protocols.domain.substances import Basis, Substance
from protocols.domain.upper_limits import Limit, Limits, LimitState, Person

_EXACT: Final = Context(prec=60, traps=[InvalidOperation, Overflow, Inexact])
_WEEK: Final = range(7)
_POWER: Final = {Unit.UG: 0, Unit.MG: 3, Unit.G: 6}
_NOT_EXACT: Final = "The amount is too large or too fine to be counted exactly."


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAmount:
    """One ingredient of one thing that is taken."""

    typed: str
    """What it is called where it was entered."""
    substance: Substance | None
    code: str = ""
    """The caller's own name for the thing."""
    amount: Amount | None = None
    """Each time."""
    times_per_day: Decimal | None = None
    """On a day on which it is taken."""
    basis: Basis | None = None
    """None: nobody says, so a named compound counts as such, and a bare nutrient as itself."""
    pattern: Pattern | None = None
    """None: every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """Something that holds a nutrient, and why it is in no total."""

    typed: str
    nutrient: str
    why: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One nutrient, from everything that could be counted."""

    nutrient: str
    amount: Amount
    """Of the nutrient itself, on the day on which most of it is taken."""
    average: Amount | None
    """Per day over time, rounded to six decimals where it has more. None: something is taken as needed."""
    limit: Amount | None
    limit_row: Limit | None
    limit_state: LimitState
    codes: tuple[str, ...]
    """Of everything that adds to it, in the order of input, each once."""
    typed: tuple[str, ...]
    """What adds to it, by the names that were entered, in the order of input, each once."""
    incomplete: bool
    """More of it is taken than is counted here."""

    @property
    def is_over(self) -> bool | None:
        """Whether the limit is passed. None: there is no limit to compare with, or what is missing might pass it."""
        if self.limit is None:
            return None
        if self.amount > self.limit:
            return True
        return None if self.incomplete else False

    @property
    def limit_words(self) -> str:
        """The limit, or why there is none, in a sentence."""
        return self.limit_state.sentence(self.nutrient, self.limit_row)


@dataclass(frozen=True, slots=True)
class Totals:
    totals: tuple[Total, ...] = ()
    """By the name of the nutrient."""
    not_counted: tuple[NotCounted, ...] = ()

    def of(self, nutrient: str) -> Total | None:
        return next((total for total in self.totals if total.nutrient == nutrient), None)


@dataclass(frozen=True, slots=True)
class _Part:
    item: TakenAmount
    each: Decimal
    """µg of the nutrient on a day on which it is taken."""


def nutrient_in_words(nutrient: str) -> str:
    """As it is written for people: “Magnesium”, “Vitamin B6”."""
    vitamin, _, letter = nutrient.partition(" ")
    return f"Vitamin {letter.upper()}" if vitamin == "vitamin" and letter else nutrient.capitalize()


class CannotCount(ValueError):
    """Its text says why this amount is in no total."""


def totals(taken: Sequence[TakenAmount], *, limits: Limits, person: Person) -> Totals:
    """All nutrients in what is taken. The order makes no difference to any amount.

    A limit is a limit per day, and a day on which everything falls together is a real day: so the largest day is
    compared, not the average. Of given weekdays it is known which fall together; of “every 2 days” it is not, so they
    are taken to. “As needed” counts with all its times.
    """
    counted: dict[str, list[_Part]] = defaultdict(list)
    missed: list[NotCounted] = []
    for item in taken:
        if item.substance is None or item.substance.nutrient is None:
            continue
        nutrient = item.substance.nutrient
        try:
            each = elemental_per_day(item)
            _ = _written(each, limits.unit_of(nutrient) or Unit.UG)
            counted[nutrient].append(_Part(item, each))
        except CannotCount as error:
            missed.append(_missed(item, nutrient, str(error)))
        except AmountError:
            missed.append(_missed(item, nutrient, _NOT_EXACT))
    incomplete = {miss.nutrient for miss in missed}
    found: list[Total] = []
    for nutrient, parts in sorted(counted.items()):
        try:
            found.append(_total(nutrient, parts, limits, person, incomplete=nutrient in incomplete))
        except (AmountError, DecimalException):
            missed += [_missed(part.item, nutrient, _NOT_EXACT) for part in parts]
    return Totals(tuple(found), tuple(missed))


def elemental_per_day(item: TakenAmount) -> Decimal:
    """µg of the nutrient, exactly, on a day on which it is taken. Raises `CannotCount` with the reason."""
    substance = item.substance
    if substance is None or substance.nutrient is None:
        raise CannotCount("It holds no nutrient that is counted.")
    if item.amount is None:
        raise CannotCount("How much of it is taken is not known.")
    if item.times_per_day is None:
        raise CannotCount("How often a day it is taken is not known.")
    if not item.times_per_day.is_finite() or item.times_per_day <= 0:
        raise CannotCount("How often a day it is taken is a number above zero.")
    try:
        each = _EXACT.multiply(_micrograms(item.amount, substance), _part(item, substance))
        return _EXACT.multiply(each, item.times_per_day)
    except DecimalException as error:
        raise CannotCount(_NOT_EXACT) from error


def _micrograms(amount: Amount, substance: Substance) -> Decimal:
    if amount.micrograms is not None:
        return amount.micrograms
    if amount.unit is Unit.IU and substance.ug_per_iu is not None:
        return _EXACT.multiply(amount.value, substance.ug_per_iu)
    if amount.unit is Unit.IU:
        raise CannotCount(f"How many µg of {substance.name} one IU stands for was not read: enter µg or mg.")
    raise CannotCount(f"{amount.display()} says nothing about the weight of {substance.name}: enter mg or µg.")


def _part(item: TakenAmount, substance: Substance) -> Decimal:
    """Which part of the amount is the nutrient."""
    if (item.basis or substance.default_basis) is Basis.ELEMENTAL:
        return Decimal(1)
    if not substance.is_salt:
        raise CannotCount(f"Which compound of {substance.nutrient} it is, nobody says: enter the compound by name.")
    if substance.fraction is None:
        raise CannotCount(
            f"Which part of {substance.name} is {substance.nutrient} was not read: enter the amount of "
            f"{substance.nutrient} itself, as its label states it."
        )
    return substance.fraction


def _missed(item: TakenAmount, nutrient: str, why: str) -> NotCounted:
    return NotCounted(typed=item.typed, nutrient=nutrient, why=why, code=item.code)


def _total(nutrient: str, parts: Sequence[_Part], limits: Limits, person: Person, *, incomplete: bool) -> Total:
    unit = limits.unit_of(nutrient) or _largest_unit(parts)
    state, row = limits.find(nutrient, person)
    return Total(
        nutrient=nutrient,
        amount=_written(_largest_day(parts), unit),
        average=_average(parts, unit),
        limit=row.amount if row is not None else None,
        limit_row=row,
        limit_state=state,
        codes=tuple(dict.fromkeys(part.item.code for part in parts if part.item.code)),
        typed=tuple(dict.fromkeys(part.item.typed for part in parts)),
        incomplete=incomplete,
    )


def _largest_unit(parts: Sequence[_Part]) -> Unit:
    """The largest unit of mass that something was entered in; µg if nothing was."""
    units = {part.item.amount.unit for part in parts if part.item.amount is not None}
    return next((unit for unit in (Unit.G, Unit.MG, Unit.UG) if unit in units), Unit.UG)


def _largest_day(parts: Sequence[_Part]) -> Decimal:
    return max(_sum(part.each for part in parts if _may_fall_on(part.item.pattern, weekday)) for weekday in _WEEK)


def _may_fall_on(pattern: Pattern | None, weekday: int) -> bool:
    return pattern is None or pattern.kind is not PatternKind.WEEKDAYS or weekday in pattern.weekdays


def _average(parts: Sequence[_Part], unit: Unit) -> Amount | None:
    if any(part.item.pattern is not None and part.item.pattern.is_as_needed for part in parts):
        return None
    mean = sum((Fraction(part.each) * _share(part.item.pattern) for part in parts), start=Fraction(0))
    # A third of a dose has no end: rounded once, here.
    millionths = round(mean * Fraction(10) ** (MAX_DECIMALS - _POWER[unit]))
    return Amount(Decimal(millionths).scaleb(-MAX_DECIMALS, context=_EXACT), unit)


def _share(pattern: Pattern | None) -> Fraction:
    """On which part of all days it is taken."""
    if pattern is None or pattern.kind is PatternKind.DAILY:
        return Fraction(1)
    return Fraction(1, pattern.interval_days) if pattern.interval_days else Fraction(len(pattern.weekdays), 7)


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    result = Decimal(0)
    for number in numbers:
        result = _EXACT.add(result, number)
    return result


def _written(micrograms: Decimal, unit: Unit) -> Amount:
    return Amount(micrograms.scaleb(-_POWER[unit], context=_EXACT), unit)
