"""Links that work once: for patients to the portal, for staff to the clinic."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from clinics.actor import Actor, ActorKind, NotAllowed, for_system, staff_in
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from clinics.services.logins import LoginClosed
from clinics.services.staff import (
    InvitationClosed,
    accept_staff_invitation,
    find_staff_invitation,
    invite_staff,
    open_clinic,
)
from patients.models import Patient, PortalInvitation
from patients.services.portal_access import (
    PortalOpenAlready,
    accept_portal_invitation,
    find_portal_invitation,
    invite_patient,
)
from tests.fixtures.personae import NOON, make_patient


@pytest.fixture
def patient_017(clinic: Clinic) -> Patient:
    return make_patient(clinic, "Somebody")


def test_a_patient_gets_a_login_that_can_sign_in_by_code(patient_017: Patient, by: Actor) -> None:
    invitation, secret = invite_patient(patient_017, email="Patient_017@Example.org", by=by, at=NOON)
    user, patient = accept_portal_invitation(invitation.code, secret, at=NOON)
    assert (patient.pk, patient.user, user.email) == (patient_017.pk, user, "patient_017@example.org")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified


def test_looking_at_a_link_does_not_use_it_up(patient_017: Patient, by: Actor) -> None:
    invitation, secret = invite_patient(patient_017, email="patient_017@example.org", by=by, at=NOON)
    for _ in range(3):
        find_portal_invitation(invitation.code, secret, at=NOON)
    accept_portal_invitation(invitation.code, secret, at=NOON)


def test_a_link_works_once(patient_017: Patient, by: Actor) -> None:
    invitation, secret = invite_patient(patient_017, email="patient_017@example.org", by=by, at=NOON)
    accept_portal_invitation(invitation.code, secret, at=NOON)
    with pytest.raises(InvitationClosed):
        accept_portal_invitation(invitation.code, secret, at=NOON)


def test_a_link_ends_after_a_week(patient_017: Patient, by: Actor) -> None:
    invitation, secret = invite_patient(patient_017, email="patient_017@example.org", by=by, at=NOON)
    with pytest.raises(InvitationClosed):
        accept_portal_invitation(invitation.code, secret, at=NOON + timedelta(days=7))


def test_a_new_invitation_withdraws_the_former(patient_017: Patient, by: Actor) -> None:
    first, first_secret = invite_patient(patient_017, email="typo@example.org", by=by, at=NOON)
    second, second_secret = invite_patient(patient_017, email="patient_017@example.org", by=by, at=NOON)
    with pytest.raises(InvitationClosed):
        find_portal_invitation(first.code, first_secret, at=NOON)
    find_portal_invitation(second.code, second_secret, at=NOON)


def test_a_wrong_secret_opens_nothing_and_the_secret_is_not_stored(patient_017: Patient, by: Actor) -> None:
    invitation, secret = invite_patient(patient_017, email="patient_017@example.org", by=by, at=NOON)
    with pytest.raises(InvitationClosed):
        find_portal_invitation(invitation.code, secret + "x", at=NOON)
    assert secret not in str(PortalInvitation.objects.values().get())


def test_who_can_sign_in_already_is_not_invited_again(angela: Patient, by: Actor) -> None:
    with pytest.raises(PortalOpenAlready):
        invite_patient(angela, email="angela@example.org", by=by, at=NOON)


def test_an_address_that_opens_another_record_of_the_clinic_is_refused(
    angela: Patient, patient_017: Patient, by: Actor
) -> None:
    """Contact points may be shared; a login is one person's."""
    with pytest.raises(PortalOpenAlready, match="Another patient"):
        invite_patient(patient_017, email="ANGELA@example.org", by=by, at=NOON)


def test_a_closed_login_cannot_be_opened_by_an_invitation(patient_017: Patient, angela: Patient, by: Actor) -> None:
    invitation, secret = invite_patient(patient_017, email="patient_017@example.org", by=by, at=NOON)
    User.objects.create_user("patient_017@example.org", joined_at=NOON, zone="Europe/Berlin", is_active=False)
    with pytest.raises(LoginClosed):
        accept_portal_invitation(invitation.code, secret, at=NOON)
    invitation.refresh_from_db()
    assert invitation.used_at is None, "a refused link is not used up"


def test_strangers_do_not_invite(patient_017: Patient, other_clinic: Clinic, dr_dee: User) -> None:
    with pytest.raises(NotAllowed):
        invite_patient(patient_017, email="x@example.org", by=staff_in(other_clinic, dr_dee), at=NOON)


def test_a_clinic_is_opened_with_an_invitation_for_its_admin(db: None) -> None:
    clinic, secret = open_clinic(
        name="Lindenhof practice",
        zone="Europe/Berlin",
        admin_email="admin_1@example.org",
        roles=[Role.CLINIC_ADMIN, Role.PRACTITIONER],
        by=for_system(),
        at=NOON,
    )
    invitation = clinic.invitations.get()
    user = accept_staff_invitation(invitation.code, secret, at=NOON)
    assert set(Membership.objects.of(user).values_list("role", flat=True)) == {"clinic-admin", "practitioner"}
    with pytest.raises(InvitationClosed):
        accept_staff_invitation(invitation.code, secret, at=NOON)


def test_a_clinic_in_a_zone_that_does_not_exist_is_refused(db: None) -> None:
    with pytest.raises(ValidationError, match="Mars/Olympus"):
        open_clinic(
            name="Lindenhof practice",
            zone="Mars/Olympus",
            admin_email="admin_1@example.org",
            roles=[Role.CLINIC_ADMIN],
            by=for_system(),
            at=NOON,
        )
    assert Clinic.objects.count() == 0


def test_only_a_clinic_admin_invites_staff(clinic: Clinic, by: Actor) -> None:
    with pytest.raises(NotAllowed, match="clinic admin"):
        invite_staff(clinic, email="x@example.org", name="", roles=[Role.ASSISTANT], by=by, at=NOON)
    admin = Actor(kind=ActorKind.STAFF, code="A", roles=frozenset({Role.CLINIC_ADMIN}), clinic_code=clinic.code)
    invitation, secret = invite_staff(
        clinic, email="x@example.org", name="Helper", roles=[Role.ASSISTANT], by=admin, at=NOON
    )
    assert find_staff_invitation(invitation.code, secret, at=NOON) == invitation
