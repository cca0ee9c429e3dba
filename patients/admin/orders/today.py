"""Prescribers who are still to be told that a medicine of theirs has ended: one read, the longest waiting first."""

from typing import Final

from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin.desk import desk_of
from clinics.roles import Act
from patients.admin.lines import MOST_LINES, Group, Line
from patients.models import Order
from patients.services.documents.printable import day
from patients.services.orders.telling import PRESCRIBER_TOLD
from protocols.domain.order_states import StopReason

TITLE: Final = "Tell the prescriber"


def telling_groups(request: HttpRequest) -> list[Group]:
    desk = desk_of(request)
    own = Order.objects.visible_to(request.user).prescriber_to_tell()
    own = own.filter(plan__patient__clinic__in=desk.clinics_where(Act.SEE_PATIENTS))
    own = own.annotate(over_on=Coalesce("ends_on", "last_phase__ends_on")).order_by("over_on", "pk")
    rows = list(own.select_related("plan__patient", "prescriber", "first_phase", "last_phase")[: MOST_LINES + 1])
    moved_in = set(desk.clinics_where(Act.MOVE_PLAN))
    cut = f"The first {MOST_LINES} orders, the longest waiting." if len(rows) > MOST_LINES else ""
    lines = [_line(order, may_tell=order.plan.patient.clinic_id in moved_in) for order in rows[:MOST_LINES]]
    return [Group(TITLE, lines, cut)]


def _line(order: Order, *, may_tell: bool) -> Line:
    patient, codes = order.plan.patient, [order.plan.code, order.code]
    who = order.prescriber.name if order.prescriber else "its prescriber"
    since = "" if order.last_day is None else f" on {day(order.last_day)}"
    ended = (
        f"was stopped{since}: {StopReason(order.stop_reason).label.lower()}"
        if order.stop_reason
        else (f"ended{since}, with its phase or with the plan")
    )
    told = reverse("admin:patients_plan_order_move", args=[*codes, PRESCRIBER_TOLD])
    return Line(
        patient.full_name,
        patient.code,
        f"{order.name} {ended}. Tell {who}.",
        reverse("admin:patients_plan_order", args=codes),
        (("Write down that it was told", told),) if may_tell else (),
    )
