"""What is committed for each envelope by itself: its attempt before the hand-over, and its outcome after it.

This is the path that every message takes, so on PostgreSQL each of the two is one statement, which is a transaction of
its own: one way there and back instead of six. Elsewhere the same rows are written one after the other. What an
acceptance overwrites is kept in the same statement: what was let go of while it was on its way.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg import Cursor as ServerCursor

from patients.models import Attempt, AttemptOutcome, Message, MessageStatus, Reminder, ReminderPast, ReminderStatus
from patients.reminders.claim import LEASE, Claim, still_held
from patients.reminders.keeping import KEPT, keep
from patients.reminders.reasons import REFUSED, UNDELIVERED

DID_NOT_GO = (REFUSED, UNDELIVERED)
_MESSAGES, _ATTEMPTS, _REMINDERS, _PASTS = (
    model._meta.db_table for model in (Message, Attempt, Reminder, ReminderPast)
)
_KEPT = ", ".join(KEPT)

# The same as `still_held`, and the attempt.
_BEGIN = f"""
WITH held AS (
    UPDATE {_MESSAGES} AS message SET claimed_until = %(lease_ends)s
    WHERE id = %(message)s AND status = 'open' AND claim_token = %(token)s AND claimed_until > %(at)s
        AND EXISTS (SELECT FROM {_REMINDERS} AS reminder WHERE reminder.message_id = message.id AND status = 'owed')
    RETURNING id
)
INSERT INTO {_ATTEMPTS} (message_id, number, claim_token, started_at, outcome, detail, provider_id, reported,
    reported_code)
SELECT id, (SELECT coalesce(max(number), 0) + 1 FROM {_ATTEMPTS} WHERE message_id = held.id), %(token)s, %(at)s,
    'started', '', '', '', '' FROM held
RETURNING id
"""

# By itself PostgreSQL would lock the reminders first. Asked for the envelope’s row it takes that one before them, as
# everywhere.
_ACCEPT_BOTH = f"""
WITH letter AS (
    UPDATE {_MESSAGES} SET status = 'sent', finished_at = %(at)s, claim_token = '', claimed_until = NULL
    WHERE id = %(message)s RETURNING id
), attempt AS (
    UPDATE {_ATTEMPTS} SET outcome = 'accepted', finished_at = %(at)s, provider_id = %(provider_id)s
    WHERE id = %(attempt)s
)"""
# All are locked first, by rising key: as they are then, they are kept where that says more than that they were owed.
_ACCEPT = f"""{_ACCEPT_BOTH}, members AS (
    SELECT id, created_at, {_KEPT} FROM {_REMINDERS}
    WHERE EXISTS (SELECT FROM letter) AND id = ANY(%(reminders)s) ORDER BY id FOR UPDATE
), going AS (
    SELECT * FROM members WHERE status <> 'sent' AND reason <> ALL(%(did_not_go)s)
), kept AS (
    INSERT INTO {_PASTS} (reminder_id, until, {_KEPT})
    SELECT id, %(at)s, {_KEPT} FROM going WHERE (status <> 'owed' OR reason <> '') AND created_at < %(at)s
)
UPDATE {_REMINDERS} AS reminder SET status = 'sent', reason = '', finished_at = %(at)s
FROM going WHERE reminder.id = going.id
"""


def begin_attempt(claimed: Claim, *, at: datetime) -> int | None:
    """Confirm the claim and write the attempt, in one commit; the key of the attempt, None if the claim is gone."""
    if connection.vendor == "postgresql":
        values = {"message": claimed.message_id, "token": claimed.token, "at": at, "lease_ends": at + LEASE}
        row = _execute(_BEGIN, values)
        return None if row is None else row[0]
    with transaction.atomic():
        if not still_held(claimed, at=at):
            return None
        # Not counted before: whoever lost the claim may have written an attempt meanwhile, too.
        number = Attempt.objects.filter(message=claimed.message_id).count() + 1
        attempt = Attempt.objects.create(
            message_id=claimed.message_id, number=number, claim_token=claimed.token, started_at=at
        )
        return attempt.pk


def record_acceptance(
    claimed: Claim, attempt: int, reminders: Sequence[int], *, at: datetime, provider_id: str = ""
) -> None:
    """It went. That is true whoever holds the claim by now, and whatever the plan has become meanwhile.

    attempt, reminders: their keys. What was let go of while it was on its way went all the same; what was refused did
    not, nor did what a report, which came before this, said was not delivered. provider_id: what the other side calls
    the message, empty if it did not say.
    """
    if connection.vendor == "postgresql":
        values = {"message": claimed.message_id, "attempt": attempt, "at": at, "did_not_go": [*DID_NOT_GO]}
        values["provider_id"] = provider_id
        _execute(_ACCEPT, {**values, "reminders": list(reminders)})
        return
    with transaction.atomic():
        Message.objects.filter(pk=claimed.message_id).update(
            status=MessageStatus.SENT.value, finished_at=at, claim_token="", claimed_until=None
        )
        Attempt.objects.filter(pk=attempt).update(
            outcome=AttemptOutcome.ACCEPTED.value, finished_at=at, provider_id=provider_id
        )
        locked = Reminder.objects.filter(pk__in=reminders).select_for_update(of=("self",)).order_by("pk")
        going = [row for row in locked if row.status != ReminderStatus.SENT.value and row.reason not in DID_NOT_GO]
        keep(going, at=at)
        Reminder.objects.filter(pk__in=[row.pk for row in going]).update(
            status=ReminderStatus.SENT.value, reason="", finished_at=at
        )


def _execute(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """The one row that it gives back, if any. PostgreSQL plans it once for each connection, and not each time anew."""
    connection.ensure_connection()
    with connection.wrap_database_errors, ServerCursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
    return row
