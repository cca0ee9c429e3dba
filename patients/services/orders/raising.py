"""How a start that is raised step by step goes on through a change: where it is, and never faster.

The stages stay with the order, counted from the day on which they began, and days of rest stay days of rest whichever
version they fell upon: so a week without it is not forgotten by a change of words.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from patients.models import Order, OrderHold
from patients.services.errors import InvalidRequest
from patients.services.orders.says import Says, says_of
from protocols.domain.titration import Titration


def raised_since(order: Order) -> date | None:
    """The day from which its stages are counted."""
    return order.raised_from or order.first_day


def waits_after_rest(order: Order, *, today: date) -> bool:
    """Whether a rest of a week or longer ended its slow start before the full amount: somebody says how it goes on."""
    full, since = order.amount, raised_since(order)
    if not order.titration or full is None or since is None or not order.is_open_on(today):
        return False
    rests = order.rests(through=today)
    start = Titration.parse(order.titration, full=full)
    left = start.remaining(today, first_day=since, holds=rests).stages
    return bool(left) and all(day <= today for day in start.rises_on(first_day=since, holds=rests))


def check_raised_anew(says: Says, *, is_raised_at_once: bool) -> None:
    """Refuse to begin again what has no stages, or is to count in full."""
    if not says.titration:
        raise InvalidRequest("It has no slow start that could begin again: write its stages.", field="titration")
    if is_raised_at_once:
        raise InvalidRequest(
            "Either its slow start begins again, or the amount counts in full from that day.", field="is_raised_anew"
        )


def go_on_raising(
    running: Order, before: Says, says: Says, *, today: date, is_raised_at_once: bool, is_same_dose: bool
) -> tuple[Says, date | None]:
    """What is said of the stages from now on, and the day from which they are counted; None: from its first day.

    running: the version in force on the day of the change. before: what the newest version says, which `says` was made
    from. is_same_dose: the stages are those of before, written for another product.
    """
    stages, since = running.titration, raised_since(running)
    if not stages or running.amount is None or since is None:
        return says, None
    if says.titration != before.titration and not is_same_dose:
        return says, None
    full = Titration.parse(stages, full=running.amount)
    is_over = since <= today and not full.remaining(today, first_day=since, holds=running.rests(through=today)).stages
    if is_same_dose or says.amount == says_of(running).amount:
        if is_over and not says.taper_tie:
            return replace(says, titration=()), None
        return (says if is_same_dose else replace(says, titration=tuple(stages))), since
    if not is_over and not is_raised_at_once:
        raise InvalidRequest(
            "It is still being raised: say how it goes on, or that the new amount counts in full from that day.",
            field="titration",
        )
    if is_over and says.taper_tie:
        # It is taken in full; where its taper comes again, it begins with what lies below the new amount.
        return replace(says, titration=_below(says, full, stages)), since
    return replace(says, titration=()), None


def _below(says: Says, start: Titration, stages: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Of these stages, as they are written, those that lie below what is said now."""
    full = says.amount
    if full is None or full.unit is not start.full.unit:
        return ()
    return tuple(row for row, stage in zip(stages, start.stages, strict=True) if stage.amount < full)


def keep_rests(running: Order, new: Order, *, today: date) -> None:
    """Days on which the version before it was not taken are no days of the new one either."""
    if new.raised_from is None:
        return
    for hold in OrderHold.objects.filter(order=running, resumed_on__isnull=False):
        OrderHold.objects.create(order=new, first_day=hold.first_day, resumed_on=hold.resumed_on, reason=hold.reason)
    since = running.blocked_since
    if running.is_blocked and since is not None and since < today:
        OrderHold.objects.create(order=new, first_day=since, resumed_on=today, reason="A finding stood against it.")
