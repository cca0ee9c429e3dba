"""Who receives, where, and at which hour: one answer for patients and staff alike."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinics.domain.instants import allowed_instant, day_ends, next_allowed, zone
from clinics.models import Membership, User
from clinics.models.receiving import Receiving
from patients.models import Channel, ContactKind, ContactPoint, Patient, Plan, RecipientKind


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody on one channel. `address` is None when nothing may be sent there."""

    kind: RecipientKind
    code: str
    channel: Channel
    address: str | None
    receiving: Receiving

    def send_at(self, on: date) -> datetime:
        """The preferred instant of this civil date, moved out of the quiet hours."""
        person = self.receiving
        return allowed_instant(on, person.message_time, zone(person.zone), person.quiet_hours)

    def too_late_at(self, on: date, *, late_days: int) -> datetime:
        """When the last civil day on which it may still go is over, always after `send_at`."""
        over = day_ends(on + timedelta(days=late_days), zone(self.receiving.zone))
        # On a date that a zone skipped altogether both fall together.
        return max(over, self.send_at(on) + timedelta(hours=1))

    def next_allowed(self, at: datetime) -> datetime:
        """This instant, or the end of the quiet hours it lies in."""
        return next_allowed(at, zone(self.receiving.zone), self.receiving.quiet_hours)


def recipients_of(plan: Plan, kinds: tuple[RecipientKind, ...]) -> list[Recipient]:
    """Everybody to whom something about this plan is owed: only those who can be reached."""
    recipients = []
    if RecipientKind.PATIENT in kinds:
        recipients.append(_patient(plan.patient))
    if RecipientKind.STAFF in kinds:
        recipients.append(_staff(plan.practitioner, plan))
    return [recipient for recipient in recipients if recipient.address is not None]


def find_recipient(kind: RecipientKind, plan: Plan) -> Recipient:
    """The recipient of this kind as things stand now, reachable or not."""
    return _patient(plan.patient) if kind is RecipientKind.PATIENT else _staff(plan.practitioner, plan)


def _patient(patient: Patient) -> Recipient:
    contact = ContactPoint.objects.usable(ContactKind.EMAIL).filter(patient=patient).first()
    address = contact.value if contact else None
    return Recipient(RecipientKind.PATIENT, patient.code, Channel.EMAIL, address, patient)


def _staff(user: User, plan: Plan) -> Recipient:
    works_here = Membership.objects.of(user).filter(clinic=plan.patient.clinic_id).exists()
    return Recipient(RecipientKind.STAFF, user.code, Channel.EMAIL, user.email if works_here else None, user)
