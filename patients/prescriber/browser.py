"""What a browser keeps of a link: a signed cookie with the request’s code and a secret of its own, for two hours.

The link’s own secret is not in it. Each request has a cookie of its own, so that two patients in two tabs are never
mixed up. Alone it opens nothing but the page on which a code is asked for.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patients.services.tapers.by_link import Visitor

KEPT_FOR = timedelta(hours=2)
_SALT = "gutclinic.prescriber-link"


def new_visitor(code: str) -> Visitor:
    return Visitor(request=code, browser=secrets.token_urlsafe(32))


def visitor_of(request: HttpRequest, code: str) -> Visitor | None:
    """Who opened the link of this request in this browser; None if nobody has, or too long ago."""
    try:
        kept = signing.loads(request.COOKIES[_name(code)], salt=_SALT, max_age=KEPT_FOR)
    except (KeyError, signing.BadSignature):
        return None
    return Visitor(request=code, browser=kept["browser"]) if kept["request"] == code else None


def remember(response: HttpResponse, visitor: Visitor) -> None:
    response.set_cookie(
        _name(visitor.request),
        signing.dumps({"request": visitor.request, "browser": visitor.browser}, salt=_SALT),
        max_age=KEPT_FOR,
        path=reverse("prescriber:closed"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        # Lax, because the first page is reached from a mail program or a mail website.
        samesite="Lax",
    )


def forget(response: HttpResponse, code: str) -> None:
    response.delete_cookie(_name(code), path=reverse("prescriber:closed"), samesite="Lax")


def _name(code: str) -> str:
    return f"link-{code}"
