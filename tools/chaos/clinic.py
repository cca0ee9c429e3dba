"""The clinic of a fault run: who is owed what, how it goes on, and how time is made to pass faster."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, LPad
from django.utils import timezone

from patients.models import Attempt, ChannelState, ContactPoint, Message, Patient, Reminder
from tools.reminder_load.people import APART, people
from tools.reminder_load.waiting import wait_until

# One in so many lives where it is night, and is not to be woken.
NIGHT_EVERY: Final = 20
# One in so many has a mobile number and no mailbox.
TEXTED_EVERY: Final = 3
LATER: Final = timedelta(hours=2)
Found = TypeVar("Found")


class Clinic:
    """Many people, each of whom is owed one reminder, which falls due when it is released."""

    def __init__(self, count: int, *, at: datetime) -> None:
        people(count, at=at)
        _text_to(list(Patient.objects.order_by("pk").values_list("pk", flat=True))[1::TEXTED_EVERY])
        self.waiting = list(Reminder.objects.order_by("pk").values_list("pk", flat=True))
        Reminder.objects.update(send_at=at + LATER)
        asleep = list(Patient.objects.order_by("pk").values_list("pk", flat=True))[::NIGHT_EVERY]
        Patient.objects.filter(pk__in=asleep).update(zone=_where_it_is_midnight(at))
        codes = Patient.objects.filter(pk__in=asleep).values_list("code", flat=True)
        self.asleep = frozenset(codes)
        self.owed = count - len(asleep)

    def release(self, count: int) -> None:
        """Let the next so many fall due."""
        released, self.waiting = self.waiting[:count], self.waiting[count:]
        answered(lambda: Reminder.objects.filter(pk__in=released).update(send_at=timezone.now()))

    def sent(self) -> int:
        """How many are written down as sent."""
        return answered(lambda: Reminder.objects.filter(status="sent").count())

    def let_pauses_pass(self) -> None:
        """What waits after a failure is due now: an hour of retries goes by in seconds. Leases keep their length."""
        at = timezone.now()
        tried = Attempt.objects.values("message")
        answered(
            lambda: Message.objects.filter(
                status="open", claimed_until=None, next_attempt_at__gt=at, pk__in=tried
            ).update(next_attempt_at=at)
        )
        answered(lambda: ChannelState.objects.filter(shut_until__gt=at).update(shut_until=at))


def answered(ask: Callable[[], Found]) -> Found:
    """What the database says, once it is there again."""
    found: list[Found] = []

    def asked() -> bool:
        try:
            found.append(ask())
        except (DatabaseError, InterfaceError):
            connection.close()
            return False
        return True

    wait_until(asked, why="the database did not come back")
    return found[0]


def _text_to(patients: list[int]) -> None:
    """Give these a number instead of a mailbox, and owe them what they are owed by text message."""
    # The keys of copies lie apart, so that each gets a number of its own.
    nth = LPad(Cast(F("pk") / APART, CharField()), 7, Value("0"))
    contacts = ContactPoint.objects.filter(patient__in=patients)
    contacts.update(kind="sms", value=Concat(Value("+491512"), nth, output_field=CharField()))
    owed = Reminder.objects.filter(plan__patient__in=patients)
    owed.update(channel="sms", key=Concat(F("occurrence"), Value(":sms")))


def _where_it_is_midnight(at: datetime) -> str:
    """In no zone of more than 12 hours: `Etc` zones count the other way round."""
    ahead = -at.hour if at.hour <= 12 else 24 - at.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
