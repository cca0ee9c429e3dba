"""From a recipe to steps: what is taken, how often and how long, one step after another, down to none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from protocols.domain.pattern import Pattern
from protocols.domain.product import Product
from protocols.domain.recipe_line import Line
from protocols.domain.recipe_methods import Taken, reduction, total, ways_to_cut
from protocols.domain.recipe_terms import MOST_STEPS, Method, check_start
from protocols.domain.recipe_terms import Entry as Entry
from protocols.domain.recipe_terms import Recipe as Recipe
from protocols.domain.recipe_terms import Rounding as Rounding
from protocols.domain.recipe_terms import SlotAmount as SlotAmount
from protocols.domain.taper_error import TaperError, at
from protocols.domain.taper_findings import Finding
from protocols.domain.taper_steps import Step, same_slot

_DAILY: Final = Pattern.daily()
_CUT_FIELDS: Final = {
    Method.STRENGTH_LADDER: "recipe.method",
    Method.FIXED_AMOUNT: "recipe.amount",
    Method.PERCENT_OF_START: "recipe.percent",
    Method.PERCENT_OF_CURRENT: "recipe.percent",
}


@dataclass(frozen=True, slots=True)
class Built:
    """The steps of a recipe, undated, and what to look at in them."""

    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]


def build(product: Product, start: Sequence[SlotAmount], recipe: Recipe, *, start_pattern: Pattern = _DAILY) -> Built:
    """The steps that lead from `start`, which is what is taken now, to nothing. start_pattern: how often it is taken.

    In order: the starting dose held, times of day dropped, the method's steps, the tail. Raises `TaperError` with
    the path of what to change.
    """
    _check_patterns(product, recipe)
    check_start(start, recipe.first_drop)
    for position, one in enumerate(start):
        with at(f"start[{position}].amount"):
            product.make(one.amount)
    started = {one.slot: product.exactly(one.amount) for one in start}
    line = Line(product, started, start_pattern)
    if recipe.hold_start_days:
        line.add(started, recipe.hold_start_days, field="recipe.hold_start_days", pattern=start_pattern)
    if recipe.method is not Method.EXPLICIT:
        _Reducing(line, started, recipe).run()
    _add_entries(line, started, recipe)
    if not line.steps:
        raise TaperError(
            "no_steps",
            "recipe",
            "This recipe makes no step: nothing lower can be made. Take smaller cuts, or add a tail.",
        )
    return Built(tuple(line.steps), tuple(line.findings))


class _Reducing:
    """The steps that a method works out: times of day dropped first, then amounts."""

    def __init__(self, line: Line, started: Taken, recipe: Recipe) -> None:
        self._line = line
        self._started = started
        self._recipe = recipe

    def run(self) -> None:
        """Add the steps, down to the floor or to the last dose above 0."""
        line = self._line
        for dropped in self._recipe.first_drop:
            self._add({slot: each for slot, each in line.taken.items() if not same_slot(slot, dropped)}, asked=None)
        field = _CUT_FIELDS[self._recipe.method]
        with at(field):
            lower = reduction(line.product, self._started, self._recipe)
        floor = self._floor()
        while floor is None or total(line.taken) > floor:
            wanted = lower(line.taken)
            made: Taken = {}
            if floor is None or total(wanted) >= floor:
                made = line.made(wanted, self._recipe.round, fields=dict.fromkeys(wanted, field))
            if floor is not None and total(made) < floor:
                # Asked for less than the floor, the floor is what was asked for; else rounding went below it.
                self._add(self._at_floor(floor), asked=max(total(wanted), floor))
                return
            if not made:
                return
            self._add(made, asked=total(wanted))

    def _add(self, taken: Taken, *, asked: Fraction | None) -> None:
        if len(self._line.steps) == MOST_STEPS:
            raise TaperError(
                "end_never_reached",
                "recipe",
                f"After {MOST_STEPS} steps this taper has not reached its end: take larger cuts, or set a floor.",
            )
        if self._line.rises_with(taken, _DAILY):
            raise TaperError(
                "dose_rises",
                "recipe.method",
                "What is taken now is not taken daily, and the first step, daily, would be more a day on average: "
                "write every step out.",
            )
        days = self._recipe.days_per_step
        assert days is not None
        self._line.add(taken, days, field="recipe.days_per_step", asked=asked)

    def _floor(self) -> Fraction | None:
        if self._recipe.floor is None:
            return None
        with at("recipe.floor"):
            self._line.product.make(self._recipe.floor)
            floor = self._line.product.exactly(self._recipe.floor)
            if floor > total(self._line.taken):
                raise TaperError(
                    "floor_too_high", "", "The floor is above what is taken when the cuts begin: choose a lower one."
                )
        return floor

    def _at_floor(self, floor: Fraction) -> Taken:
        """The floor shared among the times of day: cut as the method cuts, or else in a way that can be made."""
        taken = self._line.taken
        for shared in ways_to_cut(taken, total(taken) - floor, self._recipe.method):
            if self._line.can_make(shared):
                return shared
        raise TaperError(
            "floor_not_makeable",
            "recipe.floor",
            "The floor cannot be shared among the times of day: choose another, or drop a time of day first.",
        )


def _written_out(recipe: Recipe) -> list[tuple[str, Entry]]:
    """The steps of the explicit method and of the tail, each with its path."""
    written = [(f"recipe.steps[{n}]", entry) for n, entry in enumerate(recipe.steps)]
    return written + [(f"recipe.tail[{n}]", entry) for n, entry in enumerate(recipe.tail)]


def _check_patterns(product: Product, recipe: Recipe) -> None:
    """Raise `TaperError` for a pattern that this class never permits: said before any dose is worked out."""
    for path, entry in _written_out(recipe):
        if not product.medicine_class.permits(entry.pattern):
            raise TaperError(
                "pattern_not_permitted",
                f"{path}.pattern",
                f"{product.medicine_class.label}: “{entry.pattern}” is not permitted while it is reduced. "
                f"Write {product.medicine_class.permitted_in_words}.",
            )


def _add_entries(line: Line, started: Taken, recipe: Recipe) -> None:
    """Add the steps that are written out, of the explicit method and of the tail. None of them may go up."""
    written = _written_out(recipe)
    for number, (path, entry) in enumerate(written, start=1):
        wanted, fields = _written(line, started, entry, path)
        made = line.made(wanted, recipe.round, fields=fields)
        if not made:
            if number < len(written):
                raise TaperError(
                    "rounded_to_nothing",
                    path,
                    "Rounded down this step takes nothing, which ends the taper: leave out what follows it, or give a "
                    f"dose that can be made of {line.product.describe()}.",
                )
            return
        if line.rises_with(made, entry.pattern):
            raise TaperError(
                "dose_rises",
                f"{path}.{'take' if entry.amount is None else 'amount'}",
                "This step takes more a day, on average, than the one before: a taper only goes down.",
            )
        line.add(made, entry.days, field=f"{path}.days", pattern=entry.pattern, asked=total(wanted))


def _written(line: Line, started: Taken, entry: Entry, path: str) -> tuple[Taken, dict[str, str]]:
    """What a written step takes at each time of day, and where that is said."""
    if not entry.take:
        slot = _only_slot(line.taken, started, path)
        assert entry.amount is not None
        with at(f"{path}.amount"):
            return {slot: line.product.exactly(entry.amount)}, {slot: f"{path}.amount"}
    fields = {one.slot: f"{path}.take[{n}].amount" for n, one in enumerate(entry.take)}
    wanted = {}
    for one in entry.take:
        with at(fields[one.slot]):
            wanted[one.slot] = line.product.exactly(one.amount)
    if entry.amount is not None:
        with at(f"{path}.amount"):
            if line.product.exactly(entry.amount) != total(wanted):
                raise TaperError(
                    "take_differs", "", "The amounts in “take” do not add up to this: correct one, or leave this out."
                )
    return wanted, fields


def _only_slot(taken: Taken, started: Taken, path: str) -> str:
    for slots in (taken, started):
        if len(slots) == 1:
            return next(iter(slots))
    raise TaperError(
        "take_needed", f"{path}.take", "There are several times of day: say with “take” how much is taken at each."
    )
