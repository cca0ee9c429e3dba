"""On a reminder’s page, and on that of a patient’s day, somebody asks how it stood at an earlier moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import User
from patients.admin.reminders.moment import NO_MOMENT, NOT_YET, moment_of
from patients.models import Patient, Plan, Reminder
from patients.reminders.channels import HandOverFailed
from patients.reminders.outbox import deliver_due, waiting
from patients.services import plan_moves
from tests.admin.conftest import text_of
from tests.admin.test_reminders_of_a_day import day_of
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock

SignIn = Callable[[User], Client]
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
"""09:00 in Berlin."""
LATER = datetime(2027, 1, 16, 11, tzinfo=UTC)


@pytest.fixture
def sent(plan: Plan, clock: time_machine.Traveller, sender: RecordingSender) -> Reminder:
    """Tried in vain at 09:00, and sent at 09:01; it is the day after by now."""
    sender.failure = HandOverFailed("No route to the mail server.", permanent=False)
    for at in (MORNING, MORNING + timedelta(minutes=1)):
        waiting(at=at)
        deliver_due(sender=sender, clock=SetClock(at))
        sender.failure = None
    clock.move_to(LATER)
    return Reminder.objects.get(plan=plan, kind="phase-coming", recipient_kind="patient", phase__key="replace")


@pytest.fixture
def cho(sent: Reminder, sign_in: SignIn, dr_cho: User) -> Client:
    return sign_in(dr_cho)


@pytest.fixture
def dee(sent: Reminder, sign_in: SignIn, dr_dee: User) -> Client:
    return sign_in(dr_dee)


def page_of(client: Client, reminder: Reminder, as_of: str) -> str:
    page = client.get(reverse("admin:patients_reminder_change", args=[reminder.code]), {"as-of": as_of})
    assert page.status_code == 200
    return text_of(page)


def day_at(client: Client, patient: Patient, wall: str, *, on: str = "2027-01-15") -> str:
    page = client.get(day_of(patient, on), {"on": on, "time": wall})
    assert page.status_code == 200
    return text_of(page)


# --- A reminder -----------------------------------------------------------------------------------------------


def test_a_reminder_is_told_as_it_stood(cho: Client, sent: Reminder) -> None:
    words = page_of(cho, sent, "2027-01-15T09:00")
    assert "As it stood on 15 January 2027, 09:00 Europe/Berlin · As it stands now" in words
    assert "It has not been sent yet because 1 attempt failed, the last on 15 January 2027, 09:00" in words
    assert "Owed, failing" in words
    assert "Next attempt 15 January 2027, 09:01 Europe/Berlin" in words
    assert "accepted" not in words
    assert "Settled" not in words


def test_what_can_be_done_is_done_now(cho: Client, sent: Reminder) -> None:
    assert "Send again" not in page_of(cho, sent, "2027-01-15T09:00")
    assert "Send again" in page_of(cho, sent, "")
    assert "As it stood on" not in page_of(cho, sent, "")


def test_before_it_was_written_down_it_was_not_there(cho: Client, sent: Reminder) -> None:
    words = page_of(cho, sent, "2027-01-04T11:59")
    assert "It was not there yet: it was written down on 4 January 2027, 12:00 Europe/Berlin." in words
    assert "Attempts" not in words


def test_a_moment_that_has_not_come_is_now(cho: Client, sent: Reminder) -> None:
    words = page_of(cho, sent, "2031-01-15T09:00")
    assert NOT_YET in words
    assert "It was sent to the patient by email" in words


@pytest.mark.parametrize(
    "typed", ["yesterday", "2027-01-15T25:00", "0001-01-01T00:00", "2027-01-15T09:00+01:00", "9999-12-31T23:59", "\0"]
)
def test_what_is_no_moment_is_now_and_says_so(cho: Client, sent: Reminder, typed: str) -> None:
    words = page_of(cho, sent, typed)
    assert NO_MOMENT in words or NOT_YET in words or "It was not there yet" in words
    assert "500" not in words


def test_a_stranger_gets_no_answer_for_any_moment(dee: Client, sent: Reminder) -> None:
    address = reverse("admin:patients_reminder_change", args=[sent.code])
    assert dee.get(address, {"as-of": "2027-01-15T09:00"}).status_code in {302, 404}
    assert dee.get(f"{day_of(sent.plan.patient, '2027-01-15')}&time=09:00").status_code == 404


# --- What is typed --------------------------------------------------------------------------------------------


def test_clocks_that_skip_or_repeat_a_time_are_told() -> None:
    now = datetime(2028, 1, 1, tzinfo=UTC)
    skipped = moment_of("2027-03-28T02:30", zone_name="Europe/Berlin", now=now)
    assert (skipped.words, skipped.remark) == (
        "28 March 2027, 03:30 Europe/Berlin",
        "The clocks skipped 02:30 on that day: this is 03:30.",
    )
    twice = moment_of("2027-10-31T02:30", zone_name="Europe/Berlin", now=now)
    assert twice.at is not None
    assert twice.at.replace(second=0, microsecond=0) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert twice.remark == "The clocks showed 02:30 twice on that day: this is the first time."


def test_a_minute_is_asked_about_to_its_end_and_the_present_one_is_now() -> None:
    found = moment_of("2027-01-15T09:00", zone_name="Europe/Berlin", now=LATER)
    assert found.at == MORNING + timedelta(seconds=59, microseconds=999_999)
    assert moment_of("2027-01-15T09:00", zone_name="Europe/Berlin", now=MORNING + timedelta(seconds=20)).at is None


# --- A day ----------------------------------------------------------------------------------------------------


def test_each_reminder_of_a_day_says_how_it_stood_and_why(cho: Client, sent: Reminder) -> None:
    patient = sent.plan.patient
    early, failing, gone = (day_at(cho, patient, wall) for wall in ("07:00", "09:00", "09:01"))
    assert "As it stood on 15 January 2027, 07:00 Europe/Berlin · As it stands now" in early
    assert "the patient Owed It has not been sent because its time has not come" in early
    assert "the patient Owed It has not been sent yet because 1 attempt failed" in failing
    assert "the patient Sent It was sent to the patient by email on 15 January 2027, 09:01" in gone
    assert "there was 1 reminder to the patient: 1 owed." in failing


def test_a_reminder_of_that_day_is_opened_at_the_same_moment(cho: Client, sent: Reminder) -> None:
    page = cho.get(f"{day_of(sent.plan.patient, '2027-01-15')}&time=09:00").content.decode()
    address = reverse("admin:patients_reminder_change", args=[sent.code])
    assert f"{address}?as-of=2027-01-15T09:00" in page


@pytest.mark.parametrize("wall", ["noon", "9", "25:00", "09:00+01:00"])
def test_a_time_that_is_none_says_so(cho: Client, sent: Reminder, wall: str) -> None:
    assert NO_MOMENT in day_at(cho, sent.plan.patient, wall)


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_where_calendars_end_the_day_is_today(cho: Client, sent: Reminder, on: str) -> None:
    assert "Saturday 16 January 2027, today" in day_at(cho, sent.plan.patient, "08:00", on=on)


def test_pages_of_a_past_moment_cost_no_more_for_a_longer_history(cho: Client, sent: Reminder, by: Actor) -> None:
    plan = sent.plan
    addresses = [
        f"{reverse('admin:patients_reminder_change', args=[sent.code])}?as-of=2027-01-15T09:00",
        f"{day_of(plan.patient, '2027-01-15')}&time=09:00",
    ]

    def cost() -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert cho.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    cost()
    few = cost()
    for number in range(3):
        for move in (plan_moves.hold, plan_moves.resume):
            at = NOON + timedelta(hours=number)
            move(plan, by=by, at=at, revision=Plan.objects.get(pk=plan.pk).revision)
    Reminder.objects.filter(plan=plan, recipient_kind="staff").update(civil_date=sent.civil_date)
    assert cost() == few
    assert max(few) <= 45, few
