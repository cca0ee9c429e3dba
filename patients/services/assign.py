"""Assigning a protocol: a preview of every date, then one idempotent transaction that writes a draft plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from clinics.actor import Actor, require
from clinics.domain.instants import civil_date, zone
from clinics.models import User
from clinics.roles import Act
from patients.models import Order, Patient, Plan, PlanCriterion, PlanPhase, Transition
from patients.services.errors import InvalidRequest, RequestKeyReused
from patients.services.moving import record
from patients.services.orders.checking import CONTENTS, not_makeable
from patients.services.practitioners import require_practitioner
from protocols.domain.layout import LayoutError, Window, check_plan_start, lay_out
from protocols.domain.order_window import WAITS_FOR_TAPER
from protocols.domain.phases import PlanStatus
from protocols.models import OrderTemplate, PhaseTemplate, TemplateVersion, VersionStatus
from protocols.models.content import copied


@dataclass(frozen=True, slots=True)
class PhasePreview:
    phase: PhaseTemplate
    window: Window
    # What activation would make of it: planned, running or behind the patient.
    state: str


@dataclass(frozen=True, slots=True)
class OrderPreview:
    """window None: `waits` says why it has no dates yet; else it would have no day at all."""

    order: OrderTemplate
    window: Window | None
    waits: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What assigning would write, and what a practitioner should know before."""

    starts_on: date
    phases: list[PhasePreview]
    orders: list[OrderPreview]
    missing_amounts: list[OrderTemplate]
    notes: list[str]

    @property
    def ends_on(self) -> date | None:
        """The last day of the last phase that has one."""
        return max((item.window.last for item in self.phases if item.window.last), default=None)


def preview(patient: Patient, version: TemplateVersion, *, starts_on: date, by: Actor, at: datetime) -> Preview:
    """Every date this plan would have. Reads, writes nothing; refuses what `assign` would refuse."""
    _check(patient, version, starts_on=starts_on, by=by, at=at)
    today = civil_date(at, zone(patient.zone))
    phases = list(version.phases.all())
    windows = lay_out([phase.spec() for phase in phases], plan_start=starts_on)
    rows = list(
        version.orders.select_related("first_phase", "last_phase", "supplement", "medicine").prefetch_related(*CONTENTS)
    )
    orders = [_order_preview(order, windows, today=today) for order in rows]
    notes = not_makeable(rows)
    if starts_on < today:
        days = (today - starts_on).days
        notes.append(
            f"The first day lies {days} days back. What is behind the patient is marked as done; nothing old is sent."
        )
    if Plan.objects.filter(patient=patient).running().exists():
        notes.append("This patient has a plan that is active or on hold. It must end before this one can be activated.")
    gone = [order.name for order in rows if (item := order.supplement or order.medicine) and item.is_retired]
    if gone:
        notes.append(
            f"No longer in the catalogue: {', '.join(gone)}. It is ordered as the protocol says; change it in the "
            "draft to choose what replaced it."
        )
    return Preview(
        starts_on=starts_on,
        phases=[PhasePreview(phase, windows[phase.key], _state(windows[phase.key], today)) for phase in phases],
        orders=orders,
        missing_amounts=[order for order in rows if order.needs_amount],
        notes=notes,
    )


def _order_preview(order: OrderTemplate, windows: Mapping[str, Window], *, today: date) -> OrderPreview:
    """As the order will lie: after the days it waits for; what is raised step by step begins at activation."""
    if order.taper_tie:
        return OrderPreview(order, None, WAITS_FOR_TAPER)
    first = windows[order.first_phase.key].first + timedelta(days=order.starts_after_days)
    last = windows[order.last_phase.key].last
    if order.titration and first < today and (last is None or today <= last):
        first = today
    return OrderPreview(order, None if last is not None and last < first else Window(first, last))


def _state(window: Window, today: date) -> str:
    if window.last is not None and window.last < today:
        return "done"
    return "running" if window.first <= today else "planned"


def assign(
    patient: Patient,
    version: TemplateVersion,
    *,
    starts_on: date,
    practitioner: User,
    request_key: str,
    by: Actor,
    at: datetime,
) -> Plan:
    """Write the draft plan, with all phases, orders and criteria copied. A draft owes nothing until it is activated.

    The same request key twice gives the same plan once; with other contents it is refused (`RequestKeyReused`).
    """
    require(by, Act.MOVE_PLAN, clinic=patient.clinic)
    wanted = (patient.pk, version.pk, starts_on, practitioner.code)
    earlier = Plan.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return _the_same(earlier, wanted)
    _check(patient, version, starts_on=starts_on, by=by, at=at)
    if not request_key or len(request_key) > 64:
        raise InvalidRequest("A request needs a key of 1 to 64 characters.", field="request_key")
    require_practitioner(practitioner, patient.clinic)
    try:
        with transaction.atomic():
            return _write(
                patient,
                version,
                starts_on=starts_on,
                practitioner=practitioner,
                request_key=request_key,
                by=by,
                at=at,
            )
    except IntegrityError:
        earlier = Plan.objects.filter(request_key=request_key).first()
        if earlier is None:
            raise
        return _the_same(earlier, wanted)


def _the_same(plan: Plan, wanted: tuple[int, int, date, str]) -> Plan:
    """The plan that this request made, if it asked for the same then; what became of it since does not matter."""
    assigned = Transition.objects.get(plan=plan, move="assign").details
    made = (
        plan.patient_id,
        plan.template_version_id,
        date.fromisoformat(assigned["starts_on"]),
        assigned["practitioner"],
    )
    if made != wanted:
        raise RequestKeyReused
    return plan


def _check(patient: Patient, version: TemplateVersion, *, starts_on: date, by: Actor, at: datetime) -> None:
    require(by, Act.MOVE_PLAN, clinic=patient.clinic)
    if version.template.clinic_id != patient.clinic_id:
        raise InvalidRequest("This protocol belongs to another clinic than the patient.", field="version")
    if version.status != VersionStatus.PUBLISHED.value:
        raise InvalidRequest("Only a published protocol can be assigned. Publish it first.", field="version")
    try:
        check_plan_start(starts_on, today=civil_date(at, zone(patient.zone)))
        lay_out(version.specs(), plan_start=starts_on)
    except LayoutError as error:
        raise InvalidRequest(str(error), field=error.field or "starts_on") from error


def _write(
    patient: Patient,
    version: TemplateVersion,
    *,
    starts_on: date,
    practitioner: User,
    request_key: str,
    by: Actor,
    at: datetime,
) -> Plan:
    plan = Plan.objects.create(
        patient=patient,
        template_version=version,
        practitioner=practitioner,
        title=version.template.title,
        starts_on=starts_on,
        request_key=request_key,
        created_at=at,
        created_by_kind=by.kind.value,
        created_by_code=by.code,
    )
    templates = list(version.phases.prefetch_related("criteria"))
    windows = lay_out([phase.spec() for phase in templates], plan_start=starts_on)
    phases: dict[int, PlanPhase] = {}
    for template in templates:
        window = windows[template.key]
        phases[template.pk] = PlanPhase(plan=plan, starts_on=window.first, ends_on=window.last, **copied(template))
    PlanPhase.objects.bulk_create(phases.values())
    PlanCriterion.objects.bulk_create(
        PlanCriterion(phase=phases[template.pk], **copied(criterion))
        for template in templates
        for criterion in template.criteria.all()
    )
    Order.objects.bulk_create(
        Order(
            plan=plan,
            first_phase=phases[order.first_phase_id],
            last_phase=phases[order.last_phase_id],
            **copied(order),
        )
        for order in version.orders.all()
    )
    record(
        plan,
        move="assign",
        from_status="",
        to_status=PlanStatus.DRAFT.value,
        details={"version": version.code, "starts_on": starts_on.isoformat(), "practitioner": practitioner.code},
        by=by,
        at=at,
    )
    return plan
