"""A member of staff signs inside only while licensed, working here, and for the classes that the licence is for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, Membership, Prescriber, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber, change_prescriber, end_prescriber, licensed_for
from clinics.services.refusals import NoSuchClass, OwnLicence
from tests.fixtures.personae import NOON, make_member

LATER = NOON + timedelta(days=1)


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))


@pytest.fixture
def licensed(clinic: Clinic, dr_cho: User, admin: Actor) -> Prescriber:
    """dr_cho as a prescriber for acid-suppressing medicines."""
    return add_prescriber(
        clinic,
        name="Dr Cho",
        user=dr_cho,
        licence_register="Ärztekammer Berlin",
        licence_number="B-1",
        licensed_classes=["H2RA", "PPI", "PPI"],
        by=admin,
        at=NOON,
    )


def test_a_licence_is_for_its_classes_alone(licensed: Prescriber, dr_price: Prescriber) -> None:
    assert licensed.licensed_classes == ["PPI", "H2RA"], "each once, in the order of the list"
    assert licensed.is_inside
    assert licensed_for(licensed, "PPI")
    assert not licensed_for(licensed, "benzodiazepine")
    assert not licensed_for(dr_price, "PPI"), "a prescriber outside does not sign inside"


def test_it_ends_with_the_licence_the_number_the_role_or_the_login(
    licensed: Prescriber, dr_cho: User, admin: Actor
) -> None:
    Membership.objects.filter(user=dr_cho).update(ended_at=LATER)
    assert not licensed_for(licensed, "PPI")
    Membership.objects.filter(user=dr_cho).update(ended_at=None)
    User.objects.filter(pk=dr_cho.pk).update(is_active=False)
    assert not licensed_for(licensed, "PPI")
    User.objects.filter(pk=dr_cho.pk).update(is_active=True)
    change_prescriber(licensed, licence_number="", by=admin, at=LATER)
    assert not licensed_for(licensed, "PPI")
    change_prescriber(licensed, licence_number="B-1", licensed_classes=["H2RA"], by=admin, at=LATER)
    assert (licensed_for(licensed, "PPI"), licensed_for(licensed, "H2RA")) == (False, True)
    end_prescriber(licensed, by=admin, at=LATER)
    assert not licensed_for(licensed, "H2RA")


def test_working_in_another_clinic_is_no_licence_here(licensed: Prescriber, dr_cho: User, other_clinic: Clinic) -> None:
    Membership.objects.filter(user=dr_cho).update(clinic=other_clinic)
    assert not licensed_for(licensed, "PPI")


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ASSISTANT])
def test_only_a_clinic_admin_enters_changes_or_ends_a_licence(
    clinic: Clinic, licensed: Prescriber, assistant_1: User, role: Role
) -> None:
    somebody = staff_in(clinic, make_member(clinic, "colleague_1@example.org", role))
    with pytest.raises(NotAllowed, match="Ask a clinic admin"):
        add_prescriber(clinic, name="Assistant", user=assistant_1, by=somebody, at=NOON)
    with pytest.raises(NotAllowed):
        change_prescriber(licensed, telephone="030 1", by=somebody, at=LATER)
    with pytest.raises(NotAllowed):
        end_prescriber(licensed, by=somebody, at=LATER)


def test_nobody_enters_or_changes_their_own_licence(clinic: Clinic, admin: Actor) -> None:
    second = make_member(clinic, "dr_eve@example.org", Role.PRACTITIONER, Role.CLINIC_ADMIN)
    own = staff_in(clinic, second)
    with pytest.raises(OwnLicence, match="Ask another clinic admin"):
        add_prescriber(clinic, name="Dr Eve", user=second, licensed_classes=["PPI"], by=own, at=NOON)
    entered = add_prescriber(clinic, name="Dr Eve", user=second, licensed_classes=["PPI"], by=admin, at=NOON)
    with pytest.raises(OwnLicence):
        change_prescriber(entered, licensed_classes=["PPI", "opioid"], by=own, at=LATER)
    end_prescriber(entered, by=own, at=LATER)


def test_the_only_clinic_admin_enters_the_own_licence(clinic: Clinic) -> None:
    alone = make_member(clinic, "dr_eve@example.org", Role.PRACTITIONER, Role.CLINIC_ADMIN)
    own = staff_in(clinic, alone)
    entered = add_prescriber(clinic, name="Dr Eve", user=alone, licensed_classes=["PPI"], by=own, at=NOON)
    assert change_prescriber(entered, licence_number="B-2", by=own, at=LATER).licence_number == "B-2"


def test_a_class_that_does_not_exist_is_a_sentence(clinic: Clinic, licensed: Prescriber, admin: Actor) -> None:
    with pytest.raises(NoSuchClass, match="no class of medicines called cure-all"):
        change_prescriber(licensed, licensed_classes=["PPI", "cure-all"], by=admin, at=LATER)
    licensed.refresh_from_db()
    assert licensed.licensed_classes == ["PPI", "H2RA"]


def test_a_member_of_staff_is_licensed_once_at_a_time(
    clinic: Clinic, licensed: Prescriber, dr_cho: User, admin: Actor
) -> None:
    with pytest.raises(ValidationError, match="This member of staff is a prescriber here already"):
        add_prescriber(clinic, name="Dr Cho", user=dr_cho, by=admin, at=NOON)
    end_prescriber(licensed, by=admin, at=LATER)
    anew = add_prescriber(
        clinic, name="Dr Cho", user=dr_cho, licence_number="B-1", licensed_classes=["PPI"], by=admin, at=LATER
    )
    assert licensed_for(anew, "PPI")
    assert not licensed_for(licensed, "PPI")


def test_the_own_address_is_no_hindrance_inside(clinic: Clinic, dr_cho: User, admin: Actor) -> None:
    assert (
        add_prescriber(clinic, name="Dr Cho", user=dr_cho, email=dr_cho.email, by=admin, at=NOON).email == dr_cho.email
    )
