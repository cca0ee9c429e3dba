"""The calendar on paper, and the private address from which a calendar program fetches it.

Whoever holds that address sees the calendar, without signing in. So it carries no cookie and is named in no log, and
whatever is not a calendar that stands is the same 404.
"""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinics.actor import Actor
from clinics.domain.paper import Paper
from clinics.services.letters import public_address
from patients.actor import acting_patient
from patients.models import CalendarFeed, Patient
from patients.models.private_links import feed_of, feed_token
from patients.portal.own_page import do_and_say, own_page, sign_in_first
from patients.portal.records import own_record
from patients.portal.tapers.card import card_of
from patients.portal.tapers.shown import taper_to_show, tapers_to_show
from patients.portal.tapers.words import UNREADABLE
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.calendar_feed import feed_bytes
from patients.services.tapers.calendar_sheet import calendar_file_name, calendar_pdf, calendar_sheet
from patients.services.tapers.own_calendar import choose_detail, choose_times, make_feed, renew_feed, revoke_feed
from protocols.domain.terms import TermsError
from protocols.models.catalogue import CONSULT

Change = Callable[[CalendarFeed, Actor, datetime], object]

CHANGES: dict[str, tuple[Change, str]] = {
    "renew": (
        lambda feed, by, at: renew_feed(feed, by=by, at=at),
        "This is the new address. The old one opens nothing any more.",
    ),
    "end": (
        lambda feed, by, at: revoke_feed(feed, by=by, at=at),
        "The address opens nothing any more. What your calendar program holds already, delete there.",
    ),
    "show-detail": (
        lambda feed, by, at: choose_detail(feed, shows_detail=True, by=by),
        "Its titles name what you take now.",
    ),
    "show-times": (
        lambda feed, by, at: choose_times(feed, shows_times=True, by=by),
        "It carries the times of your day now, for two weeks ahead.",
    ),
    "hide-times": (
        lambda feed, by, at: choose_times(feed, shows_times=False, by=by),
        "It carries the times of your day no more.",
    ),
    "hide-detail": (
        lambda feed, by, at: choose_detail(feed, shows_detail=False, by=by),
        "Its titles say nothing of what you take now.",
    ),
}


@never_cache
@require_safe
def sheet(request: HttpRequest, code: str, taper_code: str) -> HttpResponse:
    """The calendar as PDF, from this week on: four weeks on a page."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:steps", args=[code, taper_code]))
    record = own_record(request.user, code)
    taper = taper_to_show(record.patient, taper_code, user=request.user)
    today = own_page(record, at=timezone.now())["today"]
    try:
        paper = Paper(request.GET.get("paper", record.patient.clinic.paper))
    except ValueError as error:
        raise Http404 from error
    try:
        printed = calendar_sheet(taper, today=today, since=today)
    except (Refused, TermsError) as refused:
        messages.error(request, UNREADABLE if isinstance(refused, TermsError) else str(refused))
        return redirect("portal:steps", code, taper_code)
    response = HttpResponse(calendar_pdf(printed, paper=paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{calendar_file_name(printed)}"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Her calendar on paper and in a calendar program; each button does what it says, once."""
    here = reverse("portal:calendar", args=[code])
    if not request.user.is_authenticated:
        return sign_in_first(here)
    record = own_record(request.user, code)
    at = timezone.now()
    if request.method == "POST":
        return do_and_say(request, lambda: _change(request, record.patient, at=at), back=here)
    context = own_page(record, at=at)
    tapers = tapers_to_show(record.patient, user=request.user) if record.has_tapers else []
    feed = _standing(record.patient)
    address = public_address(reverse("calendar-feed", args=[feed_token(feed)])) if feed else ""
    cards = [card_of(taper, at=at) for taper in tapers if taper.is_running]
    context |= {
        "cards": cards,
        "is_withheld": any(card.reading is not None and card.reading.is_controlled for card in cards),
        # The paper of the clinic’s country first.
        "papers": sorted(
            ((paper, paper.label) for paper in Paper), key=lambda pair: pair[0] != record.patient.clinic.paper
        ),
        "feed": feed,
        "address": address,
        "subscribe": f"webcal://{address.partition('://')[2]}",
        "consult": CONSULT,
    }
    return render(request, "portal/calendar.html", context)


@csrf_exempt  # Nothing is written here, and whatever is not a look at a calendar is a 404.
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar for whoever holds its address. Neither session nor cookie is looked at."""
    found = feed_of(token) if request.method in {"GET", "HEAD"} else None
    if found is None:
        raise Http404
    response = HttpResponse(feed_bytes(found, at=timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _standing(patient: Patient) -> CalendarFeed | None:
    return patient.calendar_feeds.filter(revoked_at__isnull=True).select_related("patient__clinic").first()


def _change(request: HttpRequest, patient: Patient, *, at: datetime) -> str:
    """What was done. The form names the address that was on the screen: a second tap finds another one, or none."""
    by, name = acting_patient(patient), request.POST.get("change", "")
    if name == "make":
        make_feed(patient, by=by, at=at)
        return "This is the address of your calendar."
    if name not in CHANGES:
        raise InvalidRequest("There is no such button. Look again, then tap once more.", field="change")
    change, said = CHANGES[name]
    standing = _standing(patient)
    if standing is not None and standing.code == request.POST.get("feed", ""):
        change(standing, by, at)
    elif name not in {"renew", "end"}:
        raise InvalidRequest("This calendar address was ended already. Make a new one.", field="feed")
    return said
