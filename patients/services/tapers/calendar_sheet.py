"""The printable calendar: four weeks on one page, what to take on each day, and room to write.

It says what was signed and nothing else. Its title and its file name tell nobody what somebody takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from clinics.domain.paper import Paper
from patients.models import Taper
from patients.models.taper_course import course_of, signature_of, signed_terms, signed_versions
from patients.services.documents.printable import as_plain, day
from patients.services.documents.typesetting import pdf
from patients.services.errors import Refused
from patients.services.tapers.standing import ended_by
from protocols.domain.course import Course
from protocols.domain.course_days import CourseDay, DayKind, course_days
from protocols.domain.dose_words import slot_in_words, taken_in_figures, taken_in_words
from protocols.domain.taper import Dose
from protocols.domain.taper_states import TaperStatus
from protocols.models.catalogue import CONSULT

WEEKS_ON_A_PAGE: Final = 4
_PAGE: Final = timedelta(weeks=WEEKS_ON_A_PAGE)
_ONE_DAY: Final = timedelta(days=1)
_SAID: Final = {
    DayKind.BEFORE: "not begun yet",
    DayKind.OFF: "No dose today",
    DayKind.AS_NEEDED: "Only if needed:",
    DayKind.NOT_DATED: "ask your clinic",
    DayKind.AFTER: "No dose any more",
    DayKind.ENDED: "ended",
}


class NothingToPrint(Refused):
    def __init__(self) -> None:
        super().__init__("There is no signed schedule with dates to print. Ask your clinic.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDose:
    """What is taken at one time of day: “one capsule of 20 mg”, or “1 × 20 mg” where there is little room."""

    slot: str
    words: str
    figures: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day. notes: what is particular about it. said: what stands instead of a dose, or before one."""

    label: str
    kind: DayKind
    notes: tuple[str, ...]
    said: str
    doses: tuple[CellDose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage:
    """Four weeks, each from Monday to Sunday."""

    first: date
    last: date
    weeks: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSheet:
    """standing: what is true of the whole, such as a hold. signed: which version is meant, by whom and when."""

    title: str
    paper: Paper
    medicine: str
    patient_code: str
    printed_on: date
    standing: tuple[str, ...]
    signed: tuple[str, ...]
    pages: tuple[SheetPage, ...]
    consult: str


def calendar_sheet(taper: Taper, *, today: date, since: date | None = None) -> CalendarSheet:
    """The calendar of a signed taper. today: the patient’s. since: from the week of this day on; else from its first.

    While it is held nobody knows how long: then it reaches four weeks from today. Raises `NothingToPrint` where no day
    of a signed schedule lies ahead of `since`, and `TermsError` where the stored bytes are not what was signed.
    """
    course = course_of(taper)
    if course.first_day is None:
        raise NothingToPrint
    first = max(course.first_day, since or course.first_day)
    last = course.ends_on or max(course.steps[-1].first, first, today) + _PAGE - _ONE_DAY
    if last < first:
        raise NothingToPrint
    latest = signed_versions(taper)[-1]
    medicine = signed_terms(latest).medicine
    return CalendarSheet(
        title="Your calendar",
        paper=Paper(taper.plan.patient.clinic.paper),
        medicine=", ".join(words for words in (medicine.name, medicine.form) if words),
        patient_code=taper.plan.patient.code,
        printed_on=today,
        standing=tuple(_standing(taper, course)),
        signed=tuple(_signed(taper)),
        pages=tuple(_pages(course, first=first, last=last, form=medicine.form, ended_on=taper.stopped_on)),
        consult=CONSULT,
    )


def calendar_pdf(sheet: CalendarSheet, *, paper: Paper | None = None) -> bytes:
    """The calendar, one page for every four weeks, on that paper or on the clinic’s.

    The same sheet gives the same bytes, whenever it is set.
    """
    at = datetime.combine(sheet.printed_on, time(12), tzinfo=UTC)
    return pdf("calendar", calendar_data(sheet), at=at, paper=paper or sheet.paper)


def calendar_data(sheet: CalendarSheet) -> dict[str, Any]:
    """What the template reads: the sheet itself, with dates in words."""
    data: dict[str, Any] = as_plain(sheet)
    return data


def calendar_file_name(sheet: CalendarSheet) -> str:
    """By the patient’s code alone: “calendar-ABCDEFGHJK.pdf”."""
    return f"calendar-{sheet.patient_code}.pdf"


def _pages(course: Course, *, first: date, last: date, form: str, ended_on: date | None) -> Iterator[SheetPage]:
    begins = first - timedelta(days=first.weekday())
    while begins <= last:
        ends = begins + _PAGE - _ONE_DAY
        days = course_days(course, first=begins, last=ends, ended_on=ended_on)
        cells = [_cell(one, form=form) for one in days]
        yield SheetPage(
            first=begins,
            last=ends,
            weeks=tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7)),
        )
        begins = ends + _ONE_DAY


def _cell(one: CourseDay, *, form: str) -> Cell:
    return Cell(
        label=f"{one.on.day} {one.on:%b}",
        kind=one.kind,
        notes=tuple(_notes(one)),
        said=_SAID.get(one.kind, ""),
        doses=tuple(_dose(dose, form=form) for dose in one.doses),
    )


def _dose(dose: Dose, *, form: str) -> CellDose:
    return CellDose(
        slot=slot_in_words(dose.slot), words=taken_in_words(dose.units, form), figures=taken_in_figures(dose.units)
    )


def _notes(one: CourseDay) -> Iterator[str]:
    if one.stage is not None and one.kind is not DayKind.ENDED:
        yield f"Step {one.stage} begins"
    if one.is_held:
        yield "On hold"
    if one.is_last_dose:
        yield "The last dose"


def _standing(taper: Taper, course: Course) -> Iterator[str]:
    status = TaperStatus(taper.status)
    if status is TaperStatus.HELD:
        yield "It is on hold: the dose stays as it is until your clinic says that it goes on."
    elif not status.is_open and taper.ended_on is not None:
        yield f"It ended on {day(taper.ended_on)}."
        if taper.instruction:
            speaker = ended_by(taper)
            yield f"{speaker[:1].upper()}{speaker[1:]} says: {taper.instruction}"
    if course.waiting:
        yield "The steps after this one have no dates yet."


def _signed(taper: Taper) -> Iterator[str]:
    for version in signed_versions(taper):
        signature = signature_of(version)
        if signature is not None and version.first_day is not None:
            yield (
                f"From {day(version.first_day)} on as signed by {signature.prescriber.name} on "
                f"{day(signature.agreed_on)}, version {version.number} ({version.code})."
            )
