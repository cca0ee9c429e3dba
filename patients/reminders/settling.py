"""One occurrence and its rows, one for each channel: which of them is owed now, if any.

Sent, perhaps gone, or cancelled by somebody, on any channel, is done for ever. What was handed over once and is still
to go stays on its channel, as long as that can be used. Otherwise it is the first channel of the recipient that has not
refused it.
"""

from dataclasses import dataclass
from datetime import datetime

from patients.models import AttemptOutcome, Message, MessageStatus, Reminder, ReminderStatus
from patients.reminders.reasons import (
    CANCELLED_BY_HAND,
    NO_LONGER_CALLED_FOR,
    OTHER_CHANNEL,
    REFUSED,
    TOO_LATE,
    UNDELIVERED,
)
from patients.reminders.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Settled:
    """What has to be written. let_go: rows that make room for another channel, to be written before the others.

    new_on: the channel of a row that does not exist yet.
    """

    changed: list[Reminder]
    let_go: list[Reminder]
    new_on: str | None


def settle(
    rows: list[Reminder], wanted: Wanted | None, *, at: datetime, otherwise: str = NO_LONGER_CALLED_FOR
) -> Settled:
    """Change the rows of one occurrence as the plan now wants it. rows: locked, with their envelopes.

    otherwise: why nothing of it is owed, where the plan does not want it.
    """
    owed = [row for row in rows if row.status == ReminderStatus.OWED.value]
    if wanted is None or wanted.why_not:
        for row in owed:
            _let_go(row, otherwise if wanted is None else wanted.why_not, at=at)
        return Settled([*owed, *_looked_at(rows, but=owed)], [], None)
    channel = _channel_of(rows, wanted)
    own = next((row for row in rows if row.channel == channel), None)
    let_go = [row for row in owed if row is not own]
    changed = [own] if own is not None and own in owed and _date_anew(own, wanted, at=at) else []
    new_on = None
    if channel is not None and own not in owed and _may_be_owed(rows, wanted, at=at):
        if own is None:
            new_on = channel
        else:
            _owe_again(own, wanted)
            changed = [own]
    for row in let_go:
        _let_go(row, OTHER_CHANNEL, at=at)
    return Settled([*changed, *_looked_at(rows, but=[*changed, *let_go])], let_go, new_on)


def _channel_of(rows: list[Reminder], wanted: Wanted) -> str | None:
    """By which channel it is to go as things stand; None where it is done with, or where no channel is left."""
    if any(row.status == ReminderStatus.SENT.value or row.reason == CANCELLED_BY_HAND for row in rows):
        return None
    # Of two that were tried, one after the other, that which is owed now.
    for row in sorted(rows, key=lambda row: row.status != ReminderStatus.OWED.value):
        if row.message is not None and _is_tried(row.message) and _is_usable(row, wanted):
            return row.channel
    refused = {row.channel for row in rows if row.reason in {REFUSED, UNDELIVERED}}
    return next((channel for channel in wanted.channels if channel not in refused), None)


def _may_be_owed(rows: list[Reminder], wanted: Wanted, *, at: datetime) -> bool:
    """Whether it is owed where it was not, now that the plan calls for it at this instant.

    An instant already past when planned is not owed. What was owed until now, could not go by its channel, or was
    missed by a day that turns out not to be over, may go as long as it is not too late.
    """
    was_under_way = any(_was_under_way(row) for row in rows)
    can_go = at < wanted.too_late_at if was_under_way else wanted.is_ahead(at)
    return can_go and not any(_may_have_gone(row, wanted) for row in rows)


def _was_under_way(row: Reminder) -> bool:
    if row.status == ReminderStatus.MISSED.value and row.reason in {TOO_LATE, REFUSED, UNDELIVERED}:
        return True
    return row.status == ReminderStatus.OWED.value or row.falls_back_since is not None


def _is_tried(message: Message) -> bool:
    """Whether this envelope was tried and is still to go: what is in it stays in it, or it would go twice."""
    return message.status == MessageStatus.OPEN.value and message.frozen_at is not None


def _is_usable(row: Reminder, wanted: Wanted) -> bool:
    return row.channel in wanted.usable_channels


def _may_have_gone(row: Reminder, wanted: Wanted) -> bool:
    """Whether the other side may hold it, and it is not tried there again: another one would be a second one."""
    message = row.message
    if message is None or (message.status == MessageStatus.OPEN.value and _is_usable(row, wanted)):
        return False
    return message.attempts.filter(outcome=AttemptOutcome.UNKNOWN.value).exists()


def _let_go(row: Reminder, reason: str, *, at: datetime) -> None:
    row.status, row.reason, row.finished_at = ReminderStatus.CANCELLED.value, reason, at
    row.falls_back_since = None


def _owe_again(row: Reminder, wanted: Wanted) -> None:
    row.status, row.reason, row.finished_at = ReminderStatus.OWED.value, "", None
    row.send_at, row.too_late_at = wanted.send_at, wanted.too_late_at
    row.falls_back_since = None
    if row.message is not None and not _is_tried(row.message):
        row.message = None


def _date_anew(row: Reminder, wanted: Wanted, *, at: datetime) -> bool:
    """Give what is owed the hours that its recipient now has; whether anything changed.

    The recipient lives elsewhere now, or by other hours. Where the day is over it is no longer true; where only the
    hour has gone by, it goes at once.
    """
    send_at, too_late_at = wanted.send_at, wanted.too_late_at
    if (row.send_at, row.too_late_at) == (send_at, too_late_at):
        return False
    if too_late_at <= at:
        row.status, row.reason, row.finished_at = ReminderStatus.MISSED.value, TOO_LATE, at
        return True
    row.send_at = max(send_at, min(row.send_at, at))
    row.too_late_at = too_late_at
    return True


def _looked_at(rows: list[Reminder], *, but: list[Reminder]) -> list[Reminder]:
    """Those that waited for somebody to plan another channel, which was done just now."""
    waiting = [row for row in rows if row.falls_back_since is not None and row not in but]
    for row in waiting:
        row.falls_back_since = None
    return waiting
