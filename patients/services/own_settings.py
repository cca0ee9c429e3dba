"""When and where a member of staff wants messages. What is owed to them follows, as it does for a patient."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from clinics.actor import NotAllowed
from clinics.models import User
from patients.models import Plan, RecipientKind, Reminder
from patients.reminders.locking import lock_in_order
from patients.reminders.planning import replan


@transaction.atomic
def save_own_settings(user: User, *, by: User, at: datetime) -> User:
    """Write this login's name, zone and times. Everybody changes their own alone."""
    if user.pk != by.pk:
        raise NotAllowed("Everybody changes their own settings. Ask this person.")
    user.full_clean()
    user.save(update_fields=["name", "zone", "quiet_starts", "quiet_ends", "message_time"])
    # Also the plans of others that this person stands in for, or is called about.
    owed = Reminder.objects.owed().filter(recipient_kind=RecipientKind.STAFF.value, recipient_code=user.code)
    concerned = Plan.objects.filter(Q(practitioner=user) | Q(pk__in=owed.values("plan"))).running()
    plans = list(concerned.select_for_update(of=("self",), no_key=True).order_by("pk"))
    # One morning message spans these plans: locked plan by plan, its delivery and we would wait for each other.
    lock_in_order(Reminder.objects.filter(plan__in=plans))
    # Read after the lock: joined to it, PostgreSQL would show the patients as they were before the wait.
    prefetch_related_objects(plans, "patient")
    for plan in plans:
        if plan.practitioner_id == user.pk:
            plan.practitioner = user
        replan(plan, at=at)
    return user
