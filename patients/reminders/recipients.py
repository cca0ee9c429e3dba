"""Who receives, where, and at which hour: one answer for patients, staff and prescribers alike."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinics.domain.instants import allowed_instant, civil_date, day_ends, next_allowed, zone
from clinics.models import AddressKind, Membership, Prescriber, User
from clinics.models.receiving import Receiving
from clinics.roles import Act
from clinics.services.confirmations import confirmed_address
from patients.models import Channel, ContactKind, ContactPoint, Plan, RecipientKind, SigningRequest
from patients.reminders.taper_subject import TaperSubject


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
        return self._over(on, after=self.send_at(on), late_days=late_days)

    def next_allowed(self, at: datetime) -> datetime:
        """This instant, or the end of the quiet hours it lies in."""
        return next_allowed(at, zone(self.receiving.zone), self.receiving.quiet_hours)

    def too_late_after(self, at: datetime, *, late_days: int) -> datetime:
        """The same for what goes at an instant, counted from the recipient’s civil date then."""
        return self._over(civil_date(at, zone(self.receiving.zone)), after=at, late_days=late_days)

    def _over(self, on: date, *, after: datetime, late_days: int) -> datetime:
        over = day_ends(on + timedelta(days=late_days), zone(self.receiving.zone))
        # On a date that a zone skipped altogether both fall together.
        return max(over, after + timedelta(hours=1))


class AddressBook:
    """Everybody to whom something is owed, each looked up once. at: whose confirmations of an address count by then."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self._found: dict[tuple[object, ...], Recipient] = {}
        self._staffed: dict[tuple[int, int], bool] = {}
        self._confirmed: dict[tuple[int, str], str | None] = {}

    def patient(self, plan: Plan) -> Recipient:
        """The plan’s patient, reachable or not."""
        patient = plan.patient
        key = (RecipientKind.PATIENT, patient.pk)
        if key not in self._found:
            contact = ContactPoint.objects.usable(ContactKind.EMAIL).filter(patient=patient).first()
            address = contact.value if contact else None
            self._found[key] = Recipient(RecipientKind.PATIENT, patient.code, Channel.EMAIL, address, patient)
        return self._found[key]

    def staff(self, plan: Plan) -> Recipient:
        """The plan’s practitioner; once that person works there no more, whoever has practised there longest.

        A warning sign has to reach somebody, also before the plan is handed over.
        """
        clinic = plan.patient.clinic_id
        key = (RecipientKind.STAFF, plan.practitioner.pk, clinic)
        if key not in self._found:
            user, address = plan.practitioner, self._staff_address(plan.practitioner, clinic)
            if address is None and (colleague := _practises_longest_in(clinic)) is not None:
                user, address = colleague, colleague.email
            self._found[key] = Recipient(RecipientKind.STAFF, user.code, Channel.EMAIL, address, user)
        return self._found[key]

    def prescriber(self, taper: TaperSubject, request: SigningRequest | None) -> Recipient:
        """The taper’s prescriber: outside, reachable by a confirmed address while the patient’s consent stands.

        request: what waits for an answer; it goes nowhere but where it was sent. None: about what was signed. Who
        prescribes inside the clinic is reached as a member of staff, by that person’s own hours.
        """
        prescriber = taper.taper.prescriber
        if prescriber.user is not None:
            address = self._staff_address(prescriber.user, taper.plan.patient.clinic_id)
            return Recipient(RecipientKind.PRESCRIBER, prescriber.code, Channel.EMAIL, address, prescriber.user)
        version = taper.signed if request is None else request.version
        address = None
        if taper.may_write_to_prescriber and version is not None:
            address = self._confirmed_address(prescriber, version.drawn_up_by_code)
        if request is not None and (address != request.address or _is_of_another_spell(request, prescriber)):
            address = None
        return Recipient(RecipientKind.PRESCRIBER, prescriber.code, Channel.EMAIL, address, prescriber)

    def _staff_address(self, user: User, clinic_id: int) -> str | None:
        key = (user.pk, clinic_id)
        if key not in self._staffed:
            self._staffed[key] = Membership.objects.of(user).filter(clinic=clinic_id).exists()
        return user.email if self._staffed[key] else None

    def _confirmed_address(self, prescriber: Prescriber, drawn_up_by_code: str) -> str | None:
        key = (prescriber.pk, drawn_up_by_code)
        if key not in self._confirmed:
            self._confirmed[key] = confirmed_address(
                prescriber, AddressKind.EMAIL, drawn_up_by_code=drawn_up_by_code, at=self.at
            )
        return self._confirmed[key]


def _practises_longest_in(clinic_id: int) -> User | None:
    practising = Membership.objects.open().that_may(Act.MOVE_PLAN).filter(clinic=clinic_id, user__is_active=True)
    first = practising.select_related("user").order_by("started_at", "pk").first()
    return None if first is None else first.user


def _is_of_another_spell(request: SigningRequest, prescriber: Prescriber) -> bool:
    """Whether the address was another one since this was sent: then the link is dead, also if it was changed back."""
    return prescriber.email_since is None or request.made_at < prescriber.email_since
