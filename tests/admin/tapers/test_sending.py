"""A version is sent through a door that is open; a closed one says why, and where that is mended."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.test import Client
from django.urls import reverse

from clinics.actor import Actor, staff_in
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.services.confirmations import confirm_address
from clinics.services.prescribers import add_prescriber
from patients.models import ContactConsent, Plan, SigningRequest, Taper
from patients.services.tapers.consent import give_consent
from patients.services.tapers.drawing_up import Draft, save_draft
from tests.admin.conftest import hidden, text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.personae import NOON, TODAY


def send_through(client: Client, taper: Taper, door: str) -> Any:
    address = taper_address(taper, "send")
    return client.post(address, filled_in(client.get(address)) | {"door": door})


def test_without_consent_only_what_she_carries_herself_is_open(cho: Client, draft_taper: Taper) -> None:
    page = cho.get(taper_address(draft_taper, "send"))
    words = text_of(page)
    assert "Record first that the patient agrees to this prescriber being contacted." in words
    assert taper_address(draft_taper, "consent") in page.content.decode()
    assert 'value="carried"' in page.content.decode()
    assert 'value="link"' not in page.content.decode()
    assert send_through(cho, draft_taper, "link").status_code == 200
    assert SigningRequest.objects.count() == 0


def test_consent_is_recorded_and_leads_back_to_sending(cho: Client, draft_taper: Taper) -> None:
    address = taper_address(draft_taper, "consent")
    sent = filled_in(cho.get(address))
    refused = cho.post(address, sent | {"how": "By telephone.", "given_on": "2027-02-01"})
    assert "That day has not come yet." in text_of(refused)
    answer = cho.post(address, sent | {"how": "Signed form of 3 January"})
    assert answer["Location"] == taper_address(draft_taper, "send")
    consent = ContactConsent.objects.get()
    assert (consent.how, consent.given_on.isoformat()) == ("Signed form of 3 January", "2027-01-04")


def test_an_address_that_nobody_confirmed_leads_to_the_prescriber(
    cho: Client, draft_taper: Taper, consent: ContactConsent
) -> None:
    page = cho.get(taper_address(draft_taper, "send"))
    assert "The prescriber’s email address does not count yet" in text_of(page)
    where = reverse("admin:clinics_prescriber_change", args=[draft_taper.prescriber.code])
    assert f'<a href="{where}">Look at the prescriber</a>' in page.content.decode()


def test_the_drafts_author_cannot_confirm_the_address_alone(
    cho: Client, draft_taper: Taper, consent: ContactConsent, by: Actor, assistant_1: User
) -> None:
    confirm_address(draft_taper.prescriber, AddressKind.EMAIL, register="Register", number="1", by=by, at=NOON)
    assert "does not count yet" in text_of(cho.get(taper_address(draft_taper, "send")))


def test_an_address_that_is_the_practitioners_own_is_never_written_to(
    cho: Client, dr_cho: User, plan: Plan, angelas_draft: Draft, clinic: Clinic, by: Actor, assistant_1: User
) -> None:
    """It was somebody else’s when it was entered; then the practitioner took it for the own login."""
    prescriber = add_prescriber(clinic, name="Dr Nobody", email="nobody@example.org", by=by, at=NOON)
    confirm_address(
        prescriber, AddressKind.EMAIL, register="Register", number="1", by=staff_in(clinic, assistant_1), at=NOON
    )
    give_consent(plan.patient, prescriber, given_on=TODAY, how="Form", by=by, at=NOON)
    taper = save_draft(plan, replace(angelas_draft, prescriber=prescriber), by=by, at=NOON)
    assert 'value="link"' in cho.get(taper_address(taper, "send")).content.decode()
    User.objects.filter(pk=dr_cho.pk).update(email="nobody@example.org")
    page = cho.get(taper_address(taper, "send"))
    assert "The prescriber’s email address does not count yet" in text_of(page)
    assert send_through(cho, taper, "link").status_code == 200
    assert SigningRequest.objects.count() == 0


def test_a_draft_is_frozen_and_sent_in_one_step(
    cho: Client, draft_taper: Taper, confirmed_dr_price: Prescriber, consent: ContactConsent
) -> None:
    answer = send_through(cho, draft_taper, "link")
    assert answer["Location"] == taper_address(draft_taper)
    draft_taper.refresh_from_db()
    assert draft_taper.status == "awaiting-signature"
    request = SigningRequest.objects.get()
    assert (request.door, request.address) == ("link", "dr_price@example.org")
    words = text_of(cho.get(taper_address(draft_taper)))
    assert "Waits for Dr Price since 4 January, closes on 25 January (21 days)" in words
    assert "Link by email 1 dr_price@example.org" in words


def test_a_draft_that_changed_meanwhile_is_not_sent(
    cho: Client,
    draft_taper: Taper,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    type_draft: Callable[..., Any],
) -> None:
    address = taper_address(draft_taper, "send")
    sent = filled_in(cho.get(address)) | {"door": "link"}
    type_draft(cho, taper_address(draft_taper, "draft"), {"who-planned_first_day": "2027-01-18"})
    assert "This taper has just been changed." in text_of(cho.post(address, sent))
    draft_taper.refresh_from_db()
    # Even with the right revision, what was not on the screen is not frozen.
    again = cho.post(address, sent | {"revision": str(draft_taper.revision)})
    assert "The draft is not what was shown." in text_of(again)
    assert SigningRequest.objects.count() == 0


def test_it_is_sent_again_another_way(cho: Client, sent_taper: Taper) -> None:
    send_through(cho, sent_taper, "fax-or-letter")
    assert [request.door for request in SigningRequest.objects.order_by("made_at", "pk")] == ["link", "fax-or-letter"]
    assert all(request.is_open for request in SigningRequest.objects.all())


def test_an_assistant_sends_again_but_not_a_draft(
    assistant: Client, sent_taper: Taper, draft_taper: Taper, cho: Client
) -> None:
    assert send_through(assistant, sent_taper, "fax-or-letter").status_code == 302
    cho.post(taper_address(sent_taper, "withdraw"), filled_in(cho.get(taper_address(sent_taper, "withdraw"))))
    refused = assistant.get(taper_address(sent_taper, "send"))
    assert refused.status_code == 403
    assert "A practitioner of this clinic sends a draft for signature" in text_of(refused)


def test_what_waits_is_taken_back(cho: Client, sent_taper: Taper) -> None:
    address = taper_address(sent_taper, "withdraw")
    answer = cho.post(address, filled_in(cho.get(address)) | {"reason": "Another dose."})
    assert answer["Location"] == taper_address(sent_taper)
    sent_taper.refresh_from_db()
    assert sent_taper.status == "draft"
    assert not SigningRequest.objects.get().is_open
    assert "“Another dose.”" in text_of(cho.get(taper_address(sent_taper)))


def test_she_withdraws_her_consent(cho: Client, sent_taper: Taper) -> None:
    address = taper_address(sent_taper, "consent_withdrawn")
    page = cho.get(address)
    assert "Agreed on 4 January 2027: “Signed form in the file”" in text_of(page)
    cho.post(address, filled_in(page))
    assert not SigningRequest.objects.get().is_open
    words = text_of(cho.get(taper_address(sent_taper)))
    assert "That the patient agrees to Dr Price being written to is not recorded." in words


def test_the_letter_is_a_file_of_codes(cho: Client, sent_taper: Taper, draft_taper: Taper) -> None:
    version = sent_taper.versions.get()
    letter = cho.get(taper_address(sent_taper, "letter", version.code))
    assert letter.content.startswith(b"%PDF-")
    assert letter["Content-Disposition"] == f'attachment; filename="taper-{version.code}.pdf"'
    assert letter["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in letter["Cache-Control"]


def test_a_draft_has_no_letter(cho: Client, draft_taper: Taper) -> None:
    assert cho.get(taper_address(draft_taper, "letter", draft_taper.versions.get().code)).status_code == 404


def test_the_page_names_what_is_frozen(cho: Client, draft_taper: Taper) -> None:
    version = draft_taper.versions.get()
    page = cho.get(taper_address(draft_taper, "send"))
    assert hidden(page, "shown") == version.sha256
    assert version.code in text_of(page)
    assert " ".join(version.sha256[start : start + 8] for start in range(0, 64, 8)) in text_of(page)
