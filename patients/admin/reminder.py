"""The reminders ledger: what is owed to whom, when it goes, and what became of every attempt. Nobody edits a row."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.models import Prescriber, User
from clinics.roles import Act
from patients.admin.reminders import acting
from patients.admin.reminders.delivery_page import delivery_page
from patients.admin.reminders.filters import KindFilter, PatientAndDayFilter, StatusFilter
from patients.admin.reminders.page import reminder_page, status_words
from patients.models import Attempt, RecipientKind, Reminder
from patients.reminders.ledger_facts import NOT_ACCEPTED, ROWS
from patients.reminders.ledger_words import instant_words, kind_words


def _of_recipient(field: str, *, of_patient: Any) -> Case:
    """This column of whoever receives: staff and prescribers are found by their codes."""
    by_code = {
        RecipientKind.STAFF: User.objects.filter(code=OuterRef("recipient_code")),
        RecipientKind.PRESCRIBER: Prescriber.objects.filter(code=OuterRef("recipient_code")),
    }
    return Case(
        When(recipient_kind=RecipientKind.PATIENT.value, then=of_patient),
        *(When(recipient_kind=kind.value, then=Subquery(rows.values(field)[:1])) for kind, rows in by_code.items()),
        output_field=CharField(),
    )


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin):
    clinic_path = "plan__patient__clinic"
    list_display: ClassVar[Sequence[Any]] = ["code", "what", "patient", "for_whom", "goes_at", "badge"]
    list_filter = [PatientAndDayFilter, StatusFilter, KindFilter]
    list_before_template = "admin/patients/reminders/leading_on.html"
    search_fields = ["code", "plan__patient__code", "plan__code", "taper__code"]
    search_help_text = "Code of the patient, plan, taper or reminder"
    ordering = ["-send_at", "code"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Reminder]":
        rows: QuerySet[Reminder] = super().get_queryset(request)
        return rows.select_related(*ROWS).annotate(
            recipient_zone=_of_recipient("zone", of_patient=F("plan__patient__zone")),
            recipient_name=_of_recipient("name", of_patient=Value("the patient")),
            has_failed=Exists(Attempt.objects.filter(message=OuterRef("message"), outcome__in=NOT_ACCEPTED)),
        )

    def title_of(self, obj: Reminder) -> str:
        return f"{kind_words(obj.kind)} · {obj.plan.patient.code}"

    @display(description="What", ordering="kind")
    def what(self, obj: Reminder) -> str:
        return kind_words(obj.kind)

    @display(description="Patient", ordering="plan__patient__code")
    def patient(self, obj: Reminder) -> str:
        return obj.plan.patient.code

    @display(description="For")
    def for_whom(self, obj: Any) -> str:
        return obj.recipient_name or obj.recipient_code

    @display(description="Goes at", ordering="send_at")
    def goes_at(self, obj: Any) -> str:
        return instant_words(obj.send_at, obj.recipient_zone or "UTC")

    @display(description="Status", ordering="status")
    def badge(self, obj: Any) -> SafeString:
        status, words = status_words(obj)
        reason = format_html(' <span class="own-quiet">{}</span>', obj.reason) if obj.reason else ""
        return format_html('<span class="own-badge own-badge-{}">{}</span>{}', status, words, reason)

    # --- Pages ----------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return reminder_page(self, request, self.get_object(request, object_id))

    def own_urls(self) -> list[URLPattern]:
        delivery = path("delivery/", self.wrapped(self.delivery), name="patients_reminder_delivery")
        pages = {"again": self.again, "cancel": self.cancel, "mute": self.mute, "unmute": self.unmute}
        return [delivery] + [
            path(f"<slug:object_id>/{name}/", self.wrapped(view), name=f"patients_reminder_{name}")
            for name, view in pages.items()
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        manages = self.may(request, Act.MANAGE_STAFF)
        address = {"delivery_address": reverse("admin:patients_reminder_delivery") if manages else ""}
        return super().changelist_view(request, address | (extra_context or {}))

    def delivery(self, request: HttpRequest) -> HttpResponse:
        return delivery_page(self, request)

    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._again(request, object_id)

    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._cancel(request, object_id)

    def mute(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._mute(request, object_id)

    def unmute(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._unmute(request, object_id)

    @row_page(Act.SEND_REMINDER_AGAIN)
    def _again(self, request: HttpRequest, obj: Reminder) -> HttpResponse:
        return acting.again_page(self, request, obj)

    @row_page(Act.SILENCE_REMINDERS)
    def _cancel(self, request: HttpRequest, obj: Reminder) -> HttpResponse:
        return acting.cancel_page(self, request, obj)

    @row_page(Act.SILENCE_REMINDERS)
    def _mute(self, request: HttpRequest, obj: Reminder) -> HttpResponse:
        return acting.mute_page(self, request, obj)

    @row_page(Act.SILENCE_REMINDERS)
    def _unmute(self, request: HttpRequest, obj: Reminder) -> HttpResponse:
        return acting.unmute_page(self, request, obj)
