"""A taper from the draft to a step back: drawn up, signed through a link, followed, held, resumed, signed again."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clinics.models import Prescriber, User
from patients.models import MedicineUse, Patient, Plan, Signature, SigningRequest, Taper
from tests.browser.portal_visits import let_in, sign_in
from tests.browser.schedules_read import Days, of_admin_table, of_command, of_feed, of_letter, of_sheet, of_step_table
from tests.browser.taper_scenes import at, day, days_go_by, link_in, open_with_a_code, sweep, to
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import TODAY
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser


def by_hand(*steps: list[int]) -> Days:
    """Milligrams day by day from Monday 11 January 2027 on, always one capsule before breakfast."""
    milligrams = [each for step in steps for each in step]
    return {
        date(2027, 1, 11) + timedelta(days=number): f"1 × {each} mg" if each else ""
        for number, each in enumerate(milligrams)
    }


# PPI-1D as published: 28 days each; the fourth step begins on a Monday, and takes Mondays and Thursdays.
AS_PUBLISHED = by_hand([20] * 28, [10] * 28, [10, 0] * 14, [10, 0, 0, 10, 0, 0, 0] * 4)
# Held from day 40 to day 44, five days of 10 mg more: the fourth step begins on a Saturday now.
AFTER_A_HOLD = by_hand([20] * 28, [10] * 33, [10, 0] * 14, [0, 0, 10, 0, 0, 10, 0] * 4)
# And from day 72 on a step back: ten days of the third step were lived. The last one begins on a Tuesday now.
AFTER_A_STEP_BACK = by_hand([20] * 28, [10] * 33, [10, 0] * 5, [10] * 28, [10, 0] * 14, [0, 0, 10, 0, 0, 0, 10] * 4)


def rows_of(page: Page) -> list[tuple[str, str]]:
    """When and what, from the table of steps on the patient’s page."""
    rows = page.get_by_role("table", name="Your steps with their dates").locator("tbody tr").all()
    return [(row.locator("td").nth(0).inner_text(), row.locator("td").nth(1).inner_text()) for row in rows]


def rows_at_the_desk(part: Locator) -> list[tuple[str, str]]:
    """Days, and what is taken, from a table of steps in the workspace."""
    rows = part.get_by_role("region", name="Steps as a table").locator("tbody tr").all()
    return [(row.locator("td").nth(0).inner_text(), row.locator("td").nth(1).inner_text()) for row in rows]


def downloaded(page: Page, link: Locator) -> Pdf:
    with page.expect_download() as download:
        link.click()
    return Pdf(download.value.path().read_bytes())


def test_a_taper_is_drawn_up_signed_followed_held_and_stepped_back(
    live_server: LiveServer,
    settings: Settings,
    plan: Plan,
    takes_omeprazole: MedicineUse,
    confirmed_dr_price: Prescriber,
    angela: Patient,
    dr_cho: User,
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    settings.PUBLIC_URL = live_server.url
    desk, phone, practice = make_page(phone=False), make_page(), make_page(phone=False)
    desk.set_viewport_size({"width": 1440, "height": 900})

    with at(TODAY):
        # dr_cho signs in, and draws the taper up: nothing is written before it is saved.
        desk.goto(reverse("admin:patients_patient_changelist"))
        sign_in(desk, "dr_cho@example.org", smtp_sink)
        desk.goto(reverse("admin:patients_plan_change", args=[plan.code]))
        desk.get_by_role("link", name="Draw up a taper").click()
        desk.get_by_role("link", name="Draw up a taper of Omeprazole").click()
        preview = desk.get_by_role("region", name="This is what it comes to")
        desk.get_by_label("Recipe").select_option("ppi-tam213")
        desk.get_by_label("What it was prescribed for").fill("Heartburn, resolved")
        desk.get_by_label("ICD-10-CM code of it").fill("R12")
        desk.get_by_label("How you know what you answer here").fill("Angela, in person")
        questions = desk.get_by_role("region", name="Before it starts")
        for no in questions.get_by_label("No", exact=True).all():
            no.check()
        # Nobody has asked her about this one, so the prescriber is.
        barrett = questions.get_by_role("group", name=re.compile("Barrett"))
        barrett.get_by_label("Not known").check()
        expect(preview).to_contain_text("The prescriber is asked 1 question.")
        expect(preview).to_contain_text("28 × 20 mg and 50 × 10 mg")
        for said in ("Monday 11 January 2027", "Sunday 2 May 2027", "Thursday 29 April 2027", "1060 mg"):
            expect(preview).to_contain_text(said)
        assert of_admin_table(rows_at_the_desk(preview)) == AS_PUBLISHED
        assert_accessible(desk)
        screenshot(desk, "taper-story-01-sheet")
        assert not Taper.objects.exists()
        desk.get_by_role("button", name="Save as a draft").click()
        expect(desk.get_by_text("Saved as a draft.")).to_be_visible()

        # Her consent is written down; the link goes out with the next minute.
        desk.get_by_role("link", name="Send for signature").click()
        desk.get_by_role("region", name="Consent of the patient").get_by_role("link").click()
        desk.get_by_label("How", exact=True).fill("Signed form in the file")
        desk.get_by_role("button", name="Record it").click()
        desk.get_by_role("radio", name="Link by email").check()
        screenshot(desk, "taper-story-02-send")
        desk.get_by_role("button", name="Send for signature").click()
        expect(desk.get_by_text("Sent: the link goes out within the next minutes.")).to_be_visible()
        taper = Taper.objects.get()
        version = taper.versions.get()
        smtp_sink.clear()
        sweep()
        [request] = smtp_sink.messages()
        assert (request.recipients, request.subject) == (("dr_price@example.org",), "A note waits for you")
        for telling in ("Omeprazole", "Angela", "Lindenhof", "taper", "sign"):
            assert telling not in request.text + request.html + str(request.email["From"])

        # dr_price opens it elsewhere. Without the code of a second message nothing is told, and nothing happens.
        practice.goto(link_in(request))
        for telling in ("Omeprazole", "Angela", "Lindenhof", "dr_cho"):
            expect(practice.get_by_text(telling)).to_have_count(0)
        assert link_in(request) not in practice.url
        open_with_a_code(practice, link_in(request), smtp_sink)
        expect(practice.get_by_role("heading", level=1)).to_contain_text("Taper of Omeprazole")
        for said in (
            "Angela",
            "Heartburn, resolved",
            "one capsule of 40 mg before breakfast",
            "1060 mg",
            "28 × 20 mg and 50 × 10 mg",
            "Quantity 28. Days’ supply 28.",
            "Quantity 50. Days’ supply 84.",
            "Alginate",
            "the list of what else is taken is complete",
            "30 May 2027, 4 weeks after the last step",
            "25 July 2027, 12 weeks after the last step",
            version.code,
        ):
            expect(practice.locator("main")).to_contain_text(said)
        assert_accessible(practice)
        screenshot(practice, "taper-story-03-request")
        letter = downloaded(practice, practice.get_by_role("link", name="The same as a letter (PDF)"))
        assert of_letter(letter.words) == AS_PUBLISHED
        assert all(version.code in page.words for page in letter.pages)
        practice.get_by_role("group", name=re.compile("Barrett")).get_by_label("No", exact=True).check()
        practice.get_by_role("button", name="I agree: show me what I sign").click()
        expect(practice.get_by_role("heading", level=1)).to_have_text("This is what you sign")
        assert_accessible(practice)
        screenshot(practice, "taper-story-04-confirm")
        assert not Signature.objects.exists()
        practice.get_by_role("button", name="I agree to exactly this").click()
        expect(practice.get_by_role("status")).to_contain_text("Signed. Thank you.")
        assert_accessible(practice)
        screenshot(practice, "taper-story-05-signed")

        # The record says what it knows, and not more.
        desk.goto(reverse("admin:patients_taper_change", args=[taper.code]))
        signature = desk.get_by_role("region", name="Signature")
        expect(signature).to_contain_text("Signed by Dr Price on 4 January 2027 (link by email).")
        expect(signature).to_contain_text("By control of this mailbox: d…e@example.org.")
        expect(signature).to_contain_text("Counts from 11 January 2027.")
        assert_accessible(desk)
        screenshot(desk, "taper-story-06-record")

        # Every account of it says the same of each of the 112 days.
        assert of_command(preview_taper()) == AS_PUBLISHED
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:calendar", args=[angela.code]))
        phone.get_by_role("button", name="Make a private address").click()
        phone.get_by_role("button", name="Name what I take").click()
        feed = phone.get_by_label("Your private address").input_value()
        assert letter_of(desk, "Letter of version 1 (PDF)") == AS_PUBLISHED
        assert_all_say(AS_PUBLISHED, desk=desk, phone=phone, feed=feed, angela=angela, taper=taper)
        screenshot(phone, "taper-story-07-steps")

    # On its first morning she is written to, follows the link on her telephone, and says that she has changed.
    [note] = to("angela@example.org", days_go_by(TODAY + timedelta(days=1), day(1), smtp_sink)[day(1)])
    assert "Omeprazole" not in note.text + note.subject
    phone.context.clear_cookies()
    with at(day(1), 10):
        phone.goto(link_in(note))
        sign_in(phone, "angela@example.org", smtp_sink)
        medicine = phone.get_by_role("article", name="Omeprazole")
        expect(medicine.get_by_role("img", name="Picture: one capsule of 20 mg")).to_be_visible()
        expect(medicine).to_contain_text("Step 1 of 4")
        expect(medicine).to_contain_text("Next change on Monday 8 February, in 28 days: one capsule of 10 mg")
        medicine.get_by_role("button", name=re.compile("^Yes")).click()
        expect(medicine).to_contain_text("You told us that you take it as planned.")
    days_go_by(day(2), day(29), smtp_sink)
    with at(day(29), 10):
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:home", args=[angela.code]))
        expect(medicine).to_contain_text("From today on it is one capsule of 10 mg before breakfast, every day.")
        expect(medicine.get_by_role("img", name="Picture: one capsule of 10 mg")).to_be_visible()
        screenshot(phone, "taper-story-08-have-you-changed")
        medicine.get_by_role("button", name=re.compile("^Yes")).click()

    # The practitioner holds it for five days, and lets it go on: the signature covers both.
    days_go_by(day(30), day(40), smtp_sink)
    with at(day(40), 10):
        let_in(desk, live_server, dr_cho)
        desk.goto(reverse("admin:patients_taper_change", args=[taper.code]))
        expect(desk.get_by_role("heading", level=2).first).to_contain_text("Day 40 of 112")
        desk.get_by_role("link", name="Hold at today’s dose").click()
        desk.get_by_label("Reason").fill("Travelling")
        screenshot(desk, "taper-story-09-hold")
        desk.get_by_role("button", name="Hold at today’s dose").click()
        expect(desk.get_by_text("The taper is on hold at today’s dose.")).to_be_visible()
        phone.reload()
        expect(medicine).to_contain_text("Stay at this dose until we tell you.")
        expect(medicine).to_contain_text("The next step has no date yet")
        assert_accessible(phone)
        screenshot(phone, "taper-story-10-held")
    days_go_by(day(41), day(45), smtp_sink)
    with at(day(45), 10):
        desk.reload()
        desk.get_by_role("link", name="Resume").click()
        expect(desk.get_by_text("No new signature is needed.")).to_be_visible()
        expect(desk.get_by_role("region", name="What becomes of the dates")).to_contain_text("Friday 7 May 2027")
        screenshot(desk, "taper-story-11-resume")
        desk.get_by_role("button", name="Resume").click()
        expect(desk.get_by_text("The taper goes on.")).to_be_visible()
        assert (Signature.objects.count(), SigningRequest.objects.count(), taper.versions.count()) == (1, 1, 1)
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:home", args=[angela.code]))
        expect(medicine).to_contain_text("Next change on Saturday 13 March, in 17 days")
        assert_all_say(AFTER_A_HOLD, desk=desk, phone=phone, feed=feed, angela=angela, taper=taper)
        screenshot(phone, "taper-story-12-after-the-hold")

    # Every second day from then on: a day with a capsule, a day without.
    days_go_by(day(46), day(62), smtp_sink)
    with at(day(62), 10):
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:home", args=[angela.code]))
        expect(medicine).to_contain_text("From today on it is one capsule of 10 mg before breakfast, every 2 days.")
        medicine.get_by_role("button", name=re.compile("^Yes")).click()
    with at(day(63), 10):
        phone.goto(reverse("portal:home", args=[angela.code]))
        expect(medicine).to_contain_text("No omeprazole today. Next: Monday 15 March.")
        expect(medicine.get_by_role("img")).to_have_count(0)
        screenshot(phone, "taper-story-13-off-day")

    # It is too fast. A step back is another version, another link, another signature; until then the old one counts.
    days_go_by(day(63), day(70), smtp_sink)
    with at(day(70), 10):
        let_in(desk, live_server, dr_cho)
        desk.goto(reverse("admin:patients_taper_change", args=[taper.code]))
        desk.get_by_role("link", name="Step back").click()
        desk.get_by_label("From which day").fill("2027-03-23")
        desk.get_by_label("Why now, for the prescriber").fill("Heartburn on most days without a capsule.")
        desk.get_by_role("button", name="Show what changes").click()
        expect(desk.get_by_role("region", name="What becomes of the dates")).to_contain_text("Monday 14 June 2027")
        screenshot(desk, "taper-story-14-step-back")
        desk.get_by_role("button", name="Draw up the new version").click()
        desk.get_by_role("radio", name="Link by email").check()
        desk.get_by_role("button", name="Send for signature").click()
        assert_all_say(AFTER_A_HOLD, desk=desk, phone=phone, feed=feed, angela=angela, taper=taper)
        smtp_sink.clear()
        sweep()
        [request] = to("dr_price@example.org", smtp_sink.messages())
        open_with_a_code(practice, link_in(request), smtp_sink)
        expect(practice.locator("main")).to_contain_text("Heartburn on most days without a capsule.")
        expect(practice.locator("main")).to_contain_text(
            re.compile(r"Taken now\s*Omeprazole.*: one capsule of 10 mg before breakfast \(1 × 10 mg\)\s+every 2 days")
        )
        assert_accessible(practice)
        screenshot(practice, "taper-story-15-second-request")
        practice.get_by_role("button", name="I agree: show me what I sign").click()
        practice.get_by_role("button", name="I agree to exactly this").click()
        expect(practice.get_by_role("status")).to_contain_text("Signed. Thank you.")
        assert (Signature.objects.count(), taper.versions.count()) == (2, 2)
        assert letter_of(desk, "Letter of version 2 (PDF)") == since(day(72), AFTER_A_STEP_BACK)
        assert_all_say(AFTER_A_STEP_BACK, desk=desk, phone=phone, feed=feed, angela=angela, taper=taper)
        screenshot(desk, "taper-story-16-record")
        screenshot(phone, "taper-story-17-after-the-step-back")
    with at(day(71), 10):
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:home", args=[angela.code]))
        expect(medicine).to_contain_text("No omeprazole today. Next: Tuesday 23 March.")
    with at(day(72), 10):
        phone.goto(reverse("portal:home", args=[angela.code]))
        expect(medicine).to_contain_text("From today on it is one capsule of 10 mg before breakfast, every day.")
        assert_accessible(phone)
        screenshot(phone, "taper-story-18-stepped-back")


def assert_all_say(told: Days, *, desk: Page, phone: Page, feed: str, angela: Patient, taper: Taper) -> None:
    """Whether the workspace, the printed calendar, the private calendar and the patient’s page say this of each day."""
    desk.goto(reverse("admin:patients_taper_change", args=[taper.code]))
    assert of_admin_table(rows_at_the_desk(desk.get_by_role("region", name="What is taken, and when"))) == told
    sheet = downloaded(desk, desk.get_by_role("link", name="Calendar to print (PDF)"))
    assert of_sheet(page.words for page in sheet.pages) == told
    assert of_feed(phone.context.request.get(feed).body(), until=max(told)) == told
    phone.goto(reverse("portal:steps", args=[angela.code, taper.code]))
    assert of_step_table(rows_of(phone), year=2027) == told


def letter_of(desk: Page, name: str) -> Days:
    return of_letter(downloaded(desk, desk.get_by_role("link", name=name)).words)


def since(first: date, told: Days) -> Days:
    return {on: units for on, units in told.items() if on >= first}


def preview_taper() -> dict[str, Any]:
    """The command as anybody runs it: another process, and no database."""
    medicine = {
        "medicine": "omeprazole",
        "class": "PPI",
        "form": "delayed-release capsule",
        "splittable": "no",
        "strengths": ["10 mg", "20 mg", "40 mg"],
        "start": [{"slot": "before breakfast", "amount": "40 mg"}],
        "recipe": {
            "method": "strength_ladder",
            "days_per_step": 28,
            "tail": [
                {"pattern": "every 2 days", "amount": "10 mg", "days": 28},
                {"pattern": "weekdays mon,thu", "amount": "10 mg", "days": 28},
            ],
        },
        "starts_on": "2027-01-11",
    }
    run = subprocess.run(
        [sys.executable, "manage.py", "preview_taper"],
        input=json.dumps(medicine),
        capture_output=True,
        text=True,
        check=True,
    )
    previewed: dict[str, Any] = json.loads(run.stdout)
    assert (previewed["days"], previewed["total"]) == (112, "1060 mg")
    assert previewed["dispense"] == [{"strength": "20 mg", "count": "28"}, {"strength": "10 mg", "count": "50"}]
    return previewed
