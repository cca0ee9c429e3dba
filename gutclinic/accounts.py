"""How allauth behaves here: nobody signs up, and codes come in neutral words."""

import logging
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from clinics.services.letters import MAIL_ERRORS, sender_line

log = logging.getLogger(__name__)

# On the locked screen of a telephone this must not tell what somebody is treated for. One login may belong to
# several clinics, so it is none of their names either.
SENDER_NAME = "Your clinic"


class ClosedAccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": "That is not the code. Look for the newest message and type its code again.",
        "too_many_login_attempts": "That did not work a few times, so this stops here to keep you safe. "
        "Wait a minute, then ask for a new code.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """A login comes by invitation alone."""
        return False

    def get_from_email(self) -> str:
        return sender_line(SENDER_NAME)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Marked as sent by a machine, so that no answering machine answers."""
        return super().render_mail(
            template_prefix, email, context, (headers or {}) | {"Auto-Submitted": "auto-generated"}
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send at once, since somebody waits for it. A dead mail server is a page that says so, whoever asks."""
        try:
            super().send_mail(template_prefix, email, context)
        except MAIL_ERRORS as error:
            log.error("A sign-in message could not be sent: %s", type(error).__name__)
            raise ImmediateHttpResponse(_not_sent()) from error


def _not_sent() -> Any:
    request = context.request
    # Whoever is signed in was asked for one more code, and tries again on that page.
    again = request.get_full_path() if request.user.is_authenticated else reverse("account_request_login_code")
    return render(request, "account/code_not_sent.html", {"again": again}, status=HTTPStatus.SERVICE_UNAVAILABLE)
