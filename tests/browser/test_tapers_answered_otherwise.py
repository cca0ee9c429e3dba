"""A taper that comes back by fax, and one that nobody answers: what the people concerned see, day by day."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber, User
from patients.models import MedicineUse, Patient, Plan, Reminder, Signature, Taper
from patients.services.tapers.consent import give_consent
from protocols.models import Medicine
from tests.browser.portal_visits import let_in
from tests.browser.taper_scenes import at, days_go_by, link_in, sweep, to
from tests.browser.tapers_lived import drawn_up, takes
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY, make_patient
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def draft_for(
    patient: Patient,
    activate_plan: Callable[..., Plan],
    omeprazole: Medicine,
    prescriber: Prescriber,
    *,
    by: Actor,
) -> Taper:
    """Angela’s taper for somebody else, to begin on 5 January, with the consent to write to the prescriber."""
    plan = activate_plan(patient, starts_on=TODAY, at=NOON)
    use = takes(patient, omeprazole, prescriber, by=by, at=NOON)
    give_consent(patient, prescriber, given_on=TODAY, how="Signed form in the file", by=by, at=NOON)
    return drawn_up(plan, use, omeprazole, prescriber, by=by, at=NOON)


def test_a_taper_comes_back_by_fax_and_begins_on_the_day_after_it_was_filed(
    live_server: LiveServer,
    settings: Settings,
    ben: Patient,
    activate_plan: Callable[..., Plan],
    omeprazole: Medicine,
    confirmed_dr_price: Prescriber,
    dr_cho: User,
    by: Actor,
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    settings.PUBLIC_URL = live_server.url
    taper = draft_for(ben, activate_plan, omeprazole, confirmed_dr_price, by=by)
    desk, phone = make_page(phone=False), make_page()
    record = reverse("admin:patients_taper_change", args=[taper.code])

    # dr_cho sends it by fax: the letter that is printed carries its code on every page.
    with at(TODAY):
        let_in(desk, live_server, dr_cho)
        desk.goto(record)
        desk.get_by_role("link", name="Send for signature").click()
        desk.get_by_role("radio", name="Fax or letter").check()
        desk.get_by_role("button", name="Send for signature").click()
        expect(desk.get_by_text("Recorded. Print the letter now, and fax or post it.")).to_be_visible()
        with desk.expect_download() as download:
            desk.get_by_role("link", name="Letter of version 1 (PDF)").click()
        letter = Pdf(download.value.path().read_bytes())
        codes = [re.findall(r"Version code ([0-9A-Z]{10})", page.words) for page in letter.pages]
        assert len(codes) >= 2
        assert {code for page in codes for code in page} == {taper.versions.get().code}
        assert all(codes)
        on_paper = codes[0][0]

    # It comes back nine days later, and is filed on the tenth by dr_cho, who compares the code.
    arrived = days_go_by(TODAY + timedelta(days=1), date(2027, 1, 14), smtp_sink)
    assert to("dr_price@example.org", [message for day_of in arrived.values() for message in day_of]) == []
    with at(date(2027, 1, 14), 10):
        let_in(phone, live_server, ben.user)
        phone.goto(reverse("portal:home", args=[ben.code]))
        expect(phone.get_by_role("article", name="Omeprazole")).to_have_count(0)
        let_in(desk, live_server, dr_cho)
        desk.goto(record)
        screenshot(desk, "taper-fax-01-waiting")
        desk.get_by_role("link", name="File an answer on paper").click()
        expect(desk.get_by_text("it begins on 15 January 2027, and every date moves with it")).to_be_visible()
        desk.get_by_label("The answer").select_option("agree")
        desk.get_by_label("Answered on").fill("2027-01-13")
        scan = {"name": "fax.pdf", "mimeType": "application/pdf", "buffer": letter.content}
        desk.get_by_label("Version code").fill(on_paper[:-1] + ("0" if on_paper[-1] != "0" else "1"))
        desk.get_by_label("Scan of the paper").set_input_files(scan)
        desk.get_by_role("button", name="Write it down").click()
        expect(desk.get_by_text("This code is not that of the version that waits.")).to_be_visible()
        assert not Signature.objects.exists()
        # As somebody types it who reads it off a fax.
        desk.get_by_label("Version code").fill(f"{on_paper[:5]} {on_paper[5:]}".lower())
        desk.get_by_label("Scan of the paper").set_input_files(scan)
        screenshot(desk, "taper-fax-02-filing")
        desk.get_by_role("button", name="Write it down").click()
        expect(desk.get_by_text("Written down: I agree.")).to_be_visible()
        expect(desk.get_by_role("heading", level=2).first).to_contain_text("Begins on 15 January with 20 mg")
        signature = desk.get_by_role("region", name="Signature")
        expect(signature).to_contain_text(
            "Signed by Dr Price on 13 January 2027 (fax or letter), recorded on 14 January 2027."
        )
        expect(signature).to_contain_text("the version code on it was compared")
        assert_accessible(desk)
        screenshot(desk, "taper-fax-03-filed")
        with desk.expect_download() as download:
            desk.get_by_role("link", name="Letter of version 1 (PDF)").click()
        words = Pdf(download.value.path().read_bytes()).words
        assert "Signed by Dr Price On 13 January 2027, recorded on 14 January 2027, 10:0" in words
        with desk.expect_download() as download:
            desk.get_by_role("link", name="Calendar to print (PDF)").click()
        words = Pdf(download.value.path().read_bytes()).words
        assert "From 15 January 2027 on as signed by Dr Price on 13 January 2027" in words
        phone.reload()
        expect(phone.get_by_role("article", name="Omeprazole")).to_contain_text(
            "Starts on Friday 15 January, tomorrow. Until then nothing changes."
        )
    with at(date(2027, 1, 15), 10):
        phone.reload()
        medicine = phone.get_by_role("article", name="Omeprazole")
        expect(medicine.get_by_role("img", name="Picture: one capsule of 20 mg")).to_be_visible()
        # 28 days of 20 mg: 15 January to 11 February.
        expect(medicine).to_contain_text("Next change on Friday 12 February, in 28 days: one capsule of 10 mg")
        assert_accessible(phone)
        screenshot(phone, "taper-fax-04-day-one")
        medicine.get_by_role("link", name="Your steps and rescue plan").click()
        expect(phone.get_by_role("region", name="Who signed this")).to_contain_text(
            "Signed by Dr Price on Wednesday 13 January; counts from Friday 15 January."
        )


def test_a_taper_that_nobody_answers_ends_unagreed_and_the_medicine_stays(
    live_server: LiveServer,
    settings: Settings,
    clinic: Clinic,
    activate_plan: Callable[..., Plan],
    omeprazole: Medicine,
    confirmed_dr_price: Prescriber,
    dr_cho: User,
    by: Actor,
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    settings.PUBLIC_URL = live_server.url
    third = make_patient(clinic, "Patient 3", email="patient_3@example.org", login=True)
    taper = draft_for(third, activate_plan, omeprazole, confirmed_dr_price, by=by)
    desk, practice, phone = make_page(phone=False), make_page(phone=False), make_page()
    with at(TODAY):
        let_in(desk, live_server, dr_cho)
        desk.goto(reverse("admin:patients_taper_change", args=[taper.code]))
        desk.get_by_role("link", name="Send for signature").click()
        desk.get_by_role("radio", name="Link by email").check()
        desk.get_by_role("button", name="Send for signature").click()
        expect(desk.get_by_text("Sent: the link goes out within the next minutes.")).to_be_visible()
        sweep()
        [asked] = smtp_sink.messages()
        assert asked.recipients == ("dr_price@example.org",)

    # Three days after Monday 4 January it is sent again, with the same link.
    arrived = days_go_by(TODAY + timedelta(days=1), date(2027, 1, 8), smtp_sink)
    [again] = to("dr_price@example.org", arrived[date(2027, 1, 7)])
    assert link_in(again) == link_in(asked)

    # Five days: fax the letter. Seven: telephone. The practitioner is reminded, and the first page says what to do.
    for on, words in (
        (date(2027, 1, 9), "no answer for 5 days: fax the letter"),
        (date(2027, 1, 11), "no answer for 7 days: telephone"),
    ):
        arrived |= days_go_by(max(arrived) + timedelta(days=1), on, smtp_sink)
        [reminder] = to("dr_cho@example.org", arrived[on])
        assert third.code in reminder.text
        assert "Omeprazole" not in reminder.subject + reminder.text
        with at(on, 10):
            let_in(desk, live_server, dr_cho)
            desk.goto(link_in(reminder))
            wanted = desk.get_by_role("region", name="Signatures wanted")
            expect(wanted).to_contain_text("Waits for Dr Price since 4 January, closes on 25 January")
            expect(wanted).to_contain_text(words)
            screenshot(desk, f"taper-unanswered-01-{on.day}-january")

    # Twenty-one days: the request is closed. The link opens nothing, and nothing changes for the patient.
    arrived |= days_go_by(date(2027, 1, 12), date(2027, 1, 25), smtp_sink)
    asked_on = [on for on, messages in arrived.items() if to("dr_price@example.org", messages)]
    assert asked_on == [date(2027, 1, 7)]
    assert to("dr_cho@example.org", arrived[date(2027, 1, 25)])
    owed = Reminder.objects.filter(taper=taper).order_by("civil_date", "pk")
    assert [reminder.kind for reminder in owed.filter(status="sent")] == [
        "signature-request",
        "signature-again",
        "signature-fax",
        "signature-telephone",
        "signature-closed",
    ]
    assert not owed.filter(status__in=["owed", "missed"]).exists()
    with at(date(2027, 1, 25), 10):
        let_in(desk, live_server, dr_cho)
        desk.goto(reverse("admin:patients_taper_change", args=[taper.code]))
        expect(desk.get_by_role("heading", level=2).first).to_have_text("Stopped on 25 January · No taper was agreed")
        expect(desk.get_by_role("region", name="Signature")).to_contain_text(
            "Nobody answered within 21 days. The medicine stays as it is."
        )
        assert_accessible(desk)
        screenshot(desk, "taper-unanswered-02-closed")
        desk.goto(reverse("admin:patients_plan_change", args=[taper.plan.code]))
        expect(desk.get_by_role("heading", level=2).first).to_contain_text(
            "Remove · day 22 of 28, Replace · day 8 of 28"
        )
        expect(desk.get_by_role("region", name="Tapers")).to_contain_text("No taper was agreed")
        expect(desk.get_by_role("region", name="History")).to_contain_text("The medicine stays as it is.")
        assert_accessible(desk)
        screenshot(desk, "taper-unanswered-03-plan")
        practice.goto(link_in(asked))
        expect(practice.get_by_role("heading", level=1)).to_have_text("This link opens nothing")
        screenshot(practice, "taper-unanswered-04-link")
        # That it is gone is what the browser noted.
        make_page.complaints.clear()
        let_in(phone, live_server, third.user)
        phone.goto(reverse("portal:home", args=[third.code]))
        expect(phone.get_by_role("heading", level=1)).to_have_text("Hello, Patient 3")
        # What her record says she takes stands in her day; nothing stands there of a taper that nobody signed.
        expect(phone.get_by_text("Omeprazole")).to_have_count(1)
        expect(phone.get_by_text("20 mg")).to_have_count(0)
        assert_accessible(phone)
        screenshot(phone, "taper-unanswered-05-portal")
    use = MedicineUse.objects.get()
    assert (str(use.amount), use.until, use.is_in_error) == ("40 mg", None, False)
    assert Plan.objects.get().status == "active"
    assert not Signature.objects.exists()
