"""What is overwritten is kept, so that the ledger answers for any past moment.

The usual life of a row is not: written down, put into its envelope, settled. Each of these leaves an instant on the row
itself, so nothing is written here and delivery pays nothing. `ledger_past` reads both back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from patients.models import Attempt, AttemptPast, Reminder, ReminderPast, ReminderStatus

KEPT = ("status", "reason", "send_at", "too_late_at", "finished_at", "message_id", "gathered_at")
"""What is kept of a reminder."""
KEPT_OF_ATTEMPT = ("outcome", "detail", "finished_at", "again_at", "reported", "reported_code", "reported_at")


class Keeping:
    """Some reminders before they are changed at an instant. Look at them before, and write after the change."""

    def __init__(self, rows: Iterable[Reminder] = (), *, at: datetime) -> None:
        self._at = at
        self._before: dict[int, tuple[Reminder, tuple[Any, ...]]] = {}
        for row in rows:
            self.look_at(row)

    def look_at(self, row: Reminder) -> None:
        """Remember how this row stands; it is locked. Of two looks the first counts."""
        if row.pk not in self._before:
            self._before[row.pk] = row, _values(row)

    def write(self) -> None:
        """Keep what the changed rows do not tell any more; one statement, and none where that is nothing."""
        rows = [(row, before) for row, before in self._before.values() if _is_lost(row, before, until=self._at)]
        ReminderPast.objects.bulk_create([_past(row, before, until=self._at) for row, before in rows])


def keep(rows: Iterable[Reminder], *, at: datetime) -> None:
    """Keep what these rows tell, before a statement overwrites all that they say of an outcome."""
    kept = [row for row in rows if has_said_something(row) and row.created_at < at]
    ReminderPast.objects.bulk_create([_past(row, _values(row), until=at) for row in kept])


def keep_attempt(attempt: Attempt, *, at: datetime) -> None:
    """Keep what was known of this attempt, which is locked, before something else is; nothing while it is under way."""
    if attempt.finished_at is None:
        return
    kept = {name: getattr(attempt, name) for name in KEPT_OF_ATTEMPT}
    AttemptPast.objects.create(attempt=attempt, until=at, **kept)


def has_said_something(row: Reminder) -> bool:
    """Whether it had an outcome, or a reason although it is owed: another outcome would overwrite that."""
    return row.status != ReminderStatus.OWED.value or row.reason != ""


def _values(row: Reminder) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in KEPT)


def _past(row: Reminder, values: tuple[Any, ...], *, until: datetime) -> ReminderPast:
    return ReminderPast(reminder=row, until=until, **dict(zip(KEPT, values, strict=True)))


def _is_lost(row: Reminder, before: tuple[Any, ...], *, until: datetime) -> bool:
    """Whether the row does not tell by itself that it stood like this. What stood for no instant is not worth it."""
    if row.created_at >= until or before == _values(row):
        return False
    was = _past(row, before, until=until)
    is_first_outcome = was.status == ReminderStatus.OWED.value and was.reason == ""
    keeps_its_hours = (was.send_at, was.too_late_at) == (row.send_at, row.too_late_at)
    keeps_its_envelope = was.message_id is None or was.message_id == row.message_id
    return not (is_first_outcome and keeps_its_hours and keeps_its_envelope)
