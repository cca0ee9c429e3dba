"""Handing a plan over in the workspace."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from clinics.models import Clinic
from clinics.roles import Role
from patients.models import Plan
from tests.admin.conftest import text_of
from tests.fixtures.personae import make_member


def test_a_plan_is_handed_over_to_a_colleague(
    cho: Client, plan: Plan, clinic: Clinic, make_move: Callable[..., Any]
) -> None:
    other = make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    make_move(cho, plan, "hand-over", data={"practitioner": other.pk})
    plan.refresh_from_db()
    assert plan.practitioner == other
    words = text_of(cho.get(reverse("admin:patients_plan_change", args=[plan.code])))
    assert "dr_cho (practitioner) handed over the plan" in words
