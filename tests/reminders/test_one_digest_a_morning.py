"""Staff get one digest a morning: what comes later is taken by the next, unless it would be too late by then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Patient, Plan, RecipientKind, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.kind import Pace
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS, KINDS
from patients.services.reminder_acts import ask_again
from tests.fixtures.personae import make_patient
from tests.fixtures.sending import RecordingSender

CHO = "dr_cho@example.org"
MORNING = datetime(2027, 1, 15, 7, 0, tzinfo=UTC)
"""Eight o’clock in Berlin, three days before the second phase."""
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Sweep = Callable[[datetime], list[Envelope]]


def to_cho(envelopes: list[Envelope]) -> list[str]:
    return [envelope.subject for envelope in envelopes if envelope.address == CHO]


@pytest.fixture
def later(clinic: Clinic, activate_plan: Callable[..., Plan]) -> Reminder:
    """Another patient’s: it falls due five minutes after the morning’s hour, and may go until the next evening."""
    plan = activate_plan(make_patient(clinic, "Somebody"))
    reminder = plan.reminders.get(kind="phase-coming", recipient_kind="staff", civil_date=MORNING.date())
    reminder.send_at = reminder.created_at = MORNING + 5 * MINUTE
    reminder.save(update_fields=["send_at", "created_at"])
    return reminder


def test_single_messages_to_staff_are_of_warning_signs_alone() -> None:
    paces = {name: kind.pace_to(RecipientKind.STAFF) for name, kind in KINDS.items()}
    assert {name for name, pace in paces.items() if pace is Pace.DAY_AND_NIGHT} == EXEMPT_FROM_QUIET_HOURS
    assert {"red-flag", "red-flag-not-taken-on", "prescriber-not-alerted"} == EXEMPT_FROM_QUIET_HOURS
    assert Pace.AT_ONCE not in paces.values()


def test_it_counts_by_sort_and_patient_and_says_no_name(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    (digest,) = [envelope for envelope in sweep_at(MORNING) if envelope.address == CHO]
    assert digest.subject == "Today: 1 note"
    assert "1 note about 1 patient: 1 to look at." in digest.text
    assert "1 to look at." in digest.html
    assert angela.code in digest.text
    assert angela.given_name not in digest.text + digest.html
    # It comes at the hour that each member of staff has chosen, and a retry comes later.
    assert "morning" not in (digest.subject + digest.text + digest.html).lower()


def test_what_comes_later_that_day_goes_with_the_next_digest(plan: Plan, later: Reminder, sweep_at: Sweep) -> None:
    assert to_cho(sweep_at(MORNING)) == ["Today: 1 note"]
    for at in (MORNING + 5 * MINUTE, MORNING + timedelta(hours=6), MORNING + DAY - MINUTE):
        assert to_cho(sweep_at(at)) == [], at
    assert to_cho(sweep_at(MORNING + DAY)) == ["Today: 1 note"]
    later.refresh_from_db()
    assert later.status == "sent"


def test_what_is_tried_again_is_the_digest_of_the_day(
    plan: Plan, later: Reminder, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("421 later", permanent=False)
    sweep_at(MORNING)
    sender.failure = None
    assert to_cho(sweep_at(MORNING + timedelta(hours=1))) == ["Today: 1 note"]
    assert to_cho(sweep_at(MORNING + timedelta(hours=2))) == [], "what came meanwhile waits"
    assert to_cho(sweep_at(MORNING + DAY)) == ["Today: 1 note"]


def test_what_would_be_too_late_tomorrow_goes_today(plan: Plan, later: Reminder, sweep_at: Sweep) -> None:
    Reminder.objects.filter(pk=later.pk).update(too_late_at=MORNING + timedelta(hours=12))
    assert to_cho(sweep_at(MORNING)) == ["Today: 1 note"]
    assert to_cho(sweep_at(MORNING + 5 * MINUTE)) == ["Today: 1 note"]


def test_what_was_written_down_after_the_hour_waits_although_no_digest_went(later: Reminder, sweep_at: Sweep) -> None:
    assert to_cho(sweep_at(MORNING + timedelta(hours=6))) == []
    assert to_cho(sweep_at(MORNING + DAY)) == ["Today: 1 note"]


def test_a_digest_that_could_not_go_at_its_hour_goes_the_same_day(plan: Plan, later: Reminder, sweep_at: Sweep) -> None:
    assert to_cho(sweep_at(MORNING + timedelta(hours=6))) == ["Today: 2 notes"]


def test_what_is_left_from_the_evening_waits_for_the_hour(plan: Plan, later: Reminder, sweep_at: Sweep) -> None:
    """Due since yesterday, when nothing could go, and before eight o’clock: both go together."""
    yesterday = MORNING - timedelta(hours=12)
    Reminder.objects.filter(pk=later.pk).update(send_at=yesterday, created_at=yesterday - DAY)
    assert to_cho(sweep_at(MORNING - 10 * MINUTE)) == []
    assert to_cho(sweep_at(MORNING)) == ["Today: 2 notes"]


def test_what_a_colleague_asks_for_once_more_goes_by_itself(plan: Plan, by: Actor, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    sent = plan.reminders.get(recipient_kind="staff", status="sent")
    at = MORNING + timedelta(hours=3)
    ask_again(sent, reason="It was deleted unread.", request_key="1", by=by, at=at)
    assert to_cho(sweep_at(at)) == ["1 new note"]


def test_a_digest_that_was_refused_for_good_was_none(
    plan: Plan, later: Reminder, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("550 no such user", permanent=True)
    sweep_at(MORNING)
    sender.failure = None
    Reminder.objects.filter(pk=later.pk).update(created_at=MORNING - DAY)
    assert to_cho(sweep_at(MORNING + 5 * MINUTE)) == ["Today: 1 note"]
