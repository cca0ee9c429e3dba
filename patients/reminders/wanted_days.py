"""What came back today and has not gone, as it is called for now: for the way to her that takes it next."""

from datetime import datetime

from django.db.models import Q

from patients.models import Plan, RecipientKind, Reminder, ReminderStatus
from patients.reminders.kinds import KINDS
from patients.reminders.recipients import AddressBook
from patients.reminders.recurrence_subject import subjects_of_days
from patients.reminders.recurring import daily_of
from patients.reminders.wanted import Wanted


def wanted_of_days(plan: Plan, *, at: datetime) -> dict[str, Wanted]:
    """By occurrence, all that was made of what she wants each day, was not dealt with, and is still to be taken.

    Nothing is made here that the sweep has not made: what comes next is its cursor’s.
    """
    open_ = Q(status=ReminderStatus.OWED.value) | Q(falls_back_since__isnull=False)
    made = Reminder.objects.filter(open_, plan=plan, recurrence__isnull=False, again_of__isnull=True)
    rows = list(made.select_related("recurrence__patient").order_by("pk"))
    for row in rows:
        row.plan = plan
    book = AddressBook(at=at)
    wanted: dict[str, Wanted] = {}
    for key, subject in subjects_of_days(rows).items():
        row = next(row for row in rows if row.pk == key)
        kind, hours = KINDS[row.kind], daily_of(subject.recurrence).on(subject.on)
        recipient = book.patient(plan, kind)
        if hours is None or recipient.address is None:
            continue
        for call in kind.calls_now(subject, RecipientKind.PATIENT):
            item = Wanted(kind, subject, call, recipient, hours)
            wanted[item.occurrence] = item
    return wanted
