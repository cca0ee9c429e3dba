"""What is due and has not gone says by which rule it waits: the budget, the digest, the night, or a dead channel."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import Attempt, ChannelState, Heard, Message, Patient, Plan, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.gathering import gather
from patients.reminders.ledger import why
from patients.reminders.ledger_facts import ROWS
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]
# “A phase starts soon”, on the morning of 15 January: Angela’s message at nine, dr_cho’s at eight in Berlin.
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
NINE, ON_SATURDAY = "15 January 2027, 09:00 Europe/Berlin", "16 January 2027, 09:00 Europe/Berlin"


def coming(whom: str = "patient") -> Reminder:
    rows = Reminder.objects.select_related(*ROWS)
    return rows.get(kind="phase-coming", recipient_kind=whom, civil_date=MORNING.date(), again_of=None)


def said(at: datetime, whom: str = "patient") -> str:
    return why(coming(whom), at=at).sentence


@pytest.mark.usefixtures("plan")
def test_above_two_a_day_it_waits_for_the_next_day(angela: Patient, sweep_at: Sweep) -> None:
    Heard.objects.create(patient=angela, written_on=MORNING.date(), written_count=2, unanswered_since=MORNING.date())
    sweep_at(MORNING)
    assert said(MORNING + MINUTE) == (
        f"It has not been sent yet because two messages have gone today: it goes on {ON_SATURDAY}."
    )


@pytest.mark.usefixtures("plan")
def test_of_whoever_is_silent_it_says_so(angela: Patient, sweep_at: Sweep) -> None:
    on = MORNING.date()
    Heard.objects.create(patient=angela, written_on=on - 6 * DAY, written_count=1, unanswered_since=on - 7 * DAY)
    sweep_at(MORNING)
    assert said(MORNING + MINUTE) == (
        "It has not been sent yet because nobody has heard from the patient for a week, so that messages go once a "
        f"week: it goes on {ON_SATURDAY}."
    )


@pytest.mark.usefixtures("plan")
def test_what_came_after_the_hour_waits_for_the_next_digest(sweep_at: Sweep) -> None:
    late = MORNING + timedelta(hours=3)
    Reminder.objects.filter(pk=coming("staff").pk).update(created_at=late, send_at=late - MINUTE)
    sweep_at(late)
    assert said(late + MINUTE, "staff") == (
        "It has not been sent yet because it waits for the digest of another morning: it goes on "
        "16 January 2027, 08:00 Europe/Berlin."
    )


@pytest.mark.usefixtures("plan")
def test_what_could_not_go_before_the_night_waits_for_its_end(sweep_at: Sweep) -> None:
    """Due in the morning, and the first sweep is at ten in the evening."""
    night = datetime(2027, 1, 15, 21, 0, tzinfo=UTC)
    sweep_at(night)
    assert said(night) == (
        "It has not been sent yet because it is in the quiet hours of the patient: it goes on "
        "16 January 2027, 08:00 Europe/Berlin."
    )


@pytest.mark.usefixtures("plan")
def test_a_channel_that_is_left_alone_is_named(sweep_at: Sweep) -> None:
    gather(at=MORNING)
    ChannelState.objects.create(channel="email", failure_count=6, shut_until=MORNING + 2 * MINUTE)
    assert said(MORNING) == (
        "It has not been sent yet because its channel did not answer and is left alone until "
        f"15 January 2027, 09:02 Europe/Berlin: it is due since {NINE}."
    )
    assert "waits for a worker" in said(MORNING + 3 * MINUTE)


@pytest.mark.usefixtures("plan")
def test_what_its_push_service_keeps_waiting_says_so(sweep_at: Sweep) -> None:
    """Which service that is, one knows once it is made up; then it is put off, and nothing was tried."""
    Reminder.objects.filter(pk=coming().pk).update(channel="push")
    gather(at=MORNING)
    until = MORNING + 2 * MINUTE
    Message.objects.filter(pk=coming().message_id).update(frozen_at=MORNING, next_attempt_at=until)
    assert said(MORNING) == (
        "It has not been sent yet because its push service is used no faster than it allows, or did not answer: it "
        "goes on 15 January 2027, 09:02 Europe/Berlin."
    )
    Message.objects.filter(pk=coming().message_id).update(held_for="hour", held_since=MORNING, held_until=until)
    assert "its envelope waits for its hour" in said(MORNING)


@pytest.mark.usefixtures("plan")
def test_what_another_channel_is_handing_over_at_this_moment_is_awaited(sweep_at: Sweep) -> None:
    """It was called off there while a worker was at it, and is owed on her own pages now."""
    gather(at=MORNING)
    row = coming()
    assert row.message is not None
    Attempt.objects.create(message=row.message, number=1, claim_token="token", started_at=MORNING)
    Message.objects.filter(pk=row.message_id).update(frozen_at=MORNING, claimed_until=MORNING + 3 * MINUTE)
    Reminder.objects.filter(pk=row.pk).update(status="cancelled", finished_at=MORNING)
    row.pk, row.code, row.channel, row.message = None, "TWIN000000", "portal", None
    row.key = row.key.replace(":email", ":portal")
    row.save(force_insert=True)
    sweep_at(MORNING + MINUTE)
    twin = Reminder.objects.select_related(*ROWS).get(code="TWIN000000")
    assert (twin.status, why(twin, at=MORNING + MINUTE).sentence) == (
        "owed",
        "It has not been sent yet because the same is being handed over by email and has no answer yet: it goes on "
        "15 January 2027, 09:02 Europe/Berlin.",
    )


@pytest.mark.usefixtures("plan")
def test_a_next_attempt_is_never_told_as_if_it_lay_ahead(sweep_at: Sweep, sender: RecordingSender) -> None:
    """It was to be tried again at 09:01, and no worker came."""
    sender.failure = HandOverFailed("No route to the mail server.", permanent=False)
    sweep_at(MORNING)
    failed = f"1 attempt failed, the last on {NINE}, with “No route to the mail server.”"
    again = "it is tried again on 15 January 2027, 09:01 Europe/Berlin"
    assert said(MORNING) == f"It has not been sent yet because {failed}; {again}."
    assert said(MORNING + 30 * MINUTE) == (
        f"It has not been sent yet because {failed}; its envelope waits for a worker."
    )


def test_what_holds_it_back_costs_a_few_reads_more(plan: Plan, sweep_at: Sweep, angela: Patient) -> None:
    Heard.objects.create(patient=angela, written_on=MORNING.date(), written_count=2, unanswered_since=MORNING.date())
    sweep_at(MORNING)
    reminder = coming()
    with CaptureQueriesContext(connection) as queries:
        why(reminder, at=MORNING + MINUTE)
    assert len(queries) <= 7
