"""Assign, remind, move, and the portal shows the next phase: the whole way through, in two browsers."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clinics.actor import for_system
from clinics.domain.instants import instant, zone
from clinics.models import User
from patients.models import Patient, Reminder
from patients.reminders.channels import EmailSender
from patients.reminders.outbox import deliver_due, waiting
from patients.services.sweeping import start_due_phases
from protocols.models import TemplateVersion
from tests.browser.portal_visits import live_at_noon, now, sign_in
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox, ReceivedMessage

pytestmark = pytest.mark.browser


def sweep_at(at: datetime) -> None:
    """What beat does each minute, at an instant of our choosing and with real mail."""
    waiting(at=at)
    deliver_due(sender=EmailSender(), clock=lambda: at)


def only_to(address: str, messages: list[ReceivedMessage]) -> ReceivedMessage:
    found = [message for message in messages if message.recipients == (address,)]
    assert len(found) == 1
    return found[0]


def test_a_plan_is_assigned_reminded_of_moved_and_seen(
    live_server: LiveServer,
    settings: Settings,
    version: TemplateVersion,
    angela: Patient,
    dr_cho: User,
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    settings.PUBLIC_URL = live_server.url
    at = now()
    today = live_at_noon(angela, at=at)

    # The practitioner signs in with an emailed code, and assigns the protocol: Angela is in her fourth week already.
    desk = make_page(phone=False)
    desk.goto(reverse("admin:patients_patient_changelist"))
    sign_in(desk, "dr_cho@example.org", smtp_sink)
    desk.get_by_role("link", name="Angela").click()
    desk.get_by_role("link", name="Assign a protocol").click()
    desk.get_by_label("Protocol").select_option(label="Five phases, version 1")
    desk.get_by_label("First day").fill(str(today - timedelta(days=24)))
    desk.get_by_role("button", name="Preview all dates").click()
    desk.get_by_role("button", name="Assign this plan").click()
    expect(desk.get_by_text("It is a draft: nothing is sent to anybody")).to_be_visible()
    assert Reminder.objects.count() == 0
    desk.get_by_role("link", name="Activate").click()
    desk.get_by_label("Digestive enzymes: how much each time").fill("1")
    desk.get_by_label("Digestive enzymes: unit").select_option(label="capsules")
    desk.get_by_role("button", name="Activate").click()
    expect(desk.get_by_text("The plan is active.")).to_be_visible()

    # Re-inoculate begins in four days; it is announced three days before, at nine in the morning where she lives.
    smtp_sink.clear()
    sweep_at(at)
    assert smtp_sink.messages() == []
    tomorrow_at_nine = instant(today + timedelta(days=1), time(9), zone(angela.zone))
    sweep_at(tomorrow_at_nine + timedelta(minutes=1))
    note = only_to("angela@example.org", smtp_sink.messages())
    assert note.subject == "You have a new note"
    for telling in ("Re-inoculate", "Angela", "Lindenhof", "gut"):
        assert telling not in note.text + note.html + str(note.email["From"])

    # She opens the link on her telephone, signs in with a code, and sees where she is.
    link = re.search(r"https?://\S+", note.text)
    assert link is not None
    page = make_page()
    page.goto(link[0])
    sign_in(page, "angela@example.org", smtp_sink)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Angela")
    standing = page.get_by_role("region", name="Where you are")
    expect(standing).to_contain_text("Remove · day 25 of 28, Replace · day 11 of 28, and Rebalance")
    coming = page.get_by_role("region", name="What comes next")
    expect(coming).to_contain_text("Re-inoculate")
    expect(coming).to_contain_text("in 4 days.")

    # She says that she took what is for lunch.
    lunch = page.get_by_role("article", name="12:30 · lunch")
    lunch.get_by_role("button", name="I took this").click()
    expect(lunch).to_contain_text(re.compile("Recorded at 1[23]:"))

    # The practitioner finishes Remove as of yesterday, three days early, and lets the next phase follow.
    desk.get_by_role("link", name="Complete: Remove").click()
    desk.get_by_label("Last day", exact=True).fill(str(today - timedelta(days=1)))
    desk.get_by_label("The practitioner agrees.").check()
    desk.get_by_label("Pull later phases forward").check()
    desk.get_by_role("button", name="Show what changes").click()
    desk.get_by_role("button", name="Complete").click()
    expect(desk.get_by_role("region", name="History").get_by_role("listitem").first).to_contain_text("completed Remove")
    start_due_phases(by=for_system(), at=now())

    # The portal shows the next phase, and what comes after it.
    page.reload()
    expect(standing).to_contain_text("Replace · day 11 of 28, Re-inoculate · day 1 of 28, and Rebalance")
    expect(coming).to_contain_text("Repair")
    expect(coming).to_contain_text("in 28 days.")
    expect(page.get_by_role("img", name="Your phases over time")).to_contain_text("ended")
    expect(lunch).to_contain_text(re.compile("Recorded at 1[23]:"))
    assert_accessible(page)
    screenshot(page, "the-whole-story")

    # What was announced for the old date is not sent again for it.
    smtp_sink.clear()
    sweep_at(now())
    assert [message for message in smtp_sink.messages() if "angela@example.org" in message.recipients] == []
