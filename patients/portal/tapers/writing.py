"""What she writes: her diary, and warning signs. What was typed stands in the form again if it was refused."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients.actor import acting_patient
from patients.models import Taper
from patients.portal.own_page import sign_in_first
from patients.portal.tapers.card import Card
from patients.portal.tapers.chart import chart_of
from patients.portal.tapers.diary import SYMPTOMS, day_in_words, diary_of, may_be_written
from patients.portal.tapers.pages import taper_page
from patients.portal.tapers.taps import note_of
from patients.portal.tapers.words import NOT_WRITTEN
from patients.portal.typed import day_of, whole_number_of
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.using import report_red_flags, write_diary
from protocols.domain.red_flags import EMERGENCY, RED_FLAGS
from protocols.domain.terms import TermsError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def diary(request: HttpRequest, code: str, taper_code: str) -> HttpResponse:
    """One day to write, and the last four weeks."""
    here = reverse("portal:diary", args=[code, taper_code])
    if not request.user.is_authenticated:
        return sign_in_first(here)
    context = taper_page(request, code, taper_code)
    card: Card = context["card"]
    refused, typed = "", {}
    if request.method == "POST":
        try:
            _write(request, card.taper, at=timezone.now())
        except (Refused, TermsError) as refusal:
            refused = NOT_WRITTEN if isinstance(refusal, TermsError) else str(refusal)
            typed = {name: request.POST.get(name, "") for name in ("symptoms", "rescue", "note")}
        else:
            messages.success(request, "Written down.")
            return redirect(f"{here}?day={request.POST['day']}")
    chosen = _chosen(request, today=context["today"])
    return render(request, "portal/taper/diary.html", context | _diary(card, chosen, typed) | {"refused": refused})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def warning(request: HttpRequest, code: str, taper_code: str) -> HttpResponse:
    """The emergency text, then the signs to tick. Once reported, what each of them means stands on top.

    It is never turned away: not when the steps have ended, nor when they cannot be shown.
    """
    here = reverse("portal:warning", args=[code, taper_code])
    if not request.user.is_authenticated:
        return sign_in_first(here)
    context = taper_page(request, code, taper_code)
    card: Card = context["card"]
    refused = ""
    if request.method == "POST":
        try:
            report_red_flags(
                card.taper,
                flags=request.POST.getlist("flag"),
                by=acting_patient(context["patient"]),
                at=timezone.now(),
            )
        except Refused as refusal:
            refused = str(refusal)
        else:
            return redirect(here)
    ticked = set(request.POST.getlist("flag"))
    context |= {
        "emergency": EMERGENCY,
        "signs": [(flag, flag.key in ticked) for flag in RED_FLAGS.values()],
        "refused": refused,
    }
    return render(request, "portal/taper/warning.html", context)


def _write(request: HttpRequest, taper: Taper, *, at: datetime) -> None:
    write_diary(
        taper,
        on=day_of(request.POST.get("day", "")),
        symptoms=whole_number_of(request.POST.get("symptoms", ""), field="symptoms"),
        rescue_doses=whole_number_of(request.POST.get("rescue", ""), field="rescue_doses"),
        note=note_of(request),
        by=acting_patient(taper.plan.patient),
        at=at,
    )


def _chosen(request: HttpRequest, *, today: date) -> date:
    """The day that the form is for; any that cannot be written is today."""
    try:
        chosen = day_of(request.POST.get("day") or request.GET.get("day", ""))
    except InvalidRequest:
        return today
    return chosen if may_be_written(chosen, today) else today


def _diary(card: Card, chosen: date, typed: dict[str, str]) -> dict[str, Any]:
    if card.reading is None:
        return {}
    days = diary_of(card.reading, card.rebound)
    window = None if card.rebound is None else card.rebound.window
    day = next(day for day in days if day.on == chosen)
    stands = {"symptoms": day.symptoms, "rescue": day.rescue_doses, "note": day.note}
    values = {name: "" if value is None else str(value) for name, value in stands.items()} | typed
    return {
        "chosen": day,
        "chosen_words": day_in_words(chosen, card.today),
        "values": values,
        "scale": [(str(number), str(number) == values["symptoms"]) for number in SYMPTOMS],
        "days": list(reversed(days)),
        "chart": chart_of(days, [window is not None and window.contains(day.on) for day in days]),
    }
