"""Signing in through a real browser, with the code out of a real message."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Patient, Plan
from patients.services.portal_access import invite_patient
from tests.browser.portal_visits import newest_code, now, sign_in
from tests.fixtures.personae import make_patient
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser


def test_a_patient_signs_in_with_the_code_from_the_message_and_out_again(
    live_server: LiveServer, plan: Plan, angela: Patient, page_without_javascript: Page, smtp_sink: Outbox
) -> None:
    page = page_without_javascript
    page.goto(f"/portal/{angela.code}/")
    sign_in(page, "angela@example.org", smtp_sink)
    expect(page).to_have_url(f"{live_server.url}/portal/{angela.code}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Angela")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"/portal/{angela.code}/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_code_is_refused_kindly_and_the_third_ends_it(
    live_server: LiveServer, plan: Plan, angela: Patient, phone_page: Page, smtp_sink: Outbox
) -> None:
    cache.clear()
    page = phone_page
    page.goto("/")
    page.get_by_label("Email address").fill("angela@example.org")
    page.get_by_role("button", name="Send me a code").click()
    smtp_sink.wait_for(1)
    wrong = "0000-0000" if newest_code(smtp_sink) != "0000-0000" else "1111-1111"
    for _ in range(2):
        page.get_by_label("Code").fill(wrong)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("That is not the code.")
        expect(page.get_by_label("Code")).to_have_value("")
    page.get_by_label("Code").fill(wrong)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("this stops here to keep you safe")
    expect(page.get_by_label("Email address")).to_be_visible()


def test_a_slip_in_the_address_is_mended(
    live_server: LiveServer, plan: Plan, angela: Patient, phone_page: Page, smtp_sink: Outbox
) -> None:
    cache.clear()
    page = phone_page
    page.goto(f"/portal/{angela.code}/")
    page.get_by_label("Email address").fill("angle@example.org")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_text("angle@example.org")).to_be_visible()
    page.get_by_role("button", name="Another address, or a new code").click()
    sign_in(page, "angela@example.org", smtp_sink)
    expect(page).to_have_url(f"{live_server.url}/portal/{angela.code}/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_everybody_can_sign_in(
    live_server: LiveServer,
    plan: Plan,
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    phone: bool,
    scheme: str,
) -> None:
    cache.clear()
    page = make_page(phone=phone)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/")
    assert_accessible(page)
    page.get_by_label("Email address").fill("angela@example.org")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    screenshot(page, f"sign-in-{'phone' if phone else 'desktop'}-{scheme}")


def test_an_invitation_opens_the_portal_and_then_has_ended(
    live_server: LiveServer,
    clinic: Clinic,
    by: Actor,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
) -> None:
    patient = make_patient(clinic, "Somebody")
    invitation, secret = invite_patient(patient, email="patient_017@example.org", by=by, at=now())
    link = f"/portal/invitation/{invitation.code}/{secret}/"
    page = make_page()
    page.goto(link)
    assert_accessible(page)
    page.get_by_role("button", name="Open my pages").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Somebody")
    expect(page.get_by_text("Your practitioner is preparing your plan.")).to_be_visible()
    later = make_page()
    later.goto(link)
    expect(later.get_by_role("heading", level=1)).to_have_text("This invitation has ended")
    assert_accessible(later)
    later.get_by_role("link", name="Sign in").click()
    expect(later.get_by_label("Email address")).to_be_visible()
    assert len(make_page.complaints) == 1, "the browser notes that the page is gone"
    make_page.complaints.clear()


def test_a_page_that_is_not_there_is_calm_too(
    live_server: LiveServer, make_page: PageMaker, assert_accessible: Callable[[Page], None]
) -> None:
    page = make_page()
    page.goto("/nowhere/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    assert_accessible(page)
    make_page.complaints.clear()
