"""Asking somebody who is signed in to prove once more that it is them, right before what nobody may do for them.

A code goes to the address they sign in with. allauth has no such step for logins without a password, so it stands
here; what it proves is kept where allauth keeps every proof of this session, so a second factor will count as well.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlencode

from clinics.models import User

STATE: Final = "clinics_reauthentication"
CODE_WORKS_FOR: Final = timedelta(minutes=10)
TRIES: Final = 3


class CodeRefused(Exception):
    """The code proved nothing. The sentence says what to do."""


class WrongCode(CodeRefused):
    def __init__(self) -> None:
        super().__init__("That is not the code. Look for the newest message and type its code again.")


class NoCodeAwaited(CodeRefused):
    """None was sent to this browser, it is too old, or too many wrong ones were typed."""

    def __init__(self) -> None:
        super().__init__("This code works no more. Ask for a new one.")


def has_just_authenticated(request: HttpRequest, *, at: datetime, within_minutes: int = 5) -> bool:
    """Whether the signed-in person has proved in this session who they are, at most so many minutes before `at`.

    Signing in counts like proving it once more. A session that began without a code, by an invitation, does not.
    """
    if not request.user.is_authenticated or not request.user.is_active:
        return False
    proved = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(proved) and at - _instant(max(proved), at) <= timedelta(minutes=within_minutes)


def way_to_reauthenticate(back: str) -> str:
    """The address of the page that asks for the proof and then leads back. back: a path of this site."""
    return f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: back})}"


def send_code(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Send this signed-in user a fresh code; an earlier one works no more. Never call it inside a transaction.

    Where the mail server does not take it, the adapter answers with a page that says so.
    """
    adapter = get_adapter()
    code = adapter.generate_login_code()
    request.session.pop(STATE, None)
    adapter.send_mail("account/email/reauthentication_code", user.email, {"code": code})
    request.session[STATE] = {"user": user.code, "digest": _digest(code), "sent_at": at.timestamp(), "wrong": 0}


def awaits_code(request: HttpRequest, user: User, *, at: datetime) -> bool:
    """Whether a code was sent to this user from this browser that still works."""
    state: dict[str, Any] = request.session.get(STATE) or {}
    if state.get("user") != user.code:
        return False
    return at - _instant(state["sent_at"], at) <= CODE_WORKS_FOR


def check_code(request: HttpRequest, user: User, typed: str, *, at: datetime) -> None:
    """Take the code as proof, once. Raises CodeRefused; after three wrong ones a new code is needed."""
    if not awaits_code(request, user, at=at):
        raise NoCodeAwaited
    state = request.session[STATE]
    if constant_time_compare(_digest(typed), state["digest"]):
        del request.session[STATE]
        record_authentication(request, user, method="code", email=user.email, reauthenticated=True)
        return
    if state["wrong"] + 1 >= TRIES:
        del request.session[STATE]
        raise NoCodeAwaited
    request.session[STATE] = state | {"wrong": state["wrong"] + 1}
    raise WrongCode


def _digest(code: str) -> str:
    """A code as it may be stored, the same for however one likes to group its digits."""
    digits = "".join(sign for sign in code if sign in "0123456789")
    return salted_hmac("clinics.services.reauthentication", digits, algorithm="sha256").hexdigest()


def _instant(timestamp: float, like: datetime) -> datetime:
    return datetime.fromtimestamp(timestamp, tz=like.tzinfo)
