"""In a real browser: one colleague enters a prescriber, another confirms; somebody shows that it is them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, Prescriber, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber, end_prescriber
from clinics.services.reauthentication import way_to_reauthenticate
from tests.browser.portal_visits import let_in, newest_code
from tests.fixtures.personae import NOON, make_member
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def test_one_colleague_enters_and_another_confirms(
    live_server: LiveServer,
    dr_cho: User,
    assistant_1: User,
    make_page: PageMaker,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = make_page(phone=False)
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:index"))
    page.get_by_role("link", name="Prescribers", exact=True).click()
    assert_accessible(page)
    page.get_by_role("link", name="Add a prescriber").click()
    assert_accessible(page)
    screenshot(page, "admin-prescriber-new")
    page.get_by_label("Name", exact=True).fill("Dr Price")
    page.get_by_label("Practice").fill("Price and partners")
    page.get_by_label("Email address").fill("Assistant_1+dr@example.org")
    page.get_by_label("Fax number").fill("+49 (0)30 12 34-56")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody who works here signs in with this address.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-prescriber-refused")
    page.get_by_label("Email address").fill("dr_price@example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dr Price")
    expect(page.get_by_role("region", name="How to reach them")).to_contain_text("dr_price@example.org · Not confirmed")
    assert_accessible(page)
    screenshot(page, "admin-prescriber")

    let_in(page, live_server, assistant_1)
    page.reload()
    page.get_by_role("link", name="Confirm the email address").click()
    expect(page.get_by_role("region", name="What to compare")).to_contain_text("Price and partners")
    assert_accessible(page)
    screenshot(page, "admin-prescriber-confirm")
    page.get_by_label("Register", exact=True).fill("Ärztekammer Berlin")
    page.get_by_label("Number in that register").fill("B-1234")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    page.get_by_label("I have looked this up myself just now").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("region", name="How to reach them")).to_contain_text("Confirmed by assistant_1")
    assert_accessible(page)
    screenshot(page, "admin-prescriber-confirmed")


def test_every_page_about_prescribers_is_accessible(
    live_server: LiveServer,
    clinic: Clinic,
    dr_cho: User,
    dr_price: Prescriber,
    by: Actor,
    make_page: PageMaker,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    admin = make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)
    inside = add_prescriber(
        clinic,
        name="Dr Cho",
        user=dr_cho,
        licence_register="Ärztekammer Berlin",
        licence_number="B-1",
        licensed_classes=["PPI", "H2RA"],
        by=staff_in(clinic, admin),
        at=NOON,
    )
    gone = add_prescriber(clinic, name="Dr Gone", by=by, at=NOON)
    end_prescriber(gone, by=by, at=NOON)
    pages = {"prescribers": reverse("admin:clinics_prescriber_changelist")}
    pages["license"] = reverse("admin:clinics_prescriber_license")
    for name in ("edit", "confirm_fax", "changes", "end"):
        pages[f"prescriber-{name.replace('_', '-')}"] = reverse(
            f"admin:clinics_prescriber_{name}", args=[dr_price.code]
        )
    for name, prescriber in {"inside": inside, "ended": gone}.items():
        pages[f"prescriber-{name}"] = reverse("admin:clinics_prescriber_change", args=[prescriber.code])
    pages["prescriber-inside-edit"] = reverse("admin:clinics_prescriber_edit", args=[inside.code])
    for look in ("light", "dark", "phone"):
        page = make_page(phone=look == "phone")
        let_in(page, live_server, admin)
        if look == "dark":
            page.emulate_media(color_scheme="dark")
        for name, address in pages.items():
            page.goto(address, wait_until="networkidle")
            assert_accessible(page)
            screenshot(page, f"admin-{name}" if look == "light" else f"admin-{look}-{name}")
            if look == "phone":
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= page.evaluate("window.innerWidth"), name


def test_somebody_shows_that_it_is_them(
    live_server: LiveServer,
    dr_cho: User,
    phone_page: Page,
    smtp_sink: Outbox,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    cache.clear()
    page, back = phone_page, reverse("admin:clinics_prescriber_changelist")
    let_in(page, live_server, dr_cho)
    page.goto(way_to_reauthenticate(back))
    assert_accessible(page)
    screenshot(page, "is-it-you")
    page.get_by_role("button", name="Send me a code").click()
    smtp_sink.wait_for(1)
    page.get_by_label("Code").fill("0000-0000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("That is not the code.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "is-it-you-code")
    page.get_by_label("Code").fill(newest_code(smtp_sink))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"**{back}")
