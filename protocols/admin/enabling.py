"""Tapers beyond PPIs and H2 blockers: which of one's clinics have enabled a medicine, and enabling it there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import NotAllowed
from clinics.admin.changes import local_words
from clinics.admin.desk import actor_in, at_of, clinics_with
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from protocols.models import EnabledSubstance, Medicine
from protocols.models.catalogue import CONSULT
from protocols.services.enabling import disable_for_taper, enable_for_taper
from protocols.services.medicines import MedicineRefused


def tapers_page(admin: ScopedAdmin, request: HttpRequest, medicine: Medicine) -> HttpResponse:
    """Everybody reads it; whoever is licensed in a clinic enables tapers there, or ends that."""
    clinics = list(clinics_with(request, admin.view_act))
    if request.method == "POST":
        clinic = next((each for each in clinics if each.code == request.POST.get("clinic")), None)
        if clinic is not None:
            change = disable_for_taper if "end" in request.POST else enable_for_taper
            try:
                change(medicine, clinic=clinic, by=actor_in(request, clinic), at=at_of(request))
            except NotAllowed as refusal:
                return admin.refuse(request, medicine, str(refusal))
            except MedicineRefused as refusal:
                messages.error(request, str(refusal))
        return redirect(admin.address_of(medicine, "tapers"))
    rows = EnabledSubstance.objects.in_force().filter(
        clinic__in=clinics, substance=medicine.substance, medicine_class=medicine.medicine_class
    )
    since = {row.clinic_id: row.enabled_at for row in rows}
    return admin.page(
        request,
        "admin/protocols/tapers.html",
        title="Tapers",
        trail=admin.trail_to(medicine, "Tapers"),
        medicine=medicine,
        clinics=[
            (clinic, local_words(since[clinic.pk], zone(clinic.zone)) if clinic.pk in since else "")
            for clinic in clinics
        ],
        consult=CONSULT,
        back=admin.address_of(medicine),
    )
