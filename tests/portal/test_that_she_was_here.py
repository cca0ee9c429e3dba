"""A visit to a page of hers is an answer to what she was written, and so is the button behind a link; a look is not."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import User
from patients.models import Heard, MessageGroup, Patient, Plan
from patients.models.private_links import stopping_token
from tests.fixtures.personae import NOON, TODAY

SignedIn = Callable[[User | None], Client]


@pytest.fixture
def unanswered(plan: Plan, angela: Patient) -> Patient:
    """She was written to today, and has not been here since."""
    Heard.objects.create(patient=angela, written_on=TODAY, written_count=1, unanswered_since=TODAY)
    return angela


def answered() -> tuple[datetime | None, bool]:
    """When she was here last, and whether anything waits for an answer."""
    heard = Heard.objects.get()
    return heard.heard_at, heard.unanswered_since is not None


@pytest.mark.parametrize("page", ["home", "messages", "reaching", "my-day", "at-home", "calendar"])
def test_each_page_of_hers_is_a_visit(unanswered: Patient, signed_in: SignedIn, page: str) -> None:
    assert answered() == (None, True)
    assert signed_in(unanswered.user).get(reverse(f"portal:{page}", args=[unanswered.code])).status_code == 200
    assert answered() == (NOON, False)


def test_what_others_open_is_no_visit_of_hers(
    unanswered: Patient, ben: Patient, dr_cho: User, signed_in: SignedIn
) -> None:
    for user in (ben.user, dr_cho, None):
        signed_in(user).get(reverse("portal:home", args=[unanswered.code]))
    signed_in(dr_cho).get(reverse("admin:patients_patient_change", args=[unanswered.code]))
    assert answered() == (None, True)


@pytest.mark.usefixtures("travel")
def test_a_link_that_a_scanner_opens_is_no_word_of_hers_and_its_button_is(unanswered: Patient, client: Client) -> None:
    address = reverse("stop-messages", args=[stopping_token(unanswered.code, MessageGroup.PHASES)])
    assert client.get(address).status_code == client.head(address).status_code == 200
    assert answered() == (None, True)
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert answered() == (NOON, False)
