"""What is counted at home, and until when it lasts. Zinc: one capsule a day for the 28 days of Remove."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, User
from patients.models import Intake, Order, OrderStock, Patient, Plan
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, Refused
from patients.services.orders.stock import at_home, count_stock
from protocols.domain.amount import Unit
from protocols.domain.run_out import RunOutKind
from protocols.models import Supplement
from tests.fixtures.personae import NOON, TODAY
from tests.stocks.conftest import Counts, Write, on_day


def day(number: int) -> date:
    return TODAY + timedelta(days=number - 1)


def test_twenty_capsules_last_twenty_days(plan: Plan, zinc_order: Order, counts: Counts) -> None:
    counts(zinc_order, 20)
    (found,) = [each for each in at_home(plan, today=day(1)) if each.code == zinc_order.code]
    assert (found.left, found.run_out.kind, found.run_out.planned_on) == (20, RunOutKind.ENDS, day(21))
    (later,) = [each for each in at_home(plan, today=day(8)) if each.code == zinc_order.code]
    assert (later.left, later.run_out.planned_on) == (13, day(21))


def test_nobody_counted_is_said_and_enough_to_the_end_too(plan: Plan, zinc_order: Order, counts: Counts) -> None:
    (before,) = [each for each in at_home(plan, today=day(1)) if each.code == zinc_order.code]
    assert (before.left, before.run_out.kind) == (None, RunOutKind.UNKNOWN)
    counts(zinc_order, 28)
    (after,) = [each for each in at_home(plan, today=day(1)) if each.code == zinc_order.code]
    assert after.run_out.kind is RunOutKind.LASTS


def test_what_was_recorded_gives_the_later_date(plan: Plan, zinc_order: Order, counts: Counts) -> None:
    counts(zinc_order, 20)
    # On eight of the first ten days something is recorded... each time the one dose that was planned.
    for number in range(1, 9):
        take(zinc_order, number)
    (found,) = [each for each in at_home(plan, today=day(11)) if each.code == zinc_order.code]
    assert found.run_out.adherence.recorded_days == 8
    assert found.run_out.expected_on == found.run_out.planned_on == day(21)


def test_half_of_what_was_planned_makes_it_last_longer(
    plan: Plan, write: Write, zinc: Supplement, counts: Counts
) -> None:
    twice = write("twice", zinc, times_of_day=["with-breakfast", "bedtime"])
    counts(twice, 40, 11)
    for number in range(1, 11):
        take(twice, number)
    (found,) = [each for each in at_home(plan, today=day(11)) if each.code == twice.code]
    # Planned: 40 at two a day from day 11 end after day 30, later than day 28.
    assert found.run_out.kind is RunOutKind.LASTS
    counts(twice, 20, 11)
    (found,) = [each for each in at_home(plan, today=day(11)) if each.code == twice.code]
    # Planned: through day 20. At half of that: 18 of them through day 28, so enough.
    assert (found.run_out.planned_on, found.run_out.expected_on) == (day(21), None)
    assert found.run_out.adherence.share == Decimal("0.5")


def take(order: Order, number: int) -> None:
    Intake.objects.create(
        order=order,
        taken_on=day(number),
        slot="with-breakfast",
        recorded_at=on_day(number),
        by_kind="patient",
        by_code="x",
    )


def test_a_package_on_top_adds_to_the_rest(plan: Plan, zinc_order: Order, counts: Counts) -> None:
    counts(zinc_order, 5)
    counts(zinc_order, 10, 3, is_all=False)
    (found,) = [each for each in at_home(plan, today=day(3)) if each.code == zinc_order.code]
    assert (found.left, found.run_out.planned_on) == (13, day(16))


def test_a_new_version_of_the_same_product_keeps_the_count(plan: Plan, zinc_order: Order, counts: Counts) -> None:
    counts(zinc_order, 20)
    change(zinc_order, first=11, times_of_day=["with-breakfast", "bedtime"])
    (found,) = [each for each in at_home(plan, today=day(11)) if each.code == zinc_order.code]
    # Ten left on day 11, two a day.
    assert (found.left, found.run_out.planned_on) == (10, day(16))


def change(order: Order, *, first: int, **fields: object) -> Order:
    """The next version, written as its rows are."""
    order.refresh_from_db()
    Order.objects.filter(pk=order.pk).update(is_current=False, ends_on=day(first - 1))
    row = Order.objects.get(pk=order.pk)
    copied = {field.attname: getattr(row, field.attname) for field in Order._meta.concrete_fields}
    for name in ("id", "code", "ends_on"):
        copied.pop(name)
    copied |= {"number": row.number + 1, "replaces_id": row.pk, "is_current": True, "starts_on": day(first)}
    copied |= {"written_at": on_day(first), "counted_from": row.first_day}
    return Order.objects.create(**(copied | fields))


def test_another_product_has_a_count_of_its_own(
    plan: Plan, zinc_order: Order, zinc: Supplement, counts: Counts, clinic: Clinic
) -> None:
    from tests.stocks.conftest import make_supplement

    counts(zinc_order, 20)
    swapped = change(zinc_order, first=11, supplement_id=make_supplement("Zinc gluconate", clinic).pk)
    found = {each.code: each for each in at_home(plan, today=day(11))}
    assert zinc_order.code not in found
    assert found[swapped.code].run_out.kind is RunOutKind.UNKNOWN


def test_while_the_plan_rests_nothing_is_used_up(plan: Plan, zinc_order: Order, counts: Counts, by: Actor) -> None:
    counts(zinc_order, 20)
    held = plan_moves.hold(plan, by=by, at=on_day(6), revision=plan.revision)
    (found,) = [each for each in at_home(plan, today=day(8)) if each.code == zinc_order.code]
    assert (found.left, found.run_out.kind) == (15, RunOutKind.HELD)
    plan_moves.resume(held, by=by, at=on_day(9), revision=held.revision)
    (found,) = [each for each in at_home(plan, today=day(9)) if each.code == zinc_order.code]
    assert (found.left, found.run_out.planned_on) == (15, day(24))


def test_the_same_count_sent_twice_is_one(zinc_order: Order, counts: Counts, herself: Actor) -> None:
    assert counts(zinc_order, 20) == counts(zinc_order, 20)
    first = counts(zinc_order, 60, is_all=False)
    assert counts(zinc_order, 60, is_all=False) == first
    # An hour later it is another package.
    count_stock(zinc_order, count=Decimal(60), is_all=False, by=herself, at=NOON + timedelta(hours=1))
    assert OrderStock.objects.count() == 3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"count": Decimal(-1)}, "count"),
        ({"count": Decimal(10_001)}, "count"),
        ({"count": Decimal("NaN")}, "count"),
        ({"count": Decimal("0.3")}, "count"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=15)}, "on"),
        ({"unit": Unit.ML}, "unit"),
    ],
)
def test_what_cannot_be_is_refused(zinc_order: Order, herself: Actor, said: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        count_stock(zinc_order, **({"count": Decimal(5), "is_all": True, "by": herself, "at": NOON} | said))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert not OrderStock.objects.exists()


def test_what_has_no_unit_to_count_in_is_refused(write: Write, herself: Actor) -> None:
    order = write("zinc", None)
    with pytest.raises(InvalidRequest, match="chooses its product"):
        count_stock(order, count=Decimal(5), is_all=True, by=herself, at=NOON)


def test_what_is_over_is_not_counted(zinc_order: Order, herself: Actor) -> None:
    Order.objects.filter(pk=zinc_order.pk).update(standing="stopped", stop_reason="finished")
    with pytest.raises(Refused, match="no longer taken"):
        count_stock(zinc_order, count=Decimal(5), is_all=True, by=herself, at=NOON)


def test_nobody_counts_for_somebody_else(
    zinc_order: Order,
    ben: Patient,
    assistant_1: User,
    dr_dee: User,
    clinic: Clinic,
    other_clinic: Clinic,
    outside: Actor,
) -> None:
    from clinics.actor import ActorKind, for_system

    strangers = [
        Actor(kind=ActorKind.PATIENT, code=ben.code),
        staff_in(clinic, assistant_1),
        staff_in(other_clinic, dr_dee),
        staff_in(clinic, dr_dee),
        outside,
        for_system(),
    ]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            count_stock(zinc_order, count=Decimal(5), is_all=True, by=stranger, at=NOON)
    assert not OrderStock.objects.exists()


def test_the_practitioner_counts_for_her(zinc_order: Order, by: Actor) -> None:
    row = count_stock(zinc_order, count=Decimal(5), is_all=True, by=by, at=NOON)
    assert (row.by_kind, row.unit, row.on) == ("staff", "{capsule}", TODAY)


def test_ten_orders_are_read_in_as_many_queries_as_one(
    plan: Plan, write: Write, zinc: Supplement, zinc_order: Order, counts: Counts, clinic: Clinic
) -> None:
    from tests.stocks.conftest import make_supplement

    counts(zinc_order, 20)
    with CaptureQueriesContext(connection) as one:
        at_home(plan, today=TODAY)
    for number in range(10):
        counts(write(f"other-{number}", make_supplement(f"Other {number}", clinic)), 20)
    with CaptureQueriesContext(connection) as many:
        assert len(at_home(plan, today=TODAY)) > 10
    assert len(many) == len(one) <= 12
