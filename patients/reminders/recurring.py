"""What comes back each day: the reminder of a date is made as its instant comes, and its cursor moves on.

Both happen in one transaction, for a batch of rows in as many queries as for one. A sweep that comes late makes only
what is not too late, and writes down once what was missed. Several sweeps at once take different rows: each locks what
it deals with and passes over what another one holds; and a cursor moves only from where it was read.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, DateField, DateTimeField, Value, When

from clinics.domain.instants import zone
from clinics.domain.recurring import Daily, Occurrence
from patients.models import Plan, RecipientKind, Recurrence, Reminder, ReminderStatus
from patients.reminders.isolation import each
from patients.reminders.kind import Call, key_of
from patients.reminders.kinds import KINDS
from patients.reminders.reasons import TOO_LATE, TOO_LATE_UNTIL
from patients.reminders.recipients import AddressBook, Recipient
from patients.reminders.recurrence_subject import Days

BATCH: Final = 250
MOST_BATCHES: Final = 200
"""What one sweep makes at most; the next one goes on."""
AGAIN_AFTER: Final = timedelta(minutes=15)
"""A row that breaks waits so long, and stops no other."""
LOOKS_BACK_DAYS: Final = 31
"""So far back it is asked which of the days that were slept through is written down as missed."""
_DAY: Final = timedelta(days=1)


class Overtaken(Exception):
    """Another sweep, or a change of her times, has moved a cursor meanwhile: nothing of this batch was written."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What becomes of one row: where its cursor goes, and what is made on the way: today’s, and one that was missed."""

    row: Recurrence
    next: Occurrence
    reminders: tuple[Reminder, ...]


def daily_of(row: Recurrence) -> Daily:
    """When it goes, by how its patient lives now. Load the patient with it."""
    recurs = KINDS[row.kind].recurs
    assert recurs is not None
    patient = row.patient
    return Daily(wall=row.wall_time, zone=zone(patient.zone), quiet=patient.quiet_hours, late=recurs.late)


def make_what_recurs(*, at: datetime) -> None:
    """Deal with every row whose instant has come. A row that breaks stops no other, and is raised."""
    each(
        _batches(at=at),
        lambda keys: _deal_with(keys, at=at),
        what="a batch of what comes back each day",
        on_error=lambda keys, error: _one_by_one(keys, at=at),
    )


def _batches(*, at: datetime) -> Iterator[list[int]]:
    """The rows that are due, again and again, until there are none or another sweep holds all of them."""
    before: list[int] = []
    for _ in range(MOST_BATCHES):
        keys = list(Recurrence.objects.due(at).order_by("next_at", "pk").values_list("pk", flat=True)[:BATCH])
        if not keys or keys == before:
            return
        yield keys
        before = keys


def _one_by_one(keys: Collection[int], *, at: datetime) -> None:
    """Of a batch that broke, all that do not break by themselves."""
    each(
        keys,
        lambda key: _deal_with([key], at=at),
        what="something that comes back each day",
        on_error=lambda key, error: _set_aside(key, at=at),
    )


def _set_aside(key: int, *, at: datetime) -> None:
    """Its date stays: it is looked at again as long as that is not over."""
    Recurrence.objects.due(at).filter(pk=key).update(next_at=at + AGAIN_AFTER)


def _deal_with(keys: Collection[int], *, at: datetime) -> bool:
    """Make what these rows owe, and move them on; whether there was any left to deal with."""
    try:
        with transaction.atomic():
            return _make_and_move(keys, at=at)
    except Overtaken:
        return False


def _make_and_move(keys: Collection[int], *, at: datetime) -> bool:
    rows, plans = _held(keys, at=at)
    if not rows:
        return False
    book = AddressBook(at=at)
    book.look_up_patients([plan.patient for plan in plans.values()])
    since = max(min(row.next_on for row in rows), at.date() - LOOKS_BACK_DAYS * _DAY)
    days = Days(list(plans.values()), since=since)
    steps = [_step(row, plans.get(row.patient_id), days=days, book=book, at=at) for row in rows]
    _move_on(steps, at=at)
    # A key that is there already was dealt with: the same thing is not owed twice for a date.
    Reminder.objects.bulk_create([made for step in steps for made in step.reminders], ignore_conflicts=True)
    return True


def _held(keys: Collection[int], *, at: datetime) -> tuple[list[Recurrence], dict[int, Plan]]:
    """Those of the rows that nobody else is dealing with, locked; and the plan that each of their patients lives in.

    Plans are locked before what hangs on them, as everywhere. What is being moved at this moment waits for the next
    sweep.
    """
    patients = Recurrence.objects.filter(pk__in=keys).values("patient")
    running = Plan.objects.running().filter(patient__in=patients)
    free = running.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")
    plans = {plan.patient_id: plan for plan in free}
    moving = set(running.exclude(pk__in=[plan.pk for plan in plans.values()]).values_list("patient", flat=True))
    due = Recurrence.objects.due(at).filter(pk__in=keys).exclude(patient__in=moving)
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related("patient").order_by("pk"))
    for row in rows:
        if row.patient_id in plans:
            plans[row.patient_id].patient = row.patient
    wanted = {row.patient_id for row in rows}
    return rows, {patient: plan for patient, plan in plans.items() if patient in wanted}


def _step(row: Recurrence, plan: Plan | None, *, days: Days, book: AddressBook, at: datetime) -> _Step:
    daily = daily_of(row)
    coming = daily.next(not_before=row.next_on, at=at)
    made: list[Reminder] = []
    if plan is not None and (recipient := book.patient(plan, KINDS[row.kind])).address is not None:
        made.extend(_missed(row, plan, daily, before=coming.on, days=days, recipient=recipient, at=at))
        if coming.at <= at and _is_called_for(row, plan, coming.on, days=days):
            made.append(_reminder(row, plan, coming, recipient, at=at))
    if coming.at <= at:
        coming = daily.next(not_before=coming.on + _DAY, at=at)
    return _Step(row, coming, tuple(made))


def _is_called_for(row: Recurrence, plan: Plan, on: date, *, days: Days) -> bool:
    return bool(KINDS[row.kind].calls_now(days.subject(row, plan, on=on), RecipientKind.PATIENT))


def _missed(
    row: Recurrence, plan: Plan, daily: Daily, *, before: date, days: Days, recipient: Recipient, at: datetime
) -> Iterator[Reminder]:
    """One row for the first of the dates before that one which called for it, however many went by."""
    on = max(row.next_on, before - LOOKS_BACK_DAYS * _DAY)
    while on < before:
        occurrence = daily.on(on)
        if occurrence is not None and _is_called_for(row, plan, on, days=days):
            reminder = _reminder(row, plan, occurrence, recipient, at=at)
            last = before - _DAY
            reminder.status, reminder.finished_at = ReminderStatus.MISSED.value, at
            reminder.reason = TOO_LATE if on == last else TOO_LATE_UNTIL.format(last=f"{last.day} {last:%B %Y}")
            yield reminder
            return
        on += _DAY


def _reminder(row: Recurrence, plan: Plan, occurrence: Occurrence, recipient: Recipient, *, at: datetime) -> Reminder:
    to = {"recipient": recipient.kind.value, "recipient_code": recipient.code, "channel": recipient.channel.value}
    return Reminder(
        key=key_of(row.kind, Call(occurrence.on, row.code), **to),
        kind=row.kind,
        plan=plan,
        recurrence=row,
        civil_date=occurrence.on,
        recipient_kind=to["recipient"],
        recipient_code=to["recipient_code"],
        channel=to["channel"],
        send_at=occurrence.at,
        too_late_at=occurrence.too_late_at,
        created_at=at,
    )


def _move_on(steps: Collection[_Step], *, at: datetime) -> None:
    """All cursors in one conditional UPDATE: none moves that has been moved since it was read."""
    on = [When(pk=step.row.pk, then=Value(step.next.on)) for step in steps]
    goes_at = [When(pk=step.row.pk, then=Value(step.next.at)) for step in steps]
    moved = (
        Recurrence.objects.due(at)
        .filter(pk__in=[step.row.pk for step in steps])
        .update(
            next_on=Case(*on, output_field=DateField()),
            next_at=Case(*goes_at, output_field=DateTimeField()),
        )
    )
    if moved != len(steps):
        raise Overtaken
