"""A medicine in several strengths is counted in the one that she takes; what nobody can count is bought in doses."""

from datetime import timedelta
from decimal import Decimal

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import Order, Plan
from patients.services.errors import InvalidRequest
from patients.services.orders.shopping_sheet import shopping_sheet
from patients.services.orders.stock import AtHome, at_home, count_stock
from patients.services.orders.supply_words import supply_words
from protocols.models import Medicine, MedicineStrength
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.records import make_medicine
from tests.stocks.conftest import Counts, Write, make_supplement
from tests.stocks.test_counting_what_is_at_home import change


@pytest.fixture
def famotidine(clinic: Clinic) -> Medicine:
    made = make_medicine(clinic, "famotidine", "H2RA", form="tablet")
    for amount in (10, 20, 40):
        MedicineStrength.objects.create(medicine=made, amount_value=amount, amount_unit="mg")
    return made


@pytest.fixture
def at_night(write: Write, famotidine: Medicine) -> Order:
    return write(
        "famotidine",
        None,
        medicine=famotidine,
        item_kind="medicine",
        amount_value=Decimal(20),
        times_of_day=["bedtime"],
    )


def of(plan: Plan, order: Order) -> AtHome:
    (found,) = [each for each in at_home(plan, today=TODAY) if each.code == order.code]
    return found


def test_a_medicine_in_several_strengths_is_counted_in_the_one_that_she_takes(
    plan: Plan, at_night: Order, counts: Counts
) -> None:
    counts(at_night, 10)
    found = of(plan, at_night)
    assert (found.supply.name, found.counted_in, found.left) == ("Famotidine, 20 mg", "tablets of 20 mg", 10)
    assert found.run_out.planned_on == TODAY + timedelta(days=10)


def test_another_dose_later_is_counted_in_the_same_tablets(plan: Plan, at_night: Order, counts: Counts) -> None:
    """Twice the dose takes two of them: what was counted stays what it was."""
    counts(at_night, 10)
    change(at_night, first=3, amount_value=Decimal(40))
    found = of(plan, at_night)
    assert found.counted_in == "tablets of 20 mg"
    assert found.run_out.planned_on == TODAY + timedelta(days=6)


@pytest.mark.parametrize("amount", [15, None])
def test_a_dose_that_no_strength_makes_in_one_piece_says_who_can_help(
    plan: Plan, at_night: Order, herself: Actor, amount: int | None
) -> None:
    Order.objects.filter(pk=at_night.pk).update(amount_value=amount, amount_unit="mg" if amount else "")
    found = of(plan, at_night)
    said = "It cannot be counted yet: the clinic chooses its product and its strength first."
    assert supply_words(found, today=TODAY).planned == said
    assert shopping_sheet(plan, today=TODAY, days=7).not_counted[-1] == ("Famotidine", said)
    with pytest.raises(InvalidRequest, match="chooses its product"):
        count_stock(at_night, count=Decimal(5), is_all=True, by=herself, at=NOON)


def test_what_nobody_can_count_is_not_asked_for_and_bought_in_doses(
    plan: Plan, write: Write, clinic: Clinic, herself: Actor
) -> None:
    vitamin = make_supplement("Vitamin D", clinic, unit="[iU]")
    order = write("vitamin-d", vitamin, amount_value=Decimal(1000), amount_unit="[iU]")
    assert of(plan, order).counted_in == ""
    (line,) = [line for line in shopping_sheet(plan, today=TODAY, days=7).to_buy if line.name == "Vitamin-d"]
    assert (line.needed, line.missing) == ("7 doses of 1000 IU", "7 doses of 1000 IU")
    assert "counted" not in line.note
    with pytest.raises(InvalidRequest, match="chooses its product"):
        count_stock(order, count=Decimal(5000), is_all=True, by=herself, at=NOON)
