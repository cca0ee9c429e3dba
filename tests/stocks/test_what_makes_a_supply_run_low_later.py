"""Whatever makes a supply run low on a day gone by is told the day after: nobody finds the bottle empty unwarned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Order, Plan, PlanPhase, Reminder
from patients.services import phase_moves
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.says import says_of
from patients.services.orders.stopping import stop
from patients.services.safety.rows import let_go
from protocols.domain.order_states import StopReason
from protocols.models import Supplement
from tests.fixtures.personae import TODAY
from tests.stocks.conftest import Counts, Write, make_supplement, on_day
from tests.stocks.test_running_low_is_owed import KIND, days, owed

Moves = Callable[..., None]


@pytest.fixture
def revision(plan: Plan) -> Callable[[], int]:
    return lambda: Plan.objects.get(pk=plan.pk).revision


def phase_of(plan: Plan, key: str) -> PlanPhase:
    return PlanPhase.objects.select_related("plan").get(plan=plan, key=key)


def test_a_phase_that_begins_early(
    plan: Plan, write: Write, clinic: Clinic, counts: Counts, by: Actor, revision: Callable[[], int]
) -> None:
    counts(write("later", make_supplement("Later", clinic), "replace"), 5)
    # Replace begins on day 15: five capsules last through day 19.
    assert days(plan) == [20 - 7]
    phase_moves.start(phase_of(plan, "replace"), by=by, at=on_day(5), revision=revision())
    # They last through day 9 now, and a week before that is gone by.
    assert days(plan) == [6]


def test_a_phase_that_begins_on_its_day_is_no_news(
    plan: Plan, write: Write, clinic: Clinic, counts: Counts, by: Actor, revision: Callable[[], int]
) -> None:
    counts(write("later", make_supplement("Later", clinic), "replace"), 2)
    assert days(plan) == [17 - 7]
    Reminder.objects.filter(kind=KIND).update(status="sent")
    phase_moves.start(phase_of(plan, "replace"), by=by, at=on_day(15), revision=revision())
    assert days(plan) == []


def test_a_later_phase_that_moves_with_an_extended_one(
    plan: Plan, write: Write, zinc: Supplement, counts: Counts, by: Actor, revision: Callable[[], int]
) -> None:
    spanning = write("spanning", zinc, "remove", until="re-inoculate")
    # Through day 56, the last of Re-inoculate.
    counts(spanning, 56)
    phase_moves.extend(phase_of(plan, "remove"), days=10, by=by, at=on_day(27), revision=revision())
    # Day 57 is the first without, ten days before the new end.
    assert days(plan) == [57 - 7]
    Reminder.objects.filter(kind=KIND).delete()
    phase_moves.extend(phase_of(plan, "remove"), days=10, by=by, at=on_day(52), revision=revision())
    assert days(plan) == [53]


def test_a_last_day_that_is_said_anew(
    plan: Plan, zinc_order: Order, counts: Counts, by: Actor, revision: Callable[[], int]
) -> None:
    shorter = replace(says_of(zinc_order), ends_on=TODAY + timedelta(days=9))
    short = change(zinc_order, says=shorter, by=by, at=on_day(1), revision=revision())
    counts(short, 10)
    assert days(plan) == []
    longer = replace(says_of(short), ends_on=TODAY + timedelta(days=20))
    change(short, says=longer, by=by, at=on_day(8), revision=revision())
    # The ten last through day 10: a week before day 11 is gone by.
    assert days(plan) == [9]


def test_a_finding_that_is_cleared_before_the_order_begins(
    plan: Plan, write: Write, clinic: Clinic, counts: Counts, by: Actor, revision: Callable[[], int]
) -> None:
    later = write("later", make_supplement("Later", clinic), "replace")
    counts(later, 3)
    assert days(plan) == [18 - 7]
    Order.objects.filter(pk=later.pk).update(is_blocked=True, blocked_since=TODAY + timedelta(days=14))
    let_go(Order.objects.select_related("first_phase").get(pk=later.pk), today=TODAY + timedelta(days=12))
    # Any move lets the reminders follow; this one changes no date of it.
    phase_moves.hold(phase_of(plan, "remove"), by=by, at=on_day(13), revision=revision())
    assert days(plan) == [14]


def test_what_is_ordered_anew_after_it_was_stopped(
    plan: Plan, zinc_order: Order, counts: Counts, by: Actor, revision: Callable[[], int]
) -> None:
    counts(zinc_order, 12)
    assert days(plan) == [13 - 7]
    stop(zinc_order, stop_reason=StopReason.OTHER, reason="A rest.", by=by, at=on_day(8), revision=revision())
    assert owed(plan) == []
    add(plan, says=says_of(zinc_order), by=by, at=on_day(15), revision=revision())
    # What is left lasts through day 19 at most: a week before day 20 is gone by.
    assert days(plan) == [16]


def test_a_phase_that_ended_late_tells_nobody_of_what_is_over(
    plan: Plan, zinc_order: Order, counts: Counts, by: Actor, revision: Callable[[], int]
) -> None:
    counts(zinc_order, 28)
    Reminder.objects.filter(kind=KIND).update(status="sent")
    remove = phase_of(plan, "remove")
    phase_moves.complete(remove, by=by, at=on_day(35), revision=revision(), reason="Said at the visit.")
    assert days(plan) == []
