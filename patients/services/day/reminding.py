"""Being reminded of the parts of a day: the patient switches each on and off, and her day says when they come.

Nothing of it is on until she says so herself: what goes to her four times a day is hers alone to ask for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from clinics.actor import Actor, ActorKind, NotAllowed
from clinics.domain.instants import zone
from patients.models import Patient, Recurrence
from patients.reminders.day_kinds import kind_of
from patients.reminders.recurrence_subject import dose_name
from patients.reminders.recurring import daily_of
from patients.reminders.redating import has_recurrences, redate
from patients.services.day.rhythm import Rhythm, day_lived, rhythm_of
from patients.services.day.things import Kind, life_of
from patients.services.day.timetable import placing_on, running_plan
from patients.services.errors import InvalidRequest
from patients.services.record_history import stamp_history
from protocols.domain.day_parts import LATEST, DayPart, part_of_minute, part_of_slot, wall_times
from protocols.domain.day_places import Places
from protocols.domain.day_taken import Placed
from protocols.domain.slots import Slot

HERS_ALONE = "What the day reminds of, patients switch on and off themselves, on the page of their day."


@dataclass(frozen=True, slots=True)
class DayReminder:
    """One part of a day as it is chosen from. own_time: None while it follows from her day. usual: what follows.

    goes_at: the wall time at which it really goes, once quiet hours have had their say; on the next day it comes.
    """

    part: DayPart
    is_on: bool
    own_time: time | None
    usual: time
    goes_at: time


def day_reminders_of(patient: Patient, *, at: datetime) -> list[DayReminder]:
    """The four parts of her day, each as she has switched it."""
    walls, _ = _parts_of(patient, rhythm_of(patient), at=at)
    rows = {row.kind: row for row in Recurrence.objects.filter(patient=patient)}
    return [_shown(patient, part, rows.get(kind_of(part)), walls[part], at=at) for part in DayPart]


def _shown(patient: Patient, part: DayPart, row: Recurrence | None, usual: time, *, at: datetime) -> DayReminder:
    own_time = row.wall_time if row is not None and row.is_own_time else None
    coming = Recurrence(patient=patient, kind=kind_of(part), wall_time=own_time or usual)
    home = zone(patient.zone)
    goes_at = daily_of(coming).next_after(at, not_before=date.min).at.astimezone(home).time()
    return DayReminder(part, row is not None and row.is_open, own_time, usual, goes_at)


@transaction.atomic
def set_day_reminders(patient: Patient, *, wanted: Mapping[DayPart, time | None], by: Actor, at: datetime) -> None:
    """Be reminded of these parts of the day, each at its own time, or (None) at that of her day; of the others no more.

    A part that is switched on begins with its next instant; the row of one that was off before goes on, so that nothing
    is said twice of a date. Raises `InvalidRequest` with the field for a time at which nobody can be reminded of the
    day it is about, and `NotAllowed` for anybody but the patient.
    """
    if by.kind is not ActorKind.PATIENT or by.code != patient.code:
        raise NotAllowed(HERS_ALONE)
    locked = Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=patient.pk)
    rhythm = rhythm_of(locked)
    for part, own_time in wanted.items():
        _check(own_time, rhythm, field=part.value)
    walls, moved = _parts_of(locked, rhythm, at=at)
    rows = Recurrence.objects.filter(patient=locked).select_for_update(of=("self",)).order_by("pk")
    by_kind = {row.kind: row for row in rows}
    for part in DayPart:
        row = by_kind.get(kind_of(part))
        if part in wanted:
            row = row or Recurrence(patient=locked, kind=kind_of(part), ended_at=at, next_on=date.min)
            row.patient = locked
            _switch_on(row, own_time=wanted[part], usual=walls[part], moved=moved, by=by, at=at)
        elif row is not None and row.is_open:
            row.ended_at = at
            _save(row, by=by, at=at)


def _switch_on(
    row: Recurrence, *, own_time: time | None, usual: time, moved: Mapping[str, str], by: Actor, at: datetime
) -> None:
    said = (row.is_open, row.is_own_time, row.wall_time)
    was_open, row.ended_at = row.is_open, None
    row.is_own_time, row.wall_time, row.moved_doses = own_time is not None, own_time or usual, dict(moved)
    if said == (True, row.is_own_time, row.wall_time):
        return
    daily = daily_of(row)
    coming = (daily.next if was_open else daily.next_after)(at=at, not_before=row.next_on)
    row.next_on, row.next_at = coming.on, coming.at
    _save(row, by=by, at=at)


def _save(row: Recurrence, *, by: Actor, at: datetime) -> None:
    row.said_at, row.said_by_kind, row.said_by_code = at, by.kind.value, by.code
    stamp_history(row, by=by, at=at)
    row.save()


def _check(own_time: time | None, rhythm: Rhythm, *, field: str) -> None:
    """A time before she gets up is one of the day before, and late in the evening there is no time left to go."""
    if own_time is not None and not rhythm.wakes_at <= own_time <= max(LATEST, rhythm.wakes_at):
        wakes = rhythm.wakes_at
        raise InvalidRequest(
            f"Choose a time between getting up, at {wakes.hour}:{wakes:%M}, and {LATEST.hour}:{LATEST:%M}.", field=field
        )


def follow_day(patient: Patient, *, at: datetime) -> None:
    """Date what she wants each day anew, after a change of her zone, hours, rhythm, record or plan.

    One query for whoever wants nothing. Call it inside the transaction of that change.
    """
    if not has_recurrences(patient):
        return
    walls, moved = _parts_of(patient, rhythm_of(patient), at=at)
    redate(patient, walls=walls, moved=moved, at=at)


def _parts_of(patient: Patient, rhythm: Rhythm, *, at: datetime) -> tuple[Mapping[DayPart, time], Mapping[str, str]]:
    """When each part of today is reminded of; and the doses that the day puts elsewhere than they were written for.

    By all that is open in this stretch of days, due today or not, so that times stay the same from day to day.
    """
    on = day_lived(patient, rhythm, at=at)
    life = life_of(patient, running_plan(patient), today=on)
    places = Places(rhythm.day)
    keys = {
        thing.code: thing.order.key
        for thing in life.things_on(on)
        if thing.kind is Kind.ORDER and thing.is_taken and thing.order is not None
    }
    placed = [each for each in placing_on(life, on=on).placed if each.code in keys]
    walls = wall_times(((_part_of(each, places), each.minute) for each in placed), places)
    return walls, dict(_moved(placed, keys, places))


def _part_of(dose: Placed, places: Places) -> DayPart:
    return part_of_minute(dose.minute, places) if dose.is_moved else part_of_slot(Slot(dose.written))


def _moved(placed: list[Placed], keys: Mapping[str, str], places: Places) -> Iterator[tuple[str, str]]:
    for dose in placed:
        part = _part_of(dose, places)
        if part is not part_of_slot(Slot(dose.written)):
            yield dose_name(keys[dose.code], dose.written), part.value
