"""A patient was heard from: she opened a page of hers, or followed a link. Written at most once an hour."""

from datetime import datetime, timedelta
from typing import Final

from clinics.domain.instants import civil_date, zone
from patients.models import Heard, Patient

AGAIN_AFTER: Final = timedelta(hours=1)
"""So long after a visit another one is written down: she then saw what was changed in between."""


def hear(patient: Patient, *, at: datetime) -> None:
    """Note that she was there on this day. No query where that is known, if `patient.heard` is loaded."""
    today = civil_date(at, zone(patient.zone))
    known = getattr(patient, "heard", None)
    if known is not None and known.heard_on == today and known.unanswered_since is None and _is_new(known, at=at):
        return
    said = {"heard_at": at, "heard_on": today, "unanswered_since": None, "is_silence_planned": False}
    Heard.objects.update_or_create(patient=patient, defaults=said)


def _is_new(known: Heard, *, at: datetime) -> bool:
    return known.heard_at is not None and at < known.heard_at + AGAIN_AFTER
