"""The message budget of a patient: two routine messages a day, one a week to whoever is not heard from."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinics.actor import for_system
from patients.models import Attempt, Heard, Message, Patient, Plan, Reminder
from patients.reminders.budget import give_back
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.planning import replan
from patients.services.hearing import hear
from patients.services.sweeping import do_what_is_due
from protocols.domain.day_parts import DayPart
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.sending import RecordingSender
from tests.reminders.of_days import AT_LUNCH, TOMORROW, asks_for, takes

Sweep = Callable[[datetime], list[Envelope]]
DAY = timedelta(days=1)


def hers(kind: str) -> Reminder:
    """The first that Angela is owed of this kind, and nothing else is."""
    found = Reminder.objects.owed().filter(recipient_kind="patient", kind=kind).order_by("send_at").first()
    assert found is not None
    Reminder.objects.exclude(pk=found.pk).update(status="cancelled")
    return found


def written(angela: Patient, on: date, *, count: int, unanswered_since: date | None = None) -> None:
    Heard.objects.update_or_create(
        patient=angela,
        defaults={"written_on": on, "written_count": count, "unanswered_since": unanswered_since or on},
    )


def outcome(reminder: Reminder) -> tuple[str, str]:
    reminder.refresh_from_db()
    return reminder.status, reminder.reason


@pytest.mark.usefixtures("plan")
def test_each_message_is_counted_on_her_day(angela: Patient, sweep_at: Sweep) -> None:
    reminder = hers("phase-coming")
    assert len(sweep_at(reminder.send_at)) == 1
    heard = Heard.objects.get(patient=angela)
    on = reminder.civil_date
    assert (heard.written_on, heard.written_count, heard.unanswered_since) == (on, 1, on)


@pytest.mark.usefixtures("plan")
def test_what_is_above_two_a_day_goes_the_next_day(angela: Patient, sweep_at: Sweep) -> None:
    reminder = hers("phase-coming")
    written(angela, reminder.civil_date, count=2)
    assert sweep_at(reminder.send_at) == []
    assert outcome(reminder) == ("owed", "")
    assert sweep_at(reminder.send_at + DAY - timedelta(minutes=1)) == []
    (message,) = sweep_at(reminder.send_at + DAY)
    assert message.address == "angela@example.org"
    assert outcome(reminder) == ("sent", "")


@pytest.mark.usefixtures("plan")
def test_what_would_be_too_late_by_then_is_missed_and_says_why(angela: Patient, sweep_at: Sweep) -> None:
    reminder = hers("phase-starts")
    written(angela, reminder.civil_date, count=2)
    assert sweep_at(reminder.send_at) == []
    assert outcome(reminder) == ("missed", "Two messages had gone that day, and the next day was too late for it.")
    assert Message.objects.get().status == "closed"


@pytest.mark.usefixtures("plan")
def test_the_second_of_a_day_goes(angela: Patient, sweep_at: Sweep) -> None:
    reminder = hers("phase-starts")
    written(angela, reminder.civil_date, count=1)
    assert len(sweep_at(reminder.send_at)) == 1


@pytest.mark.usefixtures("plan")
def test_whoever_is_not_heard_from_for_a_week_is_written_to_once_a_week(angela: Patient, sweep_at: Sweep) -> None:
    reminder = hers("phase-starts")
    on = reminder.civil_date
    written(angela, on - 3 * DAY, count=1, unanswered_since=on - 7 * DAY)
    assert sweep_at(reminder.send_at) == []
    said = "Nobody has heard from the patient for a week, so messages go once a week: too late for it."
    assert outcome(reminder) == ("missed", said)


@pytest.mark.usefixtures("plan")
def test_a_visit_brings_the_ordinary_rhythm_back(angela: Patient, sweep_at: Sweep) -> None:
    reminder = hers("phase-starts")
    on = reminder.civil_date
    written(angela, on - 3 * DAY, count=1, unanswered_since=on - 7 * DAY)
    hear(angela, at=reminder.send_at - DAY)
    assert len(sweep_at(reminder.send_at)) == 1


@pytest.mark.usefixtures("plan")
def test_whoever_has_no_login_cannot_be_silent(angela: Patient, sweep_at: Sweep) -> None:
    reminder = hers("phase-starts")
    on = reminder.civil_date
    written(angela, on - 3 * DAY, count=1, unanswered_since=on - 7 * DAY)
    Patient.objects.filter(pk=angela.pk).update(user=None)
    assert len(sweep_at(reminder.send_at)) == 1


def test_a_message_to_staff_is_counted_nowhere(plan: Plan, sweep_at: Sweep) -> None:
    found = Reminder.objects.owed().filter(recipient_kind="staff").order_by("send_at").first()
    assert found is not None
    Reminder.objects.exclude(pk=found.pk).update(status="cancelled")
    assert len(sweep_at(found.send_at)) == 1
    assert not Heard.objects.exists()


def test_a_retry_of_what_was_tried_is_counted_once(
    angela: Patient, plan: Plan, sweep_at: Sweep, sender: RecordingSender
) -> None:
    reminder = hers("phase-coming")
    sender.failure = HandOverFailed("Later, please.", permanent=False)
    sweep_at(reminder.send_at)
    sender.failure = None
    assert len(sweep_at(reminder.send_at + timedelta(minutes=2))) == 1
    assert Heard.objects.get(patient=angela).written_count == 1


@pytest.mark.usefixtures("plan")
def test_what_was_tried_and_never_went_is_counted_no_more(
    angela: Patient, sweep_at: Sweep, sender: RecordingSender
) -> None:
    """Nor is she silent because of a message that never reached her."""
    reminder = hers("phase-starts")
    sender.failure = HandOverFailed("Down.", permanent=False)
    sweep_at(reminder.send_at)
    assert Heard.objects.get(patient=angela).written_count == 1
    sweep_at(reminder.too_late_at)
    assert outcome(reminder) == ("missed", "It could not go in time.")
    heard = Heard.objects.get(patient=angela)
    assert (heard.written_count, heard.unanswered_since) == (0, None)


@pytest.mark.usefixtures("plan")
def test_what_may_have_gone_stays_counted(angela: Patient, sweep_at: Sweep, sender: RecordingSender) -> None:
    reminder = hers("phase-starts")
    sender.failure = HandOverFailed("Down.", permanent=False)
    sweep_at(reminder.send_at)
    Attempt.objects.update(outcome="unknown")
    sweep_at(reminder.too_late_at)
    heard = Heard.objects.get(patient=angela)
    assert (heard.written_count, heard.unanswered_since) == (1, reminder.civil_date)


def test_hearing_is_written_once_an_hour(angela: Patient) -> None:
    hear(angela, at=NOON)
    again = Patient.objects.select_related("heard").get(pk=angela.pk)
    assert again.heard.heard_on == TODAY
    with CaptureQueriesContext(connection) as queries:
        hear(again, at=NOON + timedelta(minutes=59))
    assert len(queries) == 0
    hear(again, at=NOON + timedelta(hours=1))
    assert Heard.objects.get(patient=angela).heard_at == NOON + timedelta(hours=1)
    hear(again, at=NOON + DAY)
    assert Heard.objects.get(patient=angela).heard_on == TODAY + DAY


def silence(plan: Plan) -> list[tuple[str, date]]:
    found = Reminder.objects.filter(plan=plan, kind="patient-silent")
    return [(row.status, row.civil_date) for row in found]


def unanswered(angela: Patient, reminder: Reminder, sweep_at: Sweep) -> date:
    """One message goes, and she opens nothing; then the sweeps of the next four days come. The day it went."""
    assert len(sweep_at(reminder.send_at)) == 1
    for number in range(1, 5):
        do_what_is_due(by=for_system(), at=reminder.send_at + number * DAY)
    return reminder.civil_date


def test_the_clinic_is_told_in_the_morning_of_the_seventh_day(angela: Patient, plan: Plan, sweep_at: Sweep) -> None:
    went_on = unanswered(angela, hers("phase-coming"), sweep_at)
    assert silence(plan) == [("owed", went_on + 7 * DAY)]
    told = Reminder.objects.get(kind="patient-silent")
    Reminder.objects.exclude(pk=told.pk).update(status="cancelled")
    (message,) = sweep_at(told.send_at)
    assert message.address == "dr_cho@example.org"
    assert angela.code in message.text
    do_what_is_due(by=for_system(), at=told.send_at + DAY)
    assert silence(plan) == [("sent", went_on + 7 * DAY)]


def test_the_clinic_is_not_told_of_whoever_came_meanwhile(angela: Patient, plan: Plan, sweep_at: Sweep) -> None:
    unanswered(angela, hers("phase-coming"), sweep_at)
    told = Reminder.objects.get(kind="patient-silent")
    hear(Patient.objects.get(pk=angela.pk), at=told.send_at - DAY)
    Reminder.objects.exclude(pk=told.pk).update(status="cancelled")
    assert sweep_at(told.send_at) == []
    assert outcome(told) == ("cancelled", "The plan no longer calls for it.")


def test_a_move_of_the_plan_leaves_it_owed(angela: Patient, plan: Plan, sweep_at: Sweep) -> None:
    unanswered(angela, hers("phase-coming"), sweep_at)
    told = Reminder.objects.get(kind="patient-silent")
    with transaction.atomic():
        replan(Plan.objects.get(pk=plan.pk), at=told.send_at - DAY)
    assert outcome(told) == ("owed", "")


def daily(plan: Plan, angela: Patient) -> None:
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    Reminder.objects.filter(recipient_kind="patient").update(status="cancelled")


def test_what_she_asked_for_by_the_hour_begins_a_silence_too(angela: Patient, plan: Plan, sweep_at: Sweep) -> None:
    """It is counted in no budget; but whoever never opens what comes each day is not heard from."""
    daily(plan, angela)
    for number in range(3):
        assert len(to_angela(sweep_at(AT_LUNCH + number * DAY))) == 1
    heard = Heard.objects.get(patient=angela)
    assert (heard.written_on, heard.written_count, heard.unanswered_since) == (None, 0, TOMORROW)
    do_what_is_due(by=for_system(), at=AT_LUNCH + 4 * DAY)
    assert silence(plan) == [("owed", TOMORROW + 7 * DAY)]
    assert len(to_angela(sweep_at(AT_LUNCH + 8 * DAY))) == 1, "what she asked for goes on"


def test_what_was_refused_for_good_begins_no_silence(
    angela: Patient, plan: Plan, sweep_at: Sweep, sender: RecordingSender
) -> None:
    daily(plan, angela)
    sender.failure = HandOverFailed("550", permanent=True)
    sweep_at(AT_LUNCH)
    assert Heard.objects.get(patient=angela).unanswered_since is None


def test_a_message_that_came_back_late_hides_no_later_silence(angela: Patient, plan: Plan, sweep_at: Sweep) -> None:
    """Reported on the fifth day, when the clinic was to be told already: the next message begins anew."""
    reminder = hers("phase-coming")
    unanswered(angela, reminder, sweep_at)
    reminder.refresh_from_db()
    assert Heard.objects.get(patient=angela).is_silence_planned
    assert reminder.message is not None
    with transaction.atomic():
        give_back(reminder.message, [reminder])
    heard = Heard.objects.get(patient=angela)
    assert (heard.written_count, heard.unanswered_since, heard.is_silence_planned) == (0, None, False)


def to_angela(envelopes: list[Envelope]) -> list[Envelope]:
    return [envelope for envelope in envelopes if envelope.address == "angela@example.org"]
