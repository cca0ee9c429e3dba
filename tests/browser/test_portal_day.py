"""The patient's day in a real browser: on a phone, without JavaScript, in light and dark, for every reader."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor, for_system
from clinics.models import Clinic, User
from patients.actor import acting_patient
from patients.models import Intake, Patient, Plan
from patients.services import plan_moves
from patients.services.assign import assign
from patients.services.day.saying_rhythm import set_rhythm
from protocols.domain.amount import Amount
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.packs import load_pack
from protocols.services.templates import publish
from tests.browser.portal_visits import let_in, live_at_noon, now
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser

AMOUNTS = {
    "digestive-enzymes": "1 {capsule}",
    "probiotic": "10 10*9.[CFU]",
    "vitamin-d": "1000 [iU]",
    "magnesium": "200 mg",
}


@pytest.fixture
def shipped_plan(live_server: LiveServer, clinic: Clinic, dr_cho: User, by: Actor, angela: Patient) -> Plan:
    """The shipped protocol as a patient meets it, seven weeks after its first day."""
    at = now()
    today = live_at_noon(angela, at=at)
    clinic.telephone = "+49 30 123 45 67"
    clinic.save()
    load_catalogue(by=for_system(), at=at)
    version = publish(load_pack("five-phase", clinic=clinic, by=by, at=at).version, by=by, at=at)
    plan = assign(
        angela,
        version,
        starts_on=today - timedelta(days=50),
        practitioner=dr_cho,
        request_key="shipped",
        by=by,
        at=at,
    )
    amounts = {order.code: Amount.parse(AMOUNTS[order.key]) for order in plan.orders.all() if order.needs_amount}
    return plan_moves.activate(plan, by=by, at=at, revision=plan.revision, amounts=amounts)


def visit(page: Page, server: LiveServer, patient: Patient) -> Page:
    assert patient.user is not None
    let_in(page, server, patient.user)
    page.goto(f"/portal/{patient.code}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Angela")
    return page


def test_a_morning_is_recorded_and_taken_back_without_javascript(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, page_without_javascript: Page
) -> None:
    page = visit(page_without_javascript, live_server, angela)
    breakfast = page.get_by_role("article", name="7:30 · breakfast")
    expect(breakfast).to_contain_text("not recorded")
    breakfast.get_by_role("button", name="I took these").click()
    expect(breakfast).to_contain_text(re.compile("Recorded at 1[23]:"))
    expect(breakfast.get_by_role("button", name="I took these")).to_have_count(0)
    assert Intake.objects.standing().count() == breakfast.get_by_role("listitem").count() > 0
    breakfast.get_by_role("button", name="Undo ,").click()
    expect(breakfast).to_contain_text("not recorded")
    assert Intake.objects.standing().count() == 0


def test_the_page_comes_back_to_where_it_was_tapped(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, phone_page: Page
) -> None:
    page = visit(phone_page, live_server, angela)
    page.get_by_role("article", name="22:30 · bedtime").get_by_role("button").click()
    expect(page.get_by_role("article", name="22:30 · bedtime")).to_contain_text("Recorded at")
    expect(page.get_by_role("article", name="22:30 · bedtime")).to_be_in_viewport()


def test_what_was_tapped_is_seen_although_its_time_has_moved_meanwhile(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, phone_page: Page
) -> None:
    page = visit(phone_page, live_server, angela)
    button = page.get_by_role("article", name="7:30 · breakfast").get_by_role("button", name="I took these")
    button.scroll_into_view_if_needed()
    set_rhythm(
        angela,
        wakes_at=time(8),
        breakfast_at=time(9),
        lunch_at=time(13),
        dinner_at=time(19),
        sleeps_at=time(23),
        by=acting_patient(angela),
        at=now(),
    )
    button.click()
    said = page.get_by_role("status")
    expect(said).to_have_text("Recorded.")
    expect(said).to_be_in_viewport()
    expect(page.get_by_role("article", name="9:00 · breakfast")).to_contain_text(re.compile("Recorded at 1[23]:"))


def test_the_journey_is_an_image_with_a_name_and_a_table_beside_it(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, page_without_javascript: Page
) -> None:
    page = visit(page_without_javascript, live_server, angela)
    expect(page.get_by_role("img", name="Your phases over time")).to_be_visible()
    expect(page.get_by_role("table")).to_be_hidden()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("rowheader", name="Repair")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_everybody_can_read_the_page(
    live_server: LiveServer,
    shipped_plan: Plan,
    angela: Patient,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    phone: bool,
    scheme: str,
) -> None:
    page = make_page(phone=phone)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit(page, live_server, angela)
    page.get_by_role("article", name="7:30 · breakfast").get_by_role("button", name="I took these").click()
    expect(page.get_by_role("article", name="7:30 · breakfast")).to_contain_text("Recorded at")
    assert_accessible(page)
    screenshot(page, f"portal-{'phone' if phone else 'desktop'}-{scheme}")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert_accessible(page)


@pytest.mark.parametrize("state", ["none", "on-hold", "completed"])
def test_everybody_can_read_that_there_is_nothing_to_do(
    live_server: LiveServer,
    angela: Patient,
    activate_plan: Callable[..., Plan],
    by: Actor,
    phone_page: Page,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    state: str,
) -> None:
    at = now()
    today = live_at_noon(angela, at=at)
    if state != "none":
        plan = activate_plan(angela, starts_on=today - timedelta(days=40), at=at)
        move = plan_moves.hold if state == "on-hold" else plan_moves.complete
        move(plan, by=by, at=at, revision=plan.revision)
    page = visit(phone_page, live_server, angela)
    words = {
        "none": "Your practitioner is preparing your plan.",
        "on-hold": "Your plan is resting",
        "completed": "Your plan is complete",
    }
    expect(page.get_by_text(words[state])).to_be_visible()
    assert_accessible(page)
    screenshot(page, f"portal-{state}")


def test_everything_to_tap_is_large_enough_for_a_thumb(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, phone_page: Page
) -> None:
    page = visit(phone_page, live_server, angela)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    small = page.evaluate(
        """[...document.querySelectorAll('button, summary, a:not(.skip)')]
            .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44)
            .map(([text, box]) => `${text}: ${box.width} × ${box.height}`)"""
    )
    assert small == []


@pytest.mark.parametrize("width", [320, 412])
def test_nothing_is_wider_than_a_small_phone(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, phone_page: Page, width: int
) -> None:
    order = shipped_plan.orders.get(key="probiotic")
    order.name = "Lactobacillusrhamnosusgorbachgoldin" * 3
    order.save()
    phone_page.set_viewport_size({"width": width, "height": 700})
    page = visit(phone_page, live_server, angela)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_keyboard_shows_where_it_is(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, desktop_page: Page
) -> None:
    page = visit(desktop_page, live_server, angela)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    expect(page.get_by_text("Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Sign out")
    assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    assert focused.evaluate("each => parseFloat(getComputedStyle(each).outlineWidth)") >= 2


def test_whoever_wants_no_motion_has_none(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, phone_page: Page
) -> None:
    phone_page.emulate_media(reduced_motion="reduce")
    page = visit(phone_page, live_server, angela)
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].map(each => getComputedStyle(each))
            .filter(style => parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none').length"""
    )
    assert moving == 0


def test_a_printed_page_has_the_day_and_nothing_to_tap(
    live_server: LiveServer, shipped_plan: Plan, angela: Patient, phone_page: Page
) -> None:
    page = visit(phone_page, live_server, angela)
    page.emulate_media(media="print", color_scheme="light")
    expect(page.get_by_role("heading", name="7:30 · breakfast")).to_be_visible()
    expect(page.get_by_text("Digestive enzymes").first).to_be_visible()
    expect(page.get_by_role("img", name="Your phases over time")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
