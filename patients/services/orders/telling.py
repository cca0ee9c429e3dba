"""Telling the prescriber of a medicine that it ended without a word.

That is what she reacted to, or left off herself, and what ended because its phase or its plan did.

It stands on the clinic's first page until somebody writes down who was told, when and how. Nothing is sent by itself:
somebody of the clinic speaks with a colleague.
"""

from collections.abc import Iterable
from datetime import date, datetime

from clinics.actor import Actor
from patients.models import Door, Order
from patients.services.errors import InvalidRequest, Refused
from patients.services.moving import Moving, moving, record
from patients.services.orders.prescribed import HEARD_THROUGH, is_prescriber_of

PRESCRIBER_TOLD = "prescriber-told"
"""The move's name in the history of an order."""


class NobodyToTell(Refused):
    def __init__(self) -> None:
        super().__init__("Of this order its prescriber is not to be told anything, or was told already.")


def let_be_told(orders: Iterable[Order], move: Moving) -> None:
    """These end with this move: where a prescriber has not said so, somebody is still to tell the prescriber."""
    for order in orders:
        if not order.is_prescribed or is_prescriber_of(order, by=move.by):
            continue
        if move.plan.transitions.filter(order=order, move=PRESCRIBER_TOLD).exists():
            continue
        order.prescriber_to_tell = True
        order.save(update_fields=["prescriber_to_tell"])


def tell_prescriber(
    order: Order, *, door: Door, on: date, by: Actor, at: datetime, revision: int, words: str = ""
) -> Order:
    """Write down that its prescriber was told of the end, also after the plan is over.

    words: what the prescriber said. Raises `NobodyToTell` where it is not outstanding.
    """
    with moving(order.plan, by=by, at=at, revision=revision) as move:
        locked = Order.objects.to_reckon().select_related("prescriber").get(pk=order.pk)
        if not locked.prescriber_to_tell:
            raise NobodyToTell
        if door not in HEARD_THROUGH:
            raise InvalidRequest("Say whether it was by telephone, by fax or letter, or carried.", field="door")
        if on > move.today:
            raise InvalidRequest("Nobody was told on a day to come: choose today or a day gone by.", field="on")
        if locked.last_day is not None and on < locked.last_day:
            ended = "was stopped" if locked.stop_reason else "ended"
            raise InvalidRequest(f"It {ended} on {locked.last_day}: nobody was told before that day.", field="on")
        locked.prescriber_to_tell = False
        locked.save(update_fields=["prescriber_to_tell"])
        status = locked.status_on(move.today).value
        told = {"through": door.value, "on": on.isoformat(), "words": words.strip()}
        record(
            move.plan,
            order=locked,
            move=PRESCRIBER_TOLD,
            from_status=status,
            to_status=status,
            details={"told": told, "prescriber": locked.prescriber.code if locked.prescriber else ""},
            by=by,
            at=at,
        )
    return locked
