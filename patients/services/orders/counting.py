"""From which day “every so many days” counts, when another pattern is put in its place.

The first dose of the new one comes no sooner after the last than the new one says: “every 14 days” in place of “every 7
days” is never a dose on the day after the weekly one.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from patients.models import Intake, Order
from patients.services.errors import InvalidRequest
from protocols.domain.order_states import OrderStanding
from protocols.domain.pattern import LONGEST_INTERVAL_DAYS, Pattern, PatternError


def counted_anew(versions: Sequence[Order], pattern: str, *, day: date, today: date) -> date | None:
    """The first dose day of this pattern from `day` on; None where its own days say it: daily, weekdays, as needed."""
    try:
        interval = Pattern.parse(pattern).interval_days
    except PatternError as error:
        raise InvalidRequest(str(error), field="pattern") from error
    last = None if interval is None else _last_dose(versions, before=day, today=today)
    if interval is None or last is None:
        return None
    return max(day, last + timedelta(days=interval))


def _last_dose(versions: Sequence[Order], *, before: date, today: date) -> date | None:
    """The last day before that one on which a dose was planned; today, where today’s is recorded already."""
    if before == today:
        rows = Intake.objects.standing().filter(order__in=[row.pk for row in versions], taken_on=today)
        if rows.exists():
            return today
    taken = [row for row in versions if row.standing != OrderStanding.ENTERED_IN_ERROR.value]
    for ago in range(1, LONGEST_INTERVAL_DAYS + 1):
        day = before - timedelta(days=ago)
        if any(_was_planned(row, day) for row in taken):
            return day
    return None


def _was_planned(order: Order, day: date) -> bool:
    window, first = order.window, order.first_day
    if window is None or first is None or not window.contains(day):
        return False
    if any(rest.contains(day) for rest in order.rests(through=day)):
        return False
    return order.parsed_pattern.is_dose_day(day, first_day=order.counted_from or first)
