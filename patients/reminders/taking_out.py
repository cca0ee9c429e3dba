"""A reminder that breaks the making up of its envelope is taken out, so that whatever else is in there goes.

Otherwise one record that the software cannot read would keep every message from whoever shares an envelope with it: a
practitioner would hear of nobody any more. It is owed as before, and tried again in a while.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from patients.models import Message, Reminder, ReminderStatus
from patients.reminders.claim import Claim
from patients.reminders.delivery import prepare
from patients.reminders.isolation import together
from patients.reminders.keeping import Keeping
from patients.reminders.locking import lock_in_order
from patients.reminders.reasons import NOT_MADE_UP
from patients.reminders.setbacks import note_that_it_broke

AGAIN_AFTER: Final = timedelta(minutes=15)
"""So long it waits. By then somebody may have mended what breaks."""


class CannotBeMadeUp(Exception):
    """Something in an envelope broke by itself, and was taken out; the rest of it was dealt with."""


def what_breaks(claimed: Claim, *, at: datetime) -> list[int]:
    """The reminders in this envelope that break by themselves; none where that is all of them, or only one is in it.

    An envelope that was tried keeps its set: the other side may hold it already.
    """
    untried = Reminder.objects.filter(message=claimed.message_id, message__frozen_at__isnull=True)
    inside = list(untried.order_by("pk").values_list("pk", flat=True))
    if len(inside) < 2:
        return []
    broken = [key for key in inside if _breaks_alone(claimed, key, at=at)]
    return broken if len(broken) < len(inside) else []


@transaction.atomic
def take_out(claimed: Claim, keys: Collection[int], *, at: datetime) -> bool:
    """Take these out of their envelope for a while; whether it was still held. One attempt tells that they broke."""
    message = Message.objects.select_for_update().get(pk=claimed.message_id)
    if message.claim_token != claimed.token:
        return False
    locked = lock_in_order(Reminder.objects.owed().filter(message=message, pk__in=keys))
    rows = list(Reminder.objects.filter(pk__in=locked).order_by("pk"))
    keeping = Keeping(rows, at=at)
    again_at = at + AGAIN_AFTER
    for row in rows:
        row.message, row.reason = None, NOT_MADE_UP
        if row.too_late_at <= again_at:
            row.status, row.finished_at = ReminderStatus.MISSED.value, at
        else:
            row.send_at = again_at
    Reminder.objects.bulk_update(rows, ["message", "reason", "status", "finished_at", "send_at"])
    keeping.write()
    detail = f"{len(keys)} of what was in it could not be made up, and was taken out. Tell whoever runs this server."
    note_that_it_broke(message, claimed, detail=detail, at=at)
    return True


def _breaks_alone(claimed: Claim, key: int, *, at: datetime) -> bool:
    return together(lambda: _make_up_alone(claimed, key, at=at), what="a reminder") is None


@transaction.atomic
def _make_up_alone(claimed: Claim, key: int, *, at: datetime) -> bool:
    """Make up the envelope with this one alone. Nothing of it is kept."""
    Message.objects.select_for_update().get(pk=claimed.message_id)
    others = Reminder.objects.filter(message=claimed.message_id).exclude(pk=key)
    Reminder.objects.filter(pk__in=lock_in_order(others)).update(message=None)
    prepare([claimed], at=at)
    transaction.set_rollback(True)
    return True
