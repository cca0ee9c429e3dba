"""One plan: its phases, days, orders and history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from clinics.models import Clinic, User
from patients.models import Patient, Plan, PlanPhase
from tests.api.conftest import Program, phase_of
from tests.fixtures.personae import NOON, TODAY, make_patient


def test_a_plan_with_everything(plan: Plan, dr_cho: User, cho: Program) -> None:
    body = cho.get(f"plans/{plan.code}/").json()
    assert [(phase["key"], phase["status"], phase["day"]) for phase in body["phases"]] == [
        ("remove", "active", 1),
        ("replace", "planned", 0),
        ("re-inoculate", "planned", 0),
        ("repair", "planned", 0),
        ("rebalance", "planned", 0),
    ]
    assert phase_of(body, "remove") == {
        "key": "remove",
        "kind": "remove",
        "title": "Remove",
        "status": "active",
        "starts_on": "2027-01-04",
        "ends_on": "2027-01-31",
        "duration_days": 28,
        "starts_by_person": False,
        "day": 1,
        "readiness": [
            {
                "key": "agreed",
                "sentence": "The practitioner agrees.",
                "verdict": "unknown",
                "reason": phase_of(body, "remove")["readiness"][0]["reason"],
            },
            {
                "key": "days",
                "sentence": "At least 21 days.",
                "verdict": "not-met",
                "reason": phase_of(body, "remove")["readiness"][1]["reason"],
            },
        ],
    }
    assert (phase_of(body, "rebalance")["ends_on"], phase_of(body, "rebalance")["duration_days"]) == (None, None)
    orders = {order["name"]: order for order in body["orders"]}
    assert orders["L-glutamine"] == {
        "code": plan.orders.get(key="glutamine").code,
        "key": "glutamine",
        "version": 1,
        "is_current": True,
        "name": "L-glutamine",
        "kind": "supplement",
        "status": "planned",
        "amount": {"value": "5", "unit": "g"},
        "amount_today": {"value": "5", "unit": "g"},
        "pattern": "daily",
        "times_of_day": ["with-breakfast", "bedtime"],
        "first_phase": "repair",
        "last_phase": "repair",
        "first_day": "2027-03-01",
        "last_day": "2027-03-28",
        "is_blocked": False,
        "prescribed_by": "clinic",
        "prescriber": None,
        "needs_amount": False,
        "is_left_out": False,
    }
    assert orders["No alcohol"]["amount"] is None
    assert body["transitions"][0] == {
        "at": "2027-01-04T11:00:00Z",
        "phase": None,
        "order": None,
        "move": "assign",
        "from_status": "",
        "to_status": "draft",
        "reason": "",
        "end_reason": "",
        "by_kind": "staff",
        "by_code": dr_cho.code,
    }
    assert [(row["move"], row["phase"]) for row in body["transitions"]] == [
        ("assign", None),
        ("activate", None),
        ("start", "remove"),
    ]


@pytest.mark.parametrize(("where", "day"), [("Pacific/Auckland", 2), ("Europe/Berlin", 1), ("Pacific/Honolulu", 1)])
def test_the_day_is_the_one_where_the_patient_lives(
    where: str, day: int, clinic: Clinic, activate_plan: Callable[..., Plan], cho: Program
) -> None:
    # At noon in Berlin it is one hour past midnight of the same day in Honolulu, and midnight in Auckland.
    plan = activate_plan(make_patient(clinic, "Patient 017", zone=where))
    assert phase_of(cho.get(f"plans/{plan.code}/").json(), "remove")["day"] == day


def test_days_on_hold_are_not_counted(plan: Plan, cho: Program, clock: time_machine.Traveller) -> None:
    clock.move_to(NOON + timedelta(days=4))
    cho.move(plan, "hold")
    clock.move_to(NOON + timedelta(days=10))
    body = cho.move(plan, "resume").json()
    assert (phase_of(body, "remove")["day"], phase_of(body, "remove")["ends_on"]) == (5, "2027-02-06")


def test_nothing_is_lived_of_a_phase_that_waits_for_a_person(
    assign_plan: Callable[..., Plan], angela: Patient, cho: Program, clock: time_machine.Traveller
) -> None:
    plan = assign_plan(angela)
    plan.phases.filter(key="remove").update(starts_by_person=True)
    enzymes = plan.orders.get(key="enzymes")
    cho.move(plan, "activate", amounts={enzymes.code: "1 {capsule}"})
    clock.move_to(NOON + timedelta(days=30))
    remove = phase_of(cho.get(f"plans/{plan.code}/").json(), "remove")
    assert (remove["status"], remove["day"]) == ("planned", 0)
    assert {reading["key"]: reading["verdict"] for reading in remove["readiness"]}["days"] == "not-met"


def test_nothing_is_lived_of_a_phase_that_was_left_out(plan: Plan, cho: Program, clock: time_machine.Traveller) -> None:
    cho.move(plan, "skip", phase="replace", reason="Not needed.")
    clock.move_to(NOON + timedelta(days=20))
    assert PlanPhase.objects.get(plan=plan, key="replace").starts_on == TODAY + timedelta(days=14)
    assert phase_of(cho.get(f"plans/{plan.code}/").json(), "replace")["day"] == 0
