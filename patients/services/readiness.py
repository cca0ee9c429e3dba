"""Whether a phase may be finished: each exit criterion as met, not met or unknown, with its reason. People decide."""

from datetime import date

from patients.models import PlanPhase
from protocols.domain.phases import PhaseStatus
from protocols.domain.readiness import Criterion, Facts, Reading, Verdict, evaluate

NOT_LIVED = {PhaseStatus.PLANNED.value, PhaseStatus.SKIPPED.value}


def readings_of(phase: PlanPhase, *, today: date) -> list[tuple[str, str, Reading]]:
    """For each criterion: its key, its sentence, and what is to be said of it today."""
    # A phase that somebody must start may stand past its planned first day; nothing of it is lived.
    lived = phase.day_number(today) if phase.status not in NOT_LIVED else 0
    readings = []
    for criterion in phase.criteria.all():
        facts = Facts(lived_days=lived, signed_off=True if criterion.signed_off_at else None)
        reading = evaluate(Criterion(criterion.kind, criterion.parameters, criterion.sentence), facts)
        readings.append((criterion.key, criterion.sentence, reading))
    return readings


def unmet(readings: list[tuple[str, str, Reading]]) -> list[str]:
    """The sentences of those that are not met, or of which nothing is known."""
    return [sentence for _, sentence, reading in readings if reading.verdict in {Verdict.NOT_MET, Verdict.UNKNOWN}]
