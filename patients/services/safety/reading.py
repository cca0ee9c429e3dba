"""The rows behind what somebody takes, each read once, whatever is asked of them afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Q, QuerySet, prefetch_related_objects

from patients.models import MedicineUse, Order, Patient, Plan, PlanPhase, Taper
from patients.models.taper_course import COURSE_ROWS
from protocols.domain.phases import PlanStatus
from protocols.models import Medicine

STOPPED_COUNTS_FOR: Final = timedelta(weeks=12)
"""What was stopped longer ago than this is no longer put before the rules; none of them looks further back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRows:
    """orders: of the plan, each with the plan, its phases, product and prescriber. earlier: those of plans that ended
    lately. phases: of the plan, in their order. uses: all that stand in the record, by substance; products with what
    they hold. tapers: all of the patient that somebody signed, with what they reduce and what
    their courses are read from. On which days all of that rested: `read_rests`.
    """

    orders: tuple[Order, ...]
    earlier: tuple[Order, ...]
    phases: tuple[PlanPhase, ...]
    uses: tuple[MedicineUse, ...]
    tapers: tuple[Taper, ...]


def read_taken(plan: Plan, *, today: date, orders: Sequence[Order] | None = None) -> TakenRows:
    """About ten queries, however much there is. orders: in place of those of the plan that are stored."""
    uses = _uses(plan.patient)
    stored = _orders(plan, today=today, with_its_own=orders is None)
    phases = _phases({plan.pk} | {order.plan_id for order in stored})
    for order in stored:
        order.first_phase, order.last_phase = phases[order.first_phase_id], phases[order.last_phase_id]
    own_phases = [phase for phase in phases.values() if phase.plan_id == plan.pk]
    own = [order for order in stored if order.plan_id == plan.pk] if orders is None else list(orders)
    if orders is None:
        for order in own:
            order.plan = plan
        for phase in own_phases:
            phase.plan = plan
    else:
        prefetch_related_objects(own, "supplement", "medicine", "first_phase", "last_phase")
        own_phases = own_phases or _named_by(own)
    earlier = [order for order in stored if order.plan_id != plan.pk]
    _read_ingredients((*own, *earlier), uses)
    return TakenRows(
        orders=tuple(own),
        earlier=tuple(earlier),
        phases=tuple(own_phases),
        uses=tuple(uses),
        tapers=tuple(_signed_tapers(plan)),
    )


def read_rests(rows: TakenRows) -> None:
    """On which days orders of the plan rested, and the plan itself: two queries, and none the second time."""
    prefetch_related_objects(rows.orders, "holds", "plan__holds")


def read_rests_again(rows: TakenRows) -> None:
    """The same once an order was let go: it has rested, and so have later versions of it."""
    for order in rows.orders:
        # Of what was prefetched this reads nothing: it forgets it.
        order.refresh_from_db(fields=["holds"])
    read_rests(rows)


def _orders(plan: Plan, *, today: date, with_its_own: bool) -> list[Order]:
    """Of the plan, and of those that ended so lately that what was taken in them still counts."""
    ended_lately = Q(plan__patient=plan.patient_id, plan__activated_at__isnull=False) & Q(
        plan__ended_on__gte=today - STOPPED_COUNTS_FOR
    )
    others = ended_lately & ~Q(plan__status=PlanStatus.ENTERED_IN_ERROR.value) & ~Q(plan=plan.pk)
    which = others | Q(plan=plan.pk) if with_its_own and plan.pk else others
    rows = Order.objects.filter(which).select_related("plan", "supplement", "medicine", "prescriber")
    return list(rows.order_by("-plan__starts_on", "plan__code", "first_phase__position", "key", "number"))


def _phases(plans: Iterable[int | None]) -> dict[int, PlanPhase]:
    rows = PlanPhase.objects.filter(plan__in=[plan for plan in plans if plan is not None])
    return {phase.pk: phase for phase in rows.order_by("position")}


def _named_by(orders: Iterable[Order]) -> list[PlanPhase]:
    """Of a plan that is stored nowhere."""
    return list({id(phase): phase for order in orders for phase in (order.first_phase, order.last_phase)}.values())


def _uses(patient: Patient) -> list[MedicineUse]:
    rows: QuerySet[MedicineUse] = MedicineUse.objects.standing().filter(patient=patient)
    return list(rows.select_related("medicine", "prescriber").order_by("substance", "since", "pk"))


def _read_ingredients(orders: Sequence[Order], uses: Sequence[MedicineUse]) -> None:
    prefetch_related_objects([order.supplement for order in orders if order.supplement is not None], "ingredients")
    medicines: list[Medicine | None] = [*(order.medicine for order in orders), *(use.medicine for use in uses)]
    prefetch_related_objects([medicine for medicine in medicines if medicine is not None], "ingredients", "strengths")


def _signed_tapers(plan: Plan) -> list[Taper]:
    """What nobody has signed changes nothing yet."""
    rows = Taper.objects.shown_to_patients().filter(plan__patient=plan.patient_id)
    rows = rows.select_related("plan", "medicine", "prescriber", "reduces").order_by("created_at", "code")
    return list(rows.prefetch_related(*COURSE_ROWS, "use_reports"))
