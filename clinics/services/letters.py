"""Letters that somebody has just asked for: invitations. Sent at once; never call this inside a transaction."""

import logging
import smtplib
from collections.abc import Mapping
from email.utils import formataddr, parseaddr

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

log = logging.getLogger(__name__)

# What sending raises when the mail server, or the email service in its place, does not take a message.
MAIL_ERRORS = (OSError, smtplib.SMTPException, AnymailError)


class LetterNotSent(Exception):
    """The mail server did not take the letter."""

    def __init__(self) -> None:
        super().__init__("The mail server did not take the letter.")


def send_letter(template: str, *, about: str, address: str, sender_name: str, context: Mapping[str, object]) -> None:
    """Send `emails/<template>` (.subject.txt, .txt, .html), or raise `LetterNotSent`.

    about: the opaque code that stands in the log. Neither the address nor the letter, with its link, gets there.
    """
    words = dict(context)
    message = EmailMultiAlternatives(
        subject=render_to_string(f"emails/{template}.subject.txt", words).strip(),
        body=render_to_string(f"emails/{template}.txt", words),
        from_email=sender_line(sender_name),
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"emails/{template}.html", words), "text/html")
    try:
        message.send()
    except MAIL_ERRORS as error:
        log.error("The letter %s to %s could not be sent: %s", template, about, type(error).__name__)
        raise LetterNotSent from error


def sender_line(name: str) -> str:
    """What stands under “From”: this neutral name with the address that messages come from."""
    return formataddr((name, sender_address()))


def sender_address() -> str:
    """The bare address that messages come from. The setting may carry a name before it, which nobody is shown."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def public_address(path: str) -> str:
    """A path of this site as people type it."""
    return f"{settings.PUBLIC_URL}{path}"
