"""What could not go by its channel goes by the next one, and what is somebody else’s now, to them: planned anew.

Not where the hand-over failed: that holds the envelope, and whoever moves a plan holds the plan.
"""

from datetime import datetime

from django.db import transaction

from patients.models import Plan, Reminder
from patients.reminders.batches import in_batches
from patients.reminders.isolation import each
from patients.reminders.locking import lock_in_order
from patients.reminders.planning import replan, replan_days

BATCH = 200


def fall_back(*, at: datetime) -> int:
    """Plan anew where a channel failed a reminder; of how many plans. One indexed read where none did."""
    waiting = Reminder.objects.filter(falls_back_since__isnull=False)
    plans = Plan.objects.filter(pk__in=waiting.values("plan")).order_by("pk")
    return each(
        in_batches(plans, size=BATCH), lambda plan: _plan_anew(plan.pk, at=at), what="a plan whose message could not go"
    )


def _plan_anew(key: int, *, at: datetime) -> bool:
    # Each locks its reminders in the order of their keys, as delivery does: both in one transaction would not.
    for is_of_days, plan_anew in ((True, replan_days), (False, replan)):
        with transaction.atomic():
            plan = Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
            plan_anew(plan, at=at)
            # A plan that calls for nothing any more leaves them: they were looked at all the same.
            left = Reminder.objects.filter(plan=key, recurrence__isnull=not is_of_days, falls_back_since__isnull=False)
            Reminder.objects.filter(pk__in=lock_in_order(left)).update(falls_back_since=None)
    return True
