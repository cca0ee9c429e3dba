"""The environment of the demonstration: the same settings file, told to need no server and to stay on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
# What the settings, Celery and gunicorn would read, set here or for nobody: a real clinic's database and mail
# server may stand in the environment of whoever starts a demonstration.
READ_BY_OTHERS: Final = (
    "ALLOWED_HOSTS",
    "API_RATE",
    "CELERY_",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_RATE",
    "EMAIL_TIMEOUT",
    "EMAIL_URL",
    "EMAIL_WEBHOOK_SECRET",
    "GUNICORN_",
    "HTTP_TIMEOUT",
    "GUTCLINIC_",
    "LOG_LEVEL",
    "METRICS_TOKEN",
    "PUBLIC_URL",
    "PUSH_HOSTS",
    "PUSH_RATE",
    "REDIS_URL",
    "SECRET_KEY",
    "SECURE_",
    "SMS_",
    "TRUSTED_PROXIES",
    "VAPID_",
    "WEB_CONCURRENCY",
)


def demonstration_environment(
    inherited: Mapping[str, str], *, folder: Path, port: int, sweep_seconds: int
) -> dict[str, str]:
    """The whole environment for a demonstration that keeps everything in `folder` and is served on `port`.

    sweep_seconds: how often beat asks for a sweep.
    """
    kept = {name: value for name, value in inherited.items() if not name.startswith(READ_BY_OTHERS)}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "gutclinic.settings",
        "PYTHONUNBUFFERED": "1",
        "GUTCLINIC_DEMO": "true",
        "GUTCLINIC_VAR": str(folder),
        "GUTCLINIC_SWEEP_SECONDS": str(sweep_seconds),
        "DATABASE_URL": f"sqlite:///{folder / 'gutclinic.sqlite3'}",
        "DEBUG": "false",
        "PUBLIC_URL": f"http://{HOST}:{port}",
    }
