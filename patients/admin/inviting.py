"""Inviting a patient to the portal: one address, one letter, one link that works once."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinics.admin import inputs
from clinics.admin.desk import at_of
from clinics.admin.invitations import EMAIL_LENGTH
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import civil_date, zone
from clinics.models.invitation import VALID_FOR
from clinics.services.letters import LetterNotSent, public_address, send_letter
from patients.models import ContactKind, ContactPoint, Patient, PortalInvitation
from patients.services.errors import Refused
from patients.services.portal_access import invite_patient

NOT_SENT = (
    "The mail server did not take the letter, so nobody was invited. Try again in a few minutes; "
    "if it fails again, tell whoever runs this server."
)


class InvitePatientForm(forms.Form):
    email = forms.EmailField(
        label="Sign-in address",
        max_length=EMAIL_LENGTH,
        widget=inputs.EmailInput(),
        help_text="The letter and later the sign-in codes go here. It must be the patient’s own: whoever reads this "
        "mailbox can open the portal.",
    )


def portal_words(patient: Patient, *, at: datetime) -> str:
    """Whether this patient can sign in, and if not, whether an invitation is open."""
    if patient.user is not None:
        return f"Signs in as {patient.user.email}"
    invitation = PortalInvitation.objects.open(at).filter(patient=patient).first()
    if invitation is None:
        return "Not invited"
    until = civil_date(invitation.expires_at, zone(patient.clinic.zone))
    return f"Invited as {invitation.email}, until {until.day} {until:%B %Y}"


def invite_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    at = at_of(request)
    contact = ContactPoint.objects.filter(patient=patient, kind=ContactKind.EMAIL.value, ended_at__isnull=True).first()
    form = InvitePatientForm(request.POST or None, initial={"email": contact.value if contact else ""})
    if form.is_valid():
        try:
            invitation, secret = invite_patient(
                patient, email=form.cleaned_data["email"], by=admin.actor(request, patient), at=at
            )
            _send(invitation, secret, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        except LetterNotSent:
            form.add_error(None, NOT_SENT)
        else:
            messages.success(
                request, f"The invitation to {invitation.email} was sent. It is open for {VALID_FOR.days} days."
            )
            return redirect(admin.address_of(patient))
    return admin.page(
        request,
        "admin/patients/invite.html",
        title="Invite to the portal",
        trail=admin.trail_to(patient, "Invite to the portal"),
        form=form,
        portal=portal_words(patient, at=at),
        back=admin.address_of(patient),
    )


def _send(invitation: PortalInvitation, secret: str, *, at: datetime) -> None:
    """Send the link; if it cannot be sent, nobody has it, so it ends at once (`LetterNotSent`)."""
    link = public_address(reverse("portal:accept", args=[invitation.code, secret]))
    try:
        send_letter(
            "portal_invitation",
            about=invitation.code,
            address=invitation.email,
            sender_name=invitation.patient.clinic.message_name,
            context={"link": link, "days": VALID_FOR.days},
        )
    except LetterNotSent:
        PortalInvitation.objects.open(at).filter(pk=invitation.pk).update(withdrawn_at=at)
        raise
