"""Who receives, where, and at which hour: one answer for patients, staff and prescribers alike."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from clinics.domain.instants import allowed_instant, civil_date, day_ends, next_allowed, next_quiet, zone
from clinics.models import AddressKind, Prescriber
from clinics.models.receiving import Receiving
from clinics.services.confirmations import confirmed_address
from patients.models import Channel, Patient, Plan, RecipientKind, SigningRequest
from patients.reminders.kind import Kind
from patients.reminders.on_duty import OnDuty
from patients.reminders.reasons import NOT_WANTED, UNREACHABLE
from patients.reminders.taper_subject import TaperSubject
from patients.reminders.ways import Way, Ways, ways_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody on one channel. `address` is None when nothing may be sent there.

    ways: by which this kind of message may go to a patient, the first choice first. usable: by which anything may,
    whatever is wanted; a device that is cut off is among them, since what was tried there waits for it. is_wanted:
    false for a patient who wants no such messages by any channel. Staff and prescribers have their one address.
    """

    kind: RecipientKind
    code: str
    channel: Channel
    address: str | None
    receiving: Receiving
    ways: tuple[Way, ...] = ()
    usable: tuple[Way, ...] = ()
    is_wanted: bool = True

    @property
    def why_not(self) -> str:
        """Why nothing may be sent there, as the ledger has it; empty where it may."""
        if self.address is not None:
            return ""
        return UNREACHABLE if self.is_wanted else NOT_WANTED

    @property
    def is_cut_off(self) -> bool:
        """Whether it waits for a setting of this server before anything may be sent there."""
        return any(way.is_cut_off for way in (*self.ways, *self.usable) if way.channel is self.channel)

    def by(self, way: Way) -> "Recipient":
        """The same person by this way."""
        return replace(self, channel=way.channel, address=way.address)

    def on(self, channel: str, *, is_tried: bool) -> "Recipient":
        """The same person on this channel, with an address only if it may carry this kind of message.

        is_tried: what was handed over once goes on by the channel that it was tried on, as long as that is usable.
        """
        if self.kind is not RecipientKind.PATIENT:
            return self
        open_ways = self.usable if is_tried and self.ways else self.ways
        address = next((way.address for way in open_ways if way.channel.value == channel), None)
        return replace(self, channel=Channel(channel), address=address)

    def send_at(self, on: date) -> datetime:
        """The preferred instant of this civil date, moved out of the quiet hours."""
        person = self.receiving
        return allowed_instant(on, person.message_time, zone(person.zone), person.quiet_hours)

    def too_late_at(self, on: date, *, late_days: int) -> datetime:
        """When the last civil day on which it may still go is over, always after `send_at`."""
        return self._over(on, after=self.send_at(on), late_days=late_days)

    def next_time(self, at: datetime) -> datetime:
        """The preferred instant of the first civil date on which that has not gone by."""
        on = civil_date(at, zone(self.receiving.zone))
        while (instant := self.send_at(on)) < at:
            on += timedelta(days=1)
        return instant

    def next_allowed(self, at: datetime) -> datetime:
        """This instant, or the end of the quiet hours it lies in."""
        return next_allowed(at, zone(self.receiving.zone), self.receiving.quiet_hours)

    def night_from(self, at: datetime) -> datetime | None:
        """When the quiet hours begin that come next, or that it lies in; None for whoever has none."""
        person = self.receiving
        return None if person.quiet_hours is None else next_quiet(at, zone(person.zone), person.quiet_hours)

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
        self._ways: dict[int, Ways] = {}
        self._on_duty: dict[int, OnDuty] = {}
        self._confirmed: dict[tuple[int, str], str | None] = {}

    def look_up_patients(self, patients: Collection[Patient]) -> None:
        """Look up the ways to all of these, in a few queries."""
        self._ways |= ways_of(patients)

    def patient(self, plan: Plan, kind: Kind[Any]) -> Recipient:
        """The plan’s patient, for messages of this kind; reachable or not."""
        patient = plan.patient
        if patient.pk not in self._ways:
            self.look_up_patients([patient])
        found = self._ways[patient.pk]
        ways = found.waited_for(kind.group, kind.name)
        nowhere = Recipient(
            kind=RecipientKind.PATIENT,
            code=patient.code,
            channel=Channel.EMAIL,
            address=None,
            receiving=patient,
            ways=ways,
            usable=found.usable if found.cut_off is None else (*found.usable, found.cut_off),
            is_wanted=bool(found.order(kind.group, kind.name)),
        )
        return nowhere.by(ways[0]) if ways else nowhere

    def staff(self, plan: Plan, *, on: date, to: str = "", is_alert: bool = False) -> Recipient:
        """Whoever looks after the plan on this civil date: its practitioner, or a colleague. A warning sign has to
        reach somebody, also before the plan is handed over.

        to: the code of another member of staff, who is called instead. is_alert: where nobody practises, it goes to
        somebody else who works there.
        """
        duty = self.on_duty(plan.patient)
        responsible = duty.alerted if is_alert else duty.responsible
        user = duty.member(to) if to else responsible(plan, on=on)
        if user is None:
            nobody = plan.practitioner
            return Recipient(RecipientKind.STAFF, to or nobody.code, Channel.EMAIL, None, nobody)
        return Recipient(RecipientKind.STAFF, user.code, Channel.EMAIL, user.email, user)

    def on_duty(self, patient: Patient) -> OnDuty:
        """The staff of this patient’s clinic, read once."""
        if patient.clinic_id not in self._on_duty:
            self._on_duty[patient.clinic_id] = OnDuty(patient.clinic)
        return self._on_duty[patient.clinic_id]

    def prescriber(self, taper: TaperSubject, request: SigningRequest | None) -> Recipient:
        """The taper’s prescriber: outside, reachable by a confirmed address while the patient’s consent stands.

        request: what waits for an answer; it goes nowhere but where it was sent. None: about what was signed. Who
        prescribes inside the clinic is reached as a member of staff, by that person’s own hours.
        """
        prescriber = taper.taper.prescriber
        if prescriber.user is not None:
            works_here = self.on_duty(taper.plan.patient).member(prescriber.user.code)
            address = None if works_here is None else prescriber.user.email
            return Recipient(RecipientKind.PRESCRIBER, prescriber.code, Channel.EMAIL, address, prescriber.user)
        version = taper.signed if request is None else request.version
        address = None
        if taper.may_write_to_prescriber and version is not None:
            address = self._confirmed_address(prescriber, version.drawn_up_by_code)
        if request is not None and (address != request.address or _is_of_another_spell(request, prescriber)):
            address = None
        return Recipient(RecipientKind.PRESCRIBER, prescriber.code, Channel.EMAIL, address, prescriber)

    def _confirmed_address(self, prescriber: Prescriber, drawn_up_by_code: str) -> str | None:
        key = (prescriber.pk, drawn_up_by_code)
        if key not in self._confirmed:
            self._confirmed[key] = confirmed_address(
                prescriber, AddressKind.EMAIL, drawn_up_by_code=drawn_up_by_code, at=self.at
            )
        return self._confirmed[key]


def _is_of_another_spell(request: SigningRequest, prescriber: Prescriber) -> bool:
    """Whether the address was another one since this was sent: then the link is dead, also if it was changed back."""
    return prescriber.email_since is None or request.made_at < prescriber.email_since
