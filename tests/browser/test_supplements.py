"""The supplements in a real browser: read, added with rows of ingredients, revised, and where they are sold."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.models import User
from protocols.models import Supplement
from tests.browser.portal_visits import let_in

pytestmark = pytest.mark.browser

Accessible = Callable[[Page], None]
Screenshot = Callable[[Page, str], Path]


def looked_at(page: Page, name: str, assert_accessible: Accessible, screenshot: Screenshot) -> None:
    """In light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.reload(wait_until="networkidle")
        assert_accessible(page)
        screenshot(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")


def test_supplements_are_read_added_and_revised(
    live_server: LiveServer,
    shelved: Callable[[str], Supplement],
    dr_cho: User,
    desktop_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = desktop_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:index"))
    page.get_by_role("link", name="Supplements", exact=True).click()
    expect(page.get_by_role("row", name="Psyllium")).to_contain_text("psyllium, counted in g")
    looked_at(page, "admin-supplements", assert_accessible, screenshot)
    page.get_by_role("link", name="Probiotic, several strains", exact=True).click()
    expect(page.get_by_text("bifidobacterium breve")).to_be_visible()
    looked_at(page, "admin-supplement", assert_accessible, screenshot)

    # One of our own. What is wrong is said at its place, and what was typed stays.
    page.goto(reverse("admin:protocols_supplement_add"))
    page.get_by_label("Name").fill("Zinc of the Linden pharmacy")
    page.get_by_label("Class").select_option(label="Mineral")
    page.get_by_label("Form").select_option(label="Capsule")
    page.get_by_label("Counted in").select_option(label="capsule")
    page.get_by_label("Source").fill("Its label.")
    first, second = (page.get_by_role("group", name=f"Ingredient {number}") for number in (1, 2))
    first.get_by_label("Ingredient").fill("zinc carnosine")
    first.get_by_label("Amount in one unit").fill("37.5")
    first.get_by_label(re.compile("^Unit")).select_option(label="mg")
    first.get_by_label("It counts").select_option(label="the compound")
    second.get_by_label("Ingredient").fill("lactobacillus casei")
    second.get_by_label("Doses are written in it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“lactobacillus casei” has none.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "admin-supplement-new")
    page.get_by_role("button", name="More rows").click()
    expect(page.get_by_role("group", name="Ingredient 6")).to_be_visible()
    second.get_by_label("Doses are written in it").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is offered in Lindenhof practice from now on")).to_be_visible()
    expect(page.get_by_text("37.5 mg of the compound.")).to_be_visible()

    page.get_by_role("link", name="Revise").click()
    page.get_by_label("Instruction").fill("With water.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is version 2.")).to_be_visible()

    page.locator("#main").get_by_role("link", name="Where to buy").click()
    page.get_by_label("Where").fill("Linden pharmacy")
    page.get_by_label("What the clinic earns from it").select_option(label="The clinic sells it")
    page.get_by_role("button", name="Name this place").click()
    expect(page.get_by_role("button", name="Name Linden pharmacy no more")).to_be_visible()
    looked_at(page, "admin-supplement-places", assert_accessible, screenshot)


def test_supplements_on_a_phone(
    live_server: LiveServer,
    shelved: Callable[[str], Supplement],
    own_supplement: Supplement,
    dr_cho: User,
    phone_page: Page,
    assert_accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    page = phone_page
    let_in(page, live_server, dr_cho)
    page.goto(reverse("admin:protocols_supplement_changelist") + "?q=zinc")
    looked_at(page, "admin-supplements-phone", assert_accessible, screenshot)
    page.goto(reverse("admin:protocols_supplement_change", args=[own_supplement.code]))
    looked_at(page, "admin-supplement-phone", assert_accessible, screenshot)
    page.goto(reverse("admin:protocols_supplement_revise", args=[own_supplement.code]))
    looked_at(page, "admin-supplement-revise-phone", assert_accessible, screenshot)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
