"""Longer, a step back, a new recipe: each is drawn up as a version, and counts only once it is signed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from clinics.actor import Actor
from clinics.models import User
from patients.actor import acting_patient
from patients.models import Patient, Taper, UseKind
from patients.models.taper_course import course_of
from patients.services.tapers import holding
from patients.services.tapers.using import report_use
from tests.admin.conftest import hidden, text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.tapers import FIRST_DAY, on_day

BACK_ON = FIRST_DAY + timedelta(days=40)


@pytest.fixture
def running(taper: Taper, angela: Patient, clock: time_machine.Traveller) -> Taper:
    """On its thirty-eighth day."""
    for day in (1, 29):
        report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(day))
    clock.move_to(on_day(38))
    return Taper.objects.get(pk=taper.pk)


@pytest.fixture
def desk(running: Taper, sign_in: Callable[[User], Client], dr_cho: User) -> Client:
    """dr_cho, who has signed in that day: a session does not last for weeks."""
    return sign_in(dr_cho)


def shown_on(client: Client, taper: Taper, page: str, **typed: str) -> Any:
    address = taper_address(taper, page)
    return client.post(address, filled_in(client.get(address)) | typed | {"_preview": "1"})


def confirmed(client: Client, taper: Taper, page: str, **typed: str) -> Any:
    shown = shown_on(client, taper, page, **typed)
    return client.post(taper_address(taper, page), filled_in(shown) | {"_confirm": "1"})


def test_a_step_back_is_shown_drawn_up_sent_and_counts_once_signed(
    desk: Client, running: Taper, sign_taper: Callable[..., Taper]
) -> None:
    shown = text_of(shown_on(desk, running, "step_back", first_day=BACK_ON.isoformat()))
    assert "version 1, which is in force, goes on unchanged" in shown
    assert "20 mg before breakfast not there 20 February 2027 – 19 March 2027 is added" in shown
    answer = confirmed(desk, running, "step_back", first_day=BACK_ON.isoformat(), reason="Symptoms came back.")
    assert answer["Location"] == taper_address(running, "send")
    draft = running.versions.get(status="draft")
    assert draft.reason == "Symptoms came back."
    page = desk.get(taper_address(running))
    assert "Version 2, not signed" in text_of(page)
    assert "Until it is signed, the version in force goes on." in text_of(page)
    send = taper_address(running, "send")
    desk.post(send, filled_in(desk.get(send)) | {"door": "link"})
    running.refresh_from_db()
    assert running.status == "active"
    words = text_of(desk.get(taper_address(running)))
    assert "version 2 waits for Dr Price since 17 February, closes on 10 March (21 days)" in words
    assert str(course_of(Taper.objects.get(pk=running.pk)).doses_on(BACK_ON)[0].amount) == "10 mg"
    taper = sign_taper(running, at=on_day(39))
    assert str(course_of(taper).doses_on(BACK_ON)[0].amount) == "20 mg"
    words = text_of(desk.get(taper_address(taper)))
    assert "2.1" in words
    assert "Counts from 20 February 2027." in words
    assert "put before the prescriber the taper of Omeprazole 17 February" in words
    assert "The prescriber put a new version in force of the taper of Omeprazole" in words


def test_extending_moves_what_follows(desk: Client, running: Taper) -> None:
    shown = text_of(shown_on(desk, running, "extend", first_day=BACK_ON.isoformat(), days="14"))
    assert "8 February 2027 – 7 March 2027 8 February 2027 – 21 March 2027 lasts longer" in shown
    refused = shown_on(desk, running, "extend", first_day=BACK_ON.isoformat(), days="10000")
    assert "A step lasts 1 to 730 days: 10000 is not possible." in text_of(refused)
    early = confirmed(desk, running, "extend", first_day=on_day(38).date().isoformat(), days="7")
    assert "A new version begins tomorrow at the earliest." in text_of(early)
    assert running.versions.count() == 1
    silent = confirmed(desk, running, "extend", first_day=BACK_ON.isoformat(), days="14")
    assert "Say why: the prescriber reads it above the new schedule." in text_of(silent)
    confirmed(desk, running, "extend", first_day=BACK_ON.isoformat(), days="14", reason="Not yet without symptoms.")
    steps = running.versions.get(status="draft").terms().steps
    # Of the second step 16 days were left, and 14 come on top.
    assert [step.days for step in steps] == [30, 28, 28]


def test_days_that_were_not_shown_are_not_drawn_up(desk: Client, running: Taper) -> None:
    shown = shown_on(desk, running, "extend", first_day=BACK_ON.isoformat(), days="14")
    sent = filled_in(shown) | {"days": "21", "reason": "Not yet.", "_confirm": "1"}
    again = desk.post(taper_address(running, "extend"), sent)
    assert "With what you entered, this is how it comes out." in text_of(again)
    assert running.versions.count() == 1
    desk.post(taper_address(running, "extend"), sent | {"shown": hidden(again, "shown")})
    assert running.versions.get(status="draft").terms().steps[0].days == 37


def test_who_moves_it_meanwhile_is_not_overwritten(desk: Client, running: Taper, by: Actor) -> None:
    shown = shown_on(desk, running, "step_back", first_day=BACK_ON.isoformat())
    holding.hold(running, reason="Meanwhile.", by=by, at=on_day(38), revision=running.revision)
    answer = desk.post(taper_address(running, "step_back"), filled_in(shown) | {"_confirm": "1"})
    words = text_of(answer)
    assert "just been changed" in words or "With what you entered" in words
    assert running.versions.count() == 1


def test_a_new_recipe_begins_from_what_is_taken_now(
    desk: Client, running: Taper, type_draft: Callable[..., Any]
) -> None:
    address = taper_address(running, "again")
    page = desk.get(address)
    assert "version 1, which is in force, goes on unchanged" in text_of(page)
    held = filled_in(page)
    assert (held["start-0-slot"], held["start-0-amount"]) == ("before-breakfast", "10 mg")
    assert held["who-planned_first_day"] == on_day(45).date().isoformat()
    own = {
        "recipe-way": "explicit",
        "steps-0-amount": "10 mg",
        "steps-0-pattern": "every 3 days",
        "steps-0-days": "30",
        "who-planned_first_day": held["who-planned_first_day"],
        # The draft proposes the gates that were answered before.
        "gates-asked_source": "dr_cho",
    }
    answer = type_draft(desk, address, own)
    assert answer["Location"] == taper_address(running)
    version = running.versions.get(status="draft")
    assert version.number == 2
    assert [str(step.pattern) for step in version.terms().steps] == ["every 3 days"]
    assert running.versions.get(number=1).status == "in-force"


def test_of_what_was_never_signed_there_is_no_later_version(cho: Client, sent_taper: Taper) -> None:
    for page in ("extend", "step_back", "again"):
        answer = cho.get(taper_address(sent_taper, page), follow=True)
        assert "Only a taper that was signed gets a new version. Change the draft instead." in text_of(answer)
