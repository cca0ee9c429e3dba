"""What a protocol fixes is copied as it stands there: a dose that no product makes is said before anything begins."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from clinics.actor import Actor, for_system
from clinics.models import Clinic
from patients.models import Order, Patient, Plan
from patients.services import plan_moves
from patients.services.assign import preview
from patients.services.errors import InvalidRequest
from protocols.models import OrderTemplate, Supplement
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.packs import load_pack
from protocols.services.templates import publish
from tests.fixtures.personae import NOON, TODAY, make_version
from tests.services.test_adding_and_changing_orders import revision
from tests.stocks.conftest import make_supplement


@pytest.fixture
def capsules(clinic: Clinic) -> Supplement:
    """75 mg each, and not to be halved."""
    return make_supplement("Zinc carnosine", clinic)


def test_a_draft_is_not_activated_with_it(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor, capsules: Supplement
) -> None:
    plan = assign_plan(angela)
    order = plan.orders.get(key="glutamine")
    said = {"supplement": capsules, "item_kind": "supplement", "amount_unit": "mg"}
    Order.objects.filter(pk=order.pk).update(**said, amount_value=Decimal(30))
    left_out = [row.code for row in plan.orders.all() if row.needs_amount]
    with pytest.raises(InvalidRequest, match="Change it in the draft, or leave it out"):
        plan_moves.activate(plan, by=by, at=NOON, revision=revision(plan), left_out=left_out)
    assert Plan.objects.get(pk=plan.pk).status == "draft"
    Order.objects.filter(pk=order.pk).update(amount_value=Decimal(150))
    plan_moves.activate(plan, by=by, at=NOON, revision=revision(plan), left_out=left_out)


def test_what_is_left_out_is_not_looked_at(
    assign_plan: Callable[..., Plan], angela: Patient, by: Actor, capsules: Supplement
) -> None:
    plan = assign_plan(angela)
    order = plan.orders.get(key="glutamine")
    Order.objects.filter(pk=order.pk).update(
        supplement=capsules, item_kind="supplement", amount_unit="mg", amount_value=Decimal(30)
    )
    left_out = [row.code for row in plan.orders.all() if row.needs_amount] + [order.code]
    plan_moves.activate(plan, by=by, at=NOON, revision=revision(plan), left_out=sorted(set(left_out)))


def test_it_is_said_before_the_protocol_is_assigned(
    clinic: Clinic, angela: Patient, by: Actor, capsules: Supplement
) -> None:
    version = make_version(clinic, publish_by=None, title="With a dose that cannot be")
    OrderTemplate.objects.filter(version=version, key="glutamine").update(
        supplement=capsules, amount_unit="mg", amount_value=Decimal(30)
    )
    published = publish(version, by=by, at=NOON)
    (note,) = preview(angela, published, starts_on=TODAY, by=by, at=NOON).notes
    assert note.startswith("L-glutamine: ")
    assert note.endswith("Change it in the draft, or leave it out.")


def test_the_shipped_protocol_fixes_nothing_of_the_kind(angela: Patient, by: Actor) -> None:
    load_catalogue(by=for_system(), at=NOON)
    version = publish(load_pack("five-phase", clinic=angela.clinic, by=by, at=NOON).version, by=by, at=NOON)
    assert preview(angela, version, starts_on=TODAY, by=by, at=NOON).notes == []
