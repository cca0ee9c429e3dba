"""Opening a clinic, and inviting the people who work there."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from clinics.actor import Actor, ActorKind, require
from clinics.models import Clinic, Membership, StaffInvitation, User
from clinics.models.invitation import VALID_FOR, digest_of
from clinics.roles import Act, Role
from clinics.services.logins import login_for


class InvitationClosed(Exception):
    """The link was used, withdrawn, or is too old."""

    def __init__(self) -> None:
        super().__init__("This invitation was used already or has ended. Ask the clinic for a new one.")


@transaction.atomic
def open_clinic(
    *, name: str, zone: str, admin_email: str, roles: Collection[Role], by: Actor, at: datetime
) -> tuple[Clinic, str]:
    """A new clinic and the secret of the invitation of whoever will run it.

    A clinic of this name that nobody has entered yet is opened anew: it takes the zone given now, and earlier
    invitations end. Otherwise a lost link or a mistyped address would leave a clinic that nobody can ever enter.
    """
    if by.kind is not ActorKind.SYSTEM:
        raise ValidationError("A clinic is opened from the command line: manage.py open_clinic.")
    clinic = Clinic.objects.filter(name__iexact=name.strip()).first() or Clinic()
    if clinic.pk is not None and clinic.memberships.exists():
        raise ValidationError(
            {"name": f"There is a clinic “{clinic.name}” already. Whoever runs it invites others, in the admin."}
        )
    clinic.name, clinic.zone = name.strip(), zone
    clinic.full_clean()
    clinic.save()
    clinic.invitations.open(at).update(withdrawn_at=at)
    _, secret = _invite(clinic, email=admin_email, name="", roles=roles, by=by, at=at)
    return clinic, secret


@transaction.atomic
def invite_staff(
    clinic: Clinic, *, email: str, name: str, roles: Collection[Role], by: Actor, at: datetime
) -> tuple[StaffInvitation, str]:
    """An invitation and its secret, which is never stored. The caller sends it."""
    require(by, Act.MANAGE_STAFF, clinic=clinic)
    return _invite(clinic, email=email, name=name, roles=roles, by=by, at=at)


def _invite(
    clinic: Clinic, *, email: str, name: str, roles: Collection[Role], by: Actor, at: datetime
) -> tuple[StaffInvitation, str]:
    if not roles:
        raise ValidationError({"roles": "Choose at least one role."})
    secret = StaffInvitation.new_secret()
    invitation = StaffInvitation(
        clinic=clinic,
        email=email,
        name=name,
        roles=[role.value for role in Role if role in roles],
        secret_digest=digest_of(secret),
        created_at=at,
        created_by_kind=by.kind.value,
        created_by_code=by.code,
        expires_at=at + VALID_FOR,
    )
    invitation.full_clean()
    invitation.save()
    return invitation, secret


def find_staff_invitation(code: str, secret: str, *, at: datetime) -> StaffInvitation:
    """The open invitation that this link names. Looking at it uses nothing up."""
    invitation = StaffInvitation.objects.filter(code=code, secret_digest=digest_of(secret)).first()
    if invitation is None or not invitation.is_open(at):
        raise InvitationClosed
    return invitation


@transaction.atomic
def accept_staff_invitation(code: str, secret: str, *, at: datetime) -> User:
    """Consume the link: exactly one caller gets the login and its memberships."""
    invitation = find_staff_invitation(code, secret, at=at)
    if not invitation.claim(at=at):
        raise InvitationClosed
    user = login_for(invitation.email, name=invitation.name, zone=invitation.clinic.zone, at=at)
    for role in invitation.roles:
        Membership.objects.get_or_create(
            user=user, clinic=invitation.clinic, role=role, ended_at=None, defaults={"started_at": at}
        )
    return user
