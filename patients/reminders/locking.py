"""The order in which reminders are locked: moves, envelopes and settings meet on them, each in its own transaction."""

from django.db.models import QuerySet

from patients.models import Reminder


def lock_in_order(reminders: "QuerySet[Reminder]") -> list[int]:
    """Lock these by rising key, and give their keys: who takes them one way never waits for who takes them another.

    An UPDATE of many rows locks them as they lie in the table, so this comes before it.
    """
    return list(reminders.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
