"""The patient's day: one page, and one tap for each time of day."""

import re
from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from patients.actor import acting_patient
from patients.portal.coming import what_comes_next
from patients.portal.journey import journey
from patients.portal.own_page import own_page, sign_in_first
from patients.portal.records import own_record, plan_to_show
from patients.portal.stopped import stopped_now
from patients.portal.tapers.card import card_of
from patients.portal.tapers.shown import on_todays_page, tapers_to_show
from patients.portal.tapers.words import UNREADABLE
from patients.portal.today import doses_of, today_of
from patients.portal.typed import day_of
from patients.portal.words import day_in_full, evidence_words, lines, paragraphs, standing
from patients.services.errors import InvalidRequest, Refused
from patients.services.intakes import Dose, record_doses, undo_doses
from protocols.models.catalogue import CONSULT

_TIME: Final = re.compile(r"[0-4][0-9][0-5][0-9]")
"""How a time of the day is named on the page: “0730”; after midnight it goes on beyond 24."""


@never_cache
def home(request: HttpRequest, code: str) -> HttpResponse:
    """Today, the journey, and what comes next. Nothing is written but that she was here."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:home", args=[code]))
    record = own_record(request.user, code)
    patient = record.patient
    at = timezone.now()
    context = own_page(record, at=at)
    tapers = tapers_to_show(patient, user=request.user) if record.has_tapers else []
    plan = plan_to_show(patient, user=request.user)
    day = today_of(patient, plan, tapers=tapers, user=request.user, at=at)
    # One day for the whole page: up to a bedtime after midnight no part of it speaks of the next one.
    today = day.day
    context |= {"day": day, "today": today, "day_words": day_in_full(today, today)}
    context["anchors"] = [time.anchor for time in day.times]
    if tapers:
        in_full, ended = on_todays_page(tapers, today=today)
        context |= {
            "cards": [card_of(taper, at=at, today=today) for taper in in_full],
            "ended": [card_of(taper, at=at, today=today) for taper in ended],
            "consult": CONSULT,
            "unreadable": UNREADABLE,
        }
    if plan is not None:
        context |= {
            "plan": plan,
            "standing": standing(plan, today=today),
            "ended_words": day_in_full(plan.ended_on, today) if plan.ended_on else "",
            "journey": journey(plan, today=today),
            "stopped": stopped_now(plan, user=request.user, today=today, tapers=tapers),
            "coming": what_comes_next(plan, today=today),
            "lessons": [
                {
                    "phase": phase,
                    "teaching": paragraphs(phase.teaching),
                    "hypothesis": paragraphs(phase.hypothesis),
                    "evidence": evidence_words(phase.evidence),
                    "sources": lines(phase.source),
                }
                for phase in plan.phases.all()
                if phase.is_open
            ],
        }
    return render(request, "portal/home.html", context)


@never_cache
def tick(request: HttpRequest, code: str) -> HttpResponse:
    """“I took these”: what was tapped, one time of today or one thing of it, is recorded."""
    return _with_doses(request, code, record_doses, said="Recorded.")


@never_cache
def untick(request: HttpRequest, code: str) -> HttpResponse:
    """Take the tap back."""
    return _with_doses(request, code, undo_doses, said="Taken back. It is not recorded now.")


def _with_doses(request: HttpRequest, code: str, act: Callable[..., object], *, said: str) -> HttpResponse:
    """Do this with what was tapped, and lead back to its time. A refusal is said at the top."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:home", args=[code]))
    back = reverse("portal:home", args=[code])
    if request.method != "POST":
        return redirect(back)
    at = timezone.now()
    patient = own_record(request.user, code).patient
    time = request.POST.get("time", "")
    try:
        doses, day = _doses(request.POST.get("doses", "")), day_of(request.POST.get("day", ""))
        plan = plan_to_show(patient, user=request.user)
        if plan is None:
            raise InvalidRequest("There is no plan to record this for.", field="doses")
        act(plan, doses=doses, day=day, by=acting_patient(patient), at=at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    if not _TIME.fullmatch(time):
        messages.success(request, said)
        return redirect(back)
    messages.success(request, said, extra_tags=time)
    return redirect(f"{back}#at-{time}")


def _doses(text: str) -> list[Dose]:
    try:
        doses = list(doses_of(text))
    except ValueError:
        doses = []
    if not doses:
        raise InvalidRequest("There is no such thing in your day. Look again, then tap once more.", field="doses")
    return doses
