"""The medicines of the catalogue: shipped ones are read, a clinic's own ones are added, revised and retired."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from clinics.admin.changes import local_words
from clinics.admin.desk import actor_in, at_of, clinics_with, desk_of
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.domain.instants import zone
from clinics.roles import Act
from protocols.admin.catalogue_filters import OfferedFilter, OriginFilter, StrengthsFilter
from protocols.admin.catalogue_form import MedicineForm
from protocols.admin.catalogue_words import (
    enabled_in,
    facts_in_words,
    strengths_in_words,
    tapers_in_short,
    tapers_in_words,
)
from protocols.admin.enabling import tapers_page
from protocols.models import Medicine
from protocols.models.catalogue import CONSULT
from protocols.services.medicines import MedicineRefused, add_medicine, retire_medicine, revise_medicine


@admin.register(Medicine)
class MedicineAdmin(ScopedAdmin):
    clinic_path = "clinic"
    shares_shipped = True
    add_act = Act.PUBLISH_TEMPLATE
    list_title = "Medicines"
    list_display: ClassVar[Sequence[Any]] = ["name"]
    list_filter = [OfferedFilter, OriginFilter, "medicine_class", "form", StrengthsFilter, "mark"]
    list_before_template = "admin/protocols/consult.html"
    search_fields = ["name", "substance", "rxnorm_ingredient_code"]
    search_help_text = "Name, ingredient or RxNorm code"
    actions_detail = ["revise", "tapers", "retire"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Medicine]":
        rows = super().get_queryset(request).select_related("clinic", "replaces", "replacement")
        return rows.prefetch_related("strengths")

    def title_of(self, obj: Medicine) -> str:
        return str(obj)

    # --- The list -------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        enabled = enabled_in(desk_of(request).clinics_where(self.view_act))

        @display(description="May be tapered")
        def tapers(medicine: Medicine) -> str:
            return tapers_in_short(medicine, enabled)

        columns: list[str | Callable[[Medicine], str]] = [
            "name",
            "medicine_class",
            "made_as",
            "strengths_known",
            tapers,
        ]
        return [*columns, "origin"]

    @display(description="Form", ordering="form", empty_value="–")
    def made_as(self, obj: Medicine) -> str | None:
        return obj.form_words or None

    @display(description="Strengths")
    def strengths_known(self, obj: Medicine) -> str:
        return strengths_in_words(obj)

    @display(description="From", ordering="clinic")
    def origin(self, obj: Medicine) -> str:
        return "gutclinic" if obj.clinic is None else obj.clinic.name

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"consult": CONSULT} | (extra_context or {}))

    # --- One medicine ---------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A page to read: a row of the catalogue never changes."""
        medicine = self.get_object(request, object_id)
        enabled = enabled_in(desk_of(request).clinics_where(self.view_act))
        return self._page(
            request,
            "admin/protocols/medicine.html",
            title=str(medicine),
            trail=self.trail_to(medicine),
            medicine=medicine,
            facts=[*facts_in_words(medicine), ("May be tapered", tapers_in_words(medicine, enabled))],
            origin=self._origin_in_words(medicine),
            neighbours=self._neighbours(medicine),
            actions_detail=self._get_actions_navigation(
                self.actions_detail, self.get_actions_detail(request, medicine.code), medicine.code
            ),
        )

    def _origin_in_words(self, medicine: Medicine) -> list[tuple[str, str]]:
        if medicine.clinic is None:
            facts = [("From", f"gutclinic, edition {medicine.pack_version}")]
        else:
            where = zone(medicine.clinic.zone)
            facts = [("From", medicine.clinic.name), ("Entered", local_words(medicine.created_at, where))]
            if medicine.retired_at is not None:
                facts.append(("Retired", local_words(medicine.retired_at, where)))
        return [*facts, ("How it was read", medicine.get_mark_display())]

    def _neighbours(self, medicine: Medicine) -> list[tuple[str, str, str]]:
        """The versions before and after this one: what they are to it, their names and addresses."""
        found = [("Replaces", medicine.replaces), ("Replaced by", getattr(medicine, "replacement", None))]
        return [(what, f"Version {row.number}", self.address_of(row)) for what, row in found if row is not None]

    def offers(self, action: str, obj: Medicine) -> bool:
        if action == "tapers":
            return not obj.can_be_tapered and not obj.is_retired and obj.is_measurable
        return not obj.is_shipped and not obj.is_retired

    # --- Adding, revising, retiring -------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = MedicineForm(request.POST or None, clinics=list(clinics_with(request, Act.PUBLISH_TEMPLATE)))
        if form.is_valid():
            clinic, strengths = form.cleaned_data["clinic"], form.cleaned_data["strengths"]
            by, at = actor_in(request, clinic), at_of(request)
            try:
                added = add_medicine(clinic=clinic, facts=form.facts, strengths=strengths, by=by, at=at)
            except ValidationError as refusal:
                form.refuse(refusal)
            else:
                return self.done(request, added, f"{added} is offered in {clinic} from now on.")
        return self._form_page(request, form, title="New medicine", trail=self.trail_to(None, "New medicine"))

    @action(description="Revise", url_path="revise", icon="edit", variant=ActionVariant.PRIMARY)
    @row_page(Act.PUBLISH_TEMPLATE)
    def revise(self, request: HttpRequest, obj: Medicine) -> HttpResponse:
        assert obj.clinic is not None  # shipped ones have no such page
        form = MedicineForm(request.POST or None, clinics=[obj.clinic], medicine=obj)
        if form.is_valid():
            strengths, by, at = form.cleaned_data["strengths"], self.actor(request, obj), at_of(request)
            try:
                revised = revise_medicine(obj, facts=form.facts, strengths=strengths, by=by, at=at)
            except MedicineRefused as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address_of(obj))
            except ValidationError as refusal:
                form.refuse(refusal)
            else:
                return self.done(request, revised, f"This is version {revised.number}. Tapers keep the one they used.")
        return self._form_page(request, form, title="Revise", trail=self.trail_to(obj, "Revise"), obj=obj)

    @action(description="Retire", url_path="retire", icon="archive")
    @row_page(Act.PUBLISH_TEMPLATE)
    def retire(self, request: HttpRequest, obj: Medicine) -> HttpResponse:
        if request.method == "POST":
            try:
                retire_medicine(obj, by=self.actor(request, obj), at=at_of(request))
            except MedicineRefused as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address_of(obj))
            messages.success(request, f"{obj} is offered no more.")
            return redirect(self.list_address())
        return self._page(
            request,
            "admin/scoped/confirm.html",
            title="Retire",
            trail=self.trail_to(obj, "Retire"),
            sentences=[f"{obj} is offered no more.", "Tapers that use it go on as they are.", CONSULT],
            submit="Retire this medicine",
            is_grave=True,
            back=self.address_of(obj),
        )

    # --- Tapers of other classes ----------------------------------------------------------------------------

    @action(description="Tapers", url_path="tapers", icon="trending_down")
    def tapers(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Which clinics may taper it; a licensed prescriber of a clinic enables it there by name."""
        return tapers_page(self, request, self.get_object(request, object_id))

    # --- Pages ----------------------------------------------------------------------------------------------

    def _form_page(
        self, request: HttpRequest, form: MedicineForm, *, title: str, trail: Any, obj: Medicine | None = None
    ) -> HttpResponse:
        back = self.list_address() if obj is None else self.address_of(obj)
        template = "admin/protocols/medicine_form.html"
        return self._page(request, template, title=title, trail=trail, form=form, revised=obj, back=back)

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        return self.page(request, template, consult=CONSULT, **context)
