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
    from patients.reminders.claim import LEASE, WAITS_IN_A_HAND_OVER

    if settings.EMAIL_TIMEOUT and LEASE.total_seconds() > WAITS_IN_A_HAND_OVER * settings.EMAIL_TIMEOUT:
        return []
    return [
        Error(
            "Mail has no time limit, or the delivery lease is shorter than a slow hand-over.",
            hint=(
                "Set EMAIL_TIMEOUT to a number of seconds. It holds for each wait on the mail server, and the lease "
                f"must outlast {WAITS_IN_A_HAND_OVER} of them; a message might otherwise be sent by two workers."
            ),
            id="gutclinic.E003",
        )
    ]


@register(Tags.compatibility)
def workers_end_before_they_are_killed(**kwargs: Any) -> list[CheckMessage]:
    """A worker that is killed while it hands something over leaves it unknown whether that went."""
    from patients.reminders.claim import LEASE
    from patients.reminders.outbox import TAKES_FOR

    needed = (TAKES_FOR + LEASE).total_seconds()
    if needed < settings.CELERY_TASK_TIME_LIMIT:
        return []
    return [
        Error(
            "Workers are killed while they may still be talking to a slow mail server.",
            hint=f"Set CELERY_TASK_TIME_LIMIT to more than {needed:.0f} seconds, or EMAIL_TIMEOUT to fewer.",
            id="gutclinic.E004",
        )
    ]


@register(Tags.compatibility)
def rates_can_be_read(**kwargs: Any) -> list[CheckMessage]:
    from patients.reminders.rates import RateError, Rates

    problems: list[CheckMessage] = []
    for channel, text in settings.MESSAGE_RATES.items():
        try:
            Rates.parse(channel, text)
        except RateError as error:
            problems.append(
                Error(
                    f"The rate of messages by {channel} cannot be read. {error}",
                    hint=f"Correct {channel.upper()}_RATE, or unset it for no limit.",
                    id="gutclinic.E009",
                )
            )
    return problems


@register(Tags.compatibility)
def shipped_packs_are_whole(**kwargs: Any) -> list[CheckMessage]:
    """A faulty pack is refused whole: said here with its file, line and place, and not when somebody is treated."""
    from protocols.services.knowledge import shipped_knowledge
    from protocols.services.pack_files import PackError

    try:
        shipped_knowledge()
    except PackError as error:
        return [
            Error(
                f"What ships as substances, limits or safety rules cannot be read. {error}",
                hint="Correct that line, or install gutclinic again: nothing is checked with half a pack.",
                id="gutclinic.E005",
            )
        ]
    return []
