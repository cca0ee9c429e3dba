"""What is not for this patient is left out when the plan is activated, and stays in the plan as such."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from patients.models import Patient, Plan
from tests.admin.conftest import text_of
from tests.fixtures.personae import TODAY


def test_an_order_without_amount_may_be_left_out(
    cho: Client, assign_plan: Callable[..., Plan], angela: Patient, make_move: Callable[..., Any]
) -> None:
    plan = assign_plan(angela)
    enzymes = plan.orders.get(key="enzymes")
    make_move(cho, plan, "activate", data={"starts_on": str(TODAY), "left_out": [enzymes.code]})
    plan.refresh_from_db()
    enzymes.refresh_from_db()
    assert (plan.status, enzymes.is_left_out) == ("active", True)
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "Digestive enzymes not for this patient" in words
    assert "1 order left out for this patient." in words


def test_an_undecided_amount_says_what_to_do(
    cho: Client, assign_plan: Callable[..., Plan], angela: Patient, make_move: Callable[..., Any]
) -> None:
    answer = make_move(cho, assign_plan(angela), "activate", data={"starts_on": str(TODAY)})
    assert "Decide this, or tick below that it is not for this patient." in text_of(answer)
