"""What is typed wrongly into an order is said where it was typed, and nothing of it is ordered."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.models import User
from patients.models import Order, Plan
from tests.browser.portal_visits import let_in
from tests.browser.taper_scenes import at
from tests.fixtures.personae import TODAY

pytestmark = pytest.mark.browser


def test_wrong_amounts_and_days_are_refused_in_words(
    live_server: LiveServer,
    plan: Plan,
    dr_cho: User,
    page_without_javascript: Page,
    desktop_page: Page,
    assert_accessible: Callable[[Page], None],
) -> None:
    before = Order.objects.count()
    with at(TODAY):
        for page in (page_without_javascript, desktop_page):
            let_in(page, live_server, dr_cho)
            page.goto(reverse("admin:patients_plan_change", args=[plan.code]))
            page.get_by_role("link", name="Add an order").click()
            page.get_by_role("link", name="Something that is not in it").click()
            page.get_by_label("What", exact=True).fill("Glutamine")
            page.get_by_label("With breakfast").check()
            page.get_by_label("Who decides").select_option(label="The clinic")
            for value, unit, last_day, words in [
                ("0", "g", "", "more than zero"),
                ("5", "", "", "An amount needs a number and a unit."),
                ("5", "g", "2026-12-31", "gone by"),
                ("5000", "g", "", "Did you mean"),
            ]:
                page.get_by_label("How much each time").fill(value)
                page.get_by_label("Unit").select_option(value=unit)
                page.get_by_label("Last day of its own").fill(last_day)
                page.get_by_role("button", name="Order it").click()
                expect(page.get_by_text(words).first).to_be_visible()
                expect(page.get_by_label("What", exact=True)).to_have_value("Glutamine")
        assert_accessible(desktop_page)
        assert Order.objects.count() == before
        desktop_page.get_by_label("This amount is right").check()
        desktop_page.get_by_role("button", name="Order it").click()
        expect(desktop_page.get_by_role("heading", name="Afterwards")).to_be_visible()
        assert Order.objects.count() == before, "it is shown once more before it counts"
