"""Who moves to another zone, or changes their hours, takes what is owed along: the day there decides."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Patient, Plan, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.services.people import save_patient
from tests.fixtures.personae import TODAY
from tests.fixtures.sending import RecordingSender

REPLACE = TODAY + timedelta(days=14)  # 18 January; 09:00 in Berlin is 08:00 UTC


def starts_of_replace() -> Reminder:
    return Reminder.objects.get(kind="phase-starts", phase__key="replace", recipient_kind="patient")


def move(angela: Patient, zone: str, *, by: Actor, at: datetime) -> None:
    angela.zone = zone
    save_patient(angela, by=by, at=at)


def test_what_is_still_to_come_there_goes_at_the_hour_there(plan: Plan, angela: Patient, by: Actor) -> None:
    move(angela, "Asia/Tokyo", by=by, at=datetime(2027, 1, 17, 12, tzinfo=UTC))
    assert starts_of_replace().send_at == datetime(2027, 1, 18, 0, tzinfo=UTC)


def test_where_the_hour_has_gone_by_it_goes_at_once(
    plan: Plan, angela: Patient, by: Actor, sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    """In Tokyo it is 12:00 on the day itself when Angela moves there."""
    at = datetime(2027, 1, 18, 3, tzinfo=UTC)
    move(angela, "Asia/Tokyo", by=by, at=at)
    sweep_at(at)
    assert (starts_of_replace().status, starts_of_replace().finished_at) == ("sent", at)


def test_where_the_day_is_over_it_is_missed_not_sent(
    plan: Plan, angela: Patient, by: Actor, sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    """In Pago Pago it is 08:00 on the 18th, an hour before; in Kiritimati already 09:00 on the 19th."""
    move(angela, "Pacific/Pago_Pago", by=by, at=datetime(2027, 1, 17, 12, tzinfo=UTC))
    assert starts_of_replace().send_at == datetime(2027, 1, 18, 20, tzinfo=UTC)
    move(angela, "Pacific/Kiritimati", by=by, at=datetime(2027, 1, 18, 19, tzinfo=UTC))
    for hour in range(19, 24):
        sweep_at(datetime(2027, 1, 18, hour, tzinfo=UTC))
    found = starts_of_replace()
    assert (found.status, found.reason) == ("missed", "It could not go in time.")


@pytest.mark.parametrize(
    ("zone", "hour", "outcome"),
    [
        # 09:30 in Kiritimati becomes 08:30 on the eve in Pago Pago: it waits for 09:00 on the day itself.
        ("Pacific/Pago_Pago", 20, "sent"),
        # Back in Berlin it is the eve too, 20:30: it goes at 09:00 on the 18th.
        ("Europe/Berlin", 8, "sent"),
    ],
)
def test_what_was_tried_already_waits_for_its_day_there(
    plan: Plan,
    angela: Patient,
    by: Actor,
    sender: RecordingSender,
    sweep_at: Callable[[datetime], list[Envelope]],
    zone: str,
    hour: int,
    outcome: str,
) -> None:
    move(angela, "Pacific/Kiritimati", by=by, at=datetime(2027, 1, 16, 12, tzinfo=UTC))
    sender.failure = HandOverFailed("Busy.", permanent=False)
    at = datetime(2027, 1, 17, 19, tzinfo=UTC)
    sweep_at(at)
    move(angela, zone, by=by, at=at + timedelta(minutes=30))
    sender.failure = None
    goes_at = datetime(2027, 1, 18, hour, tzinfo=UTC)
    assert [e for e in sweep_at(goes_at - timedelta(minutes=1)) if e.address == "angela@example.org"] == []
    sweep_at(goes_at)
    assert (starts_of_replace().status, starts_of_replace().finished_at) == (outcome, goes_at)


def test_what_was_tried_already_is_missed_where_the_day_is_over(
    plan: Plan,
    angela: Patient,
    by: Actor,
    sender: RecordingSender,
    sweep_at: Callable[[datetime], list[Envelope]],
) -> None:
    """Tried at 23:00 in Honolulu; ten minutes later Angela is in Auckland, where it is the evening after."""
    angela.quiet_starts, angela.quiet_ends, angela.message_time = time(1), time(6), time(23)
    move(angela, "Pacific/Honolulu", by=by, at=datetime(2027, 1, 16, 12, tzinfo=UTC))
    sender.failure = HandOverFailed("Busy.", permanent=False)
    at = datetime(2027, 1, 19, 9, tzinfo=UTC)
    sweep_at(at)
    assert sender.accepted == []
    move(angela, "Pacific/Auckland", by=by, at=at + timedelta(minutes=10))
    sender.failure = None
    sweep_at(at + timedelta(minutes=20))
    assert starts_of_replace().status == "missed"
    assert [envelope for envelope in sender.accepted if envelope.address == "angela@example.org"] == []
