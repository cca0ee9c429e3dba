"""Orders of a plan: one address for adding one, and one for each move, calling the services that the admin calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.actor import Actor, require, staff_in
from clinics.models import Clinic, Prescriber
from clinics.roles import Act
from patients.api import order_asking, reading
from patients.api.described import asker, described
from patients.api.moves import MoveView
from patients.models import Order, Plan, PlanPhase
from patients.services.errors import InvalidRequest
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.checking import UNKNOWN_PRESCRIBER
from patients.services.orders.holding import hold, resume
from patients.services.orders.says import Says, of_medicine, of_supplement, says_of
from patients.services.orders.stopping import enter_in_error, leave_out, stop
from patients.services.orders.telling import PRESCRIBER_TOLD, tell_prescriber
from protocols.domain.slots import Slot
from protocols.domain.supplements import PrescribedBy, TaperTie
from protocols.models import Medicine, Supplement
from protocols.models.content import ItemKind

CHANGED = ("amount", "pattern", "times_of_day", "titration", "instructions", "ends_on")


def change_order(order: Order, *, by: Actor, at: datetime, revision: int, **asked: Any) -> Order:
    """Put a new version in force from a day on; the old one stands as it was said. What is left out stays as it is."""
    said = replace(says_of(order), **_how_taken(asked))
    return change(order, says=said, by=by, at=at, revision=revision, **asked)


def add_order(plan: Plan, *, by: Actor, at: datetime, revision: int, **asked: Any) -> Order:
    """Order something more, from the catalogue or by its name alone."""
    more = {name: asked.pop(name) for name in ("reason", "amount_confirmed") if name in asked}
    how = _how_taken(asked)
    return add(plan, says=replace(_what(plan, asked), **how), by=by, at=at, revision=revision, **more)


def _how_taken(asked: dict[str, Any]) -> dict[str, Any]:
    """What of it says how it is taken, in the words of `Says`; taken out of what was asked."""
    how = {name: asked.pop(name) for name in CHANGED if name in asked}
    if "times_of_day" in how:
        how["times_of_day"] = tuple(Slot(slot) for slot in how["times_of_day"])
    if "titration" in how:
        how["titration"] = tuple(dict(stage) for stage in how["titration"])
    return how


def _what(plan: Plan, asked: dict[str, Any]) -> Says:
    clinic = plan.patient.clinic
    first = _phase(plan, asked["first_phase"], field="first_phase")
    last = _phase(plan, asked.get("last_phase", first.key), field="last_phase")
    if "supplement" in asked and "medicine" in asked:
        raise InvalidRequest("An order is a supplement or a medicine, not both.", field="medicine")
    if "supplement" in asked:
        item = Supplement.objects.available_to([clinic]).filter(code=asked["supplement"]).first()
        said = of_supplement(_known(item, "supplement"), first_phase=first, last_phase=last)
    elif "medicine" in asked:
        found = Medicine.objects.available_to([clinic]).filter(code=asked["medicine"]).first()
        said = of_medicine(_known(found, "medicine"), first_phase=first, last_phase=last)
    elif "name" not in asked or "kind" not in asked:
        raise InvalidRequest("Name something of the catalogue, or say its name and its kind.", field="name")
    elif asked["kind"] == ItemKind.MEDICINE.value and "prescribed_by" not in asked:
        raise InvalidRequest("Say who decides about this medicine.", field="prescribed_by")
    else:
        said = Says(
            first_phase=first, last_phase=last, name=asked["name"], item_kind=ItemKind(asked["kind"]), amount=None
        )
    more: dict[str, Any] = {name: asked[name] for name in ("name", "starts_on", "taper_tie_days") if name in asked}
    if "prescribed_by" in asked:
        more["prescribed_by"] = PrescribedBy(asked["prescribed_by"])
    if "taper_tie" in asked:
        more["taper_tie"] = TaperTie(asked["taper_tie"])
    if "prescriber" in asked:
        more["prescriber"] = _prescriber(clinic, asked["prescriber"])
    return replace(said, **more)


def _known(item: Any, field: str) -> Any:
    if item is None:
        raise InvalidRequest("The catalogue of this clinic has nothing with this code.", field=field)
    return item


def _phase(plan: Plan, key: str, *, field: str) -> PlanPhase:
    phase = plan.phases.filter(key=key).first()
    if phase is None:
        raise InvalidRequest("This plan has no such phase.", field=field)
    return phase


def _prescriber(clinic: Clinic, code: str) -> Prescriber:
    found = Prescriber.objects.open().filter(clinic=clinic, code=code).first()
    if found is None:
        raise InvalidRequest(UNKNOWN_PRESCRIBER, field="prescriber")
    return found


ORDER_MOVES: dict[str, tuple[Callable[..., Any], type[serializers.Serializer]]] = {
    "change": (change_order, order_asking.Changing),
    "hold": (hold, order_asking.OrderMoveRequest),
    "resume": (resume, order_asking.OrderMoveRequest),
    "stop": (stop, order_asking.Stopping),
    "leave-out": (leave_out, order_asking.OrderMoveRequest),
    PRESCRIBER_TOLD: (tell_prescriber, order_asking.TellingPrescriber),
    "enter-in-error": (enter_in_error, order_asking.EnteringOrderInError),
}


class OrderMoveView(MoveView):
    """Adding an order, or one move of one. Answers with the plan as it then is."""

    def order_carried_out(self, request: Request, code: str, order: str | None) -> Response:
        at = timezone.now()
        user = asker(request)
        plan = get_object_or_404(Plan.objects.visible_to(user).select_related("patient__clinic"), code=code)
        rows = Order.objects.visible_to(user).to_reckon().select_related("prescriber", "medicine", "supplement")
        subject = plan if order is None else get_object_or_404(rows, plan=plan, code=order)
        by = staff_in(plan.patient.clinic, user)
        require(by, Act.MOVE_PLAN, clinic=plan.patient.clinic)
        asked = self.asks(data=request.data)
        asked.is_valid(raise_exception=True)
        type(self).move(subject, by=by, at=at, **asked.validated_data)
        return Response(described(plan, user, at=at))


def order_view(name: str, move: Callable[..., Any], asks: type[serializers.Serializer]) -> Any:
    """The view of adding an order, or of one move of one."""

    @extend_schema(
        operation_id=f"orders_{name.replace('-', '_')}",
        description=move.__doc__,
        request=asks,
        responses={200: reading.PlanSerializer, **reading.REFUSALS},
    )
    def post(self: OrderMoveView, request: Request, code: str, order: str | None = None) -> Response:
        return self.order_carried_out(request, code, order)

    members = {"asks": asks, "move": staticmethod(move), "post": post, "__doc__": OrderMoveView.__doc__}
    return cast(type[OrderMoveView], type(f"orders_{name}", (OrderMoveView,), members)).as_view()
