"""How long a provider may keep a note for a telephone that is off: until it is too late, and never into her night."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from patients.actor import acting_patient
from patients.models import Order, Patient, Plan, Taper
from patients.reminders.channels import Envelope
from patients.services.tapers import using
from protocols.domain.day_parts import DayPart
from tests.reminders.of_days import AT_LUNCH, asks_for, takes

Sweep = Callable[[datetime], list[Envelope]]
MINUTE = timedelta(minutes=1)
# Nine in the morning in Berlin; her night begins at 21:00, and “A phase starts soon” may go on the next day, too.
MORNING = datetime(2027, 1, 15, 8, tzinfo=UTC)


def hers(envelopes: list[Envelope]) -> Envelope:
    (found,) = [envelope for envelope in envelopes if envelope.address == "angela@example.org"]
    return found


@pytest.mark.usefixtures("plan")
def test_what_goes_in_the_morning_waits_until_her_night(sweep_at: Sweep) -> None:
    assert hers(sweep_at(MORNING)).keep_for == timedelta(hours=12)


@pytest.mark.usefixtures("plan")
def test_what_goes_in_the_evening_waits_until_her_night(sweep_at: Sweep) -> None:
    assert hers(sweep_at(MORNING + timedelta(hours=11, minutes=40))).keep_for == 20 * MINUTE


@pytest.fixture
def lunch(plan: Plan) -> Order:
    return takes(plan, "with-lunch")


@pytest.mark.usefixtures("lunch")
def test_what_is_of_noon_waits_for_its_two_hours(angela: Patient, sweep_at: Sweep) -> None:
    asks_for(angela, DayPart.NOON)
    assert hers(sweep_at(AT_LUNCH + 10 * MINUTE)).keep_for == timedelta(hours=2) - 10 * MINUTE


def test_a_warning_sign_waits_through_the_night(taper: Taper, angela: Patient, sweep_at: Sweep) -> None:
    at = datetime(2027, 1, 20, 19, 30, tzinfo=UTC)
    sweep_at(at - MINUTE)
    using.report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=at)
    went = sweep_at(at)
    assert went
    assert all(envelope.keep_for is not None and envelope.keep_for > timedelta(hours=2) for envelope in went)
