"""Orders through the API: added, moved, refused; and who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import Order, Plan
from tests.api.conftest import Program, refusal
from tests.fixtures.personae import TODAY

ZINC = {
    "first_phase": "remove",
    "name": "Zinc",
    "kind": "supplement",
    "amount": "15 mg",
    "times_of_day": ["with-dinner"],
}


def add(cho: Program, plan: Plan, **fields: Any) -> Any:
    plan.refresh_from_db()
    return cho.post(f"plans/{plan.code}/orders/", {"revision": plan.revision} | ZINC | fields)


def move(cho: Program, order: Order, name: str, **fields: Any) -> Any:
    plan = Plan.objects.get(pk=order.plan_id)
    return cho.post(f"plans/{plan.code}/orders/{order.code}/{name}/", {"revision": plan.revision} | fields)


def versions(body: dict[str, Any], key: str) -> list[tuple[int, str, str, bool]]:
    return [
        (order["version"], order["status"], order["amount_today"]["value"], order["is_current"])
        for order in body["orders"]
        if order["key"] == key
    ]


@pytest.fixture
def zinc(plan: Plan, cho: Program) -> Order:
    assert add(cho, plan).status_code == 200
    return plan.orders.get(key="zinc")


def test_an_order_is_added_with_a_slow_start(plan: Plan, cho: Program) -> None:
    body = add(cho, plan, titration=[{"days": 3, "amount": "5 mg"}]).json()
    order = next(order for order in body["orders"] if order["key"] == "zinc")
    assert (order["status"], order["first_day"], order["last_day"]) == ("active", "2027-01-04", "2027-01-31")
    assert (order["amount"]["value"], order["amount_today"]["value"]) == ("15", "5")
    assert body["transitions"][-1]["order"] == order["code"]


def test_a_change_leaves_the_old_version_as_it_was_said(zinc: Order, cho: Program) -> None:
    body = move(cho, zinc, "change", amount="30 mg", from_day=str(TODAY + timedelta(days=3))).json()
    assert versions(body, "zinc") == [(1, "active", "15", False), (2, "planned", "30", True)]


def test_held_resumed_and_stopped(zinc: Order, cho: Program) -> None:
    for name, after in (("hold", "held"), ("resume", "active")):
        assert versions(move(cho, zinc, name).json(), "zinc")[0][1] == after
    assert refusal(move(cho, zinc, "stop", stop_reason="boredom")) == (422, "invalid_request", "stop_reason")
    assert versions(move(cho, zinc, "stop", stop_reason="reaction").json(), "zinc")[0][1] == "stopped"
    assert refusal(move(cho, zinc, "hold")) == (409, "illegal_order_move", "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"amount": "0 mg"}, (422, "invalid_request", "amount")),
        ({"titration": [{"days": 3, "amount": "15 mg"}]}, (422, "invalid_request", "titration")),
        ({"first_phase": "nowhere"}, (422, "invalid_request", "first_phase")),
        ({"supplement": "nosuchcode"}, (422, "invalid_request", "supplement")),
        ({"prescriber": "nosuchcode"}, (422, "invalid_request", "prescriber")),
        ({"kind": "spell"}, (422, "invalid_request", "kind")),
        ({"flavour": "lemon"}, (422, "invalid_request", "flavour")),
        ({"name": "Glutamine", "amount": "5000 g"}, (422, "unusual_amount", "amount_confirmed")),
        ({"revision": 0}, (409, "plan_changed", "")),
    ],
)
def test_what_is_refused_says_so_at_its_field(
    fields: dict[str, Any], expected: tuple[int, str, str], plan: Plan, cho: Program
) -> None:
    assert refusal(add(cho, plan, **fields)) == expected
    assert plan.orders.count() == 3


def test_the_same_item_is_not_ordered_twice(zinc: Order, plan: Plan, cho: Program) -> None:
    assert refusal(add(cho, plan)) == (409, "item_already_ordered", "")


def test_a_stranger_finds_nothing_and_an_assistant_may_not(
    zinc: Order, plan: Plan, cho: Program, dee: Program, assistant: Program
) -> None:
    assert move(dee, zinc, "hold").status_code == 404
    assert add(dee, plan).status_code == 404
    assert move(assistant, zinc, "hold").status_code == 403
    assert add(assistant, plan).status_code == 403


def test_a_patient_does_not_read_what_was_in_error(zinc: Order, plan: Plan, cho: Program, angelas: Program) -> None:
    body = move(cho, zinc, "enter-in-error", reason="The wrong patient.").json()
    assert versions(body, "zinc")[0][1] == "entered-in-error"
    assert "zinc" not in {order["key"] for order in angelas.get(f"plans/{plan.code}/").json()["orders"]}


def test_a_plan_is_read_in_as_many_queries_with_many_orders(plan: Plan, zinc: Order, cho: Program) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert cho.get(f"plans/{plan.code}/").status_code == 200
        return len(captured)

    before = count()
    for name in ("Iron", "Selenium", "Iodine"):
        assert add(cho, plan, name=name, titration=[{"days": 3, "amount": "5 mg"}]).status_code == 200
        assert move(cho, plan.orders.get(name=name), "hold").status_code == 200
    assert count() == before


def test_who_decides_about_a_typed_medicine_is_said(plan: Plan, cho: Program) -> None:
    answer = add(cho, plan, name="Something new", kind="medicine")
    assert refusal(answer)[::2] == (422, "prescribed_by")
    assert add(cho, plan, name="Something new", kind="medicine", prescribed_by="clinic").status_code == 200


def test_a_slow_start_begins_again_where_it_is_asked_for(plan: Plan, cho: Program) -> None:
    add(cho, plan, titration=[{"days": 3, "amount": "5 mg"}])
    order = plan.orders.get(key="zinc")
    assert refusal(move(cho, order, "change"))[0] == 422
    answer = move(cho, order, "change", is_raised_anew=True)
    assert answer.status_code == 200, answer.json()
    assert plan.orders.get(key="zinc", is_current=True).number == 2
