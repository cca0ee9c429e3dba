"""The supplements in the workspace: shipped ones are read, a clinic's own are added, revised and retired."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, User
from clinics.roles import Role
from protocols.models import FinancialInterest, PurchasePlace, Supplement
from protocols.services.purchase_places import name_place
from protocols.services.supplement_checks import IngredientLine
from protocols.services.supplements import add_supplement, ingredients_of, retire_supplement
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, make_member
from tests.fixtures.supplements import OWN_INGREDIENTS, OWN_SUPPLEMENT

LIST = "admin:protocols_supplement_changelist"
ADD = "admin:protocols_supplement_add"

Shelved = Callable[[str], Supplement]


def address(supplement: Supplement, page: str = "change") -> str:
    return reverse(f"admin:protocols_supplement_{page}", args=[supplement.code])


def sent_by(page: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send from this form and its rows, with these changes."""
    form = page.context["form"]
    fields = [*form, *form.rows.management_form, *(field for row in form.rows for field in row)]
    values = {field.html_name: field.value() for field in fields} | changes
    sent = {name: value for name, value in values.items() if value not in (None, False, "")}
    return {name: "on" if value is True else getattr(value, "pk", value) for name, value in sent.items()}


NEW = {
    "name": "Barrier powder",
    "supplement_class": "amino acid",
    "form": "powder",
    "unit": "g",
    "source": "Its label.",
    "ingredients-0-substance": "Glutamine",
    "ingredients-0-amount": "0.8",
    "ingredients-0-unit": "g",
    "ingredients-2-substance": "Lactobacillus casei",
}


def test_the_list_says_what_one_unit_holds(cho: Client, shelved: Shelved) -> None:
    words = text_of(cho.get(reverse(LIST), {"q": "zinc carnosine"}))
    assert "zinc carnosine 37.5 mg in 1 capsule" in words
    assert "gutclinic" in words
    many = text_of(cho.get(reverse(LIST), {"q": "several strains"}))
    assert "probiotic, lactobacillus paracasei, lactobacillus plantarum and 6 more, counted in billion CFU" in many


@pytest.mark.parametrize(
    ("question", "there", "not_there"),
    [
        ({"supplement_class__exact": "probiotic"}, "boulardii", "Psyllium"),
        ({"form__exact": "powder"}, "Psyllium", "boulardii"),
        ({"from": "own"}, "with glutamine", "Psyllium"),
        ({"from": "shipped"}, "Psyllium", "with glutamine"),
        ({"evidence__exact": "weak"}, "Inulin", "Psyllium"),
        ({"q": "lactobacillus casei"}, "with glutamine", "Psyllium"),
        ({"q": "bifidobacterium breve"}, "several strains", "boulardii"),
        ({"q": "Linden"}, "with glutamine", "Psyllium"),
    ],
)
def test_the_list_is_narrowed_and_searched_by_ingredient(
    cho: Client, shelved: Shelved, own_supplement: Supplement, question: dict[str, str], there: str, not_there: str
) -> None:
    names = [str(row) for row in cho.get(reverse(LIST), question).context["cl"].result_list]
    assert any(there in name for name in names)
    assert not any(not_there in name for name in names)
    assert len(names) == len(set(names))


def test_a_shipped_supplement_is_read_with_its_sources(cho: Client, shelved: Shelved) -> None:
    words = text_of(cho.get(address(shelved("probiotic-many-strains"))))
    for said in [
        "What 1 billion CFU holds",
        "bifidobacterium breve How much: not known.",
        "Doses may be written in it.",
        "Limited: few or mixed trials",
        "gutclinic, edition 2026-11",
        "Allergens Not known: nobody has read its label",
        "No place is named.",
        "AGA guideline on probiotics",
    ]:
        assert said in words, said
    assert "Revise" not in words


def test_an_ingredient_that_no_rule_knows_is_not_checked(cho: Client, clinic: Clinic, by: Actor) -> None:
    odd = add_supplement(clinic=clinic, facts=OWN_SUPPLEMENT, ingredients=[IngredientLine("moon dust")], by=by, at=NOON)
    assert "moon dust How much: not known. Not checked" in text_of(cho.get(address(odd)))


def test_a_practitioner_adds_a_supplement_with_rows_of_ingredients(cho: Client, clinic: Clinic) -> None:
    page = cho.get(reverse(ADD))
    saved = cho.post(reverse(ADD), sent_by(page, **NEW), follow=True)
    added = Supplement.objects.get()
    assert (added.name, added.clinic, added.allergens) == ("Barrier powder", clinic, None)
    assert [(line.substance, str(line.amount)) for line in ingredients_of(added)] == [
        ("glutamine", "0.8 g"),
        ("lactobacillus casei", "None"),
    ]
    assert "is offered in" in text_of(saved)


def test_more_rows_keep_what_was_typed_and_save_nothing(cho: Client, db: None) -> None:
    page = cho.get(reverse(ADD))
    assert len(page.context["form"].rows.forms) == 4
    more = cho.post(reverse(ADD), sent_by(page, **NEW, more="1"))
    rows = more.context["form"].rows.forms
    assert [row["substance"].value() for row in rows] == ["Glutamine", "Lactobacillus casei", *[None] * 4]
    assert more.context["form"]["name"].value() == "Barrier powder"
    assert not Supplement.objects.exists()
    assert cho.post(reverse(ADD), sent_by(more)).status_code == 302
    assert Supplement.objects.get().ingredients.count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ingredients-0-unit": ""}, "An amount needs a number and a unit, or neither: not known."),
        ({"ingredients-0-amount": "0"}, "More than 0, or empty: not known."),
        ({"ingredients-0-substance": ""}, "Write its name, or leave the row empty."),
        ({"ingredients-1-substance": "glutamine"}, "“glutamine” stands there twice"),
        ({"ingredients-0-leads": "on"}, "nobody could tell which of the two a dose means"),
        ({"ingredients-2-leads": "on"}, "“lactobacillus casei” has none"),
        ({"ingredients-0-substance": "", "ingredients-0-amount": "", "ingredients-0-unit": "",
          "ingredients-2-substance": ""}, "Name at least one ingredient."),
        ({"package_sizes": "sixty"}, "Write whole numbers of units"),
        ({"allergens": ["milk"]}, "Say that its label was read, or choose no allergen."),
        ({"form": "capsule"}, "A capsule is counted in capsules."),
        ({"minutes_before_meal": "30"}, "Minutes belong to “Before a meal”"),
        ({"source": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_place(cho: Client, db: None, changes: dict[str, Any], sentence: str) -> None:
    page = cho.get(reverse(ADD))
    sent = sent_by(page, **(NEW | changes))
    refused = cho.post(reverse(ADD), sent)
    assert sentence in text_of(refused)
    assert refused.context["form"]["name"].value() == "Barrier powder"
    assert not Supplement.objects.exists()


def test_a_revision_is_a_new_version_with_its_places(
    cho: Client, clinic: Clinic, own_supplement: Supplement, by: Actor
) -> None:
    place = name_place(
        own_supplement, clinic=clinic, where="Linden pharmacy", financial_interest="none", by=by, at=NOON
    )
    page = cho.get(address(own_supplement, "revise"))
    assert page.context["form"]["allergens"].value() == ["gelatin"]
    rows = [row["substance"].value() for row in page.context["form"].rows.forms]
    assert rows[:3] == [line.substance for line in OWN_INGREDIENTS]
    saved = cho.post(address(own_supplement, "revise"), sent_by(page, instruction="With water."), follow=True)
    assert "This is version 2." in text_of(saved)
    place.refresh_from_db()
    assert (place.supplement.number, place.supplement.replaces) == (2, own_supplement)
    assert ingredients_of(place.supplement) == OWN_INGREDIENTS


def test_saving_the_same_again_makes_no_version(cho: Client, own_supplement: Supplement) -> None:
    page = cho.get(address(own_supplement, "revise"))
    assert cho.post(address(own_supplement, "revise"), sent_by(page)).status_code == 302
    assert Supplement.objects.get() == own_supplement


def test_a_retired_supplement_is_offered_no_more(cho: Client, own_supplement: Supplement) -> None:
    assert cho.post(address(own_supplement, "retire")).status_code == 302
    assert not Supplement.objects.current().exists()
    words = text_of(cho.get(address(own_supplement)))
    assert "Retired" in words
    assert "Revise" not in words
    assert "Zinc carnosine with glutamine" in text_of(cho.get(reverse(LIST), {"state": "retired"}))


def test_a_place_is_named_with_what_the_clinic_earns_and_in_alphabetical_order(
    cho: Client, clinic: Clinic, shelved: Shelved
) -> None:
    fibre = shelved("phgg-powder")
    for where, interest in [("Village shop", "sells"), ("a large pharmacy", "none"), ("Online shop", "commission")]:
        named = {"clinic": clinic.code, "where": where, "financial_interest": interest}
        assert cho.post(address(fibre, "places"), named).status_code == 302
    words = text_of(cho.get(address(fibre)))
    said = [
        "a large pharmacy: The clinic earns nothing from it",
        "Online shop: The clinic is paid when patients buy it there",
        "Village shop: The clinic sells it",
    ]
    assert [words.index(each) for each in said] == sorted(words.index(each) for each in said)
    shop = PurchasePlace.objects.get(where="Online shop")
    assert cho.post(address(fibre, "places"), {"end": str(shop.pk)}).status_code == 302
    shop.refresh_from_db()
    assert shop.ended_at is not None
    assert "Online shop" not in text_of(cho.get(address(fibre)))


def test_a_place_without_a_word_on_earnings_is_refused(cho: Client, clinic: Clinic, shelved: Shelved) -> None:
    page = cho.post(address(shelved("phgg-powder"), "places"), {"clinic": clinic.code, "where": "Village shop"})
    assert "This field is required." in text_of(page)
    assert not PurchasePlace.objects.exists()


def test_a_place_is_named_once(cho: Client, clinic: Clinic, own_supplement: Supplement) -> None:
    named = {"clinic": clinic.code, "where": "Village shop", "financial_interest": FinancialInterest.NONE.value}
    cho.post(address(own_supplement, "places"), named)
    assert "This place is named already." in text_of(cho.post(address(own_supplement, "places"), named))
    assert PurchasePlace.objects.count() == 1


def test_another_clinic_sees_no_place_of_this_one(dee: Client, clinic: Clinic, shelved: Shelved, by: Actor) -> None:
    fibre = shelved("phgg-powder")
    place = name_place(fibre, clinic=clinic, where="Village shop", financial_interest="none", by=by, at=NOON)
    assert "Village shop" not in text_of(dee.get(address(fibre)))
    assert dee.post(address(fibre, "places"), {"end": str(place.pk)}).status_code == 302
    place.refresh_from_db()
    assert place.ended_at is None


def test_an_assistant_reads_and_changes_nothing(
    sign_in: Callable[[User], Client], clinic: Clinic, own_supplement: Supplement, by: Actor
) -> None:
    assistant = sign_in(make_member(clinic, "assistant_7@example.org", Role.ASSISTANT))
    assert assistant.get(address(own_supplement)).status_code == 200
    assert assistant.get(reverse(ADD)).status_code == 403
    for page in ("revise", "retire"):
        assert assistant.post(address(own_supplement, page)).status_code == 403
    named = {"clinic": clinic.code, "where": "Village shop", "financial_interest": "none"}
    assert assistant.post(address(own_supplement, "places"), named).status_code == 403
    assert not PurchasePlace.objects.exists()


def test_what_is_shipped_or_retired_is_not_revised(
    cho: Client, shelved: Shelved, own_supplement: Supplement, by: Actor
) -> None:
    assert cho.get(address(shelved("inulin-powder"), "revise")).status_code == 403
    retire_supplement(own_supplement, by=by, at=NOON)
    page = cho.post(address(own_supplement, "retire"), follow=True)
    assert "retired already" in text_of(page)
