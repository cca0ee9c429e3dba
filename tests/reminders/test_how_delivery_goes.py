"""Operators see how much is due, ahead, failed and missed, and that the sweep and the workers live."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import Heard, Heartbeat, Message, Part, Plan, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.figures import figures, pulse
from patients.reminders.heartbeat import beating
from patients.services.reminder_acts import cancel
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender

Sweep = Callable[[datetime], list[Envelope]]
# Two reminders, to Angela and to dr_cho, at nine and at eight of their morning.
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def beat(at: datetime, part: Part = Part.SWEEP, worker: str = "worker_1") -> None:
    with beating(part, worker=worker, at=at):
        pass


# --- What is due ----------------------------------------------------------------------------------------------


def test_what_is_due_and_what_is_ahead_is_counted_apart(plan: Plan) -> None:
    owed = Reminder.objects.owed()
    due = [row for row in owed if row.send_at <= MORNING]
    found = figures(at=MORNING)
    assert (found.due, found.ahead) == (len(due), owed.count() - len(due))
    assert found.due > 0
    assert found.oldest_due_at == min(row.send_at for row in due)
    assert found.oldest_due == MORNING - min(row.send_at for row in due)


def test_before_anything_is_due_nothing_waits(plan: Plan) -> None:
    found = figures(at=NOON)
    assert (found.due, found.oldest_due_at, found.oldest_due) == (0, None, timedelta(0))


def test_what_is_in_an_envelope_and_fails_is_still_due(plan: Plan, sweep_at: Sweep, sender: RecordingSender) -> None:
    sender.failure = HandOverFailed("No route.", permanent=False)
    sweep_at(MORNING)
    found = figures(at=MORNING)
    assert found.due > 0
    assert found.failed["email"] > 0


def test_what_was_sent_or_cancelled_is_due_no_more(plan: Plan, sweep_at: Sweep, by: object) -> None:
    for number, reminder in enumerate(Reminder.objects.owed().filter(send_at__lte=MORNING)[:1]):
        cancel(reminder, reason="Known.", request_key=str(number), by=by, at=NOON)  # type: ignore[arg-type]
    sweep_at(MORNING)
    assert figures(at=MORNING).due == 0


# --- What went wrong ------------------------------------------------------------------------------------------


def test_failures_count_for_an_hour(plan: Plan, sweep_at: Sweep, sender: RecordingSender) -> None:
    sender.failure = HandOverFailed("No route.", permanent=False)
    sweep_at(MORNING)
    failed = figures(at=MORNING).failed["email"]
    assert failed > 0
    assert figures(at=MORNING + timedelta(minutes=59)).failed["email"] == failed
    assert figures(at=MORNING + timedelta(minutes=61)).failed["email"] == 0


def test_what_was_missed_counts_for_a_day_by_its_reason(plan: Plan, sweep_at: Sweep) -> None:
    late = MORNING + timedelta(days=30)
    sweep_at(late)
    missed = Reminder.objects.filter(status="missed")
    found = figures(at=late).missed
    assert found["too-late"] == missed.filter(reason="It could not go in time.").count() > 0
    assert sum(found.values()) == missed.count()
    assert sum(figures(at=late + timedelta(hours=25)).missed.values()) == 0


def test_days_that_were_slept_through_are_counted_as_too_late(plan: Plan) -> None:
    reason = "It could not go in time, nor could those of the days until 14 January 2027."
    Reminder.objects.filter(pk=Reminder.objects.earliest("pk").pk).update(
        status="missed", reason=reason, finished_at=NOON
    )
    assert figures(at=NOON).missed["too-late"] == 1


def test_a_reason_nobody_knows_is_other_and_is_not_repeated(plan: Plan) -> None:
    Reminder.objects.filter(pk=Reminder.objects.earliest("pk").pk).update(
        status="missed", reason="Angela takes omeprazole.", finished_at=NOON
    )
    assert figures(at=NOON).missed["other"] == 1


# --- Who is at work -------------------------------------------------------------------------------------------


def test_the_sweep_and_the_workers_are_seen(db: None) -> None:
    assert figures(at=NOON).swept_at is None
    beat(NOON - timedelta(minutes=1))
    beat(NOON - timedelta(minutes=2), worker="worker_2")
    beat(NOON - timedelta(minutes=3), part=Part.DELIVERY, worker="worker_3")
    beat(NOON - timedelta(minutes=61), part=Part.DELIVERY, worker="worker_4")
    found = figures(at=NOON)
    assert (found.swept_at, found.workers, found.broke_at) == (NOON - timedelta(minutes=1), 3, None)


def test_a_sweep_in_which_something_breaks_still_beats_and_says_so(db: None) -> None:
    with pytest.raises(ValueError, match="one row"), beating(Part.SWEEP, worker="worker_1", at=NOON):
        raise ValueError("one row")
    found = figures(at=NOON)
    assert (found.swept_at, found.broke_at) == (NOON, NOON)


def test_a_worker_of_last_week_is_forgotten(db: None) -> None:
    beat(NOON, worker="worker_1")
    beat(NOON + timedelta(days=8), worker="worker_2")
    assert {row.worker for row in Heartbeat.objects.all()} == {"worker_2"}


# --- Red or not -----------------------------------------------------------------------------------------------


def test_it_is_red_when_the_sweep_never_ran_or_rests(db: None) -> None:
    assert pulse(at=NOON) == ["The sweep has never run."]
    beat(NOON)
    assert pulse(at=NOON + timedelta(minutes=5)) == []
    assert pulse(at=NOON + timedelta(minutes=5, seconds=1)) == ["The sweep has not run for more than 5 minutes."]


def test_it_is_red_when_something_due_waits_too_long(plan: Plan) -> None:
    first = Reminder.objects.owed().earliest("send_at").send_at
    for minutes, faults in ((0, []), (15, []), (16, ["Something has been due for more than 15 minutes."])):
        at = first + timedelta(minutes=minutes)
        beat(at)
        assert pulse(at=at) == faults
        assert figures(at=at).faults == faults


def test_what_a_budget_or_a_digest_holds_back_is_ahead_and_not_red(plan: Plan, sweep_at: Sweep) -> None:
    """Three messages a day would otherwise make it red until the next morning, each day."""
    on = MORNING.date()
    Heard.objects.create(patient=plan.patient, written_on=on, written_count=2, unanswered_since=on)
    late = MORNING + timedelta(hours=3)
    Reminder.objects.filter(kind="phase-coming", recipient_kind="staff").update(created_at=late)
    sweep_at(late)
    assert Reminder.objects.owed().filter(send_at__lte=late).count() == 2
    for at in (late, late + timedelta(minutes=16), late + timedelta(hours=12)):
        beat(at)
        assert pulse(at=at) == []
        found = figures(at=at)
        assert (found.due, found.ahead) == (0, Reminder.objects.owed().count())
    # Eight o’clock in Berlin: the digest of the next morning.
    again = MORNING + timedelta(hours=23)
    beat(again)
    assert figures(at=again).oldest_due_at == again
    assert pulse(at=again) == []
    beat(again + timedelta(minutes=16))
    assert pulse(at=again + timedelta(minutes=16)) == ["Something has been due for more than 15 minutes."]


def test_what_fails_or_cannot_be_made_up_stays_red_between_its_tries(
    plan: Plan, sweep_at: Sweep, sender: RecordingSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.failure = HandOverFailed("No route.", permanent=False)
    for minutes in (0, 1, 6, 21):
        sweep_at(MORNING + timedelta(minutes=minutes))
    at = MORNING + timedelta(minutes=22)
    beat(at)
    assert pulse(at=at) == ["Something has been due for more than 15 minutes."]
    Reminder.objects.update(message=None)
    Message.objects.update(status="closed")

    def breaks(*args: object, **kwargs: object) -> None:
        raise ValueError("No words.")

    monkeypatch.setattr("patients.reminders.delivery.envelope_for", breaks)
    with pytest.raises(ExceptionGroup):
        sweep_at(at)
    assert Message.objects.filter(status="open", frozen_at=None, next_attempt_at__gt=at).exists()
    assert pulse(at=at) == ["Something has been due for more than 15 minutes."]


# --- What it costs --------------------------------------------------------------------------------------------


def test_the_numbers_are_a_few_reads_whatever_there_is(plan: Plan) -> None:
    with CaptureQueriesContext(connection) as whole:
        figures(at=MORNING)
    with CaptureQueriesContext(connection) as short:
        pulse(at=MORNING)
    assert (len(whole), len(short)) == (7, 2)
