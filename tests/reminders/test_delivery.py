"""What happens between an owed reminder and an accepted message: grouping, re-checks, retries, outcomes."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from clinics.models import Membership
from patients.models import Attempt, Message, Patient, Plan, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.outbox import deliver_due
from patients.services import plan_moves
from patients.services.people import save_patient
from tests.fixtures.personae import NOON, TODAY, make_patient
from tests.fixtures.sending import RecordingSender, SetClock

Sweep = Callable[[datetime], list[Envelope]]

# Replace is announced on 15 January, at 09:00 in Berlin to patients and at 08:00 to staff.
STAFF_MORNING = datetime(2027, 1, 15, 7, 0, tzinfo=UTC)
PATIENT_MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


def coming(recipient_kind: str = "patient") -> Reminder:
    return Reminder.objects.get(kind="phase-coming", phase__key="replace", recipient_kind=recipient_kind)


def test_nothing_goes_before_its_time(plan: Plan, sweep_at: Sweep) -> None:
    assert sweep_at(STAFF_MORNING - timedelta(seconds=1)) == []


def test_a_due_reminder_goes_once(plan: Plan, sweep_at: Sweep) -> None:
    assert len(sweep_at(PATIENT_MORNING)) == 2, "one to the patient, one to staff"
    assert sweep_at(PATIENT_MORNING + timedelta(minutes=1)) == []
    assert coming().status == "sent"
    assert coming().finished_at == PATIENT_MORNING


def test_words_carry_no_health_detail_and_no_name(plan: Plan, sweep_at: Sweep) -> None:
    envelopes = sweep_at(PATIENT_MORNING)
    for envelope in envelopes:
        words = f"{envelope.sender_name} {envelope.subject} {envelope.text} {envelope.html}".lower()
        for telling in ("replace", "angela", "gut", "phase", "enzyme", "lindenhof", "protocol"):
            assert telling not in words
    to_staff, to_patient = sorted(envelopes, key=lambda envelope: envelope.address, reverse=True)
    assert plan.patient.code in to_staff.text
    assert to_patient.subject == "You have a new note"
    assert f"/portal/{plan.patient.code}/" in to_patient.text


def test_staff_get_one_message_for_all_their_patients(
    plan: Plan, ben: Patient, activate_plan: Callable[..., Plan], sweep_at: Sweep
) -> None:
    activate_plan(ben)
    to_staff = [e for e in sweep_at(STAFF_MORNING) if e.address == "dr_cho@example.org"]
    assert len(to_staff) == 1
    assert plan.patient.code in to_staff[0].text
    assert ben.code in to_staff[0].text


def test_two_patients_who_share_an_address_get_a_message_each(
    plan: Plan, clinic: object, activate_plan: Callable[..., Plan], sweep_at: Sweep
) -> None:
    activate_plan(make_patient(clinic, "Someone", email="angela@example.org"))  # type: ignore[arg-type]
    to_them = [e for e in sweep_at(PATIENT_MORNING) if e.address == "angela@example.org"]
    assert len(to_them) == 2
    assert len({e.idempotency_key for e in to_them}) == 2


def test_a_plan_put_on_hold_meanwhile_sends_nothing(plan: Plan, by: Actor, sweep_at: Sweep) -> None:
    plan_moves.hold(plan, by=by, at=PATIENT_MORNING, revision=plan.revision)
    assert sweep_at(PATIENT_MORNING) == []


def test_what_is_no_longer_true_is_cancelled_at_the_door(plan: Plan, sweep_at: Sweep) -> None:
    """Changed behind the services' back, so that only the re-check can see it."""
    Plan.objects.filter(pk=plan.pk).update(status="on-hold")
    assert sweep_at(PATIENT_MORNING) == []
    assert (coming().status, coming().reason) == ("cancelled", "The plan no longer calls for it.")


def test_a_date_that_moved_is_noticed_at_the_door(plan: Plan, sweep_at: Sweep) -> None:
    plan.phases.filter(key="replace").update(starts_on=TODAY + timedelta(days=20))
    assert sweep_at(PATIENT_MORNING) == []
    assert coming().status == "cancelled"


def test_withdrawn_consent_is_noticed_at_the_door(plan: Plan, angela: Patient, sweep_at: Sweep) -> None:
    angela.contact_points.update(messages_allowed=False)
    assert [e.address for e in sweep_at(PATIENT_MORNING)] == ["dr_cho@example.org"]
    assert (coming().status, coming().reason) == ("missed", "There is no address with consent to send it to.")


def test_a_practitioner_who_left_is_not_written_to(plan: Plan, sweep_at: Sweep) -> None:
    Membership.objects.update(ended_at=NOON)
    assert [e.address for e in sweep_at(PATIENT_MORNING)] == ["angela@example.org"]
    assert coming("staff").status == "missed"


def test_what_could_not_go_in_time_is_missed_not_sent_late(plan: Plan, sweep_at: Sweep) -> None:
    assert [e for e in sweep_at(PATIENT_MORNING + timedelta(days=2)) if e.address == "angela@example.org"] == []
    assert (coming().status, coming().reason) == ("missed", "It could not go in time.")


def test_quiet_hours_hold_back_what_is_late(plan: Plan, sweep_at: Sweep) -> None:
    """The worker was down until 23:30 in Berlin; it may still go the next morning, not now."""
    night = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
    assert sweep_at(night) == []
    assert coming().status == "owed"
    assert sweep_at(datetime(2027, 1, 16, 6, 59, tzinfo=UTC)) == []
    assert len(sweep_at(datetime(2027, 1, 16, 7, 0, tzinfo=UTC))) == 2


def test_a_preferred_time_inside_quiet_hours_moves_to_the_nearest_allowed_time(
    plan: Plan, angela: Patient, by: Actor
) -> None:
    angela.message_time = time(22, 0)
    save_patient(angela, by=by, at=NOON)
    assert coming().send_at == datetime(2027, 1, 15, 19, 59, tzinfo=UTC), "one minute before 21:00 in Berlin"


def test_a_passing_failure_is_tried_again_with_the_same_key(
    plan: Plan, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("The mail server could not be reached (TimeoutError).", permanent=False)
    assert sweep_at(PATIENT_MORNING) == []
    key = Message.objects.get(recipient_kind="patient").idempotency_key
    sender.failure = None
    assert sweep_at(PATIENT_MORNING + timedelta(seconds=59)) == [], "the first pause is a minute"
    went = sweep_at(PATIENT_MORNING + timedelta(minutes=1))
    assert key in {e.idempotency_key for e in went}
    outcomes = list(Attempt.objects.filter(message__recipient_kind="patient").values_list("outcome", "detail"))
    assert outcomes == [("failed", "The mail server could not be reached (TimeoutError)."), ("accepted", "")]


def test_a_permanent_refusal_is_missed_and_not_tried_again(
    plan: Plan, sender: RecordingSender, sweep_at: Sweep
) -> None:
    sender.failure = HandOverFailed("The mail server refused the recipient (550).", permanent=True)
    sweep_at(PATIENT_MORNING)
    sender.failure = None
    assert sweep_at(PATIENT_MORNING + timedelta(hours=2)) == []
    assert (coming().status, coming().reason) == (
        "missed",
        "It was refused for good where it was to go.",
    )


def test_retries_end_when_it_is_too_late(plan: Plan, sender: RecordingSender, sweep_at: Sweep) -> None:
    sender.failure = HandOverFailed("Down.", permanent=False)
    at = PATIENT_MORNING
    while at < PATIENT_MORNING + timedelta(days=2, hours=12):
        sweep_at(at)
        at += timedelta(minutes=30)
    assert coming().status == "missed"
    assert Message.objects.filter(status="open").count() == 0
    assert 20 < Attempt.objects.filter(message__recipient_kind="patient").count() < 60


def test_a_frozen_envelope_keeps_its_set(plan: Plan, sender: RecordingSender, sweep_at: Sweep) -> None:
    """What falls due while an envelope is being retried goes in the next one."""
    sender.failure = HandOverFailed("Down.", permanent=False)
    sweep_at(PATIENT_MORNING)
    first = Message.objects.get(recipient_kind="patient")
    late = Reminder.objects.get(kind="phase-starts", phase__key="replace", recipient_kind="patient")
    Reminder.objects.filter(pk=late.pk).update(send_at=PATIENT_MORNING + timedelta(seconds=30))
    sweep_at(PATIENT_MORNING + timedelta(seconds=30))
    late.refresh_from_db()
    assert late.message_id != first.pk


def test_a_poison_row_lets_the_others_pass_and_shows_itself(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, sender: RecordingSender, sweep_at: Sweep, clock: SetClock
) -> None:
    from patients.reminders import delivery

    real = delivery.envelope_for

    def breaks_for_staff(message: Message, reminders: list[Reminder], **options: Any) -> Envelope:
        if message.recipient_kind == "staff":
            raise ZeroDivisionError
        return real(message, reminders, **options)

    monkeypatch.setattr(delivery, "envelope_for", breaks_for_staff)
    with pytest.raises(ExceptionGroup):
        sweep_at(PATIENT_MORNING)
    assert [e.address for e in sender.accepted] == ["angela@example.org"]
    attempt = Attempt.objects.get(message__recipient_kind="staff")
    assert attempt.outcome == "failed"
    assert "ZeroDivisionError" in attempt.detail
    clock.at += timedelta(seconds=30)
    deliver_due(sender=sender, clock=clock)
    assert Attempt.objects.filter(message__recipient_kind="staff").count() == 1, "it waits before it is tried again"
