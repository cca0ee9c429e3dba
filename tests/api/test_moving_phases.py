"""Every move of a phase, once as it goes and as it is refused."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from patients.models import Plan
from tests.api.conftest import Program, phase_of, refusal
from tests.fixtures.personae import NOON


def test_a_phase_is_started_before_its_day(plan: Plan, cho: Program) -> None:
    replace = phase_of(cho.move(plan, "start", phase="replace").json(), "replace")
    assert (replace["status"], replace["starts_on"], replace["ends_on"], replace["day"]) == (
        "active",
        "2027-01-04",
        "2027-01-31",
        1,
    )


def test_a_phase_is_extended_and_later_ones_follow(plan: Plan, cho: Program) -> None:
    body = cho.move(plan, "extend", phase="remove", days=7, reason="Still bloated.").json()
    assert (phase_of(body, "remove")["duration_days"], phase_of(body, "remove")["ends_on"]) == (35, "2027-02-07")
    assert phase_of(body, "re-inoculate")["starts_on"] == "2027-02-08"
    assert body["transitions"][-1]["reason"] == "Still bloated."


@pytest.mark.parametrize(
    ("phase", "fields"),
    [
        ("remove", {}),
        ("remove", {"days": 0}),
        ("remove", {"days": -7}),
        ("remove", {"days": "a week"}),
        ("remove", {"days": 1.5}),
        ("remove", {"days": 10**30}),
        ("rebalance", {"days": 7}),
    ],
)
def test_an_extension_that_cannot_be_is_refused(phase: str, fields: dict[str, Any], plan: Plan, cho: Program) -> None:
    assert refusal(cho.move(plan, "extend", phase=phase, **fields)) == (422, "invalid_request", "days")


def test_a_phase_is_held_and_resumed(plan: Plan, cho: Program, clock: time_machine.Traveller) -> None:
    assert phase_of(cho.move(plan, "hold", phase="remove").json(), "remove")["status"] == "on-hold"
    clock.move_to(NOON + timedelta(days=3))
    remove = phase_of(cho.move(plan, "resume", phase="remove").json(), "remove")
    assert (remove["status"], remove["ends_on"]) == ("active", "2027-02-03")


def test_a_planned_phase_is_skipped_for_a_reason(plan: Plan, cho: Program) -> None:
    assert refusal(cho.move(plan, "skip", phase="replace")) == (422, "invalid_request", "reason")
    body = cho.move(plan, "skip", phase="replace", reason="Not needed.").json()
    assert phase_of(body, "replace")["status"] == "skipped"


def test_a_phase_is_finished_with_all_that_belongs_to_it(
    plan: Plan, cho: Program, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOON + timedelta(days=24))
    alcohol = plan.orders.get(key="no-alcohol").code
    body = cho.move(
        plan,
        "complete",
        phase="remove",
        on="2027-01-26",
        pull_forward=True,
        signed_off=["agreed"],
        orders={alcohol: "2027-02-28"},
    ).json()
    remove = phase_of(body, "remove")
    assert (remove["status"], remove["ends_on"], remove["day"]) == ("completed", "2027-01-26", 23)
    assert {reading["verdict"] for reading in remove["readiness"]} == {"met"}
    # Counted from the end that was, no earlier than today.
    assert phase_of(body, "re-inoculate")["starts_on"] == "2027-01-28"
    assert [order["last_day"] for order in body["orders"] if order["code"] == alcohol] == ["2027-02-28"]
    last = [row for row in body["transitions"] if row["phase"] == "remove"][-1]
    assert (last["move"], last["end_reason"]) == ("complete", "finished")


def test_a_phase_whose_criteria_are_open_is_finished_only_with_a_reason(plan: Plan, cho: Program) -> None:
    """Whether the end reason is said or left to be “finished”."""
    for fields in ({}, {"end_reason": "finished"}):
        assert refusal(cho.move(plan, "complete", phase="remove", **fields)) == (422, "invalid_request", "reason")
    assert phase_of(cho.get(f"plans/{plan.code}/").json(), "remove")["status"] == "active"
    body = cho.move(plan, "complete", phase="remove", reason="Well already.").json()
    assert phase_of(body, "remove")["status"] == "completed"


def test_a_phase_ends_for_another_reason_without_its_criteria(plan: Plan, cho: Program) -> None:
    body = cho.move(plan, "complete", phase="remove", end_reason="reaction").json()
    assert phase_of(body, "remove")["status"] == "completed"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": "2027-01-05"}, "on"),
        ({"on": "2027-01-03"}, "on"),
        ({"on": "0001-01-01"}, "on"),
        ({"signed_off": ["nothing"]}, "signed_off"),
        ({"signed_off": ["days"]}, "signed_off"),
        ({"orders": {"nowhere": "2027-02-28"}}, "orders.nowhere"),
        ({"orders": {"nowhere": "soon"}}, "orders.nowhere"),
        ({"orders": ["nowhere"]}, "orders"),
        ({"pull_forward": "perhaps"}, "pull_forward"),
        ({"end_reason": "bored"}, "end_reason"),
        ({"days": 3}, "days"),
    ],
)
def test_a_finish_that_cannot_be_is_refused_by_its_name(
    fields: dict[str, Any], field: str, plan: Plan, cho: Program
) -> None:
    answer = cho.move(plan, "complete", phase="remove", **({"reason": "Well already."} | fields))
    assert refusal(answer) == (422, "invalid_request", field)


@pytest.mark.parametrize("until", ["2027-01-04", "2026-01-01"])
def test_an_order_that_goes_on_ends_after_its_phase(until: str, plan: Plan, cho: Program) -> None:
    alcohol = plan.orders.get(key="no-alcohol").code
    answer = cho.move(plan, "complete", phase="remove", reason="Well already.", orders={alcohol: until})
    assert refusal(answer) == (422, "invalid_request", f"orders.{alcohol}")


@pytest.mark.parametrize(
    ("name", "phase", "fields"),
    [
        ("start", "remove", {}),
        ("hold", "replace", {}),
        ("resume", "remove", {}),
        ("skip", "remove", {"reason": "Not needed."}),
        ("complete", "replace", {"reason": "Not needed."}),
    ],
)
def test_a_move_that_is_not_legal_is_refused(
    name: str, phase: str, fields: dict[str, Any], plan: Plan, cho: Program
) -> None:
    assert refusal(cho.move(plan, name, phase=phase, **fields)) == (409, "illegal_transition", "")


@pytest.mark.parametrize(
    ("name", "phase", "fields"),
    [
        ("start", "replace", {}),
        ("extend", "remove", {"days": 7}),
        ("hold", "remove", {}),
        ("resume", "remove", {}),
        ("complete", "remove", {"reason": "Well already."}),
        ("skip", "replace", {"reason": "Not needed."}),
    ],
)
def test_no_phase_moves_while_the_plan_rests_or_was_moved(
    name: str, phase: str, fields: dict[str, Any], plan: Plan, cho: Program
) -> None:
    seen = plan.revision
    cho.move(plan, "hold")
    assert refusal(cho.move(plan, name, phase=phase, **fields)) == (409, "plan_not_active", "")
    assert refusal(cho.move(plan, name, phase=phase, **fields | {"revision": seen})) == (409, "plan_changed", "")
