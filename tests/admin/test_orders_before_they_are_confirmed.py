"""Before one order is confirmed the page shows what the rules would find, and asks who decides about a medicine."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from patients.models import Finding, Patient, Plan, SourceKind
from patients.services import record
from patients.services.record import Source
from protocols.domain.medicines import MedicineClass
from tests.admin.conftest import hidden, text_of
from tests.admin.test_orders import ENTERED, page_of
from tests.fixtures.personae import NOON, TODAY

SOURCE = Source(kind=SourceKind.DOCUMENT, as_of=TODAY, note="The pharmacy’s list")


@pytest.fixture
def with_ibuprofen(angela: Patient, plan: Plan, by: Actor) -> Plan:
    record.add_medicine(
        angela,
        name="Ibuprofen",
        medicine_class=MedicineClass.NSAID,
        since=date(2026, 1, 1),
        source=SOURCE,
        by=by,
        at=NOON,
    )
    return plan


def test_what_the_rules_would_find_is_shown_and_nothing_of_it_stays(cho: Client, with_ibuprofen: Plan) -> None:
    with_ibuprofen.refresh_from_db()
    address = page_of(with_ibuprofen, "_order_write")
    entered = ENTERED | {"name": "Betaine HCl", "value": "650", "_preview": "1"}
    shown = cho.post(address, {"revision": hidden(cho.get(address), "revision")} | entered)
    words = text_of(shown)
    assert "What the safety rules would find" in words
    assert "ibuprofen" in words.lower()
    assert not Finding.objects.filter(rule="R01").exists()
    assert not with_ibuprofen.orders.filter(name="Betaine HCl").exists()


def test_other_words_than_were_shown_are_shown_again(cho: Client, plan: Plan) -> None:
    address = page_of(plan, "_order_write")
    first = cho.post(address, {"revision": hidden(cho.get(address), "revision"), "_preview": "1"} | ENTERED)
    sent = {"revision": hidden(first, "revision"), "shown": hidden(first, "shown"), "_confirm": "1"}
    again = cho.post(address, sent | ENTERED | {"instructions": "Twice the dose on Sundays."})
    assert again.status_code == 200
    assert "Confirm once more" in text_of(again)
    assert not plan.orders.filter(key="zinc").exists()


def test_who_decides_about_what_is_typed_is_said(cho: Client, plan: Plan) -> None:
    address = page_of(plan, "_order_write")
    assert "Choose who decides" in text_of(cho.get(address))
    entered = ENTERED | {"item_kind": "medicine", "prescribed_by": "", "_confirm": "1"}
    page = cho.post(address, {"revision": hidden(cho.get(address), "revision")} | entered)
    assert "required" in text_of(page).lower()
    assert not plan.orders.filter(key="zinc").exists()


def test_an_unusual_amount_is_asked_about_at_activation(
    cho: Client, assign_plan: Callable[..., Plan], angela: Patient
) -> None:
    draft = assign_plan(angela)
    row = draft.orders.get(key="glutamine")
    draft.orders.filter(pk=row.pk).update(amount_value=None, amount_unit="", name="Glutamine", titration=[])
    address = reverse("admin:patients_plan_move", args=[draft.code, "activate"])
    rest = [order.code for order in draft.orders.exclude(pk=row.pk) if order.needs_amount]
    page = cho.get(address)
    entered = {
        "revision": hidden(page, "revision"),
        "starts_on": str(draft.starts_on),
        "left_out": rest,
        f"value-{row.code}": "5000",
        f"unit-{row.code}": "g",
    }
    shown = cho.post(address, entered | {"_preview": "1"})
    assert "Did you mean mg?" in text_of(shown)
    row.refresh_from_db()
    assert row.amount is None
    shown = cho.post(address, entered | {f"confirm-{row.code}": "on", "_preview": "1"})
    sent = entered | {f"confirm-{row.code}": "on", "shown": hidden(shown, "shown"), "_confirm": "1"}
    assert cho.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert str(row.amount) == "5000 g"
