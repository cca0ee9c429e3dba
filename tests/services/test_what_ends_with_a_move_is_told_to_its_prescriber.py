"""A prescribed medicine that ends because its phase or its plan does: its prescriber is still to be told."""

from datetime import date

import pytest

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, Prescriber, User
from patients.models import Door, Order, Plan, PlanPhase
from patients.services import phase_moves, plan_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.holding import hold
from patients.services.orders.prescribed import PrescriberWord
from patients.services.orders.stopping import stop
from patients.services.orders.telling import tell_prescriber
from protocols.domain.order_states import OrderStatus, StopReason
from protocols.domain.phases import EndReason
from protocols.domain.supplements import PrescribedBy
from protocols.models.content import ItemKind
from tests.services.test_adding_and_changing_orders import add_it, at, day, revision, says
from tests.services.test_orders_that_end import status


@pytest.fixture
def prednisone(plan: Plan, by: Actor, dr_price: Prescriber) -> Order:
    return prescribed(plan, by, dr_price)


def prescribed(plan: Plan, by: Actor, who: Prescriber, name: str = "Prednisone", **fields: object) -> Order:
    said = {"item_kind": ItemKind.MEDICINE, "prescribed_by": PrescribedBy.PRESCRIBER, "prescriber": who}
    return add_it(plan, says(plan, name, "15 mg", **(said | fields)), by)


def finish(plan: Plan, by: Actor, *, on: int, orders: dict[str, phase_moves.Continue] | None = None) -> None:
    remove = PlanPhase.objects.select_related("plan").get(plan=plan, key="remove")
    phase_moves.complete(remove, by=by, at=at(on), revision=revision(plan), reason="It was time.", orders=orders)


def revoke(plan: Plan, by: Actor, *, on: int) -> None:
    plan_moves.revoke(
        Plan.objects.get(pk=plan.pk),
        by=by,
        at=at(on),
        revision=revision(plan),
        end_reason=EndReason.PATIENTS_CHOICE,
        reason="She moves away.",
    )


def to_tell() -> list[str]:
    return sorted(order.name for order in Order.objects.prescriber_to_tell())


def test_what_ends_with_its_phase_is_outstanding_until_somebody_writes_it_down(
    plan: Plan, prednisone: Order, by: Actor
) -> None:
    finish(plan, by, on=10)
    assert to_tell() == ["Prednisone"]
    assert status(prednisone, 11) is OrderStatus.COMPLETED
    with pytest.raises(InvalidRequest, match=f"ended on {day(10)}"):
        tell_prescriber(
            prednisone, door=Door.TELEPHONE, on=day(9), by=by, at=at(12), revision=revision(plan), words="Noted."
        )
    tell_prescriber(
        prednisone, door=Door.TELEPHONE, on=day(11), by=by, at=at(12), revision=revision(plan), words="Noted."
    )
    assert to_tell() == []


def test_what_rests_at_the_end_of_its_phase_is_told_too(plan: Plan, prednisone: Order, by: Actor) -> None:
    word = PrescriberWord(door=Door.TELEPHONE, on=day(3), words="Pause it.")
    hold(prednisone, by=by, at=at(3), revision=revision(plan), prescriber_word=word)
    finish(plan, by, on=10)
    assert to_tell() == ["Prednisone"]


def test_what_goes_on_by_its_prescribers_word_is_not(plan: Plan, prednisone: Order, by: Actor) -> None:
    word = PrescriberWord(door=Door.TELEPHONE, on=day(10), words="Two weeks more.")
    finish(plan, by, on=10, orders={prednisone.code: phase_moves.Continue(day(24), word)})
    assert to_tell() == []


def test_whoever_prescribes_it_and_finishes_the_phase_knows(
    plan: Plan, by: Actor, clinic: Clinic, dr_cho: User
) -> None:
    own = Prescriber.objects.create(
        clinic=clinic,
        user=dr_cho,
        name="Dr Cho",
        licence_number="4711",
        licensed_classes=["other"],
        created_at=at(1),
        created_by_kind="system",
        created_by_code="system",
    )
    prescribed(plan, by, own)
    finish(plan, staff_in(clinic, dr_cho), on=10)
    assert to_tell() == []


def test_what_nobody_prescribes_ends_without_a_word(plan: Plan, by: Actor) -> None:
    add_it(plan, says(plan), by)
    finish(plan, by, on=10)
    assert to_tell() == []


def test_what_the_end_of_the_plan_ends_is_told(plan: Plan, by: Actor, dr_price: Prescriber) -> None:
    prescribed(plan, by, dr_price)
    prescribed(plan, by, dr_price, "Rifaximin", phase="repair")
    prescribed(plan, by, dr_price, "Course", ends_on=day(4))
    prescribed(plan, by, dr_price, "Methotrexate", ends_on=day(20))
    stopped = prescribed(plan, by, dr_price, "Clopidogrel")
    word = PrescriberWord(door=Door.TELEPHONE, on=day(4), words="Stop it.")
    stop(stopped, stop_reason=StopReason.FINISHED, prescriber_word=word, by=by, at=at(4), revision=revision(plan))
    revoke(plan, by, on=5)
    assert to_tell() == ["Methotrexate", "Prednisone", "Rifaximin"], "the course was over before"


def test_what_was_over_and_told_before_the_plan_ends_is_not_told_again(
    plan: Plan, prednisone: Order, by: Actor
) -> None:
    finish(plan, by, on=10)
    tell_prescriber(prednisone, door=Door.TELEPHONE, on=day(10), by=by, at=at(10), revision=revision(plan))
    revoke(plan, by, on=10)
    assert to_tell() == []


def test_of_a_plan_that_should_never_have_been_nobody_is_told(plan: Plan, prednisone: Order, by: Actor) -> None:
    plan_moves.enter_in_error(
        Plan.objects.get(pk=plan.pk), by=by, at=at(5), revision=revision(plan), reason="The wrong patient."
    )
    assert to_tell() == []


def test_an_end_of_its_own_is_no_news(plan: Plan, by: Actor, dr_price: Prescriber) -> None:
    prescribed(plan, by, dr_price, ends_on=date(2027, 1, 20))
    finish(plan, by, on=10)
    assert to_tell() == []
