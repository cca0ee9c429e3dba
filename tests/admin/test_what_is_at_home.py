"""What is at home, in the workspace: the same as she sees, and a count written down for her."""

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic
from patients.models import Order, OrderStock, Plan, Reminder
from tests.admin.conftest import text_of
from tests.fixtures.personae import TODAY
from tests.stocks.conftest import make_supplement


@pytest.fixture
def zinc_order(plan: Plan, clinic: Clinic) -> Order:
    phase = plan.phases.get(key="remove")
    return Order.objects.create(
        plan=plan,
        key="zinc",
        name="Zinc",
        item_kind="supplement",
        supplement=make_supplement("Zinc carnosine", clinic, package_sizes=[30]),
        amount_value=1,
        amount_unit="{capsule}",
        times_of_day=["with-breakfast"],
        evidence="weak",
        first_phase=phase,
        last_phase=phase,
    )


def page_of(plan: Plan) -> str:
    return reverse("admin:patients_plan_at_home", args=[plan.code])


def counted(order: Order, **said: str) -> dict[str, str]:
    return {"order": order.code, "count": "20", "how": "all", "on": TODAY.isoformat()} | said


def test_a_count_is_written_down_and_the_reminder_is_owed(cho: Client, plan: Plan, zinc_order: Order) -> None:
    assert page_of(plan) in cho.get(reverse("admin:patients_plan_change", args=[plan.code])).text
    page = cho.post(page_of(plan), counted(zinc_order), follow=True)
    words = text_of(page)
    assert "20 capsules left Enough until 23 January, if everything is taken as planned." in words
    assert "20 counted on 4 Jan 2027, by the clinic" in words
    assert "Zinc : 1 package of 30 capsules (8 capsules missing of 28 capsules)" in words
    assert Reminder.objects.owed().filter(kind="order-running-low").count() == 2


def test_what_cannot_be_is_said_beside_its_field(cho: Client, plan: Plan, zinc_order: Order) -> None:
    assert "That day has not come yet" in text_of(cho.post(page_of(plan), counted(zinc_order, on="2027-01-09")))
    assert not OrderStock.objects.exists()


def test_an_assistant_looks_and_prints_and_counts_nothing(assistant: Client, plan: Plan, zinc_order: Order) -> None:
    assert "Write down a count" not in text_of(assistant.get(page_of(plan)))
    printed = assistant.get(f"{page_of(plan)}?days=14&print=1")
    assert printed.content.startswith(b"%PDF")
    assistant.post(page_of(plan), counted(zinc_order))
    assert not OrderStock.objects.exists()


def test_another_clinic_finds_nothing_there(dee: Client, plan: Plan, zinc_order: Order) -> None:
    assert dee.get(page_of(plan)).status_code == 404
    assert dee.post(page_of(plan), counted(zinc_order)).status_code == 404
