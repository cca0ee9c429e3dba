"""Ending an order: stopped with a reason, left out before it began, or marked as entered in error."""

from datetime import datetime
from typing import Final

from clinics.actor import Actor
from patients.models import Order
from patients.services.errors import InvalidRequest
from patients.services.orders.ordering import ordering
from patients.services.orders.prescribed import PrescriberWord, is_prescriber_of, require_word
from patients.services.orders.versions import begun_by
from protocols.domain.order_states import IllegalOrderMove, OrderMove, OrderStanding, OrderStatus, StopReason

WHAT_HAPPENED: Final = frozenset({StopReason.PATIENTS_CHOICE, StopReason.REACTION, StopReason.ALLERGY})
"""Nobody decides these: what happened is written down at once, and its prescriber is still to be told (`telling`)."""


def stop(
    order: Order,
    *,
    stop_reason: StopReason,
    by: Actor,
    at: datetime,
    revision: int,
    reason: str = "",
    prescriber_word: PrescriberWord | None = None,
) -> Order:
    """From now on nothing of it is taken. reason: words; needed where the reason says nothing by itself.

    A prescribed medicine is stopped by its prescriber’s word, or where she has stopped it herself or reacted to it;
    then it stands on the first page until its prescriber was told.
    """
    if stop_reason.needs_words and not reason.strip():
        raise InvalidRequest("Say why it is stopped.", field="reason")
    with ordering(order, by=by, at=at, revision=revision) as move:
        after = move.require(OrderMove.STOP)
        is_told_later = stop_reason in WHAT_HAPPENED and prescriber_word is None
        must_be_told = is_told_later and move.order.is_prescribed and not is_prescriber_of(move.order, by=by)
        said = {} if is_told_later else require_word(move.order, by=by, word=prescriber_word, today=move.today)
        rows = move.running
        move.close_holds(rows)
        for row in rows:
            # Also of what has not begun: it takes nothing from what is at home any more.
            row.ends_on = move.today if row.ends_on is None else min(row.ends_on, move.today)
        move.order.prescriber_to_tell = must_be_told
        move.stand(after, rows=rows, stop_reason=stop_reason)
        details = said | {"stop_reason": stop_reason.value, "last_day": move.today.isoformat()}
        move.note(OrderMove.STOP.value, reason=reason, details=details)
    return move.order


def leave_out(
    order: Order,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    reason: str = "",
    prescriber_word: PrescriberWord | None = None,
) -> Order:
    """This patient never takes it. Only before it has begun in any version: after that it is stopped, with a reason.

    A prescribed medicine is left out by its prescriber’s word.
    """
    with ordering(order, by=by, at=at, revision=revision) as move:
        after = move.require(OrderMove.LEAVE_OUT)
        if not move.is_draft and begun_by(move.versions[:-1], move.today) is not None:
            raise IllegalOrderMove(OrderMove.LEAVE_OUT, OrderStanding(move.order.standing), OrderStatus.ACTIVE)
        said = require_word(move.order, by=by, word=prescriber_word, today=move.today)
        move.stand(after, rows=move.running)
        move.note(OrderMove.LEAVE_OUT.value, reason=reason, details=said)
    return move.order


def enter_in_error(order: Order, *, by: Actor, at: datetime, revision: int, reason: str) -> Order:
    """It should never have been there, in none of its versions: hidden from the patient, kept in the history.

    Also in a plan that is over: nobody goes on reading what was never meant for her.
    """
    if not reason.strip():
        raise InvalidRequest("Say why this order was entered in error.", field="reason")
    with ordering(order, by=by, at=at, revision=revision, is_correction=True) as move:
        after = move.require(OrderMove.ENTER_IN_ERROR)
        rows = [row for row in move.versions if row.standing != OrderStanding.ENTERED_IN_ERROR.value]
        move.close_holds(rows)
        move.stand(after, rows=rows)
        move.note(OrderMove.ENTER_IN_ERROR.value, reason=reason)
    return move.order
