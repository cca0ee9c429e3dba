"""The steps of a schedule and what they come to, as rows that letter and page show."""

from patients.services.documents.printable import day
from patients.services.tapers.request_content import DoseLine, Fact, StepLine
from protocols.domain.dose_words import joined, pattern_in_words, slot_in_words, taken_in_figures, taken_in_words
from protocols.domain.taper import DatedStep, Dose, Schedule


def dose_line(dose: Dose, form: str) -> DoseLine:
    """One time of day of a step, in words and in figures."""
    return DoseLine(
        slot=slot_in_words(dose.slot),
        words=taken_in_words(dose.units, form),
        figures=taken_in_figures(dose.units),
    )


def step_line(dated: DatedStep, form: str) -> StepLine:
    """One step of a schedule without holds, so that it has its dates."""
    assert dated.last is not None
    assert dated.dose_days is not None
    assert dated.total is not None
    return StepLine(
        number=dated.number,
        first=dated.first,
        last=dated.last,
        days=(dated.last - dated.first).days + 1,
        pattern=pattern_in_words(dated.step.pattern),
        doses=tuple(dose_line(dose, form) for dose in dated.step.doses),
        per_dose_day=dated.step.amount_per_dose_day.display(),
        dose_days=dated.dose_days,
        total=dated.total.display(),
    )


def totals(dated: Schedule) -> tuple[Fact, ...]:
    """What the whole of it comes to."""
    assert dated.ends_on is not None
    assert dated.total is not None
    dispensed = joined(taken_in_figures([each.units]) for each in dated.dispense() or ())
    last_dose = day(dated.last_dose_on) if dated.last_dose_on else "none is planned; taken as needed"
    return (
        Fact(label="First day", words=day(dated.first_day)),
        Fact(label="Last day", words=day(dated.ends_on)),
        Fact(label="Last dose", words=last_dose),
        Fact(label="Days", words=str(dated.days)),
        Fact(label="Total", words=dated.total.display()),
        Fact(label="Units", words=dispensed or "none are counted; taken as needed"),
    )
