"""Held, resumed, stopped: every date is shown before and after, and what was shown is what is done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import User
from patients.actor import acting_patient
from patients.models import (
    Patient,
    RedFlagReport,
    Reminder,
    SourceKind,
    Taper,
    TaperHold,
    Transition,
    UseKind,
)
from patients.models.taper_course import course_of
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import holding
from patients.services.tapers.using import report_red_flags, report_use
from protocols.domain.medicines import MedicineClass
from tests.admin.conftest import hidden, text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.tapers import FIRST_DAY, on_day

Move = Callable[..., Any]


@pytest.fixture
def confirm() -> Move:
    """Open the page of a move, fill it in and confirm what it shows: confirm(client, taper, "hold", reason="…")."""

    def make(client: Client, taper: Taper, name: str, **typed: str) -> Any:
        address = taper_address(taper, "move", name)
        page = client.get(address)
        assert page.status_code == 200, page
        return client.post(address, filled_in(page) | typed | {"_confirm": "1"})

    return make


@pytest.fixture
def running(taper: Taper, angela: Patient, clock: time_machine.Traveller) -> Taper:
    """On its thirtieth day; she said each time that she has changed."""
    for day in (1, 29):
        report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(day))
    clock.move_to(on_day(30))
    return Taper.objects.get(pk=taper.pk)


@pytest.fixture
def desk(running: Taper, sign_in: Callable[[User], Client], dr_cho: User) -> Client:
    """dr_cho, who has signed in that day: a session does not last for weeks."""
    return sign_in(dr_cho)


def test_it_is_held_and_resumed_without_a_new_signature(
    desk: Client, running: Taper, confirm: Move, clock: time_machine.Traveller
) -> None:
    assert "Day 30 of 112 · 10 mg before breakfast · next change on 8 March" in text_of(
        desk.get(taper_address(running))
    )
    shown = text_of(desk.get(taper_address(running, "move", "hold")))
    assert "10 mg before breakfast 8 February 2027 – 7 March 2027 8 February 2027, until it is resumed" in shown
    assert "10 mg before breakfast every 2 days 8 March 2027 – 4 April 2027 no date yet waits" in shown
    answer = confirm(desk, running, "hold", reason="Travelling.")
    assert answer["Location"] == taper_address(running)
    running.refresh_from_db()
    assert running.status == "held"
    clock.move_to(on_day(37))
    words = text_of(desk.get(taper_address(running)))
    assert "On hold since 9 February, day 8 of at most 28 · the practitioner holds it · 10 mg before breakfast" in words
    shown = text_of(desk.get(taper_address(running, "move", "resume")))
    # Seven days later than it was to be.
    assert "8 February 2027, until it is resumed 8 February 2027 – 14 March 2027 has its dates again" in shown
    assert "every 2 days no date yet 15 March 2027 – 11 April 2027 has its dates again" in shown
    confirm(desk, running, "resume")
    taper = Taper.objects.get(pk=running.pk)
    assert taper.status == "active"
    assert taper.versions.count() == 1
    assert course_of(taper).ends_on == FIRST_DAY + timedelta(days=111 + 7)
    assert "(7 days): The practitioner holds it, “Travelling.”" in text_of(desk.get(taper_address(taper)))


def test_looking_changes_nothing(desk: Client, running: Taper) -> None:
    def everything() -> list[Any]:
        rows = [model.objects.order_by("pk") for model in (Taper, TaperHold, Transition, Reminder)]
        return [list(each.values_list()) for each in rows]

    before = everything()
    address = taper_address(running, "move", "hold")
    desk.post(address, filled_in(desk.get(address)) | {"reason": "?", "_preview": "1"})
    desk.get(taper_address(running, "extend"))
    desk.get(taper_address(running, "step_back"))
    assert everything() == before


def test_dates_that_were_not_shown_are_not_confirmed(
    desk: Client, running: Taper, confirm: Move, clock: time_machine.Traveller
) -> None:
    confirm(desk, running, "hold", reason="Travelling.")
    address = taper_address(running, "move", "resume")
    clock.move_to(on_day(35))
    page = filled_in(desk.get(address))
    # The page lay open over night: everything would come a day later than it says.
    clock.move_to(on_day(36))
    again = desk.post(address, page | {"_confirm": "1"})
    assert "With what you entered, this is how it comes out." in text_of(again)
    running.refresh_from_db()
    assert running.status == "held"
    desk.post(address, page | {"_confirm": "1", "shown": hidden(again, "shown")})
    running.refresh_from_db()
    assert running.status == "active"


def test_who_moves_it_at_the_same_time_is_told(desk: Client, running: Taper, by: Actor) -> None:
    address = taper_address(running, "move", "stop")
    page = filled_in(desk.get(address))
    holding.hold(running, reason="Meanwhile.", by=by, at=on_day(30), revision=running.revision)
    typed = {"end": "symptoms", "instruction": "Go on with 10 mg.", "_confirm": "1"}
    again = desk.post(address, page | typed)
    assert "This taper has just been changed. Look at it again, then decide." in text_of(again)
    assert "Go on with 10 mg." in text_of(again)
    running.refresh_from_db()
    assert running.status == "held"


def test_what_is_not_legal_leads_back_with_a_sentence(desk: Client, running: Taper) -> None:
    answer = desk.get(taper_address(running, "move", "resume"), follow=True)
    assert "A taper that is active cannot be resumed." in text_of(answer)
    assert desk.get(taper_address(running, "move", "no-such-move")).status_code == 404
    assert desk.get(taper_address(running, "move", "start")).status_code == 404
    page = desk.get(taper_address(running)).content.decode()
    assert taper_address(running, "move", "hold") in page
    assert taper_address(running, "move", "resume") not in page
    assert taper_address(running, "draft") not in page


def test_stopping_asks_for_what_she_reads(desk: Client, running: Taper, confirm: Move) -> None:
    refused = confirm(desk, running, "stop", end="symptoms")
    assert "Write what the patient is to do now, as she will read it." in text_of(refused)
    confirm(desk, running, "stop", end="symptoms", instruction="Stay at 10 mg and call us.")
    running.refresh_from_db()
    assert (running.status, running.end, running.instruction) == (
        "stopped",
        "symptoms",
        "Stay at 10 mg and call us.",
    )
    words = text_of(desk.get(taper_address(running)))
    assert "Stopped on 9 February · Symptoms came back" in words
    assert "What the patient reads Stay at 10 mg and call us." in words


def test_what_should_never_have_been_there_says_why(desk: Client, running: Taper, confirm: Move) -> None:
    assert "This field is required." in text_of(confirm(desk, running, "enter-in-error"))
    confirm(desk, running, "enter-in-error", reason="Another patient’s.")
    running.refresh_from_db()
    assert running.status == "entered-in-error"
    assert "“Another patient’s.”" in text_of(desk.get(taper_address(running)))


def test_a_warning_sign_is_reviewed_before_it_is_resumed(desk: Client, running: Taper, angela: Patient) -> None:
    report_red_flags(running, flags=["vomiting-blood"], by=acting_patient(angela), at=on_day(30))
    running.refresh_from_db()
    assert running.status == "held"
    refused = desk.get(taper_address(running, "move", "resume"), follow=True)
    assert "A warning sign is open. Record first what the clinical review found." in text_of(refused)
    page = desk.get(taper_address(running))
    assert "Warning sign reported on 9 February 2027: vomiting blood." in text_of(page)
    report = RedFlagReport.objects.get()
    address = taper_address(running, "red_flag", report.code)
    assert address in page.content.decode()
    assert "This field is required." in text_of(desk.post(address, {"because": ""}))
    desk.post(address, {"because": "Seen by dr_cho the same day; a nosebleed."})
    report.refresh_from_db()
    assert report.cleared_because == "Seen by dr_cho the same day; a nosebleed."
    assert "“Seen by dr_cho the same day; a nosebleed.”" in text_of(desk.get(taper_address(running)))
    assert desk.get(taper_address(running, "move", "resume")).status_code == 200
    assert "reviewed already" in text_of(desk.get(address, follow=True))


def test_what_the_software_holds_a_practitioner_takes_over(
    desk: Client, running: Taper, angela: Patient, confirm: Move
) -> None:
    report_red_flags(running, flags=["swallowing"], by=acting_patient(angela), at=on_day(30))
    page = desk.get(taper_address(running))
    assert "a warning sign was reported" in text_of(page)
    assert "Hold it yourself" in text_of(page)
    confirm(desk, running, "hold", reason="Until the endoscopy.")
    assert TaperHold.objects.get().reason_kind == "clinician"
    assert "Hold it yourself" not in text_of(desk.get(taper_address(running)))


def test_a_plan_stays_open_as_long_as_its_taper(cho: Client, taper: Taper) -> None:
    address = reverse("admin:patients_plan_move", args=[taper.plan.code, "complete"])
    answer = cho.get(address, follow=True)
    refused = "A taper of this plan is still open. Stop it first, or mark it as entered in error"
    assert refused in text_of(answer)
    taper.plan.refresh_from_db()
    assert taper.plan.status == "active"


def test_the_clinic_writes_down_what_she_says(cho: Client, taper: Taper, clock: time_machine.Traveller) -> None:
    clock.move_to(on_day(4))
    taper.refresh_from_db()
    assert "It is not known whether the schedule is followed." in text_of(cho.get(taper_address(taper)))
    address = taper_address(taper, "use")
    page = filled_in(cho.get(address)) | {"told": "telephone"}
    assert "That day has not come yet." in text_of(cho.post(address, page | {"kind": "changed", "since": "2027-03-01"}))
    cho.post(address, page | {"kind": "changed", "note": "By telephone."})
    words = text_of(cho.get(taper_address(taper)))
    assert "whether the schedule is followed" not in words
    assert "Yes, I have changed “By telephone.” since 14 January 2027, said on 14 January 2027 to the clinic" in words


def test_what_she_has_at_home_is_said_to_be_short_in_time(
    cho: Client, taper: Taper, clock: time_machine.Traveller
) -> None:
    clock.move_to(on_day(1))
    address = taper_address(taper, "supply")
    page = filled_in(cho.get(address))
    assert "The number of units is from 0 to 10,000" in text_of(cho.post(address, page | {"count": "10.3"}))
    cho.post(address, page | {"strength": "20 mg", "count": "10", "is_all": "all"})
    words = text_of(cho.get(taper_address(taper)))
    assert "The 20 mg units at home are not enough from 21 January 2027 on: 18 are missing to the end." in words
    assert "11 January 2027: 10 × 20 mg, all there was." in words


def test_another_strength_stands_in_where_that_was_signed(
    cho: Client, taper: Taper, clock: time_machine.Traveller
) -> None:
    clock.move_to(on_day(2))
    address = taper_address(taper, "substitute")
    page = cho.get(address)
    assert "2 × 10 mg (delayed-release capsule) for 1 × 20 mg" in text_of(page)
    answer = cho.post(address, filled_in(page) | {"choice": "20 mg:0"})
    assert answer["Location"] == taper_address(taper)
    assert "1 × 20 mg is taken as 2 × 10 mg from 12 January 2027." in text_of(cho.get(taper_address(taper)))
    again = cho.get(address)
    assert "20 mg is there again: take it as signed" in text_of(again)
    cho.post(address, filled_in(again) | {"choice": "20 mg:back"})
    assert course_of(Taper.objects.get(pk=taper.pk)).doses_on(FIRST_DAY + timedelta(days=5))[0].units[0].count == 1


def test_a_new_risk_of_bleeding_is_said_on_the_page(
    cho: Client, taper: Taper, angela: Patient, by: Actor, clock: time_machine.Traveller
) -> None:
    assert "makes bleeding more likely" not in text_of(cho.get(taper_address(taper)))
    clock.move_to(on_day(2))
    source = Source(kind=SourceKind.PATIENT, as_of=on_day(2).date())
    add_medicine(angela, name="Ibuprofen", medicine_class=MedicineClass.NSAID, source=source, by=by, at=on_day(2))
    words = text_of(cho.get(taper_address(taper)))
    assert "New in the record since the signature: Ibuprofen. It makes bleeding more likely" in words


def test_rebound_is_counted_from_the_day_on_which_she_really_stopped(
    cho: Client, taper: Taper, angela: Patient, clock: time_machine.Traveller
) -> None:
    """As on her own page: on the schedule the last dose would come months later."""
    report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(3))
    clock.move_to(on_day(6))
    words = text_of(cho.get(taper_address(taper)))
    assert "Day 4 since, by the patient’s word, “I stopped”: symptoms may come from acid rebound" in words


def test_whoever_has_stopped_is_watched_once_a_practitioner_says_so(
    desk: Client, running: Taper, angela: Patient, confirm: Move
) -> None:
    assert taper_address(running, "move", "watch") not in desk.get(taper_address(running)).content.decode()
    report_use(running, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(30))
    running.refresh_from_db()
    assert "Watch: the patient has stopped" in text_of(desk.get(taper_address(running)))
    confirm(desk, running, "watch")
    running.refresh_from_db()
    assert running.status == "watching"
    assert "Watching" in text_of(desk.get(taper_address(running)))
