"""A warning sign at night: nobody reads, her page says so and whom to call, and one after another is written to."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import Patient, Reminder, Taper
from tests.browser.portal_visits import let_in, sign_in
from tests.browser.reminder_scenes import Looking, sweep_all_channels
from tests.browser.taper_scenes import at, day, link_in, to
from tests.fixtures.personae import NOON, TODAY, make_member
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox, ReceivedMessage

pytestmark = pytest.mark.browser

# A Tuesday of the taper’s second week.
THAT_DAY = day(9)
NOBODY = "Nobody at Lindenhof practice reads what you write now. Somebody does again on Wednesday 20 January from 09:00"


@pytest.fixture
def look(assert_accessible: Callable[[Page], None], screenshot: Callable[[Page, str], Path]) -> Looking:
    return Looking(assert_accessible, screenshot)


@pytest.fixture
def desk(live_server: LiveServer, settings: Settings, dr_cho: User, clinic: Clinic, make_page: PageMaker) -> Page:
    """The desk of dr_cho, who runs the practice as well."""
    settings.PUBLIC_URL = live_server.url
    Membership.objects.create(user=dr_cho, clinic=clinic, role=Role.CLINIC_ADMIN.value, started_at=NOON)
    return make_page(phone=False)


@pytest.fixture
def two(clinic: Clinic) -> User:
    return make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)


def staff_hours(page: Page, clinic: Clinic) -> None:
    """On weekdays from nine to five somebody reads; otherwise 112, and the doctors’ line."""
    hours = reverse("admin:clinics_clinic_hours", args=[clinic.code])
    page.goto(hours)
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_label(name).fill("9:00–17:00")
    page.get_by_label("Numbers to call in an emergency").fill("112: ambulance\n116 117: a doctor at night")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Patients are told so from now on.")).to_be_visible()
    page.goto(hours)
    expect(page.get_by_label("Friday")).to_have_value("09:00–17:00")


def arrived(mail: Outbox, *people: str) -> list[ReceivedMessage]:
    """What came to each of these since the last look, one message each, and to nobody else of the staff."""
    found = [message for message in mail.messages() if "angela" not in message.recipients[0]]
    found = [message for message in found if "dr_price" not in message.recipients[0]]
    assert sorted(message.recipients[0] for message in found) == sorted(f"{one}@example.org" for one in people)
    mail.clear()
    return found


def test_a_warning_at_night_goes_to_the_next_person_who_takes_it_on(
    live_server: LiveServer,
    clinic: Clinic,
    taper: Taper,
    angela: Patient,
    dr_cho: User,
    desk: Page,
    two: User,
    make_page: PageMaker,
    smtp_sink: Outbox,
    look: Looking,
) -> None:
    phone, colleague = make_page(), make_page()

    # dr_cho says when somebody reads, who stands in, and who is called in turn.
    with at(TODAY):
        let_in(desk, live_server, dr_cho)
        staff_hours(desk, clinic)
        look.at(desk, "11-hours")
        desk.get_by_role("link", name="Back").click()
        look.at(desk, "10-clinic")
        desk.get_by_role("link", name="Who stands in for whom").click()
        desk.get_by_label("Who is away").select_option(label="practitioner_2")
        desk.get_by_label("Who stands in", exact=True).select_option(label="dr_cho")
        desk.get_by_label("From").fill(str(TODAY))
        desk.get_by_label("Until").fill(str(TODAY + timedelta(days=2)))
        desk.get_by_role("button", name="Add").click()
        expect(desk.get_by_text("dr_cho stands in for practitioner_2").first).to_be_visible()
        look.at(desk, "12-cover")
        desk.get_by_role("link", name="Back").click()
        desk.get_by_role("link", name="Who is called in turn").click()
        look.at(desk, "13-in-turn")
        desk.get_by_label("1.").select_option(label="practitioner_2")
        desk.get_by_role("button", name="Save").click()
        expect(desk.get_by_text("Saved.")).to_be_visible()

    # In the night her page says that nobody reads, and what number to call; then she reports a warning sign.
    with at(THAT_DAY, 22):
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:home", args=[angela.code]))
        foot = phone.get_by_role("contentinfo")
        expect(foot).to_contain_text(NOBODY)
        expect(foot.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
        expect(foot.get_by_role("link", name="116 117")).to_have_attribute("href", "tel:116117")
        look.at(phone, "14-nobody-reads")
        phone.goto(reverse("portal:warning", args=[angela.code, taper.code]))
        expect(phone.get_by_role("region", name="In an emergency")).to_contain_text("call 112 (ambulance)")
        look.at(phone, "15-warning")
        phone.get_by_role("checkbox").first.check()
        phone.get_by_role("button", name="Tell my clinic").click()
        alarm = phone.get_by_role("region", name="You reported a warning sign today")
        expect(alarm).to_contain_text(NOBODY)
        expect(alarm.get_by_role("link", name="112")).to_be_visible()
        look.at(phone, "16-reported")
        smtp_sink.clear()
        sweep_all_channels()
        arrived(smtp_sink, "dr_cho")

    # Nobody takes it on within the hour: the next person is written to, opens it on the telephone, and does.
    with at(THAT_DAY, 22, 58):
        sweep_all_channels()
        arrived(smtp_sink)
    with at(THAT_DAY, 23, 1):
        sweep_all_channels()
        [alert] = arrived(smtp_sink, "practitioner_2")
        assert "Nobody has taken it on yet, so this message comes to you." in alert.text
        colleague.goto(link_in(alert))
        sign_in(colleague, "practitioner_2@example.org", smtp_sink)
        look.at(colleague, "17-today-of-the-next")
        colleague.get_by_role("link", name="I take it on").click()
        look.at(colleague, "18-take-on")
        colleague.get_by_role("button", name="I take it on").click()
        expect(colleague.get_by_text("You have taken it on. Nobody else is written to about it.")).to_be_visible()
        smtp_sink.clear()
    with at(THAT_DAY + timedelta(days=1), 0, 5):
        sweep_all_channels()
        arrived(smtp_sink)
        phone.reload()
        expect(alarm if alarm.count() else phone.locator(".alarm")).to_contain_text("Nobody at Lindenhof practice")


def test_why_it_was_not_sent_is_read_asked_again_and_muted(
    live_server: LiveServer,
    taper: Taper,
    angela: Patient,
    dr_cho: User,
    desk: Page,
    smtp_sink: Outbox,
    look: Looking,
) -> None:
    sent = Reminder.objects.filter(plan=taper.plan, recipient_kind="patient", status="owed").earliest("send_at")

    # What was sent: why, and once more.
    with at(sent.civil_date, 9, 30):
        let_in(desk, live_server, dr_cho)
        sweep_all_channels()
        [first] = to("angela@example.org", smtp_sink.messages())
        desk.goto(reverse("admin:patients_reminder_change", args=[sent.code]))
        expect(desk.get_by_text("It was sent to the patient by email on")).to_be_visible()
        look.at(desk, "21-why-sent")
        desk.get_by_role("link", name="Send again").click()
        desk.get_by_label("Why").fill("She has lost it.")
        desk.get_by_role("button", name="Send again").click()
        expect(desk.get_by_text("It is owed once more.")).to_be_visible()
        smtp_sink.clear()
        sweep_all_channels()
        [second] = to("angela@example.org", smtp_sink.messages())
        assert second.email["Message-ID"] != first.email["Message-ID"]

    # What is muted does not go, and says who wanted it so.
    coming = Reminder.objects.filter(plan=taper.plan, recipient_kind="patient", status="owed").earliest("send_at")
    with at(coming.civil_date, 7):
        let_in(desk, live_server, dr_cho)
        desk.goto(reverse("admin:patients_reminder_change", args=[coming.code]))
        desk.get_by_role("link", name="Mute", exact=True).click()
        look.at(desk, "22-mute")
        desk.get_by_label("What to mute").select_option(label="Every routine message to this patient")
        desk.get_by_label("Why").fill("She is away.")
        desk.get_by_role("button", name="Mute").click()
    smtp_sink.clear()
    with at(coming.civil_date, 9, 30):
        sweep_all_channels()
        assert to("angela@example.org", smtp_sink.messages()) == []
        desk.reload()
        expect(desk.get_by_text("It was not sent because dr_cho muted every routine message")).to_be_visible()
        look.at(desk, "23-why-not")


def test_staffed_hours_are_set_without_javascript(
    live_server: LiveServer, clinic: Clinic, dr_cho: User, desk: Page, page_without_javascript: Page
) -> None:
    """desk: for what it makes of dr_cho."""
    with at(TODAY):
        let_in(page_without_javascript, live_server, dr_cho)
        staff_hours(page_without_javascript, clinic)
