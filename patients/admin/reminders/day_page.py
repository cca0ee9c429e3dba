"""One patient, one day: what was owed, and what every kind of reminder says of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from patients.admin.reminders.filters import day_of
from patients.admin.reminders.moment import Moment, moment_of
from patients.admin.standing import today_of
from patients.models import Patient, RecipientKind, Reminder
from patients.reminders.ledger_day import DayAnswer, Then, why_nothing, why_nothing_then
from patients.reminders.ledger_kinds import WHOM
from patients.reminders.ledger_words import day_words, kind_words

TITLE = "Reminders of a day"


def reminders_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    """The day that the address names, or today where it names none."""
    at = at_of(request)
    today = today_of(patient, at)
    on = day_of(request.GET.get("on", "")) or today
    wall = request.GET.get("time", "").strip()
    moment = moment_of(wall and f"{on}T{wall}", zone_name=patient.zone, now=at)
    answer = why_nothing(patient, on, at=at) if moment.at is None else why_nothing_then(patient, on, at=moment.at)
    return admin.page(
        request,
        "admin/patients/reminders/day.html",
        title=TITLE,
        trail=admin.trail_to(patient, TITLE),
        patient=patient,
        on=on,
        day=day_words(on),
        is_today=on == today,
        earlier=on - timedelta(days=1),
        later=on + timedelta(days=1),
        sentence=answer.sentence,
        moment=moment,
        wall=moment.typed.partition("T")[2],
        owed=[
            (each, kind_words(each.kind), WHOM[RecipientKind(each.recipient_kind)], address, why)
            for each, address, why in _rows(answer, moment)
        ],
        answers=[each for each in answer.answers if each.has_subject],
        # Of a plan without a taper, that is most of the registry.
        without_subject=dict.fromkeys(each.kind for each in answer.answers if not each.has_subject),
        back=admin.address_of(patient),
    )


def _rows(answer: DayAnswer, moment: Moment) -> Iterator[tuple[Reminder, str, str]]:
    """Each reminder with the address of its page; as of an earlier moment, with why it had gone or not."""
    if moment.at is None:
        yield from ((each, _address(each), "") for each in answer.owed)
    else:
        yield from ((each.reminder, _address_then(each, moment.at), each.sentence) for each in answer.then)


def _address_then(then: Then, at: datetime) -> str:
    """Its page at the same moment, on the recipient’s own clock."""
    return f"{_address(then.reminder)}?as-of={at.astimezone(zone(then.zone_name)):%Y-%m-%dT%H:%M}"


def _address(reminder: Reminder) -> str:
    return reverse("admin:patients_reminder_change", args=[reminder.code])
