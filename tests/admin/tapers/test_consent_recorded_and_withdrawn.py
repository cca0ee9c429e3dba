"""Her consent is recorded on one page and withdrawn on another: sent twice, neither does what the other is for."""

from django.test import Client

from clinics.actor import Actor
from patients.models import ContactConsent, Taper
from patients.services.tapers.consent import give_consent, withdraw_consent
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.personae import NOON, TODAY


def test_recorded_twice_it_stands(cho: Client, draft_taper: Taper) -> None:
    address = taper_address(draft_taper, "consent")
    typed = filled_in(cho.get(address)) | {"how": "Signed form of 3 January"}
    cho.post(address, typed)
    again = cho.post(address, typed, follow=True)
    assert "The consent is recorded already." in text_of(again)
    consent = ContactConsent.objects.get()
    assert (consent.how, consent.withdrawn_at) == ("Signed form of 3 January", None)


def test_opened_again_the_page_asks_nothing(cho: Client, draft_taper: Taper, consent: ContactConsent) -> None:
    answer = cho.get(taper_address(draft_taper, "consent"))
    assert answer["Location"] == taper_address(draft_taper)


def test_it_is_withdrawn_on_a_page_of_its_own(cho: Client, draft_taper: Taper, consent: ContactConsent) -> None:
    address = taper_address(draft_taper, "consent_withdrawn")
    assert address in cho.get(taper_address(draft_taper)).content.decode()
    page = cho.get(address)
    assert "every link is dead, those that were used included" in text_of(page)
    assert cho.post(address, {}).status_code == 200
    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    cho.post(address, filled_in(page))
    consent.refresh_from_db()
    assert consent.withdrawn_at == NOON
    again = cho.post(address, filled_in(page), follow=True)
    assert "No consent is recorded that could be withdrawn." in text_of(again)


def test_while_it_runs_the_page_says_how_the_prescriber_is_heard_then(cho: Client, taper: Taper) -> None:
    words = text_of(cho.get(taper_address(taper, "consent_withdrawn")))
    assert "Dr Price can then hold it, let it go on or take the agreement back by telephone or on paper alone" in words


def test_a_page_of_an_earlier_consent_withdraws_no_later_one(
    cho: Client, draft_taper: Taper, consent: ContactConsent, by: Actor
) -> None:
    address = taper_address(draft_taper, "consent_withdrawn")
    old = filled_in(cho.get(address))
    withdraw_consent(consent, by=by, at=NOON)
    newer = give_consent(consent.patient, consent.prescriber, given_on=TODAY, how="Signed anew", by=by, at=NOON)
    answer = cho.post(address, old, follow=True)
    assert "another one is recorded since" in text_of(answer)
    newer.refresh_from_db()
    assert newer.withdrawn_at is None
