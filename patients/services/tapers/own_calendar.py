"""The private address of a patient’s calendar: she alone makes it, renews it, chooses what it says, and ends it."""

from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, ActorKind, NotAllowed
from patients.models import CalendarFeed, Patient
from patients.models.private_links import new_nonce
from patients.services.errors import Refused


@transaction.atomic
def make_feed(patient: Patient, *, shows_detail: bool = False, by: Actor, at: datetime) -> CalendarFeed:
    """A calendar address; the one that she has, if she has one. shows_detail: whether titles name what is taken."""
    _lock(patient, by=by)
    feed = CalendarFeed.objects.filter(patient=patient, revoked_at__isnull=True).first()
    return feed or _new(patient, shows_detail=shows_detail, shows_times=False, at=at)


@transaction.atomic
def renew_feed(feed: CalendarFeed, *, by: Actor, at: datetime) -> CalendarFeed:
    """Another address for the same calendar: the old one opens nothing any more."""
    standing = _standing(feed, by=by)
    _revoke(standing, at=at)
    return _new(standing.patient, shows_detail=standing.shows_detail, shows_times=standing.shows_times, at=at)


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: Actor, at: datetime) -> CalendarFeed:
    """End it: its address opens nothing any more. What a calendar program holds already, it keeps."""
    standing = _standing(feed, by=by)
    _revoke(standing, at=at)
    return standing


@transaction.atomic
def choose_detail(feed: CalendarFeed, *, shows_detail: bool, by: Actor) -> CalendarFeed:
    """Whether titles name what is taken. The address stays; a controlled medicine is never named."""
    standing = _standing(feed, by=by)
    standing.shows_detail = shows_detail
    standing.save(update_fields=["shows_detail"])
    return standing


@transaction.atomic
def choose_times(feed: CalendarFeed, *, shows_times: bool, by: Actor) -> CalendarFeed:
    """Whether it carries the times of her day, for the coming two weeks. The address stays."""
    standing = _standing(feed, by=by)
    standing.shows_times = shows_times
    standing.save(update_fields=["shows_times"])
    return standing


def _lock(patient: Patient, *, by: Actor) -> None:
    """Two taps at once make one address."""
    if by.kind is not ActorKind.PATIENT or by.code != patient.code:
        raise NotAllowed("Only the patient herself makes or changes her private calendar.")
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _standing(feed: CalendarFeed, *, by: Actor) -> CalendarFeed:
    _lock(feed.patient, by=by)
    locked = CalendarFeed.objects.select_related("patient").get(pk=feed.pk)
    if locked.revoked_at is not None:
        raise Refused("This calendar address was ended already. Make a new one.")
    return locked


def _revoke(feed: CalendarFeed, *, at: datetime) -> None:
    feed.revoked_at = at
    feed.save(update_fields=["revoked_at"])


def _new(patient: Patient, *, shows_detail: bool, shows_times: bool, at: datetime) -> CalendarFeed:
    return CalendarFeed.objects.create(
        patient=patient, nonce=new_nonce(), shows_detail=shows_detail, shows_times=shows_times, made_at=at
    )
