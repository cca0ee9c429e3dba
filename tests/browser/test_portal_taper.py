"""A medicine that comes down, in a real browser: on a phone, without JavaScript, light and dark, for every reader."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor, for_system
from clinics.models import Clinic
from patients.actor import acting_patient
from patients.models import Patient, RedFlagReport, Taper, UseKind
from patients.services.tapers import holding, looking_after, stopping, using
from patients.services.tapers.own_calendar import make_feed
from tests.browser.portal_visits import let_in
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser

Clock = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def on(live_server: LiveServer, clinic: Clinic) -> Clock:
    """Return what lets it be noon of the taper’s day so-and-so, with a clock that goes on: `with on(30): …`."""
    clinic.telephone = "+49 30 123 45 67"
    clinic.save()

    @contextmanager
    def day(number: int) -> Iterator[None]:
        with time_machine.travel(on_day(number), tick=True):
            yield

    return day


@pytest.fixture
def followed(taper: Taper) -> Callable[[int], Taper]:
    """Return what lets Angela take it as planned until that day, and write most evenings."""

    def follow(number: int) -> Taper:
        herself = acting_patient(taper.plan.patient)
        for first in (1, 29, 57, 85):
            if first < number:
                using.report_use(taper, kind=UseKind.CHANGED, by=herself, at=on_day(first))
        if number > 112:
            looking_after.look_after(taper, by=for_system(), at=on_day(number))
        for back in range(1, 14):
            if back % 5:
                using.write_diary(
                    taper,
                    on=civil(number - back),
                    symptoms=(back * 3) % 8,
                    rescue_doses=int(back % 4 == 0),
                    by=herself,
                    at=on_day(number),
                )
        return Taper.objects.get(pk=taper.pk)

    return follow


def civil(number: int) -> date:
    return FIRST_DAY + timedelta(days=number - 1)


def visit(page: Page, server: LiveServer, patient: Patient, path: str = "") -> Page:
    assert patient.user is not None
    let_in(page, server, patient.user)
    page.goto(f"/portal/{patient.code}/{path}")
    return page


def pages_of(taper: Taper) -> dict[str, str]:
    steps = f"steps/{taper.code}/"
    return {
        "today": "",
        "steps": steps,
        "diary": f"{steps}diary/",
        "warning": f"{steps}warning/",
        "calendar": "calendar/",
    }


def test_a_day_of_it_without_javascript(
    live_server: LiveServer, on: Clock, taper: Taper, angela: Patient, page_without_javascript: Page
) -> None:
    with on(29):
        page = visit(page_without_javascript, live_server, angela)
        medicine = page.get_by_role("article", name="Omeprazole")
        expect(medicine.get_by_role("img", name="Picture: one capsule of 10 mg")).to_be_visible()
        expect(medicine).to_contain_text("From today on it is one capsule of 10 mg before breakfast, every day.")
        medicine.get_by_role("button", name=re.compile("^Yes")).click()
        expect(medicine).to_contain_text("You told us that you take it as planned.")
        expect(medicine).to_be_in_viewport()

        medicine.get_by_role("link", name="How is today?").click()
        page.get_by_role("radio", name="3", exact=True).check(force=True)
        page.get_by_label("How many doses of Alginate").fill("1")
        page.get_by_role("button", name="Write it down").click()
        expect(page.get_by_role("row", name=re.compile("Today"))).to_contain_text("3")

        page.get_by_role("link", name="Back to your steps").click()
        expect(page.get_by_role("img", name="Your steps over time")).to_be_visible()
        page.get_by_label("Capsules of 10 mg").fill("14")
        page.get_by_role("button", name=re.compile("^Save.*10 mg")).click()
        expect(page.get_by_text("14 counted on Monday 8 February.")).to_be_visible()

        page.get_by_role("link", name="I have a warning sign").click()
        page.get_by_label("My stool is bloody").check()
        page.get_by_role("button", name="Tell my clinic").click()
        expect(page.get_by_text("This can be bleeding in the gut.")).to_be_in_viewport()
        page.get_by_role("link", name="Today").click()
        expect(page.get_by_text("This can be bleeding in the gut.")).to_be_in_viewport()
        expect(page.get_by_role("article", name="Omeprazole")).to_contain_text("Stay at this dose until we tell you.")
    assert RedFlagReport.objects.count() == 1


def test_a_calendar_is_made_printed_and_ended_without_javascript(
    live_server: LiveServer, on: Clock, taper: Taper, angela: Patient, page_without_javascript: Page
) -> None:
    with on(29):
        page = visit(page_without_javascript, live_server, angela, f"steps/{taper.code}/")
        page.get_by_role("link", name="To your calendar").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Omeprazole, A4 (PDF)").click()
        assert download.value.suggested_filename == f"calendar-{angela.code}.pdf"
        page.get_by_role("button", name="Make a private address").click()
        address = page.get_by_label("Your private address").input_value()
        assert address.endswith(".ics")
        page.get_by_role("button", name="Name what I take").click()
        expect(page.get_by_text("Its entries name what you take.")).to_be_visible()
        page.get_by_role("button", name="End this address").click()
        expect(page.get_by_role("button", name="Make a private address")).to_be_visible()


def test_one_tap_says_that_she_stopped(
    live_server: LiveServer, on: Clock, followed: Callable[[int], Taper], angela: Patient, phone_page: Page
) -> None:
    followed(40)
    with on(40):
        page = visit(phone_page, live_server, angela)
        medicine = page.get_by_role("article", name="Omeprazole")
        medicine.get_by_text("I take something else").click()
        medicine.get_by_role("button", name="I stopped").click()
        expect(medicine).to_contain_text("You told us: “I stopped”, since today.")
        expect(medicine.get_by_text("What was signed for today")).to_be_visible()
        expect(medicine.get_by_text("Today: one capsule of 10 mg before breakfast.")).to_be_hidden()
        medicine.get_by_role("button", name="I take it as planned").click()
        expect(medicine).to_contain_text("You told us that you take it as planned.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_everybody_can_read_its_pages(
    live_server: LiveServer,
    on: Clock,
    followed: Callable[[int], Taper],
    angela: Patient,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    phone: bool,
    scheme: str,
) -> None:
    taper = followed(57)
    make_feed(angela, by=acting_patient(angela), at=on_day(57))
    with on(57):
        page = make_page(phone=phone)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for name, path in pages_of(taper).items():
            visit(page, live_server, angela, path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert_accessible(page)
            screenshot(page, f"taper-{name}-{'phone' if phone else 'desktop'}-{scheme}")
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            assert_accessible(page)


STATES = ["before", "unknown", "off-day", "held", "left", "warning", "rescue", "watching", "revoked"]


@pytest.mark.parametrize("state", STATES)
def test_everybody_can_read_what_is_particular(
    live_server: LiveServer,
    on: Clock,
    taper: Taper,
    followed: Callable[[int], Taper],
    angela: Patient,
    by: Actor,
    price: Actor,
    phone_page: Page,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    state: str,
) -> None:
    number = {"before": -3, "unknown": 32, "off-day": 58, "watching": 120}.get(state, 40)
    if state not in {"before", "unknown"}:
        taper = followed(number)
    herself, at = acting_patient(angela), on_day(number)
    if state == "held":
        holding.hold(taper, reason="Travelling", by=by, at=at, revision=taper.revision)
    elif state == "left":
        using.report_use(taper, kind=UseKind.STOPPED, since=civil(36), by=herself, at=at)
    elif state == "warning":
        using.report_red_flags(taper, flags=["chest-pain", "weight-loss"], by=herself, at=at)
    elif state == "rescue":
        for back in range(4):
            using.write_diary(taper, on=civil(number - back), symptoms=6, rescue_doses=2, by=herself, at=at)
    elif state == "revoked":
        stopping.revoke(taper, instruction="Take 20 mg every morning, and call me on Friday.", by=price, at=at)
    with on(number):
        for name, path in pages_of(taper).items():
            visit(phone_page, live_server, angela, path)
            assert_accessible(phone_page)
            screenshot(phone_page, f"taper-{state}-{name}")


def test_everything_to_tap_is_large_enough_for_a_thumb(
    live_server: LiveServer, on: Clock, followed: Callable[[int], Taper], angela: Patient, phone_page: Page
) -> None:
    taper = followed(40)
    with on(40):
        for name, path in pages_of(taper).items():
            page = visit(phone_page, live_server, angela, path)
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            small = page.evaluate(
                """[...document.querySelectorAll('button, summary, a:not(.skip), .scale label, .signs label')]
                    .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
                    .filter(([, box]) => box.height < 44 || box.width < 44)
                    .map(([text, box]) => `${text}: ${box.width} × ${box.height}`)"""
            )
            assert small == [], name


@pytest.mark.parametrize("width", [320, 375, 412])
def test_nothing_is_wider_than_a_small_phone(
    live_server: LiveServer,
    on: Clock,
    followed: Callable[[int], Taper],
    angela: Patient,
    phone_page: Page,
    width: int,
) -> None:
    taper = followed(115)
    phone_page.set_viewport_size({"width": width, "height": 700})
    with on(115):
        for name, path in pages_of(taper).items():
            page = visit(phone_page, live_server, angela, path)
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_a_keyboard_goes_from_a_point_of_the_drawing_to_its_step(
    live_server: LiveServer, on: Clock, followed: Callable[[int], Taper], angela: Patient, desktop_page: Page
) -> None:
    taper = followed(40)
    with on(40):
        page = visit(desktop_page, live_server, angela, f"steps/{taper.code}/")
        point = page.get_by_role("link", name=re.compile("^Step 3, 8 Mar"))
        point.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        expect(point).to_be_focused()
        assert point.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        expect(page.locator("tr:target")).to_contain_text("One capsule of 10 mg before breakfast, every 2 days")


def test_a_printed_page_has_the_steps_and_nothing_to_tap(
    live_server: LiveServer, on: Clock, followed: Callable[[int], Taper], angela: Patient, phone_page: Page
) -> None:
    taper = followed(40)
    with on(40):
        page = visit(phone_page, live_server, angela, f"steps/{taper.code}/")
        page.emulate_media(media="print", color_scheme="light")
        expect(page.get_by_role("table", name="Your steps with their dates")).to_be_visible()
        expect(page.get_by_role("img", name="Your steps over time")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
