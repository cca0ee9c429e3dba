"""The clinic's protocols: one page each, with its versions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from protocols.models import ProtocolTemplate, VersionStatus


@admin.register(ProtocolTemplate)
class ProtocolTemplateAdmin(ScopedAdmin):
    clinic_path = "clinic"
    change_act = Act.PUBLISH_TEMPLATE
    list_title = "Protocols"
    list_display = ["title", "published", "draft"]
    list_select_related = ["clinic"]
    search_fields = ["title"]
    search_help_text = "Title"
    fields = ["title"]
    change_form_outer_before_template = "admin/protocols/versions.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ProtocolTemplate]":
        return super().get_queryset(request).select_related("clinic").prefetch_related("versions")

    def title_of(self, obj: ProtocolTemplate) -> str:
        return obj.title

    @display(description="May be assigned", empty_value="–")
    def published(self, obj: ProtocolTemplate) -> str | None:
        return self._version_words(obj, VersionStatus.PUBLISHED)

    @display(description="Being edited", empty_value="–")
    def draft(self, obj: ProtocolTemplate) -> str | None:
        return self._version_words(obj, VersionStatus.DRAFT)

    def _version_words(self, obj: ProtocolTemplate, status: VersionStatus) -> str | None:
        return next((f"Version {row.number}" for row in obj.versions.all() if row.status == status.value), None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        template = self.get_object(request, object_id)
        shown = {"versions": list(template.versions.all()), "where": template.clinic.zone}
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))
