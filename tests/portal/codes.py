"""Asking for a sign-in code and finding it in the message."""

import re

from django.core import mail
from django.http import HttpResponse
from django.test import Client

ASK, CONFIRM = "/account/login/code/", "/account/login/code/confirm/"


def ask(client: Client, email: str, **more: str) -> HttpResponse:
    return client.post(ASK, {"email": email, **more}, follow=True)


def code_in_last_message() -> str:
    found = re.search(r"^\d{4}-\d{4}$", str(mail.outbox[-1].body), re.M)
    assert found is not None
    return found[0]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
