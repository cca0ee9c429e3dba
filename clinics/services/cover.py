"""Who stands in for whom: entering it, ending it, and asking for a day."""

from datetime import date, datetime, timedelta

from django.db import transaction

from clinics.actor import Actor, require
from clinics.domain.instants import civil_date, zone
from clinics.models import Clinic, Cover, Membership, User
from clinics.roles import Act
from clinics.services.staffing_errors import StaffingRefused

LONGEST = timedelta(days=366)


@transaction.atomic
def add_cover(
    clinic: Clinic, *, absent: User, stand_in: User, first_day: date, last_day: date, by: Actor, at: datetime
) -> Cover:
    """Somebody stands in for somebody else on these days of the clinic, both included.

    Nobody stands in who is away on one of them: what is for the first would reach neither.
    """
    locked = _locked(clinic, by=by)
    today = civil_date(at, zone(locked.zone))
    if absent == stand_in:
        raise StaffingRefused("Choose two different people.", field="stand_in")
    if last_day < first_day:
        raise StaffingRefused("The last day is the first one, or a later one.", field="last_day")
    if last_day < today:
        raise StaffingRefused("These days are over.", field="last_day")
    if last_day - first_day > LONGEST:
        raise StaffingRefused("Somebody stands in for a year at most.", field="last_day")
    _require_may_stand_in(locked, absent=absent, stand_in=stand_in)
    same_days = Cover.objects.filter(clinic=locked).overlapping(first_day, last_day)
    if same_days.filter(absent=absent).exists():
        raise StaffingRefused(f"Somebody stands in for {absent} on some of these days already. End that first.")
    if same_days.filter(absent=stand_in).exists():
        raise StaffingRefused(f"{stand_in} is away on some of these days. Choose somebody else.", field="stand_in")
    if same_days.filter(stand_in=absent).exists():
        raise StaffingRefused(
            f"{absent} stands in for somebody on some of these days. Let somebody else do that first.", field="absent"
        )
    cover = Cover.objects.create(
        clinic=locked,
        absent=absent,
        stand_in=stand_in,
        first_day=first_day,
        last_day=last_day,
        added_at=at,
        by_kind=by.kind.value,
        by_code=by.code,
    )
    Clinic.objects.filter(pk=locked.pk).update(covered_until=max(last_day, locked.covered_until or last_day))
    say_that_it_changed(locked, at=at)
    return cover


@transaction.atomic
def end_cover(cover: Cover, *, by: Actor, at: datetime) -> Cover:
    """From today on nobody stands in any more. Of days gone by it stays true. Ending what is over changes nothing."""
    clinic = _locked(cover.clinic, by=by)
    locked = Cover.objects.get(pk=cover.pk)
    yesterday = civil_date(at, zone(clinic.zone)) - timedelta(days=1)
    if locked.ended_at is not None or locked.last_day <= yesterday:
        return locked
    locked.last_day = max(yesterday, locked.first_day - timedelta(days=1))
    locked.ended_at, locked.ended_by_kind, locked.ended_by_code = at, by.kind.value, by.code
    locked.save(update_fields=["last_day", "ended_at", "ended_by_kind", "ended_by_code"])
    say_that_it_changed(clinic, at=at)
    return locked


def covers_of(clinic: Clinic) -> list[Cover]:
    """Who stands in for whom here, on whatever days. Somebody who has left stands in for nobody any more."""
    works_here = Membership.objects.open().filter(clinic=clinic).values("user")
    found = Cover.objects.filter(clinic=clinic, stand_in__is_active=True, stand_in__in=works_here)
    return list(found.select_related("stand_in").order_by("pk"))


def say_that_it_changed(clinic: Clinic, *, at: datetime) -> None:
    """Who is written to may be somebody else now: whoever plans messages looks again."""
    # The first change that nobody has noticed: all after it are looked at with it.
    Clinic.objects.filter(pk=clinic.pk, unnoticed_since__isnull=True).update(unnoticed_since=at)


def _locked(clinic: Clinic, *, by: Actor) -> Clinic:
    # The clinic is locked, so that two who enter cover at once see each other's.
    locked = Clinic.objects.select_for_update().get(pk=clinic.pk)
    require(by, Act.MANAGE_STAFF, clinic=locked)
    return locked


def _require_may_stand_in(clinic: Clinic, *, absent: User, stand_in: User) -> None:
    here = Membership.objects.open().filter(clinic=clinic, user__is_active=True)
    for person, field in ((absent, "absent"), (stand_in, "stand_in")):
        if not here.filter(user=person).exists():
            raise StaffingRefused(f"{person} does not work here.", field=field)
    practises = here.that_may(Act.MOVE_PLAN)
    if practises.filter(user=absent).exists() and not practises.filter(user=stand_in).exists():
        raise StaffingRefused(
            f"{absent} is a practitioner. Choose a practitioner to stand in: nobody else may decide about plans.",
            field="stand_in",
        )
