"""Plans: the list, and one page each with its phases, orders, moves and history. Nothing on it is a field."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.roles import Act
from patients.admin.day.page import day_page
from patients.admin.moves import phase_move_page, plan_move_page
from patients.admin.orders.pages import choose_page as choose_order_page
from patients.admin.orders.pages import order_move_page, order_page, write_page
from patients.admin.plan_filter import StateFilter
from patients.admin.plan_page import plan_page
from patients.admin.standing import today_of
from patients.admin.supplies.at_home_page import at_home_page
from patients.admin.supplies.changes_page import changes_page
from patients.admin.supplies.swap_page import swap_lead, swap_page
from patients.admin.tapers.drawing_up import choose_page, draw_up_page
from patients.models import Plan
from patients.services.progress import sentence, with_progress
from protocols.admin.leading_on import lead_on

lead_on(swap_lead)


@admin.register(Plan)
class PlanAdmin(ScopedAdmin):
    """Assigned from a patient's page; moved by services alone."""

    clinic_path = "patient__clinic"
    list_display: ClassVar[Sequence[Any]] = ["code", "patient_name", "title"]
    list_filter = [StateFilter]
    search_fields = ["code", "patient__code", "patient__given_name", "patient__family_name", "title"]
    search_help_text = "Patient’s name or code, plan’s code, protocol"
    ordering = ["-starts_on", "code"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Plan]":
        rows = (
            super()
            .get_queryset(request)
            .select_related("patient__clinic", "practitioner", "template_version__template")
        )
        return with_progress(rows)

    def title_of(self, obj: Plan) -> str:
        return f"{obj.patient.full_name} · {obj.title}"

    @display(description="Patient", ordering="patient__family_name")
    def patient_name(self, obj: Plan) -> str:
        return f"{obj.patient.full_name} ({obj.patient.code})"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        at = at_of(request)

        @display(description="How it stands")
        def stands(plan: Plan) -> str:
            return sentence(plan, today=today_of(plan.patient, at))

        columns: list[str | Callable[[Plan], str]] = ["code", "patient_name", stands, "title", "practitioner"]
        return columns

    def own_urls(self) -> list[URLPattern]:
        plan_move = self.wrapped(self.plan_move)
        phase_move = self.wrapped(self.phase_move)
        return [
            path("<slug:object_id>/day/", self.wrapped(self.day), name="patients_plan_day"),
            path("swap/", self.wrapped(self.swap), name="patients_plan_swap"),
            path("<slug:object_id>/changes/", self.wrapped(self.changes), name="patients_plan_changes"),
            path("<slug:object_id>/at-home/", self.wrapped(self.at_home), name="patients_plan_at_home"),
            path("<slug:object_id>/taper/", self.wrapped(self.taper), name="patients_plan_taper"),
            path("<slug:object_id>/taper/<slug:use>/", self.wrapped(self.draw_up), name="patients_plan_draw_up"),
            path("<slug:object_id>/order/", self.wrapped(self.order_add), name="patients_plan_order_add"),
            path("<slug:object_id>/order/write/", self.wrapped(self.order_write), name="patients_plan_order_write"),
            path("<slug:object_id>/order/<slug:order>/", self.wrapped(self.order), name="patients_plan_order"),
            path(
                "<slug:object_id>/order/<slug:order>/<slug:move>/",
                self.wrapped(self.order_move),
                name="patients_plan_order_move",
            ),
            path("<slug:object_id>/move/<slug:move>/", plan_move, name="patients_plan_move"),
            path("<slug:object_id>/phase/<slug:phase>/<slug:move>/", phase_move, name="patients_plan_phase_move"),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return plan_page(self, request, self.get_object(request, object_id))

    def plan_move(self, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
        return self._plan_move(request, object_id, move)

    def phase_move(self, request: HttpRequest, object_id: str, phase: str, move: str) -> HttpResponse:
        return self._phase_move(request, object_id, phase, move)

    def taper(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._taper(request, object_id)

    def draw_up(self, request: HttpRequest, object_id: str, use: str) -> HttpResponse:
        return self._draw_up(request, object_id, use)

    def day(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._day(request, object_id)

    @row_page(Act.SEE_PATIENTS)
    def _day(self, request: HttpRequest, obj: Plan) -> HttpResponse:
        return day_page(self, request, obj)

    def swap(self, request: HttpRequest) -> HttpResponse:
        return swap_page(self, request)

    def changes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._changes(request, object_id)

    @row_page(Act.SEE_PATIENTS)
    def _changes(self, request: HttpRequest, obj: Plan) -> HttpResponse:
        return changes_page(self, request, obj)

    def at_home(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._at_home(request, object_id)

    @row_page(Act.SEE_PATIENTS)
    def _at_home(self, request: HttpRequest, obj: Plan) -> HttpResponse:
        return at_home_page(self, request, obj)

    @row_page(Act.MANAGE_TAPER)
    def _taper(self, request: HttpRequest, obj: Plan) -> HttpResponse:
        return choose_page(self, request, obj)

    @row_page(Act.MANAGE_TAPER)
    def _draw_up(self, request: HttpRequest, obj: Plan, use: str) -> HttpResponse:
        return draw_up_page(self, request, obj, use)

    def order(self, request: HttpRequest, object_id: str, order: str) -> HttpResponse:
        return order_page(self, request, self.get_object(request, object_id), order)

    def order_add(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._order_add(request, object_id)

    def order_write(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._order_write(request, object_id)

    def order_move(self, request: HttpRequest, object_id: str, order: str, move: str) -> HttpResponse:
        return self._order_move(request, object_id, order, move)

    @row_page(Act.MOVE_PLAN)
    def _order_add(self, request: HttpRequest, obj: Plan) -> HttpResponse:
        return choose_order_page(self, request, obj)

    @row_page(Act.MOVE_PLAN)
    def _order_write(self, request: HttpRequest, obj: Plan) -> HttpResponse:
        return write_page(self, request, obj)

    @row_page(Act.MOVE_PLAN)
    def _order_move(self, request: HttpRequest, obj: Plan, order: str, move: str) -> HttpResponse:
        return order_move_page(self, request, obj, order, move)

    @row_page(Act.MOVE_PLAN)
    def _plan_move(self, request: HttpRequest, obj: Plan, move: str) -> HttpResponse:
        return plan_move_page(self, request, obj, move)

    @row_page(Act.MOVE_PLAN)
    def _phase_move(self, request: HttpRequest, obj: Plan, phase: str, move: str) -> HttpResponse:
        return phase_move_page(self, request, obj, phase, move)
