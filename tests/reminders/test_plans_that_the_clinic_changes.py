"""A patient is told the next morning that her clinic has changed something: once a day, and not in vain."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinics.actor import Actor
from patients.models import MessageGroup, Patient, Plan, Reminder
from patients.reminders.channels import Envelope
from patients.services.hearing import hear
from patients.services.people import save_patient
from patients.services.phase_moves import extend
from patients.services.plan_moves import enter_in_error, hold, resume
from patients.services.reaching import prefer
from tests.fixtures.personae import NOON

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MORNING = datetime(2027, 1, 7, 8, 0, tzinfo=UTC)
"""Nine o’clock in Berlin, on the day after the changes."""
CHANGED = MORNING - DAY + 4 * HOUR
Sweep = Callable[[datetime], list[Envelope]]


def told(plan: Plan) -> list[tuple[str, datetime]]:
    rows = Reminder.objects.filter(plan=plan, kind="plan-changed").order_by("civil_date")
    return [(row.status, row.send_at) for row in rows]


@pytest.fixture
def extended(plan: Plan, by: Actor) -> Plan:
    """Its first phase lasts longer."""
    extend(plan.phases.get(key="remove"), days=3, reason="Slower.", by=by, at=CHANGED, revision=plan.revision)
    plan.refresh_from_db()
    return plan


def test_the_next_morning_without_a_word_of_what_it_was(extended: Plan, angela: Patient, sweep_at: Sweep) -> None:
    assert told(extended) == [("owed", MORNING)]
    assert sweep_at(CHANGED) == []
    (note,) = [envelope for envelope in sweep_at(MORNING) if envelope.address == "angela@example.org"]
    assert note.subject == "You have a new note"
    assert "remove" not in (note.text + note.html).lower()


def test_many_changes_of_a_day_are_one_message(extended: Plan, by: Actor) -> None:
    for hours in (1, 2):
        phase = extended.phases.get(key="remove")
        extend(phase, days=1, reason="Slower.", by=by, at=CHANGED + hours * HOUR, revision=extended.revision)
        extended.refresh_from_db()
    assert told(extended) == [("owed", MORNING)]


def test_a_change_of_the_next_day_is_told_the_day_after(extended: Plan, by: Actor, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    phase = extended.phases.get(key="remove")
    extend(phase, days=1, reason="Slower.", by=by, at=MORNING + HOUR, revision=extended.revision)
    assert told(extended) == [("sent", MORNING), ("owed", MORNING + DAY)]


def test_whoever_has_seen_her_pages_since_is_not_told(extended: Plan, angela: Patient, sweep_at: Sweep) -> None:
    hear(angela, at=CHANGED + HOUR)
    assert sweep_at(MORNING) == []
    assert told(extended) == [("cancelled", MORNING)]


def test_a_visit_before_the_change_was_none_since(plan: Plan, angela: Patient, by: Actor, sweep_at: Sweep) -> None:
    hear(angela, at=CHANGED - 10 * HOUR)
    hear(angela, at=CHANGED - HOUR / 2)
    extend(plan.phases.get(key="remove"), days=3, reason="Slower.", by=by, at=CHANGED, revision=plan.revision)
    assert len(sweep_at(MORNING)) == 1
    assert told(plan) == [("sent", MORNING)]


def test_what_was_undone_on_the_same_day_is_not_told(plan: Plan, by: Actor) -> None:
    hold(plan, reason="Fever.", by=by, at=CHANGED, revision=plan.revision)
    assert told(plan) == [("owed", MORNING)]
    plan.refresh_from_db()
    resume(plan, by=by, at=CHANGED + HOUR, revision=plan.revision)
    assert told(plan) == [("cancelled", MORNING)]


def test_a_rest_that_ends_another_day_is_told_twice(plan: Plan, by: Actor, sweep_at: Sweep) -> None:
    hold(plan, reason="Fever.", by=by, at=CHANGED, revision=plan.revision)
    sweep_at(MORNING)
    plan.refresh_from_db()
    resume(plan, by=by, at=MORNING + HOUR, revision=plan.revision)
    assert told(plan) == [("sent", MORNING), ("owed", MORNING + DAY)]


def test_a_plan_entered_in_error_is_not_told_of(extended: Plan, by: Actor) -> None:
    enter_in_error(extended, reason="Another patient.", by=by, at=CHANGED + HOUR, revision=extended.revision)
    assert told(extended) == [("cancelled", MORNING)]


def test_an_assigned_plan_and_what_the_software_does_are_told_in_other_ways(plan: Plan) -> None:
    assert told(plan) == []


def test_whoever_wants_no_such_messages_gets_none(plan: Plan, angela: Patient, by: Actor) -> None:
    prefer(angela, group=MessageGroup.PLAN_CHANGES, channels=[], by=by, at=NOON)
    extend(plan.phases.get(key="remove"), days=3, reason="Slower.", by=by, at=CHANGED, revision=plan.revision)
    assert told(plan) == []


def test_it_moves_with_her_to_another_zone(extended: Plan, angela: Patient, by: Actor) -> None:
    angela.zone = "America/New_York"
    save_patient(angela, by=by, at=CHANGED + HOUR)
    assert told(extended) == [("owed", MORNING + 6 * HOUR)]
