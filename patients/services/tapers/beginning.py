"""What must be so for a first version to be put before a prescriber, and still when it is signed."""

from datetime import date

from django.db.models import Q

from patients.models import MedicineUse, Patient, Taper
from patients.services.errors import Refused
from patients.services.tapers.errors import NotTakenNow, TaperedAlready
from protocols.models.enabling import may_be_tapered_in


def require_may_begin(taper: Taper, *, on: date) -> None:
    """Refuse where the record has changed since this one was drawn up, or where another taper is open by now.

    For a taper that never started: of one that runs the record may say another dose by now.
    """
    use = MedicineUse.objects.get(pk=taper.reduces_id)
    if use.is_in_error or (use.until is not None and use.until < on):
        raise NotTakenNow
    require_the_only_one(taper.plan.patient, substance=use.substance, besides=taper)


def require_on_the_list(taper: Taper) -> None:
    """Refuse to send a medicine that the clinic’s list has replaced, or no longer permits."""
    if not may_be_tapered_in(taper.plan.patient.clinic, taper.medicine):
        raise Refused(
            "This medicine was changed in the clinic’s list, or may no longer be tapered here. Open the draft and "
            "choose it again."
        )


def require_the_only_one(patient: Patient, *, substance: str, besides: Taper | None = None) -> None:
    """Refuse a second taper of one substance: whoever wrote the medicine down twice has two lines of one medicine."""
    others = Taper.objects.open().filter(
        Q(reduces__substance__iexact=substance) | Q(medicine__substance__iexact=substance), plan__patient=patient
    )
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise TaperedAlready
