"""How messages reach a patient, for staff: what she wants, and what takes none any more."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import desk_of
from clinics.domain.instants import civil_date, zone
from clinics.roles import Act
from patients.admin.lines import MOST_LINES, Group, Line
from patients.models import (
    Channel,
    ContactKind,
    ContactPoint,
    MessageGroup,
    MessagePreference,
    Patient,
    Plan,
    PushSubscription,
    StopReason,
    SubscriptionEnd,
)
from patients.reminders.channels.configured import channels_set_up
from patients.reminders.ledger_words import kind_words
from patients.services.documents.printable import day

TITLE: Final = "Messages do not arrive: ask for another address"
GONE_WITHIN: Final = timedelta(days=7)
"""So long it is said on Today that a device is gone. Nobody can mend that but she."""


def reached_words(patient: Patient) -> list[str]:
    """One line for everything that staff should know about writing to this patient; empty in the usual case."""
    stopped = ContactPoint.objects.stopped().filter(patient=patient).order_by("kind")
    gone = _gone().filter(patient=patient).order_by("-ended_at").first()
    said = MessagePreference.objects.filter(patient=patient).order_by("group", "kind")
    return [
        *(_stopped_words(contact, patient) for contact in stopped),
        *([_gone_words(gone, patient)] if gone is not None else []),
        *(_said_words(preference, patient) for preference in said),
    ]


def stopped_groups(request: HttpRequest, *, at: datetime) -> list[Group]:
    """For the first page: patients in treatment to whom a way was lost."""
    patients = Patient.objects.visible_to(request.user).filter(
        Exists(Plan.objects.running().filter(patient=OuterRef("pk"))),
        clinic__in=desk_of(request).clinics_where(Act.SEE_PATIENTS),
    )
    contacts = ContactPoint.objects.stopped().filter(patient__in=patients).select_related("patient")
    lines = [
        _line(row.patient, _stopped_words(row, row.patient)) for row in contacts.order_by("stopped_at")[:MOST_LINES]
    ]
    if Channel.PUSH in channels_set_up():
        gone = _gone().filter(patient__in=patients, ended_at__gte=at - GONE_WITHIN).select_related("patient")
        lines += [_line(row.patient, _gone_words(row, row.patient)) for row in gone.order_by("ended_at")[:MOST_LINES]]
    return [Group(TITLE, lines)]


def _gone() -> "QuerySet[PushSubscription]":
    """Devices that were lost, where no other one took their place."""
    standing = PushSubscription.objects.usable().filter(patient=OuterRef("patient"))
    return PushSubscription.objects.filter(~Exists(standing), ended_because=SubscriptionEnd.GONE.value)


def _stopped_words(contact: ContactPoint, patient: Patient) -> str:
    what, since = ContactKind(contact.kind).label, _day(contact.stopped_at, patient)
    if contact.stopped_because == StopReason.UNWANTED.value:
        return f"{what}: whoever reads there answered on {since} that no more messages are wanted. Nothing goes there."
    return f"{what} refused since {since}: nothing goes there."


def _gone_words(subscription: PushSubscription, patient: Patient) -> str:
    return f"The device that showed notes is gone since {_day(subscription.ended_at, patient)}."


def _said_words(preference: MessagePreference, patient: Patient) -> str:
    ways = ", then ".join(channel.label.lower() for channel in preference.order) or "no messages"
    what = MessageGroup(preference.group).label
    if preference.kind:
        what += f", “{kind_words(preference.kind)}”"
    return f"{what}: {ways} (said on {_day(preference.said_at, patient)})."


def _day(at: datetime | None, patient: Patient) -> str:
    return "" if at is None else day(civil_date(at, zone(patient.zone)))


def _line(patient: Patient, words: str) -> Line:
    return Line(patient.full_name, patient.code, words, reverse("admin:patients_patient_change", args=[patient.code]))
