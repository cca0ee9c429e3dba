"""What comes next, in words: the next phase with its date, or on whom it waits."""

from dataclasses import dataclass
from datetime import date

from patients.models import Plan, PlanPhase
from patients.portal.words import day_in_full, days_ahead
from protocols.domain.layout import AnchorKind
from protocols.domain.phases import PhaseStatus, PlanStatus


@dataclass(frozen=True, slots=True)
class Coming:
    """One phase that has not begun."""

    title: str
    sentence: str


def what_comes_next(plan: Plan, *, today: date) -> list[Coming]:
    """The next planned phase, or those that begin on the same day; empty when none is planned."""
    phases = list(plan.phases.all())
    planned = [phase for phase in phases if phase.is_planned]
    if not planned:
        return []
    first = min(phase.starts_on for phase in planned)
    by_key = {phase.key: phase for phase in phases}
    return [
        Coming(phase.title, _sentence(phase, by_key.get(phase.anchor_phase), today))
        for phase in planned
        if phase.starts_on == first
    ]


def _sentence(phase: PlanPhase, anchor: PlanPhase | None, today: date) -> str:
    if anchor is not None and _waits_for_end_of(phase, anchor):
        return f"It follows {anchor.title}, which is resting. Its date is open until that goes on."
    if phase.plan.status == PlanStatus.ON_HOLD.value:
        return f"It was planned for {day_in_full(phase.starts_on, today)}. The days that your plan rests come on top."
    if phase.starts_on <= today:
        return "It is ready to begin. Your practitioner starts it with you."
    words = f"{day_in_full(phase.starts_on, today)}, {days_ahead(phase.starts_on, today)}"
    if phase.starts_by_person:
        return f"It is planned for {words}. Your practitioner starts it with you."
    return f"It begins on {words}."


def _waits_for_end_of(phase: PlanPhase, anchor: PlanPhase) -> bool:
    return phase.anchor == AnchorKind.PHASE_END.value and anchor.status == PhaseStatus.ON_HOLD.value
