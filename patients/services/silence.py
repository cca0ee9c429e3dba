"""The clinic is told of a patient whom nobody has heard from for a week: planned some days ahead, by the sweep."""

from datetime import datetime, timedelta

from django.db import transaction

from clinics.domain.message_budget import SILENT_AFTER
from patients.models import Heard, Plan
from patients.reminders.batches import in_batches
from patients.reminders.isolation import each
from patients.reminders.planning import replan_as_a_whole

BATCH = 50
AHEAD = timedelta(days=3)
"""So long before it is due it is planned, so that no zone’s morning is gone by then."""


def notice_silence(*, at: datetime) -> int:
    """Plan what the clinic is to be told if the silence lasts; of how many patients."""
    since = at.date() - SILENT_AFTER + AHEAD
    found = Heard.objects.unplanned().filter(unanswered_since__lte=since).order_by("unanswered_since", "pk")
    return each(
        in_batches(found, size=BATCH), lambda heard: _plan(heard, at=at), what="a patient who is not heard from"
    )


@transaction.atomic
def _plan(heard: Heard, *, at: datetime) -> bool:
    for key in Plan.objects.filter(patient=heard.patient_id).running().order_by("pk").values_list("pk", flat=True):
        replan_as_a_whole(Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=key), at=at)
    same = Heard.objects.filter(pk=heard.pk, unanswered_since=heard.unanswered_since)
    return same.update(is_silence_planned=True) == 1
