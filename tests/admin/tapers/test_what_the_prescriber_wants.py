"""A practitioner writes down what the prescriber wants of a taper that runs; one who works here says it in person."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clinics.models import Prescriber, User
from clinics.services.reauthentication import way_to_reauthenticate
from patients.models import PrescriberAnswer, Taper
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.tapers import on_day

BUTTON = "Write down what the prescriber wants"


@pytest.fixture
def running(taper: Taper, clock: time_machine.Traveller) -> Taper:
    """On its tenth day. Ask for it before the clients: they sign in on that day."""
    clock.move_to(on_day(10), tick=False)
    return taper


def write_down(client: Client, taper: Taper, page: str = "wish", **typed: Any) -> Any:
    address = taper_address(taper, page)
    opened = client.get(address)
    assert opened.status_code == 200, opened
    return client.post(address, filled_in(opened) | typed, follow=True)


def test_by_telephone_it_is_held_and_let_go_on(running: Taper, cho: Client) -> None:
    assert taper_address(running, "wish") in cho.get(taper_address(running)).content.decode()
    call = {"kind": "hold", "door": "telephone", "text": "Endoscopy first."}
    assert "Read it back to the prescriber, and tick it." in text_of(write_down(cho, running, **call))
    page = text_of(write_down(cho, running, **call, is_read_back="on"))
    assert "It is on hold. Only the prescriber lets it go on." in page
    assert "Hold it at the current dose version 1, telephone “Endoscopy first.”" in page
    assert "written down by" in page
    running.refresh_from_db()
    assert running.status == "held"
    resume = {"kind": "resume", "door": "telephone", "is_read_back": "on"}
    assert "Compare the version code: it says what goes on." in text_of(write_down(cho, running, **resume))
    page = text_of(write_down(cho, running, **resume, version_code=running.versions.get().code))
    assert "The taper goes on." in page


def test_taken_back_on_paper_the_scan_is_kept(running: Taper, cho: Client) -> None:
    paper = {"kind": "revoke", "door": "fax-or-letter", "text": "Take 20 mg daily."}
    assert "This file is empty. Scan the paper again." in text_of(write_down(cho, running, **paper))
    scan = SimpleUploadedFile("fax.pdf", b"%PDF-1.7 fax")
    page = text_of(write_down(cho, running, **paper, scan=scan))
    assert "The agreement is taken back, and the taper is stopped." in page
    running.refresh_from_db()
    assert (running.end, running.instruction) == ("revoked", "Take 20 mg daily.")
    assert PrescriberAnswer.objects.latest("pk").scan is not None


def test_without_words_the_field_says_so(running: Taper, cho: Client) -> None:
    call = {"kind": "revoke", "door": "telephone", "is_read_back": "on", "text": ""}
    assert "Write what your patient is to do instead" in text_of(write_down(cho, running, **call))


def test_it_is_for_practitioners_and_for_what_runs(running: Taper, cho: Client, assistant: Client, dee: Client) -> None:
    address = taper_address(running, "wish")
    assert (assistant.get(address).status_code, dee.get(address).status_code) == (403, 404)
    assert BUTTON not in text_of(assistant.get(taper_address(running)))
    assert cho.get(taper_address(running, "own_wish")).status_code == 403
    Taper.objects.filter(pk=running.pk).update(status="stopped")
    assert "Nothing that was signed runs now." in text_of(cho.get(address, follow=True))


def test_who_signed_inside_says_it_here(
    running: Taper, cho: Client, assistant: Client, assistant_1: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Prescriber.objects.filter(pk=running.prescriber_id).update(user=assistant_1, email="")
    address = taper_address(running, "own_wish")
    assert assistant.get(address)["Location"] == way_to_reauthenticate(address)
    monkeypatch.setattr("patients.admin.tapers.wishes.has_just_authenticated", lambda request, at: True)
    assert "says it here in person" in text_of(cho.get(taper_address(running, "wish"), follow=True))
    assert address in assistant.get(taper_address(running)).content.decode()
    write_down(assistant, running, "own_wish", kind="hold", text="I want to see her first.")
    answer = PrescriberAnswer.objects.latest("pk")
    assert (answer.kind, answer.door, answer.by_kind, answer.by_user) == ("hold", "inside", "prescriber", assistant_1)
    write_down(assistant, running, "own_wish", kind="resume")
    running.refresh_from_db()
    assert running.status == "active"
