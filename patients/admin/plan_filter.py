"""Lists narrowed to a state of plans, in the clinic's words."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from patients.models import Plan
from protocols.domain.phases import PlanStatus

STATES = {
    "active": ("Active", [PlanStatus.ACTIVE]),
    "on-hold": ("On hold", [PlanStatus.ON_HOLD]),
    "draft": ("Drafts", [PlanStatus.DRAFT]),
    "ended": ("Ended", [PlanStatus.COMPLETED, PlanStatus.REVOKED]),
}


class _StateFilter(SimpleListFilter):
    title = "state of the plan"
    parameter_name = "plan"

    def _statuses(self) -> list[str] | None:
        chosen = STATES.get(self.value() or "")
        return None if chosen is None else [status.value for status in chosen[1]]


class PlanStateFilter(_StateFilter):
    """Patients by the state of any plan they have; and those without one."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        states = [(name, words) for name, (words, _) in STATES.items() if name != "ended"]
        return [*states, ("none", "Without a plan")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        plans = Plan.objects.visible_to(request.user).filter(patient=OuterRef("pk"))
        if self.value() == "none":
            return queryset.filter(~Exists(plans.exclude(status=PlanStatus.ENTERED_IN_ERROR.value)))
        statuses = self._statuses()
        return queryset if statuses is None else queryset.filter(Exists(plans.filter(status__in=statuses)))


class StateFilter(_StateFilter):
    """Plans by their state; those entered in error only when asked for."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        states = [(name, words) for name, (words, _) in STATES.items()]
        return [*states, ("entered-in-error", PlanStatus.ENTERED_IN_ERROR.label)]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == PlanStatus.ENTERED_IN_ERROR.value:
            return queryset.filter(status=self.value())
        statuses = self._statuses()
        if statuses is None:
            return queryset.exclude(status=PlanStatus.ENTERED_IN_ERROR.value)
        return queryset.filter(status__in=statuses)
