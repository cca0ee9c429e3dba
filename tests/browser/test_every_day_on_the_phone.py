"""What the portal says for today, asked on each of the 112 days of a taper in a real browser, and after them."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patients.models import Patient, Taper
from tests.browser.portal_visits import let_in
from tests.browser.schedules_read import of_portal_day
from tests.browser.taper_scenes import at, day, sweep
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser

# Written out by hand: 20 mg and 10 mg daily, 10 mg every second day, then Mondays and Thursdays, 28 days each.
BY_HAND = ["20"] * 28 + ["10"] * 28 + ["10", ""] * 14 + ["10", "", "", "10", "", "", ""] * 4


def test_it_says_of_every_day_what_was_signed(
    live_server: LiveServer, taper: Taper, angela: Patient, phone_page: Page, smtp_sink: Outbox
) -> None:
    page, medicine = phone_page, phone_page.get_by_role("article", name="Omeprazole")
    said = []
    for number in range(1, 113):
        # Late in the evening the date of the server is that of the day before or the same, but never hers of tomorrow.
        with at(day(number), 0 if number % 2 else 23, 30):
            sweep()
            if number % 10 == 1:
                let_in(page, live_server, angela.user)
            page.goto(reverse("portal:home", args=[angela.code]), wait_until="domcontentloaded")
            pictures = [picture.get_attribute("aria-label") for picture in medicine.get_by_role("img").all()]
            assert len(pictures) <= 1
            said.append(of_portal_day(" ".join([*map(str, pictures), medicine.inner_text()])))
            if number in {1, 29, 57, 85}:
                medicine.get_by_role("button", name=re.compile("^Yes")).click()
                expect(medicine).to_contain_text("You told us that you take it as planned.")
    assert said == [f"1 × {each} mg" if each else "" for each in BY_HAND]

    # Then there is no dose any more, and the weeks are counted in which heartburn is expected.
    with at(day(113), 0, 30):
        sweep()
        page.goto(reverse("portal:home", args=[angela.code]))
        expect(medicine).to_contain_text("No omeprazole any more: your steps are over.")
        # The last dose was on Thursday 29 April, the 109th day.
        expect(medicine).to_contain_text("Day 4 after your last dose.")
    assert len(BY_HAND) == 112
    assert Taper.objects.get().status == "watching"
