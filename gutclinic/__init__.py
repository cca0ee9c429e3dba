"""The composition root: settings, addresses, Celery and system checks. It knows all and is known by none."""

from gutclinic.celery import app as celery_app

__all__ = ["celery_app"]
