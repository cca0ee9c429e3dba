"""Leaving a phase out ends no order that is taken, and nothing that is prescribed, without being asked about it."""

from dataclasses import replace
from datetime import date

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Door, Order, Plan, PlanPhase
from patients.services import phase_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.changing import change
from patients.services.orders.holding import hold
from patients.services.orders.prescribed import PrescriberWord
from patients.services.orders.says import says_of
from patients.services.orders.stopping import leave_out, stop
from protocols.domain.order_states import OrderStatus, StopReason
from protocols.domain.supplements import PrescribedBy
from protocols.models.content import ItemKind
from tests.services.test_adding_and_changing_orders import add_it, at, day, doses, revision, says
from tests.services.test_orders_that_end import finish, status


def phase_of(plan: Plan, key: str) -> PlanPhase:
    return PlanPhase.objects.select_related("plan").get(plan=plan, key=key)


def skip(plan: Plan, key: str, by: Actor, *, on: int) -> None:
    phase_moves.skip(phase_of(plan, key), by=by, at=at(on), revision=revision(plan), reason="Not needed.")


@pytest.fixture
def spanning(plan: Plan, by: Actor) -> Order:
    """Zinc from Remove, finished on day 20, through Repair, which has not begun."""
    order = add_it(plan, replace(says(plan), last_phase=phase_of(plan, "repair")), by)
    finish(plan, by, on=20)
    return order


def test_what_is_taken_and_would_end_is_asked_about(plan: Plan, spanning: Order, by: Actor) -> None:
    with pytest.raises(InvalidRequest, match="Zinc would end") as refused:
        skip(plan, "repair", by, on=25)
    assert refused.value.field == f"orders.{spanning.code}"
    assert status(spanning, 25) is OrderStatus.ACTIVE


def test_what_rests_is_asked_about_too(plan: Plan, spanning: Order, by: Actor) -> None:
    hold(spanning, by=by, at=at(22), revision=revision(plan))
    with pytest.raises(InvalidRequest, match="Zinc would end"):
        skip(plan, "repair", by, on=25)


def test_once_it_has_a_last_day_of_its_own_the_phase_is_left_out(plan: Plan, spanning: Order, by: Actor) -> None:
    said = replace(says_of(spanning), ends_on=day(30))
    change(spanning, says=said, by=by, at=at(25), revision=revision(plan))
    skip(plan, "repair", by, on=25)
    assert max(doses(plan, "zinc", through=40)) == 30


def test_once_it_is_stopped_the_phase_is_left_out(plan: Plan, spanning: Order, by: Actor) -> None:
    stop(spanning, stop_reason=StopReason.NO_LONGER_NEEDED, by=by, at=at(25), revision=revision(plan))
    skip(plan, "repair", by, on=25)
    assert phase_of(plan, "repair").status == "skipped"


def test_what_ends_with_a_phase_that_is_still_lived_is_asked_about_when_that_is_finished(plan: Plan, by: Actor) -> None:
    order = add_it(plan, replace(says(plan), last_phase=phase_of(plan, "repair")), by)
    skip(plan, "repair", by, on=5)
    assert status(order, 5) is OrderStatus.ACTIVE
    assert order in phase_moves.orders_ending_with(phase_of(plan, "remove"))


@pytest.mark.parametrize("last", [None, 70])
def test_what_is_prescribed_in_it_is_left_out_by_its_prescribers_word_first(
    plan: Plan, by: Actor, dr_price: Prescriber, last: int | None
) -> None:
    said = says(
        plan,
        "Rifaximin",
        "550 mg",
        phase="repair",
        item_kind=ItemKind.MEDICINE,
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=dr_price,
        ends_on=None if last is None else day(last),
    )
    order = add_it(plan, said, by)
    with pytest.raises(InvalidRequest, match="Rifaximin is prescribed"):
        skip(plan, "repair", by, on=5)
    word = PrescriberWord(door=Door.TELEPHONE, on=date(2027, 1, 8), words="Not then.")
    leave_out(order, by=by, at=at(5), revision=revision(plan), prescriber_word=word)
    skip(plan, "repair", by, on=5)
    assert phase_of(plan, "repair").status == "skipped"


def test_a_prescribed_course_that_another_phase_carries_on_is_not_asked_about(
    plan: Plan, by: Actor, dr_price: Prescriber
) -> None:
    said = says(
        plan,
        "Rifaximin",
        "550 mg",
        item_kind=ItemKind.MEDICINE,
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=dr_price,
        ends_on=day(30),
    )
    add_it(plan, replace(said, last_phase=phase_of(plan, "repair")), by)
    skip(plan, "repair", by, on=5)
    assert max(doses(plan, "rifaximin", through=40)) == 30
