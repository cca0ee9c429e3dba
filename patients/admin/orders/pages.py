"""The pages of orders: choosing what to add, writing it down, one order with its versions, and its moves."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from clinics.roles import Act
from patients.admin.orders.confirming import Confirming, versions_of
from patients.admin.orders.forms import (
    ChangeForm,
    ErrorForm,
    OrderMoveForm,
    SaysForm,
    StopForm,
    TellingForm,
    TieForm,
)
from patients.admin.orders.rows import row_of
from patients.admin.plan_button import Button
from patients.admin.sentences import entries
from patients.admin.standing import today_of
from patients.models import Finding, Order, Plan
from patients.services.orders import adding, changing, holding, stopping, telling, tying
from patients.services.orders.following import counts
from patients.services.orders.ordering import OPEN_PLANS
from patients.services.orders.raising import waits_after_rest
from patients.services.orders.says import Says, of_medicine, of_supplement, says_of
from protocols.domain.order_states import OrderMove, OrderStanding, StopReason, legal_order_moves
from protocols.domain.phases import PhaseStatus
from protocols.models import Medicine, Supplement

MOST_FOUND = 30
TIE = "tie"


@dataclass(frozen=True, slots=True)
class Offer:
    """How a move of an order is offered. words: what it does. done: what is said afterwards."""

    service: Any
    form: type[OrderMoveForm]
    label: str
    words: str
    done: str
    first: dict[str, Any]
    is_grave: bool = False


OFFERS: dict[str, Offer] = {
    OrderMove.HOLD.value: Offer(
        holding.hold,
        OrderMoveForm,
        "Put on hold",
        "It rests from today: the patient is not asked to take it until it is resumed. Its last day stays.",
        "It is on hold.",
        {"reason": "To see the days."},
    ),
    OrderMove.RESUME.value: Offer(
        holding.resume,
        OrderMoveForm,
        "Resume",
        "It goes on from today. After a week or longer a slow start stays where it was until you change the order: "
        "there it can begin again.",
        "It goes on.",
        {"reason": "To see the days."},
    ),
    OrderMove.STOP.value: Offer(
        stopping.stop,
        StopForm,
        "Stop",
        "From now on nothing of it is taken. It stays in the plan as a record. To take it again, order it anew. What "
        "is prescribed is stopped by its prescriber’s word; after a reaction, an allergy or by the patient’s own "
        "choice also without, and then it stands on Today until you write down that its prescriber was told.",
        "It is stopped.",
        {"stop_reason": StopReason.REACTION, "reason": "To see the days."},
        is_grave=True,
    ),
    OrderMove.LEAVE_OUT.value: Offer(
        stopping.leave_out,
        OrderMoveForm,
        "Leave out",
        "This patient never takes it. It stays in the plan as a record.",
        "It is left out.",
        {},
    ),
    OrderMove.ENTER_IN_ERROR.value: Offer(
        stopping.enter_in_error,
        ErrorForm,
        "Mark as entered in error",
        "It should never have been there, in none of its versions. The patient no longer sees it; the history keeps "
        "it. This cannot be taken back.",
        "It is marked as entered in error.",
        {"reason": "To see the days."},
        is_grave=True,
    ),
    telling.PRESCRIBER_TOLD: Offer(
        telling.tell_prescriber,
        TellingForm,
        "Its prescriber was told",
        "Write down that whoever prescribes it knows that it was stopped. Nothing is sent by this.",
        "It is written down.",
        {},
    ),
    TIE: Offer(
        tying.tie,
        TieForm,
        "Choose its taper",
        "Its days follow the taper that you choose, and move with it.",
        "It follows this taper.",
        {},
    ),
}


def choose_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    """What is added: found in the catalogue by its name, or written down by its name alone."""
    typed = request.GET.get("q", "").strip()[:60]
    clinics = [plan.patient.clinic]
    supplements = Supplement.objects.available_to(clinics)
    medicines = Medicine.objects.available_to(clinics)
    if typed:
        supplements = supplements.filter(
            Q(name__icontains=typed) | Q(brand__icontains=typed) | Q(ingredients__substance__icontains=typed)
        ).distinct()
        medicines = medicines.filter(Q(name__icontains=typed) | Q(substance__icontains=typed))
    found = [("supplement", item, item.get_supplement_class_display()) for item in supplements[:MOST_FOUND]]
    found += [("medicine", item, item.get_medicine_class_display()) for item in medicines[:MOST_FOUND]]
    return admin.page(
        request,
        "admin/patients/order_choose.html",
        title="Add an order",
        trail=admin.trail_to(plan, "Add an order"),
        typed=typed,
        found=found,
        write=reverse("admin:patients_plan_order_write", args=[plan.code]),
        back=admin.address_of(plan),
    )


def write_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    says, today = _chosen(request, plan), today_of(plan.patient, at_of(request))
    title = f"Order {says.name}" if says else "Order something else"
    return Confirming(
        admin=admin,
        request=request,
        plan=plan,
        order=None,
        form=lambda data, asks: SaysForm(data, plan=plan, order=None, today=today, says=says, asks_confirmation=asks),
        service=adding.add,
        title=title,
        words="It is ordered in this plan from the day below. Look at what becomes of it before you confirm.",
        submit="Order it",
        done=f"{says.name if says else 'It'} is ordered.",
        back=admin.address_of(plan),
        shows_first=False,
    ).answer()


def _chosen(request: HttpRequest, plan: Plan) -> Says | None:
    """What the catalogue says of what was chosen; None for what is written down by its name alone."""
    phases = list(plan.phases.all())
    going = [phase for phase in phases if phase.status in {PhaseStatus.ACTIVE.value, PhaseStatus.PLANNED.value}]
    phase = (going or phases)[0]
    clinics = [plan.patient.clinic]
    if code := request.GET.get("supplement"):
        item = Supplement.objects.available_to(clinics).filter(code=code).first()
        if item is None:
            raise Http404
        return of_supplement(item, first_phase=phase, last_phase=phase)
    if code := request.GET.get("medicine"):
        medicine = Medicine.objects.available_to(clinics).filter(code=code).first()
        if medicine is None:
            raise Http404
        return of_medicine(medicine, first_phase=phase, last_phase=phase)
    return None


def order_of(plan: Plan, code: str) -> Order:
    """This order of this plan with all that its pages read. Raises 404."""
    rows = Order.objects.to_reckon().select_related("prescriber", "medicine", "supplement", "taper__reduces")
    order = rows.filter(plan=plan, code=code).first()
    if order is None:
        raise Http404
    return order


def order_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan, code: str) -> HttpResponse:
    """One order: how it stands, what can be done, every version of it, and its history."""
    order, today = order_of(plan, code), today_of(plan.patient, at_of(request))
    may_move = admin.may(request, Act.MOVE_PLAN, plan)
    codes = list(plan.orders.filter(key=order.key).values_list("code", flat=True))
    transitions = plan.transitions.filter(order__code__in=codes).select_related("order", "phase", "by_user", "taper")
    blocks = Finding.objects.filter(plan=plan).undecided()
    return admin.page(
        request,
        "admin/patients/order.html",
        title=order.name,
        trail=admin.trail_to(plan, order.name),
        plan=plan,
        order=order,
        row=row_of(order, today=today, blocked=[row.text for row in blocks if order.code in row.stops]),
        waits_after_rest=waits_after_rest(order, today=today),
        versions=list(reversed(versions_of(order, today=today))),
        buttons=_buttons(plan, order, today=today) if may_move else [],
        may_move=may_move,
        history=entries(transitions, clinic_zone=zone(plan.patient.clinic.zone)),
        back=admin.address_of(plan),
    )


def _buttons(plan: Plan, order: Order, *, today: Any) -> list[Button]:
    names = [telling.PRESCRIBER_TOLD] if order.prescriber_to_tell else []
    if plan.status in OPEN_PLANS and order.is_current:
        moves = legal_order_moves(OrderStanding(order.standing), status=order.status_on(today))
        names += [move.value for move in moves]
    if names and order.taper_tie and order.is_standing and sum(counts(taper) for taper in plan.tapers.all()) > 1:
        names.append(TIE)
    return [
        Button(
            "Change" if name == OrderMove.CHANGE.value else OFFERS[name].label,
            reverse("admin:patients_plan_order_move", args=[plan.code, order.code, name]),
            is_first=name in {OrderMove.CHANGE.value, OrderMove.RESUME.value, telling.PRESCRIBER_TOLD},
            is_grave=name in OFFERS and OFFERS[name].is_grave,
            about=order.name,
        )
        for name in names
    ]


def order_move_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan, code: str, name: str) -> HttpResponse:
    order, today = order_of(plan, code), today_of(plan.patient, at_of(request))
    back = reverse("admin:patients_plan_order", args=[plan.code, order.code])
    if name == OrderMove.CHANGE.value:
        return Confirming(
            admin=admin,
            request=request,
            plan=plan,
            order=order,
            form=lambda data, asks: ChangeForm(
                data, plan=plan, order=order, today=today, says=says_of(order), asks_confirmation=asks
            ),
            service=changing.change,
            title=f"Change {order.name}",
            words="A new version counts from the day that you choose; the old one stands as it was said.",
            submit="Change it",
            done=f"{order.name} is changed.",
            back=admin.address_of(plan),
            shows_first=False,
        ).answer()
    offer = OFFERS.get(name)
    if offer is None:
        raise Http404
    return Confirming(
        admin=admin,
        request=request,
        plan=plan,
        order=order,
        form=lambda data, _: offer.form(data, plan=plan, order=order, today=today),
        service=offer.service,
        title=f"{order.name}: {offer.label.lower()}",
        words=offer.words,
        submit=offer.label,
        done=f"{order.name}: {offer.done.lower()}",
        back=back,
        is_grave=offer.is_grave,
        shows_first=bool(offer.first) or name == OrderMove.LEAVE_OUT.value,
        first_arguments=offer.first,
    ).answer()
