"""What a page carries besides its words: no copy is kept, nothing foreign runs, and it costs a few queries."""

import re
from collections.abc import Callable

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Intake, Patient, Plan
from patients.services import plan_moves
from patients.services.portal_access import invite_patient
from tests.fixtures.personae import NOON, make_patient
from tests.portal.conftest import AddOrder, SignedIn
from tests.portal.reading import text_of

MOST_QUERIES = 14
"""Whose page, her plan, and all that her day is made from: its rhythm, orders, medicines, tapers and hours apart."""
SLOTS = ["on-waking", "with-breakfast", "with-lunch", "with-dinner", "bedtime"]


@pytest.fixture
def invitation(clinic: Clinic, by: Actor) -> str:
    patient = make_patient(clinic, "Somebody")
    found, secret = invite_patient(patient, email="patient_017@example.org", by=by, at=NOON)
    return f"/portal/invitation/{found.code}/{secret}/"


def test_no_copy_of_a_page_is_kept(plan: Plan, angela: Patient, signed_in: SignedIn, invitation: str) -> None:
    for path in (f"/portal/{angela.code}/", invitation):
        response = signed_in(angela.user).get(path)
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]


def test_no_address_of_a_page_leaves_the_house(plan: Plan, angela: Patient, signed_in: SignedIn) -> None:
    response = signed_in(angela.user).get(f"/portal/{angela.code}/")
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["home", "invitation", "/account/login/code/", "/account/signup/", "/account/inactive/", "/nowhere/"]
)
def test_pages_keep_to_the_strict_policy(
    plan: Plan, angela: Patient, signed_in: SignedIn, invitation: str, path: str
) -> None:
    """Nothing inline, nothing foreign, and no script at all."""
    client = signed_in(angela.user if path == "home" else None)
    address = {"home": f"/portal/{angela.code}/", "invitation": invitation}.get(path, path)
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    html = response.content.decode()
    assert "<script" not in html
    assert "<style" not in html
    assert not re.search(r"\s(style|on\w+)=", html)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)


def test_every_file_that_pages_ask_for_is_there(client: Client, plan: Plan, angela: Patient) -> None:
    client.force_login(angela.user)
    html = client.get(f"/portal/{angela.code}/").content.decode()
    asked = re.findall(r'"/static/([^"]+)"', html)
    assert len(asked) == 5
    assert [name for name in asked if finders.find(name) is None] == []


def test_a_fault_of_ours_is_a_calm_page(
    plan: Plan, angela: Patient, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: object, **kwargs: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("patients.portal.views.plan_to_show", break_down)
    client = signed_in(angela.user)
    client.raise_request_exception = False
    response = client.get(f"/portal/{angela.code}/")
    assert response.status_code == 500
    text = text_of(response.content.decode())
    assert "Something broke" in text
    assert "planted" not in text


def count(client: Client, patient: Patient) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/portal/{patient.code}/").status_code == 200
    return len(queries)


def test_the_page_costs_the_same_however_much_is_on_it(
    plan: Plan,
    angela: Patient,
    signed_in: SignedIn,
    add_order: AddOrder,
    other_clinic: Clinic,
    activate_plan: Callable[..., Plan],
    by: Actor,
) -> None:
    client = signed_in(angela.user)
    # The first visit of a day writes down that she was there.
    count(client, angela)
    few = count(client, angela)
    for number in range(12):
        add_order(plan, name=f"Item {number}", times_of_day=SLOTS)
    for order in plan.orders.filter(name__startswith="Item"):
        doses = " ".join(f"{order.code}.{slot}" for slot in SLOTS)
        client.post(f"/portal/{angela.code}/tick/", {"doses": doses, "day": "2027-01-04"})
    assert Intake.objects.count() == 12 * len(SLOTS)
    for _ in range(3):
        held = plan_moves.hold(Plan.objects.get(), by=by, at=NOON, revision=Plan.objects.get().revision)
        plan_moves.resume(held, by=by, at=NOON, revision=held.revision)
    elsewhere = make_patient(other_clinic, "Angela")
    elsewhere.user = angela.user
    elsewhere.save()
    client.get(f"/portal/{angela.code}/")
    assert count(client, angela) == few
    assert few <= MOST_QUERIES


def test_a_page_without_a_plan_costs_no_more(angela: Patient, signed_in: SignedIn) -> None:
    assert count(signed_in(angela.user), angela) <= MOST_QUERIES
