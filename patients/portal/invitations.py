"""Accepting the invitation to the portal."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics.joining.entering import enter
from clinics.services.logins import LoginClosed
from clinics.services.staff import InvitationClosed
from patients.services.errors import Refused
from patients.services.portal_access import accept_portal_invitation, find_portal_invitation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """A page with one button; only the button uses the link up, since scanners of mail follow links too."""
    at = timezone.now()
    try:
        if request.method != "POST":
            find_portal_invitation(code, secret, at=at)
            return render(request, "portal/invitation.html")
        user, patient = accept_portal_invitation(code, secret, at=at)
    except InvitationClosed:
        return render(request, "joining/closed.html", status=HTTPStatus.GONE)
    except (Refused, LoginClosed) as refused:
        return render(request, "joining/refused.html", {"why": str(refused)}, status=HTTPStatus.CONFLICT)
    return enter(request, user, to=reverse("portal:home", args=[patient.code]), at=at)
