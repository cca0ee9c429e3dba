"""Taking on a warning sign: somebody of staff says “I see to it”, and nobody else is called."""

from datetime import datetime

from clinics.actor import Actor
from clinics.roles import Act
from patients.models import RedFlagReport
from patients.services.tapers.tapering import require_staff, tapering
from protocols.domain.taper_states import TaperMove


def take_on_red_flag(report: RedFlagReport, *, by: Actor, at: datetime) -> RedFlagReport:
    """Say that this member of staff sees to it. What was taken on already stays with whoever did so first.

    It does not clear the warning sign: a clinician does that, with what the review found.
    """
    with tapering(report.taper, by=by, at=at, revision=None, act=Act.TAKE_ON_WARNING) as move:
        move.is_beside_schedule = True
        move.needs_no_dates = True
        require_staff(by)
        locked = RedFlagReport.objects.select_for_update().get(pk=report.pk)
        if not locked.is_taken_on:
            locked.take_on(by_kind=by.kind.value, by_code=by.code, at=at)
            locked.save(update_fields=["taken_on_at", "taken_on_by_kind", "taken_on_by_code"])
            move.note(TaperMove.HOLD, reason="A warning sign was taken on.", details={"report": locked.code})
    return locked
