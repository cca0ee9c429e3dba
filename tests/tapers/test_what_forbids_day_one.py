"""What the record says between the signature and day one keeps the taper waiting; later on, its prescriber is asked."""

from collections.abc import Callable

import pytest

from clinics.actor import Actor
from patients.models import CharacteristicKind, Patient, RecordEntry, SourceKind
from patients.services.errors import Refused
from patients.services.record import add_characteristic, add_condition, add_medicine, mark_in_error
from patients.services.record_writing import Source
from protocols.domain.medicines import MedicineClass
from tests.fixtures.lives import Life
from tests.fixtures.personae import TODAY
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import owed

SAID = Source(kind=SourceKind.DOCUMENT, as_of=TODAY)
Writes = Callable[[Patient, Actor, int], RecordEntry]


def bled(angela: Patient, by: Actor, on: int) -> RecordEntry:
    return add_condition(angela, icd10cm_code="K92.2", source=SAID, by=by, at=on_day(on))


def pregnant(angela: Patient, by: Actor, on: int) -> RecordEntry:
    return add_characteristic(angela, kind=CharacteristicKind.PREGNANCY, value=True, source=SAID, by=by, at=on_day(on))


def second_ppi(angela: Patient, by: Actor, on: int) -> RecordEntry:
    return add_medicine(
        angela, name="Pantoprazole", medicine_class=MedicineClass.PPI, source=SAID, by=by, at=on_day(on)
    )


@pytest.mark.parametrize("writes", [bled, pregnant, second_ppi])
def test_day_one_waits_and_both_are_told(life: Life, angela: Patient, by: Actor, writes: Writes) -> None:
    found = writes(angela, by, -2)
    told = {reminder.recipient_kind for reminder in owed(life.taper, "bleeding-risk")}
    assert told == {"staff", "prescriber"}
    life.sweep(0)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "record-changed")
    assert life.all_mg(range(1, 10)) == [0] * 9
    with pytest.raises(Refused, match="By now the record says something"):
        life.resume(3)
    # It was somebody else’s: the taper begins on the day on which it is let go on.
    mark_in_error(found, reason="Another patient.", by=by, at=on_day(4))
    life.resume(5)
    assert life.all_mg([4, 5, 32, 33]) == [0, 20, 20, 10]


def test_without_anything_new_it_begins(life: Life) -> None:
    life.sweep(0)
    assert (life.status, life.mg(1)) == ("active", 20)


def test_once_it_runs_the_prescriber_is_asked_and_the_dose_goes_on(life: Life, angela: Patient, by: Actor) -> None:
    life.changes(1)
    bled(angela, by, 10)
    told = {reminder.recipient_kind for reminder in owed(life.taper, "bleeding-risk")}
    assert told == {"staff", "prescriber"}
    life.sweeps(10, 12)
    assert (life.status, life.mg(12)) == ("active", 20)
