"""Findings that want somebody’s attention today: running plans with an undecided BLOCK or WARN, the gravest first."""

from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import desk_of
from clinics.roles import Act
from patients.admin.lines import MOST_LINES, Group, Line
from patients.models import FindingSeverity, FindingStatus, Plan

_BLOCK: Final = Q(findings__severity=FindingSeverity.BLOCK.value)
_STOPS: Final = _BLOCK & ~Q(findings__stops=[])
_OPEN: Final = Q(findings__status=FindingStatus.OPEN.value)
TITLE: Final = "Findings to decide"


def finding_groups(request: HttpRequest) -> list[Group]:
    """One line for each plan, with how many there are; two reads at most."""
    own = Plan.objects.visible_to(request.user).running()
    own = own.filter(patient__clinic__in=desk_of(request).clinics_where(Act.SEE_PATIENTS))
    grave = _OPEN & (_BLOCK | Q(findings__severity=FindingSeverity.WARN.value))
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
    return [Group(TITLE, lines, cut, f"{reverse('admin:patients_finding_changelist')}?state=undecided")]


def _words(stops: int, signs: int, warnings: int) -> str:
    parts = []
    if stops:
        parts.append("1 finding stops an order" if stops == 1 else f"{stops} findings stop orders")
    if signs:
        parts.append("1 warning sign" if signs == 1 else f"{signs} warning signs")
    if warnings:
        parts.append("1 warning" if warnings == 1 else f"{warnings} warnings")
    return " · ".join(parts)
