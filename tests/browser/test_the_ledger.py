"""The ledger in a real browser: why something was sent or not, and what is done about it; without JavaScript, too."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.domain.instants import zone
from clinics.models import Clinic, User
from clinics.roles import Role
from patients.models import Patient, Plan, Reminder, ReminderNote
from tests.browser.portal_visits import let_in, live_at_noon, now
from tests.fixtures.personae import make_member

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


@pytest.fixture
def owed(activate_plan: Callable[..., Plan], angela: Patient) -> Reminder:
    """Of a plan that began two hours ago, what Angela is to be sent first."""
    at = now() - timedelta(hours=2)
    plan = activate_plan(angela, starts_on=live_at_noon(angela, at=at), at=at)
    return Reminder.objects.filter(plan=plan, recipient_kind="patient", status="owed").earliest("send_at")


def test_a_reminder_is_read_and_muted(
    live_server: LiveServer,
    owed: Reminder,
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_reminder_changelist"))
    page.get_by_label("Patient’s code").fill(owed.plan.patient.code)
    page.get_by_label("Day", exact=True).fill(str(owed.civil_date))
    assert_accessible(page)
    page.get_by_role("search", name="Filter by patient and day").get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Why was something sent that day, or not?").click()
    expect(page.get_by_role("region", name="What each kind says of that day")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "ledger-day")

    page.get_by_role("link", name=owed.code).click()
    expect(page.get_by_text("It has not been sent because its time has not come")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "ledger-reminder")
    an_hour_ago = (now() - timedelta(hours=1)).astimezone(zone(owed.plan.patient.zone))
    page.get_by_label("As it stood at").fill(f"{an_hour_ago:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status").get_by_text("As it stood on")).to_be_visible()
    expect(page.get_by_text("It has not been sent because its time has not come")).to_be_visible()
    expect(page.get_by_role("link", name="Mute", exact=True)).to_have_count(0)
    assert_accessible(page)
    screenshot(page, "ledger-reminder-then")
    page.get_by_role("link", name="All reminders of that day").click()
    page.get_by_label("Day", exact=True).fill(f"{an_hour_ago:%Y-%m-%d}")
    page.get_by_label("As it stood at").fill(f"{an_hour_ago:%H:%M}")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status").get_by_text("As it stood on")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "ledger-day-then")

    page.goto(reverse("admin:patients_reminder_change", args=[owed.code]))
    page.get_by_role("link", name="Mute", exact=True).click()
    page.get_by_label("Why").fill("A quiet month.")
    assert_accessible(page)
    screenshot(page, "ledger-mute")
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_text("It will not be sent as things stand because dr_cho muted")).to_be_visible()
    page.emulate_media(color_scheme="dark")
    page.reload(wait_until="networkidle")
    assert_accessible(page)
    screenshot(page, "ledger-reminder-dark")
    assert ReminderNote.objects.count() == 1


def test_how_delivery_goes_fits_a_telephone(
    live_server: LiveServer,
    owed: Reminder,
    clinic: Clinic,
    phone_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = phone_page
    let_in(page, live_server, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    page.goto(reverse("admin:patients_reminder_changelist"))
    assert_accessible(page)
    page.get_by_role("link", name="How delivery goes").click()
    expect(page.get_by_text("The sweep has never run.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "ledger-delivery-phone")
    page.goto(reverse("admin:patients_reminder_change", args=[owed.code]))
    assert_accessible(page)
    screenshot(page, "ledger-reminder-phone")


def test_a_reminder_is_cancelled_without_javascript(
    live_server: LiveServer, owed: Reminder, dr_cho: User, page_without_javascript: Page
) -> None:
    page = page_without_javascript
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_patient_reminders", args=[owed.plan.patient.code]))
    page.get_by_label("Day", exact=True).fill(str(owed.civil_date))
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=owed.code).click()
    page.get_by_role("link", name="Cancel", exact=True).click()
    page.get_by_label("Why").fill("She knows.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("It was not sent because dr_cho cancelled it on").first).to_be_visible()
