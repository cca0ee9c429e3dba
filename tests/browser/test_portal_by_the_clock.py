"""The day by the clock in a real browser: small phones and desktops, light and dark, with all that it may say."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import DayRhythm, Finding, Intake, Patient, Plan, SourceKind
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.browser.portal_visits import let_in, live_at_noon, now
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser


@pytest.fixture
def full_day(
    live_server: LiveServer, angela: Patient, activate_plan: Callable[..., Plan], dr_price: Prescriber, by: Actor
) -> Plan:
    """Two medicines of the record, and a plan with what moves, what does not fit, and what is for need alone."""
    at = now()
    today = live_at_noon(angela, at=at)
    plan = activate_plan(angela, starts_on=today - timedelta(days=60), at=at)
    source = Source(kind=SourceKind.PATIENT, as_of=today)
    own = {"since": date(2020, 1, 1), "pattern": "daily", "source": source, "by": by, "at": at}
    thyroid = add_medicine(
        angela,
        name="Levothyroxine",
        amount=Amount.parse("50 ug"),
        times_of_day=[Slot.ON_WAKING],
        prescriber=dr_price,
        **own,
    )
    powder = add_medicine(angela, name="Mineral powder", times_of_day=[Slot.WITH_BREAKFAST], **own)
    add_medicine(angela, name="Eye drops", **own)

    def order(name: str, *times: str, amount: str = "1", **fields: object) -> str:
        row = plan.orders.create(
            key=name.lower().replace(" ", "-"),
            name=name,
            item_kind="supplement",
            amount_value=amount,
            amount_unit="{capsule}",
            times_of_day=list(times),
            first_phase=plan.phases.get(key="rebalance"),
            last_phase=plan.phases.get(key="rebalance"),
            evidence="weak",
            source="A test.",
            **({"pattern": "daily"} | fields),
        )
        return row.code

    magnesium = order("Magnesium", "with-breakfast")
    order("Zinc carnosine", "with-breakfast", "with-dinner")
    order("Digestive enzymes", "with-breakfast", "with-lunch", "with-dinner", amount="2")
    order("Vitamin D", "with-breakfast", pattern="weekdays mon,thu")
    order("Alginate", pattern="as needed")
    for code in (magnesium, powder.code):
        Finding.objects.create(
            plan=plan,
            rule="R05",
            rule_version="1",
            facts_key=code,
            severity="SPACE",
            text="Apart.",
            cite="A test.",
            mark="R",
            first_day=today,
            spacing={
                "a": "a",
                "b": "b",
                "a_codes": [thyroid.code],
                "b_codes": [code],
                "before_hours": "4",
                "after_hours": "4",
            },
            opened_at=at,
        )
    return plan


def visit(page: Page, server: LiveServer, patient: Patient) -> Page:
    assert patient.user is not None
    let_in(page, server, patient.user)
    page.goto(f"/portal/{patient.code}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Angela")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_everybody_can_read_a_full_day(
    live_server: LiveServer,
    full_day: Plan,
    angela: Patient,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    phone: bool,
    scheme: str,
) -> None:
    page = make_page(phone=phone)
    if phone:
        page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit(page, live_server, angela)
    expect(page.get_by_text("Magnesium is with lunch: four hours from levothyroxine.")).to_be_visible()
    expect(page.get_by_text("before you change anything.").first).to_be_visible()
    page.get_by_role("button", name="I took only this: Magnesium").click()
    expect(page.get_by_role("button", name="Undo: Magnesium")).to_be_visible()
    page.get_by_role("article", name="18:30 · dinner").get_by_role("button", name="I took these").click()
    expect(page.get_by_role("article", name="18:30 · dinner")).to_contain_text("Recorded at")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, f"portal-day-{'phone' if phone else 'desktop'}-{scheme}")
    page.goto(f"/portal/{angela.code}/my-day/")
    assert_accessible(page)
    screenshot(page, f"portal-my-day-{'phone' if phone else 'desktop'}-{scheme}")


def test_her_times_are_said_and_things_ticked_without_javascript(
    live_server: LiveServer, full_day: Plan, angela: Patient, page_without_javascript: Page
) -> None:
    page = visit(page_without_javascript, live_server, angela)
    page.get_by_role("link", name="Say when you get up, eat and go to bed").click()
    page.get_by_label("I get up at").fill("late")
    page.get_by_role("button", name="Save my times").click()
    expect(page.get_by_label("I get up at")).to_have_value("late")
    expect(page.get_by_text("Write a time such as 7:30.")).to_be_visible()
    page.get_by_label("I get up at").fill("8")
    page.get_by_label("Breakfast at").fill("8.30")
    page.get_by_role("button", name="Save my times").click()
    expect(page.get_by_text("Your times are saved. This is your day now.")).to_be_visible()
    assert DayRhythm.objects.get().breakfast_at.isoformat("minutes") == "08:30"
    lunch = page.get_by_role("article", name="12:30 · lunch")
    lunch.get_by_role("button", name="I took only this: Magnesium").click()
    expect(lunch).to_contain_text("partly recorded")
    assert [intake.order.name for intake in Intake.objects.standing()] == ["Magnesium"]
    lunch.get_by_role("button", name="Undo: Magnesium").click()
    expect(lunch).to_contain_text("not recorded")
    assert Intake.objects.standing().count() == 0


def test_every_ring_is_large_enough_for_a_thumb(
    live_server: LiveServer, full_day: Plan, angela: Patient, phone_page: Page
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
