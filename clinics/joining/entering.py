"""From an accepted invitation into the house."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.models import User


def enter(request: HttpRequest, user: User, *, to: str, at: datetime) -> HttpResponse:
    """Lead whoever has just accepted to `to`.

    at: the instant of accepting. A login that was made by it is signed in at once. One that existed before may
    open other records than this invitation, and whoever invites may have seen the link: it takes a code as
    always, unless it is signed in here already.
    """
    if request.user.is_authenticated and request.user.pk == user.pk:
        return redirect(to)
    if user.joined_at == at:
        login(request, user)
        return redirect(to)
    logout(request)
    messages.success(request, "Accepted. Please sign in with the address that the invitation was sent to.")
    return redirect_to_login(to)
