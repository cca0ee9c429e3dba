"""Who prescribes something is known, still there, and replaced only knowingly; and a word is of these days."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber
from clinics.services.prescribers import end_prescriber
from patients.models import Door, Order, Patient, Plan
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, PrescribersMissing
from patients.services.orders.holding import hold
from patients.services.orders.prescribed import PrescriberWord, is_prescriber_of
from protocols.domain.amount import Amount
from protocols.domain.supplements import PrescribedBy
from protocols.models.content import ItemKind
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.records import make_prescriber
from tests.services.test_adding_and_changing_orders import TELEPHONED, add_it, change_it, revision, says


@pytest.fixture
def another(clinic: Clinic) -> Prescriber:
    return make_prescriber(clinic, "Dr. Two")


@pytest.fixture
def drafted(assign_plan: Callable[..., Plan], angela: Patient, dr_price: Prescriber) -> Plan:
    """Digestive enzymes as a medicine that dr_price prescribes, in a draft; the others have their amounts."""
    plan = assign_plan(angela)
    said = {"item_kind": "medicine", "prescribed_by": "prescriber", "prescriber": dr_price}
    Order.objects.filter(plan=plan, key="enzymes").update(**said, amount_value=1, amount_unit="{capsule}")
    return plan


def test_activation_replaces_no_prescriber_who_was_named(
    drafted: Plan, by: Actor, dr_price: Prescriber, another: Prescriber
) -> None:
    code = drafted.orders.get(key="enzymes").code
    with pytest.raises(InvalidRequest, match="prescribes it already") as refused:
        plan_moves.activate(drafted, by=by, at=NOON, revision=0, prescribers={code: another})
    assert refused.value.field == f"prescribers.{code}"
    plan_moves.activate(drafted, by=by, at=NOON, revision=0)
    assert drafted.orders.get(key="enzymes").prescriber == dr_price


def test_activation_asks_anew_where_the_entry_of_the_prescriber_has_ended(
    drafted: Plan, by: Actor, dr_price: Prescriber, another: Prescriber
) -> None:
    end_prescriber(dr_price, by=by, at=NOON)
    code = drafted.orders.get(key="enzymes").code
    with pytest.raises(PrescribersMissing):
        plan_moves.activate(drafted, by=by, at=NOON, revision=0)
    plan_moves.activate(drafted, by=by, at=NOON, revision=0, prescribers={code: another})
    assert drafted.orders.get(key="enzymes").prescriber == another


def test_whose_entry_has_ended_is_named_for_nothing_new(
    plan: Plan, by: Actor, dr_price: Prescriber, another: Prescriber
) -> None:
    another = end_prescriber(another, by=by, at=NOON)
    said = {"item_kind": ItemKind.MEDICINE, "prescribed_by": PrescribedBy.PRESCRIBER}
    with pytest.raises(InvalidRequest, match="does not know this prescriber"):
        add_it(plan, says(plan, "Famotidine", "20 mg", prescriber=another, **said), by)
    order = add_it(plan, says(plan, "Famotidine", "20 mg", prescriber=dr_price, **said), by)
    end_prescriber(dr_price, by=by, at=NOON)
    # What is taken already can still be lowered.
    lower = {"amount": Amount.parse("10 mg"), "prescriber_word": TELEPHONED}
    assert change_it(order, by, on=2, **lower).prescriber == dr_price


def test_a_word_of_long_ago_is_asked_again(plan: Plan, by: Actor, dr_price: Prescriber) -> None:
    said = {"item_kind": ItemKind.MEDICINE, "prescribed_by": PrescribedBy.PRESCRIBER, "prescriber": dr_price}
    order = add_it(plan, says(plan, "Famotidine", "20 mg", **said), by)
    old = PrescriberWord(door=Door.TELEPHONE, on=TODAY - timedelta(days=91), words="It may rest.")
    with pytest.raises(InvalidRequest, match="ask the prescriber again"):
        hold(order, by=by, at=NOON, revision=revision(plan), prescriber_word=old)
    recent = PrescriberWord(door=Door.TELEPHONE, on=TODAY - timedelta(days=90), words="It may rest.")
    hold(order, by=by, at=NOON, revision=revision(plan), prescriber_word=recent)


def test_a_prescriber_whose_licence_was_ended_decides_no_more(
    plan: Plan, by: Actor, clinic: Clinic, dr_price: Prescriber
) -> None:
    said = {"item_kind": ItemKind.MEDICINE, "prescribed_by": PrescribedBy.PRESCRIBER, "prescriber": dr_price}
    order = add_it(plan, says(plan, "Famotidine", "20 mg", **said), by)
    order.prescriber = Prescriber(clinic=clinic, user_id=by.user_id)
    assert is_prescriber_of(order, by=by)
    order.prescriber.ended_at = NOON
    assert not is_prescriber_of(order, by=by)
