"""What is known about a person on one day, as gates and rules ask it. None is unknown, and unknown is never "no"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.rule_terms import Span, TimeUnit

LIST_COUNTS_FOR: Final = Span(6, TimeUnit.MONTHS)
"""So long a complete list of medicines says that nothing else is taken. Our own figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSource:
    """Where a plain fact comes from, in words, and the civil date on which it was so."""

    as_of: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionFact:
    """A condition that somebody has, had, or is known not to have.

    code: an ICD-10-CM leaf, written with its dot. is_present: False says that it was looked for and is not there.
    resolved_on: its last day; None: not over, or not known.
    """

    code: str
    is_present: bool
    as_of: date
    source: str
    resolved_on: date | None = None

    def is_over_on(self, day: date) -> bool:
        return self.resolved_on is not None and self.resolved_on < day


@dataclass(frozen=True, slots=True, kw_only=True)
class AllergyFact:
    """Something a person must not be given. reaction, severity: empty if nobody knows."""

    substance: str
    reaction: str
    severity: str
    as_of: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineFact:
    """A medicine taken now, or stopped on `until` (its last day; None while it is taken).

    medicine_class None: nobody knows what it is. since None: it is not known since when.
    """

    substance: str
    medicine_class: MedicineClass | None
    since: date | None
    until: date | None
    as_of: date
    source: str

    def is_taken_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFact:
    """One result that is a number. code: LOINC, or a code of the clinic's own. unit: UCUM, as the laboratory wrote it.

    comparator: "=", or "<" and ">" where the laboratory gives a limit of its method instead of a value.
    """

    code: str
    value: Decimal
    unit: str
    collected_on: date
    comparator: str = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class LabAnswerFact:
    """One result that is a word, such as "positive" or "negative"."""

    code: str
    answer: str
    collected_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLabFact:
    """A test whose result is not there yet. collected_on None: the sample is not taken yet."""

    code: str
    collected_on: date | None
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """A person on the day `on`.

    medicines: what is known to be taken, or to have been. That nothing else is taken is known only if somebody asked:
    medicines_complete_as_of is the day on which the list was complete, None if nobody knows that.
    allergies: None: unknown; an empty tuple: none are known although somebody asked.
    labs, lab_answers, pending_labs: the newest of each code, in each of the three lists. labs_without_result: codes of
    tests that were asked for or made, and of which the record has no result.
    sources: where the plain facts come from, by the name of the attribute, such as "is_pregnant"; a fact that was
    recorded as unknown has its source here as well.
    """

    on: date
    birth_date: date | None = None
    sex: str | None = None
    is_pregnant: bool | None = None
    is_breastfeeding: bool | None = None
    weight: Amount | None = None
    conditions: tuple[ConditionFact, ...] = ()
    allergies: tuple[AllergyFact, ...] | None = None
    medicines: tuple[MedicineFact, ...] = ()
    medicines_complete_as_of: date | None = None
    labs: tuple[LabFact, ...] = ()
    lab_answers: tuple[LabAnswerFact, ...] = ()
    pending_labs: tuple[PendingLabFact, ...] = ()
    labs_without_result: tuple[str, ...] = ()
    sources: Mapping[str, FactSource] = field(default_factory=dict)

    @property
    def age(self) -> int | None:
        """Completed years; None if the birth date is unknown."""
        if self.birth_date is None:
            return None
        had_birthday = (self.on.month, self.on.day) >= (self.birth_date.month, self.birth_date.day)
        return self.on.year - self.birth_date.year - (0 if had_birthday else 1)

    @property
    def is_nothing_else_taken(self) -> bool:
        """Whether the list of medicines is complete that day. What was asked long ago says nothing of it."""
        asked_on = self.medicines_complete_as_of
        return asked_on is not None and LIST_COUNTS_FOR.after(asked_on) >= self.on

    def medicines_of(self, classes: Iterable[MedicineClass]) -> list[MedicineFact]:
        """What is known to be taken that day of these classes. An empty list is no "no": ask `takes_any_of`."""
        wanted = set(classes)
        return [fact for fact in self.medicines if fact.medicine_class in wanted and fact.is_taken_on(self.on)]

    def takes_any_of(self, classes: Iterable[MedicineClass]) -> bool | None:
        """True if a listed medicine is of these classes; False only if the list is complete and each one is known."""
        if self.medicines_of(classes):
            return True
        is_any_unknown = any(fact.medicine_class is None and fact.is_taken_on(self.on) for fact in self.medicines)
        return None if is_any_unknown or self.medicines_complete_as_of is None else False
