"""Drawing up a taper: what a practitioner enters becomes terms, a schedule and findings; then a draft that is saved.

The preview and the saved draft come from the same function, so that what was seen is what is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from clinics.actor import Actor, require
from clinics.codes import new_code
from clinics.domain.instants import civil_date, zone
from clinics.models import Prescriber
from clinics.roles import Act
from patients.models import MedicineUse, Patient, Plan, Taper, TaperVersion
from patients.services.errors import InvalidRequest, Refused
from patients.services.moving import record
from patients.services.orders.following import follow_taper
from patients.services.tapers.beginning import require_the_only_one
from patients.services.tapers.entered import Asks, entered_document
from patients.services.tapers.errors import OtherThanShown, TaperedAlready
from patients.services.tapers.gates import gates_for
from patients.services.tapers.indication import indication_code_of
from patients.services.tapers.tapering import require_staff, tapering
from protocols.domain.amount import Amount
from protocols.domain.canonical import sha256_of
from protocols.domain.document import Fields
from protocols.domain.gate_answers import GateAnswer
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.phases import PlanStatus
from protocols.domain.recipe import Built, SlotAmount, build
from protocols.domain.slots import Slot
from protocols.domain.taper import Dose, Schedule, schedule
from protocols.domain.taper_error import DocumentError
from protocols.domain.taper_preview import read_recipe
from protocols.domain.taper_states import TaperMove, TaperStatus, VersionStatus
from protocols.domain.terms import (
    LATEST_AFTER_DAYS,
    AlertRoute,
    Permissions,
    Rescue,
    SignedMedicine,
    Terms,
    TermsError,
)
from protocols.models import Medicine
from protocols.models.enabling import may_be_tapered_in

FURTHEST_FIRST_DAY = timedelta(days=365)
_DAILY = Pattern.daily()


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """What the request says around the terms, for the prescriber to read; it is not part of what is signed."""

    reason: str = ""
    alternatives: str = ""
    source: str = ""
    monitored_by: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a practitioner enters. start: what is taken now, per time of day. recipe: as `preview_taper` reads it.

    start_pattern: how often it is taken now.
    answers: what the practitioner knows about gates beyond the record. latest_first_day None: 28 days after the
    planned one.
    """

    reduces: MedicineUse
    medicine: Medicine
    prescriber: Prescriber
    start: tuple[tuple[Slot, Amount], ...]
    recipe: Mapping[str, Any]
    planned_first_day: date
    start_pattern: Pattern = _DAILY
    latest_first_day: date | None = None
    indication: str = ""
    indication_code: str = ""
    answers: tuple[GateAnswer, ...] = ()
    rescue: Rescue
    alert_route: AlertRoute = AlertRoute.TELEPHONE
    permissions: Permissions = field(default_factory=Permissions)
    covering: Covering = field(default_factory=Covering)

    def entered(self, asks: Asks = Asks.REDUCTION) -> dict[str, Any]:
        return entered_document(
            recipe=self.recipe, start=self.start, start_pattern=self.start_pattern, answers=self.answers, asks=asks
        )


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """The draft, computed: nothing of it is written. built: the steps and their findings."""

    terms: Terms
    built: Built
    schedule: Schedule

    @property
    def content(self) -> bytes:
        return self.terms.as_bytes()

    @property
    def sha256(self) -> str:
        return sha256_of(self.content)

    @property
    def fingerprint(self) -> str:
        """What tells two previews apart: of the terms but for their code and number, which only a saved draft has."""
        return sha256_of(replace(self.terms, taper="", version=1).as_bytes())

    def require_shown(self, shown: str) -> None:
        """Refuse unless this is what was on the screen; empty: nothing was."""
        if shown and shown != self.fingerprint:
            raise OtherThanShown


def draw_up(plan: Plan, draft: Draft, *, today: date, taper: str = "", version: int = 1) -> DrawnUp:
    """Compute a draft. Raises `InvalidRequest` with the field to change. taper: its code, once it has one."""
    _check(plan, draft, today=today)
    built = _built(draft)
    try:
        terms = Terms(
            patient=plan.patient.code,
            taper=taper,
            version=version,
            medicine=signed_medicine(draft.medicine),
            indication=draft.indication.strip(),
            indication_code=indication_code_of(draft.indication_code),
            gates=gates_for(
                plan.patient,
                reduces=draft.reduces,
                indication=draft.indication,
                given=draft.answers,
                on=today,
            ),
            starting_doses=_starting_doses(draft),
            starting_pattern=draft.start_pattern,
            steps=built.steps,
            planned_first_day=draft.planned_first_day,
            latest_first_day=draft.latest_first_day or draft.planned_first_day + timedelta(days=LATEST_AFTER_DAYS),
            rescue=draft.rescue,
            alert_route=draft.alert_route,
            permissions=draft.permissions,
        )
    except TermsError as error:
        raise InvalidRequest(str(error), field=error.field) from error
    return DrawnUp(terms, built, schedule(built.steps, first_day=draft.planned_first_day))


def save_draft(plan: Plan, draft: Draft, *, by: Actor, at: datetime, shown: str = "") -> Taper:
    """Write a new taper as a draft. Nobody outside the workspace sees it.

    shown: the fingerprint of the preview that was on the screen. Raises `OtherThanShown` if it would come out
    otherwise now.
    """
    try:
        with transaction.atomic():
            # The patient before the plan, as everywhere: two of her plans might each get a taper of one substance.
            # Her key is not locked, since whoever writes rows of hers meanwhile changes nothing here.
            patients = Patient.objects.select_for_update(of=("self",), no_key=True).select_related("clinic")
            patient = patients.get(pk=plan.patient_id)
            locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
            locked.patient = patient
            require(by, Act.MANAGE_TAPER, clinic=locked.patient.clinic)
            today = civil_date(at, zone(locked.patient.zone))
            code = new_code()
            drawn_up = draw_up(locked, draft, today=today, taper=code)
            drawn_up.require_shown(shown)
            require_the_only_one(locked.patient, substance=draft.reduces.substance)
            taper = Taper.objects.create(
                code=code,
                plan=locked,
                reduces=draft.reduces,
                medicine=draft.medicine,
                prescriber=draft.prescriber,
                created_at=at,
                created_by_kind=by.kind.value,
                created_by_code=by.code,
            )
            write_version(taper, drawn_up, covering=draft.covering, entered=draft.entered(), number=1, by=by, at=at)
            record(locked, taper=taper, move="draw-up", from_status="", to_status=TaperStatus.DRAFT.value, by=by, at=at)
            follow_taper(taper, at=at)
    except IntegrityError as error:
        if "one_open_taper_per_medicine_taken" not in str(error) and "reduces_id" not in str(error):
            raise
        raise TaperedAlready from error
    return taper


def change_draft(taper: Taper, draft: Draft, *, by: Actor, at: datetime, revision: int, shown: str = "") -> Taper:
    """Write a draft anew. Only what was never proposed can be changed; the record entry stays. shown: as above."""
    with tapering(taper, by=by, at=at, revision=revision) as move:
        require_staff(by)
        version = move.draft
        if version is None or move.taper.status != TaperStatus.DRAFT.value:
            raise Refused("Only a draft can be changed. Take the request back first, or draw up a new version.")
        if draft.reduces.pk != move.taper.reduces_id:
            raise InvalidRequest("A taper keeps its medicine. Draw up another one instead.", field="reduces")
        drawn_up = draw_up(move.taper.plan, draft, today=move.today, taper=move.taper.code, version=version.number)
        drawn_up.require_shown(shown)
        move.taper.medicine, move.taper.prescriber = draft.medicine, draft.prescriber
        version.content, version.sha256 = drawn_up.content, drawn_up.sha256
        version.entered = draft.entered()
        for name in COVERING_FIELDS:
            setattr(version, name, getattr(draft.covering, name).strip())
        version.drawn_up_at, version.drawn_up_by_kind, version.drawn_up_by_code = at, by.kind.value, by.code
        version.save()
        move.note(TaperMove.PROPOSE, reason="The draft was changed.")
    return move.taper


COVERING_FIELDS = ("reason", "alternatives", "source", "monitored_by", "call")


def write_version(
    taper: Taper,
    drawn_up: DrawnUp,
    *,
    covering: Covering,
    entered: dict[str, Any],
    number: int,
    by: Actor,
    at: datetime,
    status: VersionStatus = VersionStatus.DRAFT,
) -> TaperVersion:
    """One more version of this taper, written down as it was drawn up."""
    return TaperVersion.objects.create(
        taper=taper,
        number=number,
        status=status.value,
        entered=entered,
        content=drawn_up.content,
        sha256=drawn_up.sha256,
        drawn_up_at=at,
        drawn_up_by_kind=by.kind.value,
        drawn_up_by_code=by.code,
        **{name: getattr(covering, name).strip() for name in COVERING_FIELDS},
    )


def signed_medicine(medicine: Medicine) -> SignedMedicine:
    return SignedMedicine(
        substance=medicine.substance,
        name=medicine.name,
        form=medicine.form_words,
        release=medicine.release,
        medicine_class=MedicineClass(medicine.medicine_class),
    )


def _built(draft: Draft) -> Built:
    try:
        start = [SlotAmount(slot.value, amount) for slot, amount in draft.start]
        recipe = read_recipe(Fields(dict(draft.recipe), "recipe"))
        return build(draft.medicine.product(), start, recipe, start_pattern=draft.start_pattern)
    except DocumentError as error:
        raise InvalidRequest(error.text, field=error.field) from error


def _starting_doses(draft: Draft) -> tuple[Dose, ...]:
    product = draft.medicine.product()
    return tuple(Dose(slot.value, product.make(amount)) for slot, amount in draft.start)


def _check(plan: Plan, draft: Draft, *, today: date) -> None:
    """Refuse what cannot be a taper of this plan, before anything is computed."""
    clinic = plan.patient.clinic
    if plan.status not in {PlanStatus.DRAFT.value, PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value}:
        raise Refused("This plan has ended. Assign a new one first.")
    if draft.reduces.patient_id != plan.patient_id or draft.reduces.is_in_error:
        raise InvalidRequest("This medicine does not stand in the patient’s record.", field="reduces")
    if draft.reduces.until is not None and draft.reduces.until < today:
        raise InvalidRequest("The record says that this medicine is no longer taken.", field="reduces")
    if draft.medicine.substance != draft.reduces.substance:
        raise InvalidRequest("This is not the medicine that the record names.", field="medicine")
    if not may_be_tapered_in(clinic, draft.medicine):
        raise InvalidRequest(
            "Only proton pump inhibitors and H2 blockers with known strengths can be tapered here, until a licensed "
            "prescriber of the clinic enables this medicine by name.",
            field="medicine",
        )
    if draft.prescriber.clinic_id != clinic.pk or draft.prescriber.ended_at is not None:
        raise InvalidRequest("Choose a prescriber of this clinic’s list.", field="prescriber")
    if not today <= draft.planned_first_day <= today + FURTHEST_FIRST_DAY:
        raise InvalidRequest(
            "The planned first day is today or later, and within a year: choose another one.", field="planned_first_day"
        )
    if draft.latest_first_day is not None and draft.latest_first_day > draft.planned_first_day + FURTHEST_FIRST_DAY:
        raise InvalidRequest(
            "The latest first day lies within a year of the planned one: choose an earlier one.",
            field="latest_first_day",
        )
