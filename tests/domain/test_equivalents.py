"""What may stand in for a dose: the same molecule, release and dose, of other strengths."""

from decimal import Decimal
from fractions import Fraction
from itertools import product as every

import pytest

from protocols.domain.amount import Amount
from protocols.domain.dose_form import Release
from protocols.domain.equivalents import MOST_PIECES, Preparation, dose_of, is_swap, swaps
from protocols.domain.medicines import MedicineClass
from protocols.domain.product import Liquid, Product, Units
from protocols.domain.taper_error import TaperError


def preparation(
    *amounts: str,
    substance: str = "omeprazole",
    release: Release | None = Release.DELAYED,
    form: str = "capsule",
    halves: bool = False,
    of_class: MedicineClass = MedicineClass.PPI,
) -> Preparation:
    strengths = tuple(Amount.parse(amount) for amount in amounts)
    product = Product(name=substance, medicine_class=of_class, form=form, strengths=strengths, may_be_halved=halves)
    return Preparation(substance=substance, release=release, product=product)


def units(*written: str) -> list[Units]:
    """ "2 x 10 mg" """
    parts = [text.partition(" x ") for text in written]
    return [Units(Amount.parse(strength), Decimal(count)) for count, _, strength in parts]


def shown(found: list[Units] | tuple[Units, ...]) -> str:
    return " + ".join(f"{unit.count:f} x {unit.strength}" for unit in found)


CAPSULES = preparation("10 mg", "20 mg", "40 mg")


def test_two_of_ten_stand_in_for_one_of_twenty() -> None:
    found = swaps(units("1 x 20 mg"), of=CAPSULES, among=[CAPSULES])
    assert [shown(swap.units) for swap in found] == ["2 x 10 mg"]
    assert found[0].pieces == 2


def test_the_fewest_pieces_come_first() -> None:
    found = swaps(units("1 x 40 mg"), of=CAPSULES, among=[CAPSULES])
    assert [shown(swap.units) for swap in found] == ["2 x 20 mg", "4 x 10 mg"]


def test_every_swap_is_the_same_dose_of_strengths_that_exist() -> None:
    """Against a count of all ways that one can think of, made apart from the code."""
    strengths = (Fraction(5), Fraction(10), Fraction("2.5"))
    own = preparation("5 mg", "10 mg", "2.5 mg")
    for given in every(range(3), repeat=3):
        if not any(given):
            continue
        taken = [
            Units(Amount.parse(text), Decimal(n))
            for text, n in zip(("5 mg", "10 mg", "2.5 mg"), given, strict=True)
            if n
        ]
        dose = sum(n * strength for n, strength in zip(given, strengths, strict=True))
        for swap in swaps(taken, of=own, among=[own]):
            assert sum(Fraction(unit.count) * Fraction(unit.strength.value) for unit in swap.units) == dose
            assert all(unit.strength in own.product.strengths for unit in swap.units)
            assert all(unit.count == unit.count.to_integral_value() for unit in swap.units)
            assert set(swap.units) != set(taken)
            assert 0 < swap.pieces <= MOST_PIECES


def test_another_form_of_the_same_release_may_stand_in() -> None:
    tablet = preparation("20 mg", form="tablet")
    found = swaps(units("1 x 40 mg"), of=CAPSULES, among=[tablet])
    assert [(swap.preparation.product.form, shown(swap.units)) for swap in found] == [("tablet", "2 x 20 mg")]
    same = swaps(units("1 x 20 mg"), of=CAPSULES, among=[tablet])
    assert [shown(swap.units) for swap in same] == ["1 x 20 mg"]


@pytest.mark.parametrize(
    "other",
    [
        preparation("10 mg", substance="esomeprazole"),
        preparation("10 mg", release=Release.IMMEDIATE),
        preparation("10 mg", release=None),
        preparation("10 mg", of_class=MedicineClass.OTHER),
        preparation("10 {capsule}"),
    ],
)
def test_nothing_else_stands_in(other: Preparation) -> None:
    assert not other.may_stand_in_for(CAPSULES)
    assert swaps(units("1 x 20 mg"), of=CAPSULES, among=[other]) == []
    assert not is_swap(
        [Units(other.product.strengths[0], Decimal(1))], of=other, instead_of=units("1 x 10 mg"), signed=CAPSULES
    )


def test_a_release_that_nobody_knows_is_like_no_other_but_the_medicine_is_like_itself() -> None:
    one, other = preparation("10 mg", "20 mg", release=None), preparation("10 mg", release=None)
    assert not other.may_stand_in_for(one)
    assert [shown(swap.units) for swap in swaps(units("1 x 20 mg"), of=one, among=[one])] == ["2 x 10 mg"]


def test_what_cannot_make_the_dose_is_not_offered() -> None:
    assert swaps(units("1 x 10 mg"), of=CAPSULES, among=[preparation("20 mg", "40 mg")]) == []


def test_halves_are_offered_only_of_what_may_be_halved() -> None:
    whole = preparation("10 mg", "20 mg", substance="prednisone", of_class=MedicineClass.CORTICOSTEROID)
    halved = preparation("10 mg", "20 mg", substance="prednisone", of_class=MedicineClass.CORTICOSTEROID, halves=True)
    assert swaps(units("1 x 10 mg"), of=whole, among=[whole]) == []
    found = swaps(units("1 x 10 mg"), of=halved, among=[halved])
    assert [(shown(swap.units), swap.pieces) for swap in found] == [("0.5 x 20 mg", 1)]


def test_a_swap_of_too_many_pieces_is_not_offered() -> None:
    small = preparation("1 mg", "50 mg", substance="prednisone", of_class=MedicineClass.CORTICOSTEROID)
    assert swaps(units("1 x 50 mg"), of=small, among=[small]) == []
    found = swaps(units("8 x 1 mg"), of=small, among=[preparation("1 mg", "4 mg", substance="prednisone",
                  of_class=MedicineClass.CORTICOSTEROID)])  # fmt: skip
    assert [shown(swap.units) for swap in found] == ["2 x 4 mg", "8 x 1 mg"]


def test_a_liquid_is_measured() -> None:
    product = Product(
        name="omeprazole",
        medicine_class=MedicineClass.PPI,
        form="oral liquid",
        liquid=Liquid(Amount.parse("2 mg"), Decimal("0.5")),
    )
    liquid = Preparation("omeprazole", Release.DELAYED, product)
    [swap] = swaps(units("1 x 20 mg"), of=CAPSULES, among=[liquid])
    assert [(unit.strength_text, f"{unit.count:f}") for unit in swap.units] == [("2 mg/mL", "10")]
    assert dose_of(swap.units, of=liquid) == Amount.parse("20 mg")
    assert is_swap(swap.units, of=liquid, instead_of=units("1 x 20 mg"), signed=CAPSULES)
    with pytest.raises(TaperError, match=r"0\.3 × 2 mg/mL cannot be taken"):
        dose_of([Units(Amount.parse("2 mg"), Decimal("0.3"), per_ml=True)], of=liquid)


def test_is_swap_asks_for_the_same_dose() -> None:
    assert is_swap(units("2 x 10 mg"), of=CAPSULES, instead_of=units("1 x 20 mg"), signed=CAPSULES)
    assert not is_swap(units("1 x 10 mg"), of=CAPSULES, instead_of=units("1 x 20 mg"), signed=CAPSULES)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "no units at all"),
        (units("1 x 15 mg"), "There is no omeprazole of 15 mg: it comes as 10 mg, 20 mg and 40 mg."),
        (units("0.5 x 20 mg"), "0.5 × 20 mg cannot be taken"),
        ([Units(Amount.parse("20 mg"), Decimal(1), per_ml=True)], "There is no omeprazole of 20 mg/mL"),
    ],
)
def test_units_that_do_not_exist_are_refused(given: list[Units], words: str) -> None:
    with pytest.raises(TaperError) as refused:
        swaps(given, of=CAPSULES, among=[CAPSULES])
    assert words in refused.value.text
