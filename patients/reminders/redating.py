"""What comes back each day follows its patient: another zone, quiet hours, rhythm or plan dates the same row anew.

As in planning, the row stays, and so does the civil date that it has come to: no date is dealt with twice. Where only
the hour has gone by, it goes at once; where it is too late there, that date is over.
"""

from collections.abc import Mapping
from datetime import datetime, time

from django.db.models import Exists, OuterRef

from patients.models import Patient, Recurrence, Reminder, ReminderStatus
from patients.reminders.keeping import Keeping
from patients.reminders.kinds import KINDS
from patients.reminders.locking import lock_in_order
from patients.reminders.reasons import TOO_LATE
from patients.reminders.recurring import daily_of
from protocols.domain.day_parts import DayPart

_DATED = ["wall_time", "moved_doses", "next_on", "next_at"]


def has_recurrences(patient: Patient) -> bool:
    """Whether this patient wants anything each day. One query."""
    return Recurrence.objects.open().filter(patient=patient).exists()


def wants_anything_daily() -> Exists:
    """The same as part of a query of patients."""
    return Exists(Recurrence.objects.open().filter(patient=OuterRef("pk")))


def redate(patient: Patient, *, walls: Mapping[DayPart, time], moved: Mapping[str, str], at: datetime) -> None:
    """Bring all that she wants in line with her day. Call it inside the transaction that changed it.

    walls: when each part of her day is reminded of, for what has no time of its own. moved: for
    `Recurrence.moved_doses`.
    """
    rows = list(Recurrence.objects.open().filter(patient=patient).select_for_update(of=("self",)).order_by("pk"))
    changed = []
    for row in rows:
        before = [getattr(row, name) for name in _DATED]
        row.patient = patient
        if not row.is_own_time:
            row.wall_time = usual_time(row.kind, walls)
        row.moved_doses = dict(moved)
        coming = daily_of(row).next(not_before=row.next_on, at=at)
        row.next_on, row.next_at = coming.on, coming.at
        if [getattr(row, name) for name in _DATED] != before:
            changed.append(row)
    Recurrence.objects.bulk_update(changed, _DATED)
    _redate_what_is_made(patient, {row.pk: row for row in rows}, at=at)


def usual_time(kind: str, walls: Mapping[DayPart, time]) -> time:
    """The time of this kind that follows from her day."""
    recurs = KINDS[kind].recurs
    assert recurs is not None
    return walls[recurs.part]


def _redate_what_is_made(patient: Patient, rows: Mapping[int, Recurrence], *, at: datetime) -> None:
    """What is made and has not gone yet: on its date where she lives now, or not at all."""
    owed = Reminder.objects.owed().filter(recurrence__in=rows)
    if not owed.exists():
        return
    # All that may be in one envelope, at once and in order: its delivery and we would wait for each other.
    lock_in_order(Reminder.objects.owed().filter(plan__patient=patient))
    made = list(owed)
    keeping = Keeping(made, at=at)
    for reminder in made:
        assert reminder.recurrence_id is not None
        coming = daily_of(rows[reminder.recurrence_id]).on(reminder.civil_date)
        if coming is None or coming.too_late_at <= at:
            reminder.status, reminder.reason, reminder.finished_at = ReminderStatus.MISSED.value, TOO_LATE, at
        elif (reminder.send_at, reminder.too_late_at) != (coming.at, coming.too_late_at):
            reminder.send_at = max(coming.at, min(reminder.send_at, at))
            reminder.too_late_at = coming.too_late_at
        reminder.save(update_fields=["status", "reason", "finished_at", "send_at", "too_late_at"])
    keeping.write()
