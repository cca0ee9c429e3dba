"""The medicines in a real browser: read what is shipped, add one's own, revise it, retire it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber
from protocols.models import Medicine
from protocols.models.catalogue import CONSULT
from tests.browser.portal_visits import let_in
from tests.fixtures.personae import NOON, make_member

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def test_medicines_are_read_added_revised_and_retired(
    live_server: LiveServer,
    shipped: Callable[[str], Medicine],
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = desktop_page
    let_in(page, live_server, dr_cho)

    # What is shipped: the list, and one medicine with its sources.
    page.goto(reverse("admin:index"))
    page.get_by_role("link", name="Medicines", exact=True).click()
    expect(page.get_by_text(CONSULT)).to_be_visible()
    expect(page.get_by_role("row", name="Ibuprofen")).to_contain_text("Not known")
    assert_accessible(page)
    screenshot(page, "admin-medicines")
    page.goto(f"{reverse('admin:protocols_medicine_changelist')}?q=omeprazole")
    page.get_by_role("row", name="10 mg, 20 mg, 40 mg").get_by_role("link", name="Omeprazole", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Omeprazole delayed-release capsule")
    expect(page.get_by_text(CONSULT)).to_be_visible()
    expect(page.get_by_text("OHDSI vocabulary export")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-medicine")

    # One of our own. A mistake is said at its field, and what was typed stays.
    page.goto(reverse("admin:protocols_medicine_add"))
    page.get_by_label("Name").fill("Omeprazole of the Linden pharmacy")
    page.get_by_label("Ingredient", exact=True).fill("omeprazole")
    page.get_by_label("Class").select_option(label="Proton pump inhibitor")
    page.get_by_label("Form").select_option(label="Capsule")
    page.get_by_label("Release").select_option(label="Delayed release")
    page.get_by_label("Strengths").fill("5 mg\n15 spoons")
    page.get_by_label("May be halved").select_option(label="No")
    page.get_by_label("Source").fill("The pharmacy’s list of January.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“spoons” is not a unit gutclinic knows.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Omeprazole of the Linden pharmacy")
    assert_accessible(page)
    screenshot(page, "admin-medicine-new")
    page.get_by_label("Strengths").fill("5 mg\n15 mg")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is offered in Lindenhof practice from now on")).to_be_visible()

    # A revision is a new version beside the old one.
    page.get_by_role("link", name="Revise").click()
    expect(page.get_by_label("Strengths")).to_have_value("15 mg\n5 mg")
    page.get_by_label("Strengths").fill("5 mg\n10 mg")
    assert_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is version 2.")).to_be_visible()
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_text("5 mg, 15 mg")).to_be_visible()
    page.get_by_role("link", name="Version 2").click()
    page.get_by_role("link", name="Retire").click()
    assert_accessible(page)
    page.get_by_role("button", name="Retire this medicine").click()
    expect(page.get_by_text("is offered no more")).to_be_visible()
    assert not Medicine.objects.current().filter(clinic__isnull=False).exists()


def test_tapers_of_another_class_are_enabled_by_name(
    live_server: LiveServer,
    shipped: Callable[[str], Medicine],
    clinic: Clinic,
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    add_prescriber(
        clinic, name="Dr Cho", user=dr_cho, licence_number="B-1", licensed_classes=["corticosteroid"], by=admin, at=NOON
    )
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:protocols_medicine_change", args=[shipped("prednisone-tablet").code]))
    page.locator("#main").get_by_role("link", name="Tapers").click()
    assert_accessible(page)
    screenshot(page, "admin-medicine-tapers")
    page.get_by_role("button", name="Enable tapers of prednisone").click()
    expect(page.get_by_text("Enabled since")).to_be_visible()
    page.get_by_role("button", name="End this").click()
    expect(page.get_by_text("Not enabled.")).to_be_visible()
