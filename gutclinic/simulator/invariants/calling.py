"""What a plan calls for: the design’s table of reminders, written out anew."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from gutclinic.simulator.evidence import PhaseState, PlanState

PATIENT: Final = "patient"
STAFF: Final = "staff"


class Rule(NamedTuple):
    """recipients: who is told. late_days: how many days after its date it may still go."""

    recipients: tuple[str, ...]
    late_days: int


RULES: Final = {
    "phase-coming": Rule((PATIENT, STAFF), 1),
    "phase-starts": Rule((PATIENT, STAFF), 0),
    "phase-due": Rule((STAFF,), 2),
    "phase-overdue": Rule((STAFF,), 7),
}
COMING_DAYS: Final = timedelta(days=3)
OVERDUE_DAYS: Final = timedelta(days=3)


def called_for_on(kind: str, state: PlanState, key: str, recipient: str) -> date | None:
    """The civil date on which this plan, as it is, calls for that reminder; None if it does not."""
    phase = state.phases[key]
    if state.status != "active" or recipient not in RULES[kind].recipients:
        return None
    match kind:
        case "phase-coming":
            is_known = phase.status == "planned" and start_is_known(state, phase, recipient)
            return phase.starts_on - COMING_DAYS if is_known else None
        case "phase-starts":
            is_known = phase.status == "planned" and start_is_known(state, phase, recipient)
            return phase.starts_on if is_known or phase.status == "active" else None
        case "phase-due":
            return phase.ends_on if phase.status == "active" else None
        case _:
            return phase.ends_on + OVERDUE_DAYS if phase.status == "active" and phase.ends_on else None


def start_is_known(state: PlanState, phase: PhaseState, recipient: str) -> bool:
    """Whether a planned phase’s date can be told: nothing that it hangs on rests, or waits for a person.

    A practitioner is reminded of the start that is theirs to decide; the patient only learns of it once it is decided.
    """
    if phase.starts_by_person and recipient == PATIENT:
        return False
    while phase.anchor != "plan-start":
        anchor = state.phases[phase.anchor_phase]
        if phase.anchor == "phase-end" and anchor.status == "on-hold":
            return False
        if anchor.status != "planned":
            return True
        if anchor.starts_by_person:
            return False
        phase = anchor
    return True
