"""Her calendar on paper, and a private address that she makes, renews and ends. It names nothing unless she says so."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from icalendar import Calendar

from clinics.actor import Actor
from clinics.models import User
from gutclinic.logs import WithoutSecrets
from patients.actor import acting_patient
from patients.models import CalendarFeed, Patient, Taper
from patients.models.private_links import feed_token
from patients.services.tapers import stopping
from patients.services.tapers.own_calendar import choose_detail, make_feed
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day
from tests.portal.conftest import SignedIn
from tests.portal.reading import forms_of, text_of
from tests.portal.visits import Visit, VisitOn

TELLING = ("omeprazole", "capsule", " mg", "dose", "taper", "gut", "lindenhof", "angela")


@pytest.fixture
def feed(angela: Patient) -> CalendarFeed:
    return make_feed(angela, by=acting_patient(angela), at=NOON)


def path_of(feed: CalendarFeed) -> str:
    return f"/calendar/{feed_token(feed)}.ics"


def page_of(page: Visit) -> str:
    response = page.client.get(f"/portal/{page.patient.code}/calendar/")
    assert response.status_code == 200
    return response.content.decode()


def change(page: Visit, name: str, html: str | None = None) -> str:
    """Press this button of the page, and return the page that it leads to."""
    forms = [form for form in forms_of(html or page_of(page)) if form.action.endswith("/calendar/")]
    sent = forms[0].fields | {"change": name}
    response = page.client.post(forms[0].action, sent, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def address_on(html: str) -> str:
    """The path of the address that stands on the page; empty if none does."""
    found = re.search(r'<input id="address" readonly value="([^"]+)"', html)
    if found is None:
        return ""
    assert found[1].startswith(settings.PUBLIC_URL)
    return urlsplit(found[1]).path


def titles(content: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]


# --- On paper -------------------------------------------------------------------------------------------------


def test_the_calendar_is_printed_from_this_week_on(visit: VisitOn, taper: Taper) -> None:
    page = visit(31)
    response = page.client.get(page.address("calendar.pdf"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="calendar-{page.patient.code}.pdf"'
    assert "no-store" in response["Cache-Control"]
    pdf = Pdf(response.content)
    # Day 31 is Wednesday 10 February; day 112 is Sunday 2 May: twelve weeks are left, four on a page.
    assert len(pdf.pages) == 3
    assert "8 Feb" in pdf.pages[0].words
    assert taper.versions.get().code in pdf.pages[0].words


def test_both_papers_are_offered_and_no_other(visit: VisitOn) -> None:
    page = visit(31)
    links = re.findall(r'href="([^"]+calendar\.pdf\?paper=[^"]+)"', page_of(page))
    assert [link.partition("=")[2] for link in links] == ["a4", "us-letter"]
    for link in links:
        assert page.client.get(link).content.startswith(b"%PDF")
    assert page.client.get(page.address("calendar.pdf"), {"paper": "napkin"}).status_code == 404


def test_nothing_left_to_print_is_said(visit: VisitOn, taper: Taper, price: Actor) -> None:
    stopping.revoke(taper, instruction="Take 20 mg.", by=price, at=on_day(30))
    page = visit(31)
    response = page.client.get(page.address("calendar.pdf"), follow=True)
    assert "There is no signed schedule with dates to print." in text_of(response.content.decode())


def test_a_stranger_prints_nothing(
    taper: Taper, angela: Patient, ben: Patient, dr_cho: User, signed_in: SignedIn
) -> None:
    for user in (ben.user, dr_cho):
        response = signed_in(user).get(f"/portal/{angela.code}/steps/{taper.code}/calendar.pdf")
        assert response.status_code == 404
    outside = signed_in(None).get(f"/portal/{angela.code}/steps/{taper.code}/calendar.pdf")
    assert outside["Location"].startswith("/account/login/code/")


def test_what_is_not_signed_is_not_printed(sent_taper: Taper, angela: Patient, signed_in: SignedIn) -> None:
    response = signed_in(angela.user).get(f"/portal/{angela.code}/steps/{sent_taper.code}/calendar.pdf")
    assert response.status_code == 404


# --- The address on her page ------------------------------------------------------------------------------------


def test_she_makes_an_address_and_it_opens(visit: VisitOn) -> None:
    page = visit(1)
    assert address_on(page_of(page)) == ""
    html = change(page, "make")
    content = Client().get(address_on(html)).content
    assert titles(content)
    assert f'href="webcal://{settings.PUBLIC_URL.partition("://")[2]}{address_on(html)}"' in html


def test_a_double_tap_makes_one(visit: VisitOn) -> None:
    page = visit(1)
    html = page_of(page)
    assert address_on(change(page, "make", html)) == address_on(change(page, "make", html))
    assert CalendarFeed.objects.count() == 1


def test_a_new_address_ends_the_old_one_and_a_double_tap_makes_one(visit: VisitOn) -> None:
    page = visit(1)
    html = change(page, "make")
    old = address_on(html)
    new = address_on(change(page, "renew", html))
    assert new != old
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    assert address_on(change(page, "renew", html)) == new
    assert CalendarFeed.objects.count() == 2


def test_she_ends_it(visit: VisitOn) -> None:
    page = visit(1)
    html = change(page, "make")
    ended = change(page, "end", html)
    assert address_on(ended) == ""
    assert Client().get(address_on(html)).status_code == 404
    assert "opens nothing any more" in text_of(change(page, "end", html)), "a second tap says the same"


def test_it_names_what_she_takes_only_if_she_says_so(visit: VisitOn) -> None:
    page = visit(1)
    html = change(page, "make")
    neutral = Client().get(address_on(html)).content.decode().lower()
    assert not [word for word in TELLING if word in neutral]
    html = change(page, "show-detail")
    assert "Its entries name what you take." in text_of(html)
    assert any("omeprazole" in title.lower() for title in titles(Client().get(address_on(html)).content))
    html = change(page, "hide-detail")
    assert not any("omeprazole" in title.lower() for title in titles(Client().get(address_on(html)).content))


def test_it_carries_the_times_of_her_day_only_if_she_asks_for_them(visit: VisitOn) -> None:
    page = visit(1)
    html = change(page, "make")
    assert "Add the times of my day" in text_of(html)
    assert b"at 7:00" not in Client().get(address_on(html)).content
    html = change(page, "show-times")
    assert "It carries the times of your day, for two weeks ahead, as “Your plan: 3 things at 7:00”." in text_of(html)
    content = Client().get(address_on(html)).content
    assert b"SUMMARY:Your plan: 1 thing at 7:00" in content
    assert not [word for word in TELLING if word in content.decode().lower()]
    html = change(page, "hide-times")
    assert b"at 7:00" not in Client().get(address_on(html)).content


def test_a_page_of_an_ended_address_changes_nothing(visit: VisitOn) -> None:
    page = visit(1)
    html = change(page, "make")
    change(page, "end", html)
    text = text_of(change(page, "show-detail", html))
    assert "This calendar address was ended already. Make a new one." in text
    assert not CalendarFeed.objects.get().shows_detail


def test_a_button_that_is_none_does_nothing(visit: VisitOn) -> None:
    assert "There is no such button." in text_of(change(visit(1), "explode"))
    assert CalendarFeed.objects.count() == 0


def test_without_a_taper_the_page_says_nothing_of_one(plan: object, angela: Patient, signed_in: SignedIn) -> None:
    html = signed_in(angela.user).get(f"/portal/{angela.code}/calendar/").content.decode()
    assert "omeprazole" not in html.lower()
    assert ".pdf" not in html


def test_the_page_is_hers_alone(
    angela: Patient, ben: Patient, dr_cho: User, feed: CalendarFeed, signed_in: SignedIn
) -> None:
    for user in (ben.user, dr_cho):
        client = signed_in(user)
        assert client.get(f"/portal/{angela.code}/calendar/").status_code == 404
        sent = {"change": "end", "feed": feed.code}
        assert client.post(f"/portal/{angela.code}/calendar/", sent).status_code == 404
    feed.refresh_from_db()
    assert feed.revoked_at is None


# --- The address itself -----------------------------------------------------------------------------------------


def test_whoever_holds_it_sees_it_without_signing_in_and_without_a_cookie(taper: Taper, feed: CalendarFeed) -> None:
    response = Client().get(path_of(feed))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response["Cache-Control"]
    assert "cookie" not in response.get("Vary", "").lower()
    assert not response.cookies
    assert response["X-Robots-Tag"] == "noindex"


def test_a_cookie_changes_nothing(taper: Taper, feed: CalendarFeed, ben: Patient, signed_in: SignedIn) -> None:
    response = signed_in(ben.user).get(path_of(feed))
    assert titles(response.content) == titles(Client().get(path_of(feed)).content)
    assert not response.cookies


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_it_is_only_looked_at(taper: Taper, feed: CalendarFeed, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert getattr(client, method)(path_of(feed)).status_code == 404
    assert Client().head(path_of(feed)).status_code == 200


def test_every_other_address_is_the_same_404(taper: Taper, feed: CalendarFeed) -> None:
    token = feed_token(feed)
    code, _, seal = token.partition("-")
    nobodys = Client().get("/calendar/0000000000-" + "0" * 40 + ".ics")
    for other in (
        f"/calendar/{code}.ics",
        f"/calendar/{code}-.ics",
        f"/calendar/{code}-{seal[:-1]}.ics",
        f"/calendar/{code}-{seal.upper()}x.ics",
        f"/calendar/{seal}.ics",
        f"/calendar/{token}%00.ics",
        "/calendar/é.ics",
        f"/calendar/{token}",
        "/calendar/.ics",
    ):
        response = Client().get(other)
        assert response.status_code == 404, other
        assert response.content == nobodys.content
        assert not response.cookies


def test_before_the_first_signature_it_is_empty(sent_taper: Taper, feed: CalendarFeed) -> None:
    assert titles(Client().get(path_of(feed)).content) == []


def test_no_log_has_its_secret(
    taper: Taper, feed: CalendarFeed, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.handler.addFilter(WithoutSecrets())
    caplog.set_level(logging.DEBUG)
    seal = feed_token(feed).partition("-")[2]
    Client().get(path_of(feed))
    Client().post(path_of(feed))
    Client().get(f"/calendar/{feed_token(feed)}")
    monkeypatch.setattr("patients.portal.calendars.feed_bytes", _fail)
    client = Client(raise_request_exception=False)
    assert client.get(path_of(feed)).status_code == 500
    said = [caplog.handler.format(record) for record in caplog.records if record.name != "django.db.backends"]
    assert any(f"/calendar/{feed.code}-…" in line for line in said)
    assert seal not in "\n".join(line.splitlines()[0] for line in said)


def _fail(*args: object, **kwargs: object) -> bytes:
    raise RuntimeError("planted")


def test_it_costs_the_same_however_long_the_story(
    taper: Taper,
    feed: CalendarFeed,
    angela: Patient,
    travel: time_machine.Traveller,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    choose_detail(feed, shows_detail=True, by=acting_patient(angela))
    travel.move_to(NOON + timedelta(days=40), tick=False)
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        Client().get(path_of(feed))
