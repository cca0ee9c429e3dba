"""A patient as the one who acts. It stands here because the layers below do not know patients."""

from clinics.actor import Actor, ActorKind
from patients.models import Patient


def acting_patient(patient: Patient) -> Actor:
    """This patient, signed in with the own login."""
    return Actor(kind=ActorKind.PATIENT, code=patient.code, clinic_code=patient.clinic.code, user_id=patient.user_id)
