"""A prescriber who works here signs alone: licensed, shown once more who it is, and having read what is signed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, Prescriber, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber, change_prescriber
from clinics.services.reauthentication import way_to_reauthenticate
from patients.models import Door, Plan, PrescriberAnswer, Signature, Taper
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose, send
from tests.admin.conftest import hidden, text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.personae import NOON, make_member
from tests.fixtures.tapers import NO_STOPS


@pytest.fixture
def licensed(clinic: Clinic, assistant_1: User, by: Actor) -> Prescriber:
    """A colleague with a licence for proton pump inhibitors, who draws up no tapers."""
    admin = make_member(clinic, "clinic_admin_2@example.org", Role.CLINIC_ADMIN)
    return add_prescriber(
        clinic,
        name="Dr Inside",
        user=assistant_1,
        licence_register="Register",
        licence_number="B-1",
        licensed_classes=["PPI"],
        by=staff_in(clinic, admin),
        at=NOON,
    )


@pytest.fixture
def inside(plan: Plan, angelas_draft: Draft, licensed: Prescriber, by: Actor) -> Taper:
    """Waiting for the colleague; one question is open."""
    answers = tuple(answer for answer in NO_STOPS if answer.gate != "G7")
    draft = replace(angelas_draft, prescriber=licensed, answers=answers)
    taper = save_draft(plan, draft, by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.INSIDE, by=by, at=NOON, revision=taper.revision)
    return Taper.objects.get(pk=taper.pk)


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after the code from the mailbox; how that comes about is tested with the page that asks for it."""
    monkeypatch.setattr("patients.admin.tapers.signing.has_just_authenticated", lambda request, at: True)


def test_nobody_else_gets_to_the_page(
    cho: Client, inside: Taper, proved: None, dee: Client, clinic: Clinic, sign_in: Callable[[User], Client]
) -> None:
    refused = cho.get(taper_address(inside, "sign"))
    assert refused.status_code == 403
    assert "Nobody signs for a prescriber." in text_of(refused)
    assert dee.get(taper_address(inside, "sign")).status_code == 404
    assert "Read and sign" not in text_of(cho.get(taper_address(inside)))


def test_it_is_asked_first_who_it_is(assistant: Client, inside: Taper) -> None:
    address = taper_address(inside, "sign")
    for answer in (assistant.get(address), assistant.post(address, {"kind": "agree"})):
        assert answer["Location"] == way_to_reauthenticate(address)
    assert Signature.objects.count() == 0


def test_what_is_signed_was_read_with_the_own_answers(assistant: Client, inside: Taper, proved: None) -> None:
    address = taper_address(inside, "sign")
    assert address in assistant.get(taper_address(inside)).content.decode()
    page = assistant.get(address)
    words = text_of(page)
    assert "Take 1 capsule before breakfast for 28 days" in words
    typed = filled_in(page) | {"kind": "agree"}
    # The open question first.
    assert "These must be answered first: Has a bleeding ulcer" in text_of(assistant.post(address, typed))
    read = assistant.post(address, typed | {"G7": "no"})
    assert "You are about to sign exactly what stands above" in text_of(read)
    assert Signature.objects.count() == 0
    answer = assistant.post(address, filled_in(read) | {"_sign": "1"})
    assert answer["Location"] == taper_address(inside)
    signature = Signature.objects.get()
    assert signature.sha256 == hidden(read, "read")
    assert signature.means.startswith("As the own prescription")
    assert (signature.answer.by_kind, signature.answer.by_user) == ("prescriber", inside.prescriber.user)
    assert "Signed by Dr Inside on 4 January 2027 (signed inside the clinic)." in text_of(
        assistant.get(taper_address(inside))
    )


def test_without_reading_nothing_is_signed(assistant: Client, inside: Taper, proved: None) -> None:
    address = taper_address(inside, "sign")
    typed = filled_in(assistant.get(address)) | {"kind": "agree", "G7": "no", "_sign": "1"}
    for read in ({}, {"read": ""}, {"read": "0" * 64}):
        page = assistant.post(address, typed | read)
        assert "You are about to sign exactly what stands above" in text_of(page)
    assert Signature.objects.count() == 0


def test_another_answer_needs_no_second_look(assistant: Client, inside: Taper, proved: None) -> None:
    address = taper_address(inside, "sign")
    assistant.post(address, filled_in(assistant.get(address)) | {"kind": "i-manage-it"})
    inside.refresh_from_db()
    assert (inside.status, inside.end) == ("stopped", "prescriber-manages")
    assert PrescriberAnswer.objects.get().door == "inside"


def test_a_licence_that_was_taken_away_signs_nothing(
    assistant: Client, inside: Taper, proved: None, clinic: Clinic, licensed: Prescriber
) -> None:
    address = taper_address(inside, "sign")
    read = assistant.post(address, filled_in(assistant.get(address)) | {"kind": "agree", "G7": "no"})
    admin = make_member(clinic, "clinic_admin_3@example.org", Role.CLINIC_ADMIN)
    change_prescriber(licensed, licensed_classes=["H2RA"], by=staff_in(clinic, admin), at=NOON)
    answer = assistant.post(address, filled_in(read) | {"_sign": "1"})
    assert "Your licence in this clinic does not cover this class of medicines." in text_of(answer)
    assert Signature.objects.count() == 0


def test_a_proof_of_an_hour_ago_is_none(
    assistant: Client, inside: Taper, clock: time_machine.Traveller, proved: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = taper_address(inside, "sign")
    read = assistant.post(address, filled_in(assistant.get(address)) | {"kind": "agree", "G7": "no"})
    monkeypatch.undo()
    clock.move_to(NOON + timedelta(hours=1))
    answer: Any = assistant.post(address, filled_in(read) | {"_sign": "1"})
    assert answer["Location"] == way_to_reauthenticate(address)
    assert Signature.objects.count() == 0
