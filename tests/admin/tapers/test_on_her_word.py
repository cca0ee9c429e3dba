"""What she tells by telephone is written down by staff: by the services she uses, with who wrote it and how it came."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.actor import acting_patient
from patients.models import DiaryEntry, Patient, RedFlagReport, Taper, UseReport
from patients.services.tapers import using
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.lives import day
from tests.fixtures.tapers import on_day


@pytest.fixture
def running(taper: Taper, clock: time_machine.Traveller) -> Taper:
    """It is day 5."""
    clock.move_to(on_day(5))
    return taper


def write(client: Client, taper: Taper, page: str, **said: Any) -> Any:
    address = taper_address(taper, page)
    return client.post(address, filled_in(client.get(address)) | said, follow=True)


def test_a_day_of_the_diary(cho: Client, running: Taper, dr_cho: Any) -> None:
    done = write(cho, running, "diary", told="telephone", on=day(4).isoformat(), symptoms="4", rescue_doses="0")
    assert "Written down for 14 January 2027." in text_of(done)
    entry = DiaryEntry.objects.get()
    assert (entry.on, entry.symptoms, entry.rescue_doses) == (day(4), 4, 0)
    assert (entry.by_kind, entry.by_code, entry.told) == ("staff", dr_cho.code, "telephone")
    assert "the clinic, told by telephone" in text_of(cho.get(taper_address(running)))


def test_what_is_left_empty_is_not_recorded(cho: Client, running: Taper) -> None:
    write(cho, running, "diary", told="in-person", symptoms="2", rescue_doses="")
    assert DiaryEntry.objects.get().rescue_doses is None


def test_her_own_word_is_shown_before_it_is_replaced(cho: Client, running: Taper, angela: Patient) -> None:
    using.write_diary(
        running, on=day(5), symptoms=3, rescue_doses=1, note="Pizza", by=acting_patient(angela), at=on_day(5)
    )
    asked = write(cho, running, "diary", told="telephone", rescue_doses="2")
    assert "15 January 2027: symptoms 3 of 10, rescue doses 1, “Pizza”; written by the patient." in text_of(asked)
    assert "Enter the whole day as it is to stand" in text_of(asked)
    assert DiaryEntry.objects.get().rescue_doses == 1
    cho.post(taper_address(running, "diary"), filled_in(asked) | {"symptoms": "3"})
    standing = DiaryEntry.objects.get(replaced_at__isnull=True)
    assert (standing.symptoms, standing.rescue_doses, standing.told) == (3, 2, "telephone")
    assert DiaryEntry.objects.filter(replaced_at__isnull=False, by_kind="patient").count() == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"told": ""}, "This field is required."),
        ({"symptoms": "11"}, "Symptoms are a number from 0, none, to 10"),
        ({"symptoms": "-1"}, "Symptoms are a number from 0, none, to 10"),
        ({"rescue_doses": "51"}, "The number of rescue doses is from 0 to 50."),
        ({"on": "2026-12-01"}, "The diary takes today and the two weeks before it."),
        ({"on": "2027-01-16"}, "The diary takes today and the two weeks before it."),
        ({"symptoms": "", "rescue_doses": ""}, "Write at least one thing of that day."),
    ],
)
def test_a_day_that_cannot_be_writes_nothing(cho: Client, running: Taper, said: dict[str, str], sentence: str) -> None:
    refused = write(cho, running, "diary", **({"told": "telephone", "symptoms": "4"} | said))
    assert sentence in text_of(refused)
    assert not DiaryEntry.objects.exists()


@pytest.mark.parametrize("kind", ["stopped", "faster", "back-up", "no-supply"])
def test_what_she_takes_and_how_the_clinic_heard_it(cho: Client, running: Taper, dr_cho: Any, kind: str) -> None:
    write(cho, running, "use", told="in-writing", kind=kind, since=day(3).isoformat(), note="On holiday.")
    report = UseReport.objects.get()
    assert (report.kind, report.since, report.told, report.by_code) == (kind, day(3), "in-writing", dr_cho.code)
    page = text_of(cho.get(taper_address(running)))
    assert "said on 15 January 2027 to the clinic in a letter or message" in page


def test_use_is_not_written_without_how_it_was_heard(cho: Client, running: Taper) -> None:
    assert "This field is required." in text_of(write(cho, running, "use", kind="stopped"))
    assert not UseReport.objects.exists()


def test_a_warning_sign_told_by_telephone_alerts_as_hers_does(cho: Client, running: Taper) -> None:
    # Whoever has her on the telephone reads first where she gets help.
    page = cho.get(taper_address(running, "warning"))
    assert "Call the emergency number now, or have somebody take you" in text_of(page)
    write(cho, running, "warning", told="telephone", flags=["bloody-stool"])
    report = RedFlagReport.objects.get()
    assert (report.flags, report.by_kind, report.told) == (["bloody-stool"], "staff", "telephone")
    kinds = set(running.reminders.filter(kind="red-flag").values_list("recipient_kind", flat=True))
    assert kinds == {"staff", "prescriber"}
    # The signature allows it: the dose stays.
    assert Taper.objects.get().status == "held"
    assert "Warning sign reported on 15 January 2027 by telephone: bloody or black stools." in text_of(
        cho.get(taper_address(running))
    )


def test_a_warning_sign_of_a_taper_that_ended(cho: Client, running: Taper) -> None:
    Taper.objects.update(status="stopped", ended_on=day(5), end="symptoms")
    assert "Write down a warning sign" in text_of(cho.get(taper_address(running)))
    assert "Write a day of the diary" not in text_of(cho.get(taper_address(running)))
    write(cho, running, "warning", told="telephone", flags=["weight-loss"])
    assert RedFlagReport.objects.exists()
    assert 'id="group-1">Warning sign open: review it' in cho.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("page", ["diary", "warning", "use"])
def test_an_assistant_writes_nothing_and_a_stranger_finds_nothing(
    assistant: Client, dee: Client, running: Taper, page: str
) -> None:
    assert assistant.get(taper_address(running, page)).status_code in {302, 403}
    assert dee.get(taper_address(running, page)).status_code == 404
