"""Choosing the taper that an order hangs on."""

from datetime import datetime

from clinics.actor import Actor
from patients.models import Order, Taper
from patients.services.errors import InvalidRequest
from patients.services.orders.checking import check_the_only_one
from patients.services.orders.following import counts, follow, loaded
from patients.services.orders.ordering import Ordering, ordering
from patients.services.orders.prescribed import PrescriberWord, require_word
from protocols.domain.order_states import OrderMove, OrderStatus


def tie(
    order: Order,
    *,
    taper: Taper,
    by: Actor,
    at: datetime,
    revision: int,
    reason: str = "",
    prescriber_word: PrescriberWord | None = None,
) -> Order:
    """Choose the taper that an order hangs on, where the plan has more than one. It is a change of its days.

    Of a prescribed medicine only by its prescriber’s word. Raises `IllegalOrderMove` for what is over.
    """
    with ordering(order, by=by, at=at, revision=revision) as move:
        move.require(OrderMove.CHANGE)
        if not move.order.taper_tie:
            raise InvalidRequest("This order follows its phases. Change it to hang on the taper first.", field="taper")
        if taper.plan_id != move.order.plan_id or not counts(taper):
            raise InvalidRequest("Choose a taper of this plan that is not over.", field="taper")
        said = require_word(move.order, by=by, word=prescriber_word, today=move.today)
        for row in move.running:
            row.taper = taper
            row.save(update_fields=["taper"])
            follow(row, loaded(taper), today=move.today)
            begin_no_earlier_than(row, move)
        check_the_only_one(Order.objects.to_reckon().select_related("supplement", "medicine").get(pk=move.order.pk))
        move.note("tie", reason=reason, details=said | {"taper": taper.code})
    return move.order


def begin_no_earlier_than(order: Order, move: Ordering) -> None:
    """What is tied while the taper runs begins today: nobody took it on the days before."""
    if move.is_draft or move.status is not OrderStatus.PLANNED:
        return
    first = order.first_day
    if first is not None and first < move.today:
        order.starts_on = move.today
        order.save(update_fields=["starts_on"])
