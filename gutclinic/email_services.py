"""EMAIL_URL may name an email service instead of a mail server: `postmark://TOKEN@`.

Each service is one of Anymail’s (https://anymail.dev/en/stable/esps/), and one that takes what we need: headers of our
own, and a value that comes back in its reports. What somebody opened or clicked is not to be watched: a link in a
message would otherwise lead through the service. Where a service cannot be told so with each message, docs/deploy.md
says it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class _Service:
    """Which of Anymail’s settings the parts of the address fill; empty: there is no such part."""

    user: str
    password: str = ""
    host: str = ""
    can_leave_tracking_out: bool = True
    reports: str = ""
    """Anymail’s class that reads what the service reports."""
    report_secret: str = "WEBHOOK_SECRET"
    """Which of Anymail’s settings what it signs in with, or signs with, fills."""


_SERVICES = {
    "brevo": _Service("BREVO_API_KEY", can_leave_tracking_out=False, reports="BrevoTrackingWebhookView"),
    "mailgun": _Service(
        "MAILGUN_API_KEY",
        host="MAILGUN_SENDER_DOMAIN",
        reports="MailgunTrackingWebhookView",
        report_secret="MAILGUN_WEBHOOK_SIGNING_KEY",
    ),
    "mailjet": _Service("MAILJET_API_KEY", password="MAILJET_SECRET_KEY", reports="MailjetTrackingWebhookView"),
    "postmark": _Service("POSTMARK_SERVER_TOKEN", reports="PostmarkTrackingWebhookView"),
    "resend": _Service("RESEND_API_KEY", can_leave_tracking_out=False, reports="ResendTrackingWebhookView"),
    "sendgrid": _Service("SENDGRID_API_KEY", reports="SendGridTrackingWebhookView"),
    "sparkpost": _Service("SPARKPOST_API_KEY", reports="SparkPostTrackingWebhookView"),
}


def names_email_service(url: str) -> bool:
    return url.partition(":")[0] in _SERVICES


def reads_reports(url: str) -> str:
    """What reads the reports of this service, by its path; empty for a mail server, which reports nothing."""
    name = url.partition(":")[0]
    return f"anymail.webhooks.{name}.{_SERVICES[name].reports}" if name in _SERVICES else ""


def signs_in_to_report(url: str) -> bool:
    """Whether this service brings a name and a password with each report, and signs it in no other way."""
    service = _SERVICES.get(url.partition(":")[0])
    return service is not None and service.report_secret == "WEBHOOK_SECRET"


def email_service(url: str, *, seconds: int, report_secret: str = "") -> tuple[str, dict[str, object]]:
    """Django’s EMAIL_BACKEND and Anymail’s settings. Raises ImproperlyConfigured, without repeating a key.

    `?api_url=…` is another address of the service, for example its European one. seconds: for each wait on it.
    report_secret: what its reports are to bring.
    """
    parts = urlsplit(url)
    name = parts.scheme
    service = _SERVICES[name]
    given = {
        service.user: unquote(parts.username or ""),
        service.password: unquote(parts.password or ""),
        service.host: parts.hostname or "",
    }
    given.pop("", None)
    if not all(given.values()):
        raise ImproperlyConfigured(f"EMAIL_URL lacks a part. For this service it is {_form(name, service)}.")
    settings: dict[str, object] = {**given, "REQUESTS_TIMEOUT": seconds}
    for api_url in parse_qs(parts.query).get("api_url", []):
        settings[f"{name.upper()}_API_URL"] = api_url
    if report_secret:
        settings[service.report_secret] = report_secret
    if service.can_leave_tracking_out:
        settings["SEND_DEFAULTS"] = {"track_opens": False, "track_clicks": False}
    return f"anymail.backends.{name}.EmailBackend", settings


def _form(name: str, service: _Service) -> str:
    secret = "key:secret" if service.password else "key"
    return f"{name}://{secret}@{'domain' if service.host else ''}"
