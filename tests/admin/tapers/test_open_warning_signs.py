"""Warning signs that nobody has reviewed stand first, whatever has become of the taper; a review says who and when."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.actor import acting_patient
from patients.models import Patient, RedFlagReport, Taper, TaperEnd
from patients.services.tapers import stopping, using
from patients.services.tapers.drawing_up import Draft
from protocols.domain.terms import AlertRoute
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import taper_address
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day

GROUP = "Warning sign open: review it"


@pytest.fixture
def angelas_draft(angelas_draft: Draft, request: pytest.FixtureRequest) -> Draft:
    """With the way in which Dr Price wants to hear of a sign: by email unless a test says otherwise."""
    return replace(angelas_draft, alert_route=getattr(request, "param", AlertRoute.EMAIL))


@pytest.fixture
def report(taper: Taper, angela: Patient) -> RedFlagReport:
    return using.report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=NOON)


def first_page(client: Client) -> str:
    return text_of(client.get(reverse("admin:index")))


def test_it_says_which_sign_and_since_when_and_is_one_click_from_its_review(
    cho: Client, taper: Taper, report: RedFlagReport
) -> None:
    page = cho.get(reverse("admin:index"))
    assert f"{GROUP} The list Angela" in text_of(page)
    assert "bloody or black stools, reported on 4 January 2027 · Omeprazole" in text_of(page)
    assert f'href="{taper_address(taper, "red_flag", report.code)}"' in page.content.decode()


def test_it_stands_before_everything_else(cho: Client, taper: Taper, report: RedFlagReport) -> None:
    """Also before what a plan wants: the first heading after the title of the page."""
    body = cho.get(reverse("admin:index")).content.decode()
    assert 'id="group-1">Warning sign open: review it' in body


def test_of_a_taper_that_ended_too(cho: Client, taper: Taper, report: RedFlagReport, by: Actor) -> None:
    now = Taper.objects.get()
    stopping.stop(now, end=TaperEnd.PATIENTS_CHOICE, instruction="Call us.", by=by, at=on_day(3), revision=now.revision)
    assert 'id="group-1">Warning sign open: review it' in cho.get(reverse("admin:index")).content.decode()
    listed = cho.get(reverse("admin:patients_taper_changelist"), {"state": "red-flag"})
    assert taper.code in listed.content.decode().partition('id="result_list"')[2]


def test_a_review_is_written_down_with_who_and_when(cho: Client, taper: Taper, report: RedFlagReport) -> None:
    address = taper_address(taper, "red_flag", report.code)
    cho.post(address, {"because": "Seen today: iron tablets."})
    assert GROUP not in first_page(cho)
    report.refresh_from_db()
    assert (report.cleared_by_kind, report.cleared_at) == ("staff", NOON)
    page = text_of(cho.get(taper_address(taper)))
    assert "4 January 2027: bloody or black stools. Reviewed by dr_cho," in page
    assert "12:00: “Seen today: iron tablets.”" in page


def test_it_is_shown_although_the_signed_bytes_were_altered(cho: Client, taper: Taper, report: RedFlagReport) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE patients_taperversion SET sha256 = %s", ["0" * 64])
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    page = text_of(cho.get(taper_address(taper)))
    assert "What is stored is not what was signed" in page
    assert "Warning sign reported on 4 January 2027: bloody or black stools." in page


@pytest.mark.parametrize("angelas_draft", [AlertRoute.TELEPHONE], indirect=True)
def test_where_the_clinic_is_to_telephone_the_number_stands_beside_the_sign(
    cho: Client, dr_price: Prescriber, taper: Taper, report: RedFlagReport
) -> None:
    Prescriber.objects.filter(pk=dr_price.pk).update(telephone="+49 30 777")
    words = "As agreed, telephone Dr Price at once: +49 30 777"
    assert words in first_page(cho)
    assert words in text_of(cho.get(taper_address(taper)))
    cho.post(taper_address(taper, "red_flag", report.code), {"because": "Seen today."})
    assert words not in text_of(cho.get(taper_address(taper)))
