"""The day of a patient in the workspace, in a real browser: read with its reasons, and her times written down."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import Prescriber, User
from patients.models import Patient, Plan, SourceKind
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.browser.portal_visits import let_in, live_at_noon, now
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_day_is_read_and_her_times_are_written_down(
    live_server: LiveServer,
    angela: Patient,
    activate_plan: Callable[..., Plan],
    dr_cho: User,
    dr_price: Prescriber,
    by: Actor,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    scheme: str,
) -> None:
    at = now()
    today = live_at_noon(angela, at=at)
    plan = activate_plan(angela, starts_on=today, at=at)
    source = Source(kind=SourceKind.PATIENT, as_of=today)
    own = {"since": date(2020, 1, 1), "pattern": "daily", "source": source, "by": by, "at": at}
    dose = Amount.parse("50 ug")
    add_medicine(angela, name="Levothyroxine", amount=dose, times_of_day=[Slot.ON_WAKING], prescriber=dr_price, **own)
    add_medicine(angela, name="Iron", times_of_day=[Slot.WITH_BREAKFAST], **own)
    page = make_page(phone=False)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_plan_change", args=[plan.code]))
    page.get_by_role("link", name="The day", exact=True).click()
    expect(page.get_by_role("row", name="Levothyroxine")).to_contain_text("As the record says: on waking.")
    expect(page.get_by_role("heading", name="What does not fit")).to_be_visible()
    assert_accessible(page)
    screenshot(page, f"admin-day-{scheme}")
    page.get_by_role("link", name="Say the times").click()
    page.get_by_label("Breakfast").fill("12:00")
    page.get_by_label("Lunch").fill("")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The day follows these times from now on.")).to_be_visible()
    expect(page.get_by_role("heading", name="What does not fit")).to_have_count(0)
