"""What must be so of orders can be found broken: planted in what was seen, and in the software itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from gutclinic.simulator.cast import Cast
from gutclinic.simulator.evidence import Evidence
from gutclinic.simulator.order_evidence import OrderDay
from gutclinic.simulator.run import run
from gutclinic.simulator.stories import of_orders
from patients.models import Finding, Order
from patients.services import moving
from patients.services.orders import changing
from patients.services.safety import rows
from tests.simulator.breaking import broken, lived_through

PATIENTS, DAYS, SEED = 2, 45, 7
CAST = Cast((of_orders.takes_something_more, of_orders.is_warned), tapering=frozenset())


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Evidence]:
    """A run in which all sorts of things become of orders, without violations, with its database still there."""
    with lived_through(
        lambda: run(patients=PATIENTS, days=DAYS, seed=SEED, cast=CAST, by=for_system()), django_db_blocker
    ) as evidence:
        yield evidence


def plant(evidence: Evidence, wanted: Callable[[OrderDay], bool], change: Callable[[OrderDay], dict[str, Any]]) -> None:
    """Change the first day that is like that."""
    number = next(number for number, day in enumerate(evidence.order_days) if wanted(day))
    day = evidence.order_days[number]
    evidence.order_days[number] = replace(day, **change(day))


def test_the_stories_were_lived(lived: Evidence) -> None:
    """Something was blocked, held, stopped, replaced, acknowledged, kept apart and recorded, or nothing is tried."""
    days = lived.order_days
    orders = [order for day in days for order in day.orders]
    assert any(order.is_blocked for order in orders)
    assert {"open", "held", "stopped"} <= {order.standing for order in orders}
    assert max(order.number for order in orders) == 3
    assert {finding.status for day in days for finding in day.findings} == {"open", "acknowledged"}
    assert any(apart.is_kept for day in days for apart in day.apart)
    assert any(day.recorded for day in days)
    assert any(act.refusal.startswith("OldVersion") for act in lived.acts)


@pytest.mark.parametrize("how", ["blocked", "held", "stopped", "over", "resting"])
def test_something_due_that_is_stopped_is_found(seen: Evidence, how: str) -> None:
    def stopped(day: OrderDay) -> dict[str, Any]:
        yesterday = day.on - timedelta(days=1)
        otherwise: dict[str, Any] = {
            "blocked": {"is_blocked": True},
            "held": {"standing": "held"},
            "stopped": {"standing": "stopped"},
            "over": {"ends_on": yesterday},
            "resting": {"held": ((yesterday, None),)},
        }
        return {"orders": tuple(replace(o, **otherwise[how]) if o.is_due else o for o in day.orders)}

    plant(seen, lambda day: any(order.is_due for order in day.orders), stopped)
    assert broken(seen) == {"what is stopped is not due"}


def test_two_versions_due_on_one_day_are_found(seen: Evidence) -> None:
    def twice(day: OrderDay) -> dict[str, Any]:
        due = next(order for order in day.orders if order.is_due)
        return {"orders": (*day.orders, replace(due, number=due.number + 1, slots=()))}

    plant(seen, lambda day: any(order.is_due for order in day.orders), twice)
    assert broken(seen) == {"one version of an order a day"}


@pytest.mark.parametrize("how", ["left out", "doubled"])
def test_a_dose_that_does_not_stand_once_is_found(seen: Evidence, how: str) -> None:
    def otherwise(day: OrderDay) -> dict[str, Any]:
        codes = {order.code for order in day.orders}
        number = next(number for number, each in enumerate(day.printed) if each[0] in codes)
        times = 0 if how == "left out" else 2
        return {
            "printed": (*day.printed[:number], *day.printed[number : number + 1] * times, *day.printed[number + 1 :])
        }

    plant(seen, lambda day: any(order.is_due and order.slots for order in day.orders), otherwise)
    assert broken(seen) == {"every dose stands once"}


def test_hours_that_are_said_to_be_kept_and_are_not_are_found(seen: Evidence) -> None:
    def at_once(day: OrderDay) -> dict[str, Any]:
        return {"printed": tuple((code, slot, "7:00") for code, slot, _ in day.printed)}

    plant(seen, lambda day: any(apart.is_kept for apart in day.apart) and len(day.printed) > 1, at_once)
    assert broken(seen) == {"hours apart are kept"}


@pytest.mark.parametrize("how", ["gone", "besides"])
def test_findings_that_are_not_what_the_rules_say_are_found(seen: Evidence, how: str) -> None:
    def otherwise(day: OrderDay) -> dict[str, Any]:
        if how == "gone":
            return {"findings": day.findings[1:]}
        return {"found": day.found - {(each.rule, each.part, each.facts) for each in day.findings[:1]}}

    plant(seen, lambda day: bool(day.findings), otherwise)
    assert broken(seen) == {"findings are what the rules say"}


def test_asking_again_what_was_decided_is_found(seen: Evidence) -> None:
    number = max(
        number
        for number, day in enumerate(seen.order_days)
        if any(finding.status == "acknowledged" for finding in day.findings)
    )
    day = seen.order_days[number]
    asked = tuple(replace(finding, status="open") for finding in day.findings)
    seen.order_days[number] = replace(day, findings=asked)
    assert broken(seen) == {"nothing is asked twice"}


def test_a_dose_that_counts_twice_is_found(seen: Evidence) -> None:
    plant(seen, lambda day: bool(day.recorded), lambda day: {"recorded": day.recorded + day.recorded})
    assert broken(seen) == {"one dose counts once"}


@pytest.mark.parametrize(
    ("how", "besides"),
    [
        ({"number": 9}, {"the history of an order is whole"}),
        ({"is_current": True}, {"the history of an order is whole"}),
        ({"replaces": None}, set()),
        ({"ends_on": None}, set()),
    ],
)
def test_versions_that_do_not_follow_one_another_are_found(
    seen: Evidence, how: dict[str, Any], besides: set[str]
) -> None:
    """`besides`: with another number or another key, what was written down belongs to another version as well."""
    versions = Order.objects.filter(key="psyllium").order_by("number")
    first, second = versions[0], versions[1]
    row = second if "replaces" in how else first
    if "is_current" in how:
        Order.objects.filter(key="psyllium", standing="stopped").update(key="psyllium-elsewhere", number=3)
    Order.objects.filter(pk=row.pk).update(**how)
    assert broken(seen) == {"versions follow one another"} | besides


def no_rule_follows_a_move(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving, "reassess", lambda plan, at: None)


def old_versions_go_on(patch: pytest.MonkeyPatch) -> None:
    replace_row = changing._replace

    def forget_the_end(move: Any, new: Order, *, day: Any) -> None:
        replace_row(move, new, day=day)
        Order.objects.filter(pk=new.replaces_id).update(ends_on=None)

    patch.setattr(changing, "_replace", forget_the_end)


def decisions_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What comes back is open again, whatever was decided about the same facts."""
    patch.setattr(Finding, "standing_status", property(lambda finding: rows.FindingStatus.OPEN))


@pytest.mark.parametrize(
    ("break_it", "story", "invariants"),
    [
        (no_rule_follows_a_move, of_orders.is_warned, {"findings are what the rules say"}),
        (old_versions_go_on, of_orders.takes_something_more, {"versions follow one another"}),
        (decisions_are_forgotten, of_orders.is_warned, {"nothing is asked twice"}),
    ],
    ids=lambda value: getattr(value, "__name__", "finds"),
)
@pytest.mark.django_db(transaction=True)
def test_broken_orders_are_found(
    monkeypatch: pytest.MonkeyPatch, break_it: Callable[[pytest.MonkeyPatch], None], story: Any, invariants: set[str]
) -> None:
    break_it(monkeypatch)
    evidence = run(patients=1, days=DAYS, seed=SEED, cast=Cast((story,), tapering=frozenset()), by=for_system())
    assert invariants <= broken(evidence)
