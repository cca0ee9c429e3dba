"""Putting what is due into envelopes: one per recipient and channel, so that things due together go together.

In sets of recipients, whatever is owed to them; should a set break, its recipients are gone through one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from patients.models import Message, MessageStatus, RecipientKind, Reminder
from patients.reminders.isolation import each, together
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.reminders.locking import lock_in_order

# Recipients in one set.
BATCH = 250
IN_FRONT_BY = timedelta(days=1)
"""Envelopes are taken as they fell due. A warning sign is not to stand behind a morning’s worth of them, nor behind
what a provider’s limit holds up: its envelope counts as due for so long."""
WHOSE = ("recipient_kind", "recipient_code", "channel")

Whose = tuple[str, str, str]
"""A recipient’s kind and code, and a channel."""
Row = TypeVar("Row", Message, Reminder)


def gather(*, at: datetime, after_each: Callable[[], object] = lambda: None) -> None:
    """Put all that is due into envelopes. Several may run at once; who breaks stops nobody else, and is raised.

    after_each: called after each full set of recipients.
    """

    def fill(recipients: list[Whose]) -> bool:
        try:
            return _fill_together_or_singly(recipients, at=at)
        finally:
            if len(recipients) == BATCH:
                after_each()

    each(_sets(at=at), fill, what="a set of recipients")


def _fill_together_or_singly(recipients: Collection[Whose], *, at: datetime) -> bool:
    if not together(lambda: _fill(recipients, at=at), what="recipients"):
        each(recipients, lambda recipient: _fill([recipient], at=at), what="a recipient")
    return True


def _sets(*, at: datetime) -> Iterator[list[Whose]]:
    """Whoever is owed something by now, each once: whoever breaks is passed over, until the next sweep."""
    due = Reminder.objects.due(at).order_by(*WHOSE).values_list(*WHOSE).distinct()
    found: list[Whose] = list(due[:BATCH])
    while found:
        yield found
        found = list(due.filter(_behind(found[-1]))[:BATCH]) if len(found) == BATCH else []


def _behind(last: Whose) -> Q:
    """Whoever comes after this one."""
    kind, code, channel = last
    same_person = Q(recipient_kind=kind, recipient_code=code, channel__gt=channel)
    return Q(recipient_kind__gt=kind) | Q(recipient_kind=kind, recipient_code__gt=code) | same_person


@transaction.atomic
def _fill(recipients: Collection[Whose], *, at: datetime) -> bool:
    # Locked, so that a worker freezing an envelope either sees these reminders in it or leaves them to the next.
    filling = _filling(recipients)
    missing = [recipient for recipient in recipients if recipient not in filling]
    if missing:
        # In the order of the recipients: of two who do this at once one waits for the other, and not both.
        Message.objects.bulk_create(
            [
                Message(
                    recipient_kind=kind,
                    recipient_code=code,
                    channel=channel,
                    next_attempt_at=at,
                    created_at=at,
                )
                for kind, code, channel in missing
            ],
            ignore_conflicts=True,
        )
        filling |= _filling(missing)
    due = _of(recipients, Reminder.objects.due(at))
    Reminder.objects.filter(pk__in=lock_in_order(due)).update(
        message=Subquery(
            Message.objects.filter(
                **{name: OuterRef(name) for name in WHOSE}, status=MessageStatus.OPEN.value, frozen_at__isnull=True
            ).values("pk")[:1]
        ),
        gathered_at=at,
    )
    Message.objects.filter(pk__in=filling.values(), next_attempt_at__gt=at).update(next_attempt_at=at)
    to_professionals = [pk for (kind, _, _), pk in filling.items() if kind != RecipientKind.PATIENT.value]
    if to_professionals:
        alert = Reminder.objects.owed().filter(message=OuterRef("pk"), kind__in=EXEMPT_FROM_QUIET_HOURS)
        Message.objects.filter(Exists(alert), pk__in=to_professionals).update(next_attempt_at=at - IN_FRONT_BY)
    return True


def _filling(recipients: Collection[Whose]) -> dict[Whose, int]:
    """The keys of the envelopes that are being filled for these, locked."""
    rows = _of(recipients, Message.objects.filter(status=MessageStatus.OPEN.value, frozen_at__isnull=True))
    locked = rows.select_for_update(of=("self",)).order_by("pk").values_list(*WHOSE, "pk")
    return {(kind, code, channel): pk for kind, code, channel, pk in locked}


def _of(recipients: Collection[Whose], rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Those of these rows that are for one of them."""
    codes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, code, channel in recipients:
        codes[kind, channel].append(code)
    whose = Q()
    for (kind, channel), theirs in codes.items():
        whose |= Q(recipient_kind=kind, channel=channel, recipient_code__in=theirs)
    return rows.filter(whose)
