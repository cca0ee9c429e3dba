"""The core record in a real browser: on a desktop, on a telephone, and without script."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import User
from patients.models import Condition, LabStatus, MedicineUse, Patient, SourceKind
from patients.services import record
from patients.services.record import Source
from tests.browser.portal_visits import let_in
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.records import make_record
from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def test_a_record_is_built_corrected_and_read(
    live_server: LiveServer,
    angela: Patient,
    dr_cho: User,
    by: Actor,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_patient_change", args=[angela.code]))
    section = page.get_by_role("region", name="Record")
    expect(section).to_contain_text("Weight")
    assert_accessible(page)
    screenshot(page, "record-empty")

    # A condition is found by words.
    section.get_by_role("link", name="Add a condition").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A condition")
    page.get_by_label("Search by words").fill("GERD")
    # The key of the search field looks; it does not save.
    page.get_by_label("Search by words").press("Enter")
    page.get_by_label("K21.9 Gastro-esophageal reflux disease without esophagitis").check()
    assert_accessible(page)
    screenshot(page, "record-condition")
    page.get_by_label("Known from").select_option(label="A document")
    page.get_by_label("Source in words").fill("endoscopy report")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Written into the record.")).to_be_visible()
    expect(section).to_contain_text("A document: endoscopy report")
    assert Condition.objects.get().icd10cm_code == "K21.9"

    # A medicine, of which little is known.
    section.get_by_role("link", name="Add a medicine").click()
    page.get_by_label("Its name, if it is not in the list").fill("Ibuprofen")
    page.get_by_label("How much each time").fill("400")
    page.get_by_label("How often").fill("now and then")
    page.get_by_label("Known from").select_option(label="The patient says so")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("An amount needs a number and a unit, or neither.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "record-medicine-refused")
    page.get_by_label("Unit", exact=False).first.select_option(label="mg")
    page.get_by_label("How often").fill("as needed")
    page.get_by_label("Bedtime").check()
    page.get_by_role("button", name="Save").click()
    expect(section).to_contain_text("400 mg, as needed, bedtime")

    # Corrected, ended, and all of it read.
    section.get_by_role("link", name="Correct: Ibuprofen").click()
    page.get_by_label("Its class, if it is not in the list").select_option(label="NSAID")
    page.get_by_label("What was wrong").fill("Its class was missing.")
    assert_accessible(page)
    screenshot(page, "record-correct")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Corrected. The wrong row is kept.")).to_be_visible()
    section.get_by_role("link", name="Ended: Ibuprofen").click()
    page.get_by_label("Known from").select_option(label="The patient says so")
    assert_accessible(page)
    screenshot(page, "record-end")
    page.get_by_role("button", name="Write down the last day").click()
    expect(page.get_by_text("Its last day is written down.")).to_be_visible()
    assert MedicineUse.objects.standing().get().until is not None

    section.get_by_role("link", name="Entered in error: K21.9").click()
    page.get_by_label("What is wrong").fill("Another patient’s report.")
    assert_accessible(page)
    screenshot(page, "record-error")
    page.get_by_role("button", name="Mark as entered in error").click()
    expect(section).not_to_contain_text("K21.9")
    page.get_by_role("link", name="The whole record").click()
    expect(page.get_by_role("region", name="Conditions")).to_contain_text("Another patient’s report.")
    assert_accessible(page)
    screenshot(page, "record-whole")
    page.get_by_role("link", name="History: Ibuprofen").first.click()
    expect(page.get_by_role("listitem").filter(has_text="Its class was missing.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "record-history")


@pytest.fixture
def full(angela: Patient, by: Actor) -> Patient:
    make_record(angela, by=by)
    said = Source(kind=SourceKind.CLINICIAN, as_of=TODAY, note="a long letter of the gastroenterologist in the city")
    record.add_condition(angela, icd10cm_code="T78.19XA", source=said, by=by, at=NOON, detail="After nuts.")
    record.add_lab_result(angela, lab_code="17780-8", status=LabStatus.PENDING, source=said, by=by, at=NOON)
    return angela


@pytest.mark.parametrize(
    "kind", ["sex", "birth-date", "pregnancy", "weight", "allergy", "medicine", "review", "result"]
)
def test_each_form_is_accessible(
    live_server: LiveServer,
    full: Patient,
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
    kind: str,
) -> None:
    let_in(desktop_page, live_server, dr_cho)
    desktop_page.goto(reverse("admin:patients_patient_record_add", args=[full.code, kind]), wait_until="networkidle")
    assert_accessible(desktop_page)
    screenshot(desktop_page, f"record-add-{kind}")


def test_the_record_fits_a_telephone_in_light_and_dark(
    live_server: LiveServer,
    full: Patient,
    dr_cho: User,
    make_page: PageMaker,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = make_page(phone=True)
    let_in(page, live_server, dr_cho)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for name, address in {
            "patient": reverse("admin:patients_patient_change", args=[full.code]),
            "whole": reverse("admin:patients_patient_record", args=[full.code]),
            "result": reverse("admin:patients_patient_record_add", args=[full.code, "result"]),
        }.items():
            page.goto(address, wait_until="networkidle")
            screenshot(page, f"record-phone-{scheme}-{name}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= page.evaluate("window.innerWidth"), name
            assert_accessible(page)


def test_the_record_is_written_without_script(
    live_server: LiveServer, angela: Patient, dr_cho: User, page_without_javascript: Page
) -> None:
    page = page_without_javascript
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:patients_patient_record_add", args=[angela.code, "condition"]))
    page.get_by_label("Search by words").fill("zollinger")
    page.get_by_role("button", name="Find codes").click()
    assert "zollinger" not in page.url
    page.get_by_label("E16.4 Increased secretion of gastrin").check()
    page.get_by_label("Known from").select_option(label="A document")
    page.get_by_role("button", name="Save").click()
    assert Condition.objects.get().icd10cm_code == "E16.4"
    expect(page.get_by_role("region", name="Record")).to_contain_text("E16.4")
