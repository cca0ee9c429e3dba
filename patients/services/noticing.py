"""What was changed in the clinic below is noticed here, not announced there: prescribers, staff who left, and cover.

An address that was changed, confirmed or ended decides to whom anything may go, and so does the end of a membership.
Each message asks once more before it goes; this brings the ledger in line beforehand, calls the practitioner where a
prescriber is not reached any more, and a colleague where the practitioner has left.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinics.models import Clinic, Cover, Membership, Prescriber
from patients.models import Plan, RecipientKind, RedFlagReport, Reminder
from patients.reminders.batches import in_batches
from patients.reminders.isolation import each
from patients.reminders.planning import replan

BATCH = 50
_SIGN_NOT_TAKEN_ON = Exists(RedFlagReport.objects.filter(taper__plan=OuterRef("pk"), taken_on_at__isnull=True))


def notice_prescribers(*, at: datetime) -> int:
    """Plan anew what is owed in the plans of every prescriber who was changed; how many they were."""
    changed = Prescriber.objects.unnoticed().order_by("unnoticed_since", "pk")
    return each(
        in_batches(changed, size=BATCH),
        lambda prescriber: _notice(prescriber, at=at),
        what="a prescriber who was changed",
    )


def notice_staff(*, at: datetime) -> int:
    """Plan anew what is owed in the plans of everybody whose membership ended; how many memberships they were."""
    ended = Membership.objects.unnoticed().order_by("unnoticed_since", "pk")
    return each(
        in_batches(ended, size=BATCH), lambda membership: _notice_end(membership, at=at), what="a membership that ended"
    )


def notice_clinics(*, at: datetime) -> int:
    """Plan anew what is owed where cover or the order of escalation was changed; how many clinics they were."""
    changed = Clinic.objects.unnoticed().order_by("unnoticed_since", "pk")
    return each(
        in_batches(changed, size=BATCH),
        lambda clinic: _notice_staffing(clinic, at=at),
        what="a clinic whose cover was changed",
    )


def replan_of_prescriber(prescriber: Prescriber, *, at: datetime, patient: int | None = None) -> None:
    """Plan anew what is owed in the plans of this prescriber; of one patient, if her key is given."""
    plans = Plan.objects.filter(tapers__prescriber=prescriber)
    _replan(plans if patient is None else plans.filter(patient=patient), at=at)


def _replan(plans: "QuerySet[Plan]", *, at: datetime) -> None:
    """Those of them that run, or in which a warning sign is open; one plan is locked at a time.

    One that breaks keeps none of the others with somebody who is not there any more, and is raised.
    """
    open_sign = RedFlagReport.objects.filter(taper__plan=OuterRef("pk"), cleared_at__isnull=True)
    concerned = plans.filter(Q(pk__in=Plan.objects.running()) | Exists(open_sign))
    keys = list(concerned.order_by("pk").values_list("pk", flat=True).distinct())
    each(keys, lambda key: _plan_anew(key, at=at), what="a plan to be planned anew")


@transaction.atomic
def _plan_anew(key: int, *, at: datetime) -> bool:
    replan(Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=key), at=at)
    return True


def _notice(prescriber: Prescriber, *, at: datetime) -> bool:
    replan_of_prescriber(prescriber, at=at)
    # What was changed meanwhile is another change, and is noticed next time.
    seen = Prescriber.objects.filter(pk=prescriber.pk, unnoticed_since=prescriber.unnoticed_since)
    return seen.update(unnoticed_since=None) == 1


def _notice_end(membership: Membership, *, at: datetime) -> bool:
    # Those in which this person was to stand in, or to be called, go to somebody else as well.
    stood_in_for = Cover.objects.filter(clinic=membership.clinic_id, stand_in=membership.user_id)
    own = Q(practitioner=membership.user_id) | Q(practitioner__in=stood_in_for.values("absent"))
    concerned = own | _SIGN_NOT_TAKEN_ON | _owes([membership.user.code])
    _replan(Plan.objects.filter(concerned, patient__clinic=membership.clinic_id), at=at)
    return Membership.objects.filter(pk=membership.pk).update(unnoticed_since=None) == 1


def _notice_staffing(clinic: Clinic, *, at: datetime) -> bool:
    since = clinic.unnoticed_since
    changed = Cover.objects.filter(Q(added_at__gte=since) | Q(ended_at__gte=since), clinic=clinic)
    people = {code for row in changed.values_list("absent__code", "stand_in__code") for code in row}
    concerned = Q(practitioner__in=changed.values("absent")) | _SIGN_NOT_TAKEN_ON | _owes(people)
    _replan(Plan.objects.filter(concerned, patient__clinic=clinic), at=at)
    return Clinic.objects.filter(pk=clinic.pk, unnoticed_since=since).update(unnoticed_since=None) == 1


def _owes(people: Iterable[str]) -> Q:
    """Plans in which anything is owed to staff with these codes, whosever plans they are.

    Whoever has practised here longest looks after the plans of those who left, too.
    """
    owed = Reminder.objects.owed().filter(recipient_kind=RecipientKind.STAFF.value, recipient_code__in=list(people))
    return Q(pk__in=owed.values("plan"))
