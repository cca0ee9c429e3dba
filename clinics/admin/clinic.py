"""The clinic's own settings."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.scoped import ScopedAdmin
from clinics.models import Clinic
from clinics.roles import Act


@admin.register(Clinic)
class ClinicAdmin(ScopedAdmin):
    clinic_path = "pk"
    view_act = Act.MANAGE_STAFF
    change_act = Act.MANAGE_STAFF
    list_display = ["name", "zone"]
    fields = ["name", "message_name", "zone", "telephone"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "zone":
            kwargs["widget"] = inputs.ZoneInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Most people manage one clinic: it opens at once."""
        clinics = list(self.get_queryset(request)[:2])
        if len(clinics) == 1:
            return redirect(self.address_of(clinics[0]))
        return super().changelist_view(request, extra_context)
