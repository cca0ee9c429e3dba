"""The link in a message that ends such messages, for whoever holds it: without signing in, as RFC 8058 asks.

Opening it changes nothing, since scanners of mail open every link. Only the button, or the mail program’s own, does.
https://www.rfc-editor.org/rfc/rfc8058
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from patients.actor import acting_patient
from patients.models.private_links import stopping_of, stopping_token
from patients.services.hearing import hear
from patients.services.reaching import switch_off


@csrf_exempt  # RFC 8058, 3.2: a mail program sends no cookie. The token in the address says all that there is to say.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, or do it; done twice it is done once. The page names neither the patient nor what it is about."""
    found = stopping_of(token)
    if found is None:
        raise Http404
    patient, groups = found
    at = timezone.now()
    if request.method == "POST":
        switch_off(patient, groups=groups, by=acting_patient(patient), at=at)
        # A mail program may have done it by itself, but because she pressed its button.
        hear(patient, at=at)
    everything = stopping_token(patient.code, None)
    context = {
        "is_done": request.method == "POST",
        "here": reverse("stop-messages", args=[token]),
        "everything": "" if token == everything else reverse("stop-messages", args=[everything]),
        "reaching": reverse("portal:reaching", args=[patient.code]),
    }
    response = render(request, "portal/stop_messages.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
