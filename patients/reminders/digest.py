"""The morning’s digest: whatever waits for a member of staff comes in one message a day.

Not in it: warning signs, which go at once and alone, and what a person has just asked for once more. What comes later
than the digest of a day, or was planned after the hour of it, is taken by that of the next day, unless it would be too
late by then. Both follow from rows: which envelopes were tried on this day, and when each reminder was written down.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from clinics.domain.instants import civil_date, zone
from patients.models import Message, MessageStatus, RecipientKind, Reminder
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.reminders.recipients import Recipient

TRIED_SINCE = timedelta(days=2)
"""What was tried longer ago was not tried today, in any zone."""


def is_digest(members: Sequence[Reminder]) -> bool:
    """Whether an envelope with these is the digest of a member of staff."""
    return all(
        each.recipient_kind == RecipientKind.STAFF.value
        and each.kind not in EXEMPT_FROM_QUIET_HOURS
        and each.again_of_id is None
        for each in members
    )


class Digests:
    """The digests of some envelopes that were never tried: whether each goes now, or with that of another morning."""

    def __init__(self, contents: Mapping[int, Sequence[Reminder]], *, at: datetime) -> None:
        """contents: what goes in each envelope, by its key."""
        self._at = at
        self._own = {key for key, members in contents.items() if members and is_digest(members)}
        self._tried_at = _tried_at({contents[key][0].recipient_code for key in self._own}, at=at)

    def room_from(self, message: Message, going: Sequence[Reminder], recipient: Recipient) -> datetime:
        """From which instant on this envelope may go: this one, or that of a later digest."""
        if message.pk not in self._own:
            return self._at
        today = self._day(self._at, recipient)
        hour = recipient.send_at(today)
        is_early = self._at < hour
        if not is_early:
            has_gone = any(self._day(tried, recipient) == today for tried in self._tried_at.get(recipient.code, []))
            if not has_gone and any(each.created_at <= hour for each in going):
                return self._at
            hour = recipient.send_at(today + timedelta(days=1))
        return self._at if any(hour >= each.too_late_at for each in going) else max(self._at, hour)

    def _day(self, at: datetime, recipient: Recipient) -> date:
        return civil_date(at, zone(recipient.receiving.zone))


def _tried_at(codes: Collection[str], *, at: datetime) -> dict[str, list[datetime]]:
    """When digests were tried for the first time that went, or go on being tried, by the code of the recipient."""
    if not codes:
        return {}
    found: dict[str, list[datetime]] = {}
    inside = Reminder.objects.filter(message=OuterRef("pk"), again_of__isnull=True)
    tried = Message.objects.filter(
        Exists(inside.exclude(kind__in=EXEMPT_FROM_QUIET_HOURS)),
        recipient_kind=RecipientKind.STAFF.value,
        recipient_code__in=codes,
        frozen_at__gt=at - TRIED_SINCE,
        status__in=[MessageStatus.OPEN.value, MessageStatus.SENT.value],
    )
    for code, frozen_at in tried.values_list("recipient_code", "frozen_at"):
        if frozen_at is not None:
            found.setdefault(code, []).append(frozen_at)
    return found
