"""One plan as it now is, with all that the API says of it, and who asks."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from clinics.domain.instants import civil_date, zone
from clinics.models import User
from patients.api.reading import PlanSerializer
from patients.models import Plan


def asker(request: Request) -> User:
    """Who asks. Nobody reaches a view without a token."""
    user = request.user
    assert isinstance(user, User)
    return user


def described(plan: Plan, user: User, *, at: datetime) -> dict[str, Any]:
    """This plan read anew, with days as they count where the patient lives."""
    fresh = with_everything(Plan.objects.visible_to(user)).get(pk=plan.pk)
    today = civil_date(at, zone(fresh.patient.zone))
    return PlanSerializer(fresh, context={"today": today}).data


def with_everything(plans: "QuerySet[Plan]") -> "QuerySet[Plan]":
    """Plans with all that `PlanSerializer` reads, in a fixed number of queries."""
    return plans.select_related("patient__clinic", "template_version", "practitioner").prefetch_related(
        "phases__criteria", "holds", "orders__first_phase", "orders__last_phase", "transitions__phase"
    )
