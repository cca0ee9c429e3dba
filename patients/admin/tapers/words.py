"""Tapers as the pages say them: steps as rows of a table, units, codes that a person compares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.services.tapers.request_page import in_groups
from protocols.domain.course import Course
from protocols.domain.dose_words import (
    joined,
    pattern_in_words,
    slot_in_words,
    taken_in_figures,
    taken_in_words,
    units_in_figures,
)
from protocols.domain.taper import DatedStep, Dose, Schedule, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step as a row. dates None where a hold leaves them open; where: “now”, “over” or nothing."""

    number: str
    first: date | None
    last: date | None
    days: int
    words: str
    figures: str
    pattern: str
    dose_days: int | None
    total: str
    where: str = ""
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a schedule comes to. dispense: “28 × 20 mg and 50 × 10 mg”."""

    first_day: date
    ends_on: date | None
    last_dose_on: date | None
    days: int | None
    total: str
    dispense: str
    whole: str


def rows_of_schedule(schedule: Schedule, *, form: str) -> list[StepRow]:
    """Steps as they would lie, unsigned."""
    rows = [_dated(step, form, number=str(step.number)) for step in schedule.steps]
    return [*rows, *(_waiting(step, form) for step in schedule.waiting)]


def rows_of_course(course: Course, *, form: str, today: date) -> list[StepRow]:
    """Steps as they are lived. With several versions their number stands before that of the step."""
    several = len({step.version for step in course.steps}) > 1
    rows = []
    for step in course.steps:
        is_cut = step.last != step.dated.last
        where = "now" if step.contains(today) else "over" if step.last is not None and step.last < today else ""
        rows.append(
            _dated(
                step.dated,
                form,
                number=f"{step.version}.{step.number}" if several else str(step.number),
                last=step.last,
                where=where,
                counts=not is_cut,
            )
        )
    return [*rows, *(_waiting(step, form) for step in course.waiting)]


def totals_of(schedule: Schedule) -> Totals:
    dispensed = schedule.dispense() or ()
    return Totals(
        first_day=schedule.first_day,
        ends_on=schedule.ends_on,
        last_dose_on=schedule.last_dose_on,
        days=schedule.days,
        total=schedule.total.display() if schedule.total else "",
        dispense=joined(units_in_figures(each.units) for each in dispensed),
        whole=joined(f"{each.whole:f} × {each.units.strength_text}" for each in dispensed if each.whole is not None),
    )


def taken_words(doses: Iterable[Dose], form: str) -> str:
    """“one capsule of 20 mg before breakfast and one capsule of 10 mg at bedtime”."""
    return joined(f"{taken_in_words(dose.units, form)} {slot_in_words(dose.slot)}" for dose in doses)


def grouped(sha256: str) -> str:
    """In groups of eight, as a person compares them."""
    return " ".join(in_groups(sha256))


def _dated(
    dated: DatedStep, form: str, *, number: str, last: date | None = None, where: str = "", counts: bool = True
) -> StepRow:
    ends = last or dated.last
    return StepRow(
        number=number,
        first=dated.first,
        last=ends,
        days=dated.step.days if ends is None else (ends - dated.first).days + 1,
        dose_days=dated.dose_days if counts else None,
        total=dated.total.display() if counts and dated.total is not None else "",
        where=where,
        held=sum(window.days or 0 for window in dated.held),
        **_words(dated.step, form),
    )


def _waiting(step: Step, form: str) -> StepRow:
    return StepRow(number="–", first=None, last=None, days=step.days, dose_days=None, total="", **_words(step, form))


def _words(step: Step, form: str) -> dict[str, Any]:
    return {
        "words": taken_words(step.doses, form),
        "figures": joined(f"{taken_in_figures(dose.units)} {slot_in_words(dose.slot)}" for dose in step.doses),
        "pattern": pattern_in_words(step.pattern),
    }
