"""“My day” on one page of paper: the times, what is taken at each, what lies apart and why, and what is for need alone.

It says what is in force and nothing else: no step that nobody signed. Its title and its file name tell nobody what
somebody takes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from clinics.domain.paper import Paper
from patients.models import Patient, Plan
from patients.services.day.things import Kind, Life, Thing, life_of
from patients.services.day.timetable import DayItem, DayTable, running_plan, table_on
from patients.services.documents.printable import as_plain, day
from patients.services.documents.typesetting import pdf
from protocols.models.catalogue import CONSULT

_ONE_DAY: Final = timedelta(days=1)
LOOKS_AHEAD: Final = 28
"""For so many days a page may hold, if nothing of the plan changes before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One thing at one time. note: what else is to be known of it, such as who prescribes it."""

    name: str
    dose: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTime:
    clock: str
    name: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySheet:
    """times: from waking to bed. untimed, all_day, as_needed: without an hour. apart: what was moved, and why.

    not_today: things of other days, with the next one. clashes: what does not fit, and whom to ask.
    """

    title: str
    paper: Paper
    patient_code: str
    clinic: str
    telephone: str
    day_words: str
    printed_on: date
    valid: str
    times: tuple[SheetTime, ...]
    untimed: tuple[SheetLine, ...]
    all_day: tuple[SheetLine, ...]
    as_needed: tuple[SheetLine, ...]
    not_today: tuple[str, ...]
    apart: tuple[str, ...]
    clashes: tuple[str, ...]
    times_are_assumed: bool
    is_unclear: bool
    consult: str


def day_sheet(whose: Plan | Patient, *, on: date) -> DaySheet:
    """The day that begins on this civil date, as things stand now. on: also the date that is printed on it."""
    patient = whose.patient if isinstance(whose, Plan) else whose
    plan = whose if isinstance(whose, Plan) else running_plan(whose)
    life = life_of(patient, plan, today=on)
    table = table_on(life, on=on)
    return DaySheet(
        title="My day",
        paper=Paper(patient.clinic.paper),
        patient_code=patient.code,
        clinic=patient.clinic.name,
        telephone=patient.clinic.telephone,
        day_words=f"{on:%A} {day(on)}",
        printed_on=on,
        valid=_valid(life, on),
        times=tuple(_times(table)),
        untimed=tuple(_line(item, table) for item in table.untimed),
        all_day=tuple(_of_thing(thing, table) for thing in table.all_day),
        as_needed=tuple(_of_thing(thing, table) for thing in table.as_needed),
        not_today=tuple(f"{thing.name}: next on {next_on:%A} {day(next_on)}" for thing, next_on in table.not_today),
        apart=tuple(table.moved),
        clashes=tuple(_clashes(table)),
        times_are_assumed=table.is_rhythm_assumed,
        is_unclear=table.is_unclear,
        consult=CONSULT if any(_is_prescribed(thing) for thing in _things(table)) else "",
    )


def day_sheet_pdf(sheet: DaySheet, *, paper: Paper | None = None) -> bytes:
    """The page, on that paper or on the clinic’s. The same sheet gives the same bytes, whenever it is set."""
    at = datetime.combine(sheet.printed_on, time(12), tzinfo=UTC)
    return pdf("day", day_sheet_data(sheet), at=at, paper=paper or sheet.paper)


def day_sheet_data(sheet: DaySheet) -> dict[str, Any]:
    """What the template reads: the sheet itself, with dates in words."""
    data: dict[str, Any] = as_plain(sheet)
    return data


def day_sheet_file_name(sheet: DaySheet) -> str:
    """By the patient’s code alone: “day-ABCDEFGHJK.pdf”."""
    return f"day-{sheet.patient_code}.pdf"


def _valid(life: Life, on: date) -> str:
    """How long the page holds: whoever takes by it on another day must not take a Monday’s dose daily."""
    said = _said_on(life, on)
    ahead = next((days for days in range(1, LOOKS_AHEAD + 1) if _said_on(life, on + days * _ONE_DAY) != said), None)
    if ahead == 1:
        return f"For {on:%A} {day(on)} only: the next day is another."
    last = on + ((ahead or LOOKS_AHEAD + 1) - 1) * _ONE_DAY
    return f"Valid through {last:%A} {day(last)}, unless something changes before. Then print it again."


def _said_on(life: Life, on: date) -> list[tuple[str, tuple[tuple[str, str], ...], str]]:
    """What is taken that day, and how much of it. What is only done harms nobody on another day."""
    return [
        (thing.code, tuple(thing.doses.items()), thing.how)
        for thing in life.things_on(on)
        if thing.is_taken and (thing.is_due or thing.is_as_needed)
    ]


def _times(table: DayTable) -> Iterator[SheetTime]:
    """How a thing is taken stands with the first of its times: said at each, it would hide when and how much."""
    seen: set[str] = set()
    for each in table.times:
        lines = []
        for item in each.items:
            code = item.thing.code
            if code in seen:
                lines.append(SheetLine(name=item.thing.name, dose=item.dose, note=_on_which_days(item.thing)))
            else:
                lines.append(_line(item, table))
            seen.add(code)
        yield SheetTime(clock=each.clock, name=each.name, lines=tuple(lines))


def _line(item: DayItem, table: DayTable) -> SheetLine:
    note = "; ".join(words for words in (item.twice.rstrip("."), _note(item.thing, table)) if words)
    return SheetLine(name=item.thing.name, dose=item.dose, note=note)


def _of_thing(thing: Thing, table: DayTable) -> SheetLine:
    return SheetLine(name=thing.name, dose=thing.dose, note=_note(thing, table))


def _note(thing: Thing, table: DayTable) -> str:
    said = [_on_which_days(thing), thing.how, *(text.rstrip(".") for text in table.keeps_from.get(thing.code, ()))]
    if thing.order is not None:
        said.append(" ".join(thing.order.instructions.split()).rstrip("."))
    if thing.prescriber:
        said.append(f"prescribed by {thing.prescriber}")
    return "; ".join(words for words in said if words)


def _on_which_days(thing: Thing) -> str:
    return "" if thing.is_as_needed or not thing.pattern else f"only {thing.pattern}"


def _clashes(table: DayTable) -> Iterator[str]:
    for clash in table.clashes_today:
        yield f"{clash.text} Ask {' or '.join(['your clinic', *clash.ask])} before you change anything."


def _things(table: DayTable) -> Iterable[Thing]:
    yield from (item.thing for item in table.items)
    yield from (item.thing for item in table.untimed)
    yield from table.as_needed


def _is_prescribed(thing: Thing) -> bool:
    return thing.kind is not Kind.ORDER or bool(thing.prescriber)
