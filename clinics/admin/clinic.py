"""The clinic's own settings."""

from typing import Any

from django.contrib import admin
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action

from clinics.admin import inputs
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.admin.staffing_pages import COVER, ESCALATION, HOURS, cover_page, escalation_page, hours_page
from clinics.models import Clinic
from clinics.roles import Act

# It becomes part of a letter's header.
ONE_LINE = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", "Write it on one line, without control characters.", inverse_match=True
)


@admin.register(Clinic)
class ClinicAdmin(ScopedAdmin):
    clinic_path = "pk"
    view_act = Act.MANAGE_STAFF
    change_act = Act.MANAGE_STAFF
    list_display = ["name", "zone"]
    fields = ["name", "message_name", "zone", "telephone", "fax", "postal_address", "paper"]
    actions_detail = ["hours", "cover", "escalation"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "zone":
            kwargs["widget"] = inputs.ZoneInput()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "message_name":
            field.validators = [*field.validators, ONE_LINE]
        return field

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Most people manage one clinic: it opens at once."""
        clinics = list(self.get_queryset(request)[:2])
        if len(clinics) == 1:
            return redirect(self.address_of(clinics[0]))
        return super().changelist_view(request, extra_context)

    @action(description=HOURS, url_path="hours", icon="schedule")
    @row_page(Act.MANAGE_STAFF)
    def hours(self, request: HttpRequest, obj: Clinic) -> HttpResponse:
        return hours_page(self, request, obj)

    @action(description=COVER, url_path="cover", icon="event_busy")
    @row_page(Act.MANAGE_STAFF)
    def cover(self, request: HttpRequest, obj: Clinic) -> HttpResponse:
        return cover_page(self, request, obj)

    @action(description=ESCALATION, url_path="escalation", icon="phone_forwarded")
    @row_page(Act.MANAGE_STAFF)
    def escalation(self, request: HttpRequest, obj: Clinic) -> HttpResponse:
        return escalation_page(self, request, obj)
