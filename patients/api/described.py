"""One plan as it now is, with all that the API says of it, and who asks."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request

from clinics.domain.instants import civil_date, zone
from clinics.models import User
from patients.api.reading import PlanSerializer
from patients.models import Order, Plan, Transition


def asker(request: Request) -> User:
    """Who asks. Nobody reaches a view without a token."""
    user = request.user
    assert isinstance(user, User)
    return user


def described(plan: Plan, user: User, *, at: datetime) -> dict[str, Any]:
    """This plan read anew, with days as they count where the patient lives."""
    fresh = with_everything(Plan.objects.visible_to(user), user=user).get(pk=plan.pk)
    today = civil_date(at, zone(fresh.patient.zone))
    return PlanSerializer(fresh, context={"today": today}).data


def with_everything(plans: "QuerySet[Plan]", *, user: User) -> "QuerySet[Plan]":
    """Plans with all that `PlanSerializer` reads, in a fixed number of queries.

    The history is what this user may see of it: reasons are written among colleagues. Of tapers the API says nothing,
    and a patient learns of none before it is signed.
    """
    of_the_plan = Transition.objects.visible_to(user).filter(taper__isnull=True).select_related("phase", "order")
    orders = Order.objects.visible_to(user).select_related("first_phase", "last_phase", "prescriber")
    return plans.select_related("patient__clinic", "template_version", "practitioner").prefetch_related(
        "phases__criteria",
        "holds",
        Prefetch("orders", queryset=orders),
        "orders__holds",
        Prefetch("transitions", queryset=of_the_plan),
    )
