"""Accepting the invitation to work in a clinic."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics.joining.entering import enter
from clinics.roles import Role
from clinics.services.logins import LoginClosed
from clinics.services.staff import InvitationClosed, accept_staff_invitation, find_staff_invitation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """A page with one button; only the button uses the link up, since scanners of mail follow links too."""
    at = timezone.now()
    try:
        if request.method != "POST":
            invitation = find_staff_invitation(code, secret, at=at)
            roles = [Role(role).label for role in invitation.roles]
            return render(request, "joining/staff.html", {"clinic": invitation.clinic, "roles": roles})
        user = accept_staff_invitation(code, secret, at=at)
    except InvitationClosed:
        return render(request, "joining/closed.html", status=HTTPStatus.GONE)
    except LoginClosed as refused:
        return render(request, "joining/refused.html", {"why": str(refused)}, status=HTTPStatus.CONFLICT)
    return enter(request, user, to=reverse("admin:index"), at=at)
