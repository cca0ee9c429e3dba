"""Ending what somebody does in a clinic, and withdrawing an invitation. Rows stay; they say until when."""

from datetime import datetime

from django.db import transaction

from clinics.actor import Actor, require
from clinics.models import Clinic, Membership, StaffInvitation
from clinics.roles import Act, Role


class LastClinicAdmin(Exception):
    """Nobody would be left to manage the clinic."""

    def __init__(self) -> None:
        super().__init__("This is the clinic’s last clinic admin. Invite another one first.")


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor, at: datetime) -> Membership:
    """This person no longer has this role here, nor an open invitation back. Ending what has ended changes nothing."""
    # The clinic is locked, so that two admins who end each other are not both believed.
    clinic = Clinic.objects.select_for_update().get(pk=membership.clinic_id)
    require(by, Act.MANAGE_STAFF, clinic=clinic)
    locked = Membership.objects.select_related("user").get(pk=membership.pk)
    if locked.ended_at is not None:
        return locked
    if locked.role == Role.CLINIC_ADMIN.value:
        others = Membership.objects.open().filter(clinic=clinic, role=locked.role).exclude(pk=locked.pk)
        if not others.exists():
            raise LastClinicAdmin
    locked.end(at=at)
    # Whoever may come back is invited anew; a letter that lies about must not undo this.
    StaffInvitation.objects.open(at).filter(clinic=clinic, email__iexact=locked.user.email).update(withdrawn_at=at)
    return locked


def withdraw_invitation(invitation: StaffInvitation, *, by: Actor, at: datetime) -> bool:
    """The link works no more; whether it still did."""
    require(by, Act.MANAGE_STAFF, clinic=invitation.clinic)
    return StaffInvitation.objects.open(at).filter(pk=invitation.pk).update(withdrawn_at=at) == 1
