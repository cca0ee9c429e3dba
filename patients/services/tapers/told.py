"""Whether the prescriber of a taper hears what its patient says: her pages promise what really happens, and no more."""

from dataclasses import dataclass
from datetime import datetime

from patients.models import ContactConsent, Taper
from patients.reminders.recipients import AddressBook
from patients.reminders.taper_subject import TaperSubject


@dataclass(frozen=True, slots=True)
class Reach:
    """may_be_told: by the clinic, in whatever way. by_email: a message about what was signed goes there now.

    Both are False where the prescriber is the practitioner, who hears of it once.
    """

    may_be_told: bool
    by_email: bool


def reach_of(taper: Taper, *, at: datetime) -> Reach:
    """The taper has its prescriber and its versions loaded."""
    prescriber = taper.prescriber
    if prescriber.user_id is not None and prescriber.user_id == taper.plan.practitioner_id:
        return Reach(may_be_told=False, by_email=False)
    consents = ContactConsent.objects.standing().filter(patient=taper.plan.patient_id, prescriber=prescriber.pk)
    is_agreed = consents.exists()
    subject = TaperSubject(taper=taper, risky_medicines=(), may_write_to_prescriber=is_agreed)
    address = AddressBook(at=at).prescriber(subject, None).address
    is_there = prescriber.ended_at is None and (prescriber.is_inside or is_agreed)
    return Reach(may_be_told=is_there, by_email=address is not None)
