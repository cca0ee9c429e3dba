"""Telling the prescriber of a medicine that it was stopped without a word: what she reacted to, or left off herself.

It stands on the clinic's first page until somebody writes down who was told, when and how. Nothing is sent by itself:
somebody of the clinic speaks with a colleague.
"""

from datetime import date, datetime

from clinics.actor import Actor
from patients.models import Door, Order
from patients.services.errors import InvalidRequest, Refused
from patients.services.moving import moving, record
from patients.services.orders.prescribed import HEARD_THROUGH

PRESCRIBER_TOLD = "prescriber-told"
"""The move's name in the history of an order."""


class NobodyToTell(Refused):
    def __init__(self) -> None:
        super().__init__("Of this order its prescriber is not to be told anything, or was told already.")


def tell_prescriber(
    order: Order, *, door: Door, on: date, by: Actor, at: datetime, revision: int, words: str = ""
) -> Order:
    """Write down that its prescriber was told of the stop, also after the plan is over.

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
        if locked.ends_on is not None and on < locked.ends_on:
            raise InvalidRequest(f"It was stopped on {locked.ends_on}: nobody was told before that day.", field="on")
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
