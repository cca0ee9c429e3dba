"""Who works here: the list of roles, ending one, inviting somebody."""

from datetime import date, datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from clinics.actor import NotAllowed
from clinics.admin.desk import at_of, clinics_with, desk_of
from clinics.admin.invitations import InviteStaffForm, NobodyInvited, invite, open_invitations
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.domain.instants import civil_date, zone
from clinics.models import Membership
from clinics.roles import Act, Role
from clinics.services.memberships import LastClinicAdmin, end_membership, withdraw_invitation


class StillHere(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ended", "Ended"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(ended_at__isnull=self.value() != "ended")

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [first | {"display": "Working here"}, *rest]


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """One role of one person. A role is given by invitation and taken by ending it, never by editing a row."""

    clinic_path = "clinic"
    view_act = Act.MANAGE_STAFF
    address_field = "pk"
    list_title = "Staff"
    list_display = ["person", "sign_in_address", "role_words", "since", "until"]
    list_filter = [StillHere]
    list_select_related = ["user", "clinic"]
    search_fields = ["user__name", "user__email"]
    search_help_text = "Name or address"
    ordering = ["user__name", "user__email", "role"]
    fields = ["person", "sign_in_address", "clinic_name", "role_words", "since", "until"]
    actions_list = ["invite"]
    actions_detail = ["end"]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown = list(super().get_list_display(request))
        return shown if len(desk_of(request).clinics_where(Act.MANAGE_STAFF)) == 1 else [*shown, "clinic"]

    def title_of(self, obj: Membership) -> str:
        return f"{obj.user} · {Role(obj.role).label}"

    @display(description="Name", ordering="user__name")
    def person(self, obj: Membership) -> str:
        return str(obj.user)

    @display(description="Sign-in address", ordering="user__email")
    def sign_in_address(self, obj: Membership) -> str:
        return obj.user.email

    @display(description="Role", ordering="role")
    def role_words(self, obj: Membership) -> str:
        return Role(obj.role).label

    @display(description="Clinic")
    def clinic_name(self, obj: Membership) -> str:
        # As words: Django would link the field to a page that stands at another address.
        return obj.clinic.name

    @display(description="Since", ordering="started_at")
    def since(self, obj: Membership) -> date:
        return civil_date(obj.started_at, zone(obj.clinic.zone))

    @display(description="Until", ordering="ended_at", empty_value="–")
    def until(self, obj: Membership) -> date | None:
        return obj.ended_at and civil_date(obj.ended_at, zone(obj.clinic.zone))

    def offers(self, action: str, obj: Membership) -> bool:
        return obj.ended_at is None

    @action(description="Invite somebody", url_path="invite", icon="person_add", variant=ActionVariant.PRIMARY)
    def invite(self, request: HttpRequest) -> HttpResponse:
        """A form for a new colleague, and the invitations that are still open."""
        at = at_of(request)
        clinics = list(clinics_with(request, Act.MANAGE_STAFF))
        if not clinics:
            raise Http404
        if "withdraw" in request.POST:
            return self._withdraw(request, request.POST["withdraw"], at=at)
        form = InviteStaffForm(request.POST or None, clinics=clinics)
        if form.is_valid():
            try:
                invitation = invite(request, form, at=at)
            except (NobodyInvited, NotAllowed) as refusal:
                form.add_error(None, str(refusal))
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, f"The invitation to {invitation.email} was sent. It is open for seven days.")
                return redirect(self.list_address())
        return self.page(
            request,
            "admin/clinics/invite_staff.html",
            title="Invite somebody",
            trail=self.trail_to(None, "Invite somebody"),
            form=form,
            invitations=[
                (invitation, civil_date(invitation.expires_at, zone(invitation.clinic.zone)))
                for invitation in open_invitations(clinics, at=at)
            ],
            back=self.list_address(),
        )

    def _withdraw(self, request: HttpRequest, code: str, *, at: datetime) -> HttpResponse:
        clinics = list(clinics_with(request, Act.MANAGE_STAFF))
        invitation = open_invitations(clinics, at=at).filter(code=code).first()
        if invitation is None:
            raise Http404
        withdraw_invitation(invitation, by=self.actor(request, invitation), at=at)
        messages.success(request, f"The invitation to {invitation.email} was withdrawn. Its link works no more.")
        return redirect(request.path)

    @action(description="End this role", url_path="end", icon="person_remove")
    @row_page(Act.MANAGE_STAFF)
    def end(self, request: HttpRequest, obj: Membership) -> HttpResponse:
        if request.method == "POST":
            try:
                end_membership(obj, by=self.actor(request, obj), at=at_of(request))
            except LastClinicAdmin as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address_of(obj))
            messages.success(request, f"{obj.user} is no longer {Role(obj.role).label.lower()} here.")
            return redirect(self.list_address())
        return self.page(
            request,
            "admin/scoped/confirm.html",
            title="End this role",
            trail=self.trail_to(obj, "End this role"),
            sentences=[
                f"{obj.user} will no longer be {Role(obj.role).label.lower()} of {obj.clinic}.",
                f"Invitations to {obj.user.email} that are still open here are withdrawn.",
                "Whoever has no role left here sees nothing of this clinic any more. What they did stays recorded.",
            ],
            submit="End this role",
            is_grave=True,
            back=self.address_of(obj),
        )
