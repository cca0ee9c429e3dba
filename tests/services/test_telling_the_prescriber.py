"""A prescribed medicine that was stopped for what happened: its prescriber is told, and somebody says so."""

from datetime import date

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Door, Order, Plan, Transition
from patients.services import plan_moves
from patients.services.errors import InvalidRequest
from patients.services.orders.prescribed import PrescriberWord
from patients.services.orders.stopping import enter_in_error, stop
from patients.services.orders.telling import NobodyToTell, tell_prescriber
from protocols.domain.order_states import StopReason
from protocols.domain.phases import EndReason
from protocols.domain.supplements import PrescribedBy
from protocols.models.content import ItemKind
from tests.services.test_adding_and_changing_orders import add_it, at, day, revision, says

WHAT_HAPPENED = [StopReason.REACTION, StopReason.PATIENTS_CHOICE, StopReason.ALLERGY]


@pytest.fixture
def prednisone(plan: Plan, by: Actor, dr_price: Prescriber) -> Order:
    said = says(
        plan,
        "Prednisone",
        "15 mg",
        item_kind=ItemKind.MEDICINE,
        prescribed_by=PrescribedBy.PRESCRIBER,
        prescriber=dr_price,
    )
    return add_it(plan, said, by)


def stopped(order: Order, by: Actor, why: StopReason, *, on: int = 4, word: PrescriberWord | None = None) -> Order:
    stop(order, stop_reason=why, prescriber_word=word, by=by, at=at(on), revision=revision(order.plan))
    return Order.objects.get(pk=order.pk)


def told(order: Order, by: Actor, *, on: int, said_at: int, words: str = "Noted.") -> Order:
    return tell_prescriber(
        order, door=Door.TELEPHONE, on=day(on), words=words, by=by, at=at(said_at), revision=revision(order.plan)
    )


@pytest.mark.parametrize("why", WHAT_HAPPENED)
def test_it_is_outstanding_until_somebody_writes_it_down(prednisone: Order, by: Actor, why: StopReason) -> None:
    order = stopped(prednisone, by, why)
    assert list(Order.objects.prescriber_to_tell()) == [order]
    told(order, by, on=5, said_at=6)
    assert not Order.objects.prescriber_to_tell().exists()
    line = Transition.objects.get(order=order, move="prescriber-told")
    assert line.details["told"] == {"through": "telephone", "on": day(5).isoformat(), "words": "Noted."}
    assert (line.from_status, line.to_status, line.by_code) == ("stopped", "stopped", by.code)
    with pytest.raises(NobodyToTell):
        told(order, by, on=5, said_at=6)


def test_whose_word_stopped_it_knows_already(prednisone: Order, by: Actor) -> None:
    word = PrescriberWord(door=Door.TELEPHONE, on=day(4), words="Stop it.")
    with pytest.raises(NobodyToTell):
        told(stopped(prednisone, by, StopReason.REACTION, word=word), by, on=4, said_at=4)


def test_of_what_nobody_prescribes_nobody_is_told(plan: Plan, by: Actor) -> None:
    stopped(add_it(plan, says(plan), by), by, StopReason.REACTION)
    assert not Order.objects.prescriber_to_tell().exists()


def test_nobody_is_told_before_it_was_stopped_nor_in_the_future(prednisone: Order, by: Actor) -> None:
    order = stopped(prednisone, by, StopReason.ALLERGY)
    with pytest.raises(InvalidRequest, match="stopped on"):
        told(order, by, on=3, said_at=6)
    with pytest.raises(InvalidRequest, match="day to come"):
        told(order, by, on=7, said_at=6)


def test_it_stays_outstanding_when_the_plan_is_over(prednisone: Order, by: Actor, plan: Plan) -> None:
    order = stopped(prednisone, by, StopReason.REACTION)
    plan_moves.revoke(
        Plan.objects.get(pk=plan.pk),
        by=by,
        at=at(5),
        revision=revision(plan),
        end_reason=EndReason.PATIENTS_CHOICE,
        reason="She moves away.",
    )
    assert list(Order.objects.prescriber_to_tell()) == [order]
    told(order, by, on=6, said_at=6)
    assert not Order.objects.prescriber_to_tell().exists()


def test_what_was_never_there_is_told_to_nobody(prednisone: Order, by: Actor, plan: Plan) -> None:
    order = stopped(prednisone, by, StopReason.REACTION)
    enter_in_error(order, reason="The wrong patient.", by=by, at=at(5), revision=revision(plan))
    assert not Order.objects.prescriber_to_tell().exists()


def test_what_is_stopped_before_it_begins_has_no_days(plan: Plan, by: Actor) -> None:
    later = add_it(plan, says(plan, starts_on=date(2027, 1, 12)), by)
    assert stopped(later, by, StopReason.NO_LONGER_NEEDED, on=2).window is None
