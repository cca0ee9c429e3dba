"""What was changed in the clinic below is noticed here, not announced there: the messages to a prescriber.

An address that was changed, confirmed or ended decides to whom anything may go. Each message asks once more before it
goes; this brings the ledger in line beforehand, and calls the practitioner where a prescriber is not reached any more.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clinics.models import Prescriber
from patients.models import Plan, RedFlagReport
from patients.reminders.isolation import each
from patients.reminders.planning import replan

BATCH = 50


def notice_prescribers(*, at: datetime) -> int:
    """Plan anew what is owed in the plans of every prescriber who was changed; how many they were."""
    changed = list(Prescriber.objects.unnoticed().order_by("unnoticed_since", "pk")[:BATCH])
    return each(changed, lambda prescriber: _notice(prescriber, at=at), what="a prescriber who was changed")


def replan_of_prescriber(prescriber: Prescriber, *, at: datetime, patient: int | None = None) -> None:
    """The same for one prescriber; of one patient, if her key is given. One plan is locked at a time."""
    open_sign = RedFlagReport.objects.filter(taper__plan=OuterRef("pk"), cleared_at__isnull=True)
    plans = Plan.objects.filter(tapers__prescriber=prescriber).filter(
        Q(pk__in=Plan.objects.running()) | Exists(open_sign)
    )
    if patient is not None:
        plans = plans.filter(patient=patient)
    for key in plans.order_by("pk").values_list("pk", flat=True).distinct():
        with transaction.atomic():
            replan(Plan.objects.select_for_update(of=("self",)).get(pk=key), at=at)


def _notice(prescriber: Prescriber, *, at: datetime) -> bool:
    replan_of_prescriber(prescriber, at=at)
    # What was changed meanwhile is another change, and is noticed next time.
    seen = Prescriber.objects.filter(pk=prescriber.pk, unnoticed_since=prescriber.unnoticed_since)
    return seen.update(unnoticed_since=None) == 1
