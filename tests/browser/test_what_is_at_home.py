"""What is at home and what to buy, on a phone: without JavaScript, in light and dark, for every reader."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinics.actor import Actor
from clinics.models import Clinic, User
from patients.models import Order, Patient, Plan
from patients.services.orders.stock import count_stock
from protocols.models import PurchasePlace
from tests.browser.portal_visits import let_in, live_at_noon, now
from tests.plugins.browser import PageMaker
from tests.stocks.conftest import make_supplement

pytestmark = pytest.mark.browser


@pytest.fixture
def things(
    live_server: LiveServer, clinic: Clinic, angela: Patient, by: Actor, activate_plan: Callable[..., Plan]
) -> Plan:
    """Zinc that runs low and is sold in two places, glutamine that nobody counted, peppermint as needed."""
    at = now()
    today = live_at_noon(angela, at=at)
    plan = activate_plan(angela, starts_on=today, at=at)
    zinc = make_supplement("Zinc carnosine", clinic, package_sizes=[60])
    for where, interest in (("The pharmacy at the station", "none"), ("Our own shelf", "sells")):
        PurchasePlace.objects.create(
            clinic=clinic, supplement=zinc, where=where, financial_interest=interest, said_at=at, said_by_code="x"
        )
    order = _order(plan, "Zinc carnosine", supplement=zinc)
    _order(plan, "L-glutamine powder", amount_value=5, amount_unit="g", times_of_day=["with-breakfast", "bedtime"])
    _order(plan, "Peppermint oil", supplement=make_supplement("Peppermint oil", clinic), pattern="as needed")
    count_stock(order, count=Decimal(5), is_all=True, by=by, at=at)
    return plan


def _order(plan: Plan, name: str, **fields: object) -> Order:
    phase = plan.phases.get(key="remove")
    said: dict[str, object] = {
        "amount_value": 1,
        "amount_unit": "{capsule}",
        "times_of_day": ["with-breakfast"],
        "evidence": "weak",
        "item_kind": "supplement",
    }
    key = name.lower().replace(" ", "-")
    return Order.objects.create(plan=plan, key=key, name=name, first_phase=phase, last_phase=phase, **(said | fields))


def visit(page: Page, server: LiveServer, patient: Patient) -> Page:
    assert patient.user is not None
    let_in(page, server, patient.user)
    page.goto(f"/portal/{patient.code}/at-home/")
    expect(page.get_by_role("heading", level=1)).to_have_text("What I have at home")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_and_reachable_on_a_narrow_phone(
    scheme: str,
    live_server: LiveServer,
    things: Plan,
    angela: Patient,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    page = make_page(phone=True)
    page.set_viewport_size({"width": 360, "height": 760})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit(page, live_server, angela)
    page.get_by_text("Count it, or add a package").first.click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    screenshot(page, f"at-home-{scheme}")


def test_a_package_is_added_without_javascript(
    live_server: LiveServer, things: Plan, angela: Patient, page_without_javascript: Page
) -> None:
    page = visit(page_without_javascript, live_server, angela)
    zinc = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Zinc carnosine", level=2))
    zinc.get_by_text("Count it, or add a package").click()
    zinc.get_by_label("How many capsules?").fill("60")
    zinc.get_by_role("button", name="This came on top").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. It is written down.")
    expect(page.get_by_text("65 capsules left")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_changes_is_readable(
    scheme: str,
    live_server: LiveServer,
    things: Plan,
    dr_cho: User,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    replace = things.phases.get(key="replace")
    Order.objects.filter(plan=things, item_kind="supplement").exclude(key="enzymes").update(
        first_phase=replace, last_phase=replace
    )
    page = make_page(phone=False)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    let_in(page, live_server, dr_cho)
    page.goto(f"/admin/patients/plan/{things.code}/changes/")
    expect(page.get_by_role("heading", name="Too close together")).to_be_visible()
    assert_accessible(page)
    screenshot(page, f"changes-{scheme}")
    page.get_by_role("button", name="Show what that does").click()
    expect(page.get_by_text("Nothing would come close together any more.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, f"changes-preview-{scheme}")


def test_the_page_that_swaps_a_product_is_readable(
    live_server: LiveServer,
    things: Plan,
    clinic: Clinic,
    dr_cho: User,
    make_page: PageMaker,
    assert_accessible: Callable[[Page], None],
    screenshot: Callable[[Page, str], Path],
) -> None:
    old = Order.objects.get(plan=things, key="zinc-carnosine").supplement
    assert old is not None
    new = make_supplement("Zinc carnosine", clinic, brand="Another maker", allergens=["milk"])
    page = make_page(phone=False)
    let_in(page, live_server, dr_cho)
    page.goto(f"/admin/patients/plan/swap/?from={old.code}")
    assert_accessible(page)
    page.goto(f"/admin/patients/plan/swap/?from={old.code}&to={new.code}")
    expect(page.get_by_label("Swap it in this plan")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "swap")
