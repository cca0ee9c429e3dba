"""Prescribers: who signs tapers, outside or as a member of staff, and which of their addresses count."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from clinics.admin.changes import Change, changes_in
from clinics.admin.confirming import address_words, confirm_page
from clinics.admin.desk import at_of, desk_of
from clinics.admin.prescriber_pages import edit_page, inside_page, outside_page
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.domain.instants import zone
from clinics.models import AddressKind, Prescriber, PrescriberConfirmation
from clinics.roles import Act
from clinics.services.colleagues import staff_mailboxes
from clinics.services.prescribers import end_prescriber


class StillSigns(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("inside", "Colleagues"), ("ended", "Ended"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {"inside": queryset.open().inside, "ended": lambda: queryset.filter(ended_at__isnull=False)}
        return queryset if self.value() == "all" else chosen.get(self.value() or "", queryset.open)()

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [first | {"display": "Current"}, *rest]


@admin.register(Prescriber)
class PrescriberAdmin(ScopedAdmin):
    """A row is read here; entering, changing, confirming and ending have pages of their own, and call services."""

    clinic_path = "clinic"
    list_filter = [StillSigns]
    search_fields = ["name", "practice", "code"]
    search_help_text = "Name, practice or code"
    ordering = ["name", "code"]
    actions_list = ["enter", "license"]
    actions_detail = ["confirm_email", "confirm_fax", "edit", "changes", "end"]
    change_form_outer_before_template = "admin/clinics/prescriber_head.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Prescriber]":
        confirmations = PrescriberConfirmation.objects.select_related("by_user").order_by("confirmed_at", "pk")
        found: QuerySet[Prescriber] = super().get_queryset(request)
        return found.select_related("clinic", "user").prefetch_related(Prefetch("confirmations", confirmations))

    def title_of(self, obj: Prescriber) -> str:
        return obj.name

    # --- The list -------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        @display(description="Email")
        def email_state(prescriber: Prescriber) -> str:
            return self._state(request, prescriber, AddressKind.EMAIL)

        @display(description="Fax")
        def fax_state(prescriber: Prescriber) -> str:
            return self._state(request, prescriber, AddressKind.FAX)

        columns: list[str | Callable[[Prescriber], str]] = ["name", "practice", "signs", email_state, fax_state]
        return columns if len(desk_of(request).clinics_where(self.view_act)) == 1 else [*columns, "clinic"]

    @display(description="Signs")
    def signs(self, obj: Prescriber) -> str:
        return f"Here, as {obj.user}" if obj.is_inside else "Outside"

    def _state(self, request: HttpRequest, prescriber: Prescriber, kind: AddressKind) -> str:
        if prescriber.is_inside:
            return "Not needed"
        return address_words(prescriber, kind, of_staff=self._of_staff(request, prescriber)).state

    def _of_staff(self, request: HttpRequest, prescriber: Prescriber) -> frozenset[str]:
        """The mailboxes of the clinic's staff, read once per request and clinic."""
        read: dict[int, frozenset[str]] = request.__dict__.setdefault("_staff_mailboxes", {})
        if prescriber.clinic_id not in read:
            read[prescriber.clinic_id] = staff_mailboxes(prescriber.clinic)
        return read[prescriber.clinic_id]

    # --- One prescriber -------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Nothing of Django's form: the head of the page says it all."""
        return []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        prescriber = self.get_object(request, object_id)
        of_staff = self._of_staff(request, prescriber)
        head = {
            "prescriber": prescriber,
            "signs": self.signs(prescriber),
            "classes": [settings.LICENSABLE_CLASSES.get(word, word) for word in prescriber.licensed_classes],
            "addresses": [address_words(prescriber, kind, of_staff=of_staff) for kind in AddressKind],
        }
        return super().change_view(request, object_id, form_url, head | (extra_context or {}))

    def changes_of(self, obj: Prescriber) -> list[Change]:
        records = obj.history.select_related("history_user").order_by("-history_date", "-history_id")
        return changes_in(records, noun="Prescriber", zone=zone(obj.clinic.zone))

    # --- What can be done -----------------------------------------------------------------------------------

    def get_actions_list(self, request: HttpRequest) -> list[UnfoldAction]:
        offered: list[UnfoldAction] = super().get_actions_list(request)
        if desk_of(request).may(Act.MANAGE_STAFF):
            return offered
        return [action for action in offered if action.method.original_function_name != "license"]

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        offered = super().get_actions_detail(request, object_id)
        prescriber = self.get_object(request, object_id)
        if not prescriber.is_inside or self.may(request, Act.MANAGE_STAFF, prescriber):
            return offered
        return [action for action in offered if action.method.original_function_name == "changes"]

    def offers(self, action: str, obj: Prescriber) -> bool:
        if action in {"confirm_email", "confirm_fax"}:
            kind = AddressKind(action.removeprefix("confirm_"))
            return obj.ended_at is None and not obj.is_inside and bool(obj.address(kind))
        return action == "changes" or obj.ended_at is None

    @action(description="Add a prescriber", url_path="new", icon="person_add", variant=ActionVariant.PRIMARY)
    def enter(self, request: HttpRequest) -> HttpResponse:
        return outside_page(self, request)

    @action(description="License a colleague", url_path="license", icon="badge")
    def license(self, request: HttpRequest) -> HttpResponse:
        return inside_page(self, request)

    @action(description="Confirm the email address", url_path="confirm-email", icon="mark_email_read")
    @row_page(Act.MANAGE_PRESCRIBERS)
    def confirm_email(self, request: HttpRequest, obj: Prescriber) -> HttpResponse:
        return confirm_page(self, request, obj, AddressKind.EMAIL)

    @action(description="Confirm the fax number", url_path="confirm-fax", icon="fax")
    @row_page(Act.MANAGE_PRESCRIBERS)
    def confirm_fax(self, request: HttpRequest, obj: Prescriber) -> HttpResponse:
        return confirm_page(self, request, obj, AddressKind.FAX)

    @action(description="Edit", url_path="edit", icon="edit")
    @row_page(Act.MANAGE_PRESCRIBERS)
    def edit(self, request: HttpRequest, obj: Prescriber) -> HttpResponse:
        return edit_page(self, request, obj)

    @action(description="Changes", url_path="changes", icon="history")
    def changes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.history_view(request, object_id)

    @action(description="End", url_path="end", icon="person_remove")
    @row_page(Act.MANAGE_PRESCRIBERS)
    def end(self, request: HttpRequest, obj: Prescriber) -> HttpResponse:
        if request.method == "POST":
            end_prescriber(obj, by=self.actor(request, obj), at=at_of(request))
            messages.success(request, f"{obj.name} is asked for no more signatures.")
            return redirect(self.list_address())
        return self.page(
            request,
            "admin/scoped/confirm.html",
            title="End",
            trail=self.trail_to(obj, "End"),
            sentences=[
                f"{obj.name} will be asked for no more signatures here, and links that were sent are dead.",
                "What was signed stays signed, and stays recorded. To ask again, add the prescriber anew.",
            ],
            submit="End",
            is_grave=True,
            back=self.address_of(obj),
        )
