"""The practitioner’s side of a taper in a real browser: drawn up, sent, read, held, and looked at from every side."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber
from patients.actor import acting_patient
from patients.models import Door, Patient, Plan, Taper, UseKind
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.using import report_red_flags, report_use, write_diary
from protocols.models import Medicine
from tests.browser.portal_visits import let_in, live_at_noon, newest_code, now
from tests.browser.tapers_lived import drawn_up, reachable, sent, signed, takes, today_of
from tests.fixtures.personae import make_member
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def cut_off(page: Page) -> list[str]:
    """Cells of a list whose words do not fit into them."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#result_list td, #result_list th')]"
        ".filter(cell => cell.scrollHeight > cell.clientHeight + 1).map(cell => cell.innerText)"
    )
    return found


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
    # Where there is no room beside the form, what it comes to stays at the foot of the window.
    foot = page.get_by_role("link", name="112 days")
    expect(foot).to_be_hidden()
    page.set_viewport_size({"width": 400, "height": 800})
    expect(foot).to_be_in_viewport()
    page.get_by_label("How much").first.fill("35 mg")
    expect(page.get_by_role("link", name="35 mg cannot be made")).to_be_in_viewport()
    page.get_by_label("How much").first.fill("40 mg")
    expect(foot).to_be_in_viewport()
    assert fits(page)
    page.set_viewport_size({"width": 1440, "height": 1500})
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-taper-draft")
    page.get_by_role("link", name="Send for signature").click()
    assert_accessible(page)
    screenshot(page, "admin-taper-send-without-consent")
    assert use.tapers.count() == 1


def test_the_sheet_needs_no_script(
    live_server: LiveServer,
    angela: Patient,
    dr_cho: User,
    assistant_1: User,
    clinic: Clinic,
    by: Actor,
    omeprazole: Medicine,
    activate_plan: Callable[..., Plan],
    page_without_javascript: Page,
) -> None:
    today = live_at_noon(angela, at=now())
    plan = activate_plan(angela, starts_on=today, at=now())
    use = takes(angela, omeprazole, reachable(clinic, assistant_1, by=by, at=now()), by=by, at=now())
    page = page_without_javascript
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_plan_draw_up", args=[plan.code, use.code]))
    page.get_by_label("Recipe").select_option("explicit")
    steps = page.get_by_role("group", name="Every step")
    steps.get_by_role("button", name="More rows").click()
    steps.get_by_label("Dose").nth(0).fill("20 mg")
    steps.get_by_label("Days").nth(0).fill("14")
    steps.get_by_label("Dose").nth(4).fill("10 mg")
    steps.get_by_label("How often").nth(4).fill("every 2 days")
    steps.get_by_label("Days").nth(4).fill("14")
    page.get_by_role("button", name="Preview").last.click()
    preview = page.get_by_role("region", name="This is what it comes to")
    expect(preview).to_contain_text("14 × 20 mg and 7 × 10 mg")
    assert Taper.objects.count() == 0
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    assert Taper.objects.get().versions.get().terms().steps[1].days == 14


def test_a_version_is_sent_answered_on_paper_and_followed(
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
    taper = drawn_up(plan, use, omeprazole, price, by=by, at=now())
    page = make_page(phone=False)
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:index"))
    expect(page.get_by_role("region", name="Tapers drawn up, not sent")).to_contain_text("Angela")
    assert_accessible(page)
    page.get_by_role("link", name="Angela").first.click()
    page.get_by_role("link", name="Send for signature").click()
    page.get_by_role("region", name="Consent of the patient").get_by_role("link", name="Record the consent").click()
    assert_accessible(page)
    screenshot(page, "admin-taper-consent-new")
    page.get_by_label("How", exact=True).fill("Signed form in the file")
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("radio", name="Fax or letter").check()
    assert_accessible(page)
    screenshot(page, "admin-taper-send")
    page.get_by_role("button", name="Send for signature").click()
    expect(page.get_by_text("Print the letter now")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-taper-waiting")
    with page.expect_download() as download:
        page.get_by_role("link", name="Letter of version 1 (PDF)").click()
    version = taper.versions.get()
    assert download.value.suggested_filename == f"taper-{version.code}.pdf"

    page.get_by_role("link", name="Write down a telephone call").click()
    assert_accessible(page)
    screenshot(page, "admin-taper-call")
    page.go_back()
    page.get_by_role("link", name="File an answer on paper").click()
    assert_accessible(page)
    page.get_by_label("The answer").select_option("agree")
    page.get_by_label("Version code").fill("0000000000")
    page.get_by_label("Scan of the paper").set_input_files(
        {"name": "fax.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a page"}
    )
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("This code is not that of the version that waits.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-taper-paper")
    page.get_by_label("Version code").fill(version.code.lower())
    page.get_by_label("Scan of the paper").set_input_files(
        {"name": "fax.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a page"}
    )
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Written down: I agree.")).to_be_visible()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Begins on")
    with page.expect_download() as scan:
        page.get_by_role("link", name="Scan").click()
    assert scan.value.suggested_filename.startswith("scan-")

    # She reports a warning sign: it stands on the first page, above everything, until somebody reviews it.
    report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=now())
    page.goto(reverse("admin:index"))
    expect(page.get_by_role("region", name="Warning sign open: review it")).to_contain_text("Angela")
    assert_accessible(page)
    screenshot(page, "admin-today-tapers")
    page.get_by_role("link", name="Angela").first.click()
    assert_accessible(page)
    screenshot(page, "admin-taper-warning")
    page.get_by_role("link", name="Record what the review found").click()
    assert_accessible(page)
    screenshot(page, "admin-taper-review")
    page.get_by_label("What the clinical review found").fill("Seen the same day: haemorrhoids.")
    page.get_by_role("button", name="Record the review").click()
    page.get_by_role("link", name="Resume").click()
    assert_accessible(page)
    screenshot(page, "admin-taper-resume")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("The taper goes on.")).to_be_visible()


def test_whoever_is_licensed_reads_and_signs(
    live_server: LiveServer,
    angela: Patient,
    dr_cho: User,
    assistant_1: User,
    clinic: Clinic,
    by: Actor,
    omeprazole: Medicine,
    activate_plan: Callable[..., Plan],
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    cache.clear()
    today = live_at_noon(angela, at=now())
    plan = activate_plan(angela, starts_on=today, at=now())
    admin = make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)
    inside = add_prescriber(
        clinic,
        name="Dr Inside",
        user=assistant_1,
        licence_register="Register",
        licence_number="B-1",
        licensed_classes=["PPI"],
        by=staff_in(clinic, admin),
        at=now(),
    )
    use = takes(angela, omeprazole, inside, by=by, at=now())
    taper = drawn_up(plan, use, omeprazole, inside, by=by, at=now())
    propose(taper, shown=taper.versions.get().sha256, by=by, at=now(), revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.INSIDE, by=by, at=now(), revision=taper.revision)
    page = make_page()
    let_in(page, live_server, assistant_1)
    page.goto(reverse("admin:patients_taper_change", args=[taper.code]))
    page.get_by_role("link", name="Read and sign").click()
    page.get_by_role("button", name="Send me a code").click()
    smtp_sink.wait_for(1)
    page.get_by_label("Code").fill(newest_code(smtp_sink))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Read and sign")
    assert_accessible(page)
    assert fits(page)
    page.get_by_label("The answer").select_option("agree")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("You are about to sign exactly what stands above")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-phone-taper-sign")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Signed, as your own prescription.")).to_be_visible()


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
        "taper-diary": address("diary"),
        "taper-warning-told": address("warning"),
        "taper-keep-going": address("keep_going"),
        "taper-supply": address("supply"),
        "taper-substitute": address("substitute"),
        "taper-consent": address("consent_withdrawn"),
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
            assert not cut_off(page), name
