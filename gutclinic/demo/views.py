"""The outbox page: it shows what a mailbox would, sign-in codes included. For this machine's own browser alone."""

import ipaddress
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gutclinic.demo.outbox import letters

MOST = 60


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages; `?to=` narrows them down to one address."""
    if not settings.DEMO or not _comes_from_this_machine(request):
        raise Http404
    recipient = request.GET.get("to", "").strip()
    shown = letters(Path(settings.EMAIL_FILE_PATH or ""), recipient=recipient)
    return render(
        request,
        "demo/outbox.html",
        {"letters": shown[:MOST], "count": len(shown), "recipient": recipient},
    )


def _comes_from_this_machine(request: HttpRequest) -> bool:
    """Whether the other end is this machine and speaks for itself: behind a proxy everybody looks like it."""
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
