"""Somebody changes a record or a plan while a message about it is prepared or asked for: neither waits for ever.

A row that points to a patient or a plan asks for it when its transaction ends. Whoever holds that patient or plan must
not be in its way, since that one may wait for the reminders.
"""

from collections.abc import Callable
from datetime import datetime

import pytest

from clinics.actor import Actor
from clinics.models import User
from patients.models import Heard, Message, Patient, Plan, Reminder
from patients.reminders import delivery
from patients.reminders.outbox import deliver_due, waiting
from patients.services import reminder_acts
from patients.services.own_settings import save_own_settings
from patients.services.people import save_patient
from patients.services.reminder_acts import ask_again, cancel
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender, SetClock
from tests.reminders.test_delivery import PATIENT_MORNING, coming
from tests.services.test_waiting_for_each_other import PATIENCE_SECONDS, Halfway, started, stopped, until_it_waits

pytestmark = pytest.mark.django_db(transaction=True)

Halt = Callable[[object, str], Halfway]


@pytest.fixture
def halt_after(monkeypatch: pytest.MonkeyPatch) -> Halt:
    """Whoever has done this first stops right after it, within the same transaction."""

    def halt(module: object, name: str) -> Halfway:
        halfway, real = Halfway(), getattr(module, name)

        def do(*args: object, **given: object) -> object:
            done = real(*args, **given)
            halfway.stop()
            return done

        monkeypatch.setattr(module, name, do)
        return halfway

    return halt


@pytest.fixture
def move_away(angela: Patient, by: Actor) -> Callable[[datetime], object]:
    def move(at: datetime) -> object:
        angela.zone = "Europe/Lisbon"
        return save_patient(angela, by=by, at=at)

    return move


@pytest.mark.usefixtures("plan")
def test_she_moves_while_her_first_message_is_prepared(
    move_away: Callable[[datetime], object], sender: RecordingSender, clock: SetClock, halt_after: Halt
) -> None:
    """Its count is a new row that points to her record."""
    Reminder.objects.filter(recipient_kind="staff").update(status="cancelled")
    waiting(at=PATIENT_MORNING)
    clock.at = PATIENT_MORNING
    halfway = halt_after(delivery, "_keep_within_budget")
    with stopped(lambda: deliver_due(sender=sender, clock=clock), halfway):
        moving = started(lambda: move_away(PATIENT_MORNING))
        until_it_waits(moving)
    moving.result(PATIENCE_SECONDS)
    assert Heard.objects.get().written_count == 1
    assert Message.objects.get().status in {"sent", "open"}


def test_she_moves_while_a_reminder_of_hers_is_cancelled(
    plan: Plan, move_away: Callable[[datetime], object], by: Actor, halt_after: Halt
) -> None:
    halfway = halt_after(reminder_acts, "let_go")

    def let_go() -> object:
        return cancel(coming(), reason="She knows.", request_key="once", by=by, at=NOON)

    with stopped(let_go, halfway):
        moving = started(lambda: move_away(NOON))
        until_it_waits(moving)
    moving.result(PATIENCE_SECONDS)
    assert coming().status == "cancelled"


def test_a_practitioner_sleeps_at_other_hours_while_a_reminder_is_asked_for_again(
    plan: Plan, dr_cho: User, by: Actor, halt_after: Halt
) -> None:
    """What is asked for is a new row that points to the plan, and all that the plan owes is dated anew."""
    Reminder.objects.filter(pk=coming().pk).update(status="missed", reason="It could not go in time.", finished_at=NOON)
    halfway = halt_after(reminder_acts, "owe_again")

    def again() -> object:
        return ask_again(coming(), reason="She wants it.", request_key="once", by=by, at=NOON)

    with stopped(again, halfway):
        saving = started(lambda: save_own_settings(dr_cho, by=dr_cho, at=NOON))
        until_it_waits(saving)
    saving.result(PATIENCE_SECONDS)
    assert Reminder.objects.filter(again_of__isnull=False).count() == 1
