"""Days of their own that orders have, where the plan around them moves: a course keeps its length, as phases do."""

from datetime import date, timedelta

from patients.models import Order
from patients.models.order import OPEN_STANDINGS
from patients.services.moving import Moving


def move_with_draft(move: Moving, *, days: int) -> None:
    """The draft begins so many days later (or earlier, below 0): what has days of its own does too."""
    shift = timedelta(days=days)
    move.are_courses_moved = True
    for order in _with_own_days(move):
        _move(order, starts=shift, ends=shift)


def move_after_rest(move: Moving, *, rested_from: date, days: int) -> None:
    """The whole plan rested from that day, for so many days: what was still ahead then comes so much later.

    Days that were lived stay. What was written during the rest was written for the days that it names, and so was the
    end of what that replaced; a last day that was said is later in any case.
    """
    shift, none = timedelta(days=days), timedelta()
    move.are_courses_moved = True
    rows = _with_own_days(move)
    during = {row.pk for row in rows if row.written_at is not None and _on(move, row) > rested_from}
    replaced = {row.replaces_id for row in rows if row.pk in during}
    for row in rows:
        begins_later = row.starts_on is not None and row.starts_on > rested_from and row.pk not in during
        ends_later = row.ends_on is not None and row.ends_on >= rested_from and row.pk not in replaced
        _move(row, starts=shift if begins_later else none, ends=shift if ends_later else none)


def _on(move: Moving, order: Order) -> date:
    assert order.written_at is not None  # asked by the caller
    return order.written_at.astimezone(move.zone).date()


def _with_own_days(move: Moving) -> list[Order]:
    """Those that stand, without what moves with a taper."""
    return list(Order.objects.filter(plan=move.plan, standing__in=OPEN_STANDINGS, taper_tie="").order_by("pk"))


def _move(order: Order, *, starts: timedelta, ends: timedelta) -> None:
    if not starts and not ends:
        return
    if order.starts_on is not None:
        order.starts_on += starts
    if order.ends_on is not None:
        order.ends_on += ends
    order.save(update_fields=["starts_on", "ends_on"])
