"""A warning sign stands behind nothing: no morning’s messages, nor what a provider’s limit holds up."""

from datetime import timedelta

from patients.models import Message, Plan, Reminder
from patients.reminders.claim import claim_batch
from patients.reminders.gathering import gather
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON


def test_its_envelope_is_taken_before_those_that_wait_longer(life: Life) -> None:
    life.reports(12, "swallowing")
    Reminder.objects.exclude(kind="red-flag", recipient_kind="staff").update(status="cancelled")
    alert = Reminder.objects.get(kind="red-flag", recipient_kind="staff")
    long_ago = alert.send_at - timedelta(hours=3)
    waiting = Message.objects.bulk_create(
        Message(
            recipient_kind="patient",
            recipient_code=f"{number}",
            channel="email",
            next_attempt_at=long_ago,
            created_at=long_ago,
        )
        for number in range(30)
    )
    gather(at=alert.send_at)
    (first,) = claim_batch(at=alert.send_at, limit=1)
    alert.refresh_from_db()
    assert first.message_id == alert.message_id
    assert first.message_id not in {message.pk for message in waiting}


def test_what_can_wait_stays_in_its_place(plan: Plan) -> None:
    at = NOON + timedelta(days=12)
    gather(at=at)
    assert set(Message.objects.values_list("next_attempt_at", flat=True)) == {at}
