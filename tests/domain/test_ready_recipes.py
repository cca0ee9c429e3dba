"""Recipes that are offered by name come out as their source says, whatever the strengths are."""

from datetime import date
from decimal import Decimal

import pytest

from protocols.domain.amount import Amount
from protocols.domain.document import Fields
from protocols.domain.medicines import MedicineClass
from protocols.domain.product import Liquid, Product
from protocols.domain.ready_recipes import READY_RECIPES, recipes_for
from protocols.domain.recipe import SlotAmount, build
from protocols.domain.taper import Schedule, schedule
from protocols.domain.taper_preview import read_recipe

TAM213 = READY_RECIPES["ppi-tam213"]


def ppi(*strengths: str, medicine_class: MedicineClass = MedicineClass.PPI) -> Product:
    return Product("a medicine", medicine_class, "capsule", tuple(Amount.parse(each) for each in strengths))


def laid_out(product: Product, start: str) -> Schedule:
    recipe = read_recipe(Fields(TAM213.document(product), "recipe"))
    steps = build(product, [SlotAmount("before breakfast", Amount.parse(start))], recipe).steps
    return schedule(steps, first_day=date(2027, 1, 4))


def test_omeprazole_40_mg_is_the_published_example() -> None:
    found = laid_out(ppi("10 mg", "20 mg", "40 mg"), "40 mg")
    # 28 × 20 + 28 × 10 + 14 × 10 + 8 × 10, added by hand.
    assert (found.days, str(found.total)) == (112, "1060 mg")
    assert [(str(each.units.strength), each.units.count) for each in found.dispense() or ()] == [
        ("20 mg", Decimal(28)),
        ("10 mg", Decimal(50)),
    ]


def test_from_the_lowest_strength_the_days_between_doses_grow_at_once() -> None:
    found = laid_out(ppi("20 mg", "40 mg"), "20 mg")
    assert [str(step.step.pattern) for step in found.steps] == ["every 2 days", "weekdays mon,thu"]
    assert (found.days, str(found.total)) == (56, "440 mg")


@pytest.mark.parametrize(
    ("strengths", "start", "days"), [(("15 mg", "30 mg"), "30 mg", 84), (("30 mg", "60 mg"), "60 mg", 84)]
)
def test_other_proton_pump_inhibitors_go_down_by_their_own_strengths(
    strengths: tuple[str, ...], start: str, days: int
) -> None:
    found = laid_out(ppi(*strengths), start)
    assert found.days == days
    assert str(found.steps[0].step.amount_per_dose_day) == strengths[0]


def test_it_is_offered_for_proton_pump_inhibitors_in_strengths_alone() -> None:
    assert recipes_for(ppi("10 mg")) == (TAM213,)
    assert recipes_for(ppi("150 mg", medicine_class=MedicineClass.H2RA)) == ()
    syrup = Product("a", MedicineClass.PPI, "suspension", liquid=Liquid(Amount.parse("4 mg"), Decimal("0.5")))
    assert recipes_for(syrup) == ()


def test_each_says_where_it_was_read_and_what_of_it_is_our_own() -> None:
    for recipe in READY_RECIPES.values():
        assert recipe.mark.was_read
        assert recipe.source
        assert recipe.rule.endswith(".")
        assert recipe.ours.endswith(".")
