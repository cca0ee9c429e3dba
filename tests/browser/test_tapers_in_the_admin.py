"""The practitioner’s side of a taper in a real browser: drawn up, sent, read, held, and looked at from every side."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, Prescriber, User
from clinics.roles import Role
from patients.actor import acting_patient
from patients.models import Patient, Plan, Taper, UseKind
from patients.services.tapers.using import report_red_flags, report_use, write_diary
from protocols.models import Medicine
from tests.browser.portal_visits import let_in, live_at_noon, now
from tests.browser.tapers_lived import drawn_up, reachable, sent, signed, takes, today_of
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_taper_is_drawn_up_with_its_schedule_in_sight(
    live_server: LiveServer,
    angela: Patient,
    dr_cho: User,
    assistant_1: User,
    clinic: Clinic,
    by: Actor,
    omeprazole: Medicine,
    activate_plan: Callable[..., Plan],
    make_page: PageMaker,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    today = live_at_noon(angela, at=now())
    plan = activate_plan(angela, starts_on=today, at=now())
    price = reachable(clinic, assistant_1, by=by, at=now())
    use = takes(angela, omeprazole, price, by=by, at=now())
    page = make_page(phone=False)
    page.set_viewport_size({"width": 1440, "height": 1500})
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_plan_change", args=[plan.code]))
    page.get_by_role("link", name="Draw up a taper").click()
    assert_accessible(page)
    screenshot(page, "admin-taper-choose")
    page.get_by_role("link", name="Draw up a taper of Omeprazole").click()
    # The schedule stands there before anything was typed, and follows what is typed.
    preview = page.get_by_role("region", name="This is what it comes to")
    expect(preview).to_contain_text("28 × 20 mg and 50 × 10 mg")
    screenshot(page, "admin-taper-sheet")
    page.get_by_label("How much").first.fill("20 mg")
    expect(preview).to_contain_text("50 × 10 mg")
    expect(preview).not_to_contain_text("28 × 20 mg")
    page.get_by_label("How much").first.fill("40 mg")
    expect(preview).to_contain_text("28 × 20 mg and 50 × 10 mg")
    page.get_by_label("Recipe").select_option("explicit")
    expect(page.get_by_role("group", name="Every step")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Recipe").select_option("ppi-tam213")
    page.get_by_label("How you know what you answer here").fill("Angela, in person")
    page.get_by_label("What it was prescribed for").fill("Heartburn, resolved")
    for no in page.get_by_role("region", name="Before it starts").get_by_label("No", exact=True).all():
        no.check()
    expect(preview).to_contain_text("Nothing is left to ask.")
    assert_accessible(page)
    screenshot(page, "admin-taper-sheet-filled")
    assert Taper.objects.count() == 0
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-taper-draft")
    page.get_by_role("link", name="Send for signature").click()
    assert_accessible(page)
    screenshot(page, "admin-taper-send-without-consent")
    assert use.tapers.count() == 1


def test_every_page_of_a_running_taper(
    live_server: LiveServer,
    angela: Patient,
    dr_cho: User,
    assistant_1: User,
    clinic: Clinic,
    by: Actor,
    omeprazole: Medicine,
    activate_plan: Callable[..., Plan],
    make_page: PageMaker,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    live_at_noon(angela, at=now())
    began = now() - timedelta(days=41)
    plan = activate_plan(angela, starts_on=today_of(angela, began), at=began)
    price = reachable(clinic, assistant_1, by=by, at=began)
    use = takes(angela, omeprazole, price, by=by, at=began)
    taper = signed(sent(drawn_up(plan, use, omeprazole, price, by=by, at=began), by=by, at=began), at=began)
    she = acting_patient(angela)
    report_use(taper, kind=UseKind.CHANGED, by=she, at=began + timedelta(days=2))
    report_use(taper, kind=UseKind.CHANGED, by=she, at=began + timedelta(days=30))
    for day in range(12):
        write_diary(
            taper,
            on=today_of(angela, now()) - timedelta(days=day),
            symptoms=(day * 3) % 8,
            rescue_doses=1 if day % 5 == 0 else 0,
            by=she,
            at=now(),
        )
    taper.refresh_from_db()

    def address(name: str, *more: str) -> str:
        return reverse(f"admin:patients_taper_{name}", args=[taper.code, *more])

    pages = {
        "tapers": reverse("admin:patients_taper_changelist"),
        "taper": address("change"),
        "taper-hold": address("move", "hold"),
        "taper-stop": address("move", "stop"),
        "taper-extend": address("extend"),
        "taper-step-back": address("step_back"),
        "taper-new-recipe": address("again"),
        "taper-use": address("use"),
        "taper-supply": address("supply"),
        "taper-substitute": address("substitute"),
        "taper-consent": address("consent"),
    }
    for look in ("light", "dark", "phone"):
        page = make_page(phone=look == "phone")
        let_in(page, live_server, dr_cho)
        if look == "dark":
            page.emulate_media(color_scheme="dark")
        for name, where in pages.items():
            page.goto(where, wait_until="networkidle")
            assert_accessible(page)
            screenshot(page, f"admin-{name}" if look == "light" else f"admin-{look}-{name}")
            assert look != "phone" or fits(page), name
