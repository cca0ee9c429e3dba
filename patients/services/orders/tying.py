"""Choosing the taper that an order hangs on."""

from datetime import datetime

from clinics.actor import Actor
from patients.models import Order, Taper
from patients.services.errors import InvalidRequest
from patients.services.orders.following import counts, follow, loaded
from patients.services.orders.ordering import ordering


def tie(order: Order, *, taper: Taper, by: Actor, at: datetime, revision: int, reason: str = "") -> Order:
    """Choose the taper that an order hangs on, where the plan has more than one."""
    with ordering(order, by=by, at=at, revision=revision) as move:
        if not move.order.taper_tie:
            raise InvalidRequest("This order follows its phases. Change it to hang on the taper first.", field="taper")
        if taper.plan_id != move.order.plan_id or not counts(taper):
            raise InvalidRequest("Choose a taper of this plan that is not over.", field="taper")
        before = move.status
        for row in move.running:
            row.taper = taper
            row.save(update_fields=["taper"])
            follow(row, loaded(taper), today=move.today)
        move.note("tie", before=before, reason=reason, details={"taper": taper.code})
    return move.order
