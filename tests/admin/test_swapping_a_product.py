"""The page that swaps a product: what is taken, by what, and every plan with what it would be."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic
from patients.models import Order, Patient, Plan
from protocols.models import Ingredient, Supplement
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, make_patient

SWAP = "/admin/patients/plan/swap/"


def zinc_of(clinic: Clinic, name: str, mg: str) -> Supplement:
    made = Supplement.objects.create(
        name=name,
        clinic=clinic,
        unit="{capsule}",
        supplement_class="mineral",
        source="A test.",
        created_at=NOON,
        created_by_kind="system",
        created_by_code="system",
    )
    Ingredient.objects.create(
        supplement=made, position=0, substance="zinc", amount_value=Decimal(mg), amount_unit="mg", is_leading=True
    )
    return made


@pytest.fixture
def old(clinic: Clinic) -> Supplement:
    return zinc_of(clinic, "Zinc Old", "15")


@pytest.fixture
def new(clinic: Clinic) -> Supplement:
    return zinc_of(clinic, "Zinc New", "7.5")


def take(plan: Plan, product: Supplement) -> Order:
    phase = plan.phases.get(key="remove")
    return Order.objects.create(
        plan=plan,
        key="zinc",
        name="Zinc",
        item_kind="supplement",
        supplement=product,
        amount_value=15,
        amount_unit="mg",
        times_of_day=["with-breakfast"],
        first_phase=phase,
        last_phase=phase,
        evidence="weak",
    )


@pytest.fixture
def order(plan: Plan, old: Supplement) -> Order:
    return take(plan, old)


def address(old: Supplement, new: Supplement) -> str:
    return f"{SWAP}?from={old.code}&to={new.code}"


def chosen(order: Order) -> str:
    return f"{order.code}:{Plan.objects.get(pk=order.plan_id).revision}:2 {{capsule}}"


def test_it_leads_from_the_product_to_every_plan(
    cho: Client, plan: Plan, order: Order, old: Supplement, new: Supplement
) -> None:
    assert SWAP in cho.get(reverse("admin:patients_plan_change", args=[plan.code])).text
    assert "Zinc Old in 1 plan" in text_of(cho.get(SWAP))
    assert f'<option value="{new.code}">' in cho.get(f"{SWAP}?from={old.code}").text
    page = cho.get(address(old, new))
    words = text_of(page)
    assert "15 mg now, 2 capsules afterwards" in words
    assert "Allergies are not known: ask before it is swapped." in words
    assert f'value="{chosen(order)}"' in page.text
    assert Order.objects.filter(key="zinc").count() == 1


def test_the_plans_that_were_chosen_are_swapped(
    cho: Client, order: Order, old: Supplement, new: Supplement, activate_plan: Callable[..., Plan], ben: Patient
) -> None:
    other = take(activate_plan(ben), old)
    said = {"plans": [chosen(order)], "reason": "dearer", "words": ""}
    words = text_of(cho.post(address(old, new), said, follow=True))
    assert "Swapped in 1 plan." in words
    assert Order.objects.get(plan=order.plan, key="zinc", is_current=True).supplement == new
    assert Order.objects.get(plan=other.plan, key="zinc", is_current=True).supplement == old


def test_a_plan_that_changed_meanwhile_is_named(cho: Client, order: Order, old: Supplement, new: Supplement) -> None:
    said = {"plans": [chosen(order)], "reason": "dearer"}
    Plan.objects.filter(pk=order.plan_id).update(revision=99)
    words = text_of(cho.post(address(old, new), said, follow=True))
    assert "Angela: Somebody else has just moved this plan." in words
    assert Order.objects.filter(key="zinc").count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"plans": []}, "Choose at least one plan, and say why."),
        ({"reason": "because"}, "Choose at least one plan, and say why."),
        ({"reason": "other", "words": "  "}, "Write down why."),
        ({"plans": ["nonsense"]}, "One of these could not be read."),
    ],
)
def test_what_cannot_be_is_a_sentence(
    cho: Client, order: Order, old: Supplement, new: Supplement, said: dict[str, object], words: str
) -> None:
    page = cho.post(address(old, new), {"plans": [chosen(order)], "reason": "dearer"} | said, follow=True)
    assert words in text_of(page)
    assert Order.objects.filter(key="zinc").count() == 1


def test_nobody_else_swaps_or_looks(
    dee: Client, assistant: Client, order: Order, old: Supplement, new: Supplement
) -> None:
    assert assistant.get(SWAP).status_code == 404
    assert assistant.post(address(old, new), {"plans": [chosen(order)], "reason": "dearer"}).status_code == 404
    assert "Zinc Old" not in text_of(dee.get(SWAP))
    assert dee.get(address(old, new)).status_code == 404
    assert dee.post(address(old, new), {"plans": [chosen(order)], "reason": "dearer"}).status_code == 404
    assert Order.objects.filter(key="zinc").count() == 1


def test_a_long_list_has_pages(
    cho: Client, clinic: Clinic, old: Supplement, new: Supplement, activate_plan: Callable[..., Plan]
) -> None:
    for number in range(11):
        take(activate_plan(make_patient(clinic, f"Patient {number:02}")), old)
    first = cho.get(address(old, new))
    assert "Page 1 of 2" in text_of(first)
    assert first.text.count('name="plans"') == 10
    assert cho.get(f"{address(old, new)}&page=2").text.count('name="plans"') == 1


def test_the_page_of_a_product_leads_to_the_plans_that_have_it(
    cho: Client, assistant: Client, plan: Plan, old: Supplement, new: Supplement
) -> None:
    take(plan, old)
    page = reverse("admin:protocols_supplement_change", args=[old.code])
    said = cho.get(page)
    assert "Swap it in the plans that have it" in text_of(said)
    assert f'href="{SWAP}?from={old.code}"' in said.content.decode()
    assert "Swap it in" not in text_of(cho.get(reverse("admin:protocols_supplement_change", args=[new.code])))
    assert "Swap it in" not in text_of(assistant.get(page))
