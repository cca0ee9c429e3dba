"""The first page of the workspace: what wants somebody's attention today."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import at_of, desk_of
from clinics.models import Membership
from clinics.roles import Act
from patients.admin.lines import MOST_LINES, Group, Line
from patients.admin.orders.today import telling_groups
from patients.admin.reached import stopped_groups
from patients.admin.reminders.filters import failing, missed_altogether
from patients.admin.safety.today import finding_groups
from patients.admin.standing import today_of
from patients.admin.tapers.today import taper_groups
from patients.models import Plan, PlanPhase, Reminder
from patients.services.progress import phase_words, sentence, with_progress
from protocols.domain.layout import COMING_BEFORE_DAYS, is_overdue
from protocols.domain.phases import PhaseStatus, PlanStatus

# A patient's today differs from the server's by a day at most.
ONE_DAY = timedelta(days=1)
MISSED_WITHIN = timedelta(days=7)


def today(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's callback for its index page."""
    at = at_of(request)
    plans = Plan.objects.visible_to(request.user).filter(
        patient__clinic__in=desk_of(request).clinics_where(Act.SEE_PATIENTS)
    )
    reminders = Reminder.objects.visible_to(request.user)
    groups = [
        *taper_groups(request, at=at),
        *telling_groups(request),
        *finding_groups(request),
        *stopped_groups(request, at=at),
        *_phase_groups(plans, at=at),
        *_plan_groups(plans, at=at),
    ]
    missed = missed_altogether(reminders).filter(finished_at__gte=at - MISSED_WITHIN)
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
    active = plans.filter(status=PlanStatus.ACTIVE.value)
    latest_today = at.date() + ONE_DAY
    ends = Min("phases__ends_on", filter=Q(phases__status=PhaseStatus.ACTIVE.value))
    starts = Min("phases__starts_on", filter=Q(phases__status=PhaseStatus.PLANNED.value))
    running, cut_running = _most_urgent(active.annotate(day=ends).filter(day__lte=latest_today))
    soon = latest_today + timedelta(days=COMING_BEFORE_DAYS)
    coming, cut_coming = _most_urgent(active.annotate(day=starts).filter(day__lte=soon))
    overdue, due, starting, waiting = [], [], [], []
    for plan in {plan.pk: plan for plan in [*running, *coming]}.values():
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
        Group("Overdue: finish or extend", overdue, cut_running),
        Group("Reached the last day", due, cut_running),
        Group("Should have started", waiting, cut_coming),
        Group("Start within three days", starting, cut_coming),
    ]


def _most_urgent(plans: "QuerySet[Any]") -> tuple[list[Plan], str]:
    """The plans whose `day` lies furthest back, and what to say if those are not all. Counts only if it must."""
    shown = list(with_progress(plans.order_by("day", "code")).select_related("patient")[:MOST_LINES])
    if len(shown) < MOST_LINES or (count := plans.count()) == MOST_LINES:
        return shown, ""
    return shown, f"From the first {MOST_LINES} of {count} plans, by date. The list of plans has them all."


def _plan_groups(plans: "QuerySet[Plan]", *, at: datetime) -> list[Group]:
    """Whole plans that wait for somebody, the earliest first."""

    def group(title: str, chosen: "QuerySet[Plan]") -> Group:
        shown, cut = _most_urgent(chosen.annotate(day=F("starts_on")))
        return Group(title, [_line(plan, sentence(plan, today=today_of(plan.patient, at))) for plan in shown], cut)

    return [
        group("Practitioner no longer here: hand over", _left_alone(plans)),
        group("On hold", plans.filter(status=PlanStatus.ON_HOLD.value)),
        group("Drafts, not yet activated", plans.filter(status=PlanStatus.DRAFT.value)),
    ]


def _left_alone(plans: "QuerySet[Plan]") -> "QuerySet[Plan]":
    """Plans that are not over, and whose practitioner treats no patients of that clinic any more."""
    works_here = Membership.objects.open().that_may(Act.MOVE_PLAN)
    works_here = works_here.filter(
        user=OuterRef("practitioner"), clinic=OuterRef("patient__clinic"), user__is_active=True
    )
    unfinished = [PlanStatus.DRAFT.value, PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value]
    return plans.filter(~Exists(works_here), status__in=unfinished)


def _phase_line(phase: PlanPhase, day: date) -> Line:
    return _line(phase.plan, f"{phase.title} · {phase_words(phase, day)}")


def _line(plan: Plan, words: str) -> Line:
    return Line(
        plan.patient.full_name, plan.patient.code, words, reverse("admin:patients_plan_change", args=[plan.code])
    )
