"""Opening the portal to a patient: an invitation to one address, accepted once."""

from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, require
from clinics.models import User
from clinics.models.invitation import VALID_FOR, digest_of
from clinics.roles import Act
from clinics.services.logins import login_for
from clinics.services.staff import InvitationClosed
from patients.actor import acting_patient
from patients.models import Patient, PortalInvitation
from patients.services.errors import Refused
from patients.services.record_history import stamp_history


class PortalOpenAlready(Refused):
    """This patient, or this address in this clinic, has a login already."""


def _refuse_if_open(patient: Patient, email: str) -> None:
    if patient.user_id is not None:
        raise PortalOpenAlready("This patient can sign in already: the sign-in page sends a new code.")
    if Patient.objects.filter(clinic=patient.clinic_id, user__email__iexact=email.strip()).exists():
        raise PortalOpenAlready(
            "Another patient of this clinic signs in with this address. A login is one person’s: use another."
        )


@transaction.atomic
def invite_patient(patient: Patient, *, email: str, by: Actor, at: datetime) -> tuple[PortalInvitation, str]:
    """An invitation and its secret, which is never stored; the caller sends it. Earlier open ones are withdrawn."""
    require(by, Act.INVITE_PATIENT, clinic=patient.clinic)
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    _refuse_if_open(locked, email)
    PortalInvitation.objects.open(at).filter(patient=locked).update(withdrawn_at=at)
    secret = PortalInvitation.new_secret()
    invitation = PortalInvitation(
        patient=locked,
        email=email,
        secret_digest=digest_of(secret),
        created_at=at,
        created_by_kind=by.kind.value,
        created_by_code=by.code,
        expires_at=at + VALID_FOR,
    )
    invitation.full_clean()
    invitation.save()
    return invitation, secret


def find_portal_invitation(code: str, secret: str, *, at: datetime) -> PortalInvitation:
    """The open invitation that this link names. Looking at it uses nothing up: scanners follow links too."""
    invitation = (
        PortalInvitation.objects.select_related("patient__clinic")
        .filter(code=code, secret_digest=digest_of(secret))
        .first()
    )
    if invitation is None or not invitation.is_open(at):
        raise InvitationClosed
    return invitation


@transaction.atomic
def accept_portal_invitation(code: str, secret: str, *, at: datetime) -> tuple[User, Patient]:
    """Consume the link: exactly one caller gets the login."""
    invitation = find_portal_invitation(code, secret, at=at)
    # The patient first, as when inviting: the other way round the two would wait for each other.
    patient = Patient.objects.select_for_update(no_key=True).get(pk=invitation.patient_id)
    if not invitation.claim(at=at):
        raise InvitationClosed
    _refuse_if_open(patient, invitation.email)
    user = login_for(invitation.email, name=patient.given_name, zone=patient.zone, at=at)
    patient.user = user
    stamp_history(patient, by=acting_patient(patient), at=at)
    patient.save(update_fields=["user"])
    return user, patient
