"""A clinic's own supplements: who may, what a revision leaves behind, and that a row never changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from protocols.domain.amount import Amount
from protocols.domain.substances import Basis
from protocols.models import Ingredient, PurchasePlace, Supplement
from protocols.models.catalogue_rows import CatalogueFrozen
from protocols.services.purchase_places import end_place, name_place
from protocols.services.supplement_checks import IngredientLine, SupplementRefused
from protocols.services.supplements import add_supplement, ingredients_of, retire_supplement, revise_supplement
from tests.fixtures.personae import NOON
from tests.fixtures.supplements import OWN_INGREDIENTS, OWN_SUPPLEMENT

LATER = NOON + timedelta(days=7)


def test_a_clinic_adds_a_supplement_of_its_own(own_supplement: Supplement, clinic: Clinic, dr_cho: User) -> None:
    own_supplement.refresh_from_db()
    assert (own_supplement.clinic, own_supplement.number, own_supplement.key, own_supplement.mark) == (
        clinic, 1, "", "own",
    )  # fmt: skip
    assert (own_supplement.created_at, own_supplement.created_by_code) == (NOON, dr_cho.code)
    assert ingredients_of(own_supplement) == OWN_INGREDIENTS
    assert (own_supplement.food, own_supplement.may_be_halved, own_supplement.evidence) == ("unknown", "unknown", "")


@pytest.mark.parametrize(
    ("facts", "ingredients", "field", "words"),
    [
        ({"unit": ""}, None, "unit", "Say what one dose of it is counted in."),
        ({"unit": "spoon"}, None, "unit", "Say what one dose of it is counted in."),
        ({"unit": "{tablet}"}, None, "unit", "A capsule is counted in capsules."),
        ({"may_be_halved": "half"}, None, "may_be_halved", "Only tablets are cut in two."),
        ({"minutes_before_meal": 30}, None, "minutes_before_meal", "Minutes belong to “Before a meal”"),
        ({"food": "before-meal", "minutes_before_meal": 300}, None, "minutes_before_meal", "between 1 and 240"),
        ({"allergens": ["dust"]}, None, "allergens", "Use only these"),
        ({"package_sizes": [0]}, None, "package_sizes", "Whole numbers of units"),
        ({"source": ""}, None, "source", "cannot be blank"),
        ({}, [], "ingredients", "Name at least one ingredient."),
        ({}, [IngredientLine(" ")], "ingredients", "Ingredient 1 has no name"),
        ({}, [IngredientLine("Zinc"), IngredientLine("zinc ")], "ingredients", "“zinc” stands there twice"),
        ({}, [IngredientLine("zinc", Amount.parse("0 mg"))], "ingredients", "an amount of 0"),
        ({}, [IngredientLine("zinc", None, Basis.SALT)], "ingredients", "What the amount of “zinc” counts"),
        ({}, [IngredientLine("zinc", leads=True)], "ingredients", "“zinc” has none"),
        ({}, [IngredientLine(x, Amount.parse("1 mg"), leads=True) for x in "ab"], "ingredients", "not in two"),
        ({}, [IngredientLine(f"x{n}") for n in range(61)], "ingredients", "at most 60"),
        ({"form": "powder", "unit": "g"}, [IngredientLine("x", Amount.parse("200 mg"), leads=True)], "ingredients",
         "nobody could tell"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(
    clinic: Clinic, by: Actor, facts: dict[str, Any], ingredients: list[IngredientLine] | None, field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        add_supplement(
            clinic=clinic,
            facts=OWN_SUPPLEMENT | facts,
            ingredients=OWN_INGREDIENTS if ingredients is None else ingredients,
            by=by,
            at=NOON,
        )
    assert words in " ".join(refused.value.message_dict[field])
    assert not Supplement.objects.exists()
    assert not Ingredient.objects.exists()


def test_the_same_supplement_is_added_once(own_supplement: Supplement, clinic: Clinic, by: Actor) -> None:
    with pytest.raises(ValidationError, match="has a supplement of this name, brand and form already"):
        add_supplement(clinic=clinic, facts=OWN_SUPPLEMENT, ingredients=OWN_INGREDIENTS, by=by, at=NOON)
    other = OWN_SUPPLEMENT | {"brand": "Another"}
    assert add_supplement(clinic=clinic, facts=other, ingredients=OWN_INGREDIENTS, by=by, at=NOON).number == 1


def test_a_revision_is_a_new_row_and_the_old_one_stays(own_supplement: Supplement, by: Actor) -> None:
    lines = [OWN_INGREDIENTS[0]]
    revised = revise_supplement(own_supplement, facts=OWN_SUPPLEMENT, ingredients=lines, by=by, at=LATER)
    own_supplement.refresh_from_db()
    assert (revised.number, revised.replaces, own_supplement.retired_at) == (2, own_supplement, LATER)
    assert ingredients_of(own_supplement) == OWN_INGREDIENTS
    assert ingredients_of(revised) == lines


def test_saying_the_same_again_changes_nothing(own_supplement: Supplement, by: Actor) -> None:
    lines = [
        IngredientLine("  Zinc   CARNOSINE ", Amount.parse("37.5 mg"), Basis.SALT, leads=True),
        *OWN_INGREDIENTS[1:],
    ]
    same = revise_supplement(own_supplement, facts=OWN_SUPPLEMENT, ingredients=lines, by=by, at=LATER)
    assert same == own_supplement
    assert not same.is_retired


def test_the_order_of_ingredients_is_what_the_label_says(own_supplement: Supplement, by: Actor) -> None:
    turned = list(reversed(OWN_INGREDIENTS))
    assert revise_supplement(own_supplement, facts=OWN_SUPPLEMENT, ingredients=turned, by=by, at=LATER).number == 2


def test_a_revision_that_cannot_be_leaves_the_old_one_in_force(own_supplement: Supplement, by: Actor) -> None:
    with pytest.raises(ValidationError):
        revise_supplement(own_supplement, facts=OWN_SUPPLEMENT, ingredients=[], by=by, at=LATER)
    own_supplement.refresh_from_db()
    assert not own_supplement.is_retired


def test_what_is_retired_or_shipped_is_not_revised(
    own_supplement: Supplement, shelved: Callable[[str], Supplement], by: Actor
) -> None:
    retire_supplement(own_supplement, by=by, at=LATER)
    for row, words in ((own_supplement, "retired already"), (shelved("psyllium-powder"), "shipped with gutclinic")):
        for change in (
            lambda row=row: revise_supplement(row, facts=OWN_SUPPLEMENT, ingredients=OWN_INGREDIENTS, by=by, at=LATER),
            lambda row=row: retire_supplement(row, by=by, at=LATER),
        ):
            with pytest.raises(SupplementRefused, match=words):
                change()


def test_only_practitioners_of_the_clinic_change_its_supplements(
    own_supplement: Supplement, clinic: Clinic, other_clinic: Clinic, assistant_1: User, dr_dee: User, by: Actor
) -> None:
    place = name_place(own_supplement, clinic=clinic, where="Shop", financial_interest="none", by=by, at=NOON)
    for who in (staff_in(clinic, assistant_1), staff_in(other_clinic, dr_dee), for_system()):
        for change in (
            lambda who=who: add_supplement(
                clinic=clinic, facts=OWN_SUPPLEMENT | {"name": "X"}, ingredients=OWN_INGREDIENTS, by=who, at=NOON
            ),
            lambda who=who: revise_supplement(own_supplement, facts=OWN_SUPPLEMENT, ingredients=[], by=who, at=NOON),
            lambda who=who: retire_supplement(own_supplement, by=who, at=NOON),
            lambda who=who: name_place(
                own_supplement, clinic=clinic, where="X", financial_interest="none", by=who, at=NOON
            ),
            lambda who=who: end_place(place, by=who, at=NOON),
        ):
            with pytest.raises(NotAllowed):
                change()
    assert Supplement.objects.count() == PurchasePlace.objects.standing().count() == 1


def test_a_clinic_names_no_place_for_the_supplement_of_another(
    own_supplement: Supplement, other_clinic: Clinic, dr_dee: User
) -> None:
    with pytest.raises(SupplementRefused):
        name_place(
            own_supplement,
            clinic=other_clinic,
            where="Shop",
            financial_interest="none",
            by=staff_in(other_clinic, dr_dee),
            at=NOON,
        )


def test_what_the_clinic_earns_is_always_said(own_supplement: Supplement, clinic: Clinic, by: Actor) -> None:
    with pytest.raises(ValidationError, match="even if it is nothing"):
        name_place(own_supplement, clinic=clinic, where="Shop", financial_interest="", by=by, at=NOON)


def test_a_place_is_ended_and_stays_readable(
    own_supplement: Supplement, clinic: Clinic, by: Actor, dr_cho: User
) -> None:
    place = name_place(own_supplement, clinic=clinic, where=" A   shop ", financial_interest="sells", by=by, at=NOON)
    assert place.where == "A shop"
    for at in (LATER, LATER + timedelta(days=1)):
        ended = end_place(place, by=by, at=at)
        assert (ended.ended_at, ended.ended_by_code) == (LATER, dr_cho.code)
    assert name_place(own_supplement, clinic=clinic, where="A shop", financial_interest="none", by=by, at=LATER)
    assert PurchasePlace.objects.count() == 2


def test_a_row_never_changes_through_the_model(own_supplement: Supplement) -> None:
    line = own_supplement.ingredients.first()
    assert line is not None
    for change in (
        own_supplement.save,
        own_supplement.delete,
        line.save,
        line.delete,
        lambda: Supplement.objects.update(name="x"),
        lambda: Ingredient.objects.all().delete(),
    ):
        with pytest.raises(CatalogueFrozen):
            change()


def test_a_row_never_changes_by_sql(own_supplement: Supplement) -> None:
    if connection.vendor != "postgresql":
        return
    for statement in (
        "UPDATE protocols_supplement SET name = 'x'",
        "DELETE FROM protocols_ingredient",
        "UPDATE protocols_ingredient SET amount_value = 7",
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
        {"amount_value": 1, "amount_unit": ""},
        {"amount_value": None, "amount_unit": "mg"},
        {"is_leading": True},
        {"substance": "glutamine"},
        {"supplement": None},
    ],
)
def test_the_database_refuses_what_cannot_be(own_supplement: Supplement, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Ingredient.objects.create(**({"supplement": own_supplement, "position": 9, "substance": "x"} | wrong))
