"""One patient, one day: what was owed, and what every kind of reminder says of it."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.reminders.filters import day_of
from patients.admin.standing import today_of
from patients.models import Patient, RecipientKind, Reminder
from patients.reminders.ledger_day import why_nothing
from patients.reminders.ledger_kinds import WHOM
from patients.reminders.ledger_words import day_words, kind_words

TITLE = "Reminders of a day"


def reminders_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    """The day that the address names, or today where it names none."""
    at = at_of(request)
    today = today_of(patient, at)
    on = day_of(request.GET.get("on", "")) or today
    answer = why_nothing(patient, on, at=at)
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
        owed=[(each, kind_words(each.kind), _whom(each), _address(each)) for each in answer.owed],
        answers=[each for each in answer.answers if each.has_subject],
        # Of a plan without a taper, that is most of the registry.
        without_subject=dict.fromkeys(each.kind for each in answer.answers if not each.has_subject),
        back=admin.address_of(patient),
    )


def _whom(reminder: Reminder) -> str:
    return WHOM[RecipientKind(reminder.recipient_kind)]


def _address(reminder: Reminder) -> str:
    return reverse("admin:patients_reminder_change", args=[reminder.code])
