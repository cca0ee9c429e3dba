"""Findings: the list of what waits for a decision, and one page each. They are written by the rules alone."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.roles import Act
from patients.admin.safety import deciding
from patients.admin.safety.page import finding_page
from patients.admin.safety.words import SEVERITY_WORDS, in_one_line
from patients.admin.safety_round import progress_words
from patients.models import Finding, FindingStatus, SafetyRound
from patients.models.plan import RUNNING
from protocols.domain.safety_rules import Severity

STATES = {
    "undecided": "To be decided",
    "known": "To be known",
    "decided": "Decided",
    "kept": "Kept by the timetable",
    "resolved": "Not so any more",
}


class StateFilter(admin.SimpleListFilter):
    """Without a choice: all that stands."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        kept = Q(severity=Severity.SPACE.value, is_kept=True)
        known = Q(severity=Severity.INFO.value)
        is_open = Q(status=FindingStatus.OPEN.value)
        match self.value():
            case "undecided":
                return queryset.filter(is_open & ~kept & ~known)
            case "known":
                return queryset.filter(is_open & known)
            case "decided":
                return queryset.filter(status__in=[FindingStatus.ACKNOWLEDGED.value, FindingStatus.OVERRIDDEN.value])
            case "kept":
                return queryset.filter(is_open & kept)
            case "resolved":
                return queryset.filter(status=FindingStatus.RESOLVED.value)
        return queryset.exclude(status=FindingStatus.RESOLVED.value)


class SeverityFilter(admin.SimpleListFilter):
    title = "how grave"
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(SEVERITY_WORDS.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(severity=self.value()) if self.value() in SEVERITY_WORDS else queryset


@admin.register(Finding)
class FindingAdmin(ScopedAdmin):
    clinic_path = "plan__patient__clinic"
    list_title = "Findings"
    list_display: ClassVar[Sequence[Any]] = ["code", "what", "patient", "badge", "rule", "stands"]
    list_filter = [StateFilter, SeverityFilter]
    list_before_template = "admin/patients/safety/rounds.html"
    search_fields = ["code", "rule", "plan__code", "plan__patient__code", "plan__patient__family_name"]
    search_help_text = "Code of the patient, plan or finding, or a rule such as R12"
    ordering = ["-opened_at", "code"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Finding]":
        rows: QuerySet[Finding] = super().get_queryset(request)
        return rows.select_related("plan__patient__clinic", "decided_by_user", "decided_by_prescriber")

    def title_of(self, obj: Finding) -> str:
        return f"{obj.rule} · {obj.plan.patient.code}"

    @display(description="About")
    def what(self, obj: Finding) -> str:
        return in_one_line(obj.about)

    @display(description="Patient", ordering="plan__patient__code")
    def patient(self, obj: Finding) -> str:
        return obj.plan.patient.code

    @display(description="How grave", ordering="severity")
    def badge(self, obj: Finding) -> SafeString:
        return format_html(
            '<span class="own-badge own-badge-{}">{}</span>', obj.severity.lower(), SEVERITY_WORDS[obj.severity]
        )

    @display(description="Stands", ordering="status")
    def stands(self, obj: Finding) -> str:
        if obj.status == FindingStatus.OPEN.value and obj.is_kept:
            return "Kept by the timetable"
        words = FindingStatus(obj.status).label
        return words if obj.plan.status in RUNNING else f"{words} (plan over)"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = SafetyRound.objects.visible_to(request.user).filter(finished_at__isnull=True)
        rounds = [(found.clinic.name, progress_words(found)) for found in own.select_related("clinic")]
        return super().changelist_view(request, {"rounds": rounds} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return finding_page(self, request, self.get_object(request, object_id))

    def own_urls(self) -> list[URLPattern]:
        pages = {
            "acknowledge": self.acknowledge,
            "withdraw": self.withdraw,
            "file-override": self.file_override,
            "own-override": self.own_override,
        }
        return [
            path(f"<slug:object_id>/{name}/", self.wrapped(view), name=f"patients_finding_{name.replace('-', '_')}")
            for name, view in pages.items()
        ]

    def acknowledge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._acknowledge(request, object_id)

    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._withdraw(request, object_id)

    def file_override(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._file_override(request, object_id)

    def own_override(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._own_override(request, object_id)

    @row_page(Act.DECIDE_FINDING)
    def _acknowledge(self, request: HttpRequest, obj: Finding) -> HttpResponse:
        return deciding.acknowledge_page(self, request, obj)

    @row_page(Act.DECIDE_FINDING)
    def _withdraw(self, request: HttpRequest, obj: Finding) -> HttpResponse:
        return deciding.withdraw_page(self, request, obj)

    @row_page(Act.DECIDE_FINDING)
    def _file_override(self, request: HttpRequest, obj: Finding) -> HttpResponse:
        return deciding.file_override_page(self, request, obj)

    @row_page(Act.SEE_PATIENTS)
    def _own_override(self, request: HttpRequest, obj: Finding) -> HttpResponse:
        """Whoever prescribes the medicine, in whichever role."""
        return deciding.own_override_page(self, request, obj)
