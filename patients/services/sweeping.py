"""What the clock brings about: phases start, tapers wait or end, what rested until its last day is stopped.

Reminders are gathered by `patients.reminders`.
"""

from contextlib import ExitStack
from datetime import datetime

from clinics.actor import Actor
from patients.models import PlanPhase
from patients.reminders.batches import in_batches
from patients.reminders.isolation import each
from patients.services import phase_moves
from patients.services.falling_back import fall_back
from patients.services.noticing import notice_clinics, notice_prescribers, notice_staff
from patients.services.orders.looking_after import stop_what_rested_to_its_end
from patients.services.safety.looking import look_at_plans
from patients.services.silence import notice_silence
from patients.services.tapers.looking_after import look_after_tapers
from protocols.domain.phases import IllegalTransition

BATCH = 200


def do_what_is_due(*, by: Actor, at: datetime) -> None:
    """All that the clock brings about by now. What breaks in one part keeps the others from nothing."""
    try:
        move_what_is_due(by=by, at=at)
    finally:
        look_at_plans(at=at)


def move_what_is_due(*, by: Actor, at: datetime) -> None:
    """The same without the morning’s look at the safety rules: that costs the most, and moves nothing by itself."""
    with ExitStack() as parts:
        # Last in, first out; what breaks in one keeps the others from nothing.
        parts.callback(fall_back, at=at)
        parts.callback(notice_silence, at=at)
        parts.callback(notice_clinics, at=at)
        parts.callback(notice_staff, at=at)
        parts.callback(notice_prescribers, at=at)
        parts.callback(stop_what_rested_to_its_end, by=by, at=at)
        parts.callback(look_after_tapers, by=by, at=at)
        start_due_phases(by=by, at=at)


def start_due_phases(*, by: Actor, at: datetime) -> int:
    """Start every phase whose day has begun where its patient lives; how many. Several may run at once."""
    due = PlanPhase.objects.filter(begins_at__lte=at).select_related("plan").order_by("begins_at", "position", "pk")
    return each(in_batches(due, size=BATCH), lambda phase: _start(phase, by=by, at=at), what="a phase that begins")


def _start(phase: PlanPhase, *, by: Actor, at: datetime) -> bool:
    try:
        phase_moves.start(phase, by=by, at=at, revision=None)
    except IllegalTransition:
        # Somebody moved the plan, or another sweep was first.
        return False
    return True
