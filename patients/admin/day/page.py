"""The timetable of one day with every reason: what was written, where it stands, and what does not fit."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from clinics.roles import Act
from patients.admin.tapers.printing import PDF, attached
from patients.models import Patient, Plan
from patients.services.day.apart import HoursApart
from patients.services.day.rhythm import day_lived, rhythm_of
from patients.services.day.sheet import day_sheet, day_sheet_file_name, day_sheet_pdf
from patients.services.day.things import Kind, Life, Thing, life_of
from patients.services.day.timetable import DayItem, moved_in_full, running_plan, table_on
from protocols.domain.day_reasons import hours_in_words
from protocols.domain.day_taken import is_kept
from protocols.domain.phases import PlanStatus
from protocols.models.catalogue import CONSULT

TITLE = "The day"


@dataclass(frozen=True, slots=True)
class Row:
    """One dose. source: where it is written down. reason: why it stands where it stands."""

    item: DayItem
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Hours:
    """One rule of hours apart: in words, and whether this day keeps it."""

    entry: HoursApart
    words: str
    standing: str
    is_broken: bool


def day_page(admin: ScopedAdmin, request: HttpRequest, obj: Patient | Plan) -> HttpResponse:
    patient = obj.patient if isinstance(obj, Plan) else obj
    plan = obj if isinstance(obj, Plan) else running_plan(patient)
    today = day_lived(patient, rhythm_of(patient), at=at_of(request))
    life = replace(life_of(patient, plan, today=today), previews=True)
    is_draft = plan is not None and plan.status == PlanStatus.DRAFT.value
    first = max(today, plan.starts_on) if plan is not None and is_draft else today
    on = _day_of(request.GET.get("on", ""), today=first)
    table = table_on(life, on=on)
    return admin.page(
        request,
        "admin/patients/day.html",
        title=TITLE,
        trail=admin.trail_to(obj, TITLE),
        patient=patient,
        plan=plan,
        on=on,
        is_today=on == today,
        earlier=on - timedelta(days=1),
        later=on + timedelta(days=1),
        table=table,
        times=[(time, [_row(item) for item in time.items]) for time in table.times],
        untimed=[_row(item) for item in table.untimed],
        hours=_hours(life, on),
        is_draft=is_draft,
        # The paper is of what runs; a draft is printed once it does.
        sheet="" if is_draft else reverse("admin:patients_patient_day_sheet", args=[patient.code]),
        times_address=reverse("admin:patients_patient_day_times", args=[patient.code])
        if admin.may(request, Act.EDIT_PATIENT, obj)
        else "",
        back=admin.address_of(obj),
        consult=CONSULT,
    )


def sheet_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient) -> HttpResponse:
    """Her day on paper, as she prints it herself."""
    plan = running_plan(patient)
    life = life_of(patient, plan)
    sheet = day_sheet(plan or patient, on=day_lived(patient, life.rhythm, at=at_of(request)))
    return attached(day_sheet_pdf(sheet), PDF, day_sheet_file_name(sheet))


def _day_of(text: str, *, today: date) -> date:
    """The civil date of “2027-01-04”; today for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 — a civil date has no zone
    except ValueError:
        return today


def _row(item: DayItem) -> Row:
    reason = moved_in_full(item) if item.is_moved else _as_written(item)
    return Row(item, _source(item.thing), " ".join(words for words in (item.twice, reason) if words))


def _source(thing: Thing) -> str:
    words = {Kind.ORDER: "the plan", Kind.USE: "the record", Kind.TAPER: "a signed taper", Kind.RESCUE: "a rescue plan"}
    return f"{words[thing.kind]}, {thing.prescriber}" if thing.prescriber else words[thing.kind]


def _as_written(item: DayItem) -> str:
    if not item.written:
        return "Nobody has written down when it is taken."
    words = item.written_words
    if not item.thing.is_fixed or not item.thing.is_taken:
        return f"As written: {words}."
    said = {Kind.TAPER: "As signed", Kind.USE: "As the record says"}.get(item.thing.kind, "As prescribed")
    return f"{said}: {words}. It is not moved from here."


def _hours(life: Life, on: date) -> list[Hours]:
    placing = life.placing_of(life.things_on(on))
    found = []
    for entry in life.apart:
        kept = is_kept(entry, placing)
        sure = "kept, if the assumed times are so" if life.rhythm.is_assumed else "kept"
        standing = {True: sure, False: "not kept", None: "not both at a set time in this day"}[kept]
        found.append(Hours(entry, _in_words(entry), standing, is_broken=kept is False))
    return found


def _in_words(entry: HoursApart) -> str:
    if entry.before_hours is not None and entry.before_hours == entry.after_hours:
        return f"{entry.a} and {entry.b}: {hours_in_words(entry.before_hours)} apart"
    sides: list[str] = []
    if entry.before_hours is not None:
        sides.append(f"{hours_in_words(entry.before_hours)} before")
    if entry.after_hours is not None:
        sides.append(f"{hours_in_words(entry.after_hours)} after")
    return f"{entry.a}: {' or '.join(sides) or 'no side is stated for'} {entry.b}"
