"""Papers: the letter of a version, the calendar, the letter to a doctor, and scans that came back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.standing import today_of
from patients.admin.tapers.drawing_up import plan_for
from patients.models import MedicineUse, Patient, Scan, Taper, TaperVersion
from patients.services.errors import Refused
from patients.services.tapers.calendar_sheet import calendar_file_name, calendar_pdf, calendar_sheet
from patients.services.tapers.doctor_letter import doctor_letter, doctor_letter_pdf
from patients.services.tapers.letter import letter_file_name, letter_pdf
from patients.services.tapers.request_page import request_content

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
PDF = "application/pdf"


def letter_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper, version: str) -> HttpResponse:
    """The letter of one version, as it is faxed, posted or carried."""
    found = TaperVersion.objects.visible_to(request.user).filter(taper=taper, code=version).first()
    if found is None or found.is_draft:
        raise Http404
    found.taper = taper
    content = request_content(found, today=today_of(taper.plan.patient, at_of(request)))
    return attached(letter_pdf(content), PDF, letter_file_name(content))


def calendar_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Four weeks on a page, as she gets it."""
    try:
        sheet = calendar_sheet(taper, today=today_of(taper.plan.patient, at_of(request)))
    except Refused as refusal:
        admin.message_user(request, str(refusal), level="error")
        return redirect(admin.address_of(taper))
    return attached(calendar_pdf(sheet), PDF, calendar_file_name(sheet))


def scan_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper, scan: str) -> HttpResponse:
    """A paper that came back: for the staff of that clinic, and never shown inside a page."""
    found = Scan.objects.visible_to(request.user).filter(version__taper=taper, code=scan).first()
    if found is None:
        raise Http404
    return attached(bytes(found.content), found.media_type, f"scan-{found.code}.{ENDINGS[found.media_type]}")


def doctor_letter_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, entry: str) -> HttpResponse:
    """A letter about a medicine that nobody prescribes, without any schedule."""
    use = MedicineUse.objects.visible_to(request.user).standing().filter(patient=patient, code=entry).first()
    if use is None:
        raise Http404
    use.patient = patient
    plan = plan_for(patient)
    practitioner = plan.practitioner.name if plan else str(request.user)
    try:
        letter = doctor_letter(use, today=today_of(patient, at_of(request)), practitioner=practitioner)
    except Refused as refusal:
        admin.message_user(request, str(refusal), level="error")
        return redirect(admin.address_of(patient))
    return attached(doctor_letter_pdf(letter), PDF, f"letter-{patient.code}.pdf")


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file to be saved: kept by no cache, and taken for nothing but what it is."""
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
