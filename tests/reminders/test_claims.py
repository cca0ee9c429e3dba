"""Claims: a token and a lease. Whoever lost the lease sends nothing; whoever crashed is noticed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError

from clinics.actor import Actor
from patients.models import Attempt, Message, Plan, Reminder
from patients.reminders import delivery
from patients.reminders.channels import Envelope
from patients.reminders.claim import LEASE, Claim, still_held
from patients.reminders.outbox import deliver_due, waiting
from patients.reminders.setbacks import give_up
from patients.services import plan_moves
from tests.fixtures.sending import RecordingSender, SetClock, claim, deliver
from tests.reminders.test_delivery import PATIENT_MORNING, coming

Sweep = Callable[[datetime], list[Envelope]]


def envelope_of_the_patient() -> Message:
    waiting(at=PATIENT_MORNING)
    return Message.objects.get(recipient_kind="patient")


def taken(message: Message) -> Claim:
    claimed = claim(message.pk, at=PATIENT_MORNING)
    assert claimed is not None
    return claimed


def test_only_one_of_two_workers_gets_an_envelope(plan: Plan) -> None:
    message = envelope_of_the_patient()
    assert claim(message.pk, at=PATIENT_MORNING) is not None
    assert claim(message.pk, at=PATIENT_MORNING) is None


@pytest.mark.parametrize("status", ["sent", "closed"])
def test_an_envelope_that_is_done_with_is_nobodys(plan: Plan, status: str) -> None:
    """Whoever confirms a claim does not ask whether the envelope is open: that it is claimed says so."""
    message = envelope_of_the_patient()
    taken(message)
    with pytest.raises(IntegrityError, match="only_open_messages_are_claimed"):
        Message.objects.filter(pk=message.pk).update(status=status)


def test_a_lease_that_ran_out_can_be_taken_over(plan: Plan) -> None:
    message = envelope_of_the_patient()
    first = claim(message.pk, at=PATIENT_MORNING)
    second = claim(message.pk, at=PATIENT_MORNING + LEASE)
    assert first is not None
    assert second is not None
    assert first != second
    assert not still_held(first, at=PATIENT_MORNING + LEASE)
    assert still_held(second, at=PATIENT_MORNING + LEASE)


def test_a_worker_that_was_frozen_before_handing_over_sends_nothing(
    plan: Plan, sender: RecordingSender, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = envelope_of_the_patient()
    clock.at = PATIENT_MORNING
    real = delivery.begin_attempt

    def frozen_for_long(claimed: Claim, *, at: datetime) -> int | None:
        clock.at = PATIENT_MORNING + LEASE + timedelta(seconds=1)
        return real(claimed, at=clock.at)

    monkeypatch.setattr(delivery, "begin_attempt", frozen_for_long)
    assert not deliver(taken(message), sender=sender, clock=clock)
    assert sender.accepted == []
    assert Attempt.objects.get().outcome == "superseded"


def test_a_worker_that_wakes_late_takes_no_number_from_the_one_that_works(
    plan: Plan, sender: RecordingSender, clock: SetClock
) -> None:
    """Both write an attempt: the one that has the claim now, and the one that notes that it lost it."""
    message = envelope_of_the_patient()
    frozen, later = taken(message), PATIENT_MORNING + LEASE
    clock.at = later
    working = claim(message.pk, at=later)
    assert working is not None
    (ready,) = delivery.prepare([working], at=later)
    give_up(frozen, at=later)
    assert delivery.hand_over(ready, sender=sender, clock=clock)
    assert list(message.attempts.values_list("number", "outcome")) == [(1, "superseded"), (2, "accepted")]


def test_after_a_crash_the_same_key_goes_out_again_and_the_attempt_is_unknown(
    plan: Plan, sender: RecordingSender, clock: SetClock
) -> None:
    """The worker dies while the mail server has the message: the one window for a duplicate, marked as such."""
    message = envelope_of_the_patient()
    clock.at = PATIENT_MORNING

    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    sender.before = die
    with pytest.raises(Killed):
        deliver(taken(message), sender=sender, clock=clock)
    message.refresh_from_db()
    key = message.idempotency_key
    assert key
    sender.before = lambda: None
    clock.at = PATIENT_MORNING + timedelta(seconds=5)
    assert deliver_due(sender=sender, clock=clock) <= 1, "the lease of the dead worker still holds for the patient"
    assert not [e for e in sender.accepted if e.address == "angela@example.org"]
    clock.at = PATIENT_MORNING + LEASE
    deliver_due(sender=sender, clock=clock)
    again = [e for e in sender.accepted if e.address == "angela@example.org"]
    assert [e.idempotency_key for e in again] == [key]
    outcomes = list(Attempt.objects.filter(message=message).values_list("outcome", flat=True))
    assert outcomes == ["unknown", "accepted"]


def test_an_acceptance_counts_even_if_the_plan_moved_while_it_was_sent(
    plan: Plan, by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    def hold_now() -> None:
        plan.refresh_from_db()
        if plan.status == "active":
            plan_moves.hold(plan, by=by, at=PATIENT_MORNING, revision=plan.revision)

    sender.before = hold_now
    sweep_at(PATIENT_MORNING)
    assert coming().status == "sent"
    plan.refresh_from_db()
    plan_moves.resume(plan, by=by, at=PATIENT_MORNING, revision=plan.revision)
    assert Reminder.objects.filter(kind="phase-coming", phase__key="replace", status="owed").count() == 0
