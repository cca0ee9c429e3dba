"""Morning, noon, evening and bed: only for who asked, only where something is left, never late, and once a date."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinics.actor import Actor, NotAllowed
from patients.actor import acting_patient
from patients.models import Order, Patient, Plan, Recurrence, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.outbox import waiting
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.intakes import record_slot
from protocols.domain.day_parts import DayPart
from protocols.domain.slots import Slot
from tests.fixtures.personae import TODAY
from tests.fixtures.sending import RecordingSender
from tests.reminders.of_days import AT_LUNCH, SAID, TOMORROW, asks_for, cursor, made, takes

Sweep = Callable[[datetime], list[Envelope]]
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def lunch(plan: Plan) -> Order:
    return takes(plan, "with-lunch")


def hers(envelopes: list[Envelope]) -> list[Envelope]:
    return [envelope for envelope in envelopes if envelope.address == "angela@example.org"]


def test_nothing_comes_to_who_asked_for_nothing(lunch: Order, sweep_at: Sweep) -> None:
    assert hers(sweep_at(AT_LUNCH)) == []
    assert not Recurrence.objects.exists()


def test_at_noon_she_hears_that_something_waits_and_not_what(lunch: Order, angela: Patient, sweep_at: Sweep) -> None:
    asks_for(angela, DayPart.NOON)
    assert hers(sweep_at(AT_LUNCH - MINUTE)) == []
    (note,) = hers(sweep_at(AT_LUNCH))
    assert note.subject == "You have a new note"
    assert f"/portal/{angela.code}/" in note.text
    assert "zinc" not in note.text.lower()
    assert "noon" not in note.text.lower()
    assert made() == [("day-noon", TOMORROW, "sent")]
    assert cursor() == (TOMORROW + DAY, "01-06 11:30")


def test_two_parts_at_one_time_are_one_message(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    takes(plan, "with-lunch", "with-dinner")
    asks_for(angela, noon=time(12, 30), evening=time(12, 30))
    (note,) = hers(sweep_at(AT_LUNCH))
    assert note.subject == "You have 2 new notes"


def test_what_lies_in_the_night_gives_way_within_its_date(plan: Plan, angela: Patient) -> None:
    """Her night is from 21:00 to 8:00 in Berlin; breakfast is at 7:30, bed at 22:30."""
    takes(plan, "with-breakfast", "bedtime")
    morning, bed = asks_for(angela, DayPart.MORNING, DayPart.BED)
    assert (morning.wall_time, morning.next_on, morning.next_at.hour) == (time(7, 30), TOMORROW, 7)
    assert (bed.wall_time, bed.next_on) == (time(22, 30), TODAY)
    assert bed.next_at == datetime(2027, 1, 4, 19, 59, tzinfo=UTC)


def test_it_goes_at_the_first_time_of_its_part(plan: Plan, angela: Patient) -> None:
    """Waking is at 7:00, breakfast at 7:30; of the evening nothing is taken, and dinner is at 18:30."""
    takes(plan, "on-waking", "with-breakfast")
    morning, evening = asks_for(angela, DayPart.MORNING, DayPart.EVENING)
    assert (morning.wall_time, evening.wall_time) == (time(7), time(18, 30))


def test_a_day_without_anything_in_that_part_makes_nothing(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    takes(plan, "with-dinner")
    takes(plan, "with-lunch", key="every-other", pattern="every 2 days")  # on the first day, the third, …
    takes(plan, "with-lunch", key="walk", item_kind="practice", amount_value=None, amount_unit="")
    asks_for(angela, DayPart.NOON)
    for day in range(4):
        sweep_at(AT_LUNCH + day * DAY)
    assert made() == [("day-noon", TOMORROW + DAY, "sent"), ("day-noon", TOMORROW + 3 * DAY, "sent")]
    assert cursor()[0] == TOMORROW + 4 * DAY


def test_what_is_ticked_calls_for_nothing(lunch: Order, plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    asks_for(angela, DayPart.NOON)
    record_slot(plan, slot=Slot.WITH_LUNCH, day=TOMORROW, by=acting_patient(angela), at=AT_LUNCH - MINUTE)
    assert hers(sweep_at(AT_LUNCH)) == []
    assert made() == []


def test_ticked_before_it_has_gone_it_does_not_go(
    lunch: Order, plan: Plan, angela: Patient, sweep_at: Sweep, sender: RecordingSender
) -> None:
    asks_for(angela, DayPart.NOON)
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(AT_LUNCH)
    record_slot(plan, slot=Slot.WITH_LUNCH, day=TOMORROW, by=acting_patient(angela), at=AT_LUNCH + MINUTE)
    sender.failure = None
    assert hers(sweep_at(AT_LUNCH + 5 * MINUTE)) == []
    assert made() == [("day-noon", TOMORROW, "cancelled")]


def test_switched_off_before_it_has_gone_it_does_not_go(lunch: Order, angela: Patient, sweep_at: Sweep) -> None:
    asks_for(angela, DayPart.NOON)
    waiting(at=AT_LUNCH)
    asks_for(angela, at=AT_LUNCH)
    assert hers(sweep_at(AT_LUNCH)) == []
    assert made() == [("day-noon", TOMORROW, "cancelled")]


def test_while_the_plan_rests_nothing_comes_and_afterwards_it_goes_on(
    lunch: Order, plan: Plan, angela: Patient, by: Actor, sweep_at: Sweep
) -> None:
    asks_for(angela, DayPart.NOON)
    plan = plan_moves.hold(plan, by=by, at=SAID, revision=plan.revision)
    # That the clinic changed something in her plan is told that morning, once; of lunch nothing is said.
    assert len(hers(sweep_at(AT_LUNCH))) == 1
    assert made() == []
    plan_moves.resume(plan, by=by, at=AT_LUNCH + HOUR, revision=plan.revision)
    assert len(hers(sweep_at(AT_LUNCH + DAY))) == 1
    assert made() == [("day-noon", TOMORROW + DAY, "sent")]


def test_held_after_it_was_made_it_does_not_go(
    lunch: Order, plan: Plan, angela: Patient, by: Actor, sweep_at: Sweep
) -> None:
    asks_for(angela, DayPart.NOON)
    waiting(at=AT_LUNCH)
    plan_moves.hold(plan, by=by, at=AT_LUNCH, revision=plan.revision)
    assert hers(sweep_at(AT_LUNCH)) == []
    assert made() == [("day-noon", TOMORROW, "cancelled")]


def test_what_a_finding_stops_is_not_counted(lunch: Order, angela: Patient, sweep_at: Sweep) -> None:
    asks_for(angela, DayPart.NOON)
    Order.objects.filter(pk=lunch.pk).update(is_blocked=True)
    assert hers(sweep_at(AT_LUNCH)) == []
    assert made() == []


def test_stopped_by_a_finding_before_it_has_gone_it_does_not_go(lunch: Order, angela: Patient, sweep_at: Sweep) -> None:
    asks_for(angela, DayPart.NOON)
    waiting(at=AT_LUNCH)
    Order.objects.filter(pk=lunch.pk).update(is_blocked=True)
    assert hers(sweep_at(AT_LUNCH)) == []
    assert made() == [("day-noon", TOMORROW, "cancelled")]


@pytest.mark.parametrize(("late", "status"), [(timedelta(minutes=119), "sent"), (timedelta(minutes=120), "missed")])
def test_a_noon_that_is_two_hours_old_is_missed_and_never_sent_in_the_evening(
    lunch: Order, angela: Patient, sweep_at: Sweep, late: timedelta, status: str
) -> None:
    asks_for(angela, DayPart.NOON)
    assert len(hers(sweep_at(AT_LUNCH + late))) == (status == "sent")
    assert made() == [("day-noon", TOMORROW, status)]
    assert cursor() == (TOMORROW + DAY, "01-06 11:30")


def test_a_mail_server_that_is_down_until_the_evening_makes_it_missed(
    lunch: Order, angela: Patient, sweep_at: Sweep, sender: RecordingSender
) -> None:
    asks_for(angela, DayPart.NOON)
    sender.failure = HandOverFailed("Busy.", permanent=False)
    sweep_at(AT_LUNCH)
    sender.failure = None
    assert hers(sweep_at(AT_LUNCH + 7 * HOUR)) == []
    assert made() == [("day-noon", TOMORROW, "missed")]


def test_a_server_that_slept_for_ten_days_says_so_once_and_makes_what_is_not_too_late(
    lunch: Order, angela: Patient, sweep_at: Sweep
) -> None:
    asks_for(angela, DayPart.NOON)
    assert len(hers(sweep_at(AT_LUNCH + 10 * DAY + HOUR))) == 1
    assert made() == [("day-noon", TOMORROW, "missed"), ("day-noon", TOMORROW + 10 * DAY, "sent")]
    missed = Reminder.objects.get(status="missed", recurrence__isnull=False)
    assert missed.reason == "It could not go in time, nor could those of the days until 14 January 2027."
    assert cursor()[0] == TOMORROW + 11 * DAY


def test_without_any_way_to_her_nothing_is_owed_and_the_days_go_by(
    lunch: Order, angela: Patient, sweep_at: Sweep
) -> None:
    asks_for(angela, DayPart.NOON)
    angela.contact_points.update(messages_allowed=False)
    Patient.objects.filter(pk=angela.pk).update(user=None)
    sweep_at(AT_LUNCH)
    assert made() == []
    assert cursor()[0] == TOMORROW + DAY


def test_off_and_on_again_the_same_date_is_not_said_twice(lunch: Order, angela: Patient, sweep_at: Sweep) -> None:
    (first,) = asks_for(angela, DayPart.NOON)
    sweep_at(AT_LUNCH)
    asks_for(angela, at=AT_LUNCH + MINUTE)
    (again,) = asks_for(angela, noon=time(13), at=AT_LUNCH + 2 * MINUTE)
    assert (again.pk, again.code) == (first.pk, first.code), "the row keeps its identity"
    assert hers(sweep_at(AT_LUNCH + HOUR)) == []
    assert made() == [("day-noon", TOMORROW, "sent")]
    assert cursor() == (TOMORROW + DAY, "01-06 12:00")


def test_switched_on_after_the_hour_it_begins_tomorrow(lunch: Order, angela: Patient) -> None:
    asks_for(angela, noon=time(12, 59))
    assert cursor()[0] == TOMORROW


@pytest.mark.parametrize("own", [time(6, 59), time(0, 30), time(23, 1)])
def test_a_time_that_belongs_to_another_day_is_refused(angela: Patient, own: time) -> None:
    with pytest.raises(InvalidRequest, match="between getting up, at 7:00, and 23:00") as refused:
        asks_for(angela, bed=own)
    assert refused.value.field == "bed"
    assert not Recurrence.objects.exists()


def test_nobody_else_switches_them_on(angela: Patient, ben: Patient, by: Actor) -> None:
    for other in (by, acting_patient(ben)):
        with pytest.raises(NotAllowed):
            asks_for(angela, DayPart.NOON, by=other)


def test_what_was_said_before_stays_on_record(angela: Patient) -> None:
    (row,) = asks_for(angela, DayPart.NOON)
    asks_for(angela, noon=time(13))
    asks_for(angela)
    said = [(old.wall_time, old.is_own_time, old.ended_at) for old in row.history.order_by("history_id")]
    assert said == [(time(12, 30), False, None), (time(13), True, None), (time(13), True, SAID)]
    assert (row.said_by_kind, row.said_by_code) == ("patient", angela.code)


def test_each_date_has_its_reminder_through_the_change_of_clocks(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    """Clocks go forward in Berlin on 28 March 2027: 12:30 is 11:30 UTC before it and 10:30 from then on."""
    takes(plan, "with-lunch")
    asks_for(angela, DayPart.NOON)
    Recurrence.objects.update(next_on=date(2027, 3, 26), next_at=datetime(2027, 3, 26, 11, 30, tzinfo=UTC))
    at = datetime(2027, 3, 26, tzinfo=UTC)
    while at < datetime(2027, 3, 30, tzinfo=UTC):
        sweep_at(at)
        at += 30 * MINUTE
    went = Reminder.objects.filter(recurrence__isnull=False).order_by("civil_date")
    assert [(row.civil_date.day, row.finished_at.strftime("%d %H:%M")) for row in went if row.finished_at] == [
        (26, "26 11:30"), (27, "27 11:30"), (28, "28 10:30"), (29, "29 10:30"),
    ]  # fmt: skip
