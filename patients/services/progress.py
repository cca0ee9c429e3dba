"""Where a plan stands, in words: “Repair · day 9 of 28, and Rebalance”. One wording for every face."""

from datetime import date

from django.db.models import QuerySet

from patients.models import Plan, PlanPhase
from protocols.domain.layout import is_overdue
from protocols.domain.phases import EndReason, PhaseStatus, PlanStatus


def with_progress(plans: "QuerySet[Plan]") -> "QuerySet[Plan]":
    """These plans with all that `sentence` and `phase_words` read: two more queries, however many plans."""
    return plans.prefetch_related("phases", "holds")


def day_in_words(day: date, today: date) -> str:
    """“3 March”; with the year where it is not this one. Only for what is read today: paper says `printable.day`."""
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"


def day_and_weekday(day: date) -> str:
    """“Mon 18 Jan 2027”, as the tables of the workspace have it: for who compares days that lie close together."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def days_in_words(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def phase_words(phase: PlanPhase, today: date) -> str:
    """“day 9 of 28”, “day 40” without a fixed end, “day 31 of 28, 3 days overdue”, “on hold since 3 March”.

    today: the patient's civil date. Load the plan by `with_progress`.
    """
    status = PhaseStatus(phase.status)
    if status is PhaseStatus.PLANNED:
        if phase.starts_on > today:
            return f"starts on {day_in_words(phase.starts_on, today)}"
        return f"planned for {day_in_words(phase.starts_on, today)}, not started yet"
    if status is PhaseStatus.ON_HOLD:
        return f"on hold since {day_in_words(_held_since(phase.plan, phase, today), today)}"
    if status is PhaseStatus.ACTIVE:
        return _day_words(phase, today)
    if status is PhaseStatus.COMPLETED and phase.ends_on is not None:
        return f"completed on {day_in_words(phase.ends_on, today)}"
    return "left out" if status is PhaseStatus.SKIPPED else status.label.lower()


def _day_words(phase: PlanPhase, today: date) -> str:
    number = phase.day_number(today)
    if phase.duration_days is None:
        return f"day {number}"
    words = f"day {number} of {phase.duration_days}"
    # While the plan rests its last days lie still, so nothing grows overdue.
    if (
        phase.ends_on is not None
        and phase.plan.status == PlanStatus.ACTIVE.value
        and is_overdue(phase.ends_on, today=today)
    ):
        words += f", {days_in_words((today - phase.ends_on).days)} overdue"
    return words


def sentence(plan: Plan, *, today: date) -> str:
    """The whole plan in one line. today: the patient's civil date. Load the plan by `with_progress`."""
    status = PlanStatus(plan.status)
    if status is PlanStatus.DRAFT:
        return f"Draft · first day {day_in_words(plan.starts_on, today)}"
    if status is PlanStatus.ACTIVE:
        return running_words(plan, today=today)
    if status is PlanStatus.ON_HOLD:
        held = f"On hold since {day_in_words(_held_since(plan, None, today), today)}"
        return f"{held} · {running_words(plan, today=today)}"
    if status is PlanStatus.ENTERED_IN_ERROR or plan.ended_on is None:
        return status.label
    words = f"{status.label} on {day_in_words(plan.ended_on, today)}"
    if plan.end_reason and plan.end_reason != EndReason.FINISHED.value:
        words += f" · {EndReason(plan.end_reason).label}"
    return words


def running_words(plan: Plan, *, today: date) -> str:
    """The phases that run now; those without a fixed end by name alone. Without any, what is waited for."""
    phases = list(plan.phases.all())
    running = [phase for phase in phases if phase.is_open]
    if not running:
        return _waiting_words(phases, today)
    if len(running) == 1:
        return f"{running[0].title} · {phase_words(running[0], today)}"
    *others, last = (_short(phase, today) for phase in running)
    return f"{', '.join(others)}, and {last}"


def _short(phase: PlanPhase, today: date) -> str:
    has_no_end = phase.duration_days is None and phase.status == PhaseStatus.ACTIVE.value
    return phase.title if has_no_end else f"{phase.title} · {phase_words(phase, today)}"


def _waiting_words(phases: list[PlanPhase], today: date) -> str:
    coming = min((phase for phase in phases if phase.is_planned), key=lambda phase: phase.starts_on, default=None)
    if coming is None:
        return "All phases ended"
    return f"{coming.title} · {phase_words(coming, today)}"


def _held_since(plan: Plan, phase: PlanPhase | None, today: date) -> date:
    """The first day of the hold that is open, of this phase or of the whole plan."""
    phase_id = None if phase is None else phase.pk
    return next((hold.first_day for hold in plan.holds.all() if hold.phase_id == phase_id and hold.is_open), today)
