"""What the clock brings about: phases start on their day. Reminders are gathered by `patients.reminders`."""

from datetime import datetime

from clinics.actor import Actor
from patients.models import PlanPhase
from patients.services import phase_moves
from protocols.domain.phases import IllegalTransition

BATCH = 200


def start_due_phases(*, by: Actor, at: datetime) -> int:
    """Start every phase whose day has begun where its patient lives; how many. Several may run at once."""
    started = 0
    due = PlanPhase.objects.filter(begins_at__lte=at).select_related("plan").order_by("begins_at", "position")[:BATCH]
    for phase in due:
        try:
            phase_moves.start(phase, by=by, at=at, revision=None)
        except IllegalTransition:
            # Somebody moved the plan, or another sweep was first.
            continue
        started += 1
    return started
