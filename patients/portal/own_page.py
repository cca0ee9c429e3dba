"""What every page of the patient’s own has: whose it is, the date where she lives, and whom to call."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from clinics.domain.instants import civil_date, zone
from clinics.phone_numbers import dialled
from patients.portal.reached import reached
from patients.portal.records import Record
from patients.portal.words import day_in_full
from patients.services.errors import Refused
from patients.services.hearing import hear


def own_page(record: Record, *, at: datetime) -> dict[str, Any]:
    """The context that `portal/own_page.html` reads; `today` is the patient’s civil date. Notes that she was here."""
    patient = record.patient
    hear(patient, at=at)
    today = civil_date(at, zone(patient.zone))
    return {
        "patient": patient,
        "clinic": patient.clinic,
        "has_others": record.has_others,
        "today": today,
        "day_words": day_in_full(today, today),
        "telephone_link": dialled(patient.clinic.telephone),
        # Read where a page shows it.
        "reached": SimpleLazyObject(lambda: reached(patient, at=at)),
    }


def do_and_say(request: HttpRequest, act: Callable[[], str], *, back: str) -> HttpResponse:
    """Do what a button says, and show the page again with what came of it, or with why it was refused."""
    try:
        messages.success(request, act())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(back)


def sign_in_first(back: str) -> HttpResponse:
    """To the sign-in page, and from there to a page that shows: no link can repeat a tap."""
    return redirect_to_login(back)
