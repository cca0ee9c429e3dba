"""Whoever looks after a plan is told in the morning of findings that wait for a decision, until somebody decides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Clinic, User
from clinics.roles import Role
from patients.models import Finding, Plan, Reminder
from patients.reminders.channels import Envelope
from patients.services import plan_moves
from patients.services.safety.assessing import reassess
from patients.services.safety.deciding import acknowledge, withdraw
from patients.services.safety.looking import look_at_plans
from tests.fixtures.personae import NOON, make_member
from tests.safety.conftest import Write

DAY = timedelta(days=1)
MORNING = datetime(2027, 1, 5, 7, 0, tzinfo=UTC)
"""Eight o’clock in Berlin, on the day after they were found."""
Sweep = Callable[[datetime], list[Envelope]]


@pytest.fixture
def zinc(order: Write, findings: Callable[[], list[Finding]]) -> Finding:
    """A WARN: 60 mg of zinc a day, where 40 mg is the upper limit."""
    order("Zinc", amount="60 mg")
    return next(row for row in findings() if row.rule == "R15")


def told(plan: Plan) -> list[tuple[str, datetime]]:
    """What was owed for these days, apart from what would be said again a week later."""
    rows = Reminder.objects.filter(plan=plan, kind="findings-waiting", send_at__lt=NOON + 4 * DAY)
    rows = rows.order_by("send_at", "pk")
    return [(row.status, row.send_at) for row in rows]


def decide(finding: Finding, *, by: Actor, at: datetime) -> None:
    finding.refresh_from_db()
    acknowledge(finding, reason="Agreed with her.", by=by, at=at, revision=finding.revision)


def test_the_next_morning_once_for_all_that_was_found_together(
    zinc: Finding, plan: Plan, dr_cho: User, sweep_at: Sweep
) -> None:
    assert told(plan) == [("owed", MORNING)]
    (digest,) = [envelope for envelope in sweep_at(MORNING) if envelope.address == dr_cho.email]
    assert "1 to decide" in digest.text
    assert "zinc" not in (digest.text + digest.html + digest.subject).lower()
    reassess(plan, at=MORNING + DAY)
    assert told(plan) == [("sent", MORNING)]
    assert not [envelope for envelope in sweep_at(MORNING + DAY) if envelope.address == dr_cho.email]


def test_what_was_decided_before_the_morning_is_not_told(zinc: Finding, plan: Plan, by: Actor) -> None:
    decide(zinc, by=by, at=NOON + timedelta(hours=1))
    assert told(plan) == [("cancelled", MORNING)]


def test_what_is_over_before_the_morning_is_not_told(zinc: Finding, plan: Plan) -> None:
    plan.orders.filter(name="Zinc").update(amount_value=10)
    reassess(plan, at=NOON + timedelta(hours=1))
    assert told(plan) == [("cancelled", MORNING)]


def test_it_is_asked_once_more_right_before_it_goes(zinc: Finding, plan: Plan, sweep_at: Sweep) -> None:
    Finding.objects.filter(pk=zinc.pk).update(status="resolved", resolved_at=NOON)
    assert sweep_at(MORNING) == []
    assert told(plan) == [("cancelled", MORNING)]


def test_a_decision_that_is_taken_back_waits_again(zinc: Finding, plan: Plan, by: Actor, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    decide(zinc, by=by, at=MORNING + timedelta(hours=1))
    zinc.refresh_from_db()
    withdraw(zinc, reason="The wrong line.", by=by, at=MORNING + timedelta(hours=2), revision=zinc.revision)
    assert told(plan) == [("sent", MORNING), ("owed", MORNING + DAY)]


def test_what_is_found_later_the_same_day_is_told_too(zinc: Finding, plan: Plan, order: Write, sweep_at: Sweep) -> None:
    sweep_at(MORNING)
    order("Selenium", amount="900 ug")
    reassess(plan, at=MORNING + timedelta(hours=2))
    order("Vitamin B6", amount="300 mg")
    reassess(plan, at=MORNING + timedelta(hours=3))
    assert told(plan)[0] == ("sent", MORNING)
    assert set(told(plan)[1:]) == {("owed", MORNING + DAY)}


def test_what_goes_on_waiting_is_told_once_a_week(zinc: Finding, plan: Plan, by: Actor, sweep_at: Sweep) -> None:
    gone = []
    for day in range(30):
        look_at_plans(at=MORNING + day * DAY - timedelta(hours=5))
        gone += [day for envelope in sweep_at(MORNING + day * DAY) if "to decide" in envelope.text]
        if day == 22:
            decide(zinc, by=by, at=MORNING + day * DAY + timedelta(hours=1))
    assert gone == [0, 6, 13, 20]


def test_after_a_hand_over_the_new_one_is_told_too(
    zinc: Finding, plan: Plan, clinic: Clinic, by: Actor, sweep_at: Sweep
) -> None:
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    sweep_at(MORNING)
    plan.refresh_from_db()
    plan_moves.hand_over(plan, practitioner=other, by=by, at=MORNING + timedelta(hours=2), revision=plan.revision)
    owed = Reminder.objects.owed().filter(plan=plan, kind="findings-waiting")
    assert set(owed.values_list("recipient_code", flat=True)) == {other.code}
    (digest,) = [envelope for envelope in sweep_at(MORNING + DAY) if envelope.address == other.email]
    assert "1 to decide" in digest.text
