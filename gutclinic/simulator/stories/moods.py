"""One act drawn by lot, with arguments drawn by lot: the moods of a long life."""

from datetime import timedelta
from typing import Final

from gutclinic.simulator import person_acts, phase_acts, plan_acts
from gutclinic.simulator.life import Life
from gutclinic.simulator.places import other_zone

PHASE_ACTS: Final = {
    "start": {"planned"},
    "extend": {"planned", "active", "on-hold"},
    "hold": {"active"},
    "resume": {"on-hold"},
    "complete": {"active", "on-hold"},
    "skip": {"planned"},
}
ACTS: Final = (
    *PHASE_ACTS,
    *("complete", "resume", "hold-plan", "resume-plan", "resume-plan", "move", "habits", "outdated", "end"),
)


def anything(life: Life) -> bool:
    """Do one thing, legal or not; whether it was done."""
    rng = life.rng
    name = rng.choice(ACTS)
    key = _phase(life, name)
    pull_forward = rng.random() < 0.5
    match name:
        case "start":
            return phase_acts.start(life, key)
        case "extend":
            return phase_acts.extend(life, key, rng.randint(1, 20))
        case "hold":
            return phase_acts.hold(life, key)
        case "resume":
            return phase_acts.resume(life, key)
        case "complete":
            on = life.today - timedelta(days=rng.choice((0, 0, 0, 1, 2, 5)))
            return phase_acts.complete(life, key, on=on, pull_forward=pull_forward)
        case "skip":
            return phase_acts.skip(life, key, pull_forward=pull_forward)
        case "hold-plan":
            return plan_acts.hold(life)
        case "resume-plan":
            return plan_acts.resume(life)
        case "move":
            return person_acts.move_to(life, other_zone(life.patient.zone, rng))
        case "habits":
            return person_acts.change_habits(life)
        case "outdated":
            return plan_acts.use_outdated_screen(life)
        case _:
            # Seldom: it ends the story.
            return rng.random() < 0.2 and rng.choice((plan_acts.complete, plan_acts.revoke))(life)


def _phase(life: Life, act: str) -> str:
    """The key of a phase: mostly one that this can be done to, now and then any."""
    phases = sorted(life.state.phases)
    fitting = [key for key in phases if life.state.phases[key].status in PHASE_ACTS.get(act, ())]
    return life.rng.choice(fitting if fitting and life.rng.random() < 0.8 else phases)
