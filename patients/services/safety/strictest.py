"""Several rules that ask for hours between the same products: only the strictest of them stands.

Whoever keeps four hours keeps two as well, so nobody is asked about both.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Final, Protocol, TypeVar

from protocols.domain.safety import Found, Spacing

Pairs = Mapping[tuple[str, str], tuple[Decimal, Decimal]]
"""By two products, in the order of their codes: how long the first is taken before the other, and how long after it."""
_NEVER: Final = Decimal("Infinity")


class Dated(Protocol):
    """A finding, and the first day on which it is so."""

    @property
    def found(self) -> Found: ...
    @property
    def first_day(self) -> date: ...


Each = TypeVar("Each", bound=Dated)


def strictest(standing: Sequence[Each]) -> list[Each]:
    """All but hours apart that another finding asks for as well, of the same products and from the same day on."""
    pairs = [{} if each.found.spacing is None else _pairs(each.found.spacing) for each in standing]

    def is_within(place: int, other: int) -> bool:
        if not pairs[place] or place == other or standing[other].first_day > standing[place].first_day:
            return False
        return _holds(pairs[other], pairs[place])

    return [
        each
        for place, each in enumerate(standing)
        # Of two that ask for the same, the first stands.
        if not any(
            is_within(place, other) and (other < place or not is_within(other, place)) for other in range(len(standing))
        )
    ]


def _holds(strict: Pairs, other: Pairs) -> bool:
    return all(
        pair in strict and strict[pair][0] >= before and strict[pair][1] >= after
        for pair, (before, after) in other.items()
    )


def _pairs(spacing: Spacing) -> Pairs:
    before = _NEVER if spacing.before_hours is None else spacing.before_hours
    after = _NEVER if spacing.after_hours is None else spacing.after_hours
    found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for a, b in product(spacing.a_codes, spacing.b_codes):
        if a == b:
            continue
        pair, hours = ((a, b), (before, after)) if a < b else ((b, a), (after, before))
        known = found.get(pair, hours)
        found[pair] = (max(known[0], hours[0]), max(known[1], hours[1]))
    return found
