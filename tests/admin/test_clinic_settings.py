"""The clinic's own settings."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic

SENT = {
    "name": "Lindenhof practice",
    "message_name": "Lindenhof",
    "zone": "Europe/Berlin",
    "telephone": "",
    "paper": "a4",
}


def save(manager: Client, clinic: Clinic, **changes: str) -> Any:
    return manager.post(reverse("admin:clinics_clinic_change", args=[clinic.code]), SENT | changes)


@pytest.mark.parametrize("name", ["A\nBcc: x@example.org", "A\rB", "A\tB", "A\x7fB", "A\u2028B", "A\u0085B"])
def test_the_sender_of_messages_stands_on_one_line(manager: Client, clinic: Clinic, name: str) -> None:
    before = clinic.message_name
    page = save(manager, clinic, message_name=name)
    assert page.context["adminform"].form.errors["message_name"] == [
        "Write it on one line, without control characters."
    ]
    clinic.refresh_from_db()
    assert clinic.message_name == before


def test_the_sender_of_messages_may_be_any_name(manager: Client, clinic: Clinic) -> None:
    assert save(manager, clinic, message_name="Praxis Müller – 1. Stock").status_code == 302
    clinic.refresh_from_db()
    assert clinic.message_name == "Praxis Müller – 1. Stock"


def test_the_paper_is_a4_until_somebody_chooses_letter(manager: Client, clinic: Clinic) -> None:
    assert clinic.paper == "a4"
    assert save(manager, clinic, paper="us-letter").status_code == 302
    clinic.refresh_from_db()
    assert clinic.paper == "us-letter"
    assert save(manager, clinic, paper="foolscap").status_code == 200
