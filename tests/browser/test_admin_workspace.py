"""The practitioner's day in a real browser: assign Angela's plan, activate it, move it, and read what was done."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import Patient, Plan, Reminder
from protocols.models import TemplateVersion
from protocols.services.templates import draft_from
from tests.browser.portal_visits import let_in, live_at_noon, now
from tests.fixtures.personae import NOON, make_patient
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def test_a_plan_is_assigned_activated_moved_and_read(
    live_server: LiveServer,
    version: TemplateVersion,
    angela: Patient,
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    today = live_at_noon(angela, at=now())
    page = desktop_page
    let_in(page, live_server, dr_cho)

    # From the first page to Angela.
    page.goto(reverse("admin:index"))
    assert_accessible(page)
    page.get_by_role("link", name="Patients", exact=True).click()
    page.get_by_role("link", name="Angela").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Angela")
    page.get_by_role("link", name="Assign a protocol").click()

    # Every date is seen before anything is written. She is in her fourth week already.
    page.get_by_label("Protocol").select_option(label="Five phases, version 1")
    page.get_by_label("First day").fill(str(today - timedelta(days=24)))
    page.get_by_role("button", name="Preview all dates").click()
    preview = page.get_by_role("region", name="This is what the plan will be")
    expect(preview.get_by_role("img")).to_be_visible()
    expect(preview.get_by_role("row", name="Remove")).to_contain_text("running")
    assert Plan.objects.count() == 0
    assert_accessible(page)
    screenshot(page, "admin-assign-preview")
    page.get_by_role("button", name="Assign this plan").click()
    expect(page.get_by_text("It is a draft: nothing is sent to anybody")).to_be_visible()
    assert Reminder.objects.count() == 0

    # Activating asks for the amount that the protocol leaves open.
    page.get_by_role("link", name="Activate").click()
    assert_accessible(page)
    page.get_by_label("Digestive enzymes: how much each time").fill("2")
    page.get_by_label("Digestive enzymes: unit").select_option(label="capsules")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("The plan is active.")).to_be_visible()
    heading = page.get_by_role("heading", level=2).first
    expect(heading).to_have_text("Remove · day 25 of 28, Replace · day 11 of 28, and Rebalance")
    expect(page.get_by_role("row", name="Digestive enzymes")).to_contain_text("2 capsules")

    # Extending by ten days: the dates on the screen were for seven, so they are shown again first.
    page.get_by_role("link", name="Extend: Remove").click()
    page.get_by_label("How many days longer").fill("10")
    page.get_by_label("Reason").fill("Still bloated after dinner.")
    page.get_by_role("button", name="Extend").click()
    expect(page.get_by_text("With what you entered, this is how it comes out.")).to_be_visible()
    expect(page.get_by_role("row", name="Re-inoculate")).to_contain_text(in_words(today + timedelta(days=14)))
    assert_accessible(page)
    screenshot(page, "admin-extend")
    page.get_by_role("button", name="Extend").click()
    expect(heading).to_have_text("Remove · day 25 of 38, Replace · day 11 of 28, and Rebalance")

    # Finishing it: what is signed off, what becomes of its order, and what later phases do.
    page.get_by_role("link", name="Complete: Remove").click()
    expect(page.get_by_role("region", name="May it be finished?")).to_contain_text("Met")
    page.get_by_label("The practitioner agrees.").check()
    page.get_by_label("Pull later phases forward").check()
    page.get_by_label("No alcohol", exact=True).select_option(label="goes on until")
    page.get_by_label("No alcohol: last day").fill(str(today + timedelta(days=30)))
    assert_accessible(page)
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("row", name="Re-inoculate")).to_contain_text(in_words(today + timedelta(days=1)))
    screenshot(page, "admin-finish")
    page.get_by_role("button", name="Complete").click()
    expect(heading).to_have_text("Replace · day 11 of 28, and Rebalance")

    # All that was done, newest first, with who and why.
    history = page.get_by_role("region", name="History").get_by_role("listitem")
    expect(history.first).to_contain_text("dr_cho (practitioner) completed Remove (Active → Completed)")
    expect(history.nth(1)).to_contain_text("let go on after its phase No alcohol")
    expect(history.nth(2)).to_contain_text("“Still bloated after dinner.”")
    expect(history.last).to_contain_text("assigned the plan")
    assert_accessible(page)
    screenshot(page, "admin-plan")

    # And what is owed now.
    page.get_by_role("link", name="Reminders", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("A phase starts soon")).first).to_contain_text(angela.code)
    assert_accessible(page)


def test_every_page_of_the_workspace_is_accessible_and_within_its_policy(
    live_server: LiveServer,
    clinic: Clinic,
    dr_cho: User,
    by: Actor,
    plan: Plan,
    version: TemplateVersion,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    """What breaches the content security policy is a complaint of the browser, and fails this test."""
    Membership.objects.create(user=dr_cho, clinic=clinic, role=Role.CLINIC_ADMIN.value, started_at=NOON)
    patient = make_patient(clinic, "Patient 017", email="patient_017@example.org")
    draft = draft_from(version, by=by, at=NOON)
    reminder = Reminder.objects.filter(plan=plan).first()
    assert reminder is not None
    remove = plan.phases.get(key="remove")
    order = plan.orders.get(key="glutamine")
    let_in(desktop_page, live_server, dr_cho)
    addresses = {
        "patients": reverse("admin:patients_patient_changelist"),
        "patient": reverse("admin:patients_patient_change", args=[patient.code]),
        "patient-new": reverse("admin:patients_patient_add"),
        "changes": reverse("admin:patients_patient_changes", args=[patient.code]),
        "invite": reverse("admin:patients_patient_invite", args=[patient.code]),
        "plans": reverse("admin:patients_plan_changelist"),
        "hold": reverse("admin:patients_plan_move", args=[plan.code, "hold"]),
        "revoke": reverse("admin:patients_plan_move", args=[plan.code, "revoke"]),
        "phase-hold": reverse("admin:patients_plan_phase_move", args=[plan.code, remove.code, "hold"]),
        "order": reverse("admin:patients_plan_order", args=[plan.code, order.code]),
        "order-add": reverse("admin:patients_plan_order_add", args=[plan.code]),
        "order-write": reverse("admin:patients_plan_order_write", args=[plan.code]),
        "order-change": reverse("admin:patients_plan_order_move", args=[plan.code, order.code, "change"]),
        "order-hold": reverse("admin:patients_plan_order_move", args=[plan.code, order.code, "hold"]),
        "reminder": reverse("admin:patients_reminder_change", args=[reminder.code]),
        "protocols": reverse("admin:protocols_protocoltemplate_changelist"),
        "protocol": reverse("admin:protocols_protocoltemplate_change", args=[version.template.code]),
        "version": reverse("admin:protocols_templateversion_change", args=[version.code]),
        "draft": reverse("admin:protocols_templateversion_change", args=[draft.code]),
        "publish": reverse("admin:protocols_templateversion_publish", args=[draft.code]),
        "staff": reverse("admin:clinics_membership_changelist"),
        "invite-staff": reverse("admin:clinics_membership_invite"),
        "clinic": reverse("admin:clinics_clinic_change", args=[clinic.code]),
        "my-settings": reverse("admin:clinics_user_change", args=[dr_cho.code]),
        "api-tokens": reverse("admin:clinics_user_api_tokens", args=[dr_cho.code]),
    }
    for name, address in addresses.items():
        response = desktop_page.goto(address, wait_until="networkidle")
        assert response is not None
        assert response.status == 200, name
        assert_accessible(desktop_page)
        screenshot(desktop_page, f"admin-{name}")


def test_the_parts_of_a_draft_are_edited_in_the_browser(
    live_server: LiveServer,
    version: TemplateVersion,
    dr_cho: User,
    by: Actor,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    """Unfold's scripts work under the policy."""
    draft = draft_from(version, by=by, at=NOON)
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:protocols_templateversion_change", args=[draft.code]))
    page.get_by_role("link", name="Phases", exact=True).click()
    first = page.get_by_role("group", name="Phases").get_by_label("Days", exact=True).first
    first.fill("35")
    assert_accessible(page)
    screenshot(page, "admin-draft-phases")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert draft.phases.get(key="remove").duration_days == 35


def test_the_workspace_is_readable_in_the_dark(
    live_server: LiveServer,
    activate_plan: Callable[..., Plan],
    angela: Patient,
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    at = now()
    plan = activate_plan(angela, starts_on=live_at_noon(angela, at=at) - timedelta(days=24), at=at)
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.emulate_media(color_scheme="dark")
    for name, address in {
        "today": reverse("admin:index"),
        "plan": reverse("admin:patients_plan_change", args=[plan.code]),
        "revoke": reverse("admin:patients_plan_move", args=[plan.code, "revoke"]),
        "patients": reverse("admin:patients_patient_changelist"),
        "reminders": reverse("admin:patients_reminder_changelist"),
    }.items():
        page.goto(address, wait_until="networkidle")
        assert_accessible(page)
        screenshot(page, f"admin-dark-{name}")


def test_the_workspace_is_used_by_keyboard_alone(
    live_server: LiveServer, plan: Plan, dr_cho: User, desktop_page: Page
) -> None:
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_plan_change", args=[plan.code]))
    hold = page.get_by_role("link", name="Put on hold", exact=True).first
    for _ in range(40):
        page.keyboard.press("Tab")
        if hold.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Put on hold")


def test_the_workspace_fits_a_telephone(
    live_server: LiveServer, plan: Plan, dr_cho: User, make_page: PageMaker, screenshot: Screenshot
) -> None:
    page = make_page(phone=True)
    let_in(page, live_server, dr_cho)
    for name, address in {
        "plan": reverse("admin:patients_plan_change", args=[plan.code]),
        "patients": reverse("admin:patients_patient_changelist"),
        "hold": reverse("admin:patients_plan_move", args=[plan.code, "hold"]),
        "order": reverse("admin:patients_plan_order", args=[plan.code, plan.orders.get(key="glutamine").code]),
        "order-write": reverse("admin:patients_plan_order_write", args=[plan.code]),
    }.items():
        page.goto(address, wait_until="networkidle")
        screenshot(page, f"admin-phone-{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), name
