"""Findings and rules in a real browser: light and dark, on a desktop and on a telephone, and decided upon."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import Prescriber, User
from patients.models import Finding, Order, Patient, Plan, SourceKind
from patients.services import record
from patients.services.record import Source
from patients.services.safety.assessing import reassess
from tests.browser.portal_visits import let_in, live_at_noon, now

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


@pytest.fixture
def judged(activate_plan: Callable[..., Plan], angela: Patient, dr_price: Prescriber, by: Actor) -> Plan:
    """A plan that begins today, in which something of every kind is found."""
    at = now()
    today = live_at_noon(angela, at=at)
    plan = activate_plan(angela, starts_on=today, at=at)
    source = Source(kind=SourceKind.DOCUMENT, as_of=today, note="The pharmacy’s list")
    for name in ("Ibuprofen", "Levothyroxine", "Clopidogrel"):
        record.add_medicine(angela, name=name, since=date(2026, 1, 1), source=source, by=by, at=at)
    phase = plan.phases.get(key="remove")
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("Betaine HCl", "650", {}),
        ("Magnesium oxide", "900", {"times_of_day": ["bedtime"]}),
        ("Zinc", "60", {}),
        ("Powder of the moon", "5", {}),
        ("Omeprazole", "20", {"item_kind": "medicine", "prescribed_by": "prescriber", "prescriber": dr_price}),
    ]
    for name, value, fields in rows:
        said = {"item_kind": "supplement", "times_of_day": ["with-lunch"]} | fields
        Order.objects.create(
            plan=plan,
            key=name.lower().replace(" ", "-"),
            name=name,
            amount_value=value,
            amount_unit="mg",
            first_phase=phase,
            last_phase=phase,
            evidence="weak",
            source="A test.",
            **said,
        )
    reassess(plan, at=at)
    return plan


def test_findings_are_read_and_decided(
    live_server: LiveServer,
    judged: Plan,
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:index"))
    expect(page.get_by_text("Findings to decide")).to_be_visible()
    page.goto(reverse("admin:patients_plan_change", args=[judged.code]))
    section = page.get_by_role("region", name="What the safety rules find")
    expect(section).to_contain_text("Betaine HCl + ibuprofen")
    section.get_by_text("Not checked, and why").click()
    expect(section).to_contain_text("Powder of the moon")
    assert_accessible(page)
    screenshot(page, "findings-plan")
    page.emulate_media(color_scheme="dark")
    page.reload(wait_until="networkidle")
    assert_accessible(page)
    screenshot(page, "findings-plan-dark")
    page.emulate_media(color_scheme="light")
    page.reload(wait_until="networkidle")

    section.get_by_role("link", name="Zinc").first.click()
    expect(page.get_by_text("Open: somebody decides")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "finding")
    page.get_by_role("link", name="Acknowledge").click()
    page.get_by_label("Why").fill("Four weeks only.")
    assert_accessible(page)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("“Four weeks only.”").first).to_be_visible()

    word = Finding.objects.get(plan=judged, rule="R33")
    page.goto(reverse("admin:patients_finding_file_override", args=[word.code]))
    assert_accessible(page)
    screenshot(page, "finding-word")
    page.goto(reverse("admin:patients_finding_changelist"))
    assert_accessible(page)
    screenshot(page, "findings")


def test_rules_are_read_and_decided_upon(
    live_server: LiveServer,
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:protocols_safetyrulereview_changelist"))
    page.get_by_label("Search").last.fill("levothyroxine")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="R12", exact=False).first).to_be_visible()
    assert_accessible(page)
    screenshot(page, "rules")
    page.goto(reverse("admin:protocols_safetyrulereview_rule", args=["R08"]))
    assert_accessible(page)
    screenshot(page, "rule")
    page.get_by_role("link", name="Let it count here").first.click()
    page.get_by_label("Source", exact=True).fill("A review of 2024")
    page.get_by_label("Year of the source").fill("2024")
    page.get_by_label("How you read it").select_option(index=1)
    assert_accessible(page)
    screenshot(page, "rule-decision")
    page.get_by_role("button", name="Let it count here").click()
    expect(page.get_by_text("It counts in this clinic from now on.")).to_be_visible()


def test_findings_fit_a_telephone(
    live_server: LiveServer,
    judged: Plan,
    dr_cho: User,
    phone_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = phone_page
    let_in(page, live_server, dr_cho)
    finding = Finding.objects.get(plan=judged, rule="R01")
    for name, address in {
        "plan": reverse("admin:patients_plan_change", args=[judged.code]),
        "finding": reverse("admin:patients_finding_change", args=[finding.code]),
        "rules": reverse("admin:protocols_safetyrulereview_changelist") + "?q=magnesium",
    }.items():
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is too wide"
        screenshot(page, f"findings-phone-{name}")


def test_a_patient_reads_what_is_stopped(
    live_server: LiveServer,
    judged: Plan,
    angela: Patient,
    phone_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = phone_page
    assert angela.user is not None
    let_in(page, live_server, angela.user)
    page.goto(reverse("portal:home", args=[angela.code]))
    stopped = page.get_by_role("region", name="Being checked")
    expect(stopped).to_contain_text("your clinic is checking this together with Ibuprofen")
    assert_accessible(page)
    screenshot(page, "portal-stopped")
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)
    screenshot(page, "portal-stopped-dark")
