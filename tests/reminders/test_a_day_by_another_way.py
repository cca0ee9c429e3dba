"""What comes back each day, and could not go by its channel, goes by the next one while its two hours last."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from patients.actor import acting_patient
from patients.models import Attempt, ContactPoint, Patient, Plan, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.outbox import waiting
from patients.services.falling_back import fall_back
from patients.services.intakes import record_slot
from protocols.domain.day_parts import DayPart
from protocols.domain.slots import Slot
from tests.channels.envelopes import NUMBER
from tests.fixtures.sending import RecordingSender
from tests.reminders.of_days import AT_LUNCH, TOMORROW, asks_for, takes

Sweep = Callable[[datetime], list[Envelope]]
MINUTE = timedelta(minutes=1)
REFUSED = HandOverFailed("The mail server refused the recipient (550).", permanent=True)


@pytest.fixture
def at_noon(plan: Plan, angela: Patient, texting: ContactPoint) -> Plan:
    """Something is taken with lunch, and she is reminded of it; by email, or else by text message."""
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    return plan


def noon() -> dict[str, str]:
    """That reminder: by channel, its status."""
    return dict(Reminder.objects.filter(kind="day-noon", civil_date=TOMORROW).values_list("channel", "status"))


def refused(sender: RecordingSender, sweep_at: Sweep) -> None:
    sender.failure = REFUSED
    sweep_at(AT_LUNCH)
    sender.failure = None


def test_refused_for_good_it_goes_by_the_next_channel_and_once(
    at_noon: Plan, sender: RecordingSender, sweep_at: Sweep
) -> None:
    refused(sender, sweep_at)
    assert fall_back(at=AT_LUNCH + MINUTE) == 1
    assert noon() == {"email": "missed", "sms": "owed"}
    (went,) = sweep_at(AT_LUNCH + 2 * MINUTE)
    assert (went.channel, went.address) == ("sms", NUMBER)
    assert noon() == {"email": "missed", "sms": "sent"}
    assert fall_back(at=AT_LUNCH + 3 * MINUTE) == 0
    assert sweep_at(AT_LUNCH + 4 * MINUTE) == []


def test_what_she_ticked_meanwhile_does_not_go_by_another(
    at_noon: Plan, angela: Patient, sender: RecordingSender, sweep_at: Sweep
) -> None:
    refused(sender, sweep_at)
    record_slot(at_noon, slot=Slot.WITH_LUNCH, day=TOMORROW, by=acting_patient(angela), at=AT_LUNCH + MINUTE)
    fall_back(at=AT_LUNCH + MINUTE)
    assert noon() == {"email": "missed"}


def test_after_its_two_hours_it_goes_by_none(at_noon: Plan, sender: RecordingSender, sweep_at: Sweep) -> None:
    refused(sender, sweep_at)
    fall_back(at=AT_LUNCH + timedelta(hours=2))
    assert noon() == {"email": "missed"}


def test_an_address_that_ends_before_it_has_gone_loses_nothing(at_noon: Plan, angela: Patient, sweep_at: Sweep) -> None:
    """Behind the services’ backs: found at the door alone."""
    waiting(at=AT_LUNCH)
    assert noon() == {"email": "owed"}
    angela.contact_points.filter(kind="email").update(ended_at=AT_LUNCH)
    assert sweep_at(AT_LUNCH) == []
    fall_back(at=AT_LUNCH + MINUTE)
    (went,) = sweep_at(AT_LUNCH + 2 * MINUTE)
    assert went.channel == "sms"
    assert noon() == {"email": "missed", "sms": "sent"}


def test_refused_everywhere_it_ends(at_noon: Plan, sender: RecordingSender, sweep_at: Sweep) -> None:
    sender.failure = REFUSED
    for minute in range(8):
        sweep_at(AT_LUNCH + minute * MINUTE)
        fall_back(at=AT_LUNCH + minute * MINUTE)
    assert noon() == {"email": "missed", "sms": "missed", "portal": "missed"}


def test_what_is_on_hold_by_then_goes_by_none(at_noon: Plan, sender: RecordingSender, sweep_at: Sweep) -> None:
    refused(sender, sweep_at)
    Plan.objects.update(status="on-hold")
    fall_back(at=AT_LUNCH + MINUTE)
    assert noon() == {"email": "missed"}


def test_what_perhaps_went_goes_by_no_other(at_noon: Plan, sender: RecordingSender, sweep_at: Sweep) -> None:
    refused(sender, sweep_at)
    Attempt.objects.filter(message__reminders__kind="day-noon").update(outcome="unknown")
    fall_back(at=AT_LUNCH + MINUTE)
    assert noon() == {"email": "missed"}
