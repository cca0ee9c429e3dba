"""What is committed for each envelope by itself: its attempt before the hand-over, and its outcome after it.

This is the path that every message takes, so on PostgreSQL each of the two is one statement, which is a transaction of
its own: one way there and back instead of six. Elsewhere the same rows are written one after the other. What was let
go of, or given up, while it was on its way is kept for the ledger in a commit of its own: this one must not fail with
it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg import Cursor as ServerCursor

from patients.models import Attempt, AttemptOutcome, Message, MessageStatus, Reminder, ReminderStatus
from patients.reminders.claim import LEASE, Claim, still_held
from patients.reminders.keeping import keep, keep_attempt
from patients.reminders.reasons import REFUSED, UNDELIVERED

DID_NOT_GO = (REFUSED, UNDELIVERED)
_PLAIN = (ReminderStatus.OWED.value, "")
_MESSAGES, _ATTEMPTS, _REMINDERS = (model._meta.db_table for model in (Message, Attempt, Reminder))

# The same as `still_held`, and the attempt. Asked for open envelopes by themselves, PostgreSQL might read all of them
# by the index of those instead of this one by its key.
_BEGIN = f"""
WITH held AS (
    UPDATE {_MESSAGES} AS message SET claimed_until = %(lease_ends)s
    WHERE id = %(message)s AND claim_token = %(token)s AND claimed_until > %(at)s
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
# everywhere. An attempt that is not under way any more is left to `_accept_late`.
_ACCEPT_BOTH = f"""
WITH letter AS (
    UPDATE {_MESSAGES} SET status = 'sent', finished_at = %(at)s, claim_token = '', claimed_until = NULL
    WHERE id = %(message)s RETURNING id
), attempt AS (
    UPDATE {_ATTEMPTS} SET outcome = 'accepted', finished_at = %(at)s, provider_id = %(provider_id)s
    WHERE id = %(attempt)s AND outcome = 'started' RETURNING id
)"""
_GIVE_BACK = "RETURNING before.id, before.status, before.reason, before.finished_at, EXISTS (SELECT FROM attempt)"
_ACCEPT_ONE = f"""{_ACCEPT_BOTH}
UPDATE {_REMINDERS} AS reminder SET status = 'sent', reason = '', finished_at = %(at)s
FROM {_REMINDERS} AS before
WHERE EXISTS (SELECT FROM letter) AND reminder.id = %(reminder)s AND before.id = reminder.id
    AND reminder.status <> 'sent' AND reminder.reason <> ALL(%(did_not_go)s)
{_GIVE_BACK}
"""
# Of several, all are locked first, by rising key.
_ACCEPT_SEVERAL = f"""{_ACCEPT_BOTH}, before AS (
    SELECT * FROM {_REMINDERS} WHERE EXISTS (SELECT FROM letter) AND id = ANY(%(reminders)s) ORDER BY id FOR UPDATE
)
UPDATE {_REMINDERS} AS reminder SET status = 'sent', reason = '', finished_at = %(at)s
FROM before WHERE reminder.id = before.id
    AND reminder.status <> 'sent' AND reminder.reason <> ALL(%(did_not_go)s)
{_GIVE_BACK}
"""


def begin_attempt(claimed: Claim, *, at: datetime) -> int | None:
    """Confirm the claim and write the attempt, in one commit; the key of the attempt, None if the claim is gone."""
    if connection.vendor == "postgresql":
        values = {"message": claimed.message_id, "token": claimed.token, "at": at, "lease_ends": at + LEASE}
        begun = _execute(_BEGIN, values)
        return begun[0][0] if begun else None
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
        if len(reminders) == 1:
            rows = _execute(_ACCEPT_ONE, {**values, "reminder": reminders[0]})
        else:
            rows = _execute(_ACCEPT_SEVERAL, {**values, "reminders": list(reminders)})
        if not rows or not rows[0][4]:
            _accept_late(attempt, provider_id, at=at)
        _keep_what_had_ended([row[:4] for row in rows if row[1:3] != _PLAIN], at=at)
        return
    with transaction.atomic():
        Message.objects.filter(pk=claimed.message_id).update(
            status=MessageStatus.SENT.value, finished_at=at, claim_token="", claimed_until=None
        )
        _accept_late(attempt, provider_id, at=at)
        locked = Reminder.objects.filter(pk__in=reminders).select_for_update(of=("self",)).order_by("pk")
        going = [row for row in locked if row.status != ReminderStatus.SENT.value and row.reason not in DID_NOT_GO]
        keep(going, at=at)
        Reminder.objects.filter(pk__in=[row.pk for row in going]).update(
            status=ReminderStatus.SENT.value, reason="", finished_at=at
        )


@transaction.atomic
def _accept_late(attempt: int, provider_id: str, *, at: datetime) -> None:
    """Of an attempt that may have ended by now: its worker was taken for gone; or a report called it accepted, which it
    is since then.
    """
    accepted = Attempt.objects.select_for_update().get(pk=attempt)
    if accepted.outcome != AttemptOutcome.ACCEPTED.value:
        keep_attempt(accepted, at=at)
        accepted.outcome, accepted.finished_at = AttemptOutcome.ACCEPTED.value, at
        accepted.provider_id = provider_id
        accepted.save(update_fields=["outcome", "finished_at", "provider_id"])


def _keep_what_had_ended(before: list[tuple[Any, ...]], *, at: datetime) -> None:
    """Keep the outcomes, or reasons, that these had until now. before: key, status, reason and when it ended."""
    if not before:
        return
    rows = Reminder.objects.in_bulk([key for key, *_ in before])
    for key, *outcome in before:
        rows[key].status, rows[key].reason, rows[key].finished_at = outcome
    keep(rows.values(), at=at)


def _execute(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that it gives back. PostgreSQL keeps its plan with the connection instead of making it anew."""
    connection.ensure_connection()
    with connection.wrap_database_errors, ServerCursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
