"""Where pages about tapers stand."""

from django.urls import reverse

from patients.models import MedicineUse


def doctor_letter_address(use: MedicineUse) -> str:
    """The letter about a medicine that nobody prescribes."""
    return reverse("admin:patients_patient_doctor_letter", args=[use.patient.code, use.code])
