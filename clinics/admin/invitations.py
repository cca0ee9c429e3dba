"""Inviting a colleague: the form, and the letter with the link."""

from collections.abc import Collection
from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clinics.admin import inputs
from clinics.admin.clinic_choice import ClinicChoiceForm
from clinics.admin.desk import actor_in
from clinics.models import Clinic, StaffInvitation
from clinics.roles import Role
from clinics.services.invitation_mail import InvitationNotSent, send_staff_invitation
from clinics.services.letters import public_address
from clinics.services.memberships import withdraw_invitation
from clinics.services.staff import invite_staff

# As long as the column; the form's own check would let 320 characters pass.
EMAIL_LENGTH = StaffInvitation._meta.get_field("email").max_length


class InviteStaffForm(ClinicChoiceForm):
    email = forms.EmailField(
        label="Sign-in address",
        max_length=EMAIL_LENGTH,
        widget=inputs.EmailInput(),
        help_text="The invitation and later the sign-in codes go here.",
    )
    name = forms.CharField(
        max_length=120, required=False, widget=inputs.TextInput(), help_text="How colleagues see this person."
    )
    roles = forms.MultipleChoiceField(
        choices=[(role.value, role.label) for role in Role],
        widget=inputs.CheckboxesInput(),
        help_text="Roles combine: somebody may treat patients and manage the clinic.",
    )


def open_invitations(clinics: Collection[Clinic], *, at: datetime) -> "QuerySet[StaffInvitation]":
    """Those whose link still works."""
    return StaffInvitation.objects.open(at).filter(clinic__in=clinics).select_related("clinic")


class NobodyInvited(Exception):
    """The letter could not be sent, so its link was withdrawn: nobody has it."""

    def __init__(self) -> None:
        super().__init__(
            "The mail server did not take the letter, so nobody was invited. Try again in a few minutes; "
            "if it fails again, tell whoever runs this server."
        )


def invite(request: HttpRequest, form: InviteStaffForm, *, at: datetime) -> StaffInvitation:
    """Write the invitation, then send its letter; one that could not be sent is withdrawn (`NobodyInvited`)."""
    clinic = form.cleaned_data["clinic"]
    by = actor_in(request, clinic)
    roles = [Role(role) for role in form.cleaned_data["roles"]]
    invitation, secret = invite_staff(
        clinic, email=form.cleaned_data["email"], name=form.cleaned_data["name"], roles=roles, by=by, at=at
    )
    link = public_address(reverse("joining:staff", args=[invitation.code, secret]))
    try:
        send_staff_invitation(invitation, link=link)
    except InvitationNotSent as error:
        withdraw_invitation(invitation, by=by, at=at)
        raise NobodyInvited from error
    return invitation
