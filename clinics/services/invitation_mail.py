"""Sending the invitation to work in a clinic: neutral words and one link."""

import logging
import smtplib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from clinics.models import StaffInvitation
from clinics.models.invitation import VALID_FOR

log = logging.getLogger(__name__)


class InvitationNotSent(Exception):
    """The mail server did not take it. The invitation stands; its link can be handed over in another way."""

    def __init__(self) -> None:
        super().__init__(
            "The invitation could not be sent by email. It stands all the same: hand its link over yourself."
        )


def send_staff_invitation(invitation: StaffInvitation, *, link: str) -> None:
    """Send the link to the invited address. Raises `InvitationNotSent`. Never call it inside a transaction.

    link: the whole address, with the secret, which is stored nowhere. The words name neither the clinic nor
    what it does: whoever reads them over a shoulder learns nothing.
    """
    context = {"link": link, "days": VALID_FOR.days}
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        subject=render_to_string("emails/staff_invitation.subject.txt", context).strip(),
        body=render_to_string("emails/staff_invitation.txt", context),
        from_email=formataddr((invitation.clinic.message_name, address)),
        to=[invitation.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("emails/staff_invitation.html", context), "text/html")
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        log.error("Staff invitation %s could not be sent: %s", invitation.code, type(error).__name__)
        raise InvitationNotSent from error
