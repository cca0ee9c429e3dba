"""The channels as the settings have them. What is not set up is None; `gutclinic.checks` says what is missing."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from py_vapid import Vapid02

from clinics.services.letters import public_address
from patients.models import Channel
from patients.reminders.channels.each import SenderOfEach
from patients.reminders.channels.email import EmailSender
from patients.reminders.channels.envelope import Sender
from patients.reminders.channels.http import Connections, outside
from patients.reminders.channels.portal import PortalSender
from patients.reminders.channels.push_subscription import PushSubscription, is_listed, push_subscription
from patients.reminders.channels.sms import SmsProvider, SmsSender
from patients.reminders.channels.sms_here import ConsoleSms, FileSms
from patients.reminders.channels.sms_http import HttpSms
from patients.reminders.channels.sms_twilio import TwilioSms
from patients.reminders.channels.vapid import KeyUnusable, public_part, vapid_key
from patients.reminders.channels.web_push import WebPushSender


def channels_set_up() -> frozenset[Channel]:
    """The channels that this server has somebody to carry for. The portal and a mail server are always there."""
    beside = {Channel.SMS: bool(settings.SMS_PROVIDER), Channel.PUSH: bool(settings.VAPID_PRIVATE_KEY)}
    return frozenset({Channel.EMAIL, Channel.PORTAL, *(channel for channel, is_set in beside.items() if is_set)})


def email_sender() -> EmailSender:
    return EmailSender()


def portal_sender() -> PortalSender:
    return PortalSender()


def status_address() -> str:
    """Where providers of text messages report to; empty where no provider outside could reach it."""
    address = public_address(reverse("text-message-reports"))
    return address if address.startswith("https://") else ""


def sms_provider() -> SmsProvider | None:
    """Who carries text messages; None if nobody does."""
    match settings.SMS_PROVIDER:
        case "console":
            return ConsoleSms()
        case "file":
            return FileSms(Path(settings.SMS_FOLDER))
        case "http":
            return HttpSms(settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_FROM, settings.SMS_WEBHOOK_SECRET)
        case "twilio":
            return TwilioSms(settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_FROM, status_address())
    return None


def sms_sender() -> SmsSender | None:
    """The SMS channel; None if nobody carries text messages."""
    provider = sms_provider()
    return None if provider is None else SmsSender(provider, connections=Connections(seconds=settings.HTTP_TIMEOUT))


def push_sender(*, clock: Callable[[], datetime]) -> WebPushSender | None:
    """The web push channel; None if there is no VAPID key that can be read. clock: when a token is made out."""
    key = _own_key()
    if key is None:
        return None
    return WebPushSender(
        key=key,
        contact=settings.VAPID_CONTACT,
        hosts=settings.PUSH_HOSTS,
        connections=Connections(seconds=settings.HTTP_TIMEOUT, route=outside),
        clock=clock,
    )


def senders(*, clock: Callable[[], datetime]) -> SenderOfEach:
    """The senders of all channels as one."""
    makers: dict[Channel, Callable[[], Sender | None]] = {
        Channel.EMAIL: email_sender,
        Channel.SMS: sms_sender,
        Channel.PUSH: lambda: push_sender(clock=clock),
        Channel.PORTAL: portal_sender,
    }
    return SenderOfEach(lambda channel: makers[Channel(channel)]())


def push_public_key() -> str:
    """What a page gives to `pushManager.subscribe` as `applicationServerKey`; empty without a key that can be read."""
    key = _own_key()
    return "" if key is None else public_part(key)


def _own_key() -> Vapid02 | None:
    """This server’s own. One that cannot be read is none and stops nothing else; the checks at start say so."""
    return _read_key(settings.VAPID_PRIVATE_KEY) if settings.VAPID_PRIVATE_KEY else None


@cache
def _read_key(text: str) -> Vapid02 | None:
    """Read once: it is asked for with each batch."""
    try:
        return vapid_key(text)
    except KeyUnusable:
        return None


def read_subscription(text: str) -> PushSubscription:
    """What a browser sent, if its push service is one of those in the settings. Raises SubscriptionRefused."""
    return push_subscription(text, hosts=settings.PUSH_HOSTS)


def takes_from_us(endpoint: str, *, made_for: str) -> bool:
    """Whether this subscription, which was read and kept, still fits the settings: its push service is one of those
    that may be called, and made_for, the public key that it was made for, is that of this server.
    """
    return made_for == push_public_key() and may_call(endpoint)


def may_call(endpoint: str) -> bool:
    """Whether the push service of this endpoint, which was read and kept, is still one of those in the settings."""
    return is_listed(urlsplit(endpoint).hostname or "", settings.PUSH_HOSTS)
