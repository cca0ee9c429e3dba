"""What was changed in the clinic below is noticed here, not announced there: prescribers, and staff who left.

An address that was changed, confirmed or ended decides to whom anything may go, and so does the end of a membership.
Each message asks once more before it goes; this brings the ledger in line beforehand, calls the practitioner where a
prescriber is not reached any more, and a colleague where the practitioner has left.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinics.models import Membership, Prescriber
from patients.models import Plan, RedFlagReport
from patients.reminders.isolation import each
from patients.reminders.planning import replan

BATCH = 50


def notice_prescribers(*, at: datetime) -> int:
    """Plan anew what is owed in the plans of every prescriber who was changed; how many they were."""
    changed = list(Prescriber.objects.unnoticed().order_by("unnoticed_since", "pk")[:BATCH])
    return each(changed, lambda prescriber: _notice(prescriber, at=at), what="a prescriber who was changed")


def notice_staff(*, at: datetime) -> int:
    """Plan anew what is owed in the plans of everybody whose membership ended; how many memberships they were."""
    ended = list(Membership.objects.unnoticed().order_by("unnoticed_since", "pk")[:BATCH])
    return each(ended, lambda membership: _notice_end(membership, at=at), what="a membership that ended")


def replan_of_prescriber(prescriber: Prescriber, *, at: datetime, patient: int | None = None) -> None:
    """Plan anew what is owed in the plans of this prescriber; of one patient, if her key is given."""
    plans = Plan.objects.filter(tapers__prescriber=prescriber)
    _replan(plans if patient is None else plans.filter(patient=patient), at=at)


def _replan(plans: "QuerySet[Plan]", *, at: datetime) -> None:
    """Those of them that run, or in which a warning sign is open; one plan is locked at a time."""
    open_sign = RedFlagReport.objects.filter(taper__plan=OuterRef("pk"), cleared_at__isnull=True)
    concerned = plans.filter(Q(pk__in=Plan.objects.running()) | Exists(open_sign))
    for key in concerned.order_by("pk").values_list("pk", flat=True).distinct():
        with transaction.atomic():
            replan(Plan.objects.select_for_update(of=("self",)).get(pk=key), at=at)


def _notice(prescriber: Prescriber, *, at: datetime) -> bool:
    replan_of_prescriber(prescriber, at=at)
    # What was changed meanwhile is another change, and is noticed next time.
    seen = Prescriber.objects.filter(pk=prescriber.pk, unnoticed_since=prescriber.unnoticed_since)
    return seen.update(unnoticed_since=None) == 1


def _notice_end(membership: Membership, *, at: datetime) -> bool:
    _replan(Plan.objects.filter(practitioner=membership.user_id, patient__clinic=membership.clinic_id), at=at)
    return Membership.objects.filter(pk=membership.pk).update(unnoticed_since=None) == 1
