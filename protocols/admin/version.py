"""One version of a protocol: a draft is edited here and published; what is published is read."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from clinics.admin.desk import at_of
from clinics.admin.meanwhile import UnlessChangedMeanwhile, values_of
from clinics.admin.pages import Trail
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.domain.instants import civil_date, zone
from clinics.roles import Act
from protocols.admin.calendar import Calendar, calendar_of
from protocols.admin.parts import OrderInline, PhaseInline
from protocols.models import CriterionTemplate, TemplateVersion, VersionStatus
from protocols.models.template import Frozen
from protocols.services.templates import NotPublishable, draft_from, problems_of, publish


@admin.register(TemplateVersion)
class TemplateVersionAdmin(UnlessChangedMeanwhile, ScopedAdmin):
    clinic_path = "template__clinic"
    change_act = Act.PUBLISH_TEMPLATE
    list_display = ["protocol", "number", "state", "published"]
    list_filter = ["status"]
    fields = ["summary"]
    inlines = [PhaseInline, OrderInline]
    actions_detail = ["publish", "new_draft"]
    change_form_outer_before_template = "admin/protocols/version_head.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[TemplateVersion]":
        return super().get_queryset(request).select_related("template__clinic")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or (self.get_object(request, obj) if isinstance(obj, str) else obj).is_draft

    def stored_values(self, obj: TemplateVersion) -> list[Any]:
        criteria = CriterionTemplate.objects.filter(phase__version=obj).order_by("pk")
        parts = [*obj.phases.order_by("pk"), *criteria, *obj.orders.order_by("pk")]
        return [values_of(obj), *map(values_of, parts)]

    def title_of(self, obj: TemplateVersion) -> str:
        return f"Version {obj.number}"

    def trail_to(self, obj: TemplateVersion | None = None, *last: str) -> Trail:
        if obj is None:
            return super().trail_to(obj, *last)
        protocol = reverse("admin:protocols_protocoltemplate_change", args=[obj.template.code])
        protocols = reverse("admin:protocols_protocoltemplate_changelist")
        own: Trail = [(self.title_of(obj), self.address_of(obj)), *((word, None) for word in last)]
        return [("Protocols", protocols), (obj.template.title, protocol), *own[:-1], (own[-1][0], None)]

    @display(description="Protocol", ordering="template__title")
    def protocol(self, obj: TemplateVersion) -> str:
        return obj.template.title

    @display(description="State", ordering="status")
    def state(self, obj: TemplateVersion) -> str:
        return VersionStatus(obj.status).label

    @display(description="Published", ordering="published_at", empty_value="–")
    def published(self, obj: TemplateVersion) -> date | None:
        return obj.published_at and civil_date(obj.published_at, zone(obj.template.clinic.zone))

    def offers(self, action: str, obj: TemplateVersion) -> bool:
        return obj.is_draft == (action == "publish")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        head = {"version": version, "calendar": self._calendar(request, version)}
        if not self.has_change_permission(request, version):
            return self._reading_page(request, version, head)
        head["problems"] = problems_of(version)
        try:
            return super().change_view(request, object_id, form_url, head | (extra_context or {}))
        except Frozen as refusal:
            messages.error(request, str(refusal))
            return redirect(self.address_of(version))

    def _reading_page(self, request: HttpRequest, version: TemplateVersion, head: dict[str, Any]) -> HttpResponse:
        return self.page(
            request,
            "admin/protocols/version.html",
            title=str(version),
            trail=self.trail_to(version),
            phases=version.phases.prefetch_related("criteria"),
            actions_detail=self._get_actions_navigation(
                self.actions_detail, self.get_actions_detail(request, version.code), version.code
            ),
            **head,
        )

    def _calendar(self, request: HttpRequest, version: TemplateVersion) -> Calendar:
        today = civil_date(at_of(request), zone(version.template.clinic.zone))
        return calendar_of(version, starts_on=self._chosen_day(request) or today)

    def _chosen_day(self, request: HttpRequest) -> date | None:
        try:
            return parse_date(request.GET.get("starts_on", ""))
        except ValueError:
            return None

    @action(description="Publish", url_path="publish", icon="publish", variant=ActionVariant.PRIMARY)
    @row_page(Act.PUBLISH_TEMPLATE)
    def publish(self, request: HttpRequest, obj: TemplateVersion) -> HttpResponse:
        problems = problems_of(obj) if obj.is_draft else [f"{obj} is published already."]
        if request.method == "POST":
            try:
                publish(obj, by=self.actor(request, obj), at=at_of(request))
            except NotPublishable as refusal:
                problems = refusal.problems
            else:
                return self.done(
                    request, obj, f"{obj} is published. It can be assigned from now on, and never changes."
                )
        return self.page(
            request,
            "admin/protocols/publish.html",
            title="Publish",
            trail=self.trail_to(obj, "Publish"),
            version=obj,
            problems=problems,
            retired=obj.template.versions.filter(status=VersionStatus.PUBLISHED.value).exclude(pk=obj.pk).first(),
            back=self.address_of(obj),
        )

    @action(description="New draft from this version", url_path="new-draft", icon="edit_note")
    @row_page(Act.PUBLISH_TEMPLATE)
    def new_draft(self, request: HttpRequest, obj: TemplateVersion) -> HttpResponse:
        if request.method == "POST":
            try:
                draft = draft_from(obj, by=self.actor(request, obj), at=at_of(request))
            except NotPublishable as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address_of(obj))
            return self.done(
                request, draft, f"This is the new draft, with everything that stands in version {obj.number}."
            )
        return self.page(
            request,
            "admin/scoped/confirm.html",
            title="New draft",
            trail=self.trail_to(obj, "New draft"),
            sentences=[
                f"A new version is written with everything that stands in version {obj.number}, for you to edit.",
                "Plans that were assigned from this version stay as they are.",
            ],
            submit="Make the draft",
            back=self.address_of(obj),
        )
