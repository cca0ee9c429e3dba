"""The clinic's own settings."""

from typing import Any

from django.contrib import admin
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.scoped import ScopedAdmin
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
