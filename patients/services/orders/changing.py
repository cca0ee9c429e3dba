"""Changing an order: a new version from a day on. The old one ends on the eve and stands as it was said.

“Every 2 days” goes on counting from where the old version began it, as long as the pattern stays; “every 14 days” in
place of “every 7 days” counts from the last dose. A start that is still being raised goes on where it is, as long as
the amount stays; with another amount somebody says how. Nothing raises a dose by itself.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from clinics.actor import Actor
from patients.models import Order
from patients.services.errors import InvalidRequest
from patients.services.orders.checking import check_new
from patients.services.orders.counting import counted_anew
from patients.services.orders.following import tie_and_follow
from patients.services.orders.ordering import Ordering, open_hold, ordering
from patients.services.orders.prescribed import PrescriberWord, require_word
from patients.services.orders.raising import check_raised_anew, go_on_raising, keep_rests
from patients.services.orders.says import Says, differences, says_of
from patients.services.orders.times_today import slots_recorded
from patients.services.orders.versions import begun_by, require_dose_said
from protocols.domain.order_states import OrderMove, OrderStanding

_ONE_DAY = timedelta(days=1)


def change(
    order: Order,
    *,
    says: Says,
    by: Actor,
    at: datetime,
    revision: int,
    from_day: date | None = None,
    is_raised_at_once: bool = False,
    is_raised_anew: bool = False,
    is_same_dose: bool = False,
    reason: str = "",
    prescriber_word: PrescriberWord | None = None,
    amount_confirmed: bool = False,
) -> Order:
    """Put a new version in force; in a draft plan the order is filled in anew.

    says: all that it says from then on, `says_of` with `dataclasses.replace`. from_day: a later day than today; unless
    it is said, other times of day count from tomorrow where today’s dose was recorded already, and all else from today.
    is_raised_at_once: another amount counts in full from then on, although the old one was still being raised.
    is_raised_anew: its slow start begins again with the first stage, as after a long rest; nothing else need change.
    is_same_dose: amount and stages say the same in another product, so that it goes on being raised where it is.
    """
    with ordering(order, by=by, at=at, revision=revision) as move:
        move.require(OrderMove.CHANGE)
        old = move.order
        changed = differences(says_of(old), says)
        if is_raised_anew and not move.is_draft:
            check_raised_anew(says, is_raised_at_once=is_raised_at_once)
        elif not changed:
            raise InvalidRequest("Nothing is changed: say what is to be otherwise.", field="says")
        details: dict[str, Any] = {"changed": changed} | ({"raised_anew": True} if is_raised_anew else {})
        details |= require_word(old, by=by, word=prescriber_word, today=move.today)
        if move.is_draft:
            new = _fill_in(move, says, amount_confirmed=amount_confirmed)
        else:
            day = from_day or _first_day_unsaid(move, says)
            _check_day(move, day)
            running = begun_by(move.versions, day)
            require_dose_said(move.order, running, says, day=day)
            since = None
            if running is not None and not is_raised_anew:
                says, since = go_on_raising(
                    running,
                    says_of(old),
                    says,
                    today=move.today,
                    is_raised_at_once=is_raised_at_once,
                    is_same_dose=is_same_dose,
                )
            new = _next_version(move, says, day=day)
            new.raised_from = since
            new.written_at, new.written_by_kind, new.written_by_code = at, by.kind.value, by.code
            check_new(new, move.move, amount_confirmed=amount_confirmed)
            _replace(move, new, day=day)
            if running is not None:
                keep_rests(running, new, today=move.today)
            details |= {"version": new.number}
        tie_and_follow(new, today=move.today)
        if not move.is_draft:
            first = Order.objects.to_reckon().get(pk=new.pk).first_day
            details |= {"first_day": "" if first is None else max(first, day).isoformat()}
        move.note(OrderMove.CHANGE.value, order=new, reason=reason, details=details)
    return Order.objects.to_reckon().get(pk=new.pk)


def _first_day_unsaid(move: Ordering, says: Says) -> date:
    """Today; tomorrow where today’s dose was recorded at a time of day at which it is no longer taken."""
    if move.order.standing == OrderStanding.HELD.value:
        return move.today
    recorded, times = slots_recorded(move.move.plan, move.order.key, day=move.today), set(says.times_of_day)
    return move.today + _ONE_DAY if recorded - times and times - recorded else move.today


def _fill_in(move: Ordering, says: Says, *, amount_confirmed: bool) -> Order:
    order = move.order
    for name, value in says.columns().items():
        setattr(order, name, value)
    check_new(order, move.move, amount_confirmed=amount_confirmed)
    order.save()
    return order


def _check_day(move: Ordering, day: date) -> None:
    if day < move.today:
        raise InvalidRequest("A day gone by is not rewritten: choose today or a later day.", field="from_day")
    if day > move.today and move.order.standing == OrderStanding.HELD.value:
        raise InvalidRequest("This order is on hold: change it from today, or resume it first.", field="from_day")
    last = move.order.last_day
    if move.order.is_end_said and last is not None and day > last:
        raise InvalidRequest(f"This order ends on {last}, before that day: choose an earlier one.", field="from_day")


def _next_version(move: Ordering, says: Says, *, day: date) -> Order:
    old, taken = move.order, begun_by(move.versions, day - _ONE_DAY)
    before = says_of(old)
    starts_on, counted_from = says.starts_on, None
    if taken is not None:
        if says.starts_on != before.starts_on:
            raise InvalidRequest(
                "It has begun, and its first day stays: choose from which day this counts.", field="starts_on"
            )
        starts_on = day
        if taken.pattern == says.columns()["pattern"]:
            counted_from = taken.counted_from or taken.first_day
        else:
            counted_from = counted_anew(move.versions, says.pattern, day=day, today=move.today)
    elif starts_on is not None and starts_on != before.starts_on and starts_on < move.today:
        raise InvalidRequest("A day gone by is not rewritten: choose today or a later day.", field="starts_on")
    elif starts_on is None and not says.taper_tie and _begins(old, says) < move.today:
        starts_on = move.today
    return Order(
        plan=old.plan,
        key=old.key,
        number=old.number + 1,
        replaces=old,
        standing=old.standing,
        taper=old.taper if says.taper_tie else None,
        counted_from=counted_from,
        **replace(says, starts_on=starts_on).columns(),
    )


def _begins(old: Order, says: Says) -> date:
    """The first day that its phase gives it."""
    columns = replace(says, starts_on=None).columns()
    begins = Order(plan=old.plan, **columns).first_day
    assert begins is not None  # only what hangs on a taper has none
    return begins


def _replace(move: Ordering, new: Order, *, day: date) -> None:
    """End what runs, and let the new version stand in its place."""
    rows, old = move.running, move.order
    is_held = old.standing == OrderStanding.HELD.value
    reason = next((hold.reason for hold in old.holds.all() if hold.is_open), "")
    if is_held:
        move.close_holds(rows)
    for row in rows:
        first = row.first_day
        # What has not begun is replaced at once: its phase may begin sooner than it was planned to.
        eve = day - _ONE_DAY if first is not None and first < day else move.today - _ONE_DAY
        row.ends_on = eve if row.ends_on is None else min(row.ends_on, eve)
        row.standing = OrderStanding.OPEN.value if is_held else row.standing
        row.is_current = False
        row.save(update_fields=["ends_on", "standing", "is_current"])
    new.save()
    if is_held:
        open_hold(new, on=move.today, reason=reason)
