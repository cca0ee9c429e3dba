"""The registry of reminders: for whom each kind is, on which day, how late is too late, and what must still be true.

Adding a kind touches this file alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from patients.models import PlanPhase, RecipientKind
from protocols.domain.layout import COMING_BEFORE_DAYS, OVERDUE_AFTER_DAYS, AnchorKind
from protocols.domain.phases import PhaseStatus

BOTH = (RecipientKind.PATIENT, RecipientKind.STAFF)
STAFF_ONLY = (RecipientKind.STAFF,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of reminder about a phase.

    called_for_on: the civil date on which this phase calls for it, or None. It is asked when reminders are planned
    and once more right before one goes out: what it no longer says then is no longer true.
    late_days: how many civil days after that date it may still go; 0 means that day only.
    """

    name: str
    recipients: tuple[RecipientKind, ...]
    called_for_on: Callable[[PlanPhase, RecipientKind], date | None]
    late_days: int
    words: str


def _comes(phase: PlanPhase, recipient: RecipientKind) -> date | None:
    if not phase.is_planned or _has_unknown_start(phase) or _waits_for_person(phase, recipient):
        return None
    return phase.starts_on - timedelta(days=COMING_BEFORE_DAYS)


def _starts(phase: PlanPhase, recipient: RecipientKind) -> date | None:
    if phase.status == PhaseStatus.ACTIVE.value:
        return phase.starts_on
    if not phase.is_planned or _has_unknown_start(phase) or _waits_for_person(phase, recipient):
        return None
    return phase.starts_on


def _is_due(phase: PlanPhase, recipient: RecipientKind) -> date | None:
    return phase.ends_on if phase.status == PhaseStatus.ACTIVE.value else None


def _is_overdue(phase: PlanPhase, recipient: RecipientKind) -> date | None:
    due = _is_due(phase, recipient)
    return None if due is None else due + timedelta(days=OVERDUE_AFTER_DAYS)


def _has_unknown_start(phase: PlanPhase) -> bool:
    """Whether something that it is counted from rests, or waits for a person: nobody knows yet when it starts."""
    anchors = {other.key: other for other in phase.plan.phases.all()}
    while phase.anchor != AnchorKind.PLAN_START.value:
        anchor = anchors[phase.anchor_phase]
        if phase.anchor == AnchorKind.PHASE_END.value and anchor.status == PhaseStatus.ON_HOLD.value:
            return True
        if not anchor.is_planned:
            return False
        if anchor.starts_by_person:
            return True
        phase = anchor
    return False


def _waits_for_person(phase: PlanPhase, recipient: RecipientKind) -> bool:
    """A patient is told of a start that a person decides on only once it was decided."""
    return phase.starts_by_person and recipient is RecipientKind.PATIENT


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(name="phase-coming", recipients=BOTH, called_for_on=_comes, late_days=1, words="starts soon"),
        Kind(name="phase-starts", recipients=BOTH, called_for_on=_starts, late_days=0, words="starts today"),
        Kind(
            name="phase-due",
            recipients=STAFF_ONLY,
            called_for_on=_is_due,
            late_days=2,
            words="reaches its last day",
        ),
        Kind(
            name="phase-overdue",
            recipients=STAFF_ONLY,
            called_for_on=_is_overdue,
            late_days=7,
            words="is overdue",
        ),
    )
}
