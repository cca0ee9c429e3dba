import os
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from patients.services import plan_moves
from patients.services.assign import assign
from protocols.domain.amount import Amount
from protocols.services.packs import load_pack
from protocols.services.templates import publish


def signed_in(page, live_server, user):
    client = Client(); client.force_login(user)
    page.context.add_cookies([{"name":"sessionid","value":client.cookies["sessionid"].value,"url":live_server.url}])

def slices(page, name):
    from tests.plugins.browser import SCREENSHOTS
    h = page.evaluate("document.documentElement.scrollHeight"); w = page.evaluate("innerWidth")
    for n, y in enumerate(range(0, h, 1300)):
        page.screenshot(path=SCREENSHOTS / f"{name}-{n}.png", full_page=True, clip={"x":0,"y":y,"width":w,"height":min(1300,h-y)})

def test_shots(live_server, clinic, dr_cho, by, angela, make_page, assert_accessible, screenshot):
    clinic.telephone = "+49 30 1234 567"; clinic.save()
    at = timezone.now()
    today = at.date()
    loaded = load_pack("five-phase", clinic=clinic, by=by, at=at)
    version = publish(loaded.version, by=by, at=at)
    weeks = int(os.environ.get("DAYS", "50"))
    plan = assign(angela, version, starts_on=today - timedelta(days=weeks), practitioner=dr_cho, request_key="x", by=by, at=at)
    units = {"billion": "10 10*9.[CFU]"}
    amounts = {o.code: Amount.parse("1 {capsule}") for o in plan.orders.all() if o.needs_amount}
    plan = plan_moves.activate(plan, by=by, at=at, revision=0, amounts=amounts)
    for scheme in ("light", "dark"):
        page = make_page(); signed_in(page, live_server, angela.user)
        page.emulate_media(color_scheme=scheme)
        page.goto(f"/portal/{angela.code}/")
        if scheme == "light" and page.get_by_role("button", name="I took").count():
            page.get_by_role("button", name="I took").first.click()
        for s in page.locator("svg.journey").all(): pass
        slices(page, f"s-{scheme}")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        slices(page, f"s-open-{scheme}")
        assert_accessible(page)
        desk = make_page(phone=False); signed_in(desk, live_server, angela.user)
        desk.emulate_media(color_scheme=scheme)
        desk.goto(f"/portal/{angela.code}/")
        slices(desk, f"s-desk-{scheme}"); assert_accessible(desk)


def test_quiet(live_server, clinic, dr_cho, by, angela, make_page, assert_accessible, smtp_sink):
    from patients.services.portal_access import invite_patient
    from tests.fixtures.personae import make_patient
    for scheme in ("light", "dark"):
        page = make_page(); page.emulate_media(color_scheme=scheme)
        page.goto(f"/portal/{angela.code}/"); page.screenshot(path=f".cache/screenshots/q-{scheme}-1.png"); assert_accessible(page)
        page.get_by_label("Email address").fill("angela@example.org"); page.get_by_role("button").first.click(); page.get_by_label("Code").wait_for()
        page.screenshot(path=f".cache/screenshots/q-{scheme}-2.png"); assert_accessible(page)
        page.get_by_label("Code").fill("1234"); page.get_by_role("button", name="Sign in").click()
        page.screenshot(path=f".cache/screenshots/q-{scheme}-3.png"); assert_accessible(page)
        print(page.content())
        for m in smtp_sink.messages(): print(m.email.as_string())
    page = make_page()
    p = make_patient(clinic, "Somebody")
    inv, secret = invite_patient(p, email="p17@example.org", by=by, at=timezone.now())
    page.goto(f"/portal/invitation/{inv.code}/{secret}/"); page.screenshot(path=".cache/screenshots/q-inv.png"); assert_accessible(page)
    page.get_by_role("button").click(); page.screenshot(path=".cache/screenshots/q-noplan.png"); assert_accessible(page)
    page.goto(f"/portal/invitation/{inv.code}/{secret}/"); page.screenshot(path=".cache/screenshots/q-closed.png"); assert_accessible(page)
    make_page.complaints.clear()
