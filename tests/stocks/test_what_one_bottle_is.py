"""One bottle: counted once on the day of a stop, through a revision of its row, and for its reminders for good."""

from dataclasses import replace
from decimal import Decimal

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Order, Plan
from patients.models.order_supply import home_supplies
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.says import says_of
from patients.services.orders.stock import at_home
from patients.services.orders.stopping import enter_in_error, stop
from protocols.domain.order_states import StopReason
from protocols.models import Supplement
from protocols.services.catalogue_writing import retire_row
from tests.fixtures.personae import NOON
from tests.stocks.conftest import Counts, Write, make_supplement, on_day


def revision(plan: Plan) -> int:
    return Plan.objects.get(pk=plan.pk).revision


def left_on(plan: Plan, day: int) -> Decimal | None:
    (found,) = at_home(Plan.objects.get(pk=plan.pk), today=on_day(day).date())
    return found.left


def test_stopped_and_ordered_anew_on_one_day_its_dose_is_used_once(
    plan: Plan, zinc_order: Order, by: Actor, counts: Counts
) -> None:
    plan.orders.exclude(pk=zinc_order.pk).update(standing="left-out")
    counts(zinc_order, 20)
    said = says_of(zinc_order)
    stop(zinc_order, stop_reason=StopReason.PATIENTS_CHOICE, by=by, at=on_day(3), revision=revision(plan))
    add(plan, says=said, by=by, at=on_day(3), revision=revision(plan))
    # Days 1, 2 and 3, one capsule each.
    assert left_on(plan, 4) == 17


def test_a_revised_row_that_holds_the_same_is_the_same_bottle(
    plan: Plan, zinc_order: Order, zinc: Supplement, clinic: Clinic, by: Actor, counts: Counts
) -> None:
    plan.orders.exclude(pk=zinc_order.pk).update(standing="left-out")
    counts(zinc_order, 20)
    retire_row(zinc, by=by, at=NOON)
    revised = make_supplement("Zinc carnosine", clinic, replaces=zinc, number=2, instruction="With food.")
    says = replace(says_of(zinc_order), supplement=revised, instructions="With food.")
    change(zinc_order, says=says, by=by, at=on_day(3), revision=revision(plan))
    assert left_on(plan, 5) == 16


def test_its_reminders_go_by_the_same_order_when_that_is_entered_in_error(
    plan: Plan, write: Write, zinc: Supplement, by: Actor
) -> None:
    first, second = write("zinc", zinc), write("zinc-2", zinc, "repair")
    enter_in_error(first, reason="Twice.", by=by, at=NOON, revision=revision(plan))
    (supply,) = [each for each in home_supplies([plan])[plan.pk] if second in each.orders]
    assert supply.subject == first
    assert supply.orders == (second,)
