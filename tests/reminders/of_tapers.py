"""What the tests of taper reminders look at."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from clinics.actor import Actor
from patients.models import Door, Plan, Reminder, Taper
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose, send
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY

STAFF_WALL, OTHER_WALL = time(7), time(8)
"""In UTC and in winter: 08:00 in Berlin is when staff want messages, 09:00 when patients and prescribers do."""


def owed(taper: Taper, kind: str, recipient: str = "") -> list[Reminder]:
    """What is owed of this kind, in the order of its days."""
    found = Reminder.objects.owed().filter(taper=taper, kind=kind).order_by("civil_date", "recipient_kind")
    return list(found.filter(recipient_kind=recipient) if recipient else found)


def days(taper: Taper, kind: str, recipient: str = "") -> list[int]:
    """The civil dates of what is owed, as days of the taper: 1 is its first day."""
    return [(reminder.civil_date - FIRST_DAY).days + 1 for reminder in owed(taper, kind, recipient)]


def one(taper: Taper, kind: str, recipient: str = "") -> Reminder:
    """The only reminder of this kind, whatever became of it."""
    found = Reminder.objects.filter(taper=taper, kind=kind)
    return (found.filter(recipient_kind=recipient) if recipient else found).get()


def taper_day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number - 1)


def since_sent(number: int) -> date:
    """So many days after the day on which the request was made."""
    return TODAY + timedelta(days=number)


def staff_morning(on: date) -> datetime:
    """08:00 in Berlin, in winter."""
    return datetime.combine(on, STAFF_WALL, UTC)


def patient_morning(on: date) -> datetime:
    """09:00 in Berlin, in winter; the prescriber’s too."""
    return datetime.combine(on, OTHER_WALL, UTC)


def send_and_sign(
    plan: Plan, draft: Draft, *, by: Actor, sign: Callable[..., Taper] | None = None, at: datetime = NOON
) -> Taper:
    """Draw this up, send it to its prescriber by email, and let it be signed, if `sign` is given."""
    taper = save_draft(plan, draft, by=by, at=at)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=at, revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.LINK, by=by, at=at, revision=taper.revision)
    taper.refresh_from_db()
    return taper if sign is None else sign(taper, at=at)
