"""A patient's record is written by several at once: no form takes back what came to be after it was opened."""

import pytest

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import ContactPoint, Patient, Plan
from patients.services.errors import InvalidRequest
from patients.services.people import save_contact_point, save_patient
from patients.services.portal_access import accept_portal_invitation, invite_patient
from tests.fixtures.personae import NOON, make_patient


def test_a_form_opened_before_the_invitation_was_accepted_closes_no_portal(clinic: Clinic, by: Actor) -> None:
    patient = make_patient(clinic, "patient_017")
    invitation, secret = invite_patient(patient, email="patient_017@example.org", by=by, at=NOON)
    form = Patient.objects.get(pk=patient.pk)
    user, _ = accept_portal_invitation(invitation.code, secret, at=NOON)
    form.family_name = "Seventeen"
    saved = save_patient(form, by=by, at=NOON)
    stored = Patient.objects.get(pk=patient.pk)
    assert (stored.family_name, stored.user) == ("Seventeen", user)
    assert saved.user == user
    assert patient.history.latest().user_id == user.pk, "nor does the history say so"


def test_no_form_opens_a_portal(angela: Patient, ben: Patient, by: Actor) -> None:
    angela.user = ben.user
    save_patient(angela, by=by, at=NOON)
    assert Patient.objects.get(pk=angela.pk).user != ben.user


def test_staff_of_another_clinic_cannot_take_a_record_over(angela: Patient, other_clinic: Clinic, dr_dee: User) -> None:
    angela.clinic = other_clinic
    with pytest.raises(NotAllowed):
        save_patient(angela, by=staff_in(other_clinic, dr_dee), at=NOON)


def test_a_record_stays_in_its_clinic(angela: Patient, clinic: Clinic, other_clinic: Clinic, dr_cho: User) -> None:
    Membership.objects.create(user=dr_cho, clinic=other_clinic, role=Role.PRACTITIONER.value, started_at=NOON)
    angela.clinic = other_clinic
    with pytest.raises(InvalidRequest, match="stays in the clinic") as refused:
        save_patient(angela, by=staff_in(clinic, dr_cho), at=NOON)
    assert refused.value.field == "clinic"
    assert Patient.objects.get(pk=angela.pk).clinic == clinic


def test_an_address_stays_with_its_patient(angela: Patient, ben: Patient, by: Actor) -> None:
    contact = ContactPoint.objects.get(patient=angela)
    contact.patient = ben
    with pytest.raises(InvalidRequest, match="stays with its patient"):
        save_contact_point(contact, by=by, at=NOON)


def test_an_address_saved_from_an_old_form_dates_by_the_zone_that_holds_now(
    plan: Plan, angela: Patient, by: Actor
) -> None:
    contact = ContactPoint.objects.select_related("patient").get(patient=angela)
    angela.zone = "Pacific/Auckland"
    save_patient(angela, by=by, at=NOON)
    before = list(plan.reminders.order_by("pk").values_list("send_at", flat=True))
    save_contact_point(contact, by=by, at=NOON)
    assert list(plan.reminders.order_by("pk").values_list("send_at", flat=True)) == before
