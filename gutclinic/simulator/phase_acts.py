"""What people do to one phase. Each says whether it was done rather than refused."""

from collections.abc import Callable
from datetime import date, timedelta

from gutclinic.simulator.life import Life
from patients.models import PlanPhase
from patients.services import phase_moves


def start(life: Life, key: str) -> bool:
    return _act(life, "start", key, lambda phase: phase_moves.start(phase, **life.move(phase.plan)))


def extend(life: Life, key: str, days: int) -> bool:
    def call(phase: PlanPhase) -> object:
        return phase_moves.extend(phase, days=days, **life.move(phase.plan))

    return _act(life, "extend", key, call, days=days)


def hold(life: Life, key: str) -> bool:
    return _act(life, "hold", key, lambda phase: phase_moves.hold(phase, **life.move(phase.plan)))


def resume(life: Life, key: str) -> bool:
    return _act(life, "resume", key, lambda phase: phase_moves.resume(phase, **life.move(phase.plan)))


def complete(life: Life, key: str, *, on: date | None = None, pull_forward: bool = False) -> bool:
    """Finish it, today or on an earlier day; the first of its orders goes on for a while."""
    # Whoever moved westward over the date line may live a day before the phase’s first.
    last_day = on or max(life.today, life.state.phases[key].starts_on)

    def call(phase: PlanPhase) -> object:
        until = phase_moves.Continue(until=last_day + timedelta(days=20))
        return phase_moves.complete(
            phase,
            on=on,
            pull_forward=pull_forward,
            reason="It was time.",
            orders={order.code: until for order in phase_moves.orders_ending_with(phase)[:1]},
            **life.move(phase.plan),
        )

    return _act(life, "complete", key, call, on=last_day, pull_forward=pull_forward)


def skip(life: Life, key: str, *, pull_forward: bool = False) -> bool:
    def call(phase: PlanPhase) -> object:
        return phase_moves.skip(phase, reason="Not needed.", pull_forward=pull_forward, **life.move(phase.plan))

    return _act(life, "skip", key, call, pull_forward=pull_forward)


def _act(life: Life, name: str, key: str, call: Callable[[PlanPhase], object], **details: object) -> bool:
    return life.act(
        name,
        lambda plan: call(PlanPhase.objects.select_related("plan").get(plan=plan, key=key)),
        phase=key,
        details=details,
    )
