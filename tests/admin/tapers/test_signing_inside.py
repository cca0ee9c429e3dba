"""A prescriber who works here signs alone: licensed, shown once more who it is, and having read what is signed."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from enum import StrEnum
from html import unescape
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
from patients.services.tapers.request_content import AnswerLine, GateLine
from patients.services.tapers.request_page import request_content
from patients.services.tapers.requesting import propose, send
from protocols.domain.prescription import Prescription
from tests.admin.conftest import hidden, text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.personae import NOON, TODAY, make_member
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


def test_nobody_is_asked_whether_a_colleague_may_be_written_to(cho: Client, inside: Taper) -> None:
    assert "being written to" not in text_of(cho.get(taper_address(inside)))


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


def said_in(content: Any) -> Iterator[str]:
    """Every text in it that is for reading: no codes of gates and kinds, and why only of what is asked."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, tuple):
        for each in content:
            yield from said_in(each)
    elif is_dataclass(content):
        hidden_names = {"gate", "sha256"}
        if isinstance(content, AnswerLine):
            hidden_names |= {"kind"}
        if isinstance(content, GateLine) and not content.is_asked:
            hidden_names |= {"why", "citation"}
        if isinstance(content, Prescription):
            hidden_names |= {field.name for field in fields(content)} - {"product", "directions", "supply"}
        for field in fields(content):
            if field.name not in hidden_names and not isinstance(value := getattr(content, field.name), StrEnum):
                yield from said_in(value)


def test_all_that_a_prescriber_outside_reads_is_read_inside(assistant: Client, inside: Taper, proved: None) -> None:
    words = unescape(text_of(assistant.get(taper_address(inside, "sign"))))
    content = request_content(inside.versions.get(), today=TODAY)
    missing = [text for text in said_in(content) if " ".join(text.split()) not in words]
    assert missing == []
    assert "Signed today, day one is Monday 11 January 2027." in words
    assert " ".join(content.signature.sha256) in words
    assert inside.versions.get().code in words


def test_the_bytes_can_be_read_word_for_word(assistant: Client, inside: Taper, proved: None) -> None:
    address = taper_address(inside, "sign")
    read = assistant.post(address, filled_in(assistant.get(address)) | {"kind": "agree", "G7": "no"})
    body = unescape(read.content.decode())
    found = re.search(r"word for word</summary><p[^>]*>(.*?)</p>", body)
    assert found is not None
    assert hashlib.sha256(found[1].encode()).hexdigest() == hidden(read, "read")


def test_past_the_latest_first_day_it_says_that_it_cannot_be_signed(
    inside: Taper, proved: None, clock: time_machine.Traveller, sign_in: Callable[[User], Client], assistant_1: User
) -> None:
    clock.move_to(NOON + timedelta(days=60))
    page = sign_in(assistant_1).get(taper_address(inside, "sign"))
    assert "The latest first day of this version has passed" in text_of(page)


@pytest.fixture
def own(plan: Plan, angelas_draft: Draft, clinic: Clinic, dr_cho: User, by: Actor) -> Taper:
    """dr_cho is licensed too, draws up and prescribes: the taper waits for dr_cho."""
    admin = make_member(clinic, "clinic_admin_2@example.org", Role.CLINIC_ADMIN)
    prescriber = add_prescriber(
        clinic,
        name="Dr Cho",
        user=dr_cho,
        licence_register="Register",
        licence_number="C-1",
        licensed_classes=["PPI"],
        by=staff_in(clinic, admin),
        at=NOON,
    )
    taper = save_draft(plan, replace(angelas_draft, prescriber=prescriber), by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.INSIDE, by=by, at=NOON, revision=taper.revision)
    return Taper.objects.get(pk=taper.pk)


def test_one_link_leads_to_other_steps_and_a_new_version(cho: Client, own: Taper, proved: None) -> None:
    change = taper_address(own, "change_steps")
    assert f'href="{change}"' in cho.get(taper_address(own, "sign")).content.decode()
    page = cho.get(change)
    # To look at it answers nothing.
    assert not PrescriberAnswer.objects.exists()
    sheet = cho.post(change, filled_in(page), follow=True)
    assert sheet.redirect_chain[-1][0] == taper_address(own, "draft")
    assert "Change the steps here; you sign the new version." in text_of(sheet)
    answer = PrescriberAnswer.objects.get()
    assert (answer.kind, answer.door, answer.by_kind) == ("agree-with-edits", "inside", "prescriber")
    saved = filled_in(sheet) | {"recipe-way": "strength_ladder", "recipe-days_per_step": "14", "recipe-floor": "10 mg"}
    shown = cho.post(taper_address(own, "draft"), saved | {"_preview": "1"})
    cho.post(taper_address(own, "draft"), saved | {"shown": hidden(shown, "shown"), "_save": "1"})
    own.refresh_from_db()
    assert [(version.number, version.status) for version in own.versions.order_by("number")] == [
        (1, "declined"),
        (2, "draft"),
    ]
    assert own.versions.get(number=2).terms().steps[0].days == 14


def test_the_answer_with_edits_leads_there_too(cho: Client, own: Taper, proved: None) -> None:
    address = taper_address(own, "sign")
    typed = filled_in(cho.get(address)) | {"kind": "agree-with-edits", "text": "Two weeks a step."}
    assert cho.post(address, typed)["Location"] == taper_address(own, "draft")
    assert PrescriberAnswer.objects.get().text == "Two weeks a step."


def test_nobody_else_changes_the_steps_of_a_request(
    cho: Client, assistant: Client, inside: Taper, proved: None
) -> None:
    assert cho.get(taper_address(inside, "change_steps")).status_code == 403
    # Whoever draws up no tapers answers in words, and a practitioner draws up what was asked for.
    assert taper_address(inside, "change_steps") not in assistant.get(taper_address(inside, "sign")).content.decode()


def test_it_is_asked_who_it_is_before_the_steps_are_changed(cho: Client, own: Taper) -> None:
    address = taper_address(own, "change_steps")
    assert cho.get(address)["Location"] == way_to_reauthenticate(address)
    assert cho.post(address, {"text": "Other steps."})["Location"] == way_to_reauthenticate(address)
    assert not PrescriberAnswer.objects.exists()


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
