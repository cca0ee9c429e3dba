"""Re-planning compares keys: the same key keeps its row, vanished is cancelled, back again is reopened unless sent."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from clinics.actor import Actor
from clinics.models import User
from patients.models import Patient, Plan, PlanPhase, Reminder, ReminderStatus
from patients.reminders.planning import replan
from patients.services import phase_moves, plan_moves
from patients.services.people import end_contact_point, save_contact_point, save_patient
from tests.fixtures.personae import NOON, TODAY


def replace_of(plan: Plan) -> PlanPhase:
    return plan.phases.get(key="replace")


def owed(plan: Plan, **fields: object) -> list[Reminder]:
    return list(Reminder.objects.owed().filter(plan=plan, **fields))


def test_planning_twice_changes_nothing(plan: Plan) -> None:
    before = list(Reminder.objects.order_by("pk").values())
    replan(Plan.objects.get(pk=plan.pk), at=NOON + timedelta(minutes=1))
    assert list(Reminder.objects.order_by("pk").values()) == before


def test_the_patient_is_told_three_days_before_at_the_preferred_time(plan: Plan) -> None:
    (coming,) = owed(plan, kind="phase-coming", phase__key="replace", recipient_kind="patient")
    # 15 January, 09:00 in Berlin, three days before the 18th.
    assert coming.send_at == datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def test_staff_are_told_at_their_own_morning(activate_plan: Callable[..., Plan], angela: Patient, dr_cho: User) -> None:
    dr_cho.zone, dr_cho.message_time = "America/New_York", time(7, 30)
    dr_cho.quiet_ends = time(7)
    dr_cho.save()
    plan = activate_plan(angela)
    (starts,) = owed(plan, kind="phase-starts", phase__key="replace", recipient_kind="staff")
    assert starts.civil_date == TODAY + timedelta(days=14)
    assert starts.send_at == datetime(2027, 1, 18, 12, 30, tzinfo=UTC)


def test_a_hold_cancels_what_is_owed_and_resuming_owes_it_on_the_new_dates(plan: Plan, by: Actor) -> None:
    first = {r.key for r in owed(plan)}
    held = plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    assert owed(plan) == []
    resumed = plan_moves.resume(held, by=by, at=NOON + timedelta(days=5), revision=held.revision)
    assert replace_of(resumed).starts_on == TODAY + timedelta(days=19)
    (starts,) = owed(plan, kind="phase-starts", phase__key="replace", recipient_kind="patient")
    assert starts.civil_date == TODAY + timedelta(days=19)
    assert first.isdisjoint({starts.key})


def test_what_comes_back_on_the_same_date_is_the_same_row(plan: Plan, by: Actor) -> None:
    before = {r.key: r.pk for r in owed(plan)}
    held = plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON + timedelta(hours=1), revision=held.revision)
    assert {r.key: r.pk for r in owed(plan)} == before


def test_what_was_sent_for_a_date_is_never_owed_again_for_it(plan: Plan, by: Actor) -> None:
    coming = Reminder.objects.get(plan=plan, kind="phase-coming", phase__key="replace", recipient_kind="patient")
    Reminder.objects.filter(pk=coming.pk).update(status=ReminderStatus.SENT.value)
    held = plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON + timedelta(hours=1), revision=held.revision)
    coming.refresh_from_db()
    assert coming.status == "sent"
    assert Reminder.objects.filter(key=coming.key).count() == 1


def test_extending_moves_what_hangs_on_the_end(plan: Plan, by: Actor) -> None:
    phase_moves.extend(plan.phases.get(key="remove"), days=7, by=by, at=NOON, revision=plan.revision)
    (due,) = owed(plan, kind="phase-due", phase__key="remove")
    assert due.civil_date == TODAY + timedelta(days=34)
    (starts,) = owed(plan, kind="phase-starts", phase__key="re-inoculate", recipient_kind="patient")
    assert starts.civil_date == TODAY + timedelta(days=35)
    cancelled = Reminder.objects.get(kind="phase-due", phase__key="remove", civil_date=TODAY + timedelta(days=27))
    assert (cancelled.status, cancelled.reason) == ("cancelled", "The plan no longer calls for it.")


def test_a_zone_change_dates_pending_reminders_anew(plan: Plan, angela: Patient, by: Actor) -> None:
    angela.zone = "Pacific/Auckland"
    save_patient(angela, by=by, at=NOON)
    (starts,) = owed(plan, kind="phase-starts", phase__key="replace", recipient_kind="patient")
    assert starts.send_at == datetime(2027, 1, 17, 20, 0, tzinfo=UTC)
    assert replace_of(plan).begins_at == datetime(2027, 1, 17, 11, 0, tzinfo=UTC)


def test_without_consent_nothing_is_owed_to_the_patient(plan: Plan, angela: Patient, by: Actor) -> None:
    Patient.objects.filter(pk=angela.pk).update(user=None)
    contact = angela.contact_points.get()
    contact.messages_allowed = False
    save_contact_point(contact, by=by, at=NOON)
    assert owed(plan, recipient_kind="patient") == []
    assert owed(plan, recipient_kind="staff") != []


def test_an_ended_address_is_owed_nothing_and_stays_in_the_record(plan: Plan, angela: Patient, by: Actor) -> None:
    Patient.objects.filter(pk=angela.pk).update(user=None)
    end_contact_point(angela.contact_points.get(), by=by, at=NOON)
    assert owed(plan, recipient_kind="patient") == []
    assert angela.contact_points.get().ended_at == NOON


def test_while_a_phase_is_on_hold_nothing_is_announced_that_hangs_on_its_end(plan: Plan, by: Actor) -> None:
    phase_moves.hold(plan.phases.get(key="remove"), by=by, at=NOON, revision=plan.revision)
    assert owed(plan, phase__key="re-inoculate") == []
    assert owed(plan, kind="phase-due", phase__key="remove") == []
    assert owed(plan, phase__key="replace") != []


def test_an_ended_plan_owes_nothing(plan: Plan, by: Actor) -> None:
    plan_moves.complete(plan, by=by, at=NOON, revision=plan.revision)
    assert owed(plan) == []
