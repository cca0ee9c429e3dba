"""Angela lets herself be reminded of mornings and bedtimes, by the way she chooses, and ends it with one click."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clinics.models import User
from patients.models import ContactPoint, MessagePreference, Patient, Plan, Reminder
from tests.browser.portal_visits import let_in
from tests.browser.reminder_scenes import Looking, sweep_all_channels, texts_in
from tests.browser.taper_scenes import at, to
from tests.channels.envelopes import NUMBER
from tests.fixtures.personae import NOON, TODAY
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser

TOMORROW = TODAY + timedelta(days=1)
TELLING = ("glutamine", "Repair", "Angela", "Lindenhof", "gut", "morning")


@pytest.fixture
def sms_folder(settings: Settings, tmp_path: Path, texting: ContactPoint) -> Path:
    """Text messages are files here; Angela has agreed to them."""
    settings.SMS_PROVIDER, settings.SMS_FOLDER = "file", str(tmp_path / "sms")
    return tmp_path / "sms"


@pytest.fixture
def repairing(activate_plan: Callable[..., Plan], angela: Patient) -> Plan:
    """Angela is in Repair: glutamine with breakfast and at bedtime. Its last day is the day after tomorrow."""
    return activate_plan(angela, starts_on=TODAY - timedelta(days=81), at=NOON)


def opted_in(page: Page, angela: Patient) -> None:
    """She ticks morning and bed on the page of her day."""
    page.goto(reverse("portal:my-day", args=[angela.code]))
    page.get_by_label("In the morning").check()
    page.get_by_label("At bedtime").check()
    page.get_by_role("button", name="Save my reminders").click()
    expect(page.get_by_role("status")).to_contain_text("Your reminders are saved.")


def times_come(page: Page, angela: Patient, way: str) -> None:
    """She chooses the first way for the times of her day, and that no other stands in."""
    page.goto(reverse("portal:reaching", args=[angela.code]))
    group = page.get_by_role("region", name="Times of your day")
    of_all = group.locator("form").first
    of_all.get_by_label(way).check()
    of_all.get_by_label("If that fails, by the other ways too").uncheck()
    of_all.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved: times of your day.")


def test_she_is_reminded_by_the_way_she_chose_until_she_ends_it(
    live_server: LiveServer,
    settings: Settings,
    sms_folder: Path,
    repairing: Plan,
    angela: Patient,
    dr_cho: User,
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    settings.PUBLIC_URL = live_server.url
    look = Looking(assert_accessible, screenshot)
    phone, elsewhere, desk = make_page(), make_page(), make_page(phone=False)

    # Nothing of it is on until she says so. She chooses text messages for the times of her day.
    with at(TODAY):
        let_in(phone, live_server, angela.user)
        phone.goto(reverse("portal:my-day", args=[angela.code]))
        expect(phone.get_by_role("checkbox", checked=True)).to_have_count(0)
        look.at(phone, "01-my-day")
        opted_in(phone, angela)
        times_come(phone, angela, "Text message")
        look.at(phone, "02-reaching")
        phone.goto(reverse("portal:my-day", args=[angela.code]))
        expect(phone.locator("#reminders")).to_contain_text("They come as a text message.")
        expect(phone.locator("#reminders")).to_contain_text("It comes at 8:00, because of your quiet hours.")

    # Nothing at night; in the morning one text, which tells nothing to whoever looks over her shoulder.
    with at(TOMORROW, 7, 59):
        sweep_all_channels()
        assert texts_in(sms_folder) == []
    with at(TOMORROW, 8, 1):
        sweep_all_channels()
        sweep_all_channels()
        [text] = texts_in(sms_folder)
        assert text["number"] == NUMBER
        assert not [word for word in TELLING if word in text["text"]]
        let_in(phone, live_server, angela.user)
        phone.goto(text["text"].split()[-1])
        expect(phone.get_by_role("heading", level=1)).to_have_text("Hello, Angela")

    # In the afternoon she would rather have the portal alone. What comes at bedtime is there, and nowhere else.
    with at(TOMORROW, 15):
        times_come(phone, angela, "Here, on these pages")
    smtp_sink.clear()
    with at(TOMORROW, 20, 59):
        sweep_all_channels()
        assert len(texts_in(sms_folder)) == 1
        assert to("angela@example.org", smtp_sink.messages()) == []
        phone.goto(reverse("portal:messages", args=[angela.code]))
        newest = phone.locator("main section").first
        expect(newest).to_contain_text("here")
        expect(newest).to_contain_text("Something for bedtime is not recorded yet")
        expect(phone.locator("main")).to_contain_text("8:01, as a text message")
        look.at(phone, "03-messages")

    # By email now. Its headers name the address that ends such messages with one click; a scanner's look ends nothing.
    with at(TOMORROW, 22):
        times_come(phone, angela, "Email")
    settings.PUBLIC_URL = "https://clinic.example.org"
    with at(TOMORROW + timedelta(days=1), 8, 1):
        sweep_all_channels()
    [note] = to("angela@example.org", smtp_sink.messages())
    assert not [word for word in TELLING if word in note.text + note.html + note.subject]
    stop = one_click(note.email).replace(settings.PUBLIC_URL, live_server.url)
    settings.PUBLIC_URL = live_server.url
    with at(TOMORROW + timedelta(days=1), 9):
        elsewhere.goto(stop)
        expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Stop these messages?")
        expect(elsewhere.get_by_text("Angela")).to_have_count(0)
        look.at(elsewhere, "04-stop")
        assert MessagePreference.objects.get(patient=angela, group="times-of-day").channels == ["email"]
        answer = elsewhere.request.post(stop, form={"List-Unsubscribe": "One-Click"})
        assert answer.ok
        assert MessagePreference.objects.get(patient=angela, group="times-of-day").channels == []
        elsewhere.get_by_role("button", name="Stop these messages").click()
        expect(elsewhere.get_by_role("heading", level=1)).to_have_text("You get no more such messages")
        look.at(elsewhere, "05-stopped")

    # No more come; her page says why, and so does the ledger.
    arrived = len(smtp_sink.messages())
    with at(TOMORROW + timedelta(days=1), 20, 59):
        sweep_all_channels()
        assert len(texts_in(sms_folder)) == 1
        assert to("angela@example.org", smtp_sink.messages()[arrived:]) == []
        phone.goto(reverse("portal:my-day", args=[angela.code]))
        expect(phone.locator("#reminders")).to_contain_text("so none comes, whatever is ticked here")
        look.at(phone, "06-none-comes")
        let_in(desk, live_server, dr_cho)
        desk.goto(reverse("admin:patients_patient_reminders", args=[angela.code]))
        answers = desk.get_by_role("region", name="What each kind says of that day")
        expect(answers.get_by_role("row", name="Something for bedtime")).to_contain_text(
            "the patient does not want such messages"
        )
        look.at(desk, "07-why-not")
    assert not Reminder.objects.owed().filter(recipient_kind="patient", kind__startswith="day-").exists()


def one_click(email: EmailMessage) -> str:
    """The address that the mail program posts to (RFC 8058)."""
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return str(email["List-Unsubscribe"]).strip().strip("<>")


def test_she_does_it_all_without_javascript(
    live_server: LiveServer,
    settings: Settings,
    sms_folder: Path,
    pushing: None,
    repairing: Plan,
    angela: Patient,
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript
    with at(TODAY):
        let_in(page, live_server, angela.user)
        opted_in(page, angela)
        times_come(page, angela, "Text message")
        devices = page.get_by_role("region", name="Notifications on your devices")
        expect(devices).to_contain_text("This browser cannot show notes, or its scripts are switched off.")
        expect(devices.get_by_role("button")).to_have_count(0)
