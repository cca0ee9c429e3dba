"""A hold of n days lengthens what is open and shifts what is planned by n; held days do not count."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinics.actor import Actor
from patients.models import Patient, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from tests.fixtures.personae import NOON, TODAY


def dates(plan: Plan) -> dict[str, tuple[date, date | None]]:
    return {phase.key: (phase.starts_on, phase.ends_on) for phase in PlanPhase.objects.filter(plan=plan)}


def shifted(window: tuple[date, date | None], *, start: int, end: int) -> tuple[date, date | None]:
    first, last = window
    return first + timedelta(days=start), None if last is None else last + timedelta(days=end)


def test_a_hold_lengthens_what_is_open_and_shifts_what_is_planned(plan: Plan, by: Actor) -> None:
    before = dates(plan)
    held = plan_moves.hold(plan, by=by, at=NOON + timedelta(days=3), revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON + timedelta(days=10), revision=held.revision)
    after = dates(plan)
    assert after["remove"] == shifted(before["remove"], start=0, end=7)
    for key in ("replace", "re-inoculate", "repair", "rebalance"):
        assert after[key] == shifted(before[key], start=7, end=7)


def test_held_days_do_not_count(plan: Plan, by: Actor) -> None:
    remove = plan.phases.get(key="remove")
    assert remove.day_number(TODAY + timedelta(days=2)) == 3
    held = plan_moves.hold(plan, by=by, at=NOON + timedelta(days=3), revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON + timedelta(days=10), revision=held.revision)
    remove = PlanPhase.objects.get(pk=remove.pk)
    assert remove.day_number(TODAY + timedelta(days=9)) == 3
    assert remove.day_number(TODAY + timedelta(days=10)) == 4


def test_resumed_on_the_same_day_it_held_for_no_day(plan: Plan, by: Actor) -> None:
    before = dates(plan)
    held = plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    plan_moves.resume(held, by=by, at=NOON + timedelta(hours=2), revision=held.revision)
    assert dates(plan) == before


def test_nothing_starts_while_the_plan_is_on_hold(plan: Plan, by: Actor) -> None:
    held = plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    assert held.phases.filter(begins_at__isnull=False).count() == 0


def test_a_phase_that_rests_ends_later_and_so_does_what_hangs_on_its_end(plan: Plan, by: Actor) -> None:
    before = dates(plan)
    remove = plan.phases.get(key="remove")
    phase_moves.hold(remove, by=by, at=NOON, revision=plan.revision)
    phase_moves.resume(remove, by=by, at=NOON + timedelta(days=4), revision=plan.revision + 1)
    after = dates(plan)
    assert after["remove"] == shifted(before["remove"], start=0, end=4)
    assert after["re-inoculate"] == shifted(before["re-inoculate"], start=4, end=4)
    assert after["repair"] == shifted(before["repair"], start=4, end=4)
    assert after["replace"] == before["replace"], "counted from the start of Remove, which did not move"
    assert after["rebalance"] == before["rebalance"]


def test_days_held_twice_over_count_once(plan: Plan, by: Actor) -> None:
    """The phase rests from day 2 to 8, the plan from day 4 to 6."""
    before = dates(plan)["remove"]
    remove = plan.phases.get(key="remove")
    phase_moves.hold(remove, by=by, at=NOON + timedelta(days=2), revision=plan.revision)
    held = plan_moves.hold(plan, by=by, at=NOON + timedelta(days=4), revision=plan.revision + 1)
    plan_moves.resume(held, by=by, at=NOON + timedelta(days=6), revision=held.revision)
    phase_moves.resume(remove, by=by, at=NOON + timedelta(days=8), revision=held.revision + 1)
    assert dates(plan)["remove"] == shifted(before, start=0, end=6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(holds=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=1, max_size=4))
def test_any_holds_move_everything_by_the_days_held(
    holds: list[tuple[int, int]], assign_plan: Callable[..., Plan], angela: Patient, by: Actor
) -> None:
    """Counted apart: each hold adds its days to every date that lies ahead of it."""
    from django.db import transaction

    from protocols.domain.amount import Amount

    with transaction.atomic():
        plan = assign_plan(angela, key=f"run-{holds}-{Plan.objects.count()}")
        amounts = {order.code: Amount.parse("1 {capsule}") for order in plan.orders.all() if order.needs_amount}
        plan = plan_moves.activate(plan, by=by, at=NOON, revision=0, amounts=amounts)
        before = dates(plan)
        at, total = NOON, 0
        for pause, length in holds:
            # Nothing planned begins in between: the first planned phase is 14 lived days away.
            at += timedelta(days=min(pause, 3))
            plan = plan_moves.hold(plan, by=by, at=at, revision=plan.revision)
            at += timedelta(days=length)
            total += length
            plan = plan_moves.resume(plan, by=by, at=at, revision=plan.revision)
        after = dates(plan)
        assert after["remove"] == shifted(before["remove"], start=0, end=total)
        for key in ("replace", "re-inoculate", "repair", "rebalance"):
            assert after[key] == shifted(before[key], start=total, end=total)
        transaction.set_rollback(True)
