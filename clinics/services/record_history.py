"""Telling simple-history when and by whom a record was changed: it would ask the clock, and nobody."""

from datetime import datetime

from django.db import models

from clinics.actor import Actor
from clinics.models import User


def stamp_history(record: models.Model, *, by: Actor, at: datetime) -> None:
    """Say beside the next save of this record who makes it and when."""
    user = User.objects.filter(pk=by.user_id).first() if by.user_id else None
    # simple-history reads these two attributes off the instance; its models do not declare them.
    vars(record).update(_history_date=at, _history_user=user)
