"""The first page of the workspace: what wants somebody's attention today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import at_of, desk_of
from clinics.roles import Act
from patients.admin.reminder import failing
from patients.admin.standing import today_of
from patients.models import Plan, PlanPhase, Reminder, ReminderStatus
from patients.services.progress import phase_words, sentence, with_progress
from protocols.domain.layout import COMING_BEFORE_DAYS, is_overdue
from protocols.domain.phases import PhaseStatus, PlanStatus

MOST_LINES = 100
# A patient's today differs from the server's by a day at most.
NEAR = timedelta(days=COMING_BEFORE_DAYS + 1)
MISSED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One plan and why it is here."""

    patient: str
    code: str
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: list[Line]


def today(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback for its index page."""
    at = at_of(request)
    plans = Plan.objects.visible_to(request.user).filter(
        patient__clinic__in=desk_of(request).clinics_where(Act.SEE_PATIENTS)
    )
    reminders = Reminder.objects.visible_to(request.user)
    groups = [*_phase_groups(plans, at=at), *_plan_groups(plans, at=at)]
    missed = reminders.filter(status=ReminderStatus.MISSED.value, finished_at__gte=at - MISSED_WITHIN)
    return context | {
        "title": "Today",
        "trail": [("Today", None)],
        "groups": [group for group in groups if group.lines],
        "failing_count": failing(reminders).count(),
        "missed_count": missed.count(),
        "has_desk": bool(desk_of(request).roles),
    }


def _phase_groups(plans: "QuerySet[Plan]", *, at: datetime) -> list[Group]:
    """Phases of active plans whose day has come, or comes soon: two reads and the patients' own calendars."""
    near = at.date() + NEAR
    active = with_progress(plans.filter(status=PlanStatus.ACTIVE.value)).select_related("patient")
    running = active.filter(phases__status=PhaseStatus.ACTIVE.value, phases__ends_on__lte=near)
    coming = active.filter(phases__status=PhaseStatus.PLANNED.value, phases__starts_on__lte=near)
    overdue, due, starting, waiting = [], [], [], []
    found = {plan.pk: plan for plan in [*running.distinct()[:MOST_LINES], *coming.distinct()[:MOST_LINES]]}
    for plan in found.values():
        day = today_of(plan.patient, at)
        for phase in plan.phases.all():
            line = _phase_line(phase, day)
            if phase.status == PhaseStatus.ACTIVE.value and is_overdue(phase.ends_on, today=day):
                overdue.append(line)
            elif phase.status == PhaseStatus.ACTIVE.value and phase.ends_on is not None and phase.ends_on <= day:
                due.append(line)
            elif phase.is_planned and phase.starts_on < day:
                waiting.append(line)
            elif phase.is_planned and (phase.starts_on - day).days <= COMING_BEFORE_DAYS:
                starting.append(line)
    return [
        Group("Overdue: finish or extend", overdue),
        Group("Reached the last day", due),
        Group("Should have started", waiting),
        Group("Start within three days", starting),
    ]


def _plan_groups(plans: "QuerySet[Plan]", *, at: datetime) -> list[Group]:
    def lines(status: PlanStatus) -> Iterable[Line]:
        rows = with_progress(plans.filter(status=status.value)).select_related("patient")
        for plan in rows.order_by("-starts_on", "code")[:MOST_LINES]:
            yield _line(plan, sentence(plan, today=today_of(plan.patient, at)))

    return [
        Group("On hold", [*lines(PlanStatus.ON_HOLD)]),
        Group("Drafts, not yet activated", [*lines(PlanStatus.DRAFT)]),
    ]


def _phase_line(phase: PlanPhase, day: date) -> Line:
    return _line(phase.plan, f"{phase.title} · {phase_words(phase, day)}")


def _line(plan: Plan, words: str) -> Line:
    return Line(
        plan.patient.full_name, plan.patient.code, words, reverse("admin:patients_plan_change", args=[plan.code])
    )
