"""What the portal says to patients: plain words, civil dates, and no blame."""

from datetime import date

from patients.models import Plan, PlanPhase
from patients.services.progress import day_in_words, days_in_words, running_words
from protocols.domain.phases import PhaseStatus
from protocols.models.content import EvidenceGrade

EVIDENCE = {
    EvidenceGrade.GOOD: "Well tested: several controlled trials agree.",
    EvidenceGrade.LIMITED: "Partly tested: there are few trials, or they do not agree.",
    EvidenceGrade.WEAK: "Hardly tested: no controlled trials, or only an idea of how it might work.",
    EvidenceGrade.NONE: "Not tested: no trial was found.",
}


def evidence_words(grade: str) -> str:
    return EVIDENCE[EvidenceGrade(grade)]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text as it was typed: a line that was broken to fit is one line again."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def day_in_full(day: date, today: date) -> str:
    """“Monday 4 January”; with the year where it is not this one."""
    return f"{day:%A} {day_in_words(day, today)}"


def day_in_short(day: date, today: date) -> str:
    """“4 Jan”, for the columns of a table; with the year where it is not this one."""
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def days_ahead(day: date, today: date) -> str:
    """“tomorrow”, “in 12 days”. The day lies ahead."""
    days = (day - today).days
    return "tomorrow" if days == 1 else f"in {days_in_words(days)}"


def standing(plan: Plan, *, today: date) -> str:
    """The phases that run now, in one sentence: “Repair · day 9 of 28, and Rebalance”.

    Load the plan by `with_progress`. A phase past its planned last day is no fault of the patient, so it is
    never called overdue here: the days go on being counted until the practitioner ends it.
    """
    running = [phase for phase in plan.phases.all() if phase.is_open]
    if not any(_is_past_planned_end(phase, today) for phase in running):
        return running_words(plan, today=today)
    words = [f"{phase.title} · {phase_words(phase, today)}" for phase in running]
    *others, last = words
    return f"{', '.join(others)}, and {last}" if others else last


def phase_words(phase: PlanPhase, today: date) -> str:
    """Where one phase stands, in a few words: beside its bar in the drawing, and in the table."""
    status = PhaseStatus(phase.status)
    if status is PhaseStatus.PLANNED:
        if phase.starts_on > today:
            return f"from {day_in_words(phase.starts_on, today)}"
        return "ready to begin"
    if status is PhaseStatus.ON_HOLD:
        return "resting"
    if status is PhaseStatus.ACTIVE:
        number = phase.day_number(today)
        if phase.duration_days is None or _is_past_planned_end(phase, today):
            return f"day {number}"
        return f"day {number} of {phase.duration_days}"
    if status is PhaseStatus.COMPLETED and phase.ends_on is not None:
        return f"ended {day_in_words(phase.ends_on, today)}"
    return "left out"


def _is_past_planned_end(phase: PlanPhase, today: date) -> bool:
    return phase.ends_on is not None and phase.is_open and today > phase.ends_on
