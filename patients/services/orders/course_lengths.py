"""A course that has not begun keeps its length when its phase comes later or sooner: its own last day moves along.

Else a course of ten days would be over before its phase begins, and stand as completed although nobody took it; or go
on for twenty, where its phase begins ten days early.
"""

from collections.abc import Mapping

from patients.models import Order, Plan, PlanPhase
from patients.models.order import OPEN_STANDINGS


def keep_lengths(plan: Plan, phases: Mapping[str, PlanPhase]) -> None:
    """Move the last days that were said for what has not begun. phases: as they are about to be saved, by key.

    The rows still say what was. A first day of its own stays, as long as its phase has begun by then. What hangs on a
    taper moves with that.
    """
    courses = Order.objects.to_reckon().filter(
        plan=plan, standing__in=OPEN_STANDINGS, is_current=True, taper_tie="", ends_on__isnull=False
    )
    by_pk = {phase.pk: phase for phase in phases.values()}
    for order in courses:
        before, window = order.first_day, order.window
        has_begun = not order.phases() or not order.phases()[0].is_planned
        if has_begun or window is None or before is None or order.ends_on is None:
            continue
        order.first_phase, order.last_phase = by_pk[order.first_phase_id], by_pk[order.last_phase_id]
        after = order.first_day
        if order.phases() and after is not None and after != before:
            order.ends_on += after - before
            order.save(update_fields=["ends_on"])
