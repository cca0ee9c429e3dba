"""One reminder: why it was sent or not, the chain of facts, every attempt, and what may be done about it.

Now, or as it stood at an earlier moment; then nothing can be done about it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.admin.reminders.acting import offers
from patients.admin.reminders.moment import moment_of
from patients.admin.reminders.muted import mute_words, mutes_for
from patients.models import AttemptOutcome, ReminderStatus
from patients.reminders.ledger import why_by
from patients.reminders.ledger_facts import Facts
from patients.reminders.ledger_then import facts_then
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
    now = at_of(request)
    moment = moment_of(request.GET.get("as-of", ""), zone_name=zone_name, now=now)
    facts = Facts(reminder, now) if moment.at is None else facts_then([reminder], at=moment.at)[reminder.pk]
    standing = mutes_for(reminder, at=moment.at or now)
    return admin.page(
        request,
        "admin/patients/reminder.html",
        title=str(reminder),
        trail=admin.trail_to(reminder),
        reminder=reminder,
        moment=moment,
        zone_name=zone_name,
        created_at=instant_words(reminder.created_at, zone_name),
        words=kind_words(reminder.kind),
        for_whom=reminder.recipient_name or reminder.recipient_code,
        by_which_way=BY[reminder.channel],
        muted=[mute_words(note) for note in standing],
        buttons=[
            (BUTTONS[name][0], admin.address_of(reminder, name))
            for name in (offers(reminder, standing) if moment.at is None else [])
            if admin.may(request, BUTTONS[name][1], reminder)
        ],
        **({} if facts is None else _told(facts, zone_name=facts.zone_name if moment.at else zone_name)),
    )


def _told(facts: Facts, *, zone_name: str) -> dict[str, Any]:
    """What the page says of the reminder as it stands, or stood."""
    reminder: Any = facts.reminder
    if facts.is_past:
        reminder.has_failed = bool(facts.failures)

    def local(at: datetime) -> str:
        return instant_words(at, zone_name)

    return {
        "why": why_by(facts),
        "badge": status_words(reminder),
        "reason": reminder.reason,
        "send_at": local(reminder.send_at),
        "too_late_at": local(reminder.too_late_at),
        "finished_at": local(reminder.finished_at) if reminder.finished_at else "",
        "next_attempt_at": _next_attempt(facts, local),
        "attempts": [
            (attempt, local(attempt.started_at), AttemptOutcome(attempt.outcome).value.capitalize())
            for attempt in facts.attempts
        ],
    }


def status_words(reminder: Any) -> tuple[str, str]:
    """How the badge looks, and what it says. An owed reminder whose attempts failed says so."""
    if reminder.status == ReminderStatus.OWED.value and reminder.has_failed:
        return "owed-failing", "Owed, failing"
    return reminder.status, reminder.get_status_display()


def _next_attempt(facts: Facts, local: Callable[[datetime], str]) -> str:
    reminder, message = facts.reminder, facts.reminder.message
    if message is None or reminder.status != ReminderStatus.OWED.value:
        return ""
    if facts.is_past:
        return "" if facts.tried_from is None else local(facts.tried_from)
    return "" if message.finished_at is not None else local(message.next_attempt_at)
