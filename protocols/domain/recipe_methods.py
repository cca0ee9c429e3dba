"""What each method asks for next: exact numbers, before they are rounded to what can be made.

Every function takes what is taken now, by time of day, and gives what is wanted next; a time of day that is left out
is no longer taken. Nothing at all: the method has reached its end.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from protocols.domain.product import Product
from protocols.domain.recipe_terms import Method, Recipe
from protocols.domain.taper_error import TaperError

Taken = dict[str, Fraction]
"""By time of day, as listed: how much, in the product's unit."""


def total(taken: Taken) -> Fraction:
    """What is taken in a day."""
    return sum(taken.values(), Fraction(0))


def reduction(product: Product, start: Taken, recipe: Recipe) -> Callable[[Taken], Taken]:
    """What works out the next dose by this recipe's method. Not for the explicit one, which is written out."""
    if recipe.method is Method.STRENGTH_LADDER:
        if product.liquid is not None:
            raise TaperError("no_ladder", "", "A liquid has no ladder of strengths: choose an amount or a percentage.")
        strengths = sorted((product.exactly(strength) for strength in product.strengths), reverse=True)
        return lambda taken: rung_below(taken, strengths)
    if recipe.method is Method.FIXED_AMOUNT:
        assert recipe.amount is not None
        amount = product.exactly(recipe.amount)
        return lambda taken: less_from_the_last(taken, amount)
    assert recipe.percent is not None
    percent = recipe.percent
    if recipe.method is Method.PERCENT_OF_START:
        cut = total(start) * Fraction(percent) / 100
        return lambda taken: less_in_proportion(taken, cut, shares=start)
    return lambda taken: percent_less(taken, percent)


def rung_below(taken: Taken, strengths: list[Fraction]) -> Taken:
    """The highest dose, the last listed of equals, goes to the next lower of `strengths` (highest first).

    Where there is none, that time of day is dropped.
    """
    slot = _highest(taken)
    lower = next((strength for strength in strengths if strength < taken[slot]), Fraction(0))
    return _still_taken({**taken, slot: lower})


def less_from_the_last(taken: Taken, cut: Fraction) -> Taken:
    """So much less a day: off the last listed time of day, and what that does not hold off the one before."""
    left = dict(taken)
    for slot in reversed(taken):
        off = min(cut, left[slot])
        left[slot] -= off
        cut -= off
    return _still_taken(left)


def less_in_proportion(taken: Taken, cut: Fraction, *, shares: Taken) -> Taken:
    """So much less a day, shared in proportion to `shares` among the times of day that are left.

    One that holds less than its share is dropped, and the others bear the rest.
    """
    left = dict(taken)
    while left:
        whole = sum(shares[slot] for slot in left)
        off = {slot: cut * shares[slot] / whole for slot in left}
        emptied = [slot for slot in left if left[slot] <= off[slot]]
        if not emptied:
            return {slot: left[slot] - off[slot] for slot in left}
        cut -= sum(left.pop(slot) for slot in emptied)
    return {}


def percent_less(taken: Taken, percent: Decimal) -> Taken:
    """Every time of day less by so many percent of what is taken then."""
    return {slot: amount * (100 - Fraction(percent)) / 100 for slot, amount in taken.items()}


def ways_to_cut(taken: Taken, cut: Fraction, method: Method) -> tuple[Taken, ...]:
    """The ways to take just so much off, which is less than is taken: first the way in which this method cuts."""
    in_proportion = {slot: each * (total(taken) - cut) / total(taken) for slot, each in taken.items()}
    from_the_last = less_from_the_last(taken, cut)
    if method is Method.FIXED_AMOUNT:
        return from_the_last, in_proportion
    highest = _highest(taken)
    if method is Method.STRENGTH_LADDER and cut <= taken[highest]:
        return _still_taken({**taken, highest: taken[highest] - cut}), from_the_last, in_proportion
    return in_proportion, from_the_last


def _highest(taken: Taken) -> str:
    """The time of day of the highest dose, the last listed of equals."""
    return max(reversed(taken), key=lambda one: taken[one])


def _still_taken(taken: Taken) -> Taken:
    return {slot: amount for slot, amount in taken.items() if amount}
