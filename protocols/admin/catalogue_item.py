"""What the pages of medicines and of supplements have in common: a row is read, added, revised and retired."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from clinics.actor import Actor
from clinics.admin.changes import local_words
from clinics.admin.desk import actor_in, at_of, clinics_with
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.domain.instants import zone
from clinics.models import Clinic
from clinics.roles import Act
from protocols.models.catalogue_rows import CatalogueItem
from protocols.services.catalogue_writing import CatalogueRefused


class CatalogueAdmin(ScopedAdmin):
    """Shipped rows are read, a clinic's own are added, revised and retired.

    noun: “medicine”. used_in: what goes on after a row is replaced or retired, as in “Tapers”. always_said: what
    stands on each of its pages, by its name in the templates.
    """

    clinic_path = "clinic"
    shares_shipped = True
    add_act = Act.PUBLISH_TEMPLATE
    noun: ClassVar[str]
    used_in: ClassVar[str]
    form_template: ClassVar[str]
    always_said: ClassVar[dict[str, Any]] = {}

    def new_form(self, request: HttpRequest, *, clinics: list[Clinic], row: Any = None) -> forms.Form:
        """The form as it was sent, or as it is first shown. It has `facts`, and `refuse` for what a service says."""
        raise NotImplementedError

    def write_new(self, form: Any, *, clinic: Clinic, by: Actor, at: datetime) -> CatalogueItem:
        raise NotImplementedError

    def write_revision(self, obj: Any, form: Any, *, by: Actor, at: datetime) -> CatalogueItem:
        raise NotImplementedError

    def write_retired(self, obj: Any, *, by: Actor, at: datetime) -> None:
        raise NotImplementedError

    def title_of(self, obj: CatalogueItem) -> str:
        return str(obj)

    def offers(self, action: str, obj: Any) -> bool:
        return not obj.is_shipped and not obj.is_retired

    @display(description="From", ordering="clinic")
    def origin(self, obj: CatalogueItem) -> str:
        return "gutclinic" if obj.clinic is None else obj.clinic.name

    def origin_in_words(self, obj: CatalogueItem) -> list[tuple[str, str]]:
        if obj.clinic is None:
            facts = [("From", f"gutclinic, edition {obj.pack_version}")]
        else:
            where = zone(obj.clinic.zone)
            facts = [("From", obj.clinic.name), ("Entered", local_words(obj.created_at, where))]
            if obj.retired_at is not None:
                facts.append(("Retired", local_words(obj.retired_at, where)))
        return [*facts, ("How it was read", obj.get_mark_display())]

    def neighbours(self, obj: CatalogueItem) -> list[tuple[str, str, str]]:
        """The versions before and after this one: what they are to it, their names and addresses."""
        found = [("Replaces", obj.replaces), ("Replaced by", getattr(obj, "replacement", None))]
        return [(what, f"Version {row.number}", self.address_of(row)) for what, row in found if row is not None]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form: Any = self.new_form(request, clinics=list(clinics_with(request, Act.PUBLISH_TEMPLATE)))
        if form.is_valid():
            clinic = form.cleaned_data["clinic"]
            try:
                added = self.write_new(form, clinic=clinic, by=actor_in(request, clinic), at=at_of(request))
            except ValidationError as refusal:
                form.refuse(refusal)
            else:
                return self.done(request, added, f"{added} is offered in {clinic} from now on.")
        return self._form_page(request, form, title=f"New {self.noun}", trail=self.trail_to(None, f"New {self.noun}"))

    @action(description="Revise", url_path="revise", icon="edit", variant=ActionVariant.PRIMARY)
    @row_page(Act.PUBLISH_TEMPLATE)
    def revise(self, request: HttpRequest, obj: Any) -> HttpResponse:
        form: Any = self.new_form(request, clinics=[obj.clinic], row=obj)
        if form.is_valid():
            try:
                revised = self.write_revision(obj, form, by=self.actor(request, obj), at=at_of(request))
            except CatalogueRefused as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address_of(obj))
            except ValidationError as refusal:
                form.refuse(refusal)
            else:
                told = f"This is version {revised.number}. {self.used_in} keep the one they used."
                return self.done(request, revised, told)
        return self._form_page(request, form, title="Revise", trail=self.trail_to(obj, "Revise"), obj=obj)

    @action(description="Retire", url_path="retire", icon="archive")
    @row_page(Act.PUBLISH_TEMPLATE)
    def retire(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if request.method == "POST":
            try:
                self.write_retired(obj, by=self.actor(request, obj), at=at_of(request))
            except CatalogueRefused as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address_of(obj))
            messages.success(request, f"{obj} is offered no more.")
            return redirect(self.list_address())
        sentences = [f"{obj} is offered no more.", f"{self.used_in} that use it go on as they are."]
        return self.said_page(
            request,
            "admin/scoped/confirm.html",
            title="Retire",
            trail=self.trail_to(obj, "Retire"),
            sentences=[*sentences, *self.always_said.values()],
            submit=f"Retire this {self.noun}",
            is_grave=True,
            back=self.address_of(obj),
        )

    def said_page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        return self.page(request, template, **self.always_said, **context)

    def _form_page(
        self, request: HttpRequest, form: Any, *, title: str, trail: Any, obj: CatalogueItem | None = None
    ) -> HttpResponse:
        back = self.list_address() if obj is None else self.address_of(obj)
        return self.said_page(request, self.form_template, title=title, trail=trail, form=form, revised=obj, back=back)
