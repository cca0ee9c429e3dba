"""The record of a patient: written by services, changed without losing what was, and never without a clinic."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.core import mail
from django.core.mail import get_connection
from django.test import Client
from django.urls import reverse

from clinics.admin.meanwhile import mark_of
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import ContactPoint, Patient, Plan, PortalInvitation, Reminder
from patients.services.people import end_contact_point
from patients.services.portal_access import find_portal_invitation
from tests.admin.conftest import hidden, text_of
from tests.fixtures.personae import NOON, make_member, make_patient

# 255 characters, and an address in every other respect.
TOO_LONG = f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.example.org"


def form(**changes: Any) -> dict[str, Any]:
    """A filled-in record without an address."""
    return {
        "given_name": "Patient 017",
        "family_name": "",
        "zone": "Pacific/Auckland",
        "message_time": "09:00",
        "quiet_starts": "21:00",
        "quiet_ends": "08:00",
        "contact_points-TOTAL_FORMS": "1",
        "contact_points-INITIAL_FORMS": "0",
        "contact_points-0-value": "",
    } | changes


def saved(patient: Patient, **changes: Any) -> dict[str, Any]:
    """The same record as its page would send it, with its address."""
    contact = ContactPoint.objects.filter(patient=patient, ended_at=None).first()
    own = form(given_name=patient.given_name, family_name=patient.family_name, zone=patient.zone)
    if contact is not None:
        own |= {
            "contact_points-INITIAL_FORMS": "1",
            "contact_points-0-id": contact.pk,
            "contact_points-0-patient": patient.pk,
            "contact_points-0-value": contact.value,
            "contact_points-0-messages_allowed": "on" if contact.messages_allowed else "",
        }
    stored = admin.site._registry[Patient].stored_values(Patient.objects.get(pk=patient.pk))
    own["values_shown"] = mark_of(stored)
    return {name: value for name, value in (own | changes).items() if value != "" or name.endswith(("name", "value"))}


def address(patient: Patient, page: str = "change") -> str:
    return reverse(f"admin:patients_patient_{page}", args=[patient.code])


def test_a_patient_is_added_with_an_address(cho: Client, clinic: Clinic) -> None:
    sent = form(**{"contact_points-0-value": "patient_017@example.org", "contact_points-0-messages_allowed": "on"})
    answer = cho.post(reverse("admin:patients_patient_add"), sent)
    patient = Patient.objects.get()
    assert answer["Location"] == address(patient)
    assert (patient.clinic, patient.zone, patient.message_time) == (clinic, "Pacific/Auckland", time(9))
    contact = ContactPoint.objects.get()
    assert (contact.patient, contact.value, contact.messages_allowed) == (patient, "patient_017@example.org", True)
    assert patient.history.get().history_date == NOON


def test_a_form_sent_twice_adds_one_patient(cho: Client) -> None:
    add = reverse("admin:patients_patient_add")
    sent = form(**{"nonce": hidden(cho.get(add), "nonce"), "contact_points-0-value": "patient_017@example.org"})
    answers = [cho.post(add, sent) for _ in range(2)]
    patient = Patient.objects.get()
    assert [answer["Location"] for answer in answers] == [address(patient)] * 2
    assert ContactPoint.objects.count() == 1
    # Going back and typing somebody else is another patient.
    cho.post(add, sent | {"given_name": "Patient 018"})
    assert Patient.objects.count() == 2


def test_forms_opened_one_after_the_other_add_a_patient_each(cho: Client) -> None:
    add = reverse("admin:patients_patient_add")
    for _ in range(2):
        cho.post(add, form(nonce=hidden(cho.get(add), "nonce")))
    assert Patient.objects.count() == 2


def test_a_zone_that_does_not_exist_is_a_sentence_at_its_field(cho: Client) -> None:
    page = cho.post(reverse("admin:patients_patient_add"), form(zone="Europe/Atlantis"))
    sentence = "“Europe/Atlantis” is not a time zone. Choose one by its place, such as Europe/Berlin."
    assert page.context["adminform"].form.errors["zone"] == [sentence]
    assert Patient.objects.count() == 0


def test_quiet_hours_longer_than_a_night_are_a_sentence(cho: Client, ben: Patient) -> None:
    page = cho.post(address(ben), saved(ben, quiet_starts="12:00", quiet_ends="08:00"))
    assert page.context["adminform"].form.errors["quiet_ends"]


def test_a_new_zone_dates_what_is_owed_anew(cho: Client, plan: Plan) -> None:
    owed = Reminder.objects.filter(plan=plan, recipient_kind="patient", status="owed")
    before = dict(owed.values_list("key", "send_at"))
    cho.post(address(plan.patient), saved(plan.patient, zone="America/New_York"))
    after = dict(owed.values_list("key", "send_at"))
    assert before
    assert {after[key] - before[key] for key in before} == {timedelta(hours=6)}


def test_a_changed_record_keeps_what_was_and_says_who(cho: Client, ben: Patient, clinic: Clinic) -> None:
    cho.post(address(ben), saved(ben, given_name="Benjamin", zone="Pacific/Auckland"), follow=True)
    words = text_of(cho.get(address(ben, "changes")))
    assert "4 January 2027, 12:00 · dr_cho" in words
    assert "Given name: Ben → Benjamin" in words
    assert "Time zone: Europe/Berlin → Pacific/Auckland" in words
    assert words == text_of(cho.get(address(ben, "history")))


def test_an_address_is_changed_and_ended_but_never_deleted(cho: Client, ben: Patient) -> None:
    cho.post(address(ben), saved(ben, **{"contact_points-0-value": "new@example.org"}))
    contact = ContactPoint.objects.get(patient=ben)
    assert contact.value == "new@example.org"
    cho.post(address(ben), saved(ben, **{"contact_points-0-ends": "on"}))
    contact.refresh_from_db()
    assert contact.ended_at == NOON
    words = text_of(cho.get(address(ben, "changes")))
    assert "Address: ben@example.org → new@example.org" in words
    # The form is empty again: another address may be entered.
    page = cho.get(address(ben))
    assert "new@example.org" not in page.content.decode()
    cho.post(address(ben), saved(ben, **{"contact_points-0-value": "third@example.org"}))
    assert [c.value for c in ContactPoint.objects.filter(patient=ben, ended_at=None)] == ["third@example.org"]


def test_a_delete_mark_sent_by_hand_deletes_nothing(cho: Client, ben: Patient) -> None:
    cho.post(address(ben), saved(ben, **{"contact_points-0-DELETE": "on"}))
    assert ContactPoint.objects.filter(patient=ben, ended_at=None).count() == 1


def test_an_address_of_another_patient_cannot_be_slipped_in(
    cho: Client, ben: Patient, angela: Patient, other_clinic: Clinic
) -> None:
    foreign = make_patient(other_clinic, "Patient 018", email="patient_018@example.org")
    contact = ContactPoint.objects.get(patient=foreign)
    sent = saved(ben) | {"contact_points-0-id": contact.pk, "contact_points-0-value": "stolen@example.org"}
    cho.post(address(ben), sent)
    contact.refresh_from_db()
    assert (contact.value, contact.patient_id) == ("patient_018@example.org", foreign.pk)


def test_a_clinic_one_does_not_work_in_cannot_be_chosen(
    clinic: Clinic, other_clinic: Clinic, sign_in: Callable[[User], Client]
) -> None:
    both = make_member(clinic, "dr_both@example.org", Role.PRACTITIONER)
    third = Clinic.objects.create(name="Third practice", zone="UTC")
    Membership.objects.create(user=both, clinic=other_clinic, role=Role.ASSISTANT.value, started_at=NOON)
    client = sign_in(both)
    page = client.post(reverse("admin:patients_patient_add"), form(clinic=third.pk))
    assert "clinic" in page.context["adminform"].form.errors
    client.post(reverse("admin:patients_patient_add"), form(clinic=other_clinic.pk))
    assert Patient.objects.get().clinic == other_clinic


def test_a_clinic_sent_by_hand_moves_nobody(cho: Client, ben: Patient, other_clinic: Clinic) -> None:
    cho.post(address(ben), saved(ben, clinic=other_clinic.pk))
    ben.refresh_from_db()
    assert ben.clinic != other_clinic


def test_the_list_is_searched_by_name_and_code_and_narrowed(cho: Client, plan: Plan, ben: Patient) -> None:
    where = reverse("admin:patients_patient_changelist")
    assert "Ben" not in text_of(cho.get(where, {"q": "angel"}))
    assert "Angela" in text_of(cho.get(where, {"q": plan.patient.code}))
    assert "Angela" not in text_of(cho.get(where, {"plan": "none"}))
    assert "Ben" in text_of(cho.get(where, {"plan": "none"}))
    assert "Angela" in text_of(cho.get(where, {"plan": "active"}))
    assert "Angela" not in text_of(cho.get(where, {"plan": "on-hold"}))


@pytest.fixture
def uninvited(clinic: Clinic) -> Patient:
    return make_patient(clinic, "Patient 017", email="patient_017@example.org")


def test_an_invitation_goes_out_in_neutral_words(cho: Client, uninvited: Patient) -> None:
    page = cho.get(address(uninvited, "invite"))
    assert 'value="patient_017@example.org"' in page.content.decode()
    answer = cho.post(address(uninvited, "invite"), {"email": "patient_017@example.org"}, follow=True)
    assert "The invitation to patient_017@example.org was sent." in text_of(answer)
    assert "Invited as patient_017@example.org, until 11 January 2027" in text_of(answer)
    [letter] = mail.outbox
    everything = f"{letter.subject} {letter.body} {letter.alternatives[0][0]} {letter.from_email}"
    for telling in ["Lindenhof", "gut", "patient", "clinic@localhost\n", "plan", "phase", "017 "]:
        assert telling not in everything.replace("patient_017@example.org", "").replace("gutclinic", "").replace(
            "/portal/invitation", ""
        ), telling
    link = next(word for word in letter.body.split() if word.startswith("http"))
    *_, code, secret, _ = link.split("/")
    assert find_portal_invitation(code, secret, at=NOON).patient == uninvited


def test_an_address_longer_than_the_column_is_a_sentence(cho: Client, uninvited: Patient) -> None:
    page = cho.post(address(uninvited, "invite"), {"email": TOO_LONG})
    assert page.status_code == 200
    assert "at most 254 characters" in text_of(page)


def test_a_dead_mail_server_invites_nobody_and_says_so(
    cho: Client, uninvited: Patient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(type(get_connection()), "send_messages", refuse)
    page = cho.post(address(uninvited, "invite"), {"email": "patient_017@example.org"})
    assert "The mail server did not take the letter, so nobody was invited." in text_of(page)
    assert "The portal at present: Not invited." in text_of(page)
    invitation = PortalInvitation.objects.get()
    assert not invitation.is_open(NOON)
    assert "could not be sent: ConnectionRefusedError" in caplog.text
    assert "example.org" not in caplog.text
    assert "http" not in caplog.text


def test_whoever_signs_in_already_is_not_invited_again(cho: Client, angela: Patient) -> None:
    assert "Invite to the portal" not in text_of(cho.get(address(angela)))
    page = cho.post(address(angela, "invite"), {"email": "angela@example.org"})
    assert "This patient can sign in already" in text_of(page)
    assert mail.outbox == []


def test_an_ended_address_is_not_suggested(cho: Client, uninvited: Patient, by: Any) -> None:
    end_contact_point(ContactPoint.objects.get(patient=uninvited), by=by, at=NOON)
    assert "patient_017@example.org" not in cho.get(address(uninvited, "invite")).content.decode()
