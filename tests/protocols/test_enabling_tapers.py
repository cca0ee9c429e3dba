"""Beyond PPIs and H2 blockers a clinic tapers what its licensed prescriber has enabled, by name."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, Prescriber, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber, end_prescriber
from protocols.models import EnabledSubstance, Medicine
from protocols.models.enabling import may_be_tapered_in, that_may_be_tapered_in
from protocols.services.enabling import NotLicensed, disable_for_taper, enable_for_taper
from protocols.services.medicines import MedicineRefused, add_medicine
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON, make_member

LATER = NOON + timedelta(days=30)

Shipped = Callable[[str], Medicine]


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))


@pytest.fixture
def licence(clinic: Clinic, dr_cho: User, admin: Actor) -> Prescriber:
    """dr_cho may sign for corticosteroids."""
    return add_prescriber(
        clinic,
        name="Dr Cho",
        user=dr_cho,
        licence_register="Ärztekammer Berlin",
        licence_number="B-1",
        licensed_classes=["corticosteroid"],
        by=admin,
        at=NOON,
    )


def test_every_clinic_may_taper_ppis_and_h2_blockers_with_strengths(shipped: Shipped, other_clinic: Clinic) -> None:
    offered = that_may_be_tapered_in(other_clinic)
    assert {medicine.medicine_class for medicine in offered} == {"PPI", "H2RA"}
    assert offered.count() == 16
    assert all(medicine.can_be_tapered and medicine.is_measurable for medicine in offered)


def test_nothing_else_may_be_tapered_until_it_is_enabled(
    shipped: Shipped, clinic: Clinic, other_clinic: Clinic, licence: Prescriber, by: Actor, dr_cho: User
) -> None:
    prednisone = shipped("prednisone-tablet")
    assert not prednisone.can_be_tapered
    assert not may_be_tapered_in(clinic, prednisone)
    enabled = enable_for_taper(prednisone, clinic=clinic, by=by, at=NOON)
    assert (enabled.substance, enabled.medicine_class, enabled.prescriber_code) == (
        "prednisone", "corticosteroid", licence.code,
    )  # fmt: skip
    assert (enabled.enabled_at, enabled.enabled_by_kind, enabled.enabled_by_code) == (NOON, "staff", dr_cho.code)
    assert may_be_tapered_in(clinic, prednisone)
    assert not may_be_tapered_in(other_clinic, prednisone), "each clinic decides for itself"
    # The class alone still says no: only the clinic's own question says yes.
    assert not prednisone.can_be_tapered


def test_it_is_enabled_by_name_and_not_by_class(
    shipped: Shipped, clinic: Clinic, licence: Prescriber, by: Actor
) -> None:
    enable_for_taper(shipped("prednisone-tablet"), clinic=clinic, by=by, at=NOON)
    dexamethasone = add_medicine(
        clinic=clinic,
        facts=OWN | {"substance": "dexamethasone", "name": "Dexamethasone", "medicine_class": "corticosteroid"},
        strengths=strengths("1 mg"),
        by=by,
        at=NOON,
    )
    assert not may_be_tapered_in(clinic, dexamethasone)
    own_prednisone = add_medicine(
        clinic=clinic,
        facts=OWN | {"substance": "Prednisone", "name": "Prednisone", "medicine_class": "corticosteroid"},
        strengths=strengths("3 mg"),
        by=by,
        at=NOON,
    )
    assert may_be_tapered_in(clinic, own_prednisone), "the same ingredient, whoever sells it"


def test_without_strengths_nothing_is_tapered(shipped: Shipped, clinic: Clinic, licence: Prescriber, by: Actor) -> None:
    prednisolone = shipped("prednisolone")
    enable_for_taper(prednisolone, clinic=clinic, by=by, at=NOON)
    assert not may_be_tapered_in(clinic, prednisolone)


def test_enabling_twice_is_enabling_once(shipped: Shipped, clinic: Clinic, licence: Prescriber, by: Actor) -> None:
    first = enable_for_taper(shipped("prednisone-tablet"), clinic=clinic, by=by, at=NOON)
    assert enable_for_taper(shipped("prednisone-tablet"), clinic=clinic, by=by, at=LATER) == first
    assert EnabledSubstance.objects.count() == 1


def test_it_is_ended_and_may_be_enabled_again(
    shipped: Shipped, clinic: Clinic, licence: Prescriber, by: Actor, dr_cho: User
) -> None:
    prednisone = shipped("prednisone-tablet")
    enable_for_taper(prednisone, clinic=clinic, by=by, at=NOON)
    ended = disable_for_taper(prednisone, clinic=clinic, by=by, at=LATER)
    assert ended is not None
    assert (ended.ended_at, ended.ended_by_kind, ended.ended_by_code) == (LATER, "staff", dr_cho.code)
    assert not may_be_tapered_in(clinic, prednisone)
    assert disable_for_taper(prednisone, clinic=clinic, by=by, at=LATER) is None
    enable_for_taper(prednisone, clinic=clinic, by=by, at=LATER)
    assert EnabledSubstance.objects.count() == 2, "what was is kept"


def test_only_a_licensed_member_of_this_clinic_enables(
    shipped: Shipped, clinic: Clinic, other_clinic: Clinic, licence: Prescriber, admin: Actor, assistant_1: User,
    dr_cho: User, dr_dee: User,
) -> None:  # fmt: skip
    prednisone = shipped("prednisone-tablet")
    for who in (
        admin,
        staff_in(clinic, assistant_1),
        staff_in(clinic, make_member(clinic, "practitioner_9@example.org", Role.PRACTITIONER)),
        staff_in(other_clinic, dr_dee),
        staff_in(other_clinic, dr_cho),
        for_system(),
    ):
        with pytest.raises(NotLicensed, match="licensed to sign for this class"):
            enable_for_taper(prednisone, clinic=clinic, by=who, at=NOON)
        with pytest.raises(NotAllowed):
            disable_for_taper(prednisone, clinic=clinic, by=who, at=NOON)
    assert not EnabledSubstance.objects.exists()


def test_a_licence_for_another_class_does_not_count(
    shipped: Shipped, clinic: Clinic, licence: Prescriber, by: Actor
) -> None:
    with pytest.raises(NotLicensed):
        enable_for_taper(shipped("warfarin"), clinic=clinic, by=by, at=NOON)


def test_when_nobody_is_licensed_any_more_a_practitioner_can_still_end_it(
    shipped: Shipped, clinic: Clinic, licence: Prescriber, by: Actor, admin: Actor, assistant_1: User
) -> None:
    prednisone = shipped("prednisone-tablet")
    enable_for_taper(prednisone, clinic=clinic, by=by, at=NOON)
    other = staff_in(clinic, make_member(clinic, "practitioner_9@example.org", Role.PRACTITIONER))
    with pytest.raises(NotLicensed):
        disable_for_taper(prednisone, clinic=clinic, by=other, at=LATER)
    end_prescriber(licence, by=admin, at=LATER)
    with pytest.raises(NotAllowed):
        disable_for_taper(prednisone, clinic=clinic, by=staff_in(clinic, assistant_1), at=LATER)
    assert disable_for_taper(prednisone, clinic=clinic, by=other, at=LATER) is not None


def test_what_needs_no_enabling_or_is_not_offered_is_refused(
    shipped: Shipped, clinic: Clinic, other_clinic: Clinic, dr_cho: User, dr_dee: User, admin: Actor, by: Actor
) -> None:
    add_prescriber(
        clinic, name="Dr Cho", user=dr_cho, licence_number="B-1", licensed_classes=["PPI", "SSRI"], by=admin, at=NOON
    )
    with pytest.raises(MedicineRefused, match="nothing to enable"):
        enable_for_taper(shipped("omeprazole-capsule"), clinic=clinic, by=by, at=NOON)
    theirs = add_medicine(
        clinic=other_clinic,
        facts=OWN | {"substance": "sertraline", "medicine_class": "SSRI"},
        strengths=strengths("50 mg"),
        by=staff_in(other_clinic, dr_dee),
        at=NOON,
    )
    with pytest.raises(MedicineRefused, match="not offered in this clinic"):
        enable_for_taper(theirs, clinic=clinic, by=by, at=NOON)


def test_each_clinic_sees_its_own_enabling(
    shipped: Shipped, clinic: Clinic, licence: Prescriber, by: Actor, dr_cho: User, dr_dee: User
) -> None:
    enable_for_taper(shipped("prednisone-tablet"), clinic=clinic, by=by, at=NOON)
    assert EnabledSubstance.objects.visible_to(dr_cho).count() == 1
    assert EnabledSubstance.objects.visible_to(dr_dee).count() == 0
