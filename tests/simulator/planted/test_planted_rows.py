"""Every invariant about plans can fail: what is written past the services is found and named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gutclinic.simulator.evidence import Act, PhaseState, PlanState
from patients.models import Plan, PlanPhase, Transition
from tests.simulator.planted.conftest import Scene

DAY = timedelta(days=1)


def has(status: str, phase_status: str) -> Callable[[PlanState], bool]:
    def wanted(state: PlanState) -> bool:
        return state.status == status and any(map(is_like(phase_status), state.phases.values()))

    return wanted


def is_like(status: str) -> Callable[[PhaseState], bool]:
    """With a fixed end, and not waiting for a person."""
    return lambda phase: phase.status == status and phase.ends_on is not None and not phase.starts_by_person


def row_of(scene: Scene, status: str) -> PlanPhase:
    """A phase of that status in an active plan."""
    plan_id = scene.plan_id(has("active", status))
    key = next(phase.key for phase in scene.evidence.states[plan_id][-1].phases.values() if is_like(status)(phase))
    return PlanPhase.objects.get(plan_id=plan_id, key=key)


def write(phase: PlanPhase, **fields: object) -> None:
    PlanPhase.objects.filter(pk=phase.pk).update(**fields)


def test_a_run_that_nobody_tampered_with_is_whole(scene: Scene) -> None:
    assert scene.broken() == set()


def test_two_running_plans_are_found(scene: Scene) -> None:
    first = next(act for act in scene.evidence.acts if act.name == "activate-plan" and "AlreadyRunning" in act.refusal)
    later = replace(scene.evidence.states[first.plan_id][-1], at=scene.evidence.ends, status="active")
    scene.evidence.states[first.plan_id].append(later)
    assert "one running plan" in scene.broken()


@pytest.mark.parametrize(
    ("move", "before", "after", "invariant"),
    [
        ("hold", "completed", "on-hold", "moves are legal"),
        ("activate", "draft", "active", "history is whole"),
    ],
)
def test_a_step_of_history_that_does_not_follow_is_found(
    scene: Scene, move: str, before: str, after: str, invariant: str
) -> None:
    plan = Plan.objects.filter(status="active").first()
    Transition.objects.create(
        plan=plan,
        move=move,
        from_status=before,
        to_status=after,
        at=scene.evidence.ends,
        by_kind="system",
        by_code="system",
    )
    assert invariant in scene.broken()


def test_a_step_of_history_by_nobody_is_found(scene: Scene) -> None:
    plan = Plan.objects.filter(status="active").first()
    Transition.objects.create(
        plan=plan,
        move="hold",
        from_status="active",
        to_status="on-hold",
        at=scene.evidence.ends,
        by_kind="",
        by_code="",
    )
    assert "history is whole" in scene.broken()


def test_a_status_written_past_the_services_is_found(scene: Scene) -> None:
    phase = row_of(scene, "active")
    write(phase, status="completed")
    scene.look(phase.plan_id, scene.evidence.ends)
    assert {"history is whole", "changes are recorded"} <= scene.broken()


def test_a_refusal_that_changed_something_is_found(scene: Scene) -> None:
    number, act = next((n, act) for n, act in enumerate(scene.evidence.acts) if act.refusal)
    scene.evidence.acts[number] = replace(act, after=replace(act.after, revision=act.after.revision + 1))
    assert "refusals change nothing" in scene.broken()


def test_a_lived_day_that_was_rewritten_is_found(scene: Scene) -> None:
    phase = row_of(scene, "active")
    write(phase, starts_on=phase.starts_on - DAY)
    scene.look(phase.plan_id, scene.evidence.ends)
    assert "lived days stay" in scene.broken()


def test_the_rewritten_end_of_a_completed_phase_is_found(scene: Scene) -> None:
    phase = PlanPhase.objects.filter(status="completed", ends_on__isnull=False).first()
    assert phase is not None
    assert phase.ends_on is not None
    write(phase, ends_on=phase.ends_on + DAY)
    scene.look(phase.plan_id, scene.evidence.ends)
    assert "lived days stay" in scene.broken()


@pytest.mark.parametrize("field", ["offset_days", "duration_days"])
def test_a_planned_date_that_does_not_follow_is_found(scene: Scene, field: str) -> None:
    phase = row_of(scene, "planned")
    write(phase, **{field: getattr(phase, field) + 1})
    scene.look(phase.plan_id, scene.evidence.ends)
    assert "planned dates follow" in scene.broken()


def test_an_open_phase_that_ends_on_a_wrong_day_is_found(scene: Scene) -> None:
    phase = row_of(scene, "active")
    assert phase.ends_on is not None
    write(phase, ends_on=phase.ends_on + DAY)
    scene.look(phase.plan_id, scene.evidence.ends)
    assert "open phases last their days" in scene.broken()


def test_a_start_that_no_sweep_would_find_is_found(scene: Scene) -> None:
    plan_id = scene.plan_id(
        lambda state: state.status == "active" and any(phase.begins_at for phase in state.phases.values())
    )
    PlanPhase.objects.filter(plan_id=plan_id).update(begins_at=None)
    scene.look(plan_id, scene.evidence.ends)
    assert "starts are scheduled" in scene.broken()


@pytest.mark.parametrize(("days", "invariant"), [(-1, "no phase starts early"), (1, "phases start on their day")])
def test_a_start_before_or_long_after_its_day_is_found(scene: Scene, days: int, invariant: str) -> None:
    phase = PlanPhase.objects.filter(begins_at__isnull=False).order_by("pk").first()
    assert phase is not None
    assert phase.begins_at is not None
    at = phase.begins_at + days * DAY
    write(phase, status="active", begins_at=None)
    scene.look(phase.plan_id, at)
    assert invariant in scene.broken()


def test_a_start_that_was_dated_anew_is_found(scene: Scene) -> None:
    phase = PlanPhase.objects.filter(begins_at__isnull=False).order_by("pk").first()
    assert phase is not None
    assert phase.begins_at is not None
    write(phase, status="active", begins_at=None, starts_on=phase.starts_on + DAY, ends_on=None)
    scene.look(phase.plan_id, phase.begins_at)
    assert "phases start on their day" in scene.broken()


def test_a_phase_that_no_sweep_started_is_found(scene: Scene) -> None:
    phase = PlanPhase.objects.filter(begins_at__isnull=False).order_by("pk").first()
    assert phase is not None
    write(phase, begins_at=scene.evidence.begins)
    assert "nothing stays due" in scene.broken()


def move_another(scene: Scene, days: timedelta) -> None:
    """A phase is made longer, and another that has nothing to do with it moves too."""
    phase = row_of(scene, "planned")
    before = scene.evidence.states[phase.plan_id][-1]
    write(phase, starts_on=phase.starts_on + days, ends_on=phase.ends_on and phase.ends_on + days, begins_at=None)
    Plan.objects.filter(pk=phase.plan_id).update(revision=before.revision + 1)
    at = scene.evidence.ends
    after = scene.look(phase.plan_id, at)
    scene.evidence.acts.append(Act(at=at, plan_id=phase.plan_id, name="consent", before=before, after=after))


def test_an_act_that_moved_what_it_should_not_is_found(scene: Scene) -> None:
    move_another(scene, 2 * DAY)
    assert "acts move what they should" in scene.broken()


def test_a_phase_planned_into_the_past_is_found(scene: Scene) -> None:
    move_another(scene, -300 * DAY)
    assert "nothing is planned into the past" in scene.broken()


def test_an_act_that_did_something_else_to_its_phase_is_found(scene: Scene) -> None:
    number, act = next(
        (n, act) for n, act in enumerate(scene.evidence.acts) if act.name == "complete" and not act.refusal
    )
    scene.evidence.acts[number] = replace(act, details={**act.details, "on": act.at.date() - 30 * DAY})
    assert "acts move what they should" in scene.broken()


def test_software_that_broke_is_found(scene: Scene) -> None:
    scene.evidence.failures.append((scene.evidence.ends, "An envelope broke the software: ValueError."))
    assert "the software holds" in scene.broken()
