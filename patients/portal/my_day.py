"""Her own day: when she gets up, eats and goes to bed; and the day as a sheet of paper."""

from datetime import datetime, time
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinics.domain.paper import Paper
from patients.actor import acting_patient
from patients.models import Patient
from patients.portal.my_reminders import reminders_shown
from patients.portal.own_page import own_page, sign_in_first
from patients.portal.records import own_record, plan_to_show
from patients.portal.typed import clock_of
from patients.services.day.rhythm import day_lived, rhythm_of
from patients.services.day.saying_rhythm import set_rhythm
from patients.services.day.sheet import day_sheet, day_sheet_file_name, day_sheet_pdf
from patients.services.errors import InvalidRequest

ASKED: Final = {
    "wakes_at": ("I get up at", True),
    "breakfast_at": ("Breakfast at", False),
    "lunch_at": ("Lunch at", False),
    "dinner_at": ("Dinner at", False),
    "sleeps_at": ("I go to bed at", True),
}
"""The fields, what is asked, and whether an answer is needed: a meal may be left out."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_day(request: HttpRequest, code: str) -> HttpResponse:
    """Five times; saying them puts everything of her day where it belongs. Below: what she is reminded of."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:my-day", args=[code]))
    record = own_record(request.user, code)
    at = timezone.now()
    rhythm = rhythm_of(record.patient)
    typed = {name: _shown(getattr(rhythm, name)) for name in ASKED}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ASKED}
        errors = _save(record.patient, typed, at=at)
        if not errors:
            messages.success(request, "Your times are saved. This is your day now.")
            return redirect("portal:home", code)
    fields = [
        {"name": name, "label": label, "is_needed": is_needed, "value": typed[name], "error": errors.get(name, "")}
        for name, (label, is_needed) in ASKED.items()
    ]
    context = own_page(record, at=at) | {"fields": fields, "has_errors": bool(errors), "rhythm": rhythm}
    return render(request, "portal/my_day.html", context | reminders_shown(record.patient, at=at))


@never_cache
@require_safe
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Her day on one page of paper, as it is now."""
    if not request.user.is_authenticated:
        return sign_in_first(reverse("portal:home", args=[code]))
    record = own_record(request.user, code)
    at = timezone.now()
    try:
        paper = Paper(request.GET.get("paper", record.patient.clinic.paper))
    except ValueError as error:
        raise Http404 from error
    plan = plan_to_show(record.patient, user=request.user)
    rhythm = rhythm_of(record.patient)
    printed = day_sheet(plan or record.patient, on=day_lived(record.patient, rhythm, at=at))
    response = HttpResponse(day_sheet_pdf(printed, paper=paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{day_sheet_file_name(printed)}"'
    return response


def _save(patient: Patient, typed: dict[str, str], *, at: datetime) -> dict[str, str]:
    """What was typed is saved; or by field what is wrong with it, and nothing is."""
    errors: dict[str, str] = {}
    read: dict[str, Any] = {}
    for name, (_, is_needed) in ASKED.items():
        try:
            read[name] = clock_of(typed[name], field=name)
        except InvalidRequest as wrong:
            errors[name] = str(wrong)
            continue
        if is_needed and read[name] is None:
            errors[name] = "Write a time such as 7:30."
    if errors:
        return errors
    try:
        set_rhythm(patient, **read, by=acting_patient(patient), at=at)
    except InvalidRequest as refused:
        return {refused.field: str(refused)}
    return {}


def _shown(at: time | None) -> str:
    return "" if at is None else f"{at.hour}:{at:%M}"
