"""What tests of the parts of a day share: something that Angela takes, what she asks for, and what goes to her."""

from datetime import UTC, date, datetime, time, timedelta

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import Order, Patient, Plan, Recurrence, Reminder
from patients.services.day.reminding import set_day_reminders
from protocols.domain.day_parts import DayPart
from tests.fixtures.personae import NOON, TODAY

TOMORROW = TODAY + timedelta(days=1)
SAID = NOON + timedelta(hours=1)
"""13:00 in Berlin on the day on which the plan begins: lunch is over."""
AT_LUNCH = datetime(2027, 1, 5, 11, 30, tzinfo=UTC)
"""12:30 in Berlin, on the day after the plan began."""


def takes(plan: Plan, *slots: str, key: str = "zinc", **fields: object) -> Order:
    """A capsule each day at these times, from the first phase on, which runs."""
    remove = plan.phases.get(key="remove")
    return Order.objects.create(
        plan=plan,
        key=key,
        name=key.capitalize(),
        first_phase=remove,
        last_phase=remove,
        **(
            {
                "item_kind": "supplement",
                "amount_value": "1",
                "amount_unit": "{capsule}",
                "pattern": "daily",
                "times_of_day": list(slots),
                "evidence": "weak",
            }
            | fields
        ),
    )


def asks_for(
    patient: Patient, *parts: DayPart, at: datetime = SAID, by: Actor | None = None, **own: time
) -> list[Recurrence]:
    """She switches these on, and all others off. own: by part, a time of her own."""
    wanted = dict.fromkeys(parts) | {DayPart(part): wall for part, wall in own.items()}
    set_day_reminders(patient, wanted=wanted, by=by or acting_patient(patient), at=at)
    return list(Recurrence.objects.filter(patient=patient).open().order_by("pk"))


def made(**where: object) -> list[tuple[str, date, str]]:
    """Kind, civil date and status of what came back each day, as it was made."""
    rows = Reminder.objects.filter(recurrence__isnull=False, **where).order_by("civil_date", "pk")
    return [(row.kind, row.civil_date, row.status) for row in rows]


def cursor() -> tuple[date, str]:
    """Of the only one: its next civil date, and the instant in UTC."""
    row = Recurrence.objects.get()
    return row.next_on, row.next_at.astimezone(UTC).strftime("%m-%d %H:%M")
