"""The pages of one taper: its steps, its diary, and its warning signs. Looking at them writes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from patients.portal.own_page import own_page, sign_in_first
from patients.portal.records import own_record
from patients.portal.tapers.card import Card, card_of
from patients.portal.tapers.curve import curve_of
from patients.portal.tapers.shown import taper_to_show
from patients.portal.tapers.steps import signed_lines, step_lines
from patients.portal.tapers.supply import supply_of
from patients.portal.tapers.words import UNREADABLE
from protocols.models.catalogue import CONSULT


@never_cache
@require_safe
def steps(request: HttpRequest, code: str, taper_code: str) -> HttpResponse:
    """Every step with its dates, where she is, what comes after, and who signed it."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:steps", args=[code, taper_code]))
    context = taper_page(request, code, taper_code)
    reading = context["card"].reading
    if reading is not None:
        context |= {
            "lines": step_lines(reading),
            "curve": curve_of(reading),
            "signed": signed_lines(reading),
            "supply": supply_of(reading),
        }
    return render(request, "portal/taper/steps.html", context)


def taper_page(request: HttpRequest, code: str, taper_code: str) -> dict[str, Any]:
    """What every page of a taper reads. A stranger, and whoever looks for what was never signed, gets a 404."""
    record = own_record(request.user, code)
    at = timezone.now()
    context = own_page(record, at=at)
    taper = taper_to_show(record.patient, taper_code, user=request.user)
    card: Card = card_of(taper, at=at)
    return context | {"card": card, "consult": CONSULT, "unreadable": UNREADABLE}
