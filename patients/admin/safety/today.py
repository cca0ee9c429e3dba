"""Findings that want somebody’s attention today: running plans with an undecided BLOCK or WARN, the gravest first."""

from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import desk_of
from clinics.roles import Act
from patients.admin.lines import MOST_LINES, Group, Line
from patients.models import FindingStatus, Plan
from protocols.domain.safety_rules import Severity

_BLOCK: Final = Q(findings__severity=Severity.BLOCK.value)
_STOPS: Final = _BLOCK & ~Q(findings__stops=[])
_OPEN: Final = Q(findings__status=FindingStatus.OPEN.value)
_NOT_KEPT: Final = _OPEN & Q(findings__severity=Severity.SPACE.value, findings__is_kept=False)
TITLE: Final = "Findings to decide"
NOT_KEPT: Final = "Hours apart that a day does not keep"


def finding_groups(request: HttpRequest) -> list[Group]:
    """One line for each plan, with how many there are: two reads."""
    own = Plan.objects.visible_to(request.user).running()
    own = own.filter(patient__clinic__in=desk_of(request).clinics_where(Act.SEE_PATIENTS))
    return [_undecided(own), _not_kept(own)]


def _not_kept(own: "QuerySet[Plan]") -> Group:
    """Hours that the day of the patient does not keep: she reads of it, and is asked to ask the clinic."""
    plans = own.annotate(count=Count("findings", filter=_NOT_KEPT)).filter(count__gt=0).select_related("patient")
    rows: list[Any] = list(plans.order_by("-count", "code")[: MOST_LINES + 1])
    cut = f"The first {MOST_LINES} plans. The list of findings has them all." if len(rows) > MOST_LINES else ""
    lines = [
        Line(
            plan.patient.full_name,
            plan.patient.code,
            "1 pair of things" if plan.count == 1 else f"{plan.count} pairs of things",
            f"{reverse('admin:patients_plan_change', args=[plan.code])}#safety",
        )
        for plan in rows[:MOST_LINES]
    ]
    return Group(NOT_KEPT, lines, cut, reverse("admin:patients_finding_changelist"))


def _undecided(own: "QuerySet[Plan]") -> Group:
    grave = _OPEN & (_BLOCK | Q(findings__severity=Severity.WARN.value))
    plans = (
        own.filter(grave)
        .annotate(
            stops=Count("findings", filter=_OPEN & _STOPS),
            signs=Count("findings", filter=_OPEN & _BLOCK),
            grave=Count("findings"),
        )
        .select_related("patient")
        .order_by("-signs", "-grave", "code")
    )
    rows: list[Any] = list(plans[: MOST_LINES + 1])
    cut = f"The first {MOST_LINES} plans. The list of findings has them all." if len(rows) > MOST_LINES else ""
    lines = [
        Line(
            plan.patient.full_name,
            plan.patient.code,
            _words(plan.stops, plan.signs - plan.stops, plan.grave - plan.signs),
            f"{reverse('admin:patients_plan_change', args=[plan.code])}#safety",
        )
        for plan in rows[:MOST_LINES]
    ]
    return Group(TITLE, lines, cut, f"{reverse('admin:patients_finding_changelist')}?state=undecided")


def _words(stops: int, signs: int, warnings: int) -> str:
    parts = []
    if stops:
        parts.append("1 finding stops an order" if stops == 1 else f"{stops} findings stop orders")
    if signs:
        parts.append("1 warning sign" if signs == 1 else f"{signs} warning signs")
    if warnings:
        parts.append("1 warning" if warnings == 1 else f"{warnings} warnings")
    return " · ".join(parts)
