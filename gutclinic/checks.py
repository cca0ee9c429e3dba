"""Misconfiguration, said at start with a hint, instead of found out at night."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@register(Tags.compatibility)
def time_zone_is_utc(**kwargs: Any) -> list[CheckMessage]:
    if settings.TIME_ZONE == "UTC" and settings.USE_TZ:
        return []
    return [
        Error(
            "TIME_ZONE must be UTC and USE_TZ on.",
            hint="Instants are UTC; each person’s own zone stands in their record. Set TIME_ZONE = 'UTC'.",
            id="gutclinic.E001",
        )
    ]


@register(Tags.security)
def demonstration_stays_on_loopback(**kwargs: Any) -> list[CheckMessage]:
    """The demonstration’s outbox page shows sign-in codes."""
    if not settings.DEMO:
        return []
    problems = []
    if settings.PRODUCTION:
        problems.append("GUTCLINIC_DEMO is set in production.")
    hosts = {*settings.ALLOWED_HOSTS, urlsplit(settings.PUBLIC_URL).hostname or ""}
    if hosts - LOOPBACK:
        problems.append("GUTCLINIC_DEMO is set, but this site answers to other addresses than this machine’s own.")
    return [
        Error(problem, hint="Unset GUTCLINIC_DEMO, or serve on 127.0.0.1 only.", id="gutclinic.E002")
        for problem in problems
    ]


@register(Tags.compatibility)
def lease_outlasts_the_mail_server(**kwargs: Any) -> list[CheckMessage]:
    from patients.reminders.claim import LEASE

    if settings.EMAIL_TIMEOUT and LEASE.total_seconds() > 3 * settings.EMAIL_TIMEOUT:
        return []
    return [
        Error(
            "Mail has no time limit, or one longer than a third of the delivery lease.",
            hint="Set EMAIL_TIMEOUT to a number of seconds; a message might otherwise be sent by two workers.",
            id="gutclinic.E003",
        )
    ]
