"""What she tells us of a taper with one tap: what she takes, and what she has at home."""

from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from clinics.actor import Actor
from clinics.domain.instants import civil_date, zone
from patients.actor import acting_patient
from patients.models import Taper, UseKind
from patients.portal.own_page import sign_in_first
from patients.portal.records import own_record
from patients.portal.tapers.shown import taper_to_show
from patients.portal.tapers.words import NOT_WRITTEN
from patients.portal.typed import count_of, day_of
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.supplying import record_supply
from patients.services.tapers.using import report_use
from protocols.domain.amount import Amount, AmountError
from protocols.domain.terms import TermsError

LONGEST_NOTE = 1000


@never_cache
def use(request: HttpRequest, code: str, taper_code: str) -> HttpResponse:
    """“Yes, I have changed”, “I stopped” and the like. Answering again takes the answer before it back."""

    def report(taper: Taper, today: date, by: Actor, at: datetime) -> str:
        since = request.POST.get("since", "")
        report_use(
            taper,
            kind=_kind(request.POST.get("kind", "")),
            since=day_of(since, field="since") if since else None,
            note=note_of(request),
            by=by,
            at=at,
        )
        return "Thank you. It is written down."

    return _tap(request, code, taper_code, report, anchor=f"medicine-{taper_code}")


@never_cache
def supply(request: HttpRequest, code: str, taper_code: str) -> HttpResponse:
    """How many units of one strength she has."""

    def count(taper: Taper, today: date, by: Actor, at: datetime) -> str:
        record_supply(
            taper,
            strength=_strength(request.POST.get("strength", "")),
            count=count_of(request.POST.get("count", ""), field="count"),
            is_all=True,
            by=by,
            at=at,
        )
        return "Thank you. It is written down."

    return _tap(request, code, taper_code, count, anchor="supply")


def note_of(request: HttpRequest) -> str:
    note = request.POST.get("note", "").replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        raise InvalidRequest(f"The note is too long: write at most {LONGEST_NOTE} characters, or call.", field="note")
    return note


def _tap(
    request: HttpRequest,
    code: str,
    taper_code: str,
    act: Callable[[Taper, date, Actor, datetime], str],
    *,
    anchor: str,
) -> HttpResponse:
    """Do what was tapped, and lead back to where it was. A refusal is said at the top."""
    steps = reverse("portal:steps", args=[code, taper_code])
    if not request.user.is_authenticated:
        return sign_in_first(steps)
    back = reverse("portal:home", args=[code]) if request.POST.get("back") == "today" else steps
    at = timezone.now()
    patient = own_record(request.user, code).patient
    taper = taper_to_show(patient, taper_code, user=request.user)
    if request.method != "POST":
        return redirect(back)
    today = civil_date(at, zone(patient.zone))
    try:
        if day_of(request.POST.get("day", "")) != today:
            raise InvalidRequest("The day has changed since this page was opened. Look again, then tap once more.")
        said = act(taper, today, acting_patient(patient), at)
    except (Refused, TermsError) as refused:
        messages.error(request, NOT_WRITTEN if isinstance(refused, TermsError) else str(refused))
        return redirect(back)
    messages.success(request, said)
    return redirect(f"{back}#{anchor}")


def _kind(text: str) -> UseKind:
    try:
        return UseKind(text)
    except ValueError as error:
        raise InvalidRequest("There is no such answer. Look again, then tap once more.", field="kind") from error


def _strength(text: str) -> Amount:
    try:
        return Amount.parse(text)
    except AmountError as error:
        raise InvalidRequest("This strength is not part of the schedule.", field="strength") from error
