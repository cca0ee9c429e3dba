"""Letting an order rest, and going on with it. Its last day stays; days on hold do not count towards a higher dose."""

from datetime import datetime

from clinics.actor import Actor
from patients.models import Order
from patients.services.orders.ordering import open_hold, ordering
from patients.services.orders.prescribed import PrescriberWord, require_word
from patients.services.orders.reduced import check_not_reduced
from protocols.domain.order_states import OrderMove


def hold(
    order: Order,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    reason: str = "",
    prescriber_word: PrescriberWord | None = None,
) -> Order:
    """Let it rest from today. Of a prescribed medicine only by its prescriber’s word."""
    with ordering(order, by=by, at=at, revision=revision) as move:
        after = move.require(OrderMove.HOLD)
        said = require_word(move.order, by=by, word=prescriber_word, today=move.today)
        for row in move.running:
            open_hold(row, on=move.today, reason=reason)
        move.stand(after, rows=move.running)
        move.note(OrderMove.HOLD.value, reason=reason, details=said)
    return move.order


def resume(
    order: Order,
    *,
    by: Actor,
    at: datetime,
    revision: int,
    reason: str = "",
    prescriber_word: PrescriberWord | None = None,
) -> Order:
    """Go on from today. After a week or longer nothing rises by itself any more: a change says how it goes on.

    Not what a taper reduces that was signed meanwhile.
    """
    with ordering(order, by=by, at=at, revision=revision) as move:
        after = move.require(OrderMove.RESUME)
        said = require_word(move.order, by=by, word=prescriber_word, today=move.today)
        check_not_reduced([move.order], move.order.plan)
        rows = move.running
        days = move.close_holds(rows)
        move.stand(after, rows=rows)
        move.note(OrderMove.RESUME.value, reason=reason, details=said | {"held_days": days})
    return move.order
