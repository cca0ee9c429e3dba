"""One more kind that comes back each day is one more line of the registry, and nothing else: this file adds one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import pytest

from clinics.actor import Actor
from patients.models import Patient, Plan, RecipientKind, Recurrence
from patients.reminders.channels import Envelope
from patients.reminders.kind import Call, Kind, Recurs
from patients.reminders.kinds import KINDS
from patients.reminders.recurrence_subject import RecurrenceSubject
from patients.services.people import save_patient
from protocols.domain.day_parts import DayPart
from tests.fixtures.personae import NOON, TODAY
from tests.reminders.of_days import made

SUNDAY = 6


def _on_sundays(subject: RecurrenceSubject, recipient: RecipientKind) -> Iterator[Call]:
    if subject.on.weekday() == SUNDAY:
        yield Call(subject.on, subject.code)


WEIGH_IN = Kind(
    name="weigh-in",
    recipients=(RecipientKind.PATIENT,),
    calls=_on_sundays,
    late_days=0,
    words="The weight of this week is wanted",
    recurs=Recurs(part=DayPart.MORNING, late=timedelta(hours=5)),
)


@pytest.fixture
def weigh_in(monkeypatch: pytest.MonkeyPatch, angela: Patient) -> Recurrence:
    monkeypatch.setitem(KINDS, WEIGH_IN.name, WEIGH_IN)
    return Recurrence.objects.create(
        patient=angela,
        kind=WEIGH_IN.name,
        wall_time=time(9),
        next_on=TODAY,
        next_at=datetime(2027, 1, 4, 8, tzinfo=UTC),
        said_at=NOON,
        said_by_kind="patient",
        said_by_code=angela.code,
    )


def test_it_is_made_and_sent_on_its_days_alone(
    weigh_in: Recurrence, plan: Plan, sweep_at: Callable[[datetime], list[Envelope]]
) -> None:
    for day in range(15):
        sweep_at(datetime(2027, 1, 5, 8, tzinfo=UTC) + timedelta(days=day))
    sundays = [TODAY + timedelta(days=6), TODAY + timedelta(days=13)]
    assert made() == [("weigh-in", sunday, "sent") for sunday in sundays]


def test_it_follows_her_day_as_all_others_do(weigh_in: Recurrence, plan: Plan, angela: Patient, by: Actor) -> None:
    angela.zone = "Asia/Tokyo"
    save_patient(angela, by=by, at=NOON)
    weigh_in.refresh_from_db()
    assert weigh_in.wall_time == time(7, 30), "by her day: at breakfast"
    assert weigh_in.next_at == datetime(2027, 1, 4, 23, tzinfo=UTC), "after her night, at 8:00 there"
