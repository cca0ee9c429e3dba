"""The supplements of the catalogue: shipped ones are read, a clinic's own ones are added, revised and retired."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from clinics.actor import Actor
from clinics.admin.desk import desk_of
from clinics.models import Clinic
from protocols.admin.catalogue_filters import OfferedFilter, OriginFilter
from protocols.admin.catalogue_item import CatalogueAdmin
from protocols.admin.leading_on import leads_from
from protocols.admin.purchase_places import places_of, places_page
from protocols.admin.supplement_form import SupplementForm
from protocols.admin.supplement_words import facts_in_words, holds_in_short, ingredients_in_words
from protocols.models import Supplement
from protocols.services.knowledge import shipped_knowledge
from protocols.services.supplements import add_supplement, retire_supplement, revise_supplement


@admin.register(Supplement)
class SupplementAdmin(CatalogueAdmin):
    noun = "supplement"
    used_in = "Plans"
    form_template = "admin/protocols/supplement_form.html"
    list_title = "Supplements"
    list_display: ClassVar[Sequence[Any]] = ["name", "supplement_class", "made_as", "holds", "graded", "origin"]
    list_filter = [OfferedFilter, OriginFilter, "supplement_class", "form", "evidence", "mark"]
    search_fields = ["name", "brand", "ingredients__substance", "product_code"]
    search_help_text = "Name, brand, ingredient or code"
    actions_detail = ["revise", "places", "retire"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Supplement]":
        rows = super().get_queryset(request).select_related("clinic", "replaces", "replacement")
        return rows.prefetch_related("ingredients")

    @display(description="Form", ordering="form", empty_value="–")
    def made_as(self, obj: Supplement) -> str | None:
        return " · ".join(filter(None, [obj.get_form_display() if obj.form else "", obj.brand])) or None

    @display(description="What is in it")
    def holds(self, obj: Supplement) -> str:
        return holds_in_short(obj)

    @display(description="Evidence", ordering="evidence", empty_value="–")
    def graded(self, obj: Supplement) -> str | None:
        return obj.evidence.capitalize() or None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A page to read: a row of the catalogue never changes."""
        supplement = self.get_object(request, object_id)
        return self.said_page(
            request,
            "admin/protocols/supplement.html",
            title=str(supplement),
            trail=self.trail_to(supplement),
            supplement=supplement,
            facts=facts_in_words(supplement),
            ingredients=ingredients_in_words(supplement),
            counted_in=supplement.counted_in.label_of_one,
            places=places_of(supplement, desk_of(request).clinics_where(self.view_act)),
            origin=self.origin_in_words(supplement),
            leads=leads_from(request, supplement),
            neighbours=self.neighbours(supplement),
            actions_detail=self._get_actions_navigation(
                self.actions_detail, self.get_actions_detail(request, supplement.code), supplement.code
            ),
        )

    def offers(self, action: str, obj: Supplement) -> bool:
        return not obj.is_retired if action == "places" else super().offers(action, obj)

    def said_page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        if template == self.form_template:
            context["substances"] = sorted(substance.name for substance in shipped_knowledge().substances)
        return super().said_page(request, template, **context)

    def new_form(self, request: HttpRequest, *, clinics: list[Clinic], row: Any = None) -> SupplementForm:
        return SupplementForm(request.POST or None, clinics=clinics, supplement=row)

    def write_new(self, form: SupplementForm, *, clinic: Clinic, by: Actor, at: datetime) -> Supplement:
        return add_supplement(clinic=clinic, facts=form.facts, ingredients=form.ingredients, by=by, at=at)

    def write_revision(self, obj: Supplement, form: SupplementForm, *, by: Actor, at: datetime) -> Supplement:
        return revise_supplement(obj, facts=form.facts, ingredients=form.ingredients, by=by, at=at)

    def write_retired(self, obj: Supplement, *, by: Actor, at: datetime) -> None:
        retire_supplement(obj, by=by, at=at)

    @action(description="Where to buy", url_path="places", icon="storefront")
    def places(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Where one's clinics say that it is sold, with what they earn from it."""
        return places_page(self, request, self.get_object(request, object_id))
