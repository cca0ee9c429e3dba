"""The medicines of the catalogue: shipped ones are read, a clinic's own ones are added, revised and retired."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from clinics.actor import Actor
from clinics.admin.desk import desk_of
from clinics.models import Clinic
from protocols.admin.catalogue_filters import OfferedFilter, OriginFilter, StrengthsFilter
from protocols.admin.catalogue_form import MedicineForm
from protocols.admin.catalogue_item import CatalogueAdmin
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
from protocols.services.medicines import add_medicine, retire_medicine, revise_medicine


@admin.register(Medicine)
class MedicineAdmin(CatalogueAdmin):
    noun = "medicine"
    used_in = "Tapers"
    form_template = "admin/protocols/medicine_form.html"
    always_said: ClassVar[dict[str, Any]] = {"consult": CONSULT}
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

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"consult": CONSULT} | (extra_context or {}))

    # --- One medicine ---------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A page to read: a row of the catalogue never changes."""
        medicine = self.get_object(request, object_id)
        enabled = enabled_in(desk_of(request).clinics_where(self.view_act))
        return self.said_page(
            request,
            "admin/protocols/medicine.html",
            title=str(medicine),
            trail=self.trail_to(medicine),
            medicine=medicine,
            facts=[*facts_in_words(medicine), ("May be tapered", tapers_in_words(medicine, enabled))],
            origin=self.origin_in_words(medicine),
            neighbours=self.neighbours(medicine),
            actions_detail=self._get_actions_navigation(
                self.actions_detail, self.get_actions_detail(request, medicine.code), medicine.code
            ),
        )

    def offers(self, action: str, obj: Medicine) -> bool:
        if action == "tapers":
            return not obj.can_be_tapered and not obj.is_retired and obj.is_measurable
        return super().offers(action, obj)

    # --- Adding, revising, retiring -------------------------------------------------------------------------

    def new_form(self, request: HttpRequest, *, clinics: list[Clinic], row: Any = None) -> MedicineForm:
        return MedicineForm(request.POST or None, clinics=clinics, medicine=row)

    def write_new(self, form: MedicineForm, *, clinic: Clinic, by: Actor, at: datetime) -> Medicine:
        return add_medicine(clinic=clinic, facts=form.facts, strengths=form.cleaned_data["strengths"], by=by, at=at)

    def write_revision(self, obj: Medicine, form: MedicineForm, *, by: Actor, at: datetime) -> Medicine:
        return revise_medicine(obj, facts=form.facts, strengths=form.cleaned_data["strengths"], by=by, at=at)

    def write_retired(self, obj: Medicine, *, by: Actor, at: datetime) -> None:
        retire_medicine(obj, by=by, at=at)

    # --- Tapers of other classes ----------------------------------------------------------------------------

    @action(description="Tapers", url_path="tapers", icon="trending_down")
    def tapers(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Which clinics may taper it; a licensed prescriber of a clinic enables it there by name."""
        return tapers_page(self, request, self.get_object(request, object_id))
