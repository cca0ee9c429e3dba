"""A clinic's own medicines: added, revised as a new row that replaces the old one, and retired. Never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from clinics.actor import Actor, require
from clinics.models import Clinic
from clinics.roles import Act
from protocols.domain.amount import Amount
from protocols.models import Medicine, MedicineStrength
from protocols.services.catalogue_writing import CatalogueRefused, only_known, own_and_current, retire_row, sign_row
from protocols.services.medicine_checks import problems_of

FACTS: Final = (
    "substance",
    "name",
    "medicine_class",
    "is_rescue",
    "form",
    "release",
    "may_be_halved",
    "liquid_value",
    "liquid_unit",
    "liquid_step_ml",
    "food",
    "minutes_before_meal",
    "instruction",
    "rxnorm_ingredient_code",
    "prescription_only",
    "evidence",
    "source",
)
"""What a medicine says, apart from its strengths: the columns that somebody fills in."""


class MedicineRefused(CatalogueRefused):
    """As things stand this cannot be done; nothing was written."""


@dataclass(frozen=True, slots=True)
class Strength:
    """One strength as it is entered. rxnorm: the code of the clinical drug, empty if nobody has checked it."""

    amount: Amount
    rxnorm: str = ""


@transaction.atomic
def add_medicine(
    *, clinic: Clinic, facts: Mapping[str, Any], strengths: Sequence[Strength], by: Actor, at: datetime
) -> Medicine:
    """A new medicine of this clinic's own. facts: any of `FACTS`; what is left out is unknown.

    Raises `NotAllowed`, and `ValidationError` with sentences by field (“strengths” and “liquid” among them).
    """
    require(by, Act.PUBLISH_TEMPLATE, clinic=clinic)
    # Two who add the same medicine at once take turns here, and the second is told of the first.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    return write_medicine(Medicine(clinic=clinic, **only_known(facts, FACTS, of="medicine")), strengths, by=by, at=at)


@transaction.atomic
def revise_medicine(
    medicine: Medicine, *, facts: Mapping[str, Any], strengths: Sequence[Strength], by: Actor, at: datetime
) -> Medicine:
    """A new version in place of this one, which is retired and stays as it is for the tapers that used it.

    Saying exactly what stands there already changes nothing and gives the same row. Raises `NotAllowed`,
    `MedicineRefused` and `ValidationError`.
    """
    stored = own_and_current(medicine, by=by, refused=MedicineRefused)
    known = only_known(facts, FACTS, of="medicine")
    revised = Medicine(clinic=stored.clinic, number=stored.number + 1, replaces=stored, **known)
    # As it would be stored, or the same words in other spacing would be a new version.
    revised.clean()
    if content_of(revised, strengths) == content_of(stored, strengths_of(stored)):
        return stored
    retire_row(stored, by=by, at=at)
    return write_medicine(revised, strengths, by=by, at=at)


@transaction.atomic
def retire_medicine(medicine: Medicine, *, by: Actor, at: datetime) -> Medicine:
    """Offer this medicine no more. Tapers that use it go on. Raises `NotAllowed` and `MedicineRefused`."""
    stored = own_and_current(medicine, by=by, refused=MedicineRefused)
    retire_row(stored, by=by, at=at)
    return stored


def write_medicine(medicine: Medicine, strengths: Sequence[Strength], *, by: Actor, at: datetime) -> Medicine:
    """Save a checked row with its strengths. Raises `ValidationError`; whoever calls has asked who may."""
    sign_row(medicine, by=by, at=at)
    if problems := problems_of(medicine, [strength.amount for strength in strengths]):
        raise ValidationError(problems)
    medicine.full_clean()
    medicine.save()
    for strength in strengths:
        row = MedicineStrength(
            medicine=medicine,
            amount_value=strength.amount.value,
            amount_unit=strength.amount.unit.value,
            rxnorm_drug_code=strength.rxnorm,
        )
        row.full_clean()
        row.save()
    return medicine


def content_of(medicine: Medicine, strengths: Sequence[Strength]) -> tuple[Any, ...]:
    """All that a medicine says: the same for two rows exactly if neither says anything else."""
    return (
        medicine.mark,
        *(getattr(medicine, name) for name in FACTS),
        frozenset((str(strength.amount), strength.rxnorm) for strength in strengths),
    )


def strengths_of(medicine: Medicine) -> list[Strength]:
    return [Strength(row.amount, row.rxnorm_drug_code) for row in medicine.strengths.all()]
