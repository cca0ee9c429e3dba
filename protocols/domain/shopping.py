"""What to buy for the next so many days. Packages are chosen by size alone, never by what anybody earns from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from protocols.domain.amount import Unit
from protocols.domain.dose_count import DoseCountError
from protocols.domain.fewest_pieces import FewestPieces, TooMuchWork
from protocols.domain.units_needed import Counted, Use, units_left, units_needed

LONGEST_LIST_DAYS: Final = 365


class ShoppingError(ValueError):
    """The list cannot be made; `str()` is the sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoppingItem:
    """One product with all orders of it. package_sizes: units in each package that is sold; empty: nobody said."""

    code: str
    label: str
    unit: Unit
    uses: tuple[Use, ...]
    counts: tuple[Counted, ...] = ()
    package_sizes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Packages:
    """So many packages of one size."""

    size: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoppingLine:
    """One product to buy. needed: units in that time. on_hand: units left today; None: nobody has counted, so all that
    is needed is missing, and the line says so. packages: empty when no size is known. is_also_as_needed: some orders
    of it are taken as needed, and what they take is not in the numbers.
    """

    code: str
    label: str
    unit: Unit
    needed: Decimal
    on_hand: Decimal | None
    missing: Decimal
    packages: tuple[Packages, ...]
    is_also_as_needed: bool

    @property
    def left_over(self) -> Decimal | None:
        """Units that the packages hold beyond what is missing; None without packages."""
        if not self.packages:
            return None
        return sum((Decimal(each.size * each.count) for each in self.packages), Decimal(0)) - self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class AsNeeded:
    """A product that is taken as needed alone. on_hand: as it was last counted or bought; None: nobody has."""

    code: str
    label: str
    unit: Unit
    on_hand: Decimal | None


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A product of which nobody can say how much to buy, and why, as a sentence."""

    code: str
    label: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoppingList:
    """first and last day are both in it. enough: the codes of products of which nothing has to be bought."""

    first: date
    last: date
    lines: tuple[ShoppingLine, ...]
    as_needed: tuple[AsNeeded, ...]
    not_counted: tuple[NotCounted, ...]
    enough: tuple[str, ...]


def shopping_list(items: Iterable[ShoppingItem], *, today: date, days: int) -> ShoppingList:
    """What is needed from today on for so many days, today included, less what is left today, in the items' order.

    A product of which nothing is taken in that time is left out. Raises `ShoppingError` for days outside 1 to 365.
    """
    if not 1 <= days <= LONGEST_LIST_DAYS:
        raise ShoppingError(f"A list for {days} days is not possible: choose 1 to {LONGEST_LIST_DAYS} days.")
    last = today + timedelta(days=days - 1)
    lines: list[ShoppingLine] = []
    as_needed: list[AsNeeded] = []
    not_counted: list[NotCounted] = []
    enough: list[str] = []
    for item in items:
        going = [use for use in item.uses if _goes_on(use, today, last)]
        regular = [use for use in going if not use.pattern.is_as_needed]
        try:
            if regular:
                line = _line(item, going, today=today, days=days)
                if line.missing:
                    lines.append(line)
                elif line.needed:
                    enough.append(item.code)
            elif going:
                on_hand = units_left(item.counts, (), before=today)
                as_needed.append(AsNeeded(code=item.code, label=item.label, unit=item.unit, on_hand=on_hand))
        except DoseCountError as error:
            not_counted.append(NotCounted(item.code, item.label, error.text))
    return ShoppingList(
        first=today,
        last=last,
        lines=tuple(lines),
        as_needed=tuple(as_needed),
        not_counted=tuple(not_counted),
        enough=tuple(enough),
    )


def packages_for(missing: Decimal, sizes: Sequence[int]) -> tuple[Packages, ...]:
    """The packages that hold at least so much: the least left over, then the fewest packages, largest first.

    Empty when nothing is missing or no size is known. Where looking would take too long, as many of the largest.
    """
    ordered = sorted({size for size in sizes if size > 0}, reverse=True)
    if missing <= 0 or not ordered:
        return ()
    pieces = FewestPieces(ordered, halves=False)
    measures = int((missing / pieces.measure).to_integral_value(rounding=ROUND_CEILING))
    try:
        total = pieces.above(measures - 1)
        if total is not None:
            return tuple(Packages(ordered[index], halves // 2) for index, halves in pieces.make(total))
    except TooMuchWork:
        pass
    return (Packages(ordered[0], int((missing / ordered[0]).to_integral_value(rounding=ROUND_CEILING))),)


def _goes_on(use: Use, first: date, last: date) -> bool:
    window = use.window
    return window is not None and window.first <= last and (window.last is None or window.last >= first)


def _line(item: ShoppingItem, going: Sequence[Use], *, today: date, days: int) -> ShoppingLine:
    needed = sum((units_needed(going, today + timedelta(days=number)) for number in range(days)), Decimal(0))
    on_hand = units_left(item.counts, item.uses, before=today)
    missing = max(Decimal(0), needed - (on_hand or Decimal(0)))
    return ShoppingLine(
        code=item.code,
        label=item.label,
        unit=item.unit,
        needed=needed,
        on_hand=on_hand,
        missing=missing,
        packages=packages_for(missing, item.package_sizes),
        is_also_as_needed=any(use.pattern.is_as_needed for use in going),
    )
