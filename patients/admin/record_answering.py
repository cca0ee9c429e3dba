"""What the pages of the record share: finding a row by its address, saving a form, and saying what is wrong."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.scoped import ScopedAdmin
from patients.admin.record_section import MODELS, kind_of
from patients.models import Patient
from patients.services.errors import InvalidRequest, Refused


def entry_at(request: HttpRequest, patient: Patient, kind: str, code: str) -> Any:
    """The row that an address names; 404 for one of another patient, or of another kind."""
    if kind not in MODELS:
        raise Http404
    rows: Any = MODELS[kind]._default_manager
    entry = rows.visible_to(request.user).filter(patient=patient, code=code).first()
    if entry is None or kind_of(entry) != kind:
        raise Http404
    entry.patient = patient
    return entry


def section_address(admin: ScopedAdmin, patient: Patient) -> str:
    return f"{admin.address_of(patient)}#record"


def written(
    admin: ScopedAdmin,
    request: HttpRequest,
    patient: Patient,
    form: forms.Form,
    write: Callable[[], None],
    *,
    own_field: Callable[[str], str | None],
    done: str,
) -> HttpResponse | None:
    """Back on the patient's page if it was written, or cannot be any more; None to show what is wrong."""
    try:
        write()
    except InvalidRequest as refusal:
        form.add_error(own_field(refusal.field), str(refusal))
        return None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(section_address(admin, patient))
