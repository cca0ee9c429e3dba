"""How a patient is reached: what about and by which channel first, and the browsers that may show a note.

She says it herself, or staff write down what she said. What is owed follows at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from clinics.actor import Actor, ActorKind, NotAllowed, require
from clinics.roles import Act
from patients.models import (
    Channel,
    ContactKind,
    ContactPoint,
    MessageGroup,
    MessagePreference,
    Patient,
    PushSubscription,
    StopReason,
    SubscriptionEnd,
)
from patients.reminders.channels.configured import channels_set_up, push_public_key, read_subscription
from patients.reminders.channels.push_subscription import SubscriptionRefused
from patients.reminders.kinds import KINDS
from patients.reminders.planning import replan_all_of
from patients.reminders.ways import ways_of
from patients.services.errors import InvalidRequest
from patients.services.record_history import stamp_history

MOST_BROWSERS = 5
"""Of one patient. A newer one takes the place of the oldest."""


@transaction.atomic
def prefer(
    patient: Patient, *, group: MessageGroup, channels: Sequence[Channel], by: Actor, at: datetime, kind: str = ""
) -> MessagePreference:
    """From now on these messages go by these channels, the first that works; none: no such messages.

    The first leads to the patient now; those that stand in for it may come to do so later, as a number that is agreed
    to next week does. kind: one kind of this group alone. Without it the whole group: then it is the last word on each
    of its kinds, and what was said of one by itself counts no more. Raises `InvalidRequest` for a kind that nobody can
    choose for or that is not of this group, for a first channel that does not lead to the patient, and for one that is
    named twice.
    """
    locked = _locked(patient, by=by)
    if kind:
        _check_kind(kind, group)
    usable = {way.channel for way in ways_of([locked])[locked.pk].usable}
    if channels and channels[0] not in usable:
        raise InvalidRequest(_why_not(locked, channels[0]), field=group.value)
    if len(set(channels)) != len(channels):
        raise InvalidRequest("Name each way once, the first one first.", field=group.value)
    if not kind:
        _forget(_of_single_kinds(locked, [group]), by=by, at=at)
    preference = _write(locked, group, kind, channels, by=by, at=at)
    replan_all_of(locked, at=at)
    return preference


@transaction.atomic
def follow_group(patient: Patient, *, group: MessageGroup, kind: str, by: Actor, at: datetime) -> None:
    """From now on this kind goes as its group does: what was said of it by itself counts no more.

    Raises `InvalidRequest` as `prefer` does.
    """
    locked = _locked(patient, by=by)
    _check_kind(kind, group)
    said = list(_of_single_kinds(locked, [group]).filter(kind=kind))
    _forget(said, by=by, at=at)
    if said:
        replan_all_of(locked, at=at)


@transaction.atomic
def switch_off(patient: Patient, *, groups: Sequence[MessageGroup], by: Actor, at: datetime) -> None:
    """No more messages of these groups, by no channel, whatever was said of single kinds in them.

    Said twice, it stays as it was said first.
    """
    locked = _locked(patient, by=by)
    off = MessagePreference.objects.filter(patient=locked, kind="", channels=[])
    single = list(_of_single_kinds(locked, groups))
    is_off = set(off.values_list("group", flat=True)) - {each.group for each in single}
    open_groups = [group for group in groups if group.value not in is_off]
    _forget(single, by=by, at=at)
    for group in open_groups:
        _write(locked, group, "", (), by=by, at=at)
    if open_groups:
        replan_all_of(locked, at=at)


@transaction.atomic
def add_browser(
    patient: Patient, text: str, *, made_for: str, before: str = "", by: Actor, at: datetime
) -> PushSubscription:
    """Let this browser show notes: what it sent is her consent. The one that it has, if it has one.

    text: what the browser says of its subscription, as JSON. made_for: the public key that the page gave it. before:
    the endpoint that it gave up for this one, which was made for another key.
    """
    locked = _own(patient, by=by)
    if locked.user_id is None:
        raise InvalidRequest("There is no login to these pages any more. Ask the clinic for one.", field="subscription")
    if not push_public_key():
        raise InvalidRequest("Notifications are not set up here. Choose another way.", field="subscription")
    try:
        said = read_subscription(text)
    except SubscriptionRefused as refused:
        raise InvalidRequest(f"{refused} Try again in another browser.", field="subscription") from None
    if made_for != push_public_key():
        raise InvalidRequest("Notifications were set up anew meanwhile. Try once more.", field="subscription")
    standing = list(PushSubscription.objects.filter(patient=locked, ended_at__isnull=True).order_by("made_at", "pk"))
    for one in standing:
        keys = (one.endpoint, one.p256dh, one.auth, one.made_for)
        if keys == (said.endpoint, said.p256dh, said.auth, made_for) and one.user_id == by.user_id:
            return one
    # The same browser with new keys, or of another login; and what is more than anybody has.
    for one in standing:
        if one.endpoint in {said.endpoint, before} or one in standing[: -(MOST_BROWSERS - 1)]:
            _end(one, SubscriptionEnd.REPLACED, at=at)
    made = PushSubscription.objects.create(
        patient=locked,
        user_id=locked.user_id,
        endpoint=said.endpoint,
        p256dh=said.p256dh,
        auth=said.auth,
        made_for=made_for,
        made_at=at,
    )
    replan_all_of(locked, at=at)
    return made


@transaction.atomic
def end_browser(subscription: PushSubscription, *, by: Actor, at: datetime) -> None:
    """No more notes on this browser."""
    locked = _own(subscription.patient, by=by)
    standing = PushSubscription.objects.filter(pk=subscription.pk, patient=locked, ended_at__isnull=True).first()
    if standing is None:
        return
    _end(standing, SubscriptionEnd.BY_PERSON, at=at)
    replan_all_of(locked, at=at)


def _end(subscription: PushSubscription, because: SubscriptionEnd, *, at: datetime) -> None:
    subscription.ended_at, subscription.ended_because = at, because.value
    subscription.save(update_fields=["ended_at", "ended_because"])


def _write(
    patient: Patient, group: MessageGroup, kind: str, channels: Sequence[Channel], *, by: Actor, at: datetime
) -> MessagePreference:
    preference = MessagePreference.objects.filter(patient=patient, group=group.value, kind=kind).first()
    preference = preference or MessagePreference(patient=patient, group=group.value, kind=kind)
    preference.channels = [channel.value for channel in channels]
    _sign(preference, by=by, at=at)
    preference.full_clean()
    preference.save()
    return preference


def _of_single_kinds(patient: Patient, groups: Iterable[MessageGroup]) -> "QuerySet[MessagePreference]":
    """What was said of single kinds of these groups, also of those that are in no registry any more."""
    said = MessagePreference.objects.filter(patient=patient, group__in=[group.value for group in groups])
    return said.exclude(kind="")


def _forget(preferences: Iterable[MessagePreference], *, by: Actor, at: datetime) -> None:
    """They count no more; the history keeps them, and who ended them when."""
    for preference in preferences:
        _sign(preference, by=by, at=at)
        preference.delete()


def _sign(preference: MessagePreference, *, by: Actor, at: datetime) -> None:
    preference.said_at, preference.said_by_kind, preference.said_by_code = at, by.kind.value, by.code
    stamp_history(preference, by=by, at=at)


def _check_kind(name: str, group: MessageGroup) -> None:
    """Whether somebody may choose for this kind, as one of this group."""
    kind = KINDS.get(name)
    if kind is None:
        raise InvalidRequest("There are no such messages. Look again, then choose.", field="kind")
    if kind.group is None:
        raise InvalidRequest("These messages cannot be switched off or sent another way.", field="kind")
    if kind.group is not group:
        raise InvalidRequest(f"These messages belong to “{kind.group.label}”. Choose for them there.", field="kind")


def _locked(patient: Patient, *, by: Actor) -> Patient:
    """The record as it stands, locked before its plan as everywhere, for her or for staff who may change it."""
    stored = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic").get(pk=patient.pk)
    if by.kind is not ActorKind.PATIENT or by.code != stored.code:
        require(by, Act.EDIT_PATIENT, clinic=stored.clinic)
    return stored


def _own(patient: Patient, *, by: Actor) -> Patient:
    if by.kind is not ActorKind.PATIENT or by.code != patient.code:
        raise NotAllowed("Only the patient herself decides on which of her devices notes are shown.")
    return _locked(patient, by=by)


def _why_not(patient: Patient, channel: Channel) -> str:
    """Why this channel cannot be chosen, and what would help."""
    if channel not in channels_set_up():
        return f"“{channel.label}” is not set up here. Choose another way."
    match channel:
        case Channel.PORTAL:
            return "There is no login to these pages yet. Choose another way."
        case Channel.PUSH:
            return "No device shows notifications now. Switch them on at the device first, then choose them."
    kind = ContactKind(channel.value)
    stopped = ContactPoint.objects.stopped().filter(patient=patient, kind=kind.value).first()
    if stopped is not None and stopped.stopped_because == StopReason.UNWANTED.value:
        return f"From this {kind.label.lower()} no more were wanted. Tell the clinic, or choose another way."
    if stopped is not None:
        return f"Messages to this {kind.label.lower()} are refused. Give the clinic another one, or choose another way."
    return f"There is no {kind.label.lower()} that you have agreed to. Tell the clinic, or choose another way."
