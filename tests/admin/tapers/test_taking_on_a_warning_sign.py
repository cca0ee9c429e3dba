"""“I take it on”: everybody on the staff is offered it, on the first page and on the taper’s own."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, User
from patients.actor import acting_patient
from patients.models import Patient, RedFlagReport, Taper
from patients.services.tapers import using
from patients.services.tapers.taking_on import take_on_red_flag
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day


@pytest.fixture
def report(taper: Taper, angela: Patient) -> RedFlagReport:
    return using.report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=on_day(5))


@pytest.fixture
def address(report: RedFlagReport) -> str:
    return reverse("admin:patients_taper_take_on", args=[report.taper.code, report.code])


def test_an_assistant_takes_it_on_and_everybody_sees_who(
    assistant: Client, cho: Client, report: RedFlagReport, address: str
) -> None:
    assert f'href="{address}"' in assistant.get(reverse("admin:index")).content.decode()
    own = reverse("admin:patients_taper_change", args=[report.taper.code])
    assert "Nobody has taken it on yet. I take it on" in text_of(assistant.get(own))
    page = assistant.get(address)
    assert "bloody or black stools" in text_of(page)
    assert RedFlagReport.objects.get().taken_on_at is None, "looking takes nothing on"
    assert assistant.post(address).status_code == 302
    assert RedFlagReport.objects.get().taken_on_at == NOON
    text = text_of(cho.get(own))
    assert "Taken on by assistant_1, 4 January 2027, 12:00." in text
    assert "Record what the review found" in text
    first = cho.get(reverse("admin:index")).content.decode()
    assert address not in first


def test_a_second_person_is_told_that_somebody_has(cho: Client, assistant: Client, address: str) -> None:
    assistant.post(address)
    answer = cho.post(address, follow=True)
    assert "Somebody has taken on this warning sign already." in text_of(answer)
    assert RedFlagReport.objects.get().taken_on_at == NOON


def test_whoever_clicks_twice_has_taken_it_on(cho: Client, address: str) -> None:
    for _ in range(2):
        assert "You have taken it on." in text_of(cho.post(address, follow=True))


def test_of_two_at_the_same_instant_one_is_told_that_somebody_has(
    cho: Client, clinic: Clinic, assistant_1: User, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one was faster between what this page has read and what it writes."""

    def after_the_other(report: RedFlagReport, *, by: Actor, at: datetime) -> RedFlagReport:
        take_on_red_flag(report, by=staff_in(clinic, assistant_1), at=at)
        return take_on_red_flag(report, by=by, at=at)

    monkeypatch.setattr("patients.admin.tapers.use_pages.take_on_red_flag", after_the_other)
    words = text_of(cho.post(address, follow=True))
    assert "Somebody has taken on this warning sign already." in words
    assert "You have taken it on" not in words
    assert RedFlagReport.objects.get().taken_on_by_code == assistant_1.code


def test_a_stranger_finds_nothing_there(dee: Client, address: str) -> None:
    assert dee.get(address).status_code == dee.post(address).status_code == 404
    assert RedFlagReport.objects.get().taken_on_at is None


def test_there_is_no_such_page_of_another_report(cho: Client, address: str) -> None:
    assert cho.get(address.replace("/warning/", "/warning/X")).status_code == 404
