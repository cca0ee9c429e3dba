"""What is known about a person on one day, as gates and rules ask it. None is unknown, and unknown is never "no"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionFact:
    """A condition that somebody has, had, or is known not to have.

    code: an ICD-10-CM leaf, written with its dot. is_present: False says that it was looked for and is not there.
    """

    code: str
    is_present: bool
    as_of: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineFact:
    """A medicine taken now, or stopped on `until` (its last day; None while it is taken).

    since None: it is not known since when.
    """

    substance: str
    medicine_class: MedicineClass
    since: date | None
    until: date | None
    as_of: date
    source: str

    def is_taken_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFact:
    """One result. code: LOINC, or a code of the clinic's own. unit: UCUM, as the laboratory wrote it."""

    code: str
    value: Decimal
    unit: str
    collected_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A person on the day `on`.

    medicines None: nobody has asked what else is taken; an empty tuple: nothing is.
    """

    on: date
    birth_date: date | None = None
    sex: str | None = None
    is_pregnant: bool | None = None
    is_breastfeeding: bool | None = None
    weight: Amount | None = None
    conditions: tuple[ConditionFact, ...] = ()
    medicines: tuple[MedicineFact, ...] | None = None
    labs: tuple[LabFact, ...] = ()

    @property
    def age(self) -> int | None:
        """Completed years; None if the birth date is unknown."""
        if self.birth_date is None:
            return None
        had_birthday = (self.on.month, self.on.day) >= (self.birth_date.month, self.birth_date.day)
        return self.on.year - self.birth_date.year - (0 if had_birthday else 1)

    def medicines_of(self, classes: Iterable[MedicineClass]) -> list[MedicineFact] | None:
        """What is taken that day of these classes; None if nobody knows what is taken."""
        if self.medicines is None:
            return None
        wanted = set(classes)
        return [fact for fact in self.medicines if fact.medicine_class in wanted and fact.is_taken_on(self.on)]
