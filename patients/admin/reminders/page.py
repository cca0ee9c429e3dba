"""One reminder: why it was sent or not, the chain of facts, every attempt, and what may be done about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.admin.reminders.acting import offers
from patients.admin.reminders.muted import mute_words, mutes_for
from patients.models import AttemptOutcome, Reminder, ReminderStatus
from patients.reminders.ledger import why
from patients.reminders.ledger_words import BY, instant_words, kind_words

BUTTONS = {
    "again": ("Send again", Act.SEND_REMINDER_AGAIN),
    "cancel": ("Cancel", Act.SILENCE_REMINDERS),
    "mute": ("Mute", Act.SILENCE_REMINDERS),
    "unmute": ("Unmute", Act.SILENCE_REMINDERS),
}


def reminder_page(admin: ScopedAdmin, request: HttpRequest, reminder: Any) -> HttpResponse:
    """reminder: with whom it is for and where they live, as the list annotates it."""
    zone_name = reminder.recipient_zone or "UTC"

    def local(at: datetime) -> str:
        return instant_words(at, zone_name)

    attempts = reminder.message.attempts.all() if reminder.message else []
    standing = mutes_for(reminder, at=at_of(request))
    return admin.page(
        request,
        "admin/patients/reminder.html",
        title=str(reminder),
        trail=admin.trail_to(reminder),
        reminder=reminder,
        why=why(reminder, at=at_of(request)),
        words=kind_words(reminder.kind),
        badge=status_words(reminder),
        for_whom=reminder.recipient_name or reminder.recipient_code,
        by_which_way=BY[reminder.channel],
        send_at=local(reminder.send_at),
        too_late_at=local(reminder.too_late_at),
        finished_at=local(reminder.finished_at) if reminder.finished_at else "",
        next_attempt_at=_next_attempt(reminder, local),
        attempts=[
            (attempt, local(attempt.started_at), AttemptOutcome(attempt.outcome).value.capitalize())
            for attempt in attempts
        ],
        muted=[mute_words(note) for note in standing],
        buttons=[
            (BUTTONS[name][0], admin.address_of(reminder, name))
            for name in offers(reminder, standing)
            if admin.may(request, BUTTONS[name][1], reminder)
        ],
    )


def status_words(reminder: Any) -> tuple[str, str]:
    """How the badge looks, and what it says. An owed reminder whose attempts failed says so."""
    if reminder.status == ReminderStatus.OWED.value and reminder.has_failed:
        return "owed-failing", "Owed, failing"
    return reminder.status, reminder.get_status_display()


def _next_attempt(reminder: Reminder, local: Callable[[datetime], str]) -> str:
    message = reminder.message
    if message is None or message.finished_at is not None or reminder.status != ReminderStatus.OWED.value:
        return ""
    return local(message.next_attempt_at)
