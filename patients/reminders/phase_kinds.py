"""Reminders about a phase: it comes, starts, reaches its last day, is overdue. Only an active plan calls for them."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from patients.models import MessageGroup, PlanPhase, RecipientKind
from patients.reminders.kind import Call, Kind
from protocols.domain.layout import COMING_BEFORE_DAYS, OVERDUE_AFTER_DAYS, AnchorKind
from protocols.domain.phases import PhaseStatus, PlanStatus

BOTH = (RecipientKind.PATIENT, RecipientKind.STAFF)
STAFF_ONLY = (RecipientKind.STAFF,)

CalledForOn = Callable[[PlanPhase, RecipientKind], date | None]


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


def _kind(
    name: str,
    recipients: tuple[RecipientKind, ...],
    called_for_on: CalledForOn,
    *,
    late_days: int,
    words: str,
    says: str = "",
) -> Kind[PlanPhase]:
    """A kind that a phase calls for on one day at most."""

    def calls(phase: PlanPhase, recipient: RecipientKind) -> Iterable[Call]:
        on = called_for_on(phase, recipient)
        return () if on is None else (Call(on, phase.code),)

    return Kind(
        name=name,
        recipients=recipients,
        calls=calls,
        late_days=late_days,
        words=words,
        says=says,
        while_plan_is=frozenset({PlanStatus.ACTIVE}),
        group=MessageGroup.PHASES if RecipientKind.PATIENT in recipients else None,
    )


PHASE_KINDS: tuple[Kind[PlanPhase], ...] = (
    _kind(
        "phase-coming", BOTH, _comes, late_days=1, words="A phase starts soon", says="A step of your plan begins soon"
    ),
    _kind("phase-starts", BOTH, _starts, late_days=0, words="A phase starts today", says="A step of your plan begins"),
    _kind("phase-due", STAFF_ONLY, _is_due, late_days=2, words="A phase reaches its last day"),
    _kind("phase-overdue", STAFF_ONLY, _is_overdue, late_days=7, words="A phase is overdue"),
)
