"""Who guesses at the codes of a link is noticed by the staff."""

from datetime import timedelta

from django.test import Client

from patients.models import LinkCode, SigningRequest, Taper
from patients.services.tapers.link_codes import MOST_TRIES
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import taper_address
from tests.fixtures.personae import NOON


def spend(request: SigningRequest, hour: int) -> None:
    sent = NOON - timedelta(hours=hour)
    LinkCode.objects.create(
        request=request,
        code_hash="x",
        browser_hash="x",
        sent_at=sent,
        expires_at=sent + timedelta(minutes=10),
        wrong_tries=MOST_TRIES,
        ended_at=sent + timedelta(minutes=1),
    )


def test_the_page_says_that_codes_were_guessed_at(cho: Client, sent_taper: Taper) -> None:
    request = SigningRequest.objects.get()
    spend(request, 2)
    assert "Wrong codes were entered" not in text_of(cho.get(taper_address(sent_taper))), "anybody mistypes one"
    spend(request, 1)
    assert "Wrong codes were entered until all tries were over, 2 times" in text_of(cho.get(taper_address(sent_taper)))
