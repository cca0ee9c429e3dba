"""One plan on one page: how it stands, its phases and orders, what can be done now, and all that was done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from clinics.roles import Act
from patients.admin.moves import phase_moves_of, plan_moves_of
from patients.admin.orders.rows import order_rows
from patients.admin.plan_button import Button
from patients.admin.safety.section import section_of
from patients.admin.sentences import entries
from patients.admin.standing import today_of
from patients.models import Plan, PlanPhase
from patients.services.progress import phase_words, sentence
from patients.services.readiness import readings_of
from patients.services.tapers.standing import sentence as taper_sentence
from patients.services.tapers.standing import with_standing
from protocols.admin.drawing import Drawing, Row, draw
from protocols.domain.layout import Window
from protocols.domain.phases import PhaseMove, PlanMove, PlanStatus
from protocols.domain.readiness import Reading

_OPEN = frozenset({PlanStatus.DRAFT, PlanStatus.ACTIVE, PlanStatus.ON_HOLD})


@dataclass(frozen=True, slots=True)
class PhaseRow:
    phase: PlanPhase
    words: str
    readings: list[tuple[str, str, Reading]]
    buttons: list[Button]


def plan_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    prefetch_related_objects([plan], "phases__criteria")
    today = today_of(plan.patient, at_of(request))
    may_move = admin.may(request, Act.MOVE_PLAN, plan)
    transitions = plan.transitions.select_related("phase", "by_user", "taper__reduces", "order")
    return admin.page(
        request,
        "admin/patients/plan.html",
        title=str(plan),
        trail=admin.trail_to(plan),
        plan=plan,
        patient=plan.patient,
        patient_address=_patient_address(admin, plan),
        words=sentence(plan, today=today),
        drawing=_drawing(plan, today),
        buttons=_plan_buttons(admin, plan) if may_move else [],
        phases=[_phase_row(admin, phase, today, may_move=may_move) for phase in plan.phases.all()],
        orders=order_rows(plan, today=today),
        may_order=may_move and PlanStatus(plan.status) in _OPEN,
        holds=[hold for hold in plan.holds.all() if hold.window is not None],
        safety=section_of(request, plan),
        tapers=[(taper, taper_sentence(taper, today=today)) for taper in with_standing(plan.tapers.all())],
        may_taper=admin.may(request, Act.MANAGE_TAPER, plan) and PlanStatus(plan.status) in _OPEN,
        history=entries(transitions, clinic_zone=zone(plan.patient.clinic.zone)),
        may_move=may_move,
    )


def _patient_address(admin: ScopedAdmin, plan: Plan) -> str:
    patients: Any = admin.admin_site._registry[type(plan.patient)]
    address: str = patients.address_of(plan.patient)
    return address


def _phase_row(admin: ScopedAdmin, phase: PlanPhase, today: date, *, may_move: bool) -> PhaseRow:
    moves = phase_moves_of(phase) if may_move else []
    return PhaseRow(
        phase,
        phase_words(phase, today),
        readings_of(phase, today=today) if phase.is_open else [],
        [
            Button(
                move.label,
                admin.address_of(phase.plan, "phase_move", phase.code, move.value),
                is_first=move is PhaseMove.RESUME or (move is PhaseMove.START and phase.starts_on <= today),
                is_grave=False,
                about=phase.title,
            )
            for move in moves
        ],
    )


def _plan_buttons(admin: ScopedAdmin, plan: Plan) -> list[Button]:
    first = {PlanMove.ACTIVATE, PlanMove.RESUME}
    grave = {PlanMove.REVOKE, PlanMove.ENTER_IN_ERROR}
    return [
        Button(move.label, admin.address_of(plan, "move", move.value), move in first, move in grave, "the plan")
        for move in plan_moves_of(plan)
    ]


def _drawing(plan: Plan, today: date) -> Drawing | None:
    shown_today = today if PlanStatus(plan.status) in {PlanStatus.ACTIVE, PlanStatus.ON_HOLD} else None
    return draw([_row(phase, today) for phase in plan.phases.all()], today=shown_today)


def _row(phase: PlanPhase, today: date) -> Row:
    """How a phase is drawn: what was lived in it filled, and days on hold marked."""
    window = phase.window
    if phase.is_open and window.last is not None and window.last < today:
        # Past its planned last day it is lived on until a person finishes it.
        window = Window(window.first, today)
    lived_through = min(today, window.last or today) if phase.is_open else None
    return Row(
        label=phase.title,
        window=window,
        status=phase.status,
        lived_through=lived_through,
        holds=_held_days(phase, window, today),
    )


def _held_days(phase: PlanPhase, window: Window, today: date) -> list[Window]:
    """The days on hold that lie in this phase and behind us."""
    if phase.is_planned:
        return []
    until = min(window.last or today, today)
    clipped = ((max(hold.first, window.first), min(hold.last or today, until)) for hold in phase.held_windows())
    return [Window(first, last) for first, last in clipped if first <= last]
