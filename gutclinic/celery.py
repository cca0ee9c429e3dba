"""The Celery application. Beat's schedule is static and stands in the settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gutclinic.settings")

app = Celery("gutclinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["patients"])
