"""“Is it you?”: the page to which somebody is sent who is about to do what nobody may do for them."""

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics.models import User
from clinics.services.reauthentication import CodeRefused, awaits_code, check_code, send_code, way_to_reauthenticate


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Ask for a code, type it in, go back to where one came from. Opening the page sends nothing."""
    user = request.user
    assert isinstance(user, User)
    at = timezone.now()
    back = get_next_redirect_url(request) or reverse("home")
    refusal = ""
    if "send" in request.POST:
        limited = ratelimit.consume_or_429(request, action="request_login_code", key=user.email.lower())
        if limited is not None:
            return limited
        send_code(request, user, at=at)
        return redirect(way_to_reauthenticate(back))
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, action="reauthenticate", user=user)
        if limited is not None:
            return limited
        try:
            check_code(request, user, request.POST.get("code", ""), at=at)
        except CodeRefused as refused:
            refusal = str(refused)
        else:
            return redirect(back)
    shown = {"email": user.email, "back": back, "is_sent": awaits_code(request, user, at=at), "refusal": refusal}
    return render(request, "account/reauthenticate.html", shown)
