"""Starting, extending, completing and skipping one phase, and what follows for the others."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import User
from patients.models import Order, Patient, Plan, PlanPhase, Transition
from patients.services import phase_moves, plan_moves
from patients.services.errors import InvalidRequest
from patients.services.phase_moves import Continue, PlanNotActive
from patients.services.sweeping import start_due_phases
from protocols.domain.phases import EndReason, IllegalTransition
from tests.fixtures.personae import NOON, TODAY


def phase(plan: Plan, key: str) -> PlanPhase:
    return PlanPhase.objects.select_related("plan").get(plan=plan, key=key)


def start_of(plan: Plan, key: str) -> date:
    return phase(plan, key).starts_on


def revision(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).revision


def finish_remove(plan: Plan, by: Actor, *, days_in: int, **choices: object) -> PlanPhase:
    choices = {"signed_off": ["agreed"], "reason": "Went well."} | choices
    return phase_moves.complete(
        phase(plan, "remove"), by=by, at=NOON + timedelta(days=days_in), revision=revision(plan), **choices
    )  # type: ignore[arg-type]


def test_the_sweep_starts_a_phase_on_its_day_where_the_patient_lives(plan: Plan) -> None:
    midnight_in_berlin = NOON.replace(hour=23) + timedelta(days=13)
    assert start_due_phases(by=for_system(), at=midnight_in_berlin - timedelta(seconds=1)) == 0
    assert start_due_phases(by=for_system(), at=midnight_in_berlin) == 1
    assert phase(plan, "replace").status == "active"
    move = Transition.objects.get(plan=plan, phase__key="replace")
    assert (move.by_kind, move.move) == ("system", "start")


def test_sweeping_twice_starts_once(plan: Plan) -> None:
    at = NOON + timedelta(days=14)
    assert start_due_phases(by=for_system(), at=at) == 1
    assert start_due_phases(by=for_system(), at=at) == 0
    assert Transition.objects.filter(plan=plan, phase__key="replace").count() == 1


def test_a_sweep_that_comes_days_late_keeps_the_planned_first_day(plan: Plan) -> None:
    start_due_phases(by=for_system(), at=NOON + timedelta(days=16))
    assert start_of(plan, "replace") == TODAY + timedelta(days=14)


def test_a_person_may_start_a_phase_early_and_its_followers_come_along(plan: Plan, by: Actor) -> None:
    phase_moves.start(phase(plan, "re-inoculate"), by=by, at=NOON + timedelta(days=7), revision=revision(plan))
    assert start_of(plan, "re-inoculate") == TODAY + timedelta(days=7)
    assert start_of(plan, "repair") == TODAY + timedelta(days=35)


def test_extending_moves_the_end_and_what_hangs_on_it(plan: Plan, by: Actor) -> None:
    phase_moves.extend(phase(plan, "remove"), days=7, by=by, at=NOON, revision=revision(plan))
    assert phase(plan, "remove").ends_on == TODAY + timedelta(days=34)
    assert start_of(plan, "re-inoculate") == TODAY + timedelta(days=35)
    assert start_of(plan, "replace") == TODAY + timedelta(days=14)


@pytest.mark.parametrize("days", [0, -3, 800])
def test_an_extension_by_nothing_or_by_years_is_refused(plan: Plan, by: Actor, days: int) -> None:
    with pytest.raises(InvalidRequest):
        phase_moves.extend(phase(plan, "remove"), days=days, by=by, at=NOON, revision=revision(plan))


def test_a_phase_without_fixed_end_cannot_be_extended(plan: Plan, by: Actor) -> None:
    with pytest.raises(InvalidRequest, match="no fixed end"):
        phase_moves.extend(phase(plan, "rebalance"), days=3, by=by, at=NOON, revision=revision(plan))


def test_ending_early_leaves_the_others_where_they_are(plan: Plan, by: Actor) -> None:
    finish_remove(plan, by, days_in=22)
    assert phase(plan, "remove").ends_on == TODAY + timedelta(days=22)
    assert start_of(plan, "re-inoculate") == TODAY + timedelta(days=28)


def test_ending_early_pulls_the_others_forward_when_that_is_confirmed(plan: Plan, by: Actor) -> None:
    finish_remove(plan, by, days_in=22, pull_forward=True)
    assert start_of(plan, "re-inoculate") == TODAY + timedelta(days=23)
    assert start_of(plan, "repair") == TODAY + timedelta(days=51)


def test_a_date_that_was_kept_stays_kept_through_later_moves(plan: Plan, by: Actor) -> None:
    finish_remove(plan, by, days_in=22)
    phase_moves.extend(phase(plan, "replace"), days=3, by=by, at=NOON + timedelta(days=22), revision=revision(plan))
    assert start_of(plan, "re-inoculate") == TODAY + timedelta(days=28)


def test_started_phases_keep_their_start_when_others_move(plan: Plan, by: Actor) -> None:
    start_due_phases(by=for_system(), at=NOON + timedelta(days=14))
    before = start_of(plan, "replace")
    phase_moves.extend(phase(plan, "remove"), days=30, by=by, at=NOON + timedelta(days=15), revision=revision(plan))
    assert start_of(plan, "replace") == before


def test_an_unmet_criterion_needs_a_reason(plan: Plan, by: Actor) -> None:
    with pytest.raises(InvalidRequest, match="At least 21 days"):
        finish_remove(plan, by, days_in=5, reason="")
    finish_remove(plan, by, days_in=5, reason="The patient travels.")
    assert Transition.objects.filter(phase__key="remove", move="complete").get().details["unmet"] == [
        "At least 21 days."
    ]


def test_a_criterion_is_signed_off_with_name_and_time(plan: Plan, by: Actor) -> None:
    finish_remove(plan, by, days_in=22)
    criterion = phase(plan, "remove").criteria.get(key="agreed")
    assert (criterion.signed_off_by_code, criterion.signed_off_at) == (by.code, NOON + timedelta(days=22))


def test_finishing_stops_the_orders_that_end_with_it_unless_they_go_on(plan: Plan, by: Actor) -> None:
    order = Order.objects.get(plan=plan, key="no-alcohol")
    until = TODAY + timedelta(days=60)
    finish_remove(plan, by, days_in=22, orders={order.code: Continue(until)})
    order = Order.objects.select_related("first_phase", "last_phase").get(pk=order.pk)
    assert order.is_due_on(until)
    assert not order.is_due_on(until + timedelta(days=1))


def test_a_stopped_order_is_not_due_the_day_after(plan: Plan, by: Actor) -> None:
    finish_remove(plan, by, days_in=22)
    order = Order.objects.select_related("first_phase", "last_phase").get(plan=plan, key="no-alcohol")
    assert order.is_due_on(TODAY + timedelta(days=22))
    assert not order.is_due_on(TODAY + timedelta(days=23))


def test_an_order_that_goes_on_needs_a_later_day(plan: Plan, by: Actor) -> None:
    order = Order.objects.get(plan=plan, key="no-alcohol")
    with pytest.raises(InvalidRequest, match="choose a day after"):
        finish_remove(plan, by, days_in=22, orders={order.code: Continue(TODAY + timedelta(days=22))})


def test_a_phase_is_not_finished_in_the_future_nor_before_it_began(plan: Plan, by: Actor) -> None:
    for on in (TODAY + timedelta(days=30), TODAY - timedelta(days=1)):
        with pytest.raises(InvalidRequest):
            finish_remove(plan, by, days_in=22, on=on)


def test_skipping_keeps_the_dates_of_the_others_unless_pulled_forward(
    activate_plan: Callable[..., Plan], angela: Patient, ben: Patient, by: Actor
) -> None:
    kept, pulled = activate_plan(angela), activate_plan(ben)
    for plan, pull_forward in ((kept, False), (pulled, True)):
        phase_moves.skip(
            phase(plan, "re-inoculate"),
            by=by,
            at=NOON,
            revision=revision(plan),
            reason="Not tolerated before.",
            pull_forward=pull_forward,
        )
    assert start_of(kept, "repair") == TODAY + timedelta(days=56)
    assert start_of(pulled, "repair") == TODAY + timedelta(days=28)


def test_skipping_says_why(plan: Plan, by: Actor) -> None:
    with pytest.raises(InvalidRequest, match="why"):
        phase_moves.skip(phase(plan, "repair"), by=by, at=NOON, revision=revision(plan), reason=" ")


def test_an_illegal_move_changes_nothing(plan: Plan, by: Actor) -> None:
    before = list(PlanPhase.objects.order_by("pk").values()), Transition.objects.count(), revision(plan)
    with pytest.raises(IllegalTransition, match="planned phase"):
        phase_moves.complete(phase(plan, "repair"), by=by, at=NOON, revision=revision(plan))
    assert (
        list(PlanPhase.objects.order_by("pk").values()),
        Transition.objects.count(),
        revision(plan),
    ) == before


def test_phases_do_not_move_while_the_plan_is_on_hold(plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=revision(plan))
    with pytest.raises(PlanNotActive):
        phase_moves.start(phase(plan, "repair"), by=by, at=NOON, revision=revision(plan))


def test_a_phase_that_a_person_must_start_waits_and_holds_its_followers(plan: Plan, by: Actor) -> None:
    PlanPhase.objects.filter(plan=plan, key="re-inoculate").update(starts_by_person=True)
    phase_moves.extend(phase(plan, "remove"), days=1, by=by, at=NOON, revision=revision(plan))
    for day in range(80):
        start_due_phases(by=for_system(), at=NOON + timedelta(days=day))
    assert phase(plan, "re-inoculate").status == "planned"
    assert phase(plan, "repair").status == "planned"
    phase_moves.start(phase(plan, "re-inoculate"), by=by, at=NOON + timedelta(days=80), revision=revision(plan))
    assert start_of(plan, "re-inoculate") == TODAY + timedelta(days=80)
    assert start_of(plan, "repair") == TODAY + timedelta(days=108)


def test_an_assistant_and_a_stranger_may_not_move(
    plan: Plan, assistant_1: User, dr_dee: User, clinic: object, other_clinic: object
) -> None:
    for by in (staff_in(clinic, assistant_1), staff_in(clinic, dr_dee), staff_in(other_clinic, dr_dee)):  # type: ignore[arg-type]
        with pytest.raises(NotAllowed, match="Ask a practitioner of this clinic"):
            phase_moves.start(phase(plan, "replace"), by=by, at=NOON, revision=revision(plan))


def test_completing_a_plan_ends_what_is_open_and_leaves_out_what_is_planned(plan: Plan, by: Actor) -> None:
    ended = plan_moves.complete(
        plan,
        by=by,
        at=NOON + timedelta(days=5),
        revision=revision(plan),
        end_reason=EndReason.PATIENTS_CHOICE,
    )
    assert {p.key: p.status for p in PlanPhase.objects.filter(plan=plan)} == {
        "remove": "completed",
        "replace": "skipped",
        "re-inoculate": "skipped",
        "repair": "skipped",
        "rebalance": "skipped",
    }
    assert (ended.ended_on, ended.end_reason) == (TODAY + timedelta(days=5), "patients-choice")
    assert phase(plan, "remove").ends_on == TODAY + timedelta(days=5)


def test_a_plan_on_hold_can_be_completed(plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=revision(plan))
    ended = plan_moves.complete(plan, by=by, at=NOON + timedelta(days=5), revision=revision(plan))
    assert ended.status == "completed"
    assert not ended.holds.filter(resumed_on__isnull=True).exists()
