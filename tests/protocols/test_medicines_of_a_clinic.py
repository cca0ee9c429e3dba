"""A clinic's own medicines: who may, what a revision leaves behind, and that a row never changes."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.taper_error import TaperError
from protocols.models import Medicine, MedicineStrength
from protocols.models.catalogue_rows import CatalogueFrozen
from protocols.models.enabling import may_be_tapered_in
from protocols.services.medicines import (
    MedicineRefused,
    Strength,
    add_medicine,
    retire_medicine,
    revise_medicine,
)
from tests.fixtures.medicines import OWN, strengths
from tests.fixtures.personae import NOON, make_member, make_user

LATER = NOON + timedelta(days=7)

Add = Callable[..., Medicine]


@pytest.fixture
def add(clinic: Clinic, by: Actor) -> Add:
    """Add a medicine to dr_cho's clinic: add("10 mg", form="tablet")."""

    def make(*amounts: str, **facts: Any) -> Medicine:
        return add_medicine(clinic=clinic, facts=OWN | facts, strengths=strengths(*amounts), by=by, at=NOON)

    return make


def test_a_clinic_adds_a_medicine_of_its_own(own_medicine: Medicine, clinic: Clinic, dr_cho: User) -> None:
    own_medicine.refresh_from_db()
    assert (own_medicine.clinic, own_medicine.number, own_medicine.key) == (clinic, 1, "")
    assert (own_medicine.created_at, own_medicine.created_by_kind, own_medicine.created_by_code) == (
        NOON, "staff", dr_cho.code,
    )  # fmt: skip
    assert [str(amount) for amount in own_medicine.amounts] == ["15 mg", "5 mg"]
    assert own_medicine.mark == "own"
    product = own_medicine.product()
    assert (product.medicine_class, product.form, product.may_be_halved) == (
        MedicineClass.PPI, "delayed-release capsule", False,
    )  # fmt: skip
    assert product.can_make(Amount.parse("20 mg"))


def test_what_is_left_out_is_unknown(clinic: Clinic, by: Actor) -> None:
    facts = {"substance": "  Slippery   Elm ", "name": "Elm", "medicine_class": "other", "source": "A book."}
    elm = add_medicine(clinic=clinic, facts=facts, strengths=[], by=by, at=NOON)
    elm.refresh_from_db()
    assert (elm.substance, elm.form_words, elm.release, elm.food, elm.may_be_halved, elm.prescription_only) == (
        "slippery elm", "", "", "unknown", "unknown", None,
    )  # fmt: skip
    assert not elm.is_measurable
    with pytest.raises(TaperError):
        elm.product()


def test_a_liquid_is_measured(add: Add) -> None:
    liquid = add(
        name="Omeprazole liquid",
        form="oral liquid",
        liquid_value=Decimal("4"),
        liquid_unit="mg",
        liquid_step_ml=Decimal("0.5"),
    )
    liquid.refresh_from_db()
    assert liquid.product().can_make(Amount.parse("18 mg"))
    assert not liquid.product().can_make(Amount.parse("19 mg"))
    assert liquid.product().describe() == "4 mg/mL, measured by 0.5 mL"


@pytest.mark.parametrize(
    ("facts", "amounts", "field", "words"),
    [
        ({"may_be_halved": "half"}, ["10 mg"], "may_be_halved", "never halved"),
        ({"may_be_halved": "half"}, [], "may_be_halved", "never halved"),
        ({"food": "with"}, ["10 mg"], "minutes_before_meal", "Minutes belong to “Before a meal”"),
        ({"minutes_before_meal": 241}, ["10 mg"], "minutes_before_meal", "between 1 and 240"),
        ({}, ["10 mg", "10 mg"], "strengths", "named twice"),
        ({}, ["10 mg", "10 mL"], "strengths", "different units"),
        ({}, ["0 mg"], "strengths", "above 0"),
        ({"liquid_value": Decimal(4)}, [], "liquid", "needs the amount in 1 mL, its unit, and the smallest step"),
        (
            {"liquid_value": Decimal(4), "liquid_unit": "mg", "liquid_step_ml": Decimal(1)}, [],
            "liquid", "Only an oral liquid",
        ),
        (
            {"form": "oral liquid", "liquid_value": Decimal(0), "liquid_unit": "mg", "liquid_step_ml": Decimal(1)}, [],
            "liquid", "0 holds nothing",
        ),
        (
            {"form": "oral liquid", "liquid_value": Decimal(4), "liquid_unit": "mg", "liquid_step_ml": Decimal(1)},
            ["10 mg"], "strengths", "either, not both",
        ),
        ({"source": ""}, ["10 mg"], "source", "cannot be blank"),
        ({"substance": ""}, ["10 mg"], "substance", "cannot be blank"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(
    add: Add, facts: dict[str, Any], amounts: list[str], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        add(*amounts, **facts)
    assert words in " ".join(refused.value.message_dict[field])
    assert not Medicine.objects.exists()


def test_a_fact_that_a_medicine_has_not_is_a_mistake_of_the_program(add: Add) -> None:
    with pytest.raises(TypeError, match="no such facts: colour"):
        add("10 mg", colour="blue")


def test_the_same_medicine_is_added_once(own_medicine: Medicine, add: Add) -> None:
    with pytest.raises(ValidationError, match="has a medicine of this name and form already"):
        add("20 mg")
    assert Medicine.objects.count() == 1


def test_a_revision_is_a_new_row_and_the_old_one_stays(
    own_medicine: Medicine, clinic: Clinic, by: Actor, dr_cho: User
) -> None:
    revised = revise_medicine(
        own_medicine, facts=OWN | {"instruction": "With water."}, strengths=strengths("10 mg"), by=by, at=LATER
    )
    own_medicine.refresh_from_db()
    assert (revised.number, revised.replaces, revised.clinic) == (2, own_medicine, clinic)
    assert (own_medicine.retired_at, own_medicine.retired_by_code) == (LATER, dr_cho.code)
    assert own_medicine.instruction == ""
    assert [str(amount) for amount in own_medicine.amounts] == ["15 mg", "5 mg"]
    assert [str(amount) for amount in revised.amounts] == ["10 mg"]
    assert list(Medicine.objects.available_to([clinic])) == [revised]


def test_saying_the_same_again_changes_nothing(own_medicine: Medicine, by: Actor) -> None:
    spaced = OWN | {"substance": " Omeprazole "}
    same = revise_medicine(own_medicine, facts=spaced, strengths=strengths("15 mg", "5 mg"), by=by, at=LATER)
    assert same == own_medicine
    assert Medicine.objects.count() == 1
    assert not same.is_retired


def test_a_revision_that_cannot_be_leaves_the_old_one_in_force(own_medicine: Medicine, by: Actor) -> None:
    with pytest.raises(ValidationError):
        revise_medicine(
            own_medicine, facts=OWN | {"may_be_halved": "half"}, strengths=strengths("5 mg"), by=by, at=LATER
        )
    own_medicine.refresh_from_db()
    assert not own_medicine.is_retired


def test_what_was_replaced_is_not_revised_again(own_medicine: Medicine, by: Actor) -> None:
    revise_medicine(own_medicine, facts=OWN, strengths=strengths("10 mg"), by=by, at=LATER)
    for late in (
        lambda: revise_medicine(own_medicine, facts=OWN, strengths=strengths("20 mg"), by=by, at=LATER),
        lambda: retire_medicine(own_medicine, by=by, at=LATER),
    ):
        with pytest.raises(MedicineRefused, match="retired already"):
            late()
    assert Medicine.objects.count() == 2


def test_a_retired_medicine_is_offered_no_more_and_its_name_is_free(
    own_medicine: Medicine, clinic: Clinic, by: Actor, add: Add
) -> None:
    retire_medicine(own_medicine, by=by, at=LATER)
    assert not Medicine.objects.available_to([clinic]).exists()
    assert not may_be_tapered_in(clinic, own_medicine)
    assert add("10 mg").number == 1


def test_shipped_medicines_are_changed_by_nobody(shipped: Callable[[str], Medicine], by: Actor) -> None:
    omeprazole = shipped("omeprazole-capsule")
    for change in (
        lambda: revise_medicine(omeprazole, facts=OWN, strengths=strengths("10 mg"), by=by, at=LATER),
        lambda: retire_medicine(omeprazole, by=by, at=LATER),
    ):
        with pytest.raises(MedicineRefused, match="shipped with gutclinic"):
            change()


def test_only_practitioners_of_the_clinic_change_its_medicines(
    own_medicine: Medicine, clinic: Clinic, other_clinic: Clinic, assistant_1: User, dr_cho: User, dr_dee: User
) -> None:
    admin = make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)
    strangers = [
        staff_in(clinic, assistant_1),
        staff_in(clinic, admin),
        staff_in(clinic, make_user("nobody@example.org")),
        staff_in(other_clinic, dr_dee),
        staff_in(other_clinic, dr_cho),
        for_system(),
    ]
    for who in strangers:
        for change in (
            lambda who=who: add_medicine(clinic=clinic, facts=OWN, strengths=[], by=who, at=NOON),
            lambda who=who: revise_medicine(own_medicine, facts=OWN, strengths=[], by=who, at=NOON),
            lambda who=who: retire_medicine(own_medicine, by=who, at=NOON),
        ):
            with pytest.raises(NotAllowed):
                change()
    assert Medicine.objects.get() == own_medicine


def test_a_clinic_is_offered_what_is_shipped_and_its_own(
    shipped: Callable[[str], Medicine], own_medicine: Medicine, clinic: Clinic, other_clinic: Clinic
) -> None:
    here, there = (Medicine.objects.available_to([each]) for each in (clinic, other_clinic))
    assert set(here) - set(there) == {own_medicine}
    assert shipped("ibuprofen") in there
    assert {medicine.substance for medicine in there.of_class(MedicineClass.H2RA)} == {
        "famotidine", "nizatidine", "cimetidine",
    }  # fmt: skip
    both = there.of_class(MedicineClass.ALGINATE, MedicineClass.ANTACID)
    assert {medicine.medicine_class for medicine in both} == {"alginate", "antacid"}


def test_a_row_never_changes_through_the_model(own_medicine: Medicine) -> None:
    strength = own_medicine.strengths.first()
    assert strength is not None
    own_medicine.name = "Something else"
    for change in (
        own_medicine.save,
        own_medicine.delete,
        strength.save,
        strength.delete,
        Medicine.objects.all().delete,
        MedicineStrength.objects.all().delete,
        lambda: Medicine.objects.update(name="Something else"),
        lambda: MedicineStrength.objects.update(amount_value=7),
        lambda: own_medicine.save(update_fields=["name", "retired_at"]),
    ):
        with pytest.raises(CatalogueFrozen):
            change()


def test_a_row_never_changes_by_sql(own_medicine: Medicine, by: Actor) -> None:
    if connection.vendor != "postgresql":
        return
    retire_medicine(own_medicine, by=by, at=LATER)
    for statement in (
        "UPDATE protocols_medicine SET name = 'x'",
        "UPDATE protocols_medicine SET retired_at = NULL, retired_by_kind = ''",
        "DELETE FROM protocols_medicinestrength",
        "UPDATE protocols_medicinestrength SET amount_value = 7",
    ):
        with (
            pytest.raises(DatabaseError, match="never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize(
    "wrong",
    [
        {"may_be_halved": "half"},
        {"food": "any", "minutes_before_meal": 30},
        {"liquid_value": 1},
        {"key": "omeprazole"},
        {"retired_at": NOON},
    ],
)
def test_the_database_refuses_what_cannot_be(clinic: Clinic, wrong: dict[str, Any]) -> None:
    stamp = {"created_at": NOON, "created_by_kind": "staff", "created_by_code": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Medicine.objects.create(clinic=clinic, **(OWN | stamp | wrong))


def test_the_form_in_words_says_the_release_only_where_it_is_not_immediate(add: Add) -> None:
    assert add("10 mg", name="A", release="immediate", form="tablet").form_words == "tablet"
    assert add("10 mg", name="B", release="extended", form="tablet").form_words == "extended-release tablet"
    assert add("10 mg", name="C", release="", form="").form_words == ""


def test_a_strength_keeps_the_code_it_was_entered_with(clinic: Clinic, by: Actor) -> None:
    entered = [Strength(Amount.parse("10 mg"), "199119"), Strength(Amount.parse("20 mg"))]
    medicine = add_medicine(clinic=clinic, facts=OWN, strengths=entered, by=by, at=NOON)
    assert {str(row): row.rxnorm_drug_code for row in medicine.strengths.all()} == {"10 mg": "199119", "20 mg": ""}
