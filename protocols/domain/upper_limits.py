"""Upper limits: how much of a nutrient a day is likely to do no harm, for whom, and what counts towards it.

“None is set” and “not read” are two different things, and neither is a limit of a neighbour: a limit for adults says
nothing about a child, and an old limit nothing about the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from protocols.domain.amount import Amount, Unit
from protocols.domain.sources import Mark


class Counts(StrEnum):
    """What a limit counts. Food is in no total here, so a total from supplements can only be too low."""

    ALL = "all"
    SUPPLEMENTS = "supplements and medicines"

    @property
    def label(self) -> str:
        return {"all": "food, supplements and medicines together", "supplements and medicines": self.value}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a limit is looked up for. None is not known."""

    age: int | None = None
    sex: str | None = None
    pregnant: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One row: a nutrient, for people of these ages."""

    nutrient: str
    unit: Unit
    """In which totals of this nutrient are written, even where no limit is set."""
    amount: Amount | None
    """None: the source says that none could be set."""
    counts: Counts
    first_age: int
    last_age: int | None = None
    """In completed years, itself included; None: no last one."""
    sex: str | None = None
    """None: both."""
    pregnant: bool | None = None
    """None: pregnant or not."""
    basis: str
    """What exactly is counted, in words: “preformed vitamin A only”."""
    version: str
    year: int
    cite: str
    mark: Mark

    @property
    def is_enabled(self) -> bool:
        """A limit that somebody only remembers waits for a source."""
        return self.mark.counts

    def is_for(self, person: Person) -> bool:
        """Whether the row may be about this person: what is not known excludes nothing."""
        return (
            (
                person.age is None
                or (self.first_age <= person.age and (self.last_age is None or person.age <= self.last_age))
            )
            and (self.sex is None or person.sex is None or self.sex == person.sex)
            and (self.pregnant is None or person.pregnant is None or self.pregnant == person.pregnant)
        )

    @property
    def whom(self) -> str:
        """ "from 19 years", "pregnant, 19 to 50 years"."""
        ages = f"from {self.first_age} years" if self.last_age is None else f"{self.first_age} to {self.last_age} years"
        pregnant = {None: None, True: "pregnant", False: "not pregnant"}[self.pregnant]
        return ", ".join(word for word in (self.sex, pregnant, ages) if word)


class LimitState(StrEnum):
    """What is known of the limit of a nutrient for a person."""

    SET = "set"
    ASSUMED = "assumed"
    NONE_SET = "none-set"
    NOT_FOR_AGE = "not-for-age"
    NOT_READ = "not-read"

    def sentence(self, nutrient: str, row: Limit | None) -> str:
        """For a clinician: the limit with its source, or why there is none."""
        if self is LimitState.NOT_READ:
            return f"An upper limit of {nutrient} was not read, so none is compared."
        if self is LimitState.NOT_FOR_AGE:
            return f"The upper limit of {nutrient} for this age was not read; that for adults does not hold for it."
        if row is None or row.amount is None:
            source = f" ({row.version}, {row.year})" if row is not None else ""
            return f"No upper limit of {nutrient} is set{source}: too little is known to set one."
        text = (
            f"Upper limit of {nutrient}: {row.amount.display()} a day, {row.whom}; counted are {row.counts.label}; "
            f"{row.basis} ({row.version}, {row.year})."
        )
        if self is LimitState.ASSUMED:
            text += " Age, sex or pregnancy is not known: this is the lowest limit that was read for adults."
        return text


class Limits:
    """All rows that were read. Raises `ValueError` when two of them hold for one person."""

    def __init__(self, rows: Iterable[Limit] = ()) -> None:
        self._rows = tuple(rows)
        if (place := find_overlap(self._rows)) is not None:
            raise ValueError(f"Two limits of {self._rows[place].nutrient} hold for one person: say the ages of each.")

    def __iter__(self) -> Iterator[Limit]:
        return iter(self._rows)

    def unit_of(self, nutrient: str) -> Unit | None:
        return next((row.unit for row in self._rows if row.nutrient == nutrient), None)

    def find(self, nutrient: str, person: Person) -> tuple[LimitState, Limit | None]:
        """What is known of this person's limit, and the row that says it.

        Where age, sex or pregnancy is not known, the lowest limit of those that may hold is compared, and said to be
        assumed: above it something is to be looked at whoever it is; below it nothing is promised.
        """
        rows = [row for row in self._rows if row.nutrient == nutrient and row.is_enabled]
        if not rows:
            return LimitState.NOT_READ, None
        fitting = [row for row in rows if row.is_for(person)]
        if not fitting:
            return LimitState.NOT_FOR_AGE, None
        lowest = min(fitting, key=lambda row: _order(row.amount))
        if lowest.amount is None:
            return LimitState.NONE_SET, lowest
        certain = person.age is not None and len(fitting) == 1
        return (LimitState.SET if certain else LimitState.ASSUMED), lowest


def find_overlap(rows: Sequence[Limit]) -> int | None:
    """The place of the first row that holds for people for whom an earlier one does, both enabled."""
    return next((place for place, row in enumerate(rows) if any(_overlap(row, other) for other in rows[:place])), None)


def _order(amount: Amount | None) -> tuple[bool, object]:
    return (amount is None, amount.micrograms if amount is not None else 0)


def _overlap(one: Limit, other: Limit) -> bool:
    last, other_last = one.last_age, other.last_age
    return (
        one.nutrient == other.nutrient
        and one.is_enabled
        and other.is_enabled
        and (other_last is None or one.first_age <= other_last)
        and (last is None or other.first_age <= last)
        and (one.sex is None or other.sex is None or one.sex == other.sex)
        and (one.pregnant is None or other.pregnant is None or one.pregnant == other.pregnant)
    )
