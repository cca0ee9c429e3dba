"""What is missing before text and push messages can go, said at start with a hint."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SHORTEST_SECRET = 24
NEEDED = {
    "": (),
    "console": (),
    "file": (),
    "http": ("SMS_URL", "SMS_TOKEN", "SMS_WEBHOOK_SECRET"),
    "twilio": ("SMS_ACCOUNT", "SMS_TOKEN", "SMS_FROM"),
}


@register(Tags.compatibility)
def text_messages_can_go(**kwargs: Any) -> list[CheckMessage]:
    problems = [*_provider_problems(), *_address_problems()]
    hint = "docs/deploy.md says what each provider needs. Without SMS_PROVIDER no text messages are sent."
    return [Error(problem, hint=hint, id="gutclinic.E006") for problem in problems]


def _provider_problems() -> list[str]:
    provider = settings.SMS_PROVIDER
    if provider not in NEEDED:
        return ["SMS_PROVIDER names no provider. It is twilio, http, file or console."]
    problems = [f"SMS_PROVIDER is {provider}, but {name} is not set." for name in NEEDED[provider] if not _set(name)]
    if provider == "http" and 0 < len(settings.SMS_WEBHOOK_SECRET) < SHORTEST_SECRET:
        problems.append("SMS_WEBHOOK_SECRET could be guessed.")
    if settings.PRODUCTION and provider in {"console", "file"}:
        problems.append(f"SMS_PROVIDER is {provider} in production: text messages would stay on this server.")
    return problems


def _address_problems() -> list[str]:
    """The token and everybody’s numbers travel to this address."""
    if settings.SMS_PROVIDER != "http" or not settings.SMS_URL:
        return []
    parts = urlsplit(settings.SMS_URL)
    if not parts.hostname or "@" in parts.netloc or parts.scheme not in {"http", "https"}:
        return ["SMS_URL is no plain web address. The token stands in SMS_TOKEN."]
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return ["SMS_URL is not https, so that numbers and token could be read on the way."]
    return []


@register(Tags.security)
def reports_of_email_can_be_believed(**kwargs: Any) -> list[CheckMessage]:
    """Without them nobody hears of a mailbox that is gone, and with a guessed secret anybody ends everybody’s mail."""
    secret = settings.EMAIL_WEBHOOK_SECRET
    if not settings.EMAIL_REPORTS:
        return []
    problems = []
    if not secret and settings.PRODUCTION:
        problems.append("EMAIL_URL names an email service, but EMAIL_WEBHOOK_SECRET is not set.")
    if secret and settings.EMAIL_REPORTS_SIGN_IN and not all(secret.partition(":")):
        problems.append("EMAIL_WEBHOOK_SECRET is no name and password with a colon between them.")
    if secret and len(secret) < SHORTEST_SECRET:
        problems.append("EMAIL_WEBHOOK_SECRET could be guessed.")
    hint = "docs/deploy.md says what the service is told: the address for its reports, and this secret."
    return [Error(problem, hint=hint, id="gutclinic.E010") for problem in problems]


@register(Tags.compatibility)
def push_messages_can_go(**kwargs: Any) -> list[CheckMessage]:
    from patients.reminders.channels.vapid import KeyUnusable, vapid_key

    problems = []
    if settings.VAPID_PRIVATE_KEY:
        try:
            vapid_key(settings.VAPID_PRIVATE_KEY)
        except KeyUnusable:
            problems.append("VAPID_PRIVATE_KEY cannot be read.")
        if not settings.VAPID_CONTACT.startswith(("mailto:", "https://")):
            problems.append("VAPID_CONTACT is neither a mailto: nor an https: address.")
        if not settings.PUSH_HOSTS:
            problems.append("PUSH_HOSTS is empty, so that no push service may be called.")
    if any(host.strip("*.").count(".") < 1 or "*" in host[1:] for host in settings.PUSH_HOSTS):
        problems.append("PUSH_HOSTS allows more than the hosts of push services.")
    hint = "manage.py make_push_key prints a key. Without VAPID_PRIVATE_KEY there are no push messages."
    return [Error(problem, hint=hint, id="gutclinic.E007") for problem in problems]


@register(Tags.compatibility)
def lease_outlasts_the_providers(**kwargs: Any) -> list[CheckMessage]:
    from patients.reminders.channels.http import MOST_ADDRESSES
    from patients.reminders.claim import LEASE

    # Each address, then TLS, then the request with its answer.
    waits = MOST_ADDRESSES + 2
    if settings.HTTP_TIMEOUT and LEASE.total_seconds() > waits * settings.HTTP_TIMEOUT:
        return []
    return [
        Error(
            "Providers of text and push messages have no time limit, or the delivery lease is shorter than theirs.",
            hint=f"Set HTTP_TIMEOUT to a number of seconds; the lease must outlast {waits} of them.",
            id="gutclinic.E008",
        )
    ]


def _set(name: str) -> bool:
    return bool(getattr(settings, name))
