"""When and where a member of staff wants messages. What is owed to them follows, as it does for a patient."""

from datetime import datetime

from django.db import transaction

from clinics.actor import NotAllowed
from clinics.models import User
from patients.models import Plan
from patients.reminders.planning import replan


@transaction.atomic
def save_own_settings(user: User, *, by: User, at: datetime) -> User:
    """Write this login's name, zone and times. Everybody changes their own alone."""
    if user.pk != by.pk:
        raise NotAllowed("Everybody changes their own settings. Ask this person.")
    user.full_clean()
    user.save(update_fields=["name", "zone", "quiet_starts", "quiet_ends", "message_time"])
    running = Plan.objects.select_for_update(of=("self",)).filter(practitioner=user).running()
    for plan in running.select_related("patient").order_by("pk"):
        replan(plan, at=at)
    return user
