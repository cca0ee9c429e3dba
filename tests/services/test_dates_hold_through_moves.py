"""Sequences of moves: a follower stays where its anchor says, whatever else was moved in between."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor, for_system
from patients.models import Patient, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from patients.services.sweeping import start_due_phases
from tests.fixtures.personae import NOON, TODAY

ONE_DAY = timedelta(days=1)


@pytest.fixture
def move(plan: Plan, by: Actor) -> Callable[..., None]:
    """move("remove", "hold", day=20): on this day of Angela's plan, counted from 1."""

    def make(key: str, name: str, *, day: int, **choices: object) -> None:
        phase = PlanPhase.objects.select_related("plan").get(plan=plan, key=key)
        revision = Plan.objects.get(pk=plan.pk).revision
        getattr(phase_moves, name)(phase, by=by, at=NOON + (day - 1) * ONE_DAY, revision=revision, **choices)

    return make


@pytest.fixture
def waiting(plan: Plan) -> Plan:
    """Re-inoculate starts only when a person says so."""
    plan.phases.filter(key="re-inoculate").update(starts_by_person=True, begins_at=None)
    return plan


def sweep(day: int) -> None:
    start_due_phases(by=for_system(), at=NOON + (day - 1) * ONE_DAY)


def phase(plan: Plan, key: str) -> PlanPhase:
    return PlanPhase.objects.get(plan=plan, key=key)


def test_a_follower_of_a_resting_phase_does_not_drift(plan: Plan, move: Callable[..., None]) -> None:
    move("remove", "hold", day=20)
    sweep(22)
    move("replace", "extend", day=40, days=1)
    move("remove", "resume", day=45)
    assert phase(plan, "re-inoculate").starts_on == phase(plan, "remove").ends_on + ONE_DAY


def test_pulling_forward_never_pushes_back(waiting: Plan, move: Callable[..., None]) -> None:
    sweep(28)
    move("replace", "extend", day=35, days=1)
    move("remove", "complete", day=36, reason="Well.", pull_forward=True)
    assert phase(waiting, "re-inoculate").starts_on == TODAY + 36 * ONE_DAY


def test_extending_what_is_overdue_moves_the_follower_to_the_day_after(
    waiting: Plan, move: Callable[..., None]
) -> None:
    sweep(28)
    move("replace", "extend", day=35, days=1)
    move("remove", "extend", day=36, days=14)
    assert phase(waiting, "re-inoculate").starts_on == phase(waiting, "remove").ends_on + ONE_DAY


def test_what_follows_a_resting_phase_that_is_finished_comes_as_if_it_had_been_resumed(
    plan: Plan, move: Callable[..., None]
) -> None:
    """Remove had nine lived days left when it was put on hold on day 20."""
    move("remove", "hold", day=20)
    move("remove", "complete", day=40, reason="Enough.")
    assert phase(plan, "re-inoculate").starts_on == TODAY + (39 + 9) * ONE_DAY
    assert not plan.holds.filter(resumed_on__isnull=True).exists()


def test_a_phase_starts_even_after_years_on_hold(plan: Plan, by: Actor) -> None:
    held = plan_moves.hold(plan, by=by, at=NOON + 4 * ONE_DAY, revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON + 724 * ONE_DAY, revision=held.revision)
    rebalance = phase(plan, "rebalance")
    assert rebalance.begins_at is not None
    start_due_phases(by=for_system(), at=rebalance.begins_at)
    assert phase(plan, "rebalance").status == "active"


@pytest.mark.parametrize("pull_forward", [True, False])
def test_a_follower_of_a_phase_left_out_waits_for_what_that_followed(
    plan: Plan, move: Callable[..., None], pull_forward: bool
) -> None:
    move("re-inoculate", "skip", day=10, reason="Not tolerated.", pull_forward=pull_forward)
    move("remove", "hold", day=20)
    for day in range(20, 100):
        sweep(day)
    assert phase(plan, "repair").status == "planned"


@pytest.mark.parametrize(("pull_forward", "days_after"), [(True, 1), (False, 29)])
def test_a_follower_of_a_phase_left_out_moves_with_what_that_followed(
    plan: Plan, move: Callable[..., None], pull_forward: bool, days_after: int
) -> None:
    move("re-inoculate", "skip", day=10, reason="Not tolerated.", pull_forward=pull_forward)
    move("remove", "extend", day=11, days=20)
    assert phase(plan, "repair").starts_on == phase(plan, "remove").ends_on + days_after * ONE_DAY


def test_a_phase_may_be_started_before_the_plan_s_first_day(
    activate_plan: Callable[..., Plan], ben: Patient, by: Actor
) -> None:
    plan = activate_plan(ben, starts_on=TODAY + 20 * ONE_DAY)
    phase_moves.start(plan.phases.get(key="remove"), by=by, at=NOON, revision=plan.revision)
    assert phase(plan, "remove").starts_on == TODAY
    assert phase(plan, "rebalance").starts_on == TODAY + 41 * ONE_DAY
