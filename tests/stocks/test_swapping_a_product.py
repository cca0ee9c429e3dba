"""Another product in the place of one, in several plans: the same dose, what changes, and each plan for itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, User
from patients.models import Order, Patient, Plan, SourceKind
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.changing import change
from patients.services.orders.says import says_of
from patients.services.orders.stock import count_stock
from patients.services.orders.swapping import Chosen, SwapReason, orders_with, preview_swap, swap_in_plans
from patients.services.record import Source, add_allergy
from protocols.domain.amount import Amount
from protocols.models import Ingredient, Supplement
from tests.fixtures.personae import NOON, TODAY
from tests.stocks.conftest import Write, make_supplement


@pytest.fixture
def half_strength(clinic: Clinic) -> Supplement:
    """The same substance, 37.5 mg in a capsule, and milk in it."""
    made = Supplement.objects.create(
        name="Zinc carnosine mini",
        clinic=clinic,
        unit="{capsule}",
        supplement_class="mineral",
        allergens=["milk"],
        instruction="Two small capsules, with water.",
        source="The new label.",
        evidence="limited",
        created_at=NOON,
        created_by_kind="system",
        created_by_code="system",
    )
    Ingredient.objects.create(
        supplement=made,
        position=0,
        substance="zinc carnosine",
        amount_value=Decimal("37.5"),
        amount_unit="mg",
        is_leading=True,
    )
    return made


@pytest.fixture
def bens_order(activate_plan: Callable[..., Plan], ben: Patient, zinc: Supplement) -> Order:
    plan = activate_plan(ben)
    phase = plan.phases.get(key="remove")
    return Order.objects.create(
        plan=plan,
        key="zinc",
        name="Zinc",
        item_kind="supplement",
        supplement=zinc,
        amount_value=75,
        amount_unit="mg",
        times_of_day=["with-breakfast"],
        first_phase=phase,
        last_phase=phase,
        evidence="weak",
    )


def found(zinc: Supplement, user: User, clinic: Clinic) -> list[Order]:
    return list(orders_with(zinc, clinics=[clinic.pk], user=user))


def chosen(order: Order, dose: str = "2 {capsule}") -> Chosen:
    plan = Plan.objects.get(pk=order.plan_id)
    return Chosen(order.code, plan.revision, Amount.parse(dose))


def test_every_running_plan_with_an_open_order_of_it_is_found(
    zinc: Supplement, zinc_order: Order, bens_order: Order, dr_cho: User, dr_dee: User, clinic: Clinic
) -> None:
    assert set(found(zinc, dr_cho, clinic)) == {zinc_order, bens_order}
    assert found(zinc, dr_dee, clinic) == []
    Order.objects.filter(pk=bens_order.pk).update(standing="stopped", stop_reason="finished")
    assert found(zinc, dr_cho, clinic) == [zinc_order]


def test_the_preview_names_the_same_dose_and_leaves_nothing(
    zinc: Supplement, half_strength: Supplement, zinc_order: Order, plan: Plan, by: Actor
) -> None:
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    add_allergy(plan.patient, substance="Cow’s milk", source=source, by=by, at=NOON)
    count_stock(zinc_order, count=Decimal(20), is_all=True, by=by, at=NOON)
    row = preview_swap(Order.objects.get(pk=zinc_order.pk), half_strength, by=by, at=NOON)
    assert row.problem == ""
    assert row.dose == Amount.parse("2 {capsule}")
    assert row.allergens == ("An allergy is recorded: Cow’s milk.",)
    assert row.left == "20 capsules left of the old one, as far as was counted."
    assert any("milk" in sentence for sentence in row.differences)
    # As much zinc before as after.
    assert row.totals == ()
    assert Order.objects.filter(plan=plan, key="zinc").count() == 1
    assert not plan.transitions.filter(move="change").exists()


def test_unknown_allergies_are_said(zinc_order: Order, half_strength: Supplement, by: Actor) -> None:
    row = preview_swap(Order.objects.get(pk=zinc_order.pk), half_strength, by=by, at=NOON)
    assert row.allergens == ("Allergies are not known: ask before it is swapped.",)


def test_another_substance_does_not_stand_in(zinc_order: Order, clinic: Clinic, by: Actor) -> None:
    row = preview_swap(Order.objects.get(pk=zinc_order.pk), make_supplement("Glutamine", clinic), by=by, at=NOON)
    assert "does not stand in for the other" in row.problem
    assert row.chosen is None


def test_each_plan_gets_a_new_version_and_the_old_one_stands_as_it_was(
    zinc: Supplement,
    half_strength: Supplement,
    zinc_order: Order,
    bens_order: Order,
    by: Actor,
    dr_cho: User,
    clinic: Clinic,
) -> None:
    outcomes = swap_in_plans(
        [chosen(zinc_order), chosen(bens_order)],
        orders_with(zinc, clinics=[clinic.pk], user=dr_cho),
        half_strength,
        reason=SwapReason.DISCONTINUED,
        by={clinic.pk: by},
        at=NOON,
    )
    assert [outcome.refused for outcome in outcomes] == ["", ""]
    for old in (zinc_order, bens_order):
        new = Order.objects.get(plan=old.plan, key="zinc", is_current=True)
        assert (new.supplement, new.amount, new.number, new.replaces) == (
            half_strength,
            Amount.parse("2 {capsule}"),
            2,
            old,
        )
        old.refresh_from_db()
        assert (old.supplement, old.amount) == (zinc, Amount.parse("75 mg"))
        assert old.plan.transitions.get(move="change").reason == "It is no longer made"


def test_a_slow_start_goes_on_in_the_other_product(
    zinc: Supplement, half_strength: Supplement, write: Write, by: Actor, dr_cho: User, clinic: Clinic
) -> None:
    slow = write("slow", zinc, "replace", titration=[{"days": 3, "amount": "37.5 mg"}])
    (outcome,) = swap_in_plans(
        [chosen(slow)],
        orders_with(zinc, clinics=[clinic.pk], user=dr_cho),
        half_strength,
        reason=SwapReason.DEARER,
        by={clinic.pk: by},
        at=NOON,
    )
    assert outcome.refused == ""
    new = Order.objects.get(plan=slow.plan, key="slow", is_current=True)
    assert new.titration == [{"days": 3, "amount": "1 {capsule}"}]


def test_a_dose_that_is_ordered_from_a_later_day_is_not_swapped_to_today(
    zinc: Supplement, half_strength: Supplement, zinc_order: Order, by: Actor, dr_cho: User, clinic: Clinic
) -> None:
    doubled = change(
        zinc_order,
        says=replace(says_of(zinc_order), amount=Amount.parse("150 mg")),
        from_day=TODAY + timedelta(days=19),
        by=by,
        at=NOON,
        revision=Plan.objects.get(pk=zinc_order.plan_id).revision,
    )
    (order,) = orders_with(zinc, clinics=[clinic.pk], user=dr_cho).filter(pk=doubled.pk)
    preview = preview_swap(order, half_strength, by=by, at=NOON)
    assert "ordered otherwise already" in preview.problem
    assert preview.chosen is None


def test_a_plan_that_was_changed_meanwhile_is_refused_and_the_others_go_on(
    zinc: Supplement,
    half_strength: Supplement,
    zinc_order: Order,
    bens_order: Order,
    by: Actor,
    dr_cho: User,
    clinic: Clinic,
) -> None:
    shown = [chosen(zinc_order), chosen(bens_order)]
    bens_plan = Plan.objects.get(pk=bens_order.plan_id)
    plan_moves.hold(bens_plan, by=by, at=NOON, revision=bens_plan.revision)
    outcomes = swap_in_plans(
        shown,
        orders_with(zinc, clinics=[clinic.pk], user=dr_cho),
        half_strength,
        reason=SwapReason.DEARER,
        by={clinic.pk: by},
        at=NOON,
    )
    refused = {outcome.order: outcome.refused for outcome in outcomes}
    assert refused[zinc_order] == ""
    assert "Somebody else has just moved this plan" in refused[bens_order]
    assert Order.objects.get(plan=bens_plan, key="zinc").supplement == zinc


def test_confirmed_twice_it_is_swapped_once(
    zinc: Supplement, half_strength: Supplement, zinc_order: Order, by: Actor, dr_cho: User, clinic: Clinic
) -> None:
    shown = [chosen(zinc_order)]
    said = {"reason": SwapReason.DEARER, "by": {clinic.pk: by}, "at": NOON}
    first = orders_with(zinc, clinics=[clinic.pk], user=dr_cho)
    swap_in_plans(shown, first, half_strength, **said)
    assert swap_in_plans(shown, orders_with(zinc, clinics=[clinic.pk], user=dr_cho), half_strength, **said) == []
    assert Order.objects.filter(plan=zinc_order.plan, key="zinc").count() == 2


def test_another_dose_than_was_shown_is_refused(
    zinc: Supplement, half_strength: Supplement, zinc_order: Order, by: Actor, dr_cho: User, clinic: Clinic
) -> None:
    (outcome,) = swap_in_plans(
        [chosen(zinc_order, "1 {capsule}")],
        orders_with(zinc, clinics=[clinic.pk], user=dr_cho),
        half_strength,
        reason=SwapReason.DEARER,
        by={clinic.pk: by},
        at=NOON,
    )
    assert "Another dose comes out by now" in outcome.refused


def test_another_reason_is_typed(
    zinc: Supplement, half_strength: Supplement, by: Actor, dr_cho: User, clinic: Clinic
) -> None:
    with pytest.raises(InvalidRequest, match="Write down why"):
        swap_in_plans([], Order.objects.none(), half_strength, reason=SwapReason.OTHER, words=" ", by={}, at=NOON)


def test_whoever_may_not_move_plans_swaps_nothing(
    zinc: Supplement, half_strength: Supplement, zinc_order: Order, assistant_1: User, clinic: Clinic
) -> None:
    from clinics.actor import NotAllowed

    with pytest.raises(NotAllowed):
        swap_in_plans(
            [chosen(zinc_order)],
            orders_with(zinc, clinics=[clinic.pk], user=assistant_1),
            half_strength,
            reason=SwapReason.DEARER,
            by={clinic.pk: staff_in(clinic, assistant_1)},
            at=NOON,
        )
    assert Order.objects.get(pk=zinc_order.pk).is_current


def test_what_the_old_label_said_is_said_as_the_new_one_does_and_own_words_stay(
    zinc: Supplement, half_strength: Supplement, zinc_order: Order, bens_order: Order, by: Actor
) -> None:
    assert (zinc_order.instructions, zinc_order.source) == (zinc.instruction, zinc.source)
    own = {"instructions": "Not before his tea.", "source": "Our own protocol.", "evidence": "weak"}
    Order.objects.filter(pk=bens_order.pk).update(**own)
    orders = Order.objects.filter(pk__in=[zinc_order.pk, bens_order.pk])
    hers, his = (
        preview_swap(orders.get(pk=order.pk), half_strength, by=by, at=NOON) for order in (zinc_order, bens_order)
    )
    assert hers.reads == "“Two small capsules, with water.”"
    assert his.reads.startswith("As before: “Not before his tea.”")
    shown = [row.chosen for row in (hers, his) if row.chosen is not None]
    here = {zinc_order.plan.patient.clinic_id: by}
    swap_in_plans(shown, orders, half_strength, reason=SwapReason.DEARER, by=here, at=NOON)
    swapped = Order.objects.get(replaces=zinc_order)
    assert swapped.instructions == "Two small capsules, with water."
    assert (swapped.source, swapped.evidence) == ("The new label.", "limited")
    swapped = Order.objects.get(replaces=bens_order)
    assert {name: getattr(swapped, name) for name in own} == own


def test_an_unusual_amount_is_asked_about_where_it_is_chosen(write: Write, clinic: Clinic, by: Actor) -> None:
    old, new = make_supplement("Glutamine", clinic), make_supplement("Glutamine", clinic, brand="Another")
    order = write("gut", old, amount_value=5400, amount_unit="g")
    row = preview_swap(Order.objects.get(pk=order.pk), new, by=by, at=NOON)
    assert row.problem == ""
    assert "Did you mean" in row.unusual
    assert row.chosen is not None
    said = {"reason": SwapReason.DEARER, "by": {clinic.pk: by}, "at": NOON}
    unread = replace(row.chosen, is_unusual=False)
    (outcome,) = swap_in_plans([unread], Order.objects.filter(pk=order.pk), new, **said)
    assert "Did you mean" in outcome.refused
    (outcome,) = swap_in_plans([Chosen.parse(str(row.chosen))], Order.objects.filter(pk=order.pk), new, **said)
    assert outcome.refused == ""
