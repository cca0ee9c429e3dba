"""What a row of the catalogue says that one dose of it holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from clinics.models import Clinic
from protocols.domain.amount import Amount
from protocols.domain.contents import ContentsError, contents_of_dose
from protocols.domain.swapping import swap
from protocols.models import Ingredient, Medicine, MedicineStrength, Supplement

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def medicine(clinic: Clinic, *strengths: str, **facts: Any) -> Medicine:
    row = Medicine.objects.create(clinic=clinic, name="Any", substance="any", source="Label", created_at=AT, **facts)
    for text in strengths:
        amount = Amount.parse(text)
        MedicineStrength.objects.create(medicine=row, amount_value=amount.value, amount_unit=amount.unit.value)
    return row


def held(product: Medicine | Supplement, dose: str) -> dict[str, str]:
    return {each.substance: str(each.amount) for each in contents_of_dose(product.contents(), Amount.parse(dose))}


def test_a_medicine_of_one_strength_is_counted_or_written_in_mg(clinic: Clinic) -> None:
    row = medicine(clinic, "20 mg", form="softgel")
    assert held(row, "2 {capsule}") == held(row, "40 mg") == {"any": "40 mg"}


def test_a_medicine_of_two_strengths_is_written_in_mg_alone(clinic: Clinic) -> None:
    row = medicine(clinic, "10 mg", "20 mg", form="tablet")
    assert held(row, "30 mg") == {"any": "30 mg"}
    with pytest.raises(ContentsError, match=r"write the dose in mg\."):
        held(row, "1 {tablet}")


def test_one_strength_without_a_form_has_no_unit_to_count(clinic: Clinic) -> None:
    row = medicine(clinic, "20 mg")
    assert held(row, "20 mg") == {"any": "20 mg"}
    with pytest.raises(ContentsError, match=r"write the dose in mg\."):
        held(row, "1 {capsule}")


def test_a_liquid_is_measured(clinic: Clinic) -> None:
    row = medicine(clinic, form="oral liquid", liquid_value=Decimal(8), liquid_unit="mg", liquid_step_ml=Decimal("0.5"))
    assert held(row, "2.5 mL") == held(row, "20 mg") == {"any": "20 mg"}


def test_a_medicine_known_by_name_takes_any_measured_amount(clinic: Clinic) -> None:
    assert held(medicine(clinic), "25 ug") == {"any": "25 ug"}


def test_what_else_is_in_a_medicine_is_counted_with_it(clinic: Clinic) -> None:
    row = medicine(clinic, "20 mg", form="capsule")
    Ingredient.objects.create(
        medicine=row, position=0, substance="sodium bicarbonate", amount_value=Decimal(1100), amount_unit="mg"
    )
    assert held(row, "2 {capsule}") == {"any": "40 mg", "sodium bicarbonate": "2200 mg"}


def test_a_supplement_holds_what_its_rows_say(clinic: Clinic) -> None:
    row = Supplement.objects.create(
        clinic=clinic,
        name="Strains",
        supplement_class="probiotic",
        unit="{capsule}",
        source="Label",
        created_at=AT,
    )
    known = Ingredient(
        supplement=row,
        position=0,
        substance="probiotic",
        amount_value=Decimal(25),
        amount_unit="10*9.[CFU]",
        is_leading=True,
    )
    known.save()
    Ingredient.objects.create(supplement=row, position=1, substance="bifidobacterium longum")
    assert held(row, "50 10*9.[CFU]") == {"probiotic": "50 10*9.[CFU]", "bifidobacterium longum": "None"}


def test_two_sizes_of_one_supplement_stand_in_for_each_other(shelved: Callable[[str], Supplement]) -> None:
    small, large = shelved("zinc-carnosine-37-5").swappable(), shelved("zinc-carnosine-75").swappable()
    found = swap(large, Amount.parse("75 mg"), small)
    assert (str(found.dose), found.differences) == ("2 {capsule}", ("Nobody has read the new label for allergens.",))
