"""What every page of the patient’s own has: whose it is, the date where she lives, and whom to call."""

from datetime import datetime
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse

from clinics.domain.instants import civil_date, zone
from patients.portal.records import Record
from patients.portal.words import day_in_full


def own_page(record: Record, *, at: datetime) -> dict[str, Any]:
    """The context that `portal/own_page.html` reads; `today` is the patient’s civil date."""
    patient = record.patient
    today = civil_date(at, zone(patient.zone))
    return {
        "patient": patient,
        "clinic": patient.clinic,
        "has_others": record.has_others,
        "today": today,
        "day_words": day_in_full(today, today),
        # Only what can be dialled: people write “(030) 123 45” with whatever they like in between.
        "telephone_link": "".join(sign for sign in patient.clinic.telephone if sign.isdigit() or sign == "+"),
    }


def sign_in_first(back: str) -> HttpResponse:
    """To the sign-in page, and from there to a page that shows: no link can repeat a tap."""
    return redirect_to_login(back)
