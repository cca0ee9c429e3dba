"""A taper with all that its reminders look at, read in a number of queries that does not grow with the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, prefetch_related_objects

from clinics.actor import ActorKind
from clinics.domain.instants import civil_date, zone
from patients.models import (
    Characteristic,
    CharacteristicKind,
    Condition,
    ContactConsent,
    DiaryEntry,
    MedicineUse,
    Plan,
    Presence,
    RecipientKind,
    Reminder,
    ReminderStatus,
    Signature,
    SigningRequest,
    Taper,
    TaperVersion,
    UseKind,
    UseReport,
)
from patients.models.taper_course import COURSE_ROWS, course_of, signature_of, signed_terms
from patients.reminders.keys import called_key
from patients.reminders.on_duty import OnDuty
from patients.reminders.reasons import UNDELIVERED
from protocols.domain.course import Course
from protocols.domain.gate_codes import matches
from protocols.domain.gate_list import GATES, NSAIDS_AND_ANTITHROMBOTICS
from protocols.domain.medicines import MedicineClass
from protocols.domain.taper_states import TaperStatus, VersionStatus
from protocols.domain.terms import Terms, TermsError

HARD_STOPS = tuple(code for gate in GATES.values() if gate.is_hard for code in gate.codes)
ACID_SUPPRESSANTS = [each for each in MedicineClass if each.is_acid_suppressant]
BLEEDING_RISKS = frozenset({*NSAIDS_AND_ANTITHROMBOTICS, MedicineClass.CORTICOSTEROID})
TAPER_ROWS = (
    *COURSE_ROWS,
    "versions__signature__written_confirmation",
    "versions__requests",
    "versions__answers",
    "use_reports",
    Prefetch("diary", queryset=DiaryEntry.objects.filter(replaced_at__isnull=True)),
    "red_flags",
    "supplies",
    Prefetch(
        "reminders",
        queryset=Reminder.objects.filter(
            Q(status=ReminderStatus.SENT.value) | Q(reason=UNDELIVERED), recipient_kind=RecipientKind.PRESCRIBER.value
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class RiskyMedicine:
    """A medicine in the record that makes bleeding more likely.

    use: the row that stands. named: the row that named such a medicine first, where that one was corrected since.
    """

    use: MedicineUse
    named: MedicineUse


@dataclass(frozen=True)
class NewStop:
    """What speaks against going on: a condition that stops a taper, a pregnancy, or a second medicine of its class.

    code, as_of, recorded_at: of the row that said so first, where that one was corrected since. words: what it is.
    """

    patient: int
    code: str
    as_of: date
    recorded_at: datetime
    words: str
    medicine_class: str = ""
    substance: str = ""


@dataclass(frozen=True)
class TaperSubject:
    """One taper, loaded. may_write_to_prescriber: whether the patient’s consent to contact this prescriber stands.

    duty: the staff of its clinic, where a warning sign waits to be taken on.
    """

    taper: Taper
    risky_medicines: tuple[RiskyMedicine, ...]
    may_write_to_prescriber: bool
    stops: tuple[NewStop, ...] = ()
    duty: OnDuty | None = None

    @property
    def plan(self) -> Plan:
        return self.taper.plan

    @property
    def code(self) -> str:
        return self.taper.code

    @property
    def status(self) -> TaperStatus:
        return TaperStatus(self.taper.status)

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone(self.plan.patient.zone)

    def civil_date(self, at: datetime) -> date:
        """The patient’s date at this instant."""
        return civil_date(at, self.zone)

    # --- Versions -------------------------------------------------------------------------------------------

    @cached_property
    def versions(self) -> list[TaperVersion]:
        return sorted(self.taper.versions.all(), key=lambda version: version.number)

    @property
    def proposed(self) -> TaperVersion | None:
        return next((version for version in self.versions if version.status == VersionStatus.PROPOSED.value), None)

    @property
    def signed(self) -> TaperVersion | None:
        """The newest version that was signed; None before the first signature."""
        return next((version for version in reversed(self.versions) if version.first_day is not None), None)

    @property
    def signature(self) -> Signature | None:
        return None if self.signed is None else signature_of(self.signed)

    @property
    def drawn_up_at(self) -> datetime | None:
        """When the clinic drew up what was signed last; with the prescriber’s own edits, the request before them."""
        if self.signature is None or self.signed is None:
            return None
        number, own = self.signed.number, ActorKind.PRESCRIBER.value
        by_clinic = [one for one in self.versions if one.number <= number and one.drawn_up_by_kind != own]
        return by_clinic[-1].drawn_up_at if by_clinic else self.signed.drawn_up_at

    @property
    def new_stops(self) -> list[NewStop]:
        """What speaks against going on, and was written down after what was signed was drawn up."""
        drawn_up_at, own = self.drawn_up_at, self.taper.reduces
        if drawn_up_at is None:
            return []
        return [
            stop
            for stop in self.stops
            if stop.recorded_at > drawn_up_at
            and (
                not stop.medicine_class
                or (stop.medicine_class == own.medicine_class and stop.substance.casefold() != own.substance.casefold())
            )
        ]

    @cached_property
    def terms(self) -> Terms | None:
        """What was signed last; None before that, and where the stored bytes are not what was signed."""
        try:
            return None if self.signed is None else signed_terms(self.signed)
        except TermsError:
            return None

    @cached_property
    def course(self) -> Course:
        """Its dates; empty before the first signature, and where the bytes are not what was signed.

        Then nothing may be shown, so nothing is announced; one such taper does not hold back a morning message about
        others.
        """
        try:
            return course_of(self.taper)
        except TermsError:
            return Course(())

    @cached_property
    def requests(self) -> list[SigningRequest]:
        """Every request of every version, oldest first, open or closed."""
        found = [request for version in self.versions for request in version.requests.all()]
        return sorted(found, key=lambda request: (request.made_at, request.pk))

    # --- What she takes and writes --------------------------------------------------------------------------

    @cached_property
    def use_reports(self) -> list[UseReport]:
        """Oldest first: the last one counts."""
        return sorted(self.taper.use_reports.all(), key=lambda report: (report.reported_at, report.pk))

    @property
    def leaving(self) -> UseReport | None:
        """The report with which she left the schedule, if by the newest one she is off it: “I stopped”.

        The first of several that say the same, so that a second tap changes nothing.
        """
        if not self.use_reports or not UseKind(self.use_reports[-1].kind).leaves_schedule:
            return None
        said = self.use_reports[-1]
        for report in reversed(self.use_reports):
            if (report.kind, report.version_id) != (said.kind, said.version_id):
                break
            said = report
        return said

    def was_left(self, version: int) -> bool:
        """Whether she has left this version. A later one than that which she left was agreed knowing it."""
        return self.leaving is not None and version <= self.numbers[self.leaving.version_id]

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The numbers of its versions by their keys."""
        return {version.pk: version.number for version in self.versions}

    @cached_property
    def told_prescriber(self) -> frozenset[str]:
        """The keys of what its prescriber was sent, at the first time or when it was asked for again."""
        gone = (row for row in self.taper.reminders.all() if row.status == ReminderStatus.SENT.value)
        return frozenset(called_key(row.key) for row in gone)

    @cached_property
    def came_back(self) -> dict[str, date]:
        """By the keys of what its prescriber was sent and did not get: the civil date on which that was reported."""
        back = (row for row in self.taper.reminders.all() if row.status != ReminderStatus.SENT.value)
        return {called_key(row.key): self.civil_date(row.finished_at) for row in back if row.finished_at is not None}


def subjects_of(tapers: Sequence[Taper]) -> dict[int, TaperSubject]:
    """These tapers by their keys, loaded. What was entered in error calls for nothing, and is left out.

    Each has its plan, patient and prescriber loaded, or they are read one by one.
    """
    standing = [taper for taper in tapers if taper.status != TaperStatus.ENTERED_IN_ERROR.value]
    if not standing:
        return {}
    prefetch_related_objects(standing, *TAPER_ROWS)
    patients = {taper.plan.patient_id for taper in standing}
    risky = _risky_medicines(patients)
    stops = _stops(patients)
    consents = set(
        ContactConsent.objects.standing().filter(patient__in=patients).values_list("patient_id", "prescriber_id")
    )
    clinics = {taper.plan.patient.clinic for taper in standing if _has_sign_not_taken_on(taper)}
    on_duty = {clinic.pk: OnDuty(clinic) for clinic in clinics}
    return {
        taper.pk: TaperSubject(
            taper=taper,
            risky_medicines=tuple(one for one in risky if one.use.patient_id == taper.plan.patient_id),
            stops=tuple(stop for stop in stops if stop.patient == taper.plan.patient_id),
            may_write_to_prescriber=(taper.plan.patient_id, taper.prescriber_id) in consents,
            duty=on_duty.get(taper.plan.patient.clinic_id) if _has_sign_not_taken_on(taper) else None,
        )
        for taper in standing
    }


def _has_sign_not_taken_on(taper: Taper) -> bool:
    return any(not report.is_taken_on for report in taper.red_flags.all())


def _stops(patients: Iterable[int]) -> list[NewStop]:
    """Of conditions, pregnancies and acid suppressants, in the order in which they were written down."""
    conditions = [
        row
        for row in Condition.objects.filter(patient__in=patients, presence=Presence.PRESENT.value)
        if matches(row.icd10cm_code, HARD_STOPS)
    ]
    pregnancies = Characteristic.objects.filter(
        patient__in=patients, kind=CharacteristicKind.PREGNANCY.value, is_so=True
    )
    uses = MedicineUse.objects.filter(
        patient__in=patients, until__isnull=True, medicine_class__in=[each.value for each in ACID_SUPPRESSANTS]
    )
    return [
        *(_stop(row, conditions, row.title) for row in conditions if not row.is_in_error),
        *(_stop(row, rows, "Pregnancy") for rows in [list(pregnancies)] for row in rows if not row.is_in_error),
        *(
            replace(_stop(row, rows, row.name), medicine_class=row.medicine_class, substance=row.substance)
            for rows in [list(uses)]
            for row in rows
            if not row.is_in_error
        ),
    ]


def _stop(row: Any, rows: Sequence[Any], words: str) -> NewStop:
    by_key = {each.pk: each for each in rows}
    named = row
    while named.corrects_id in by_key:
        named = by_key[named.corrects_id]
    return NewStop(row.patient_id, named.code, named.as_of, named.recorded_at, words)


def _risky_medicines(patients: Iterable[int]) -> list[RiskyMedicine]:
    """In the order in which they were written down. What was corrected is read too: a correction is nothing new."""
    rows = MedicineUse.objects.filter(patient__in=patients, medicine_class__in=[risk.value for risk in BLEEDING_RISKS])
    by_key = {row.pk: row for row in rows.order_by("recorded_at", "pk")}
    found = []
    for use in by_key.values():
        named = use
        while named.corrects_id in by_key:
            named = by_key[named.corrects_id]
        if not use.is_in_error:
            found.append(RiskyMedicine(use, named))
    return found
