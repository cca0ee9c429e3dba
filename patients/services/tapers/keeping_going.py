"""Rescue medicine was needed often, a hold is proposed, and a clinician decides that the taper goes on all the same."""

from datetime import datetime

from clinics.actor import Actor
from patients.models import Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.rescue_days import needs_rescue_too_often
from patients.services.tapers.tapering import require_staff, tapering
from protocols.domain.taper_states import TaperMove, TaperStatus


def keep_going(taper: Taper, *, reason: str, by: Actor, at: datetime, revision: int | None) -> Taper:
    """Let it go on as it is signed. Her rescue days through today are decided upon and count no more.

    No dose and no date changes. If it is needed as often again, a hold is proposed again. Refused where nothing is
    proposed, or the taper is held.
    """
    if not reason.strip():
        raise InvalidRequest("Say why it goes on.", field="reason")
    with tapering(taper, by=by, at=at, revision=revision) as move:
        require_staff(by)
        if move.taper.status not in {TaperStatus.ACTIVE.value, TaperStatus.WATCHING.value}:
            raise Refused("It is not running, so nothing is proposed.")
        if not needs_rescue_too_often(move.taper, on=move.today):
            raise Refused(
                "Rescue medicine is not needed as often any more as the signed plan names: no hold is proposed."
            )
        move.taper.rescue_decided_on = move.today
        move.note(TaperMove.HOLD, reason=reason.strip(), details={"rescue": "goes-on"})
    return move.taper
