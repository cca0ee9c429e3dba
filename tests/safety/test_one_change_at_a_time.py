"""What changes too soon after something else, as a finding to be known: one for each group, with the days proposed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinics.actor import Actor
from patients.models import Finding, Order, Plan, Taper
from patients.services.orders.changes_ahead import ChangesAhead, changes_ahead
from patients.services.orders.starting_later import move_starts
from patients.services.orders.stopping import leave_out
from patients.services.record import mark_in_error
from patients.services.safety.assessing import preview, reassess
from patients.services.safety.deciding import acknowledge
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from tests.fixtures.personae import NOON, TODAY
from tests.safety.conftest import Take, Write

REPLACE = TODAY + timedelta(days=14)
"""Monday, 18 January 2027: the first day of Replace."""


def clashes(plan: Plan, *, on: date = TODAY) -> list[Finding]:
    reassess(plan, at=NOON + (on - TODAY))
    return list(plan.findings.standing().filter(rule="ONE-CHANGE").order_by("first_day", "pk"))


@pytest.fixture
def bare(plan: Plan) -> Plan:
    """A plan in which nothing changes that a test does not name."""
    plan.orders.all().delete()
    return plan


@pytest.fixture
def three(bare: Plan, order: Write) -> list[Order]:
    """Three that begin on the first day of Replace, one after another in the order of the plan."""
    return [order(name, "replace", amount="5 g") for name in ("Alpha", "Beta", "Gamma")]


def test_three_that_begin_on_one_day_are_one_finding_with_the_days_proposed(bare: Plan, three: list[Order]) -> None:
    (row,) = clashes(bare)
    assert (row.severity, row.status, row.mark, row.first_day) == ("INFO", "open", "D", REPLACE)
    assert row.about == ["Alpha", "Beta", "Gamma"]
    assert set(row.subjects) == {each.code for each in three}
    assert "Proposed: Beta on Thu 21 Jan 2027 and Gamma on Sun 24 Jan 2027." in row.text
    assert row.proposal == [
        {"order": three[1].code, "before": "2027-01-18", "after": "2027-01-21"},
        {"order": three[2].code, "before": "2027-01-18", "after": "2027-01-24"},
    ]
    assert not row.stops
    assert not Order.objects.filter(plan=bare, is_blocked=True).exists()


def test_a_name_with_figures_like_a_day_is_said_as_it_was_typed(bare: Plan, order: Write) -> None:
    for name in ("Lot 2027-13-45", "Lot 2027-01-18"):
        order(name, "replace", amount="5 g")
    (row,) = clashes(bare)
    assert "Lot 2027-01-18 and Lot 2027-13-45 change within a few days" in row.text


def test_two_groups_are_two_findings_and_what_has_a_day_of_its_own_is_none(bare: Plan, order: Write) -> None:
    for name in ("Alpha", "Beta"):
        order(name, "replace", amount="5 g")
    for name in ("Gamma", "Delta"):
        order(name, "replace", amount="5 g", starts_after_days=5)
    order("Epsilon", "replace", amount="5 g", starts_after_days=10)
    assert [row.about for row in clashes(bare)] == [["Alpha", "Beta"], ["Delta", "Gamma"]]


def test_a_draft_shows_it_before_anything_stands(three: list[Order], bare: Plan) -> None:
    found = [each for each in preview(bare, at=NOON).standing if each.found.rule == "ONE-CHANGE"]
    assert [(each.found.about, each.first_day) for each in found] == [(("Alpha", "Beta", "Gamma"), REPLACE)]
    assert not Finding.objects.filter(rule="ONE-CHANGE").exists()


def test_spreading_them_resolves_it(bare: Plan, three: list[Order], by: Actor) -> None:
    (row,) = clashes(bare)
    moves = changes_ahead(bare, on=TODAY).moves
    bare.refresh_from_db()
    to = {move.order.code: move.after for move in moves}
    move_starts(bare, to=to, by=by, at=NOON, revision=bare.revision)
    row.refresh_from_db()
    assert row.status == "resolved", "by the move itself"


def test_what_was_acknowledged_is_not_said_again_as_its_days_come(bare: Plan, order: Write, by: Actor) -> None:
    """Alpha on day 1 of Replace, Beta on day 3, Gamma on day 5: one group, of which the first ones begin."""
    for name, days in (("Alpha", 0), ("Beta", 2), ("Gamma", 4)):
        order(name, "replace", amount="5 g", starts_after_days=days)
    (row,) = clashes(bare)
    acknowledge(row, reason="She wants to begin.", by=by, at=NOON, revision=row.revision)
    for days in range(13, 18):
        (again,) = clashes(bare, on=TODAY + timedelta(days=days))
        assert (again.pk, again.status) == (row.pk, "acknowledged"), days
    assert clashes(bare, on=REPLACE + timedelta(days=4)) == [], "the last of them has begun"
    assert [line.to_status for line in row.changes.order_by("pk")] == ["open", "acknowledged", "resolved"]


def test_what_moves_as_a_whole_is_the_same_clash(bare: Plan, three: list[Order], by: Actor) -> None:
    (row,) = clashes(bare)
    acknowledge(row, reason="She wants to begin.", by=by, at=NOON, revision=row.revision)
    Order.objects.filter(plan=bare).update(starts_after_days=7)
    (again,) = clashes(bare)
    assert (again.pk, again.status) == (row.pk, "acknowledged")
    assert again.first_day == REPLACE + timedelta(days=7)


def test_what_joins_in_is_asked_about_again(bare: Plan, order: Write, by: Actor) -> None:
    order("Alpha", "replace", amount="5 g")
    order("Gamma", "replace", amount="5 g", starts_after_days=2)
    (row,) = clashes(bare)
    acknowledge(row, reason="She wants to begin.", by=by, at=NOON, revision=row.revision)
    order("Beta", "replace", amount="5 g", starts_after_days=1)
    (again,) = clashes(bare)
    assert (again.about, again.status) == (["Alpha", "Beta", "Gamma"], "open")


def test_leaving_all_but_one_out_ends_it(bare: Plan, three: list[Order], by: Actor) -> None:
    assert clashes(bare)
    for each in three[1:]:
        bare.refresh_from_db()
        leave_out(each, by=by, at=NOON, revision=bare.revision)
    assert not bare.findings.standing().filter(rule="ONE-CHANGE").exists()


def test_what_began_together_today_is_past(bare: Plan, order: Write) -> None:
    for name in ("Alpha", "Beta"):
        order(name, "remove", amount="5 g")
    assert clashes(bare) == []


def test_a_step_that_was_signed_stays_and_the_start_beside_it_gives_way(bare: Plan, taper: Taper, order: Write) -> None:
    """The first step of the taper begins on Monday, 11 January 2027, as does Alpha."""
    alpha = order("Alpha", "remove", amount="5 g", starts_after_days=7)
    (row,) = clashes(bare)
    assert set(row.subjects) == {alpha.code, taper.code}
    assert [each["order"] for each in row.proposal] == [alpha.code]
    assert row.proposal[0]["after"] == "2027-01-14"


def test_the_days_on_which_a_finding_stopped_it_count_at_once_when_it_is_let_go(
    bare: Plan, order: Write, takes: Take, by: Actor
) -> None:
    """Five days of 325 mg. Stopped from day 1 on and let go on day 4, it is raised on day 9, beside Alpha."""
    betaine = order("Betaine HCl", amount="650 mg", titration=[{"days": 5, "amount": "325 mg"}])
    begins(order, "Alpha", day(9))
    ibuprofen = takes("Ibuprofen", MedicineClass.NSAID)
    assert clashes(bare) == [], "while it is stopped nobody knows when it is raised"
    betaine.refresh_from_db()
    assert betaine.blocked_since == day(1)
    mark_in_error(ibuprofen, reason="It was her husband’s.", by=by, at=NOON + timedelta(days=3))
    (row,) = bare.findings.standing().filter(rule="ONE-CHANGE")
    assert (row.about, row.first_day) == (["Alpha", "Betaine HCl, step 2"], day(9))


def day(number: int) -> date:
    return TODAY + timedelta(days=number - 1)


def begins(order: Write, name: str, on: date) -> Order:
    return order(name, until="rebalance", amount="5 mg", starts_on=on)


def changed(order: Order, amount: str, *, on: date) -> Order:
    """The next version of the same order, from that day on."""
    new = Order.objects.get(pk=order.pk)
    new.pk, new.number, new.code, new.starts_on, new.replaces = None, 2, "O-NEW-0001", on, order
    Order.objects.filter(pk=order.pk).update(is_current=False, ends_on=on - timedelta(days=1))
    new.amount_value = Amount.parse(amount).value
    new.save(force_insert=True)
    return new


def test_two_changes_of_one_order_in_two_groups_are_two_findings(bare: Plan, order: Write, by: Actor) -> None:
    """Zinc begins a day after Alpha, and is raised a day after Beta: each has a last day of zinc, one day later."""
    begins(order, "Alpha", day(4))
    zinc = begins(order, "Zinc", day(5))
    begins(order, "Beta", day(19))
    changed(zinc, "30 mg", on=day(20))
    first, second = clashes(bare)
    assert (first.about, second.about) == (["Alpha", "Zinc"], ["Beta", "Zinc (changed)"])
    acknowledge(first, reason="She wants to begin.", by=by, at=NOON, revision=first.revision)
    (left,) = clashes(bare, on=day(6))
    assert (left.pk, left.status) == (second.pk, "open"), "what was said of the first group is not said of the second"


def test_an_order_whose_key_ends_with_a_number_is_not_a_step_of_another(bare: Plan, order: Write) -> None:
    """The second step of Alpha and the start of what has the key alpha-1, each two days after something else."""
    order("Alpha", until="rebalance", amount="20 mg", titration=[{"days": 3, "amount": "10 mg"}])
    begins(order, "Beta", day(2))
    begins(order, "Gamma", day(18))
    Order.objects.filter(pk=begins(order, "Delta", day(20)).pk).update(key="alpha-1")
    assert [row.about for row in clashes(bare)] == [["Alpha", "Beta", "Alpha, step 2"], ["Gamma", "Delta"]]


def test_groups_of_the_same_facts_have_keys_of_their_own(
    bare: Plan, order: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever makes two groups look alike: no move of the plan may fail by it."""

    def alike(plan: Plan, **said: Any) -> ChangesAhead:
        found = changes_ahead(plan, **said)
        return replace(found, names=dict.fromkeys(found.names, "the same"))

    monkeypatch.setattr("patients.services.safety.one_change.changes_ahead", alike)
    for name, on in (("Alpha", 4), ("Beta", 5), ("Gamma", 19), ("Delta", 20)):
        begins(order, name, day(on))
    first, second = clashes(bare)
    assert [row.pk for row in clashes(bare, on=day(8))] == [second.pk], "it keeps its key when the first is past"
    assert first.facts_key != second.facts_key
