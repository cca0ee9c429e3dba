"""A prescriber’s whole visit in a real browser, without JavaScript: link, code, edits, signature, and afterwards."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patients.models import Signature, SigningRequest, Taper
from patients.models.private_links import signing_token
from tests.fixtures.personae import NOON
from tests.plugins.browser import PageMaker
from tests.servers.outbox import Outbox

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def noon_of_the_first_day() -> Iterator[None]:
    """The server's clock goes on from the noon at which the taper was sent."""
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def link(live_server: LiveServer, sent_taper: Taper) -> str:
    """What dr_price was sent."""
    return f"/prescriber/{signing_token(SigningRequest.objects.get())}/"


def enter(page: Page, link: str, mail: Outbox) -> None:
    """Follow the link and open the page with the code out of a real message."""
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("A clinic has written to you")
    arrived = len(mail.messages())
    page.get_by_role("button", name="Send me a code").click()
    mail.wait_for(arrived + 1)
    found = re.search(r"^\d{8}$", mail.messages()[-1].text, re.M)
    assert found is not None
    page.get_by_label("The code").fill(found[0])
    page.get_by_role("button", name="Open the page").click()


def test_dr_price_agrees_with_edits_and_comes_back_to_hold_and_revoke(
    live_server: LiveServer, link: str, page_without_javascript: Page, smtp_sink: Outbox
) -> None:
    page = page_without_javascript
    enter(page, link, smtp_sink)
    code = SigningRequest.objects.get().code
    expect(page).to_have_url(f"{live_server.url}/prescriber/{code}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Taper of Omeprazole")
    page.get_by_role("button", name="I agree with edits: change the steps").click()
    page.get_by_role("button", name="Leave out step 4").click()
    page.get_by_role("group", name="Step 1").get_by_label("Days").fill("14")
    page.get_by_role("group", name="Step 3").get_by_label("Pattern").select_option("every 3 days")
    page.get_by_role("button", name="Show me the whole and what I sign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is what you sign")
    # 14 × 20 mg, 28 × 10 mg, and 10 mg on the days 1, 4, … 28 of the last step.
    expect(page.get_by_text("660 mg").first).to_be_visible()
    assert not Signature.objects.exists()
    page.get_by_role("button", name="I agree to exactly this").click()
    expect(page.get_by_role("status")).to_contain_text("Signed. Thank you.")
    assert Signature.objects.get().version.number == 2
    page.get_by_label("Your reason").fill("Away for a week.")
    page.get_by_role("button", name="Hold it at today’s dose").click()
    expect(page.get_by_role("status")).to_contain_text("Held.")
    page.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_role("status")).to_contain_text("It goes on from today")
    page.get_by_label("What your patient is to do instead").fill("Go on with 40 mg.")
    page.get_by_role("button", name="Show me what the patient will read").click()
    page.get_by_role("button", name="Take my agreement back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer is recorded")
    assert Taper.objects.get().instruction == "Go on with 40 mg."
    page.get_by_role("button", name="Close this page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The page is closed")


def test_a_wrong_code_is_told_and_another_browser_stays_outside(
    live_server: LiveServer, link: str, make_page: PageMaker, smtp_sink: Outbox
) -> None:
    page, other = make_page(javascript=False), make_page(phone=False, javascript=False)
    page.goto(link)
    page.get_by_role("button", name="Send me a code").click()
    smtp_sink.wait_for(1)
    page.get_by_label("The code").fill("1")
    page.get_by_role("button", name="Open the page").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the code. Compare it with the newest message")
    other.goto(link)
    expect(other.get_by_role("button", name="Send me a code")).to_be_visible()
    other.goto(page.url + "letter/")
    expect(other.get_by_role("heading", level=1)).to_have_text("A clinic has written to you")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_everybody_can_read_every_page(
    live_server: LiveServer,
    link: str,
    make_page: PageMaker,
    smtp_sink: Outbox,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
    phone: bool,
    scheme: str,
) -> None:
    page = make_page(phone=phone)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    kind = f"{'phone' if phone else 'desktop'}-{scheme}"

    def look(name: str) -> None:
        page.wait_for_load_state()
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert_accessible(page)
        screenshot(page, f"prescriber-{name}-{kind}")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name

    page.goto(link)
    look("door")
    enter(page, link, smtp_sink)
    look("asked")
    page.get_by_role("button", name="I decline").click()
    expect(page.get_by_text("Say why, so that the clinic can tell the patient.")).to_be_visible()
    look("refused")
    page.get_by_role("button", name="I agree with edits").click()
    look("edit")
    page.get_by_role("group", name="Step 2").get_by_label("Before breakfast").select_option("40 mg")
    page.get_by_role("button", name="Show me the whole").click()
    expect(page.get_by_text("This step takes more a day")).to_be_visible()
    look("edit-refused")
    page.get_by_role("group", name="Step 2").get_by_label("Before breakfast").select_option("20 mg")
    page.get_by_role("button", name="Show me the whole").click()
    look("confirm")
    page.get_by_role("button", name="I agree to exactly this").click()
    look("running")
    page.get_by_label("What your patient is to do instead").fill("Go on with 40 mg.")
    page.get_by_role("button", name="Show me what the patient will read").click()
    look("revoke")
    page.get_by_role("button", name="Take my agreement back").click()
    look("answered")
    page.get_by_role("button", name="Close this page").click()
    look("left")


def test_everything_to_tap_is_large_enough_for_a_thumb(
    live_server: LiveServer, link: str, phone_page: Page, smtp_sink: Outbox
) -> None:
    page = phone_page
    enter(page, link, smtp_sink)
    for heading in ("Taper of Omeprazole", "Change the steps"):
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        # The heading is there before the style sheets are.
        page.wait_for_load_state()
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        small = page.evaluate(
            """[...document.querySelectorAll('button:not(.hidden), summary, a:not(.skip), select, .field input')]
                .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
                .filter(([, box]) => box.height < 44 || box.width < 44)
                .map(([text, box]) => `${text}: ${box.width} × ${box.height}`)"""
        )
        assert small == []
        if heading != "Change the steps":
            page.get_by_role("button", name="I agree with edits").click()


def test_a_dead_link_is_a_calm_page(
    live_server: LiveServer,
    link: str,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    page = make_page()
    page.goto(link.replace("-", "-0"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This link opens nothing")
    assert_accessible(page)
    screenshot(page, "prescriber-closed")
    make_page.complaints.clear()
